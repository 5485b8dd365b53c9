"""Find fixed phrases in a batch: the words of all phrases are hashed once, and so are the words of the batch."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, cut, is_in, mix, ordered
from detector.surroundings import quotation_marks, words_of

__all__ = ["count_by_sentence", "find_phrases", "phrase_words", "quoted", "words_in"]

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Bools = NDArray[np.bool_]

_STEP = np.uint64(0x9E3779B97F4A7C15)  # odd: "a b" and "b a" must not meet


@functools.cache
def _table(phrases: tuple[str, ...]) -> tuple[Hashes, tuple[tuple[int, Hashes], ...]]:
    """Sort the keys of all first words, and for each length those of the phrases of that many words."""
    batch = cut(phrases)
    key = batch.types.key[batch.words.type]
    length = batch.words_per_document()
    first = np.cumsum(length) - length
    tables = []
    for n in ordered(length).tolist():
        start = first[length == n]
        h = key[start]
        for step in range(1, n):
            h = _chain(h, key[start + step])
        tables.append((n, ordered(h)))
    return ordered(key[first]), tuple(tables)


def _chain(h: Hashes, key: Any) -> Hashes:  # noqa: ANN401 - a hash or an array of them
    return mix(h * _STEP + key)


def words_in(batch: Batch, words: tuple[str, ...]) -> Bools:
    """Which words of the batch are one of the given ones, case folded; shape [words]."""
    found = np.zeros(len(batch.words), bool)
    found[words_of(batch, _table(words)[0])] = True
    return found


def find_phrases(batch: Batch, phrases: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Where the phrases stand: index of the first word, index after the last one, of every occurrence.

    Case and what stands between the words make no difference; a phrase lies within one line. Occurrences may overlap.
    """
    first, tables = _table(phrases)
    words = batch.words
    at = words_of(batch, first)
    starts, ends = [at[:0]], [at[:0]]
    h = batch.types.key[words.type[at]]
    length = 1
    for n, table in tables:
        while length < n:
            after = at + length
            same = after < len(words)
            same[same] = words.line[after[same]] == words.line[at[same]]
            at, h = at[same], h[same]
            h = _chain(h, batch.types.key[words.type[at + length]])
            length += 1
        hit = at[is_in(h, table)] if len(at) else at
        starts.append(hit)
        ends.append(hit + n)
    return np.concatenate(starts), np.concatenate(ends)


def phrase_words(batch: Batch, phrases: tuple[str, ...]) -> Bools:
    """Which words belong to an occurrence of one of the phrases; shape [words]."""
    start, end = find_phrases(batch, phrases)
    inside = np.zeros(len(batch.words), bool)
    while len(start):
        inside[start] = True
        start = start + 1
        start, end = start[start < end], end[start < end]
    return inside


def count_by_sentence(batch: Batch, words: Bools) -> Ints:
    """How many of the marked words each sentence has; shape [sentences]."""
    return np.bincount(batch.words.sentence[np.flatnonzero(words)], minlength=len(batch.sentences))


def quoted(batch: Batch, start: Ints, end: Ints) -> Bools:
    """Which places [start, end) hold a double quotation mark: what is said there may be somebody's own words."""
    marks = quotation_marks(batch)
    found: Bools = np.searchsorted(marks, end) > np.searchsorted(marks, start)
    return found
