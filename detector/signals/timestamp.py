"""BP108 timestamp."""

import numpy as np

from detector.batch import NUMBER, Batch
from detector.phrases import types_in
from detector.registry import Marks, signal

__all__ = ["timestamp"]

# "Published: Wednesday, 31 October 2012 at 11:37 a.m. EDT (updated 12 hours ago)" has no more words than that.
_LONGEST = 16

_DATE = (
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur "
    "thurs fri sat sun"
).split()
_AROUND = (
    "published updated posted last modified first date on at am pm a.m p.m a p m am edt est pst pdt gmt bst utc et "
    "pt ist cet minutes minute min mins hours hour hrs days day weeks week months month years year ago of the th st "
    "nd rd read time"
).split()


@signal(
    "BP108",
    axis="boilerplate",
    unit="line",
    message="a date or time that the page was stamped with",
    flagged=[
        "Published: 31 October 2012 at 11:37",
        "Wednesday, October 31, 2012 11:37 AM EDT",
        "Updated 3 hours ago",
        "2025-02-17",
    ],
    clean=[
        "In May 2012 they moved.",
        "212-555-2398",
        "May",
        "1984",
        "Monday",
        "On the first of May, at noon, he left.",
    ],
)
def timestamp(batch: Batch) -> Marks:
    r"""
    Lines that say when the page was published and nothing else.

    "Updated 3 hours ago" was true once, and is not part of the article. Some readers want it kept: `--keep
    timestamp`.

    Every word must be a number, a month or day of the week, or a word that such stamps use; there must be two
    numbers, or a number and a "ago", so that a chapter called "1984" and a heading "May" are left alone. The heads
    of letters and diary entries ("12 May 1840") are wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(timestamp, "Updated 31 October 2012\nIn May 2012 they moved.")
        ['Updated 31 October 2012']
    """
    lines, words = batch.lines, batch.words
    n = len(lines)
    # Only the words of short lines are looked at, which few are in most texts.
    short = np.flatnonzero(lines.words <= _LONGEST)
    size = lines.words[short]
    at = np.arange(int(size.sum())) + np.repeat(lines.first_word[short] - (np.cumsum(size) - size), size)
    line, type_ = words.line[at], words.type[at]
    number, date = (batch.types.shape == NUMBER)[type_], types_in(batch, tuple(_DATE))[type_]
    inside = np.bincount(line[number | date | types_in(batch, tuple(_AROUND))[type_]], minlength=n)
    numbers = np.bincount(line[number], minlength=n)
    dates = np.bincount(line[date], minlength=n)
    agos = np.bincount(line[types_in(batch, ("ago",))[type_]], minlength=n)
    # Three numbers are a date but for a telephone's: no day, month or year has three digits.
    three = np.bincount(line[number & (batch.types.length[type_] == 3)], minlength=n)
    iso = (numbers == 3) & (lines.words == 3) & (lines.end - lines.start <= 12) & (three == 0)
    marked = (inside == lines.words) & (lines.words <= _LONGEST)
    marked &= ((numbers >= 2) & (dates >= 1)) | ((numbers >= 1) & (agos >= 1)) | iso
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "timestamp"})
