"""LG112 mean-word-length."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.surroundings import document_sums

__all__ = ["mean_word_length"]


@signal(
    "LG112",
    axis=None,
    unit="document",
    message="the mean length of words",
    flagged=["Incomprehensibilities notwithstanding, internationalisation."],
    clean=[""],
)
def mean_word_length(batch: Batch) -> Marks:
    """
    The mean length of words, in characters.

    Strings of code are long, tables short. In Gopher (Rae et al. 2021) this is `mean_word_length`, kept between 3 and
    10; news has 4.6 to 5.2.

    Words are those of `detector.batch`: no punctuation, hyphens part. Children's books and law differ, rightly; this
    belongs to no axis.

        >>> from detector.batch import cut
        >>> mean_word_length.mark(cut(["one two four"])).values.round(2).tolist()
        [3.33]
    """
    (letters,) = document_sums(batch, batch.types.length)
    return Marks(letters / np.maximum(batch.words_per_document(), 1))
