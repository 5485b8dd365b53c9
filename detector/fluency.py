"""The fast sentence model: a linear model over n-grams of symbols, fluent English on one side, broken on the other.

A sentence is turned into *symbols*: a frequent word stands for itself, any other for its ending and shape, punctuation
for its kind. So the model sees grammar and idiom, and hardly ever the topic (de-lexicalised n-grams, as in authorship
attribution; Stamatatos 2009). Its n-grams are hashed into one table of weights (Weinberger et al. 2009).
"""

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector import surroundings
from detector.assets import check_folder, find_folder
from detector.batch import (
    APOSTROPHE,
    CAPITAL,
    CAPS,
    CLOSE,
    COMMA,
    DASH,
    OPEN,
    QUOTE,
    STOP,
    SYMBOL,
    Batch,
    mix,
    per_batch,
)

__all__ = [
    "FORMAT",
    "VERSION",
    "FluencyModel",
    "Symbols",
    "compress",
    "document_means",
    "levels",
    "load_fluency",
    "logits",
    "ngram_buckets",
    "sentence_logits",
    "symbols",
]

FORMAT, VERSION = "detector-fluency", 1

Hashes = NDArray[np.uint64]

# Kinds of punctuation that stand between words as symbols of their own. Quotes of every style are one: style tells
# where a text comes from, not how good it is.
_PUNCTUATION = np.zeros(32, np.uint64)
_PUNCTUATION[[STOP, COMMA, QUOTE, APOSTROPHE, OPEN, CLOSE, DASH, SYMBOL]] = [0, 1, 2, 2, 3, 3, 4, 5]
_BOUNDARY = np.uint64(0xB0)
ORDERS = (1, 2, 3, 4)


# Symbols are worked on so many at a time, whole sentences: what is needed for them fits a processor's nearest memory.
_BLOCK = 1 << 14


@dataclass(frozen=True, eq=False)
class Symbols:
    """The symbols of a batch in order, with a boundary before each sentence.

    `kind`: which of the distinct symbols each is, int64 [symbols]; `symbol`, `lexical` (as written), `frequent`: what
    each of those is, arrays of shape [kinds]; `first`: where the symbols of each sentence begin, int64 [sentences].
    """

    kind: NDArray[np.int64]
    symbol: Hashes
    lexical: Hashes
    frequent: NDArray[np.bool_]
    first: NDArray[np.int64]


def symbols(batch: Batch, frequent: Hashes) -> Symbols:
    """Turn a batch into symbols. `frequent`: the sorted keys of the words that stand for themselves."""
    types, words = batch.types, batch.words
    known = surroundings.type_is(batch, frequent)
    # The last three letters and the shape of any other word.
    end = words.end[types.first]
    length = np.minimum(types.length, 3)
    tail = np.zeros(len(types), np.uint64)
    for k in range(3):
        letter = batch.lower[end - 1 - np.minimum(k, length - 1)].astype(np.uint64)
        tail = tail * np.uint64(0x110000) + np.where(k < length, letter, 0)
    capital = ((types.shape == CAPITAL) | (types.shape == CAPS)).astype(np.uint64)
    long = (types.length > 7).astype(np.uint64)  # halves the words of news
    other = mix(tail * np.uint64(8) + np.uint64(4) + capital * np.uint64(2) + long)
    # A capitalised word that is not frequent is a name, whatever its letters.
    other = np.where(capital == 1, mix(np.full(len(types), 7, np.uint64)), other)
    of_type = np.where(known, mix(types.key), other)

    # Punctuation: one symbol for each mark between two words of a sentence.
    marks = surroundings.marks(batch)
    marks = marks[batch.kind[marks] <= SYMBOL]
    before = np.diff(np.searchsorted(marks, batch.sentences.start), prepend=0, append=len(marks))
    nearest = np.repeat(np.arange(-1, len(batch.sentences)), before)
    inside = (nearest >= 0) & (marks < batch.sentences.end[nearest.clip(0)]) if len(batch.sentences) else marks < 0
    marks, nearest = marks[inside], nearest[inside]
    within = np.searchsorted(words.start, marks, "right") - 1
    free = (within < 0) | (marks >= words.end[within.clip(0)]) if len(words) else marks >= 0
    marks, nearest, within = marks[free], nearest[free], within[free]
    kind = batch.kind[marks]
    letter = batch.lower[marks].astype(np.uint64)
    mark_symbol = mix(
        np.where((kind == STOP) | (kind == COMMA), letter + np.uint64(1 << 32), _PUNCTUATION[kind] + np.uint64(1 << 33))
    )

    # In order: the boundary of a sentence, then its words and marks as they stand. Each goes after those of its sort
    # that stand before it, and after those of the others.
    sizes = 1 + batch.sentences.words + np.bincount(nearest, minlength=len(batch.sentences))
    ends = np.cumsum(sizes)
    marks_before = np.cumsum(np.bincount(within + 1, minlength=len(words) + 1))[: len(words)]
    word_at = np.arange(1, len(words) + 1) + words.sentence + marks_before
    mark_at = np.arange(1, len(marks) + 1) + nearest + within + 1
    # The kinds: types, then marks, then the boundary.
    n = len(types) + len(marks)
    kinds = np.full(len(words) + len(marks) + len(batch.sentences), n, np.int64)
    kinds[word_at], kinds[mark_at] = words.type, np.arange(len(types), n)
    boundary = mix(np.asarray([_BOUNDARY]))
    return Symbols(
        kinds,
        np.concatenate([of_type, mark_symbol, boundary]),
        np.concatenate([mix(types.key), mark_symbol, boundary]),
        np.concatenate([known, np.ones(len(marks) + 1, bool)]),
        ends - sizes,
    )


def _single(found: Symbols) -> Hashes:
    """The hash of each kind of symbol by itself: what longer runs begin with."""
    return mix(found.symbol + np.uint64(1))


def _buckets(hashes: Hashes, bits: int) -> NDArray[np.int64]:
    return (hashes >> np.uint64(64 - bits)).view(np.int64)


def _ngrams(
    found: Symbols, single: Hashes, bits: int, part: slice
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """The bucket of each run of symbols that ends at each place of a part, from the first possible on, and whether it
    counts: runs of two, three, four, and last pairs as written. A part begins with a sentence.
    """
    kind = found.kind[part]
    n = len(kind)
    symbol = found.symbol.take(kind)
    inside = np.ones(n, bool)
    first, last = np.searchsorted(found.first, [part.start, part.stop])
    inside[found.first[first:last] - part.start] = False
    running, whole = single.take(kind), np.ones(n, bool)
    for order in ORDERS[1:]:
        if n < order:
            break
        whole = whole[:-1] & inside[order - 1 :] if order == 2 else whole[:-1] & whole[1:]
        running = running[:-1] * np.uint64(3)
        running += symbol[order - 1 :]
        running += np.uint64(order)
        running = mix(running)
        yield _buckets(running, bits), whole
    if n > 1:
        lexical, frequent = found.lexical.take(kind), found.frequent.take(kind)
        pair = lexical[:-1] * np.uint64(5)
        pair += lexical[1:]
        pair += np.uint64(99)
        yield _buckets(mix(pair), bits), inside[1:] & (frequent[1:] != frequent[:-1])


def ngram_buckets(found: Symbols, bits: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The n-grams of each order: (bucket in the table of 2**bits weights, sentence), n-grams never crossing sentences.

    Orders 1 to 4 over symbols; then pairs of neighbours as written, one of them a frequent word ("shopping of").
    """
    n = len(found.kind)
    sentence = np.repeat(np.arange(len(found.first)), np.diff(found.first, append=n))
    single = _single(found)
    return [(_buckets(single, bits).take(found.kind), sentence)] * (n > 0) + [
        (bucket[whole], sentence[n - len(whole) :][whole])
        for bucket, whole in _ngrams(found, single, bits, slice(0, n))
    ]


@dataclass(frozen=True)
class FluencyModel:
    """The logit is slope * sum / sqrt(n-grams) + base.

    `weights`: float [2**bits]; or, with a `table` (uint8 [2**bits]), the 256 weights that its entries stand for.
    `frequent`: sorted uint64 keys.
    """

    weights: NDArray[np.floating[Any]]
    frequent: Hashes
    bits: int
    slope: float
    base: float
    table: NDArray[np.uint8] | None = None

    def weigh(self, buckets: NDArray[np.int64], whole: NDArray[np.bool_] | None = None) -> NDArray[np.floating[Any]]:
        """The weight of each bucket, 0 for what does not count: quicker than leaving it out."""
        if self.table is None:
            weights = self.weights.take(buckets)
            return weights if whole is None else weights * whole
        level = self.table.take(buckets)
        if whole is not None:
            level *= whole.view(np.uint8)  # level 0 is a weight of 0
        return self.weights.take(level)


def compress(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], float]:
    """Weights in eight bits, as signed square roots: most are small, and small ones add up.

    The scale is the largest.
    """
    scale = float(np.abs(weights).max())
    return np.round(127 * np.sign(weights) * np.sqrt(np.abs(weights) / scale)).astype(np.int8), scale


def levels(scale: float) -> NDArray[np.float32]:
    """What the 256 bytes of a compressed table stand for, float32 [256]; 128 and up are the negative ones."""
    root = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32) / 127
    values: NDArray[np.float32] = (np.sign(root) * root * root * np.float32(scale)).astype(np.float32)
    return values


@functools.cache
def load_fluency(folder: Path | None = None) -> FluencyModel:
    """The bundled sentence model."""
    folder = folder or find_folder("fluency")
    manifest = check_folder(folder, FORMAT, VERSION)
    table = np.asarray(np.load(folder / "weights.npy", mmap_mode="r", allow_pickle=False)).view(np.uint8)
    frequent = np.load(folder / "frequent.npy", allow_pickle=False)
    bits, slope, base = int(manifest["bits"]), float(manifest["slope"]), float(manifest["base"])
    return FluencyModel(levels(float(manifest["scale"])).astype(np.float64), frequent, bits, slope, base, table)


def logits(batch: Batch, model: FluencyModel) -> NDArray[np.float64]:
    """How broken each sentence looks, in log-odds, float64 [sentences]."""
    if not len(batch.sentences):
        return np.zeros(0)
    found = symbols(batch, model.frequent)
    # By the symbol that an n-gram ends at. A table's weights are so coarse that their sums are exact in any order.
    single = _single(found)
    weight = model.weigh(_buckets(single, model.bits)).astype(np.float64).take(found.kind)
    paired = np.zeros(len(found.kind), np.uint8)
    for part in _parts(found):
        for bucket, whole in _ngrams(found, single, model.bits, part):
            at = slice(part.stop - len(whole), part.stop)
            weight[at] += model.weigh(bucket, whole)
            paired[at] = whole  # the last ones are the pairs
    size = np.diff(found.first, append=len(found.kind))
    times = np.add.reduceat(paired, found.first, dtype=np.int64)
    for order in ORDERS:
        times += np.maximum(size - order + 1, 0)
    answer: NDArray[np.float64] = model.slope * np.add.reduceat(weight, found.first) / np.sqrt(times) + model.base
    return answer


def _parts(found: Symbols) -> Iterator[slice]:
    """The symbols in parts of about `_BLOCK`, each of whole sentences."""
    cuts = np.searchsorted(found.first, np.arange(_BLOCK, len(found.kind), _BLOCK))
    edges = found.first[cuts[cuts < len(found.first)]].tolist()
    for start, stop in itertools.pairwise([0, *edges, len(found.kind)]):
        if stop > start:
            yield slice(start, stop)


@per_batch
def sentence_logits(batch: Batch) -> NDArray[np.float64]:
    """`logits` by the bundled model, worked out once a batch."""
    return logits(batch, load_fluency())


# From here a longer sentence says no more of its document than a shorter one.
LONG = 30


def document_means(batch: Batch, values: NDArray[np.float64], read: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The mean of what was read of each document's sentences, longer ones counting for more; float64 [documents].

    A sentence counts by its words, at most 30 (on dev/ this found half a point more of the garbled tiers than to count
    all alike, at fewer false alarms); -inf for a document of which nothing was read.
    """
    weight = np.minimum(batch.sentences.words, LONG) * read
    total = np.bincount(batch.sentences.document, weights=np.where(read, values, 0) * weight, minlength=len(batch))
    count = np.bincount(batch.sentences.document, weights=weight, minlength=len(batch))
    answer: NDArray[np.float64] = np.where(count > 0, total / np.maximum(count, 1), -np.inf)
    return answer
