"""LG116 reading-grade."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.surroundings import spelling

__all__ = ["reading_grade"]

_VOWELS = np.array([ord(c) for c in "aeiouy"], np.uint32)
_E, _L = ord("e"), ord("l")


@signal(
    "LG116",
    axis=None,
    unit="document",
    message="how many years of school the text asks for",
    flagged=[
        "Notwithstanding considerable international disagreement, negotiators tentatively acknowledged responsibility."
    ],
    clean=["See Spot run."],
)
def reading_grade(batch: Batch) -> Marks:
    """
    How hard the text is to read: the Flesch-Kincaid grade (Kincaid et al. 1975), from 0.

    .39 words a sentence + 11.8 syllables a word - 15.59. Syllables are runs of vowels, less a silent final "e", at
    least one a word: the usual estimate, right for nine words in ten.

    Grades below 0 count as 0, and a sentence of no end counts at most 100 words. Readability says nothing of faults by
    itself; this belongs to no axis.

        >>> from detector.batch import cut
        >>> text = "The river rose in the night, and before anybody woke the bridge fell."
        >>> float(reading_grade.mark(cut([text])).values[0].round(1))
        5.8
    """
    words, spelled = batch.words, spelling(batch)
    letter, start = spelled.letter, spelled.start
    vowel = np.isin(letter, _VOWELS)
    begins = vowel.copy()
    begins[1:] &= ~(vowel[:-1] & (spelled.owner[1:] == spelled.owner[:-1]))
    syllables = np.bincount(spelled.owner[begins], minlength=len(batch.types))
    if len(batch.types):
        last = letter[start[1:] - 1]
        before = letter[np.maximum(start[1:] - 2, 0)]
        syllables -= (last == _E) & (before != _L) & ~np.isin(before, _VOWELS) & (syllables > 1)
    by_document = np.bincount(words.document, weights=np.maximum(syllables, 1)[words.type], minlength=len(batch))
    total = np.maximum(batch.words_per_document(), 1)
    sentences = np.maximum(np.bincount(batch.sentences.document, minlength=len(batch)), 1)
    grade = 0.39 * np.minimum(total / sentences, 100) + 11.8 * by_document / total - 15.59
    return Marks(np.maximum(grade, 0))
