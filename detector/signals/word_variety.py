"""LG113 word-variety."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.surroundings import key_index

__all__ = ["word_variety"]

_WINDOW = 50  # words: Covington & McFall (2010)


@signal(
    "LG113",
    axis=None,
    unit="document",
    message="the variety of words",
    flagged=["The river rose in the night."],
    clean=[""],
)
def word_variety(batch: Batch) -> Marks:
    """
    The variety of words: how many of fifty in a row are different.

    Broken translation says the same words again where its original did not. The plain type-token ratio falls with
    length; the moving average over windows of fifty words (MATTR, Covington & McFall 2010) does not.

    Here a word is new when it did not stand among the 49 words before it in its document, which is nearly the same
    number and needs one sort. Legal and simple prose vary less, rightly; this belongs to no axis.

        >>> from detector.batch import cut
        >>> word_variety.mark(cut(["so it was so"])).values.tolist()
        [0.75]
    """
    words, index = batch.words, key_index(batch)
    apart = np.diff(index.order)
    near = apart < _WINDOW
    near[index.begin[1:-1] - 1] = False  # from one key to the next
    again = index.order[1:][near]
    again = again[words.document[again] == words.document[again - apart[near]]]
    repeated = np.bincount(words.document[again], minlength=len(batch))
    total = batch.words_per_document()
    return Marks((total - repeated) / np.maximum(total, 1))
