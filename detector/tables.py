"""Tables of numbers in plain text: standings, results, accounts. Floor 2.

The pages that the furniture model learned from hold none (of 2,363 labelled pages of train/ and dev/ not one has three
lines of the kind below in a row), so what it says of them is a guess, and an article's table costs more than one that
is left in.
"""

import re
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch

__all__ = ["in_tables"]

Ints = NDArray[np.int64]

# A name and four numbers or more: "Harbour Town 22 15 4 3 44 18 49". Rows of numbers alone are mostly calendars.
_ROW = re.compile(r"[^\W\d_].*?(?:[ \t|]+[-+\u2212\u2013]?[$€£]?\d[\d.,:%]*){4,}[ \t|]*")
_LONGEST = 200  # characters of a row
_FEWEST = 3  # rows in a run


def in_tables(batch: Batch, line: Ints, document: Ints, rows: Ints) -> NDArray[np.bool_]:
    """Which of the rows stand in a run of `_FEWEST` or more rows of one table.

    `line`: the lines of the batch that have something on them, in order; `document`: which each is of; `rows`: places
    in these two.
    """

    @cache
    def is_row(row: int) -> bool:
        start, end = int(batch.lines.start[line[row]]), int(batch.lines.end[line[row]])
        return end - start <= _LONGEST and _ROW.fullmatch(batch.string(start, end).strip()) is not None

    return np.array([_run(is_row, row, document) >= _FEWEST for row in rows.tolist()], bool)


def _run(is_row: Callable[[int], bool], row: int, document: Ints) -> int:
    """How many rows the run around a row has, itself counted, as far as `_FEWEST` to either side."""
    if not is_row(row):
        return 0
    size = 1
    for step in (-1, 1):
        near = row + step
        while 0 <= near < len(document) and abs(near - row) < _FEWEST and document[near] == document[row]:
            if not is_row(near):
                break
            size, near = size + 1, near + step
    return size
