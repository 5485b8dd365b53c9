"""What a document says again: n-grams that came before, and the most frequent; shared by the repetition signals."""

import functools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, distinct, mix, per_batch
from detector.surroundings import document_sums, run_together, word_keys

__all__ = ["again", "top_share"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_BUCKET_BITS = 18  # of a first, coarse count: what shares its bucket with nothing is no repetition


@per_batch
def _salted_keys(batch: Batch) -> Hashes:
    """Word keys that differ from document to document, so that nothing repeats across documents."""
    salt = mix(np.arange(1, len(batch) + 1, dtype=np.uint64))
    return word_keys(batch) ^ salt[batch.words.document]


def _repeated(hashes: Hashes) -> Ints:
    """Which hashes, by a coarse count, may occur more than once."""
    bucket = (hashes >> np.uint64(64 - _BUCKET_BITS)).astype(np.int64)
    return np.flatnonzero(np.bincount(bucket, minlength=1 << _BUCKET_BITS)[bucket] > 1)


def _runs(batch: Batch, length: int, among: Ints | None = None) -> tuple[Ints, Hashes]:
    """Where runs of `length` words of one document begin, if they may be repeated, and their hashes."""
    document = batch.words.document
    if len(document) < length:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    if among is None:
        among = np.flatnonzero(document[length - 1 :] == document[: len(document) - length + 1])
    else:
        among = among[among + length <= len(document)]
        among = among[document[among + length - 1] == document[among]]
    hashes = run_together(_salted_keys(batch), among, length)
    kept = _repeated(hashes)
    return among[kept], hashes[kept]


@functools.lru_cache(None)
def _by_length(length: int) -> Callable[[Batch], tuple[Ints, Ints, Ints]]:
    """The function that finds the repeated runs of a length, remembered by batch."""

    @per_batch
    def repeated_runs(batch: Batch) -> tuple[Ints, Ints, Ints]:
        """Start, group and size of group of each run that occurs more than once; in order of start."""
        shorter = length - 1 if length in (3, 4, 5) else 5 if length > 5 else None
        among = None if shorter is None else _by_length(shorter)(batch)[0]
        start, hashes = _runs(batch, length, among)
        _, group, count = distinct(hashes)
        often = count[group] > 1
        return start[often], group[often], count[group[often]]

    return repeated_runs


def again(batch: Batch, length: int) -> Bools:
    """Which words belong to a run of `length` words that their document had before; shape [words]."""
    start, group, _ = _by_length(length)(batch)
    first = np.full(int(group.max(initial=-1)) + 1, len(start))
    np.minimum.at(first, group, np.arange(len(start)))
    later = np.ones(len(start), bool)
    later[first[first < len(start)]] = False
    start = start[later]
    covered = np.zeros(len(batch.words), bool)
    for step in range(length):
        covered[start + step] = True
    return covered


@per_batch
def _letters(batch: Batch) -> tuple[Ints, Ints]:
    """The letters of all words before each, and those of each document."""
    letters = np.zeros(len(batch.words) + 1, np.int64)
    np.cumsum(batch.types.length.take(batch.words.type), out=letters[1:])
    return letters, document_sums(batch, batch.types.length)[0]


def top_share(batch: Batch, length: int) -> NDArray[np.float64]:
    """The share of each document's letters in its most frequent run of `length` words; shape [documents].

    0 where nothing is repeated. Gopher's `top_n_gram`: occurrences times letters of the run, by all letters of words.
    """
    words = batch.words
    start, _, count = _by_length(length)(batch)
    letters, total = _letters(batch)
    weight = (letters[start + length] - letters[start]) * count
    top = np.zeros(len(batch), np.int64)
    np.maximum.at(top, words.document[start], weight)
    return top / np.maximum(total, 1)
