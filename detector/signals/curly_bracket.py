"""LG117 curly-bracket."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal

__all__ = ["curly_bracket"]


@signal(
    "LG117",
    axis=None,
    unit="document",
    message="curly brackets by words",
    flagged=["function f() { return {}; }"],
    clean=["The river rose in the night."],
)
def curly_bracket(batch: Batch) -> Marks:
    """
    Curly brackets by words.

    Program code and style sheets have them, prose does not. C4 (Raffel et al. 2020) drops every page with one.

    Articles on programming quote code; this belongs to no axis.

        >>> from detector.batch import cut
        >>> curly_bracket.mark(cut(["body { color: red }"])).values.round(2).tolist()
        [0.67]
    """
    place = np.flatnonzero((batch.chars == ord("{")) | (batch.chars == ord("}")))
    document = np.searchsorted(batch.document_start, place, "right") - 1
    return Marks(np.bincount(document, minlength=len(batch)) / np.maximum(batch.words_per_document(), 1))
