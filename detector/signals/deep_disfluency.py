"""MT130 deep-disfluency."""

import numpy as np

from detector.batch import Batch
from detector.fluency import document_means
from detector.reading import reading, telling
from detector.registry import Marks, signal

__all__ = ["deep_disfluency"]

SOUND_BELOW = -6.0


@signal(
    "MT130",
    axis="garble",
    unit="document",
    cost="slow",
    needs="deep",
    message="sentences that read as broken in their context, all through the text",
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
def deep_disfluency(batch: Batch) -> Marks:
    """
    How far the text's sentences are from English as people write it, on average, to a reader of context.

    A small neural model (see the card in `models/deep`) reads each sentence beside its neighbours and says which of
    five kinds it is: native, human translation, learner's, fluent machine translation, garble. The value is how far the
    mean log-odds of garble against the three human kinds, sentences by their words, lie above -6 (odds of 1 to 400), so
    sound text is near 0.

    What MT120 (disfluency) cannot see, words that do not belong together though the grammar is sound, it often can:
    "The most severe percentage of the muscles". Fluent machine translation is no fault and does not count. Poems,
    captions and lists may look odd to it too.

        >>> from detector.batch import cut
        >>> odd = cut(["The hurricane trees are exploited from buildings to the sky, dedi the minister."])
        >>> sound = cut(["The minister said that trees had been uprooted by the hurricane."])
        >>> bool(deep_disfluency.mark(odd).values[0] > deep_disfluency.mark(sound).values[0])
        True
    """
    means = document_means(batch, reading(batch).garble, telling(batch))
    return Marks(np.maximum(means - SOUND_BELOW, 0))
