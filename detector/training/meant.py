"""Teach which word was meant: `python -m detector.training.meant --data DIR --lexicon models/lexicon`.

Misspellings of the pairs that are not set aside are put into native news of train/, as often as people misspell those
words, and a small network learns to give the word that stood there the highest chance among the candidates. The counts
of neighbours come from the same news, so the pairs of the word that stood there are counted once less.
"""

import argparse
import collections
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.assets import write_manifest
from detector.batch import cut, hash_words
from detector.context import LOG_STEPS
from detector.lexicon import FORMAT, GB, US, VERSION, lexicon
from detector.meant import FEATURES, candidates_for, place_features
from detector.training.data import apart, plain, rows
from detector.training.planted import training_pairs

__all__ = ["fit", "main", "planted_lists"]

Floats = NDArray[np.float64]
_FILES = ("human_news_a", "human_news_b")
_HIDDEN, _EPOCHS, _LISTS, _RATE = 24, 14, 512, 0.01
_LEAST_LOG = 3  # the logarithm at which a pair counted three times is kept
# A misspelling is put in so many times at most, as the referee does: no pair may teach more than its share.
_OFTEN = 12


def _documents(data: Path, many: int) -> Iterator[str]:
    """First lines of native news, some of each file."""
    for name in _FILES:
        taken = 0
        for row in rows(data / "train" / f"{name}.jsonl.zst"):
            if taken == many // len(_FILES):
                break
            if not apart(row):
                taken += 1
                yield plain("\n".join([line for line in row["text"].split("\n") if line.strip()][:25]))


def _unlisted(pairs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Of the pairs those whose wrong side no dictionary has."""
    wrong = sorted({w for ws in pairs.values() for w in ws})
    table = lexicon()
    at = table.rows(hash_words(wrong))
    free = {w for w, i in zip(wrong, at.tolist(), strict=True) if i < 0 or not table.flags[i] & (US | GB)}
    return {right: kept for right, ws in pairs.items() if (kept := [w for w in ws if w in free and w.isascii()])}


def planted_lists(data: Path, many: int = 1600, rate: float = 0.02) -> Iterator[tuple[Floats, int]]:
    """(features of the candidates, which of them stood there) for misspellings put into news."""
    pairs, rng, used = _unlisted(training_pairs(data)), random.Random(7), collections.Counter[str]()
    right: list[dict[tuple[int, int], str]] = []
    texts = []
    for base in _documents(data, many):
        free = [m for m in re.finditer(r"[A-Za-z]+", base) if m.group() in pairs]
        rng.shuffle(free)
        chosen = []
        for m in free:
            wrong = min(rng.sample(pairs[m.group()], len(pairs[m.group()])), key=lambda w: used[w])
            if used[wrong] < _OFTEN:
                used[wrong] += 1
                chosen.append((m.start(), m.end(), wrong, m.group()))
            if len(chosen) >= max(1, round(rate * len(base.split()))):
                break
        parts, last, size, here = [], 0, 0, {}
        for start, end, wrong, word in sorted(chosen):
            parts += [base[last:start], wrong]
            size += start - last
            here[size, size + len(wrong)] = word
            size, last = size + len(wrong), end
        texts.append("".join([*parts, base[last:]]))
        right.append(here)
    for first in range(0, len(texts), 200):
        batch = cut(texts[first : first + 200])
        offset = batch.document_start[batch.words.document]
        at = (batch.words.document, batch.words.start - offset, batch.words.end - offset)
        for i, (d, s, e) in enumerate(zip(*(x.tolist() for x in at), strict=True)):
            word = right[first + d].get((s, e))
            if word:
                own = candidates_for(batch.word(i))
                if word in own.words:
                    stood = own.words.index(word)
                    x = place_features(batch, i, own)
                    _count_once_less(x, stood)
                    yield x, stood


def _count_once_less(x: Floats, at: int) -> None:
    """Take the pair that stood here before the misspelling was put in from the counts of the right word."""
    for side in ("before", "after"):
        column, unseen = FEATURES.index(side), FEATURES.index(f"{side}_unseen")
        over = FEATURES.index(f"{side}_over_expected")
        had = x[at, column]
        if had > 0:
            now = 0.0 if round(had * LOG_STEPS) <= _LEAST_LOG else float(np.log10(10**had - 1))
            x[at, column], x[at, unseen] = now, now == 0
            x[at, over] += now - had


def _pad(lists: Sequence[tuple[Floats, int]]) -> tuple[Floats, NDArray[np.bool_], NDArray[np.int64]]:
    longest = max(len(x) for x, _ in lists)
    out = np.zeros((len(lists), longest, len(FEATURES)))
    real = np.zeros((len(lists), longest), bool)
    for i, (x, _) in enumerate(lists):
        out[i, : len(x)], real[i, : len(x)] = x, True
    return out, real, np.array([at for _, at in lists])


def fit(lists: Sequence[tuple[Floats, int]], seed: int = 3) -> dict[str, Any]:
    """The network of `detector.meant`, by the likelihood of what stood there; Adam (Kingma and Ba 2015)."""
    rng = np.random.default_rng(seed)
    joined = np.concatenate([x for x, _ in lists])
    mean, scale = joined.mean(0), joined.std(0) + 1e-6
    x, real, right = _pad([((x - mean) / scale, at) for x, at in lists])
    f = len(FEATURES)
    weights = [
        rng.normal(0, f**-0.5, (f, _HIDDEN)), np.zeros(_HIDDEN), rng.normal(0, 0.1, _HIDDEN), np.zeros(f),
    ]  # fmt: skip
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    step = 0
    steps = _EPOCHS * (-(-len(lists) // _LISTS))
    for _ in range(_EPOCHS):
        order = rng.permutation(len(lists))
        for at in range(0, len(order), _LISTS):
            pick = order[at : at + _LISTS]
            step += 1
            gradients = _gradients(weights, x[pick], real[pick], right[pick])
            rate = _RATE * (1 - step / (steps + 1))
            for i, slope in enumerate(gradients):
                first[i] += 0.1 * (slope - first[i])
                second[i] += 0.001 * (slope * slope - second[i])
                ahead = (first[i] / (1 - 0.9**step)) / (np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8)
                weights[i] -= rate * (ahead + 1e-4 * weights[i])
    hidden, bias, out, direct = (np.round(w, 5).tolist() for w in weights)
    return {
        "features": list(FEATURES), "mean": np.round(mean, 6).tolist(), "scale": np.round(scale, 6).tolist(),
        "hidden": hidden, "bias": bias, "out": out, "direct": direct,
    }  # fmt: skip


def _gradients(
    weights: Sequence[Floats], x: Floats, real: NDArray[np.bool_], right: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats, Floats]:
    hidden, bias, out, direct = weights
    inside = np.tanh(x @ hidden + bias)
    score = np.where(real, inside @ out + x @ direct, -1e9)
    chance = np.exp(score - score.max(1, keepdims=True))
    chance /= chance.sum(1, keepdims=True)
    slope = chance
    slope[np.arange(len(x)), right] -= 1
    slope /= len(x)
    back = slope[:, :, None] * out * (1 - inside * inside)
    return (
        np.einsum("lkf,lkh->fh", x, back, optimize=True), back.sum((0, 1)),
        np.einsum("lk,lkh->h", slope, inside, optimize=True), np.einsum("lk,lkf->f", slope, x, optimize=True),
    )  # fmt: skip


def main() -> None:
    """Learn from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lexicon", type=Path, required=True)
    given = parser.parse_args()
    old = json.loads((given.lexicon / "manifest.json").read_text("utf-8"))
    facts = {name: value for name, value in old.items() if name not in {"format", "version", "files"}}
    (given.lexicon / "meant.json").write_text(json.dumps(fit(list(planted_lists(given.data)))) + "\n", "utf-8")
    write_manifest(given.lexicon, FORMAT, VERSION, **facts)


if __name__ == "__main__":
    main()
