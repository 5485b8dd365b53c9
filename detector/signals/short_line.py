"""LG106 short-line."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal

__all__ = ["short_line"]

_SHORT = 30  # characters: FineWeb's `short_line_length`


@signal(
    "LG106",
    axis=None,
    unit="line",
    message="short lines",
    flagged=["Home\nContact us"],
    clean=["The river rose in the night, and before anybody had woken the bridge fell.\n"],
)
def short_line(batch: Batch) -> Marks:
    """
    Lines of at most thirty characters.

    Menus and share bars are made of them. In FineWeb (Penedo et al. 2024) this is `short_line_fraction`, with a filter
    at .67 of the lines that are not empty.

    Thirty is FineWeb's number. Poems, dialogue and lists have short lines, rightly; this belongs to no axis.

        >>> from detector.registry import evidence
        >>> evidence(short_line, "Contact us")
        ['Contact us']
    """
    lines = batch.lines
    filled = lines.words > 0
    short = filled & (lines.end - lines.start <= _SHORT)
    return Marks(short.astype(np.float32), weight=filled.astype(np.float64))
