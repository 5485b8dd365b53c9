"""What the deep sentence model says of a batch, laid onto the batch's own sentences and words."""

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, per_batch
from detector.encoder import CLASSES, Encoder, Opened

__all__ = [
    "DeepReading",
    "apart",
    "by_itself",
    "chunks",
    "encoder",
    "opened",
    "per_reading",
    "read_on",
    "reading",
    "telling",
]

# The classes that a broken text must beat. Fluent machine translation is on neither side: it is no fault, and no
# proof of a person either. By today's model documents are found as well against all four others (MT133; card of
# `models/verdict`), and single sentences in sound articles better.
_HUMAN = [CLASSES.index(name) for name in ("native", "human_translation", "learner")]
_GARBLE = CLASSES.index("garble")
_OTHERS = [at for at in range(len(CLASSES)) if at != _GARBLE]


@dataclass(frozen=True)
class DeepReading:
    """What was read; -inf where nothing was.

    `garble` float64 [sentences]: log-odds that a sentence is garble, against the three human classes; `alone` float64
    [sentences]: against all four others; `words` float64 [words]: log-odds that a word is broken.
    """

    garble: NDArray[np.float64]
    alone: NDArray[np.float64]
    words: NDArray[np.float64]


# What hangs on which sentences were read, and is another after `read_on`.
_OF_WHAT_IS_READ: set[Callable[[Batch], object]] = set()
T = TypeVar("T")


def per_reading(function: Callable[[Batch], T]) -> Callable[[Batch], T]:
    """`per_batch` for what hangs on which sentences were read: `read_on` forgets it."""
    _OF_WHAT_IS_READ.add(function)
    return per_batch(function)


@functools.cache
def encoder() -> Encoder:
    """The bundled model, loaded once a process."""
    return Encoder()


def _against(logits: NDArray[np.float64], classes: list[int]) -> NDArray[np.float64]:
    others = logits[:, classes]
    top = others.max(axis=1, initial=-np.inf)
    answer: NDArray[np.float64] = logits[:, _GARBLE] - (top + np.log(np.exp(others - top[:, None]).sum(axis=1)))
    return answer


@per_batch
def opened(batch: Batch) -> list[Opened]:
    """Every document of the batch, cut into chunks to be read by and by."""
    sentences = batch.sentences
    texts = [batch.string(s, e) for s, e in zip(sentences.start.tolist(), sentences.end.tolist(), strict=True)]
    return [encoder().open(texts[a:b]) for a, b in itertools.pairwise(_bounds(batch))]


def chunks(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The chunk of its document that each sentence begins in, int64 [sentences]; how many there are, [documents]."""
    documents = opened(batch)
    of = np.concatenate([np.zeros(0, np.int64), *(document.chunk_of() for document in documents)])
    return of, np.asarray([len(document) for document in documents], np.int64)


def _bounds(batch: Batch) -> list[int]:
    """Where each document's sentences begin, and where the last one's end."""
    bounds: list[int] = np.searchsorted(batch.sentences.document, np.arange(len(batch) + 1)).tolist()
    return bounds


def read_on(batch: Batch, doubtful: NDArray[np.bool_]) -> Batch:
    """The same batch with these sentences to read; of what was read of it before nothing is read again."""
    opened(batch), _apart(batch)  # so that both have them
    memory = {asked: answer for asked, answer in batch.memory.items() if asked not in _OF_WHAT_IS_READ}
    return replace(batch, doubtful=doubtful, memory=memory)


@per_reading
def reading(batch: Batch) -> DeepReading:
    """Read every document of the batch, or what is marked as doubtful in it."""
    sentences, bounds = batch.sentences, _bounds(batch)
    wanted = np.ones(len(sentences), bool) if batch.doubtful is None else batch.doubtful
    garble = np.full(len(sentences), -np.inf)
    alone = np.full(len(sentences), -np.inf)
    words = np.full(len(batch.words), -np.inf)
    for document, (first, end) in zip(opened(batch), itertools.pairwise(bounds), strict=True):
        answer = document.read(wanted[first:end])
        logits = answer.classes.astype(np.float64)
        read = np.flatnonzero(~np.isnan(logits).any(axis=1))
        garble[first + read] = _against(logits[read], _HUMAN)
        alone[first + read] = _against(logits[read], _OTHERS)
        for i in read.tolist():
            found = answer.words[i]
            if not len(found.start):
                continue
            a = int(sentences.first_word[first + i])
            b = a + int(sentences.words[first + i])
            inside = batch.words.start[a:b] - int(sentences.start[first + i])
            at = np.searchsorted(found.start, inside, "right") - 1
            near = at.clip(0)
            ok = (at >= 0) & (inside < found.end[near])
            words[a:b][ok] = found.logit[near[ok]]
    return DeepReading(garble, alone, words)


# A shorter sentence says nothing of its text.
SHORTEST = 4


def telling(batch: Batch) -> NDArray[np.bool_]:
    """The sentences that say something of their document: they were read, and are no scraps; bool [sentences]."""
    told: NDArray[np.bool_] = np.isfinite(reading(batch).garble) & (batch.sentences.words >= SHORTEST)
    return told


def apart(batch: Batch, runs: Sequence[tuple[int, int]]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Runs of sentences [first, end), each read without what stands around it.

    For each: `garble` and `alone` as in `DeepReading`, float64 [end - first]; -inf for a sentence that cannot be read.
    Beside its neighbours a sentence takes a part of what they are.
    """
    known = _apart(batch)
    starts, ends = batch.sentences.start, batch.sentences.end
    for first, end in dict.fromkeys(runs):
        if (first, end) not in known:
            texts = [
                batch.string(s, e) for s, e in zip(starts[first:end].tolist(), ends[first:end].tolist(), strict=True)
            ]
            logits = encoder().read([texts])[0].classes.astype(np.float64)
            read = ~np.isnan(logits).any(axis=1)
            garble, alone = np.full((2, end - first), -np.inf)
            garble[read], alone[read] = _against(logits[read], _HUMAN), _against(logits[read], _OTHERS)
            known[first, end] = garble, alone
    return [known[run] for run in runs]


def by_itself(batch: Batch, sentences: NDArray[np.int64]) -> NDArray[np.float64]:
    """The log-odds of garble against the human kinds of some sentences, each read without its neighbours.

    float64 [len(sentences)]; -inf for one that cannot be read.
    """
    found = apart(batch, [(i, i + 1) for i in sentences.tolist()])
    return np.asarray([garble[0] for garble, _ in found], np.float64)


@per_batch
def _apart(batch: Batch) -> dict[tuple[int, int], tuple[NDArray[np.float64], NDArray[np.float64]]]:  # noqa: ARG001 - it is remembered with the batch
    """What `apart` found of the batch's sentences so far."""
    return {}
