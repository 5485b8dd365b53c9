"""What the deep sentence model says of a batch, laid onto the batch's own sentences and words."""

import functools
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, per_batch
from detector.encoder import CLASSES, Encoder

__all__ = ["DeepReading", "by_itself", "encoder", "reading"]

# The classes that a broken text must beat. Fluent machine translation is on neither side: it is no fault, and no
# proof of a person either. (On dev/, garble against these found up to 24 points more of a tier than against all four
# others; single sentences in sound articles are told better against all four.)
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
def reading(batch: Batch) -> DeepReading:
    """Read every document of the batch, or what is marked as doubtful in it."""
    sentences = batch.sentences
    texts = [batch.string(s, e) for s, e in zip(sentences.start.tolist(), sentences.end.tolist(), strict=True)]
    bounds = np.searchsorted(sentences.document, np.arange(len(batch) + 1)).tolist()
    documents = [texts[a:b] for a, b in itertools.pairwise(bounds)]
    doubtful = batch.doubtful
    wanted = None if doubtful is None else [doubtful[a:b] for a, b in itertools.pairwise(bounds)]
    garble = np.full(len(sentences), -np.inf)
    alone = np.full(len(sentences), -np.inf)
    words = np.full(len(batch.words), -np.inf)
    for first, answer in zip(bounds[:-1], encoder().read(documents, wanted), strict=True):
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


def by_itself(batch: Batch, sentences: NDArray[np.int64]) -> NDArray[np.float64]:
    """The log-odds of garble against the human kinds of some sentences, each read without its neighbours.

    float64 [len(sentences)]; -inf for one that cannot be read. Beside its neighbours a sentence takes a part of what
    they are.
    """
    spans = zip(batch.sentences.start[sentences].tolist(), batch.sentences.end[sentences].tolist(), strict=True)
    answers = encoder().read([[batch.string(start, end)] for start, end in spans])
    logits = np.array([answer.classes[0] for answer in answers], np.float64).reshape(-1, len(CLASSES))
    read = ~np.isnan(logits).any(axis=1)
    out = np.full(len(sentences), -np.inf)
    out[read] = _against(logits[read], _HUMAN)
    return out
