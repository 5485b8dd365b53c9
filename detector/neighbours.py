"""How often edited news has a word beside the words that stand around a place. Floor 2.

Asked for words that do not stand there: what may have been meant by a misspelling.
"""

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.context import context_counts, pair_keys

__all__ = ["neighbour_counts"]

Floats = NDArray[np.float64]


def neighbour_counts(batch: Batch, at: NDArray[np.int64], keys: NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """log10 counts of each key after the word before, and before the word after, the place of the same index.

    `at`: indices of words, `keys`: what might stand there; arrays of one shape. 0 where news has not the two together,
    and beyond the ends of the sentence.
    """
    words, key = batch.words, batch.types.key
    found = []
    for step in (-1, 1):
        near = (at + step).clip(0, max(len(words) - 1, 0))
        inside = (near != at) & (words.sentence[near] == words.sentence[at])
        other = key[words.type[near]]
        pair = pair_keys(other, keys) if step < 0 else pair_keys(keys, other)
        found.append(np.where(inside, context_counts(pair), 0.0))
    return found[0], found[1]
