"""What stands around the words of a batch: neighbours, gaps, quotations. Worked out once a batch for all signals."""

import functools
import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.batch import (
    CLOSE,
    CONTROL,
    LOWER,
    OPEN,
    OTHER_LETTER,
    QUOTE,
    SPACE,
    STOP,
    Batch,
    distinct,
    hash_words,
    mix,
    ordered,
    per_batch,
)

__all__ = [
    "Gaps",
    "KeyIndex",
    "Spelling",
    "bracketed",
    "document_sums",
    "gaps",
    "in_order_of_key",
    "is_word",
    "key_index",
    "keys_of",
    "mark_words",
    "marks",
    "nearest_word",
    "odd_places",
    "pair_keys",
    "placed_keys",
    "quotation_marks",
    "quotations",
    "run_together",
    "spelling",
    "strange_letters",
    "sums",
    "type_is",
    "word_keys",
    "words_of",
]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)  # odd, so that "a b" and "b a" get different hashes
_HALF, _LOW = np.uint64(32), np.uint64((1 << 32) - 1)
_LATIN_BELOW = 0x250


@dataclass(frozen=True)
class Gaps:
    """What stands between each word and the next one of the batch; arrays of shape [words].

    `size`: how many characters (the last word: 0). `plain`: exactly one space, so that the two belong to one clause.
    `same_line`: the next word stands in the same line. `before`, `after`: kinds of the characters that touch the word.
    """

    size: Ints
    plain: Bools
    same_line: Bools
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]


@per_batch
def gaps(batch: Batch) -> Gaps:
    """The gaps of a batch."""
    words = batch.words
    size = np.zeros(len(words), np.int64)
    size[:-1] = words.start[1:] - words.end[:-1]
    same_line = np.zeros(len(words), bool)
    same_line[:-1] = words.line[1:] == words.line[:-1]
    after = batch.kind[words.end]
    plain = (size == 1) & (after == SPACE)
    return Gaps(size, plain, same_line, batch.kind[words.start - 1], after)


@per_batch
def word_keys(batch: Batch) -> Hashes:
    """The key of every word, case folded away; shape [words]."""
    return batch.types.key[batch.words.type]


@per_batch
def pair_keys(batch: Batch) -> Hashes:
    """A hash of each word and the next one of the batch, whatever stands between; shape [words - 1]."""
    key = word_keys(batch)
    pairs = key[:-1] * _STEP
    pairs += key[1:]
    return mix(pairs)


@per_batch
def placed_keys(batch: Batch) -> Hashes:
    """A hash of each word and its place in its line: sums of these tell lines apart; shape [words]."""
    words = batch.words
    place = np.arange(len(words)) - np.repeat(batch.lines.first_word, batch.lines.words)
    placed = place.view(np.uint64) * _STEP
    placed += word_keys(batch)
    return mix(placed)


@dataclass(frozen=True)
class KeyIndex:
    """The words by their keys. `keys`: the distinct ones, sorted; `rank` [types]: which of them each type has.

    `order` [words]: the words sorted by key, those of one key in the order of the text; those of `keys[i]` are
    `order[begin[i]:begin[i + 1]]`.
    """

    keys: Hashes
    rank: Ints
    order: Ints
    begin: Ints

    def rows(self, table: Hashes) -> Ints:
        """Which of the distinct keys are in a table."""
        if not len(self.keys):
            return np.zeros(0, np.int64)
        at = np.searchsorted(self.keys, table)
        at[at == len(self.keys)] = 0
        found: Ints = at[self.keys[at] == table]
        return found


@per_batch
def key_index(batch: Batch) -> KeyIndex:
    """The words of a batch by their keys.

    Keys are ranked first (there are few types); ranks that fit 16 bits are sorted by counting, several times as fast.
    """
    first, rank, _ = distinct(batch.types.key)
    small = np.uint16 if len(first) <= np.iinfo(np.uint16).max else np.int64
    order = np.argsort(rank.astype(small)[batch.words.type], kind="stable")
    times = np.bincount(rank, weights=batch.types.count, minlength=len(first)).astype(np.int64)
    return KeyIndex(batch.types.key[first], rank, order, np.concatenate([[0], np.cumsum(times)]))


def in_order_of_key(batch: Batch) -> Ints:
    """The words sorted by key, those of one key in the order of the text; shape [words]."""
    return key_index(batch).order


def type_is(batch: Batch, table: Hashes) -> Bools:
    """Which types are in a table of keys; shape [types]."""
    index = key_index(batch)
    found = np.zeros(len(index.keys), bool)
    found[index.rows(table)] = True
    return found[index.rank]


def words_of(batch: Batch, table: Hashes) -> Ints:
    """The words whose keys are in a table, in order."""
    index = key_index(batch)
    rows = ordered(index.rows(table))
    begin = index.begin[rows]
    times = index.begin[rows + 1] - begin
    at = np.arange(int(times.sum())) + np.repeat(begin - (np.cumsum(times) - times), times)
    found: Ints = index.order[at]
    found.sort()
    return found


def is_word(batch: Batch, *words: str) -> Bools:
    """Which words of the batch are one of the given ones, whatever their case; shape [words]."""
    found = np.zeros(len(batch.words), bool)
    found[words_of(batch, keys_of(words))] = True
    return found


@functools.lru_cache(256)
def keys_of(words: tuple[str, ...]) -> Hashes:
    """The keys of some words that are asked for again and again, sorted."""
    return ordered(hash_words(words))


@per_batch
def marks(batch: Batch) -> Ints:
    """The places of all characters that are no part of words or space (STOP to CONTROL), one in thirty."""
    return np.flatnonzero(batch.kind >= STOP)


@per_batch
def quotation_marks(batch: Batch) -> Ints:
    """The places of all double quotation marks."""
    places = marks(batch)
    found: Ints = places[batch.kind[places] == QUOTE]
    return found


@per_batch
def quotations(batch: Batch) -> tuple[Bools, Ints]:
    """Which words stand between double quotation marks of their line, and the number of the mark before; [words].

    Marks pair up from the start of a line whatever their style; behind a last mark without a partner nothing is quoted.
    """
    return _inside(batch, quotation_marks(batch))


@per_batch
def bracketed(batch: Batch) -> Bools:
    """Which words stand within brackets of their line; shape [words]."""
    places = marks(batch)
    kind = batch.kind[places]
    return _inside(batch, places[(kind == OPEN) | (kind == CLOSE)])[0]


def _inside(batch: Batch, marks: Ints) -> tuple[Bools, Ints]:
    words, lines = batch.words, batch.lines
    if not len(marks):
        return np.zeros(len(words), bool), np.zeros(len(words), np.int64)
    # What stands behind the first, third, fifth mark of a line and before the next one of that line is inside.
    line = np.searchsorted(lines.start, marks, "right") - 1
    nth = np.arange(len(marks)) - np.searchsorted(marks, lines.start)[line]
    opens = np.zeros(len(marks) + 1, bool)
    opens[1:-1] = (nth[:-1] & 1 == 0) & (line[1:] == line[:-1])
    behind = np.diff(np.searchsorted(words.start, marks), prepend=0, append=len(words))
    return np.repeat(opens, behind), np.repeat(np.arange(len(marks) + 1), behind)


def nearest_word(batch: Batch, places: Ints) -> Ints:
    """The word that holds each place, else the last before it, else the next one of its document; -1 if it has none."""
    words = batch.words
    if not len(words):
        return np.full(len(places), -1, np.int64)
    document = np.searchsorted(batch.document_start, places, "right") - 1
    before = (np.searchsorted(words.start, places, "right") - 1).clip(0)
    good = (words.start[before] <= places) & (words.document[before] == document)
    after = (before + ~good * (words.start[before] <= places)).clip(max=len(words) - 1)
    fits = words.document[after] == document
    return np.where(good, before, np.where(fits, after, -1))


def mark_words(batch: Batch, places: Ints) -> NDArray[np.float32]:
    """One mark for the nearest word of each place; float32 [words]."""
    values = np.zeros(len(batch.words), np.float32)
    at = nearest_word(batch, places)
    values[at[at >= 0]] = 1
    return values


@per_batch
def odd_places(batch: Batch) -> Ints:
    """The places of all characters beyond ASCII and of control characters: few, so that signals on them cost little."""
    return np.flatnonzero((batch.chars > 126) | (batch.kind == CONTROL))


@per_batch
def strange_letters(batch: Batch) -> Ints:
    """The places of all letters that are not Latin."""
    places = odd_places(batch)
    kind = batch.kind[places]
    found: Ints = places[(kind >= LOWER) & (kind <= OTHER_LETTER) & (batch.chars[places] >= _LATIN_BELOW)]
    return found


def sums(batch: Batch, first_word: Ints, *facts: NDArray[Any]) -> list[Ints]:
    """Sums of facts about types, whole numbers, over the words from each of `first_word` up to the next.

    `facts`: arrays [types], bool or integers whose sums stay below 2 ** 32; two go together in one number.
    """
    out: list[Ints] = []
    for low, high in itertools.zip_longest(facts[::2], facts[1::2]):
        both = low.astype(np.uint64)
        if high is not None:
            both |= high.astype(np.uint64) << _HALF
        total = np.add.reduceat(both.take(batch.words.type), first_word) if len(first_word) else both[:0]
        out.append((total & _LOW).astype(np.int64))
        if high is not None:
            out.append((total >> _HALF).astype(np.int64))
    return out


def document_sums(batch: Batch, *facts: NDArray[Any]) -> list[Ints]:
    """`sums` by document, 0 for those without words."""
    words = batch.words_per_document()
    some = np.flatnonzero(words)
    first_word = (np.cumsum(words) - words)[some]
    out = []
    for total in sums(batch, first_word, *facts):
        by_document = np.zeros(len(batch), np.int64)
        by_document[some] = total
        out.append(by_document)
    return out


@dataclass(frozen=True)
class Spelling:
    """The letters of all types, one after the other, case folded; arrays of shape [letters], `start` [types + 1]."""

    letter: NDArray[np.uint32]
    owner: Ints
    start: Ints


@per_batch
def spelling(batch: Batch) -> Spelling:
    """Every type spelled out once: letters are looked at by type, not by word."""
    types = batch.types
    start = np.zeros(len(types) + 1, np.int64)
    np.cumsum(types.length, out=start[1:])
    owner = np.repeat(np.arange(len(types)), types.length)
    place = np.arange(start[-1]) + np.repeat(batch.words.start[types.first] - start[:-1], types.length)
    return Spelling(batch.lower[place], owner, start)


def run_together(keys: Hashes, starts: Ints, length: int) -> Hashes:
    """One hash for each run of `length` words that begins at one of `starts`; the runs must lie inside the batch."""
    hashed = keys[starts]
    for step in range(1, length):
        hashed = mix(hashed * _STEP + keys[starts + step])
    return hashed
