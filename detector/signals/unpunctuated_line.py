"""LG105 unpunctuated-line."""

import numpy as np

from detector.batch import APOSTROPHE, CLOSE, COMMA, QUOTE, SPACE, STOP, Batch
from detector.registry import Marks, signal

__all__ = ["unpunctuated_line"]

_COLON, _SEMICOLON = ord(":"), ord(";")


@signal(
    "LG105",
    axis=None,
    unit="line",
    message="lines that end without a full stop",
    flagged=["Home\nContact us\nThe river rose."],
    clean=["The river rose.\n“Did it?” she asked.\nHe listed them:\n\n(It was late.)"],
)
def unpunctuated_line(batch: Batch) -> Marks:
    r"""
    Lines that end in no mark of the end of a sentence.

    Menus, captions and headlines do; paragraphs do not. C4 (Raffel et al. 2020) drops such lines; FineWeb (Penedo et
    al. 2024) wants `terminal_punctuation_line_fraction` to be .12 at least.

    A full stop, exclamation or question mark, ellipsis or colon counts, also with a quotation mark or bracket behind.
    Empty lines do not count at all. Poems and lists end their lines otherwise, rightly; this belongs to no axis.

        >>> from detector.registry import evidence
        >>> evidence(unpunctuated_line, "Contact us\nThe river rose.")
        ['Contact us']
    """
    lines, kind = batch.lines, batch.kind
    last = lines.end - 1
    for _ in range(2):
        last = last - ((kind[last] == SPACE) & (last > lines.start))
    for _ in range(3):
        wrapped = (kind[last] == QUOTE) | (kind[last] == CLOSE) | (kind[last] == APOSTROPHE)
        last = last - (wrapped & (last > lines.start))
    ends = (kind[last] == STOP) | ((kind[last] == COMMA) & np.isin(batch.chars[last], (_COLON, _SEMICOLON)))
    filled = lines.words > 0
    return Marks((filled & ~ends).astype(np.float32), weight=filled.astype(np.float64))
