"""Which documents the neural model reads, which part of one first, and which if that leaves it in doubt.

A document is doubtful as a whole, by its fast score, or for a few sentences that stand out of a sound rest. Before much
is read of it, a sentence or two are read by themselves: that is cheap, and clears most sound documents. The rest is
read by chunks (see `detector.encoder`): the window of the model, some five sentences. What is read depends on the
document alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.fluency import LONG, sentence_logits
from detector.grammar import document_oddness
from detector.reading import by_itself, chunks
from detector.registry import all_signals, marked_by

__all__ = ["Doubts", "doubts", "looks", "read_on_above", "suspicion", "to_ask"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A document above half the model's line of doubt is read if it is not cleared, one above twice that line in any case,
# if only in part: its fast score would stand among those of broken texts. Above the last probability none need be
# asked: on dev/ one news article of 600 words in a thousand lies there, and most machine translations.
ASKED_SHARE, READ_SHARE, SURE_ABOVE = 0.5, 2.0, 0.25
# The fast score knows the engines that it learnt; a document is asked, too, whose words stand as nobody puts them (log-
# odds of the grammar model): 3 % of dev's news of 90 to 400 words lie above, and of news of 600 words one in 160.
ODD_ABOVE = -0.3
# Of a document that is asked the two longest sentences are, the second only if the log-odds of garble of the first are
# above the first line; if their mean is above the second line the document is read to its end, if not it is cleared. Of
# 208 machine translations of 600 words of dev/ that reading everything finds none is lost, of human texts in doubt a
# fifth is read to the end; of short ones in doubt, at least 95 in 100 and a tenth. Longer sentences tell more: with
# those of up to 30 words more news is read and no more found. `tests/benchmarks/looks.py` shows it for any model.
FIRST_ABOVE, BOTH_ABOVE = -3.5, -1.7
MOST_WORDS = 50
# What a machine translation leaves in a sound article comes in runs and does not show in the mean of the whole: so
# many sentences in a row are asked, by the mean of what the fast signals say of them: the fast model's log-odds, and
# more where a signal of garble marks a word.
RUN = 3
MARKED = 2.0
# Of a run above the first line the sentence that has the most part in it is read by itself; if what is read and a share
# of the run's mean together are above the second line the document is doubtful for its sake, and what is around it is
# read. By 3,659 articles of dev/ of which two to four sentences are another text's, and 759 news articles of 600 words:
# of the articles in which reading everything shows what is broken, 57 in 100 are read for it, and of the news 17 in
# 1,000, at the cost of eight sentences by themselves for every 100 (by the fast model's mean and what is read, each by
# its own line, 50 in 100 and 17 in 1,000 at the same cost).
RUN_SHARE, RUN_ABOVE, TOGETHER_ABOVE = 2.0, 0.45, 1.0
# A document that was cleared is read on after a look at its worst chunk if it then lies above, or less than so many
# log-odds below, the review line.
MARGIN = 2.0
# A longer document is read in part anyway: the six worst chunks, and six of the others spread evenly, so that the mean
# is not that of the worst alone. Twelve chunks are a document of 900 words.
WORST, SPREAD = 6, 6


def suspicion(batch: Batch) -> Floats:
    """How much each sentence looks like garble in a sound text to the fast signals: log-odds, float64 [sentences]."""
    marked = np.zeros(len(batch.sentences), bool)
    for declared in all_signals():
        if declared.axis == "garble" and declared.unit == "word" and declared.cost == "fast":
            marked[batch.words.sentence[marked_by(declared, batch)]] = True
    return sentence_logits(batch) + MARKED * marked


def _runs(batch: Batch) -> tuple[Floats, Ints]:
    """The mean suspicion of the three sentences of which each is the middle one, longer ones counting for more,
    float64 [sentences], and which of them has the most part in it; -inf for a document's first and last.
    """
    sentences = batch.sentences
    out, most = np.full(len(sentences), -np.inf), np.arange(len(sentences))
    if len(sentences) < RUN:
        return out, most
    words = np.minimum(sentences.words, LONG).astype(np.float64)
    part = suspicion(batch) * words
    three = np.stack([part[:-2], part[1:-1], part[2:]])
    together = sentences.document[:-2] == sentences.document[2:]
    mean = (three[0] + three[1] + three[2]) / (words[:-2] + words[1:-1] + words[2:])
    out[1:-1] = np.where(together, mean, -np.inf)
    most[1:-1] += three.argmax(axis=0) - 1
    return out, most


def _standing_out(batch: Batch, skip: Bools) -> Bools:
    """The sentences for whose sake a document is doubtful that is not so as a whole, bool [sentences].

    `skip`, bool [documents]: which are not asked.
    """
    document, (runs, most) = batch.sentences.document, _runs(batch)
    out = np.zeros(len(document), bool)
    odd = np.flatnonzero((runs > RUN_ABOVE) & ~skip[document] & (batch.sentences.words[most] <= MOST_WORDS))
    if len(odd):
        odd = odd[np.lexsort((-runs[odd], document[odd]))]  # in each document the worst first
        asked, at = np.unique(most[odd], return_index=True)
        order = np.argsort(at)
        asked, mean = asked[order], runs[odd[at[order]]]
        few = _nth(document[asked]) < WORST
        asked, mean = asked[few], mean[few]
        out[asked] = by_itself(batch, asked) + RUN_SHARE * mean > TOGETHER_ABOVE
    return out


def _nth(document: Ints) -> Ints:
    """How many of the same document stand before each, int64 [like document]; those of a document in a row."""
    first = np.flatnonzero(np.diff(document, prepend=-1))
    return np.arange(len(document)) - np.repeat(first, np.diff(first, append=len(document)))


def _uncleared(batch: Batch, in_doubt: Bools) -> Bools:
    """Which of the documents that are asked their longest sentences do not clear, bool [documents]."""
    sentences = batch.sentences
    mine = np.flatnonzero(in_doubt[sentences.document] & (sentences.words <= MOST_WORDS))
    mine = mine[np.lexsort((-sentences.words[mine], sentences.document[mine]))]
    nth = _nth(sentences.document[mine])
    odds, left = np.full((2, len(batch)), np.nan), in_doubt.copy()
    for k, answers in enumerate(odds):
        ask = mine[(nth == k) & left[sentences.document[mine]]]
        answers[sentences.document[ask]] = by_itself(batch, ask)
        left &= ~(odds[0] <= FIRST_ABOVE)
    mean = np.where(np.isnan(odds[1]), odds[0], (odds[0] + odds[1]) / 2)
    uncleared: Bools = left & ~(mean <= BOTH_ABOVE)  # one that has but long sentences has not been asked
    return uncleared


@dataclass(frozen=True)
class Doubts:
    """Which documents are read, bool [documents]; which of them to their end; which sentences stand out of one,
    bool [sentences].
    """

    read: Bools
    whole: Bools
    out: Bools

    def of(self, batch: Batch) -> "Doubts":
        """The same for the documents that are read alone."""
        return Doubts(self.read[self.read], self.whole[self.read], self.out[self.read[batch.sentences.document]])


def to_ask(batch: Batch, garble: Floats, doubtful_above: float) -> Bools:
    """Which documents are asked if nothing else has them read, by the fast scores and the grammar; bool [documents]."""
    odd: Bools = document_oddness(batch) > ODD_ABOVE
    return odd | (garble > doubtful_above * ASKED_SHARE)


def doubts(batch: Batch, garble: Floats, doubtful_above: float) -> Doubts:
    """What is doubtful, by the fast scores (float64 [documents]) and what is asked.

    A document above so many times the line is read in any case, one above a share of it, or of odd grammar, if it is
    not cleared.
    """
    whole = garble > SURE_ABOVE
    whole |= _uncleared(batch, to_ask(batch, garble, doubtful_above) & ~whole)
    out = _standing_out(batch, whole)
    read = (garble > doubtful_above * READ_SHARE) | whole
    read[batch.sentences.document[out]] = True
    return Doubts(read, whole, out)


def looks(batch: Batch, doubt: Doubts) -> tuple[Bools, Bools]:
    """The sentences to read first, and all those to read if they leave the document in doubt; bool [sentences].

    First come the chunks of the sentences that stand out and of those beside them, or else the one of the worst
    sentence by the fast model.
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
    out = np.flatnonzero(doubt.out)
    for beside in (-1, 0, 1):
        near = (out + beside).clip(0, len(at) - 1)
        stands_out[at[near[sentences.document[near] == sentences.document[out]]]] = True
    rank = np.empty(len(document), np.int64)
    rank[np.lexsort((-worst, ~stands_out, document))] = _nth(document)
    n = count[document]
    other = rank >= WORST
    before: Ints = np.cumsum(other) - other  # of the others, how many stand before it in its document
    before -= before[start[document]]
    step = np.maximum(n - WORST, 1)
    spread = other & (before * SPREAD // step != (before - 1) * SPREAD // step)
    every = (n <= WORST + SPREAD) | ~other | spread
    first = np.where(doubt.whole[document], every, (rank == 0) | stands_out)
    return first[at], every[at]


def read_on_above(doubt: Doubts, batch: Batch, review_above: float) -> Floats:
    """The probability of garble after the first look from which a document is read on, float64 [documents].

    Where sentences stood out the worst has been seen: such a document is read on from the review line.
    """
    seen = np.zeros(len(batch), bool)
    seen[batch.sentences.document[doubt.out]] = True
    less = review_above * np.exp(-np.where(seen, 0, MARGIN))
    return np.asarray(less / (1 - review_above + less), np.float64)
