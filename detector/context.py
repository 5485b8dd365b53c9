"""How often words stand side by side in edited news: hashed counts of pairs and triples. Floor 2.

`contexts.npy` has two places for every key (by two halves of its hash); each holds 11 bits of the key and 5 of the
count's logarithm. So an unseen pair is taken for a seen one about once in 1,000 times, and a count is right to a tenth
of a decade: good enough to weigh "peace talks" against "piece talks", and nothing that could be read back as text.
"""

import functools

import numpy as np
from numpy.typing import NDArray

from detector.batch import mix
from detector.lexicon import load_array

__all__ = ["LOG_STEPS", "context_counts", "pair_keys", "places", "triple_keys"]

# Counts are kept as round(log10(count) x LOG_STEPS), at most 31: up to 10**(31/6) = 150,000.
LOG_STEPS = 6
_PRINT_BITS = 11

Keys = NDArray[np.uint64]


def pair_keys(first: Keys, second: Keys) -> Keys:
    """The keys of pairs of words, by the words' keys."""
    return mix(mix(first) + second)


def triple_keys(first: Keys, second: Keys, third: Keys) -> Keys:
    """The keys of triples of words, by the words' keys."""
    return mix(mix(mix(first) + second) + third)


def places(keys: Keys, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]:
    """The two places of each key in a table of `size` (a power of two), and the key's print, already shifted."""
    low = (keys & np.uint64(size - 1)).astype(np.int64)
    high = ((keys >> np.uint64(32)) & np.uint64(size - 1)).astype(np.int64)
    prints = ((keys >> np.uint64(64 - _PRINT_BITS)) << np.uint64(16 - _PRINT_BITS)).astype(np.uint16)
    return low, high, prints


@functools.cache
def _table() -> NDArray[np.uint16]:
    table: NDArray[np.uint16] = load_array("contexts")
    return table


def context_counts(keys: Keys) -> NDArray[np.float64]:
    """log10 of how often each pair or triple was counted, 0 where it was not (or fewer times than the table keeps)."""
    table = _table()
    low, high, prints = places(keys, len(table))
    mask = np.uint16((1 << (16 - _PRINT_BITS)) - 1)
    a, b = table[low], table[high]
    logs = np.where((a & ~mask) == prints, a & mask, np.where((b & ~mask) == prints, b & mask, 0))
    return logs.astype(np.float64) / LOG_STEPS
