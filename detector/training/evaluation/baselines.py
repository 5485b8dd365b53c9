"""What everybody has at hand, to be measured beside the detector: length, n-gram perplexity, n-gram regression.

A baseline has a `name` and `score(texts) -> float64 [texts]`, up is worse. (FineWeb's rules are in `rules.py`.)
"""

import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, cut, mix
from detector.io import Options
from detector.training.corpus import training_rows
from detector.training.data import window
from detector.training.evaluation.read import FIELDS, items
from detector.training.evaluation.rules import Rules

__all__ = ["Baseline", "Length", "Perplexity", "Regression", "baselines", "training_texts"]

Floats = NDArray[np.float64]
SEED = 20261124
# Documents of a kind to train on: some 10,000 in all, which are read, cut and fitted in about a minute.
CAP = 600
_BLOCK = 512


class Baseline(Protocol):
    """Anything that gives texts a number."""

    name: str

    def score(self, texts: Sequence[str]) -> Floats:
        """One number a text, up is worse."""


class Length:
    """The number of words: a measure that finds anything by it has found how the data were put together."""

    name = "length"

    def score(self, texts: Sequence[str]) -> Floats:
        """One number a text, float64 [texts]."""
        return np.asarray([len(t.split()) for t in texts], np.float64)


class Perplexity:
    """An interpolated word trigram model of clean text (Jelinek & Mercer 1980) in hashed tables; log perplexity."""

    name = "n-gram perplexity"
    _BITS = 22
    _WEIGHTS = (0.2, 0.3, 0.5)

    def __init__(self, texts: Iterable[str]) -> None:
        size = 1 << self._BITS
        self._counts = [np.zeros(size, np.float64) for _ in range(3)]
        for block in _blocks(texts):
            for i, grams in enumerate(self._grams(cut(block))):
                self._counts[i] += np.bincount(grams, minlength=size)
        self._total = max(1.0, float(self._counts[0].sum()))

    def _grams(self, batch: Batch) -> tuple[NDArray[np.int64], ...]:
        """The slots of the unigram, bigram and trigram that end at each word; before a sentence there is nothing."""
        key = batch.types.key[batch.words.type]
        first = np.zeros(len(key), bool)
        first[batch.sentences.first_word] = True
        zero = np.uint64(0)
        before = np.where(first, zero, np.roll(key, 1))
        second = np.where(first, zero, np.roll(before, 1))
        pair = mix(key ^ (before * np.uint64(3)))
        triple = mix(pair ^ (second * np.uint64(5)))
        return tuple((k >> np.uint64(64 - self._BITS)).astype(np.int64) for k in (mix(key), pair, triple))

    def score(self, texts: Sequence[str]) -> Floats:
        """One number a text, float64 [texts]: the mean of -log p over its words; 0 without words."""
        batch = cut(texts)
        if not len(batch.words):
            return np.zeros(len(texts))
        one, two, three = (c[g] for c, g in zip(self._counts, self._grams(batch), strict=True))
        # What a gram follows: the count of the gram before it in its sentence, of all words at a sentence's first.
        first = np.zeros(len(one), bool)
        first[batch.sentences.first_word] = True
        before_one = np.where(first, self._total, np.roll(one, 1))
        before_two = np.where(first, self._total, np.roll(two, 1))
        a, b, c = self._WEIGHTS
        p = a * (one + 1) / (self._total + (1 << self._BITS)) + b * two / np.maximum(before_one, 1)
        p += c * three / np.maximum(before_two, 1)
        bits = batch.per_document(batch.words.document, -np.log(np.minimum(p, 1)))
        return np.asarray(bits / np.maximum(batch.words_per_document(), 1), np.float64)


class Regression:
    """Logistic regression on hashed word or character n-grams."""

    def __init__(self, unit: Literal["word", "character"], texts: Sequence[str], truth: Sequence[int]) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415 - with pandas it takes seconds
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

        self.name = f"{unit} n-grams"
        analyser, ngrams = ("word", (1, 2)) if unit == "word" else ("char_wb", (2, 4))
        self._vectors: Any = HashingVectorizer(
            analyzer=analyser, ngram_range=ngrams, n_features=1 << 18, alternate_sign=False
        )
        self._model: Any = LogisticRegression(C=30, solver="liblinear", class_weight="balanced")
        self._model.fit(self._vectors.transform(texts), truth)

    def score(self, texts: Sequence[str]) -> Floats:
        """One number a text, float64 [texts]: the log-odds."""
        return np.asarray(self._model.decision_function(self._vectors.transform(texts)), np.float64)


def _blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for text in texts:
        block.append(text)
        if len(block) == _BLOCK:
            yield block
            block = []
    if block:
        yield block


def _folder(data: Path) -> Iterator[tuple[str, int, str]]:
    for found in training_rows(data):
        if found.garble is not None:
            family = found.kind if found.kind.startswith("mt.") else found.kind.partition(".")[0]
            yield family, int(found.garble), found.row["text"]


def _file(path: str) -> Iterator[tuple[str, int, str]]:
    for item in items([path], Options(), FIELDS, lambda _: None):
        if not math.isnan(item.facts.truth):
            yield item.facts.tier, int(item.facts.truth), item.document.text


def training_texts(inputs: Sequence[str]) -> tuple[list[str], list[int]]:
    """Labelled texts to train on, laid out alike, at most `CAP` of a kind.

    From labelled JSON lines, or from the train/ of a folder of data, without what is set aside for dev/.
    """
    rng = random.Random(SEED)
    kept: dict[str, list[tuple[str, int]]] = {}
    seen: Counter[str] = Counter()
    found = chain.from_iterable(_folder(Path(p)) if (Path(p) / "train").is_dir() else _file(p) for p in inputs)
    for kind, truth, text in found:
        # Reservoir sampling (Vitter 1985): every document of a kind with the same chance, in one pass.
        mine = kept.setdefault(kind, [])
        seen[kind] += 1
        if len(mine) < CAP:
            mine.append((text, truth))
        elif (at := rng.randrange(seen[kind])) < CAP:
            mine[at] = (text, truth)
    chosen = [(window(text, rng), truth) for kind in sorted(kept) for text, truth in kept[kind]]
    chosen = [(text, truth) for text, truth in chosen if text]
    return [t for t, _ in chosen], [y for _, y in chosen]


def baselines(inputs: Sequence[str]) -> list[Baseline]:
    """The baselines: those that learn only if there is something to learn from."""
    out: list[Baseline] = [Length(), Rules()]
    if inputs:
        texts, truth = training_texts(inputs)
        out.append(Perplexity(t for t, y in zip(texts, truth, strict=True) if not y))
        if len(set(truth)) > 1:
            out += [Regression("word", texts, truth), Regression("character", texts, truth)]
    return out
