"""LG118 line-break-density."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal

__all__ = ["line_break_density"]


@signal(
    "LG118",
    axis=None,
    unit="document",
    message="line ends by words",
    flagged=["Home\nNews\nSport\nContact us"],
    clean=[""],
)
def line_break_density(batch: Batch) -> Marks:
    r"""
    Lines by words.

    Menus break after every word or two, paragraphs after fifty. FineWeb (Penedo et al. 2024) filters above .30
    (`newline_ratio`).

    Lines with words count. Poems break often, rightly; this belongs to no axis.

        >>> from detector.batch import cut
        >>> line_break_density.mark(cut(["Home\nNews"])).values.tolist()
        [1.0]
    """
    lines = batch.lines
    filled = np.bincount(lines.document[lines.words > 0], minlength=len(batch))
    return Marks(filled / np.maximum(batch.words_per_document(), 1))
