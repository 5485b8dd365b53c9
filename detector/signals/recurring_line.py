"""BP117 recurring-line."""

from collections.abc import Mapping

import numpy as np

from detector.batch import Batch
from detector.furniture import kind_of
from detector.registry import Marks, signal

__all__ = ["recurring_line"]


@signal(
    "BP117",
    axis="boilerplate",
    unit="line",
    beyond="site",
    message="a line that many documents of its site have",
    flagged=[],
    clean=[],
)
def recurring_line(batch: Batch) -> Marks:
    r"""
    Lines that stand in many documents of one site.

    A menu stands on every page of its site, a line of an article on one: no word of "The Harbour is edited in Harnley"
    tells that it is furniture, but the other pages do.

    With `--by-site` all documents are counted before the first is judged (see `detector.sites`); without it, nothing is
    marked. A line must stand in at least four bodies of its site and in a tenth of them, copies of one article being
    one body. A series' standing first paragraph and a refrain that many pages quote are wrongly flagged.

        >>> import numpy as np
        >>> from dataclasses import replace
        >>> from detector.batch import cut
        >>> batch = replace(cut(["The Harbour\nThe river rose."]), recurring=np.array([True, False]))
        >>> recurring_line.mark(batch).values.tolist()
        [1.0, 0.0]
    """
    lines = batch.lines
    recurring = np.zeros(len(lines), bool) if batch.recurring is None else batch.recurring

    def detail(line: int) -> Mapping[str, object]:
        return {"kind": kind_of(batch, line)}

    return Marks(recurring.astype(np.float32), detail=detail, weight=(lines.end - lines.start).astype(np.float64))
