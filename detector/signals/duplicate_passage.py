"""RP103 duplicate-passage."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.repetition import again

__all__ = ["duplicate_passage"]

_LENGTH = 10  # words


@signal(
    "RP103",
    axis=None,
    unit="word",
    aggregate="rate",
    joined=True,
    message="passages of 10 words and more that stood in the text before",
    flagged=[
        "The river rose in the night and the old bridge fell. So the river rose in the night and the old bridge fell."
    ],
    clean=["The river rose in the night, and the bridge fell."],
)
def duplicate_passage(batch: Batch) -> Marks:
    """
    Words in a passage of 10 words or more that the text had before.

    Ten words in a row are hardly ever written twice by chance: something was copied. In Gopher (Rae et al. 2021) this
    is `duplicate_10gram_char_fraction`, with a filter at .10.

    A word weighs as many letters as it has; only the later copies count. Laws, refrains and recipes repeat themselves
    rightly, so this belongs to no axis: it is a column of the models only.

        >>> from detector.registry import evidence
        >>> once = "the river rose in the night and the old bridge fell"
        >>> evidence(duplicate_passage, f"So {once}. And {once}.")
        ['the river rose in the night and the old bridge fell']
    """
    words = batch.words
    return Marks(again(batch, _LENGTH).astype(np.float32), weight=(words.end - words.start).astype(np.float64))
