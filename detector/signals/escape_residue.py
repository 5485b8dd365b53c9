"""EN107 escape-residue."""

import re

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.surroundings import mark_words

__all__ = ["escape_residue"]

_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrt](?=[A-Z\\\s]|$)|['\"](?=\w|\s|[.,]))")
_BACKSLASH = ord("\\")


@signal(
    "EN107",
    axis="typos",
    unit="word",
    message="escape sequences of program code left in the text",
    flagged=[r"He left.\nShe stayed.", r"It\'s late, and the caf\u00e9 is closed."],
    clean=[r"The file is in C:\notes\users.", r"The neutrino \nu and the angle \theta", "and/or"],
)
def escape_residue(batch: Batch) -> Marks:
    r"""
    Escape sequences of program code that were left in.

    "He left.\nShe stayed." was written by a program that escaped the line end, and read by one that did not undo it.

    A backslash with "u" and four digits or "x" and two counts; with a quote; and with "n", "r" or "t" before a capital,
    a space or another escape: so paths ("C:\notes") and formulas ("\theta") are left alone. Program code within a text
    is flagged.

        >>> from detector.registry import evidence
        >>> evidence(escape_residue, "It" + chr(92) + "'s late.")
        ['It']
    """
    at = np.flatnonzero(batch.chars[:-1] == _BACKSLASH).tolist()
    kept = [i for i in at if _ESCAPE.match(batch.joined, i)]
    return Marks(mark_words(batch, np.asarray(kept, np.int64) + 1))
