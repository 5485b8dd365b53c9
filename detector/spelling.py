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
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.lexicon import ZIPF_STEPS, load_array

__all__ = ["Speller", "Suggestion", "distance", "speller", "suggest", "trigram_surprise"]

# At most two slips a word: 80 to 95 % of misspellings hold one (Damerau 1964; Pollock and Zamora 1984), and at three
# edits short words are near everything.
FARTHEST = 2
# No longer word is looked at; the dictionary has 8 in 10,000 beyond it.
LONGEST = 20

MOST = 12  # suggestions kept of a word

# A cost and its number of edits in one integer: cost x 64 x 64 + edits, so that the least is the cheapest way. No way
# has 64 edits: with 16, the sixteenth was taken for none.
_COST_STEPS, _PACK, _FAR = 64, 64, 1 << 28

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Suggestion:
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
    raw = np.frombuffer(word.encode("latin-1", "replace"), np.uint8).astype(np.int16) - 96
    return np.where((raw >= 1) & (raw <= 26), raw, 27).astype(np.uint8)


@dataclass(frozen=True)
class Speller:
    """The dictionary's spellings and what slips cost.

    `letters`: uint8 [words, LONGEST], codes, 0 beyond the end; `lengths`, `zipf`: [words], ordered by length; `masks`:
    uint32 [words], which letters a word has; the rest, int32 [28, 28], packed costs: `substitute[a, b]` the cost of
    writing b for a, `insert[p, b]` of writing b too much after p, `omit[p, a]` of leaving a out after p, `swap[a, b]`
    of writing "ba" for "ab".
    """

    letters: Bytes
    lengths: NDArray[np.int64]
    zipf: NDArray[np.float32]
    masks: NDArray[np.uint32]
    starts: NDArray[np.int64]
    substitute: NDArray[np.int32]
    insert: NDArray[np.int32]
    omit: NDArray[np.int32]
    swap: NDArray[np.int32]

    def near(self, word: str) -> list[Suggestion]:
        """All words at most two slips away, best first."""
        codes = letter_codes(word)
        n = len(codes)
        if not 1 < n <= LONGEST:
            return []
        first, last = self.starts[max(n - FARTHEST, 1)], self.starts[min(n + FARTHEST, LONGEST) + 1]
        own = np.bitwise_or.reduce(np.left_shift(np.uint32(1), codes.astype(np.uint32)))
        masks = self.masks[first:last]
        # Two slips take away at most two letters, and bring in at most two.
        rows = first + np.flatnonzero((_bits(masks & ~own) <= FARTHEST) & (_bits(own & ~masks) <= FARTHEST))
        edits, cost = self._compare(codes, rows)
        close = np.flatnonzero(edits <= FARTHEST)
        order = close[np.lexsort((rows[close], cost[close] - self.zipf[rows[close]]))][:MOST]
        return [
            Suggestion(self.spelling(int(rows[i])), int(edits[i]), float(cost[i]), float(self.zipf[rows[i]]))
            for i in order
        ]

    def spelling(self, row: int) -> str:
        """The word of a row."""
        return "".join("'" if c == 27 else chr(96 + c) for c in self.letters[row, : self.lengths[row]].tolist())

    def _compare(self, word: Bytes, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Edits and costs from each row's word (what was meant) to `word` (what was written).

        One row of the table of distances at a time, for all words at once, and of that row only the band of `FARTHEST`
        to either side of the diagonal: axis 0 is the band, axis 1 the words. Costs and edits are packed into one
        integer.
        """
        k, n, wide = len(rows), len(word), 2 * FARTHEST + 1
        # meant[j + FARTHEST + 1] is the j-th letter (from 0) of each word; 0 before and after.
        meant = np.zeros((n + 2 * wide, k), np.uint8)
        letters = self.letters[rows].T[: n + FARTHEST]
        meant[FARTHEST + 1 : FARTHEST + 1 + len(letters)] = letters
        omit = self.omit[meant[:-1], meant[1:]]
        before2 = before = np.full((wide, k), _FAR, np.int32)
        now = before.copy()
        now[FARTHEST] = 0
        for d in range(FARTHEST + 1, wide):
            now[d] = now[d - 1] + omit[d]
        for i, b in enumerate(word.tolist(), 1):
            before2, before = before, now
            here = meant[i : i + wide]
            now = before + self.substitute[:, b][here]
            np.minimum(now[:-1], before[1:] + self.insert[:, b][here[:-1]], out=now[:-1])
            if i > 1:
                last = int(word[i - 2])
                swapped = (here == last) & (meant[i - 1 : i - 1 + wide] == b)
                np.minimum(now, before2 + self.swap[b, last], out=now, where=swapped & (b != last))
            for d in range(1, wide):
                np.minimum(now[d], now[d - 1] + omit[i + d - 1], out=now[d])
        best = now[self.lengths[rows] - n + FARTHEST, np.arange(k)]
        # What had to step over the end of a word is no way at all.
        edits = np.where(best < _FAR >> 4, best % _PACK, _PACK)
        return edits.astype(np.int64), best // _PACK / _COST_STEPS


def _bits(values: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """How many bits are set in each."""
    if hasattr(np, "bitwise_count"):
        counted: NDArray[np.uint8] = np.bitwise_count(values)
        return counted
    v = values - ((values >> 1) & np.uint32(0x55555555))
    v = (v & np.uint32(0x33333333)) + ((v >> 2) & np.uint32(0x33333333))
    answer: NDArray[np.uint8] = ((((v + (v >> 4)) & np.uint32(0x0F0F0F0F)) * np.uint32(0x01010101)) >> 24).astype(
        np.uint8
    )
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
    masks = np.zeros(len(lengths), np.uint32)
    for j in range(LONGEST):
        masks |= np.where(letters[:, j] > 0, np.left_shift(np.uint32(1), letters[:, j].astype(np.uint32)), 0).astype(
            np.uint32
        )
    starts = np.concatenate([[0], np.cumsum(counts)])
    packed = (edits * _COST_STEPS).round().astype(np.int32) * _PACK + 1
    packed[0][np.diag_indices(len(packed[0]))] = 0
    packed[0][0], packed[2][:, 0] = _FAR >> 4, _FAR >> 4  # beyond the ends of a word nothing is replaced or left out
    return Speller(letters, lengths, zipf, masks, starts, packed[0], packed[1], packed[2], packed[3])


@functools.cache
def speller() -> Speller:
    """The bundled speller; ModelError if its files are missing or damaged."""
    zipf = np.asarray(load_array("spelling_zipf").astype(np.float32) / ZIPF_STEPS, np.float32)
    return build_speller(load_array("spellings"), load_array("spelling_counts"), zipf, load_array("edits"))


@functools.lru_cache(4096)
def suggest(word: str) -> tuple[Suggestion, ...]:
    """What may have been meant by a word in small letters, best first; empty if nothing is near."""
    return tuple(speller().near(word))


@functools.cache
def _trigrams() -> NDArray[np.float64]:
    table: NDArray[np.uint8] = load_array("trigrams")
    return table / 50


def trigram_surprise(word: str) -> tuple[float, float]:
    """How un-English the letters are: the mean and the largest -log10 P(letter | two letters before)."""
    codes = np.concatenate([[0, 0], letter_codes(word), [0]])
    each = _trigrams()[codes[:-2], codes[1:-1], codes[2:]]
    return float(each.mean()), float(each.max())


def distance(a: str, b: str) -> int:
    """The restricted Damerau-Levenshtein distance of two words, each slip counting 1."""
    previous2: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, previous2[j - 2] + 1)
            current.append(cost)
        previous2, previous = previous, current
    return previous[-1]
