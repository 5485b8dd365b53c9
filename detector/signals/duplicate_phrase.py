"""RP102 duplicate-phrase."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.repetition import again

__all__ = ["duplicate_phrase"]

_LENGTH = 5  # words


@signal(
    "RP102",
    axis=None,
    unit="word",
    aggregate="rate",
    joined=True,
    message="passages of 5 words and more that stood in the text before",
    flagged=["We will be warned by the enemy if we will be warned by the enemy."],
    clean=["We will be warned in time by friends, and by the enemy too late."],
)
def duplicate_phrase(batch: Batch) -> Marks:
    """
    Words in a passage of 5 words or more that the text had before.

    An engine that loses its place repeats clauses, and furniture comes back. In Gopher (Rae et al. 2021) this is
    `duplicate_5gram_char_fraction`, with a filter at .15.

    A word weighs as many letters as it has; only the later copies count. Laws, refrains and recipes repeat themselves
    rightly, so this belongs to no axis: it is a column of the models only.

        >>> from detector.registry import evidence
        >>> evidence(duplicate_phrase, 'We will be warned by the enemy if we will be warned by the enemy.')
        ['we will be warned by the enemy']
    """
    words = batch.words
    return Marks(again(batch, _LENGTH).astype(np.float32), weight=(words.end - words.start).astype(np.float64))
