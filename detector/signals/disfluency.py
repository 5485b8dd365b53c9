"""MT120 disfluency."""

import numpy as np

from detector.batch import Batch
from detector.fluency import document_means, sentence_logits
from detector.registry import Marks, signal

__all__ = ["disfluency"]

# The mean log-odds of the most fluent texts: 98 % of native news on dev/ lie above it.
SOUND_BELOW = -3.0


@signal(
    "MT120",
    axis="garble",
    unit="document",
    message="sentences that put words together as English does not, all through the text",
    flagged=[
        (
            "Deutsche Bank is raw material business review the. Can a weakened from crisis America a complex world "
            "to lead still, asks itself the minister of the Exterior with regard on the elections of the November."
        ),
    ],
    clean=[
        (
            "The committee will meet again on Thursday to discuss the budget. Members of both parties said they "
            "expected the talks to last well into the night, and few were willing to predict how they would end."
        ),
    ],
)
def disfluency(batch: Batch) -> Marks:
    """
    How far the text's sentences are from English as people write it, on average.

    A translation that goes wrong leaves the grammar of one language under the words of another: "Can a weakened from
    crisis America a complex world to lead still". No single word of this is wrong; the sequences are. A linear model
    over n-grams of function words, word endings and punctuation (see `detector.fluency`) weighs them; the value is how
    far the mean log-odds of the document's sentences, by their words, lie above -3 (odds of 1 to 20), so a fluent text
    is at 0.

    Learners, dialect, poems, laws, and above all human translations of the same articles were the other side when it
    was trained; it sees few topics, since only frequent words stand for themselves. It cannot see a wrong fact or a
    fluent sentence that makes no sense, and it takes lists and captions for odd sentences.

        >>> from detector.batch import cut
        >>> odd = cut(["Of the minister of the exterior it has said that the of the talks they are of the more good."])
        >>> sound = cut(["The minister asked whether a weakened America could still lead the world, and left."])
        >>> bool(disfluency.mark(odd).values[0] > disfluency.mark(sound).values[0])
        True
    """
    # Sentences of under four words are headlines, greetings, furniture: they say nothing.
    means = document_means(batch, sentence_logits(batch), batch.sentences.words >= 4)
    return Marks(np.maximum(means - SOUND_BELOW, 0))
