"""MT132 broken-word."""

import numpy as np

from detector.batch import Batch
from detector.reading import reading
from detector.registry import Marks, signal

__all__ = ["broken_word"]

# Log-odds from which a word counts, and from which it is shown: on dev/, one word in 300 of human translations is
# shown.
MARKED_ABOVE = -2.0
SHOWN_ABOVE = -1.0


@signal(
    "MT132",
    axis="garble",
    unit="word",
    cost="slow",
    needs="deep",
    joined=True,
    message="words that do not fit where they stand",
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
def broken_word(batch: Batch) -> Marks:
    """
    Words that do not fit where they stand, as the neural model reads them.

    In a broken sentence not every word is broken: in "the shopping of the region" it is the shopping. The model's
    second head says so of every word; it learnt from words that people had to change in machine translations, and from
    words put out of place on purpose. The mark is how far its log-odds lie above the line.

    One word in 300 of human translations is marked on dev/. Rare names and terms are marked now and then.

        >>> from detector.registry import evidence
        >>> text = "The hurricane trees are exploited from buildings to the sky of the region, dedi he said."
        >>> len(evidence(broken_word, text)) > 0
        True
    """
    words = reading(batch).words
    values = np.where(np.isfinite(words), np.maximum(words - MARKED_ABOVE, 0), 0)
    return Marks(values, show=words > SHOWN_ABOVE)
