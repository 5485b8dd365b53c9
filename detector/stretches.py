"""The worst stretch of a text: the run of its sentences whose mean is highest, if it is long enough to mean something.

A broken text need not be broken from end to end: an article may have a translated half, a page readers' comments below
it. The mean of the whole is watered down then.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["worst_stretch"]

Floats = NDArray[np.float64]


def worst_stretch(values: Floats, weight: Floats, at_least: float) -> float:
    """The highest mean of `values` by `weight` over a run of neighbours that weighs at least so much.

    Of all of them, if they weigh less; -inf of none. Shapes [n]; weights above 0.

    The maximum of a ratio by Dinkelbach's method (1967): a run better than the best one so far is one whose excess over
    its mean is positive; the best excess of all ends is found by sums and running minima.
    """
    if not len(values):
        return -np.inf
    before = np.concatenate([[0.0], np.cumsum(weight)])
    at_least = min(at_least, float(before[-1]))
    first = np.searchsorted(before, before[1:] - at_least, "right") - 1  # the last place where a run may begin
    ends = np.flatnonzero(first >= 0)
    best = float(np.dot(values, weight) / before[-1])
    while True:
        excess = np.concatenate([[0.0], np.cumsum((values - best) * weight)])
        least = np.minimum.accumulate(excess)
        gain = excess[ends + 1] - least[first[ends]]
        end = int(ends[gain.argmax()])
        start = int(excess[: first[end] + 1].argmin())
        mean = float(np.dot(values[start : end + 1], weight[start : end + 1]) / (before[end + 1] - before[start]))
        if not mean > best:
            return best
        best = mean
