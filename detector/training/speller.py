"""What the speller learns: the dictionary's spellings, what slips cost, how English a string of letters looks."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.batch import cut
from detector.lexicon import facts
from detector.signals.misspelling import candidates, repeats, spelling_of
from detector.spelling import LONGEST, distance, letter_codes
from detector.training.news import batches, read_rows
from detector.unknown import FEATURES, word_features

__all__ = ["learn_edits", "learn_trigrams", "learn_unknown", "listed_misspellings", "misspellings", "spelling_block"]

SUBSTITUTE, INSERT, OMIT, SWAP = 0, 1, 2, 3


def set_aside(word: str) -> bool:
    """Whether pairs with this right word are kept for measuring: they neither train nor ship."""
    return int(hashlib.sha1(word.lower().encode()).hexdigest(), 16) % 5 in (0, 1)  # noqa: S324 - no secret: a split


def misspellings(data: Path) -> Iterator[tuple[str, str, str]]:
    """(wrong, right, source) of all pairs of single words in small letters of which no correction is set aside."""
    for row in read_rows(data / "train" / "misspelling_pairs.jsonl.zst"):
        rights = [w.strip().lower() for w in row["corrections"].split(",") if w.strip()]
        wrong = row["text"].lower()
        if any(set_aside(w) for w in rights) or not wrong.isascii() or not wrong.isalpha():
            continue
        for right in rights[:1]:
            if right.isascii() and right.isalpha() and right != wrong:
                yield wrong, right, row["source"]


def listed_misspellings(data: Path) -> Iterator[str]:
    """The misspellings of the free lists that may ship (codespell, typos; none whose right word is set aside)."""
    return (wrong for wrong, right, source in misspellings(data) if source in {"codespell", "typos"} and len(right) > 3)


def one_slip(wrong: str, right: str) -> tuple[int, int, int] | None:
    """The single slip that leads from the right word to the wrong one, as (kind, letter, letter); None if it is not
    one.
    """
    if distance(wrong, right) != 1:
        return None
    w, r = [0, *letter_codes(wrong).tolist(), 0], [0, *letter_codes(right).tolist(), 0]
    i = next(k for k in range(1, len(w)) if k >= len(r) or w[k] != r[k])
    if len(w) > len(r):
        return INSERT, w[i - 1], w[i]
    if len(w) < len(r):
        return OMIT, r[i - 1], r[i]
    if w[i + 1 :] == r[i + 1 :]:
        return SUBSTITUTE, r[i], w[i]
    return SWAP, r[i], r[i + 1]


def learn_edits(data: Path) -> NDArray[np.float32]:
    """float32 [4, 28, 28]: -log10 of the odds of each slip where it can happen, from pairs that are one slip apart."""
    counts = np.zeros((4, 28, 28))
    single = np.zeros(28)
    double = np.zeros((28, 28))
    for wrong, right, _ in misspellings(data):
        if not 3 < len(right) <= LONGEST:
            continue
        codes = [0, *letter_codes(right).tolist()]
        for a, b in itertools.pairwise(codes):
            double[a, b] += 1
            single[b] += 1
        single[0] += 1
        slip = one_slip(wrong, right)
        if slip:
            counts[slip] += 1
    single, double = single + 50, double + 20  # smoothing: a rare pair of letters must not look like a sure slip
    chances = np.stack(
        [
            (counts[SUBSTITUTE] + 0.3) / single[:, None],
            (counts[INSERT] + 0.3) / single[:, None],
            (counts[OMIT] + 0.3) / double,
            (counts[SWAP] + 0.3) / double,
        ]
    )
    costs = -np.log10(chances.clip(1e-6, 0.9))
    np.fill_diagonal(costs[SUBSTITUTE], 0)
    answer: NDArray[np.float32] = costs.astype(np.float32)
    return answer


def spelling_block(
    words: Iterable[tuple[str, float]],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.float64]]:
    """(letters end to end, how many words of each length, Zipf) of words in the order of length and spelling."""
    ordered = sorted((len(w), w, z) for w, z in words if 0 < len(w) <= LONGEST)
    blob = np.concatenate([letter_codes(w) for _, w, _ in ordered])
    counts = np.bincount([n for n, _, _ in ordered], minlength=LONGEST + 1)
    return blob, counts.astype(np.int64), np.array([z for _, _, z in ordered])


def learn_trigrams(words: Iterable[tuple[str, float]]) -> NDArray[np.uint8]:
    """uint8 [28, 28, 28]: -log10 P(third letter | two before) x 50, over the types of the dictionary, 0 the edges."""
    counts = np.full((28, 28, 28), 0.02)
    for word, _ in words:
        codes = [0, 0, *letter_codes(word).tolist(), 0]
        for a, b, c in zip(codes, codes[1:], codes[2:], strict=False):
            counts[a, b, c] += 1
    chance = counts / counts.sum(2, keepdims=True)
    answer: NDArray[np.uint8] = (-np.log10(chance) * 50).round().clip(0, 255).astype(np.uint8)
    return answer


def learn_unknown(data: Path) -> dict[str, float]:
    """Weights of the logistic model of `detector.unknown`: misspellings against the unknown words of edited news."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - a tool of the build

    wrong, weight, listed = _positive(data)
    good, _ = _negative(data, listed)
    rows = [word_features(w).features for w in wrong + good]
    x = np.array(rows)
    y = np.concatenate([np.ones(len(wrong)), np.zeros(len(good))])
    # Equal weight for both sides: at one misspelling in 2,000 words of edited text the candidates are about half of
    # each.
    w = np.concatenate([np.array(weight) / np.sum(weight), np.full(len(good), 1 / len(good))]) * len(good)
    model = LogisticRegression(C=1.0, max_iter=5000)
    keep = np.ones(len(y), bool)
    for _ in range(3):
        # Edited news has typos too: what the model is sure of is taken out of the negatives, and it learns again.
        model.fit(x[keep], y[keep], sample_weight=w[keep])
        keep = (y > 0) | (model.predict_proba(x)[:, 1] < 0.9)
    weights = {name: round(float(v), 5) for name, v in zip(FEATURES, model.coef_[0], strict=True)}
    # No lists of misspellings say how often a document repeats one, so this weight is set: five times halve the odds
    # thrice.
    weights["repeated"] = -1.3
    return {"intercept": round(float(model.intercept_[0]), 5), **weights}


def _positive(data: Path) -> tuple[list[str], list[float], set[str]]:
    """Misspellings, each with a weight by how often its word is written, and all listed wrong spellings."""
    pairs = sorted({(w, r) for w, r, _ in misspellings(data)})
    listed = {w for w, _ in pairs}
    batch = cut([" ".join(r for _, r in pairs), " ".join(w for w, _ in pairs)])
    known, words = facts(batch), batch.words.type
    half = len(pairs)
    zipf = known.zipf[words[:half]]
    written = known.zipf[words[half:]]  # how often the misspelling itself is written: "recieve" is no rarity
    dictionary = known.dictionary[words[half:]]
    chosen = [
        (w, float(10 ** (0.25 * z) * (1 + 10 ** (0.4 * own))))
        for (w, r), z, own, d in zip(pairs, zipf.tolist(), written.tolist(), dictionary.tolist(), strict=True)
        if not d and z >= 3 and len(r) > 3 and 3 <= len(w) <= LONGEST and abs(len(w) - len(r)) < 3
    ]
    pick = np.random.default_rng(5).permutation(len(chosen))[:12000]
    return [chosen[i][0] for i in pick], [chosen[i][1] for i in pick], listed


def _negative(data: Path, listed: set[str]) -> tuple[list[str], list[int]]:
    """The unknown words of native news, a document's word once, with how often the document has it."""
    found: list[str] = []
    many: list[int] = []
    for batch in batches(data):
        sure = candidates(batch)
        at = sure.at[sure.doubt == 0]
        seen = set()
        for i, n in zip(at.tolist(), repeats(batch, at).tolist(), strict=True):
            word = spelling_of(batch, int(batch.words.type[i]))
            place = (int(batch.words.document[i]), word)
            if place not in seen and word not in listed:
                seen.add(place)
                found.append(word)
                many.append(n)
    return found, many
