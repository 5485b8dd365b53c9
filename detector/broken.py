"""Which sentences a reader is shown as broken, as the neural model reads them beside their neighbours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.fluency import sentence_logits
from detector.reading import apart, by_itself, per_reading, reading

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
# Runs of sentences that stand out a little are read once more without what stands around them: a sound text around
# makes broken sentences look sounder, and broken ones their sound neighbours worse. A run has a sentence above the
# first line and all others above the second; a share of what is read of it counts beside the rest (0.7 and 0.3 as
# above). At the line where 1 % of the worst kind of human lines pass, F1 on those texts is .767 with it, .738 without.
RUN_ABOVE, IN_RUN_ABOVE = 0.5, -0.5
RUN_SHARE = 0.7
SHOWN_ABOVE = 2.9
# In a text of which half is broken nothing stands out: garble is judged against the human kinds there. Half of the
# sentences of one native article in 250 lie above, and of 97 in 100 statistical translations.
BROKEN_TEXT_ABOVE = -2.0
# ... and beside its neighbours a sound sentence takes a part of what they are, so it is read by itself as well, unless
# one of the models is sure. On 210 garbled texts of dev/ into which one to three human sentences are put, 82 % of the
# others lie above these lines and 20 % of the human ones (by the neighbours' line alone, at 0.2: 86 and 30 %).
SHOWN_IN_BROKEN_ABOVE = -1.0
BY_ITSELF_ABOVE = -1.6
SURE_ABOVE, FAST_SURE_ABOVE = 6.0, 1.0
# How sound the rest of a text is falls from one to nothing between these, by the median that says whether half of it is
# broken; on dev/ a hard end at -2 found no more, and a text that got worse lost at once what its sentences had given.
SOUND_BELOW, BROKEN_ABOVE = -3.0, -1.0
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


def _runs(values: NDArray[np.float64], document: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs [first, end) of sentences of one document that stand out a little."""
    inside = values > IN_RUN_ABOVE
    begins, goes_on = inside.copy(), inside[1:] & inside[:-1] & (document[1:] == document[:-1])
    begins[1:] &= ~goes_on
    run = np.cumsum(begins) - 1
    enough = np.zeros(int(begins.sum()), bool)
    enough[run[values > RUN_ABOVE]] = True
    count = np.bincount(run[inside], minlength=len(enough))
    first = np.flatnonzero(begins)
    return [(a, a + n) for a, n in zip(first[enough].tolist(), count[enough].tolist(), strict=True)]


def _without_the_rest(batch: Batch, values: NDArray[np.float64], document: NDArray[np.int64]) -> NDArray[np.float64]:
    """What is read of the runs of sentences that stand out a little, float64 [sentences]; -inf for all others."""
    out = np.full(len(values), -np.inf)
    runs = _runs(values, document)
    for (first, end), (garble, alone) in zip(runs, apart(batch, runs), strict=True):
        out[first:end] = (1 - HUMAN_SHARE) * alone + HUMAN_SHARE * garble
    return out


@dataclass(frozen=True)
class BrokenSentences:
    """What was found of each sentence, -inf where nothing was read.

    `badness` float64 [sentences]: log-odds of garble against the human kinds, with the fast model's and a share of the
    worse neighbour's; `standing_out` float64 [sentences]: the same against all other kinds and the text itself; `sound`
    float64 [documents]: how sound the text is but for what stands out, 0 if half of it is broken and 1 if it is not;
    `show` bool [sentences].
    """

    badness: NDArray[np.float64]
    standing_out: NDArray[np.float64]
    sound: NDArray[np.float64]
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
    half = _medians(alone[read], document[read], len(batch))
    own = (1 - HUMAN_SHARE) * found.alone + HUMAN_SHARE * found.garble + FAST_SHARE * fast
    alone = np.where(read, own, FLOOR)
    median = _medians(alone[read], document[read], len(batch))[document]
    alone += WORSE_SHARE * _worse(alone, document) - MEDIAN_SHARE * np.minimum(median, 0)
    broken = half[document] > BROKEN_TEXT_ABOVE
    standing_out = np.where(read, alone, -np.inf)
    of_sound = np.where(broken, -np.inf, standing_out)
    show = of_sound + RUN_SHARE * _without_the_rest(batch, of_sound, document) > SHOWN_ABOVE
    among_broken = read & broken & (human > SHOWN_IN_BROKEN_ABOVE)
    show |= among_broken & ((human > SURE_ABOVE) | (fast > FAST_SURE_ABOVE))
    others = np.flatnonzero(among_broken & ~show)
    show[others] = by_itself(batch, others) + FAST_SHARE * fast[others] > BY_ITSELF_ABOVE
    sound = ((BROKEN_ABOVE - half) / (BROKEN_ABOVE - SOUND_BELOW)).clip(0, 1)
    return BrokenSentences(np.where(read, human, -np.inf), standing_out, sound, show)
