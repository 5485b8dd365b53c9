"""EN105 html-entity."""

import html.entities
import re

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.surroundings import mark_words

__all__ = ["html_entity"]

_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|([A-Za-z]{2,8}));")
_AMPERSAND, _HASH = ord("&"), ord("#")
_LONGEST = 12


def _is_entity(text: str) -> bool:
    found = _ENTITY.match(text)
    return found is not None and (found[1] is None or f"{found[1]};" in html.entities.html5)


@signal(
    "EN105",
    axis="typos",
    unit="word",
    message="character references of HTML left in the text",
    flagged=["Tom &amp; Jerry don&#39;t agree.", "Price:&nbsp;5"],
    clean=["AT&T; Smith & Wesson; R&D; Q&A: all fine.", "x & y; a&b"],
)
def html_entity(batch: Batch) -> Marks:
    """
    Character references of HTML that were left in.

    "Tom &amp; Jerry" should have been turned into "Tom & Jerry" when the page became text; escaped twice, it was not.

    A reference needs its semicolon, and a name that HTML 5 defines: "AT&T;" and "R&D;" are no references. A text about
    HTML that names them is wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(html_entity, "Tom &amp; Jerry")
        ['amp']
    """
    kind = batch.kind
    at = np.flatnonzero(batch.chars[:-1] == _AMPERSAND)
    at = at[((kind[at + 1] >= 3) & (kind[at + 1] <= 4)) | (batch.chars[at + 1] == _HASH)]
    kept = [i for i in at.tolist() if _is_entity(batch.string(i, i + _LONGEST))]
    places = np.asarray(kept, np.int64)
    return Marks(mark_words(batch, places + 1 + (batch.chars[places + 1] == _HASH)))
