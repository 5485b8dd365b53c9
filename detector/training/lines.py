"""Where the default policy draws its lines, on dev."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.registry import Signal
from detector.scorer import Additive
from detector.training.part_pages import THINNED, WHOLE
from detector.training.verdict import PLANTED, Documents, logit_of

__all__ = ["garble_lines", "lines_for"]

Floats = NDArray[np.float64]

# Of native news, and of human translations with English sources, this share may pass the review line; a third the
# other.
NEWS, HUMAN = 0.01, 0.03
THIRD = 3
# Dropped for its typos is what is surely ridden with them: what scores above the middle of news with this share of its
# words misspelt. One in a hundred, from which on a text is called ridden, sends it to review.
DROPPED_RATE = 0.03


def _passed_by(scores: Floats, share: float) -> float:
    """The score that at most this share passes."""
    ordered = np.sort(scores)
    return float(ordered[min(len(ordered) - 1, int(np.ceil((1 - share) * len(ordered))))])


def _probability(model: Additive, values: Floats, signals: Sequence[Signal]) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logit_of(model, values, [s.code for s in signals]))))


def garble_lines(model: Additive, dev: Documents, values: Floats, signals: Sequence[Signal]) -> dict[str, float]:
    """The garble lines of one profile, as probabilities."""
    kinds = dev.kinds
    news = np.char.startswith(kinds, "native.news")
    human = np.char.startswith(kinds, "ref.") | (kinds == "native.mafand_src") | (kinds == "native.wmt_src")
    garble = _probability(model, values, signals)
    review = max(_passed_by(garble[news], NEWS), _passed_by(garble[human], HUMAN))
    drop = max(_passed_by(garble[news], NEWS / THIRD), _passed_by(garble[human], HUMAN / THIRD))
    return {"garble_review_above": review, "garble_drop_above": max(drop, review)}


def lines_for(models: dict[str, Additive], dev: Documents, values: Floats, signals: Sequence[Signal]) -> dict[str, Any]:
    """The lines of one profile, as probabilities."""
    prose = (dev.truth["boilerplate"] == 0) & ~np.isin(dev.kinds, (WHOLE, THINNED))
    # Typos and furniture drop only what is ridden with them, and no line is one that a clean article in a thousand
    # reaches.
    typos, furniture = (_probability(models[axis], values, signals) for axis in ("typos", "boilerplate"))
    clean_typos = _passed_by(typos[dev.truth["typos"] == 0], 0.001)
    clean_furniture = _passed_by(furniture[prose], 0.001)
    return {
        **garble_lines(models["garble"], dev, values, signals),
        "typos_review_above": max(0.5, clean_typos),
        "typos_drop_above": max(0.9, clean_typos, float(np.median(typos[dev.kinds == f"{PLANTED}{DROPPED_RATE}"]))),
        "boilerplate_review_above": max(0.5, clean_furniture),
        "boilerplate_drop_above": max(0.9, clean_furniture),
    }
