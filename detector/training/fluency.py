"""Train the fast sentence model (`detector.fluency`) with scikit-learn."""

import collections
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, SGDClassifier

from detector.assets import write_manifest
from detector.batch import LOWERCASE, cut
from detector.fluency import FORMAT, VERSION, FluencyModel, compress, logits, ngram_buckets, symbols
from detector.training.corpus import Labelled, training_rows
from detector.training.data import fold_of, lay, own_layout, sentences, window

__all__ = ["Example", "choose_examples", "cross_fit", "design_matrix", "fit", "save", "sentence_weights", "sgd"]

BITS = 21  # 2**20 to 2**22 weights did the same on dev/
FREQUENT = 2500  # words that stand for themselves; 1,500 and 4,000 did the same on dev/
ALPHA = 7e-7  # L2 of the averaged SGD; 3e-6 flagged 5 points less of statistical garble on dev/, 3e-7 2 points less
EPOCHS = 6
SEED = 20261123
BATCH = 256

# How much each kind of text weighs in all, whatever its number of sentences. Human translations and learners are the
# negatives that matter most: what parts them from garble is garble, and not topic.
WEIGHTS = {
    "mt.smt": 1.0,
    "mt.apertium": 0.4,
    "mt.apertium_more": 0.6,
    "mt.mafand_poor": 0.8,
    "mt.turkish_weak": 0.8,
    "mt.web_poor": 0.6,
    "mt.web_weak": 0.8,
    "mt.nmt_poor": 0.4,
    "native.news": 1.2,
    "native.news_other": 0.3,
    "native.mafand_src": 0.8,
    "native.wmt_src": 0.2,
    "ref.wmt12": 0.8,
    "ref.wmt21_23": 0.8,
    "ref.web_engines": 1.2,
    "genre": 1.2,
    "learner": 0.8,
}
CAPS = {"native.news": 9000}


@dataclass(frozen=True)
class Example:
    """A laid-out text, the kind that it is weighed with, and the fold of its group."""

    text: str
    kind: str
    fold: int


def _layout(found: Labelled, rng: random.Random) -> str:
    text = found.row["text"]
    if found.kind.startswith("native.news"):
        return window(text, rng)
    if found.kind.startswith("genre"):
        return own_layout(text, rng)
    return str(text) if found.kind.startswith("learner") else lay(sentences(text), rng)


def choose_examples(
    data: Path, folds: int, roundtrips: Path | None = None, caps: Mapping[str, int] = CAPS
) -> list[Example]:
    """The texts to train on, in an order that depends on the seed alone; of some kinds so many at most."""
    rng = random.Random(SEED)
    pools: dict[str, list[Labelled]] = collections.defaultdict(list)
    for found in training_rows(data, roundtrips):
        if found.garble is not None:
            pools[found.kind].append(found)
    out = []
    for name in sorted(pools):
        pool = pools[name]
        rng.shuffle(pool)
        family = name.split(".")[0]
        kind = family if family in ("genre", "learner") else name
        some = pool[: caps.get(name, len(pool))]
        out += [Example(_layout(found, rng), kind, fold_of(found.row, folds)) for found in some]
    rng.shuffle(out)
    return out


def frequent_words(examples: Sequence[Example]) -> NDArray[np.uint64]:
    """The keys of the words that most documents have in lower case, sorted."""
    seen: collections.Counter[int] = collections.Counter()
    for i in range(0, len(examples), BATCH):
        batch = cut([e.text for e in examples[i : i + BATCH]])
        lower = batch.types.shape[batch.words.type] == LOWERCASE
        pairs = np.unique(np.stack([batch.words.document[lower], batch.words.type[lower]]), axis=1)
        keys, counts = np.unique(batch.types.key[pairs[1]], return_counts=True)
        seen.update(dict(zip(keys.tolist(), counts.tolist(), strict=True)))
    top = sorted(seen.items(), key=lambda x: (-x[1], x[0]))[:FREQUENT]
    return np.sort(np.asarray([key for key, _ in top], np.uint64))


def design_matrix(texts: Sequence[str], frequent: NDArray[np.uint64]) -> tuple[sp.csr_matrix, NDArray[np.int64]]:
    """One row a sentence, its n-grams divided by the root of their number; and the document of each row."""
    at, columns, documents, n, first = [], [], [], 0, 0
    for i in range(0, len(texts), BATCH):
        batch = cut(texts[i : i + BATCH])
        for bucket, sentence in ngram_buckets(symbols(batch, frequent), BITS):
            at.append((sentence + n).astype(np.int32))
            columns.append(bucket.astype(np.int32))
        documents.append(batch.sentences.document + first)
        n, first = n + len(batch.sentences), first + len(batch)
    row, column = np.concatenate(at), np.concatenate(columns)
    matrix = sp.csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=(n, 1 << BITS))
    scale = (1 / np.sqrt(np.maximum(np.asarray(matrix.sum(1)).ravel(), 1))).astype(np.float32)
    return (sp.diags(scale) @ matrix).tocsr().astype(np.float32), np.concatenate(documents)


def sentence_weights(kinds: NDArray[np.str_]) -> NDArray[np.float64]:
    """Every kind weighs what WEIGHTS says, spread evenly over its sentences."""
    out = np.zeros(len(kinds))
    for kind in np.unique(kinds):
        mine = kinds == kind
        out[mine] = WEIGHTS[str(kind)] / mine.sum()
    answer: NDArray[np.float64] = out * len(out) / out.sum()
    return answer


def sgd(matrix: sp.csr_matrix, target: NDArray[np.bool_], weight: NDArray[np.float64]) -> SGDClassifier:
    """Averaged SGD on sentences: n-grams, whether broken, and what each weighs."""
    model = SGDClassifier(loss="log_loss", alpha=ALPHA, max_iter=EPOCHS, tol=None, average=True, random_state=SEED)
    return model.fit(matrix, target, sample_weight=weight)


def cross_fit(examples: Sequence[Example], folds: int) -> tuple[list[FluencyModel], FluencyModel]:
    """A model for each fold that has not seen it, and one of all; calibrated on what the fold models say unseen."""
    frequent = frequent_words(examples)
    matrix, document = design_matrix([e.text for e in examples], frequent)
    kinds = np.asarray([e.kind for e in examples])[document]
    fold = np.asarray([e.fold for e in examples])[document]
    target = np.char.startswith(kinds, "mt.")
    weight = sentence_weights(kinds)
    unseen = np.zeros(len(target))
    parts = []
    for k in range(folds):
        model = sgd(matrix[fold != k], target[fold != k], weight[fold != k])
        unseen[fold == k] = model.decision_function(matrix[fold == k]) - model.intercept_[0]
        parts.append(model.coef_[0].astype(np.float32))
    platt = LogisticRegression(C=1e6).fit(unseen[:, None], target, sample_weight=weight)
    slope, base = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    whole = sgd(matrix, target, weight).coef_[0].astype(np.float32)
    return (
        [FluencyModel(part, frequent, BITS, slope, base) for part in parts],
        FluencyModel(whole, frequent, BITS, slope, base),
    )


def fit(data: Path, folds: int, roundtrips: Path | None = None) -> tuple[list[FluencyModel], FluencyModel]:
    """Choose the examples and cross-fit."""
    return cross_fit(choose_examples(data, folds, roundtrips), folds)


def save(model: FluencyModel, folder: Path) -> None:
    """Write the weights in eight bits, the frequent words, and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    table, scale = compress(model.weights)
    np.save(folder / "weights.npy", table)
    np.save(folder / "frequent.npy", model.frequent)
    write_manifest(folder, FORMAT, VERSION, bits=model.bits, scale=scale, slope=model.slope, base=model.base)


def document_logits(texts: Sequence[str], model: FluencyModel) -> NDArray[np.float64]:
    """The mean sentence logit of each text: a quick look at a model. float64 [texts]."""
    out = []
    for i in range(0, len(texts), BATCH):
        batch = cut(texts[i : i + BATCH])
        total = np.bincount(batch.sentences.document, weights=logits(batch, model), minlength=len(batch))
        count = np.bincount(batch.sentences.document, minlength=len(batch))
        out.append(total / np.maximum(count, 1))
    return np.concatenate(out)
