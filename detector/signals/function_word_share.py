"""LG111 function-word-share."""

import numpy as np

from detector.batch import Batch
from detector.function_words import function_words
from detector.registry import Marks, signal

__all__ = ["function_word_share"]


@signal(
    "LG111",
    axis=None,
    unit="document",
    message="the share of function words",
    flagged=["The river rose in the night."],
    clean=["Leeds 38 21 9 8"],
)
def function_word_share(batch: Batch) -> Marks:
    """
    The share of words that are function words.

    Running text has 40 to 55 % of them, headlines 20 %, lists none. jusText and Gopher count a handful of stop words
    for the same purpose (`stop_word_ratio`); the closed classes are steadier.

    The list is that of `detector.function_words`. Telegrams and old verse have fewer, rightly; this belongs to no axis.

        >>> from detector.batch import cut
        >>> function_word_share.mark(cut(["The river rose in the night."])).values.tolist()
        [0.5]
    """
    found = np.bincount(batch.words.document[function_words(batch)], minlength=len(batch))
    return Marks(found / np.maximum(batch.words_per_document(), 1))
