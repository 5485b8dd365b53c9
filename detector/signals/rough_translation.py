"""MT133 rough-translation."""

import numpy as np

from detector.batch import Batch
from detector.fluency import document_means
from detector.reading import reading, telling
from detector.registry import Marks, signal

__all__ = ["rough_translation"]

SOUND_BELOW = -7.0


@signal(
    "MT133",
    axis="garble",
    unit="document",
    cost="slow",
    needs="deep",
    message="sentences that read worse than a fluent machine translation, all through the text",
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
def rough_translation(batch: Batch) -> Marks:
    """
    How much worse than a fluent translation, by a person or a machine, the text's sentences read on average.

    The small neural model that MT130 (deep-disfluency) asks has a kind of its own for fluent machine translation.
    MT130 leaves it aside and holds garble against what people write; here it stands among the sound kinds. The value is
    how far the mean log-odds of garble against all four others, sentences by their words, lie above -7 (odds of 1 to
    1,100).

    A text that is surely a machine's and hardly broken lies high by MT130 and low here, and so do those human
    translations that sound translated; of what is broken both say so. By this number alone nearly as many broken
    documents are found as by all others together; the work of strong engines that people rated poor MT130 tells better
    (card of `models/verdict`). Poems, captions and lists may look odd to it.

        >>> from detector.batch import cut
        >>> odd = cut(["The hurricane trees are exploited from buildings to the sky, dedi the minister."])
        >>> sound = cut(["The minister said that trees had been uprooted by the hurricane."])
        >>> bool(rough_translation.mark(odd).values[0] > rough_translation.mark(sound).values[0])
        True
    """
    means = document_means(batch, reading(batch).alone, telling(batch))
    return Marks(np.maximum(means - SOUND_BELOW, 0))
