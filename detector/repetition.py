"""What a document says again: n-grams that came before, and the most frequent; shared by the repetition signals."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, distinct, mix, per_batch
from detector.surroundings import document_sums, pair_keys

__all__ = ["again", "top_share"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_BUCKET_BITS = 18  # of a first, coarse count: what shares its bucket with nothing is no repetition
_STEP = np.uint64(0x9E3779B97F4A7C15)  # odd, so that "a b" and "b a" get different hashes
_SHORTEST, _STEPWISE = 2, 5


@dataclass(frozen=True, eq=False)
class _Runs:
    """Runs of words that occur more than once in their document, in order of their first words; arrays of one shape.

    `group`: equal runs have one number; `count`: how many there are.
    """

    start: Ints
    hashes: Hashes
    group: Ints
    count: Ints


@per_batch
def _salt(batch: Batch) -> Hashes:
    """A number for each document, so that nothing repeats across documents; shape [documents]."""
    return mix(np.arange(1, len(batch) + 1, dtype=np.uint64))


def _repeated(hashes: Hashes) -> Ints:
    """Which hashes, by a coarse count, may occur more than once."""
    bucket = (hashes >> np.uint64(64 - _BUCKET_BITS)).view(np.int64)
    return np.flatnonzero((np.bincount(bucket, minlength=1 << _BUCKET_BITS) > 1)[bucket])


def _pairs(batch: Batch) -> tuple[Ints, Hashes]:
    """Where pairs of words of one document begin, and their hashes."""
    document = batch.words.document
    hashes = pair_keys(batch) ^ np.repeat(_salt(batch), batch.words_per_document())[:-1]
    start = _repeated(hashes)
    start = start[document[start] == document[start + 1]]
    return start, hashes[start]


def _longer(batch: Batch, start: Ints, hashes: Hashes, length: int) -> tuple[Ints, Hashes]:
    """Runs of one word more than those, and their hashes; `length`: theirs."""
    document = batch.words.document
    inside = start + length < len(document)
    inside[inside] = document[start[inside] + length] == document[start[inside]]
    start, hashes = start[inside], hashes[inside]
    return start, mix(hashes * _STEP + batch.types.key[batch.words.type[start + length]])


@functools.lru_cache(None)
def _by_length(length: int) -> Callable[[Batch], _Runs]:
    """The function that finds the repeated runs of a length, remembered by batch."""

    @per_batch
    def repeated_runs(batch: Batch) -> _Runs:
        if len(batch.words) < length:
            nothing = np.zeros(0, np.int64)
            return _Runs(nothing, nothing.view(np.uint64), nothing, nothing)
        if length == _SHORTEST:
            start, hashes = _pairs(batch)
        else:
            # What is repeated begins with what is repeated; most lengths are asked for, so one at a time.
            shorter = length - 1 if length <= _STEPWISE else _STEPWISE
            known = _by_length(shorter)(batch)
            start, hashes = known.start, known.hashes
            for done in range(shorter, length):
                start, hashes = _longer(batch, start, hashes, done)
        _, group, count = distinct(hashes)
        often = np.flatnonzero((count > 1)[group])
        group = group[often]
        return _Runs(start[often], hashes[often], group, count[group])

    return repeated_runs


def again(batch: Batch, length: int) -> Bools:
    """Which words belong to a run of `length` words that their document had before; shape [words]."""
    found = _by_length(length)(batch)
    start, group = found.start, found.group
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
    found = _by_length(length)(batch)
    start, count = found.start, found.count
    letters, total = _letters(batch)
    weight = (letters[start + length] - letters[start]) * count
    top = np.zeros(len(batch), np.int64)
    np.maximum.at(top, words.document[start], weight)
    return top / np.maximum(total, 1)
