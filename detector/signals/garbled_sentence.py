"""MT131 garbled-sentence."""

import numpy as np

from detector.batch import Batch
from detector.fluency import sentence_logits
from detector.reading import reading
from detector.registry import Marks, signal

__all__ = ["garbled_sentence"]

# The fast model's opinion counts beside the deep one's; so does the worse of the two neighbours, for garble comes in
# runs. A sentence is marked above the line. All chosen on dev/ for the F1 of spliced garble where no more than 1 % of
# the lines of spliced human translations are marked.
FAST_SHARE = 1.0
NEIGHBOUR_SHARE = 0.3
MARKED_ABOVE = 0.2
SHORTEST = 5
# What a neighbour counts that is missing or was not read: a sound sentence.
FLOOR = -6.0


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
    and a share of the neighbours', lie above the line.

    The line leaves alone 99 % of the lines of human translations spliced into native articles on dev/, and sentences of
    fewer than five words. Learners' worst sentences, song lines and captions are marked now and then.

        >>> from detector.registry import evidence
        >>> odd = "Of the minister of the exterior it has said that the of the talks they are of the more good."
        >>> evidence(garbled_sentence, f"He left. {odd}")[-1:]
        ['Of the minister of the exterior it has said that the of the talks they are of the more good.']
    """
    deep = reading(batch).garble
    read = np.isfinite(deep) & (batch.sentences.words >= SHORTEST)
    own = np.where(read, deep + FAST_SHARE * sentence_logits(batch), FLOOR)
    document = batch.sentences.document
    left, right = np.full(len(own), FLOOR), np.full(len(own), FLOOR)
    together = document[1:] == document[:-1]
    left[1:][together] = own[:-1][together]
    right[:-1][together] = own[1:][together]
    logit = own + NEIGHBOUR_SHARE * np.maximum(np.maximum(left, right), FLOOR)
    return Marks(np.where(read, np.maximum(logit - MARKED_ABOVE, 0), 0))
