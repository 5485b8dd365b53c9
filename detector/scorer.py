"""Measurements become an `Assessment`: calibrated probabilities and what each signal adds. Knows no thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass

from detector.features import Measurement

__all__ = ["Assessment"]


@dataclass(frozen=True)
class Assessment:
    """What the models make of one document's measurements.

    `garble`, `typos`, `boilerplate`, `p_low_quality`: calibrated probabilities under the published mix, up is worse.
    `contributions`: by signal code, the log-odds that it adds to `p_low_quality`; with `base` they sum to its logit.
    """

    garble: float
    typos: float
    boilerplate: float
    p_low_quality: float
    measurements: tuple[Measurement, ...]
    contributions: Mapping[str, float]
    base: float
    model: str
