"""Suggestions for a word that no dictionary knows, by a noisy channel.

Which word was meant? The one that is frequent and from which few, likely slips lead to what stands there (Kernighan,
Church and Gale 1990; Brill and Moore 2000). The dictionary's spellings are one memory-mapped block of letters, ordered
by length; a word is compared at once with all that share enough letters with it, by a restricted Damerau-Levenshtein
distance whose every step costs -log10 of how often people make that slip (`edits.npy`, learned from the misspelling
pairs that are not set aside).

    >>> [s.word for s in suggest("negotiaitons")][:1]
    ['negotiations']
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.edits import edits_of_each
from detector.lexicon import ZIPF_STEPS, load_array
from detector.remembered import Remembered

__all__ = ["MOST", "Speller", "Suggestion", "distance", "speller", "suggest", "suggest_each", "trigram_surprises"]

# At most two slips a word: 80 to 95 % of misspellings hold one (Damerau 1964; Pollock and Zamora 1984), and at three
# edits short words are near everything.
FARTHEST = 2
# No longer word is looked at; the dictionary has 8 in 10,000 beyond it.
LONGEST = 20

MOST = 20  # suggestions kept of a word

# A cost and its number of edits in one integer: cost x 64 x 64 + edits, so that the least is the cheapest way. No way
# has 64 edits: with 16, the sixteenth was taken for none.
_COST_STEPS, _PACK, _FAR = 64, 64, 1 << 28

# Letters are 1 to 26, anything else 27; 0 stands before and after a word.
_LETTER_CODES = 28
_CODES = bytes(code - 96 if 1 <= code - 96 <= 26 else 27 for code in range(256))
_LETTERS = b"\0abcdefghijklmnopqrstuvwxyz'" + bytes(228)
_TWICE = 32  # how far up the bit for a letter's second copy stands
_ONCE = (1 << _TWICE) - 1
# Pairs compared at once, or little more: a batch's unknown words in one or two goes (at 3,000 most of the time went
# into the calls), and what is needed for them still fits a processor's near memory.
_TOGETHER = 16_000

Bytes = NDArray[np.uint8]


class Suggestion(NamedTuple):
    """A word that may have been meant. `edits`: how many slips; `cost`: -log10 of their odds; `zipf`: its frequency."""

    word: str
    edits: int
    cost: float
    zipf: float

    @property
    def score(self) -> float:
        """Log-odds (base 10) for having meant this word, up to a constant."""
        return self.zipf - self.cost


def letter_codes(word: str) -> Bytes:
    """Letters as 1 to 26, anything else 27; shape [length]."""
    return np.frombuffer(word.encode("latin-1", "replace").translate(_CODES), np.uint8)


@dataclass(frozen=True)
class Speller:
    """The dictionary's spellings and what slips cost.

    `letters`: uint8 [words, LONGEST], codes, 0 beyond the end; `lengths`, `zipf`: [words], ordered by length; `masks`:
    uint64 [words], which letters a word has, and from bit 32 on which it has twice; `has`: uint32 [words], the first
    half of that; the rest, int32 [28, 28], packed
    costs: `substitute[a, b]` the cost of writing b for a, `insert[p, b]` of writing b too much after p, `omit[p, a]` of
    leaving a out after p, `swap[a, b]` of writing "ba" for "ab".
    """

    letters: Bytes
    lengths: NDArray[np.int64]
    zipf: NDArray[np.float32]
    masks: NDArray[np.uint64]
    has: NDArray[np.uint32]
    starts: NDArray[np.int64]
    substitute: NDArray[np.int32]
    insert: NDArray[np.int32]
    omit: NDArray[np.int32]
    swap: NDArray[np.int32]

    def near(self, word: str, farthest: int = FARTHEST, most: int = MOST, least_zipf: float = 0.0) -> list[Suggestion]:
        """All words at most so many slips away and at least so frequent, best first."""
        return self.near_each([word], farthest, most, least_zipf)[0]

    def near_each(
        self, words: Sequence[str], farthest: int = FARTHEST, most: int = MOST, least_zipf: float = 0.0
    ) -> list[list[Suggestion]]:
        """For each word, all words at most so many slips away and at least so frequent, best first."""
        found: list[list[Suggestion]] = [[] for _ in words]
        coded = [letter_codes(word) for word in words]
        # The shorter ones first, as many together as there are pairs enough to compare.
        waiting: list[tuple[int, NDArray[np.int64]]] = []
        pairs = 0
        for _, i in sorted((len(codes), i) for i, codes in enumerate(coded) if 1 < len(codes) <= LONGEST):
            waiting.append((i, self._candidates(coded[i], farthest, least_zipf)))
            pairs += len(waiting[-1][1])
            if pairs > _TOGETHER:
                self._sort_out(waiting, coded, found, farthest, most)
                waiting, pairs = [], 0
        self._sort_out(waiting, coded, found, farthest, most)
        return found

    def _sort_out(
        self,
        some: Sequence[tuple[int, NDArray[np.int64]]],
        coded: Sequence[Bytes],
        found: list[list[Suggestion]],
        farthest: int,
        most: int,
    ) -> None:
        """Fill in what is near enough among the rows that each of some words is to be compared with."""
        words = [coded[i] for i, _ in some]
        row = np.concatenate([np.zeros(0, np.int64), *(r for _, r in some)])
        of = np.repeat(np.arange(len(some)), [len(r) for _, r in some])
        # Slips that are counted are found in a twentieth of the time of slips that are weighed; the cheapest way to a
        # word may hold more of them than the shortest.
        letters = self.letters[row].T
        close = np.flatnonzero(edits_of_each(words, letters, self.lengths[row], of) <= farthest)
        row, of = row[close], of[close]
        edits, cost = self._compare(words, row, np.cumsum(np.bincount(of, minlength=len(some))), farthest)
        close = np.flatnonzero(edits <= farthest)
        row, of, edits, cost = row[close], of[close], edits[close], cost[close]
        zipf = self.zipf[row]
        order = np.lexsort((row, cost - zipf, of))
        of = of[order]
        order = order[np.arange(len(of)) - np.searchsorted(of, of) < most]
        spelt = self._spellings(row[order])
        told = zip(spelt, *(x[order].tolist() for x in (edits, cost, zipf)), strict=True)
        best = [Suggestion(*of_word) for of_word in told]
        start = 0
        for (i, _), many in zip(some, np.minimum(np.bincount(of, minlength=len(some)), most).tolist(), strict=True):
            found[i] = best[start : start + many]
            start += many

    def _candidates(self, codes: Bytes, farthest: int, least_zipf: float) -> NDArray[np.int64]:
        """The rows of all words that share enough letters with a word to be so many slips away."""
        n = len(codes)
        first, last = self.starts[max(n - farthest, 1)], self.starts[min(n + farthest, LONGEST) + 1]
        letters = 0
        for code in codes.tolist():
            bit = 1 << code
            letters |= (letters & bit) << _TWICE | bit
        own = np.uint64(letters)
        # Each slip takes away at most one letter, and brings in at most one; few words pass the first, coarser test,
        # which does not ask what a word has twice.
        apart = self.has[first:last] ^ np.uint32(letters & _ONCE)
        near = np.flatnonzero(_bits(apart) <= 2 * farthest)
        masks = self.masks[first:last][near]
        close = (_bits(masks & ~own) <= farthest) & (_bits(own & ~masks) <= farthest)
        if least_zipf:
            close &= self.zipf[first + near] >= least_zipf
        answer: NDArray[np.int64] = first + near[close]
        return answer

    def _spellings(self, rows: NDArray[np.int64]) -> list[str]:
        """The words of some rows."""
        letters = self.letters[rows].tobytes().translate(_LETTERS).decode("ascii")
        return [letters[LONGEST * i : LONGEST * i + n] for i, n in enumerate(self.lengths[rows].tolist())]

    def spelling(self, row: int) -> str:
        """The word of a row."""
        return self._spellings(np.array([row]))[0]

    def _compare(
        self, words: Sequence[Bytes], row: NDArray[np.int64], ends: NDArray[np.int64], farthest: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Edits and costs from each row's word (what was meant) to what was written.

        `words`: codes, the shorter words first; `row`: those to be compared with each, one word's after the other's,
        which end at `ends`. One row of the table of
        distances at a time, for all pairs at once, and of that row only the band of `farthest` to either side of the
        diagonal: axis 0 is the band, axis 1 the pairs. Costs and edits are packed into one integer. The pairs of a word
        are done, and left behind, after the row of its last letter.
        """
        k, wide = len(row), 2 * farthest + 1
        longest = max(map(len, words), default=0)
        spelt = np.zeros((len(words), longest), np.int64)
        for i, word in enumerate(words):
            spelt[i, : len(word)] = word
        written = np.repeat(spelt, np.diff(ends, prepend=0), axis=0).T
        # meant[j + farthest + 1] is the j-th letter (from 0) of each word; 0 before and after.
        meant = np.zeros((longest + 2 * wide, k), np.int64)
        letters = self.letters[row].T[: longest + farthest]
        meant[farthest + 1 : farthest + 1 + len(letters)] = letters
        omit = self.omit.ravel().take(meant[:-1] * _LETTER_CODES + meant[1:])
        substitute, insert = self.substitute.ravel(), self.insert.ravel()
        before2 = before = np.full((wide, k), _FAR, np.int32)
        now = before.copy()
        now[farthest] = 0
        for d in range(farthest + 1, wide):
            now[d] = now[d - 1] + omit[d]
        best = np.empty(k, np.int32)
        done = past = 0
        for i in range(1, longest + 1):
            b = written[i - 1, done:]
            before2, before = before, now
            here = meant[i : i + wide, done:]
            slip = here * _LETTER_CODES + b
            now = substitute.take(slip)
            now += before
            np.minimum(now[:-1], before[1:] + insert.take(slip[:-1]), out=now[:-1])
            if i > 1:
                last = written[i - 2, done:]
                swapped = np.flatnonzero((meant[i - 1 : i - 1 + wide, done:] == b) & (here == last) & (b != last))
                if len(swapped):
                    band, pair = np.divmod(swapped, len(b))
                    cost = before2[band, pair] + self.swap[b[pair], last[pair]]
                    now[band, pair] = np.minimum(now[band, pair], cost)
            for d in range(1, wide):
                np.minimum(now[d], now[d - 1] + omit[i + d - 1, done:], out=now[d])
            while past < len(words) and len(words[past]) == i:
                past += 1
            new = int(ends[past - 1]) if past else 0
            if new > done:
                through = np.arange(new - done)
                best[done:new] = now[self.lengths[row[done:new]] - i + farthest, through]
                before, now = before[:, new - done :], now[:, new - done :]
                done = new
        # What had to step over the end of a word is no way at all.
        edits = np.where(best < _FAR >> 4, best % _PACK, _PACK)
        return edits.astype(np.int64), best // _PACK / _COST_STEPS


def _bits(values: NDArray[np.uint64] | NDArray[np.uint32]) -> NDArray[np.uint8]:
    """How many bits are set in each."""
    if hasattr(np, "bitwise_count"):
        counted: NDArray[np.uint8] = np.bitwise_count(values)
        return counted
    values = values.astype(np.uint64)
    v = values - ((values >> np.uint64(1)) & np.uint64(0x5555555555555555))
    v = (v & np.uint64(0x3333333333333333)) + ((v >> np.uint64(2)) & np.uint64(0x3333333333333333))
    v = (v + (v >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    answer: NDArray[np.uint8] = ((v * np.uint64(0x0101010101010101)) >> np.uint64(56)).astype(np.uint8)
    return answer


def build_speller(
    blob: Bytes, counts: NDArray[np.int64], zipf: NDArray[np.float32], edits: NDArray[np.float32]
) -> Speller:
    """A speller from the spellings laid end to end by length, `counts[n]` of each length n."""
    lengths = np.repeat(np.arange(len(counts)), counts)
    letters = np.zeros((len(lengths), LONGEST), np.uint8)
    row = place = 0
    for n, many in enumerate(counts.tolist()):
        letters[row : row + many, :n] = blob[place : place + many * n].reshape(many, n)
        row, place = row + many, place + many * n
    starts = np.concatenate([[0], np.cumsum(counts)])
    masks = np.zeros(len(lengths), np.uint64)
    for j in range(LONGEST):
        longer = masks[starts[min(j + 1, len(counts))] :]  # ordered by length: the words that have a letter there
        bit = np.left_shift(np.uint64(1), letters[len(letters) - len(longer) :, j].astype(np.uint64))
        longer |= (longer & bit) << np.uint64(_TWICE) | bit
    packed = (edits * _COST_STEPS).round().astype(np.int32) * _PACK + 1
    packed[0][np.diag_indices(len(packed[0]))] = 0
    packed[0][0], packed[2][:, 0] = _FAR >> 4, _FAR >> 4  # beyond the ends of a word nothing is replaced or left out
    has = (masks & np.uint64(_ONCE)).astype(np.uint32)
    return Speller(letters, lengths, zipf, masks, has, starts, packed[0], packed[1], packed[2], packed[3])


@functools.cache
def speller() -> Speller:
    """The bundled speller; ModelError if its files are missing or damaged."""
    zipf = np.asarray(load_array("spelling_zipf").astype(np.float32) / ZIPF_STEPS, np.float32)
    return build_speller(load_array("spellings"), load_array("spelling_counts"), zipf, load_array("edits"))


def suggest(word: str) -> tuple[Suggestion, ...]:
    """What may have been meant by a word in small letters, best first; empty if nothing is near."""
    return _suggested.of(word)


def suggest_each(words: Sequence[str]) -> list[tuple[Suggestion, ...]]:
    """What may have been meant by each of some words."""
    return _suggested.of_each(words)


_suggested = Remembered(lambda words: [tuple(near) for near in speller().near_each(words)], 16384)


@functools.lru_cache(4096)
def begins_word(start: str, more: int) -> bool:
    """Whether some word of the dictionary begins so and is at least so many letters longer."""
    if not 0 < len(start) <= LONGEST - more:
        return False
    table, codes = speller(), letter_codes(start)
    first = int(table.starts[len(codes) + more])
    rows = first + np.flatnonzero(table.letters[first:, 0] == codes[0])
    return bool((table.letters[rows, : len(codes)] == codes).all(1).any())


@functools.cache
def _trigrams() -> NDArray[np.float64]:
    table: NDArray[np.uint8] = load_array("trigrams")
    return table / 50


def trigram_surprises(words: Sequence[str]) -> list[tuple[float, float]]:
    """How un-English the letters of each word are: mean and largest -log10 P(letter | two letters before)."""
    padded = b"".join(b"\0\0" + word.encode("latin-1", "replace").translate(_CODES) + b"\0" for word in words)
    codes = np.frombuffer(padded, np.uint8).astype(np.int64)
    each = _trigrams()[codes[:-2], codes[1:-1], codes[2:]]
    out, start = [], 0
    for size in (len(word) + 1 for word in words):
        own = each[start : start + size]
        out.append((float(np.add.reduce(own)) / size, float(np.maximum.reduce(own))))
        start += size + 2
    return out


def distance(a: str, b: str, at_most: int | None = None) -> int:
    """The restricted Damerau-Levenshtein distance of two words, each slip counting 1.

    With `at_most`, any number above it may stand for a greater distance: far words are found far apart sooner.
    """
    if at_most is not None and abs(len(a) - len(b)) > at_most:
        return at_most + 1
    # What both begin and end with costs nothing.
    end_a, end_b, first = len(a), len(b), 0
    while end_a and end_b and a[end_a - 1] == b[end_b - 1]:
        end_a, end_b = end_a - 1, end_b - 1
    while first < end_a and first < end_b and a[first] == b[first]:
        first += 1
    a, b = a[first:end_a], b[first:end_b]
    if not a or not b:
        return len(a) + len(b)
    # A letter that the other word lacks takes a slip of its own.
    if at_most is not None and max(len(set(a).difference(b)), len(set(b).difference(a))) > at_most:
        return at_most + 1
    previous2: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, previous2[j - 2] + 1)
            current.append(cost)
        # No row has a number below the least of the row before it.
        if at_most is not None and min(current) > at_most:
            return at_most + 1
        previous2, previous = previous, current
    return previous[-1]
