"""BP107 byline."""

import re

import numpy as np

from detector.batch import Batch, ordered
from detector.phrases import words_in
from detector.registry import Marks, signal

__all__ = ["byline"]

# A byline has at most so many words: three names and their desks.
_LONGEST = 16

_NAME = r"(?:[A-Z][\w.'’-]*|de|van|von|der|la|bin|al)"
_BYLINE = re.compile(
    rf"\W*(?:(?:story|words|text|posted|written|reported|published|submitted|filed) )?by:? +"
    rf"{_NAME}(?: +{_NAME}){{1,3}}(?:(?:,| and| &) +{_NAME}(?: +{_NAME}){{1,3}})*"
    r"(?: *[|,–—·•(/-] *[^.!?]{0,60})?\W*",
    re.IGNORECASE,
)
_CAPITALS = re.compile(rf"\W*(?:\w+ )?(?:[Bb]y|BY):? +{_NAME}(?: +{_NAME})+")


@signal(
    "BP107",
    axis="boilerplate",
    unit="line",
    message="the line that names the author",
    flagged=["By Anna Weber", "BY ANNA WEBER AND TOM HILL", "Posted by Anna Weber | Harbour News"],
    clean=[
        "By Monday the river had fallen.",
        "By and by they came to a gate.",
        "The play is by Anna Weber and was written in a week.",
    ],
)
def byline(batch: Batch) -> Marks:
    r"""
    Lines that name the author and nothing else.

    "By Anna Weber, Harbour News" tells who wrote the article and is not part of it. Some readers want it kept:
    `--keep byline`.

    The line opens with "By" (or "Posted by", "Story by") and at most three capitalised names, and ends there or
    goes on, after a comma or bar, for at most 60 characters without an end of a sentence. A line "By Divine Grace"
    in verse is wrongly flagged; a name that stands alone is missed.

        >>> from detector.registry import evidence
        >>> evidence(byline, "By Anna Weber\nBy Monday it had fallen.")
        ['By Anna Weber']
    """
    lines, words = batch.lines, batch.words
    values = np.zeros(len(lines), np.float32)
    by = words_in(batch, ("by",))
    line = words.line[by]
    near = (by - lines.first_word[line] <= 1) & (lines.words[line] <= _LONGEST)
    for i in ordered(line[near]).tolist():
        text = batch.string(lines.start[i], lines.end[i]).strip()
        if _BYLINE.fullmatch(text) and _CAPITALS.match(text):
            values[i] = 1
    return Marks(values, detail=lambda _: {"kind": "byline"})
