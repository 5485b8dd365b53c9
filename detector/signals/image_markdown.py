"""BP101 image-markdown."""

import re

import numpy as np

from detector.batch import Batch, ordered
from detector.registry import Marks, signal

__all__ = ["image_markdown"]

_IMAGE = re.compile(
    r"\[?!\[[^\[\]]*\]\(\s*\S[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\s*\)(?:\]\([^()\s]*\))?"
)
_BANG, _BRACKET = ord("!"), ord("[")


@signal(
    "BP101",
    axis="boilerplate",
    unit="line",
    message="a line that is the source of a picture, in Markdown",
    flagged=["![A ferry leaves the harbour](https://example.org/ferry.jpg?w=640)"],
    clean=[
        "She wrote f(x)[1] != [2](3) on the board!",
        "In Markdown, write ![name](link) to show a picture on your page.",
    ],
)
def image_markdown(batch: Batch) -> Marks:
    r"""
    Lines that hold nothing but the Markdown of a picture.

    A page that was turned into Markdown on the way leaves its pictures as text: "![A ferry leaves the
    harbour](https://...)". Nobody reads that.

    At least half of the line's characters must belong to pictures: half is where a line stops being about them, and
    an article on Markdown that shows the syntax within a sentence is left alone. Pictures in the middle of a
    paragraph are missed for the same reason.

        >>> from detector.registry import evidence
        >>> evidence(image_markdown, "![A map](map.png)\nThe river rose.")
        ['![A map](map.png)']
    """
    lines = batch.lines
    values = np.zeros(len(lines), np.float32)
    at = np.flatnonzero((batch.chars[:-1] == _BANG) & (batch.chars[1:] == _BRACKET))
    for i in ordered(np.searchsorted(lines.start, at, "right") - 1).tolist():
        line = batch.string(lines.start[i], lines.end[i]).strip()
        if 2 * sum(len(m.group()) for m in _IMAGE.finditer(line)) >= len(line):
            values[i] = 1
    return Marks(values, detail=lambda _: {"kind": "markdown-image"})
