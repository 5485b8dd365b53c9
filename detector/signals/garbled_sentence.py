"""MT131 garbled-sentence."""

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.fluency import sentence_logits
from detector.reading import by_itself, reading
from detector.registry import Marks, signal

__all__ = ["garbled_sentence"]

# The fast model's opinion counts beside the deep one's; so does the worse of the two neighbours, for garble comes in
# runs.
FAST_SHARE = 1.0
NEIGHBOUR_SHARE = 0.3
# From here a sentence counts toward the document's value: low, so that the worst three of a text that is merely odd are
# told from those of a sound one. (On dev/ -4 in place of 0.2 found up to 1 point more of a tier.)
MARKED_ABOVE = -4.0
# In a sound text a sentence is shown that stands out from it: garble against all other kinds, with more of the fast
# model's and of both neighbours' opinion, less a share of the text's median. Shares by search on 1,330 articles of dev/
# into which two to four sentences are spliced: of seven tiers of garble, of human translations of four kinds, and of
# other articles. The line is passed by 1 % of the lines of the kind of human translation that passes it most.
SHOWN_FAST_SHARE = 1.5
WORSE_SHARE, BETTER_SHARE = 0.8, 0.15
MEDIAN_SHARE = 0.5
SHOWN_ABOVE = 2.3
# In a text of which half is broken nothing stands out: garble is judged against the human kinds there. Half of the
# sentences of one native article in 250 lie above, and of 97 in 100 statistical translations.
BROKEN_TEXT_ABOVE = -2.0
# ... and beside its neighbours a sound sentence takes a part of what they are, so it is read by itself as well, unless
# one of the models is sure. On 210 garbled texts of dev/ into which one to three human sentences are put, 78 % of the
# others lie above these lines and 24 % of the human ones (by the neighbours' line alone, at 0.2: 77 and 34 %).
SHOWN_IN_BROKEN_ABOVE = -1.0
BY_ITSELF_ABOVE = -1.6
SURE_ABOVE, FAST_SURE_ABOVE = 4.0, 1.0
SHORTEST = 5
# What a neighbour counts that is missing or was not read: a sound sentence.
FLOOR = -6.0


def _neighbours(own: NDArray[np.float64], document: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    """The log-odds of the worse and of the better neighbour in the same document, FLOOR at least."""
    left, right = np.full(len(own), FLOOR), np.full(len(own), FLOOR)
    together = document[1:] == document[:-1]
    left[1:][together] = own[:-1][together]
    right[:-1][together] = own[1:][together]
    return np.maximum(np.maximum(left, right), FLOOR), np.maximum(np.minimum(left, right), FLOOR)


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


@signal(
    "MT131",
    axis="garble",
    unit="sentence",
    aggregate="top",
    cost="slow",
    needs="deep",
    replaces="MT121",
    message="sentences that a translation engine broke, or that make no sense where they stand",
    flagged=[
        (
            "The hurricane trees are exploited from buildings to the sky. The most severe percentage of the "
            "muscles it was said to the shopping of the region, dedi the minister of the exterior with a hand jamming."
        ),
    ],
    clean=[
        (
            "The committee will meet again on Thursday to discuss the budget. Members of both parties said they "
            "expected the talks to last well into the night, and few were willing to predict how they would end."
        ),
    ],
)
def garbled_sentence(batch: Batch) -> Marks:
    """
    Sentences that a translation engine broke, as a neural model reads them beside their neighbours.

    "In some of these issues, whether the shopping of the region, the prisoners or the return of the children's return":
    each word is English, the sentence is not. The mark is how far the log-odds of garble, with the fast model's (MT121)
    and a share of the neighbours', lie above a line.

    What is shown depends on the text. In a sound one it is what stands out, whatever the style of the rest; where half
    of the text is broken, all that reads as broken, beside its neighbours and by itself. Of the lines of native
    articles with human translations spliced in, 99 % are left alone on dev/, and so are sentences of fewer than five
    words. Learners' worst sentences, song lines and captions are marked now and then, and of sound sentences in
    a text of which all the rest is broken one in four.

        >>> from detector.registry import evidence
        >>> odd = "Of the minister of the exterior it has said that the of the talks they are of the more good."
        >>> evidence(garbled_sentence, f"He left. {odd}")[-1:]
        ['Of the minister of the exterior it has said that the of the talks they are of the more good.']
    """
    found, fast, document = reading(batch), sentence_logits(batch), batch.sentences.document
    read = np.isfinite(found.garble) & (batch.sentences.words >= SHORTEST)
    human = np.where(read, found.garble + FAST_SHARE * fast, FLOOR)
    human += NEIGHBOUR_SHARE * _neighbours(human, document)[0]
    alone = np.where(read, found.alone + FAST_SHARE * fast, FLOOR)
    half = _medians(alone[read], document[read], len(batch))[document]
    alone = np.where(read, found.alone + SHOWN_FAST_SHARE * fast, FLOOR)
    median = _medians(alone[read], document[read], len(batch))[document]
    worse, better = _neighbours(alone, document)
    alone += WORSE_SHARE * worse + BETTER_SHARE * better - MEDIAN_SHARE * np.minimum(median, 0)
    show = read & (alone > SHOWN_ABOVE)
    among_broken = read & (half > BROKEN_TEXT_ABOVE) & (human > SHOWN_IN_BROKEN_ABOVE)
    show |= among_broken & ((human > SURE_ABOVE) | (fast > FAST_SURE_ABOVE))
    others = np.flatnonzero(among_broken & ~show)
    show[others] = by_itself(batch, others) + FAST_SHARE * fast[others] > BY_ITSELF_ABOVE
    return Marks(np.where(read, np.maximum(human - MARKED_ABOVE, 0), 0), show=show)
