"""Which sentences a reader is shown as broken, as the neural model reads them beside their neighbours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.fluency import sentence_logits
from detector.reading import by_itself, per_reading, reading

__all__ = ["BrokenSentences", "broken_sentences"]

# The fast model's opinion counts beside the deep one's; so does the worse of the two neighbours, for garble comes in
# runs.
FAST_SHARE = 1.0
NEIGHBOUR_SHARE = 0.3
# In a sound text a sentence is shown that stands out from it: garble against all other kinds, with a share of garble
# against the human kinds, the fast model's and the worse neighbour's opinion, less a share of the text's median. Shares
# by search on 1,330 articles of dev/ into which two to four sentences are spliced: of seven tiers of garble, of human
# translations of four kinds, and of other articles. The line is passed by 1 % of the lines of the kind of human
# translation that passes it most.
HUMAN_SHARE = 0.3
WORSE_SHARE = 0.8
MEDIAN_SHARE = 0.3
SHOWN_ABOVE = 2.5
# In a text of which half is broken nothing stands out: garble is judged against the human kinds there. Half of the
# sentences of one native article in 250 lie above, and of 97 in 100 statistical translations.
BROKEN_TEXT_ABOVE = -2.0
# ... and beside its neighbours a sound sentence takes a part of what they are, so it is read by itself as well, unless
# one of the models is sure. On 210 garbled texts of dev/ into which one to three human sentences are put, 82 % of the
# others lie above these lines and 20 % of the human ones (by the neighbours' line alone, at 0.2: 86 and 30 %).
SHOWN_IN_BROKEN_ABOVE = -1.0
BY_ITSELF_ABOVE = -1.6
SURE_ABOVE, FAST_SURE_ABOVE = 6.0, 1.0
SHORTEST = 5
# What a neighbour counts that is missing or was not read: a sound sentence.
FLOOR = -6.0


def _worse(own: NDArray[np.float64], document: NDArray[np.int64]) -> NDArray[np.float64]:
    """The log-odds of the worse neighbour in the same document, FLOOR at least."""
    left, right = np.full(len(own), FLOOR), np.full(len(own), FLOOR)
    together = document[1:] == document[:-1]
    left[1:][together] = own[:-1][together]
    right[:-1][together] = own[1:][together]
    worse: NDArray[np.float64] = np.maximum(np.maximum(left, right), FLOOR)
    return worse


def _medians(values: NDArray[np.float64], document: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """The median of each document's values, float64 [documents]; FLOOR for one that has none."""
    ordered = values[np.lexsort((values, document))]
    count = np.bincount(document, minlength=n)
    first = np.cumsum(count) - count
    some = np.flatnonzero(count)
    out = np.full(n, FLOOR)
    low, high = first[some] + (count[some] - 1) // 2, first[some] + count[some] // 2
    out[some] = (ordered[low] + ordered[high]) / 2
    return out


@dataclass(frozen=True)
class BrokenSentences:
    """`badness` float64 [sentences]: log-odds of garble against the human kinds, with the fast model's and a share of
    the worse neighbour's, -inf where nothing was read; `show` bool [sentences].
    """

    badness: NDArray[np.float64]
    show: NDArray[np.bool_]


@per_reading
def broken_sentences(batch: Batch) -> BrokenSentences:
    """How broken each sentence is, and whether it is shown: in a sound text what stands out, in one of which half is
    broken all that reads as broken.
    """
    found, fast, document = reading(batch), sentence_logits(batch), batch.sentences.document
    read = np.isfinite(found.garble) & (batch.sentences.words >= SHORTEST)
    human = np.where(read, found.garble + FAST_SHARE * fast, FLOOR)
    human += NEIGHBOUR_SHARE * _worse(human, document)
    alone = np.where(read, found.alone + FAST_SHARE * fast, FLOOR)
    half = _medians(alone[read], document[read], len(batch))[document]
    own = (1 - HUMAN_SHARE) * found.alone + HUMAN_SHARE * found.garble + FAST_SHARE * fast
    alone = np.where(read, own, FLOOR)
    median = _medians(alone[read], document[read], len(batch))[document]
    alone += WORSE_SHARE * _worse(alone, document) - MEDIAN_SHARE * np.minimum(median, 0)
    broken = half > BROKEN_TEXT_ABOVE
    show = read & ~broken & (alone > SHOWN_ABOVE)
    among_broken = read & broken & (human > SHOWN_IN_BROKEN_ABOVE)
    show |= among_broken & ((human > SURE_ABOVE) | (fast > FAST_SURE_ABOVE))
    others = np.flatnonzero(among_broken & ~show)
    show[others] = by_itself(batch, others) + FAST_SHARE * fast[others] > BY_ITSELF_ABOVE
    return BrokenSentences(np.where(read, human, -np.inf), show)
