"""LG115 sentence-length."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal

__all__ = ["sentence_length"]


@signal(
    "LG115",
    axis=None,
    unit="document",
    message="the length of sentences",
    flagged=["The river rose in the night."],
    clean=[""],
)
def sentence_length(batch: Batch) -> Marks:
    """
    The mean length of sentences, as the logarithm of 1 + words.

    Lists have two words a "sentence", broken segmentation a hundred. Readability formulas rest on it.

    Sentences as `detector.batch` cuts them. Law and modernist novels have long ones, rightly; this belongs to no axis.

        >>> from detector.batch import cut
        >>> sentence_length.mark(cut(["It rained. The river rose."])).values.round(2).tolist()
        [1.25]
    """
    sentences = np.bincount(batch.sentences.document, minlength=len(batch))
    return Marks(np.log1p(batch.words_per_document() / np.maximum(sentences, 1)))
