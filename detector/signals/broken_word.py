"""MT132 broken-word."""

import numpy as np

from detector.batch import Batch
from detector.broken import broken_sentences
from detector.reading import reading
from detector.registry import Marks, signal

__all__ = ["broken_word"]

# Log-odds from which a word counts; from which it is shown in a sentence that is shown as broken, and in any other. On
# dev/ words above -1 anywhere doubled the lines of human translations that are marked, and found nothing more: of 1,330
# spliced articles F1 .764 either way.
MARKED_ABOVE = -2.0
SHOWN_IN_BROKEN_ABOVE = -1.0
SHOWN_ABOVE = 1.0


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

    It is shown inside a broken sentence; elsewhere only where the model is sure, in one sentence of human translations
    in 500 on dev/. Rare names and terms are marked now and then, in human translations nearly as often as in what
    people rated poor of strong engines: so it is evidence, and the document models give it no weight.

        >>> from detector.registry import evidence
        >>> text = "The hurricane trees are exploited from buildings to the sky of the region, dedi he said."
        >>> len(evidence(broken_word, text)) > 0
        True
    """
    words = reading(batch).words
    values = np.where(np.isfinite(words), np.maximum(words - MARKED_ABOVE, 0), 0)
    in_broken = broken_sentences(batch).show[batch.words.sentence]
    return Marks(values, show=words > np.where(in_broken, SHOWN_IN_BROKEN_ABOVE, SHOWN_ABOVE))
