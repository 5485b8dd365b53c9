"""Which part of a doubtful document the neural model reads first, and which if that leaves it in doubt.

A document is read by chunks (see `detector.encoder`): the window of the model, some five sentences. Which chunks are
read depends on the document alone.
"""

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.fluency import sentence_logits
from detector.reading import chunks

__all__ = ["looks", "read_on_above"]

# First a quarter of the chunks, those with the worst sentences by the fast model; the rest if the document then lies
# above, or less than a margin below, the review line. Margins are log-odds: one chunk proves less than several. So
# nothing was lost on dev/ of what reading everything finds, 885 documents of 90 to 400 words and 596 of 600 (at 1.5 in
# place of 2, two of these); of sound news in doubt half is read of the short ones, three tenths of the long. A third, a
# half, chunks spread over the text, or the worst by their mean: no better. `python tests/benchmarks/looks.py` shows it
# for any model.
FIRST_SHARE = 4
MARGIN_OF_ONE, MARGIN = 4.0, 2.0
# A longer document is read in part anyway: the six worst chunks, and six of the others spread evenly, so that the mean
# is not that of the worst alone. Twelve chunks are a document of 900 words.
WORST, SPREAD = 6, 6


def looks(batch: Batch) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The sentences to read first, and all those to read if they leave the document in doubt; bool [sentences]."""
    sentences = batch.sentences
    of, count = chunks(batch)
    if not len(of):
        return np.zeros(0, bool), np.zeros(0, bool)
    start = np.cumsum(count) - count
    at = start[sentences.document] + of
    worst = np.full(int(count.sum()), -np.inf)
    np.maximum.at(worst, at, sentence_logits(batch))
    document = np.repeat(np.arange(len(batch)), count)
    nth = np.arange(len(document)) - start[document]
    rank = np.empty(len(document), np.int64)
    rank[np.lexsort((-worst, document))] = nth
    n = count[document]
    first = rank < np.minimum(-(-n // FIRST_SHARE), WORST)
    other = rank >= WORST
    before: NDArray[np.int64] = np.cumsum(other) - other  # of the others, how many stand before it in its document
    before -= before[start[document]]
    step = np.maximum(n - WORST, 1)
    spread = other & (before * SPREAD // step != (before - 1) * SPREAD // step)
    every = (n <= WORST + SPREAD) | ~other | spread
    return first[at], every[at]


def read_on_above(batch: Batch, first: NDArray[np.bool_], review_above: float) -> NDArray[np.float64]:
    """The probability of garble after the first look from which a document is read on, float64 [documents]."""
    of, count = chunks(batch)
    looked = np.unique(np.stack([batch.sentences.document[first], of[first]]), axis=1)[0]
    several = np.bincount(looked, minlength=len(count)) > 1
    less = review_above * np.exp(-np.where(several, MARGIN, MARGIN_OF_ONE))
    return np.asarray(less / (1 - review_above + less), np.float64)
