"""MT113 foreign-script."""

import numpy as np

from detector.batch import LOWER, OTHER_LETTER, Batch
from detector.registry import Marks, signal
from detector.surroundings import bracketed, nearest_word, odd_places, quotations

__all__ = ["foreign_script"]


@signal(
    "MT113",
    axis="garble",
    unit="word",
    joined=True,
    message="words in another alphabet left in the sentence",
    flagged=["The minister сказал that the talks had failed."],
    clean=[
        "Beijing (北京) lies in the north.",
        "The word “мир” means peace.",
        "the angle α and π are equal",
        "Pjotr Iljič",
    ],
)
def foreign_script(batch: Batch) -> Marks:
    """
    Words in another script in the middle of an English line.

    "The minister сказал that the talks had failed": the engine did not know the word and copied it.

    A word in quotation marks or brackets is being spoken of, and left alone; so are single letters (α, π) and lines
    that are mostly in the other script: those are quotations, or another language altogether, which is no fault of a
    translation.

    A name given in both scripts without brackets is wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(foreign_script, "The minister сказал that the talks had failed.")
        ['сказал']
    """
    words = batch.words
    values = np.zeros(len(words), np.float32)
    places = odd_places(batch)
    kind = batch.kind[places]
    places = places[
        (kind >= LOWER) & (kind <= OTHER_LETTER) & (batch.chars[places] >= 0x370) & (batch.chars[places] < 0xFB00)
    ]
    if not len(places):
        return Marks(values)
    at, letters = np.unique(nearest_word(batch, places), return_counts=True)
    at, letters = at[at >= 0], letters[at >= 0]
    whole = (letters >= 2) & (letters >= words.end[at] - words.start[at])
    at = at[whole & ~quotations(batch)[0][at] & ~bracketed(batch)[at]]
    foreign = np.bincount(words.line[at], minlength=len(batch.lines))
    at = at[(4 * foreign <= batch.lines.words)[words.line[at]]]
    values[at] = 1
    return Marks(values)
