"""LG110 capital-word."""

import numpy as np

from detector.batch import CAPS, Batch
from detector.lexicon import facts
from detector.registry import Marks, signal

__all__ = ["capital_word"]

_SHORTEST = 4  # letters: shorter ones are mostly abbreviations


@signal(
    "LG110",
    axis=None,
    unit="word",
    aggregate="rate",
    message="words in capitals",
    flagged=["BREAKING NEWS: CLICK HERE NOW"],
    clean=["NATO and the EU met in Rome."],
)
def capital_word(batch: Batch) -> Marks:
    """
    Words of four letters or more in capitals.

    Furniture shouts: "CLICK HERE NOW". Abbreviations ("NATO") are left alone where the lexicon knows them, and so are
    shorter words.

    Headings and dispatches in capitals are no fault; this belongs to no axis. The share of all words is what counts.

        >>> from detector.registry import evidence
        >>> evidence(capital_word, "CLICK HERE to hear NATO's answer.")
        ['CLICK', 'HERE']
    """
    types, known = batch.types, facts(batch)
    shouted = (
        (types.shape == CAPS)
        & (types.length >= _SHORTEST)
        & ~(known.abbreviation | (known.capitalised & ~known.dictionary))
    )
    return Marks(shouted[batch.words.type].astype(np.float32))
