"""BP102 bare-link."""

import re

import numpy as np

from detector.batch import Batch, ordered
from detector.registry import Marks, signal
from detector.surroundings import marks

__all__ = ["bare_link"]

_LINK = re.compile(
    r"\W*(?:(?:[^\W\d]+ ){0,2}[^\W\d]+:\s*)?(?:<?(?:https?://|www\.)\S+>?|\[[^\[\]]*\]\(\S+\))"
    r"(?:[\s|,;·•]+(?:<?(?:https?://|www\.)\S+>?|\[[^\[\]]*\]\(\S+\)))*\W*"
)
_COLON, _SLASH, _W, _POINT = ord(":"), ord("/"), ord("w"), ord(".")


@signal(
    "BP102",
    axis="boilerplate",
    unit="line",
    message="a line that is nothing but a link",
    flagged=[
        "https://example.org/news/2024/05/harbour",
        "Source: www.example.org/harbour",
        "[Home](/) | [News](http://example.org/n)",
    ],
    clean=["The report is at www.example.org, where it has stood since May.", "Visit https://example.org"],
)
def bare_link(batch: Batch) -> Marks:
    r"""
    Lines that hold a link and nothing else.

    An extractor that keeps addresses keeps share links, tracking links and "Source: https://...". Read aloud they
    say nothing.

    A label of up to three words and a colon may stand before the link ("Read more: www..."); a line with any
    other word is left alone, because articles do give addresses in their sentences; pictures are BP101's. A list
    of literature is wrongly flagged where each entry is only its address.

        >>> from detector.registry import evidence
        >>> evidence(bare_link, "Read more: https://example.org/a\nIt rained.")
        ['Read more: https://example.org/a']
    """
    lines = batch.lines
    values = np.zeros(len(lines), np.float32)
    c, lower = batch.chars, batch.lower
    at = marks(batch)
    scheme, host = at[c[at] == _COLON], at[c[at] == _POINT]
    scheme = scheme[(c[scheme + 1] == _SLASH) & (c[np.minimum(scheme + 2, len(c) - 1)] == _SLASH)]
    host = host[host > 3]
    host = host[(lower[host - 1] == _W) & (lower[host - 2] == _W) & (lower[host - 3] == _W)] - 3
    for i in ordered(np.searchsorted(lines.start, np.concatenate([scheme, host]), "right") - 1).tolist():
        line = batch.string(lines.start[i], lines.end[i]).strip()
        if not line.startswith(("![", "[![")) and _LINK.fullmatch(line):
            values[i] = 1
    return Marks(values, detail=lambda _: {"kind": "link"})
