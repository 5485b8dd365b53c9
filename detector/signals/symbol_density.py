"""LG109 symbol-density."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.surroundings import marks

__all__ = ["symbol_density"]

_HASH, _DOTS, _DOT = ord("#"), ord("…"), ord(".")


@signal(
    "LG109",
    axis=None,
    unit="document",
    message="signs and dots by words",
    flagged=["# one # two ... # three"],
    clean=["The river rose in the night."],
)
def symbol_density(batch: Batch) -> Marks:
    """
    Hash signs and ellipses by words.

    Tag clouds, teasers and code are full of them. In Gopher (Rae et al. 2021) this is `symbol_to_word_ratio`, with a
    filter at .10.

    Runs of three full stops or more count as one ellipsis. Posts with hash tags are no fault; this belongs to no axis.

        >>> from detector.batch import cut
        >>> symbol_density.mark(cut(["Sun # sea # sand ..."])).values.tolist()
        [1.0]
    """
    places = marks(batch)
    chars = batch.chars[places]
    dot = places[chars == _DOT]
    next_ = np.diff(dot) == 1
    three = dot[:-2][next_[:-1] & next_[1:] & ~np.append(False, next_[:-2])]
    found = np.concatenate([places[(chars == _HASH) | (chars == _DOTS)], three])
    document = np.searchsorted(batch.document_start, found, "right") - 1
    return Marks(np.bincount(document, minlength=len(batch)) / np.maximum(batch.words_per_document(), 1))
