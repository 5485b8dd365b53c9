"""LG107 bullet-line."""

import numpy as np

from detector.batch import SPACE, Batch, is_in
from detector.registry import Marks, signal

__all__ = ["bullet_line"]

_BULLETS = np.array(sorted(map(ord, "•‣▶◀◦■□▪▫–-*·")), np.uint32)


@signal(
    "LG107",
    axis=None,
    unit="line",
    message="lines that begin with a bullet",
    flagged=["• one thing\n• another thing", "- one\n- two"],
    clean=["One thing - and another.\n-5 degrees\n*very* late"],
)
def bullet_line(batch: Batch) -> Marks:
    """
    Lines that begin with a bullet and a space.

    Lists of links do. In Gopher (Rae et al. 2021) this is `bullet_line_fraction`, with a filter at .90.

    The bullets are those of Gopher's re-implementations (datatrove), with the hyphen and the asterisk of plain text,
    which need a space behind. A recipe is a list, rightly; this belongs to no axis.

        >>> from detector.registry import evidence
        >>> evidence(bullet_line, "- one thing")
        ['- one thing']
    """
    lines = batch.lines
    start = np.minimum(lines.start, len(batch.kind) - 2)
    for _ in range(4):
        start = np.minimum(start + ((batch.kind[start] == SPACE) & (start < lines.end)), len(batch.kind) - 2)
    filled = lines.words > 0
    bullet = filled & is_in(batch.chars[start], _BULLETS) & (batch.kind[start + 1] == SPACE)
    return Marks(bullet.astype(np.float32), weight=filled.astype(np.float64))
