"""Where capitals are missing a name looks like any word: texts put into small letters, chats and posts. Floor 2."""

import numpy as np
from numpy.typing import NDArray

from detector.batch import CAPITAL, CAPS, FEW_CAPITALS, LOWER, LOWERCASE, MIXED, SPACE, STOP, Batch, per_batch
from detector.surroundings import document_sums, marks

__all__ = ["lowered", "may_be_names"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

# Who begins so many of his sentences with a small letter writes names so too: of dev 34 of 1,530 texts of news, 21 of
# 1,830 translations by engines, 1 of 526 by people, 78 of 816 texts of other genres (verse, chats).
_BEGUN_SMALL = 0.25
_NEARBY = 5  # words to either side


@per_batch
def lowered(batch: Batch) -> Bools:
    """Which documents have next to no capitals; bool [documents]."""
    shape = batch.types.shape
    (capital,) = document_sums(batch, (shape == CAPITAL) | (shape == CAPS) | (shape == MIXED))
    answer: Bools = capital < FEW_CAPITALS * batch.words_per_document()
    return answer


@per_batch
def _begun_small(batch: Batch) -> Bools:
    """Which documents begin many sentences with a small letter; bool [documents]. A stop before one ends no sentence
    for `batch.sentences`.
    """
    sentences, kind, n = batch.sentences, batch.kind, len(batch)
    stops = marks(batch)
    stops = stops[(kind[stops] == STOP) & (kind[stops + 1] == SPACE)]
    stops = stops[kind[(stops + 2).clip(max=len(kind) - 1)] == LOWER]
    behind = np.bincount(np.searchsorted(batch.document_start, stops, "right") - 1, minlength=n)
    small = (batch.types.shape == LOWERCASE)[batch.words.type[sentences.first_word]]
    begun = np.bincount(sentences.document[small], minlength=n) + behind
    answer: Bools = begun >= _BEGUN_SMALL * (np.bincount(sentences.document, minlength=n) + behind).clip(min=1)
    return answer


def may_be_names(batch: Batch, at: Ints) -> Bools:
    """Which words in small letters may be names for all that: those of documents without capitals, and those without a
    capital nearby where many sentences begin small.
    """
    words = batch.words
    answer: Bools = lowered(batch)[words.document[at]]
    asked = np.flatnonzero(~answer & _begun_small(batch)[words.document[at]])
    if len(asked):
        shape, of = batch.types.shape, at[asked]
        large = ((shape == CAPITAL) | (shape == CAPS) | (shape == MIXED)) & (batch.types.length > 1)  # not "I"
        near = (of[:, None] + np.arange(-_NEARBY, _NEARBY + 1)).clip(0, len(words) - 1)
        beside = words.sentence[near] == words.sentence[of][:, None]
        answer[asked] = ~(large[words.type[near]] & beside).any(axis=1)
    return answer
