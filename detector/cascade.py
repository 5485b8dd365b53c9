"""Which documents the neural model reads, which part of one first, and which if that leaves it in doubt.

A document is doubtful as a whole, by its fast score, or for a few sentences that stand out of a sound rest. It is read
by chunks (see `detector.encoder`): the window of the model, some five sentences. What is read depends on the document
alone.
"""

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.fluency import LONG, sentence_logits
from detector.reading import by_itself, chunks

__all__ = ["looks", "read_on_above", "standing_out"]

# What a machine translation leaves in a sound article comes in runs and does not show in the mean of the whole: so
# many sentences in a row are asked, by the mean of what the fast model says of them (log-odds). Of a run above the first
# line the sentence that has the most part in it is read by itself, at most a sixth of what it takes to read a document
# of 600 words; above the second line the document is doubtful for its sake. On dev/ this doubles the spliced articles
# that are read (28 to 54 %; of the lines put in 44 % are marked, before 30, 69 if all is read); of native news of 600
# words one in ten has a run above the first line, and one in fifty is read for it.
RUN = 3
RUN_ABOVE, ALONE_ABOVE = 0.35, 0.5
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


def _runs(batch: Batch) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """What the fast model says of the three sentences of which each is the middle one, longer ones counting for more,
    in log-odds, float64 [sentences], and which of them has the most part in it; -inf for a document's first and last.
    """
    sentences = batch.sentences
    out, most = np.full(len(sentences), -np.inf), np.arange(len(sentences))
    if len(sentences) < RUN:
        return out, most
    words = np.minimum(sentences.words, LONG).astype(np.float64)
    part = sentence_logits(batch) * words
    three = np.stack([part[:-2], part[1:-1], part[2:]])
    together = sentences.document[:-2] == sentences.document[2:]
    mean = (three[0] + three[1] + three[2]) / (words[:-2] + words[1:-1] + words[2:])
    out[1:-1] = np.where(together, mean, -np.inf)
    most[1:-1] += three.argmax(axis=0) - 1
    return out, most


def standing_out(batch: Batch, whole: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The sentences for whose sake a document is doubtful, bool [sentences].

    `whole`, bool [documents]: which are doubtful as a whole, and not asked.
    """
    document, (runs, most) = batch.sentences.document, _runs(batch)
    out = np.zeros(len(document), bool)
    odd = np.flatnonzero((runs > RUN_ABOVE) & ~whole[document])
    if len(odd):
        odd = odd[np.lexsort((-runs[odd], document[odd]))]  # in each document the worst first
        asked, at = np.unique(most[odd], return_index=True)
        asked = asked[np.argsort(at)]
        nth = np.arange(len(asked)) - np.searchsorted(document[asked], document[asked])
        asked = asked[nth < WORST]
        out[asked] = by_itself(batch, asked) > ALONE_ABOVE
    return out


def looks(
    batch: Batch, whole: NDArray[np.bool_], out: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The sentences to read first, and all those to read if they leave the document in doubt; bool [sentences].

    `whole`, bool [documents]: which are doubtful as a whole; of the others, what is around the sentences that stand
    `out`, bool [sentences], is read first.
    """
    sentences = batch.sentences
    of, count = chunks(batch)
    if not len(of):
        return np.zeros(0, bool), np.zeros(0, bool)
    start = np.cumsum(count) - count
    at = start[sentences.document] + of
    document = np.repeat(np.arange(len(batch)), count)
    worst, stands_out = np.full(len(document), -np.inf), np.zeros(len(document), bool)
    np.maximum.at(worst, at, sentence_logits(batch))
    stands_out[at[out]] = True
    nth = np.arange(len(document)) - start[document]
    rank = np.empty(len(document), np.int64)
    rank[np.lexsort((-worst, ~stands_out, document))] = nth
    n = count[document]
    first = (rank < np.minimum(-(-n // FIRST_SHARE), WORST)) & (whole[document] | stands_out)
    other = rank >= WORST
    before: NDArray[np.int64] = np.cumsum(other) - other  # of the others, how many stand before it in its document
    before -= before[start[document]]
    step = np.maximum(n - WORST, 1)
    spread = other & (before * SPREAD // step != (before - 1) * SPREAD // step)
    every = (n <= WORST + SPREAD) | ~other | spread
    return first[at], every[at]


def read_on_above(
    batch: Batch, first: NDArray[np.bool_], whole: NDArray[np.bool_], review_above: float
) -> NDArray[np.float64]:
    """The probability of garble after the first look from which a document is read on, float64 [documents].

    Where sentences stood out the worst has been seen: such a document is read on from the review line (a margin of 1
    marked half a point more of what is spliced into dev/).
    """
    of, count = chunks(batch)
    looked = np.unique(np.stack([batch.sentences.document[first], of[first]]), axis=1)[0]
    several = np.bincount(looked, minlength=len(count)) > 1
    margin = np.where(whole, np.where(several, MARGIN, MARGIN_OF_ONE), 0)
    less = review_above * np.exp(-margin)
    return np.asarray(less / (1 - review_above + less), np.float64)
