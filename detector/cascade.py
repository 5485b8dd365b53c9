"""Which part of a doubtful document the neural model reads first, and which if that leaves it in doubt.

A document is read by chunks (see `detector.encoder`): the window of the model, some five sentences. Which chunks are
read depends on the document alone.
"""

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.fluency import sentence_logits
from detector.reading import chunks

__all__ = ["MARGIN", "looks"]

# First a quarter of the chunks, those with the worst sentences by the fast model; the rest if the document then lies
# above, or so many log-odds below, the review line. Of what reading everything finds on dev/ nothing was lost so, on
# 800 documents of 600 words nor on 2,000 of 90 to 400, and of sound ones in doubt three tenths are read. (Half of the
# chunks, the same spread over the text or by the mean of their sentences: no better. `python tests/benchmarks/looks.py`
# shows all that.)
FIRST_SHARE = 4
MARGIN = 1.5
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
    before = np.cumsum(other) - other  # of the others, how many stand before it in its document
    before -= before[start[document]]
    step = np.maximum(n - WORST, 1)
    spread = other & (before * SPREAD // step != (before - 1) * SPREAD // step)
    every = (n <= WORST + SPREAD) | ~other | spread
    return first[at], every[at]
