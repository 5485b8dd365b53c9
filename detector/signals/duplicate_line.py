"""RP101 duplicate-line."""

import numpy as np

from detector.batch import Batch, distinct, mix
from detector.registry import Marks, signal
from detector.surroundings import placed_keys

__all__ = ["duplicate_line"]


@signal(
    "RP101",
    axis=None,
    unit="line",
    message="lines that stood in the text before",
    flagged=["Read more\nThe river rose.\nRead more"],
    clean=["The river rose.\nThe bridge fell.", ""],
)
def duplicate_line(batch: Batch) -> Marks:
    r"""
    Lines that repeat an earlier line of the text, word for word.

    Menus, share bars and copied paragraphs come twice. In Gopher (Rae et al. 2021) this is `duplicate_line_fraction`,
    with a filter at .30, and by characters at .20; here a line weighs as many characters as it has.

    Case and punctuation make no difference; a line without words never counts. Refrains of songs and blank forms repeat
    lines rightly, so this belongs to no axis: it is a column of the models only.

        >>> from detector.registry import evidence
        >>> evidence(duplicate_line, "Read more\nThe river rose.\nRead more")
        ['Read more']
    """
    lines = batch.lines
    values = np.zeros(len(lines), np.float32)
    weight = (lines.end - lines.start).astype(np.float64)
    filled = np.flatnonzero(lines.words)
    if len(filled):
        hashed = np.add.reduceat(placed_keys(batch), lines.first_word[filled])
        hashed = mix(hashed ^ mix(lines.document[filled].astype(np.uint64) + np.uint64(1)))
        first, _, _ = distinct(hashed)
        again = np.ones(len(filled), bool)
        again[first] = False
        values[filled[again]] = 1
    return Marks(values, weight=weight)
