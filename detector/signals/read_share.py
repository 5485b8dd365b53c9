"""LG119 read-share."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal

__all__ = ["read_share"]


@signal(
    "LG119",
    axis=None,
    unit="document",
    cost="slow",
    needs="deep",
    message="the share of sentences that the neural model read",
    flagged=["The river rose in the night."],
    clean=["***"],
)
def read_share(batch: Batch) -> Marks:
    """
    The share of a document's sentences that the neural model read.

    1 where it read all, as with `--deep always`. With `--deep auto` it reads a sentence or two of a doubtful document
    by themselves; if they are plainly sound, it looks at the worst part of the rest at most, and of a very long
    document it never reads all (see `detector.cascade`). What was not read counts as sound, so the other measurements
    say less of such a text.

    It is no fault and belongs to no axis: it says how far the others (MT130 to MT132) have looked.

        >>> from dataclasses import replace
        >>> from detector.batch import cut
        >>> batch = cut(["The river rose in the night. The bridge was closed."])
        >>> read_share.mark(batch).values.tolist()
        [1.0]
        >>> read_share.mark(replace(batch, doubtful=batch.sentences.words > 5)).values.tolist()
        [0.5]
    """
    document = batch.sentences.document
    read = None if batch.doubtful is None else batch.doubtful.astype(np.float64)
    count = np.bincount(document, minlength=len(batch))
    return Marks(np.bincount(document, weights=read, minlength=len(batch)) / np.maximum(count, 1))
