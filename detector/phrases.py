"""Find fixed phrases in a batch: the words of all phrases are hashed once, and so are the words of the batch.

What is found is told by the indices of words, in order: it is little of most texts.
"""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, hash_texts, is_in, mix, ordered, per_batch
from detector.surroundings import quotation_marks, type_is, words_of

__all__ = ["count_by_line", "count_by_sentence", "find_phrases", "phrase_words", "quoted", "types_in", "words_in"]

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Bools = NDArray[np.bool_]

_STEP = np.uint64(0x9E3779B97F4A7C15)  # odd: "a b" and "b a" must not meet

# Every list of phrases that was asked for, up to so many: they are looked for together, so that a batch is gone through
# once for all lists. A bit of a number tells which lists a phrase is in.
_LISTS: list[tuple[str, ...]] = []
_MOST_LISTS = 64


@dataclass(frozen=True, eq=False)
class _Table:
    """Phrases of some lists. `second`: keys of all second words.

    `begin[n - 1]`: hashes of what phrases of more than n words begin with in n words; `whole[n - 1]`: those of all
    phrases of n words, and `lists[n - 1]`, which lists have them. All sorted.
    """

    second: Hashes
    begin: tuple[Hashes, ...]
    whole: tuple[Hashes, ...]
    lists: tuple[Hashes, ...]


@functools.lru_cache(128)
def _table(lists: tuple[tuple[str, ...], ...]) -> _Table:
    key, length = hash_texts([phrase for phrases in lists for phrase in phrases])
    bit = np.repeat(np.uint64(1) << np.arange(len(lists), dtype=np.uint64), [len(phrases) for phrases in lists])
    first = np.cumsum(length) - length
    second = ordered(key[first[length > 1] + 1])
    begin, whole, of = [], [], []
    h = key[first[length > 0]]
    for n in range(1, int(length.max(initial=0)) + 1):
        left = length >= n
        first, length, bit = first[left], length[left], bit[left]
        if n > 1:
            h = _chain(h[left], key[first + n - 1])
        done = length == n
        begin.append(ordered(h[~done]))
        whole.append(ordered(h[done]))
        of.append(np.zeros(len(whole[-1]), np.uint64))
        np.bitwise_or.at(of[-1], np.searchsorted(whole[-1], h[done]), bit[done])
    return _Table(second, tuple(begin), tuple(whole), tuple(of))


def _chain(h: Hashes, key: Any) -> Hashes:  # noqa: ANN401 - a hash or an array of them
    return mix(h * _STEP + key)


def _search(batch: Batch, lists: tuple[tuple[str, ...], ...]) -> dict[tuple[str, ...], tuple[Ints, Ints]]:
    """Where the phrases of each list stand: index of the first word, index after the last one; shorter ones first."""
    table, words, key = _table(lists), batch.words, batch.types.key
    starts, ends, of = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    at = words_of(batch, table.begin[0]) if table.begin else starts[0]
    h = key[words.type[at]]
    for i, (whole, begin, has) in enumerate(zip(table.whole, table.begin, table.lists, strict=True)):
        if i == 0:
            hit = words_of(batch, whole)
            said = key[words.type[hit]]
        else:
            after = at + i
            same = after < len(words)
            same[same] = words.line[after[same]] == words.line[at[same]]
            if i == 1:  # most first words are followed by what no phrase has there
                same[same] = type_is(batch, table.second)[words.type[after[same]]]
            at = at[same]
            h = _chain(h[same], key[words.type[at + i]])
            done, more = is_in(h, whole), is_in(h, begin)
            hit, said = at[done], h[done]
            at, h = at[more], h[more]
        starts.append(hit)
        ends.append(hit + i + 1)
        of.append(has[np.searchsorted(whole, said)])
    start, end, bits = np.concatenate(starts), np.concatenate(ends), np.concatenate(of)
    found = {}
    for i, phrases in enumerate(lists):
        own = np.flatnonzero(bits & np.uint64(1 << i))
        found[phrases] = (start[own], end[own])
    return found


@per_batch
def _found(_batch: Batch) -> dict[tuple[str, ...], tuple[Ints, Ints]]:
    """What was found in the batch so far."""
    return {}


def find_phrases(batch: Batch, phrases: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Where the phrases stand: index of the first word, index after the last one, of every occurrence.

    Case and what stands between the words make no difference; a phrase lies within one line. Occurrences may overlap.
    """
    found = _found(batch)
    if phrases not in found:
        if phrases not in _LISTS and len(_LISTS) < _MOST_LISTS:
            _LISTS.append(phrases)
        # The first batch asks for one list after the other; the others find them all known.
        wanted = tuple(known for known in _LISTS if known not in found)
        found.update(_search(batch, wanted if phrases in wanted else (phrases,)))
    return found[phrases]


def phrase_words(batch: Batch, phrases: tuple[str, ...]) -> Ints:
    """The words that belong to an occurrence of one of the phrases, each once, in order."""
    start, end = find_phrases(batch, phrases)
    size = end - start
    return ordered(np.arange(int(size.sum())) + np.repeat(end - np.cumsum(size), size))


@functools.lru_cache(256)
def _keys(words: tuple[str, ...]) -> Hashes:
    key, length = hash_texts(words)
    return ordered(key[np.cumsum(length) - length])


def words_in(batch: Batch, words: tuple[str, ...]) -> Ints:
    """The words of the batch that are one of the given ones, case folded, in order."""
    return words_of(batch, _keys(words))


def types_in(batch: Batch, words: tuple[str, ...]) -> Bools:
    """Which types of the batch are one of the given words; shape [types]."""
    return type_is(batch, _keys(words))


def count_by_sentence(batch: Batch, words: Ints) -> Ints:
    """How many of some words each sentence has; shape [sentences]."""
    return np.bincount(batch.words.sentence[words], minlength=len(batch.sentences))


def count_by_line(batch: Batch, words: Ints) -> Ints:
    """How many of some words each line has; shape [lines]."""
    return np.bincount(batch.words.line[words], minlength=len(batch.lines))


def quoted(batch: Batch, start: Ints, end: Ints) -> Bools:
    """Which places [start, end) hold a double quotation mark: what is said there may be somebody's own words."""
    marks = quotation_marks(batch)
    found: Bools = np.searchsorted(marks, end) > np.searchsorted(marks, start)
    return found
