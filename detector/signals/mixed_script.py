"""MT108 mixed-script."""

import numpy as np
from numpy.typing import NDArray

from detector.batch import LOWER, OTHER_LETTER, Batch, ordered
from detector.registry import Marks, signal
from detector.surroundings import nearest_word, odd_places

__all__ = ["mixed_script"]


def _letters(batch: Batch) -> NDArray[np.int64]:
    places = odd_places(batch)
    kind, code = batch.kind[places], batch.chars[places]
    letter = (kind >= LOWER) & (kind <= OTHER_LETTER)
    # Greek to Armenian: the alphabets whose letters pass for Latin ones. Mu and Omega are units.
    found: NDArray[np.int64] = places[letter & (code >= 0x370) & (code < 0x590) & (code != 0x3BC) & (code != 0x3A9)]
    return found


@signal(
    "MT108",
    axis="garble",
    unit="word",
    message="a word of letters of two alphabets",
    flagged=["The рresident met the minister of Ukraіne."],
    clean=["The president met Путин.", "an α-helix, 5 μm, β2 and γ-rays", "TGFβ and IFNγ"],
)
def mixed_script(batch: Batch) -> Marks:
    """
    Words that mix Latin letters with Greek or Cyrillic ones.

    In "рresident" the first letter is Cyrillic. Engines that copy a part of a name do this, and so do people who hide
    words from filters.

    A Greek letter at the end of a word is a name of science ("TGFβ") and left alone; so are digits and the signs for
    micro and ohm. Deliberate look-alikes (logos) are flagged.

        >>> from detector.registry import evidence
        >>> evidence(mixed_script, "The " + chr(0x440) + "resident spoke.")
        ['рresident']
    """
    words = batch.words
    values = np.zeros(len(words), np.float32)
    places = _letters(batch)
    if not len(places):
        return Marks(values)
    at = nearest_word(batch, places)
    inside = (at >= 0) & (words.end[at] > places)
    at, places = at[inside], places[inside]
    greek = batch.chars[places] < 0x400
    edge = greek & ((places == words.end[at] - 1) | (places == words.start[at]))
    count = np.bincount(at, minlength=len(words))
    free = np.bincount(at[edge], minlength=len(words))
    for word in ordered(at[~edge]).tolist():
        codes = batch.lower[words.start[word] : words.end[word]]
        values[word] = bool(((codes >= ord("a")) & (codes < 0x250)).any() and count[word] > free[word])
    return Marks(values)
