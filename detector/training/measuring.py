"""The rows of documents that models are fitted on: measured by several processes, and kept for another try."""

import hashlib
import inspect
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detector import articles as article_of
from detector import batch as batches
from detector import cuts, encoder, lineviews, pagenetwork, reading
from detector import fluency as fast_model
from detector import furniture as furniture_model
from detector.articles import articles, of_articles
from detector.assets import find_folder
from detector.batch import cut
from detector.features import joined, measure
from detector.fluency import FluencyModel, logits, sentence_logits
from detector.registry import Signal, all_signals, find_signal

if TYPE_CHECKING:
    from detector.training.verdict import Documents

__all__ = ["measure_documents", "measure_once", "measure_texts"]

Floats = NDArray[np.float64]
BATCH = 256

# What a worker process measures: the signals, and the sentence model of each fold.
_signals: list[Signal] = []
_models: list[FluencyModel] = []


def _begin(codes: Sequence[str], models: Sequence[FluencyModel]) -> None:
    _signals[:] = [find_signal(code) for code in codes]
    _models[:] = models


def _measure(texts: Sequence[str], fold: int | None) -> Floats:
    return measure_texts(texts, _signals, None if fold is None else _models[fold])


def _furniture() -> list[Signal]:
    """The signals that say what is no part of an article."""
    return [s for s in all_signals() if s.axis == "boilerplate" and s.cost == "fast"]


def measure_texts(texts: Sequence[str], signals: Sequence[Signal], model: FluencyModel | None = None) -> Floats:
    """One batch's rows, float64 [texts, signals], measured on what they are measured on when documents are judged;
    by this sentence model, if it is given.
    """
    batch = cut(texts)
    furniture = _furniture()
    others = [s for s in signals if s not in furniture and s.axis != "typos" and not of_articles(s)]
    page = measure(batch, [*furniture, *others])
    article = articles(batch, page)
    typos = measure(batch, [s for s in signals if s.axis == "typos"], with_evidence=False, counted=article.counted)
    if model is not None:
        article.batch.memory[sentence_logits.__wrapped__] = logits(article.batch, model)  # type: ignore[attr-defined]
    garble = measure(article.batch, [s for s in signals if of_articles(s)], with_evidence=False)
    return joined(signals, page, typos, garble).values


def _batches(documents: "Documents") -> Iterator[tuple[NDArray[np.int64], int]]:
    """Documents of one fold, so many at a time: the same for any number of processes."""
    for fold in np.unique(documents.fold).tolist():
        mine = np.flatnonzero(documents.fold == fold)
        for i in range(0, len(mine), BATCH):
            yield mine[i : i + BATCH], fold


def measure_documents(
    documents: "Documents", signals: Sequence[Signal], fold_models: Sequence[FluencyModel] | None, jobs: int = 1
) -> Floats:
    """The rows of the documents, float64 [documents, signals]; sentence models that have not seen them, where given.

    `jobs`: so many processes; what comes out does not depend on it.
    """
    values = np.zeros((len(documents.texts), len(signals)))
    start = [s.code for s in signals], list(fold_models or ())
    todo = list(_batches(documents))
    texts = [[documents.texts[j] for j in at] for at, _ in todo]
    folds = [fold if fold_models is not None else None for _, fold in todo]
    if jobs == 1:
        _begin(*start)
        for (at, _), some, fold in zip(todo, texts, folds, strict=True):
            values[at] = _measure(some, fold)
        return values
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, start) as pool:
        for (at, _), found in zip(todo, pool.map(_measure, texts, folds), strict=True):
            values[at] = found
    return values


def _key(documents: "Documents", signals: Sequence[Signal], fold_models: Sequence[FluencyModel] | None) -> str:
    """All that the columns of the neural model depend on."""
    digest = hashlib.sha256("\0".join(documents.texts).encode("utf-8", "surrogatepass"))
    used = [s.function for s in (*signals, *_furniture())]
    modules = (batches, encoder, reading, fast_model, article_of, cuts, lineviews, furniture_model, pagenetwork)
    for module in (*modules, *(sys.modules[function.__module__] for function in used)):
        digest.update(inspect.getsource(module).encode())
    for name in ("deep", "fluency", "furniture"):
        digest.update((find_folder(name) / "manifest.json").read_bytes())
    for model in fold_models or ():
        digest.update(model.weights.tobytes())
    return digest.hexdigest()


def measure_once(
    documents: "Documents",
    signals: Sequence[Signal],
    fold_models: Sequence[FluencyModel] | None,
    jobs: int = 1,
    kept: Path | None = None,
) -> Floats:
    """`measure_documents`, or what it found for the same documents, signals and models before.

    `kept`: an .npz file that remembers, rewritten when anything is another. Reading deeply takes most of the time of
    training, and most changes are not about it.
    """
    if kept is None:
        return measure_documents(documents, signals, fold_models, jobs)
    key = _key(documents, signals, fold_models)
    if kept.exists():
        with np.load(kept, allow_pickle=False) as found:
            if str(found["key"]) == key:
                values: Floats = found["values"]
                return values
    values = measure_documents(documents, signals, fold_models, jobs)
    np.savez(kept, key=np.asarray(key), values=values)
    return values
