"""The figures: lines, shares, areas, intervals, calibration, rank correlation."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, spearmanr
from sklearn.metrics import roc_auc_score

__all__ = [
    "NEWS_SHARE",
    "area",
    "at_most",
    "calibration",
    "honest_line",
    "rank_correlation",
    "rounded",
    "share_above",
    "wilson",
]

Floats = NDArray[np.float64]

# Guo et al. (2017), "On calibration of modern neural networks": 15 bins of equal width.
BINS = 15
# The line of the referee: at most 1 % of native news and 3 % of human translations and English sources are above.
NEWS_SHARE, TRANSLATED_SHARE = 0.01, 0.03
_FEW = 5  # pairs, for a rank correlation


def at_most(scores: Floats, share: float) -> float:
    """The score that at most a share of these are strictly above, as the referee takes it; NaN if there are none."""
    ordered = np.sort(scores[~np.isnan(scores)])
    return float(ordered[min(len(ordered) - 1, math.ceil((1 - share) * len(ordered)))]) if len(ordered) else math.nan


def honest_line(news: Floats, translated: Floats) -> float:
    """The score above which a document is flagged; of news alone if there are no translations."""
    lines = [at_most(news, NEWS_SHARE), at_most(translated, TRANSLATED_SHARE)]
    return max((x for x in lines if not math.isnan(x)), default=math.nan)


def area(sound: Floats, garbled: Floats) -> tuple[float, float]:
    """Area under the ROC curve (ties: half) and its standard error (Hanley & McNeil 1982); NaN without both sides."""
    sound, garbled = sound[~np.isnan(sound)], garbled[~np.isnan(garbled)]
    if not len(sound) or not len(garbled):
        return math.nan, math.nan
    truth = np.repeat([0, 1], [len(sound), len(garbled)])
    a = float(roc_auc_score(truth, np.concatenate([sound, garbled])))
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    spread = a * (1 - a) + (len(garbled) - 1) * (q1 - a * a) + (len(sound) - 1) * (q2 - a * a)
    return a, math.sqrt(max(0.0, spread / (len(garbled) * len(sound))))


def wilson(count: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not n:
        return math.nan, math.nan
    interval = binomtest(count, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def share_above(scores: Floats, line: float) -> dict[str, Any]:
    """How many of the scores are strictly above a line, with the interval."""
    scores = scores[~np.isnan(scores)]
    if not len(scores) or math.isnan(line):
        return {"share": math.nan, "low": math.nan, "high": math.nan, "count": 0, "n": len(scores)}
    count = int((scores > line).sum())
    low, high = wilson(count, len(scores))
    return {"share": count / len(scores), "low": low, "high": high, "count": count, "n": len(scores)}


def calibration(scores: Floats, truth: Floats, weight: Floats) -> dict[str, Any]:
    """Expected calibration error and Brier score of probabilities under weights, and the bins behind them.

    A bin's interval is Wilson's with Kish's effective number of documents, (sum w)^2 / sum w^2.
    """
    use = (weight > 0) & ~np.isnan(truth) & ~np.isnan(scores)
    p, y, w = scores[use].clip(0, 1), truth[use], weight[use]
    if not len(p) or len(np.unique(y)) < 2:
        return {}
    w = w / w.sum()
    at = np.minimum((p * BINS).astype(np.int64), BINS - 1)
    bins, error = [], 0.0
    for b in np.unique(at):
        mine = at == b
        total = float(w[mine].sum())
        predicted, observed = float((w * p)[mine].sum() / total), float((w * y)[mine].sum() / total)
        effective = max(1, round(total**2 / float((w[mine] ** 2).sum())))
        low, high = wilson(min(effective, round(observed * effective)), effective)
        bins.append(
            {
                "predicted": predicted,
                "observed": observed,
                "low": low,
                "high": high,
                "share": total,
                "n": int(mine.sum()),
            }
        )
        error += total * abs(predicted - observed)
    return {
        "ece": error,
        "brier": float((w * (p - y) ** 2).sum()),
        "garbled_share": float((w * y).sum()),
        "n": len(p),
        "bins": bins,
    }


def rank_correlation(scores: Floats, badness: Floats) -> float:
    """Spearman's rank correlation; NaN for few or constant values."""
    if len(scores) < _FEW or np.ptp(scores) == 0 or np.ptp(badness) == 0:
        return math.nan
    return float(spearmanr(scores, badness).statistic)


def rounded(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON with NaN as null."""
    if isinstance(value, Mapping):
        return {str(k): rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(v) for v in value]
    if isinstance(value, float | np.floating):
        return None if math.isnan(value) else float(value)
    return value.item() if isinstance(value, np.integer) else value
