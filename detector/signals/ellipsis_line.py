"""LG108 ellipsis-line."""

import numpy as np

from detector.batch import SPACE, Batch
from detector.registry import Marks, signal

__all__ = ["ellipsis_line"]

_DOT, _DOTS = ord("."), ord("…")


@signal(
    "LG108",
    axis=None,
    unit="line",
    message="lines that break off in dots",
    flagged=["The river rose in the night and ...", "Read more…"],
    clean=["The river rose... and fell.", "The river rose."],
)
def ellipsis_line(batch: Batch) -> Marks:
    """
    Lines that end in an ellipsis.

    Teasers break off: "The river rose in the night and ...". In Gopher (Rae et al. 2021) this is
    `ellipsis_line_fraction`, with a filter at .30.

    Three full stops or the sign "…" at the end of a line count. Novels trail off too; this belongs to no axis.

        >>> from detector.registry import evidence
        >>> evidence(ellipsis_line, "Read more…")
        ['Read more…']
    """
    lines, chars = batch.lines, batch.chars
    last = lines.end - 1
    last = last - ((batch.kind[last] == SPACE) & (last > lines.start))
    three = (chars[last] == _DOT) & (chars[last - 1] == _DOT) & (chars[np.maximum(last - 2, 0)] == _DOT)
    filled = lines.words > 0
    cut_off = filled & ((chars[last] == _DOTS) | three)
    return Marks(cut_off.astype(np.float32), weight=filled.astype(np.float64))
