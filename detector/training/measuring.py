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

from detector import batch as batches
from detector import encoder, reading
from detector import fluency as fast_model
from detector.assets import find_folder
from detector.batch import cut
from detector.features import measure
from detector.fluency import FluencyModel, logits, sentence_logits
from detector.registry import Signal, find_signal

if TYPE_CHECKING:
    from detector.training.verdict import Documents

__all__ = ["measure_documents", "measure_once"]

Floats = NDArray[np.float64]
BATCH = 256

# What a worker process measures: the signals, and the sentence model of each fold.
_signals: list[Signal] = []
_models: list[FluencyModel] = []


def _begin(codes: Sequence[str], models: Sequence[FluencyModel]) -> None:
    _signals[:] = [find_signal(code) for code in codes]
    _models[:] = models


def _measure(texts: Sequence[str], fold: int | None) -> Floats:
    batch = cut(texts)
    if fold is not None:
        batch.memory[sentence_logits.__wrapped__] = logits(batch, _models[fold])  # type: ignore[attr-defined]
    values: Floats = measure(batch, _signals, with_evidence=False).values
    return values


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
    for module in (batches, encoder, reading, fast_model, *(sys.modules[s.function.__module__] for s in signals)):
        digest.update(inspect.getsource(module).encode())
    for name in ("deep", "fluency"):
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
