"""MT131 garbled-sentence."""

import numpy as np

from detector.batch import Batch
from detector.broken import broken_sentences
from detector.registry import Marks, signal

__all__ = ["garbled_sentence"]

# From here a sentence counts toward the document's value: low, so that the worst three of a text that is merely odd are
# told from those of a sound one. (On dev/ -4 in place of 0.2 found up to 1 point more of a tier.)
MARKED_ABOVE = -4.0


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
    a text of which all the rest is broken one in five.

        >>> from detector.registry import evidence
        >>> odd = "Of the minister of the exterior it has said that the of the talks they are of the more good."
        >>> evidence(garbled_sentence, f"He left. {odd}")[-1:]
        ['Of the minister of the exterior it has said that the of the talks they are of the more good.']
    """
    found = broken_sentences(batch)
    values = np.where(np.isfinite(found.badness), np.maximum(found.badness - MARKED_ABOVE, 0), 0)
    return Marks(values, show=found.show)
