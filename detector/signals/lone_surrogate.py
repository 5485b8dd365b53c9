"""EN104 lone-surrogate."""

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.surroundings import mark_words, odd_places

__all__ = ["lone_surrogate"]


@signal(
    "EN104",
    axis="typos",
    unit="word",
    message="halves of characters that were cut in two",
    flagged=["So happy \ud83d today."],
    clean=["So happy \U0001f600 today."],
)
def lone_surrogate(batch: Batch) -> Marks:
    """
    Words at a lone surrogate, one half of a character beyond U+FFFF.

    Something cut the text between the two halves: an emoji at the end of a database field. Such a string cannot even be
    written as UTF-8.

    Every code point from U+D800 to U+DFFF counts; no sound text has one. Whole pairs were joined when the text was
    read.

        >>> from detector.registry import evidence
        >>> evidence(lone_surrogate, "So happy " + chr(0xD83D) + " today.")
        ['happy']
    """
    places = odd_places(batch)
    code = batch.chars[places]
    return Marks(mark_words(batch, places[(code >= 0xD800) & (code <= 0xDFFF)]))
