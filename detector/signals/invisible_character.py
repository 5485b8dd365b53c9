"""EN106 invisible-character."""

import numpy as np

from detector.batch import LOWER, UPPER, Batch, is_in
from detector.registry import Marks, signal
from detector.surroundings import mark_words, odd_places

__all__ = ["invisible_character"]

# Soft hyphen, zero-width space, (non-)joiners, marks and overrides of direction, word joiner, byte order mark.
_INVISIBLE = np.array([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF], np.uint32)


@signal(
    "EN106",
    axis="typos",
    unit="word",
    message="invisible characters inside words",
    flagged=["an infor\u00admation desk", "free vi\u200bagra"],
    clean=["family \U0001f469\u200d\U0001f467 and می\u200cخواهم", "word\u200b break", "plain words"],
)
def invisible_character(batch: Batch) -> Marks:
    """
    Words with a soft hyphen, a zero-width space or a mark of direction inside.

    "infor\u00admation" looks sound and is not: no search finds it, every tokeniser splits it. PDF files leave soft
    hyphens; spammers hide words with zero-width spaces.

    Latin letters must stand on both sides, so that joiners in emoji and in Persian, and break points between words, are
    left alone. Hyphenation points that an editor put in on purpose are flagged too.

        >>> from detector.registry import evidence
        >>> evidence(invisible_character, "an infor" + chr(0xAD) + "mation desk")
        ['infor']
    """
    places = odd_places(batch)
    places = places[is_in(batch.chars[places], _INVISIBLE)]
    inside = np.ones(len(places), bool)
    for side in (-1, 1):
        kind = batch.kind[places + side]
        inside &= ((kind == LOWER) | (kind == UPPER)) & (batch.chars[places + side] < 0x250)
    return Marks(mark_words(batch, places[inside]))
