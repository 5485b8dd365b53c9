"""Measurements become an `Assessment`: calibrated probabilities and what each signal adds. Knows no thresholds."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.assets import check_folder, find_folder
from detector.errors import ModelError
from detector.features import Measurement

__all__ = ["AXES", "FORMAT", "VERSION", "Additive", "Assessment", "Model", "Scores", "load_model"]

FORMAT, VERSION = "detector-additive", 1
AXES = ("garble", "typos", "boilerplate")
_MODELS = (*AXES, "verdict")

Floats = NDArray[np.float64]


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


@dataclass(frozen=True)
class Additive:
    """A generalised additive model with piecewise linear shapes (Hastie & Tibshirani 1990): a sum that can be read.

    The log-odds are `base` plus, for each column, a straight-line interpolation between (`knots`, `heights`), which
    goes on with its last slope on the right (so that two documents tie only if they are alike) and is flat on the left.
    """

    base: float
    columns: tuple[str, ...]
    knots: tuple[Floats, ...]
    heights: tuple[Floats, ...]

    def contributions(self, values: Floats, codes: Sequence[str]) -> Floats:
        """Log-odds by document and column, float64 [documents, len(codes)]; columns that the model lacks weigh
        nothing.
        """
        out = np.zeros(values.shape)
        at = {code: i for i, code in enumerate(codes)}
        for code, knots, heights in zip(self.columns, self.knots, self.heights, strict=True):
            if code not in at:
                msg = f"the model has a column {code} that no signal measures: it is of another version than the code"
                raise ModelError(msg)
            x = values[:, at[code]]
            beyond = np.maximum(x - knots[-1], 0)
            slope = (heights[-1] - heights[-2]) / (knots[-1] - knots[-2])
            out[:, at[code]] = np.interp(x, knots, heights) + beyond * slope
        return out

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Additive":
        """Read the form that `as_json` writes."""
        columns = content["columns"]
        return cls(
            float(content["base"]),
            tuple(columns),
            tuple(np.asarray(c["knots"], np.float64) for c in columns.values()),
            tuple(np.asarray(c["heights"], np.float64) for c in columns.values()),
        )

    def as_json(self) -> dict[str, Any]:
        """The readable form in the model file."""
        shapes = zip(self.columns, self.knots, self.heights, strict=True)
        return {"base": self.base, "columns": {c: {"knots": k.tolist(), "heights": h.tolist()} for c, k, h in shapes}}


@dataclass(frozen=True)
class Scores:
    """The models' answers for a batch: probabilities, float64 [documents], and contributions to the verdict's
    log-odds.
    """

    probabilities: Mapping[str, Floats]
    contributions: Floats
    base: float


def _sigmoid(x: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(0.5 * x))


@dataclass(frozen=True)
class Model:
    """The additive models of one profile ("fast" or "deep": which signals were measured) and how to name them."""

    name: str
    additive: Mapping[str, Mapping[str, Additive]]
    policy: Mapping[str, Any]

    def score(
        self,
        values: Floats,
        codes: Sequence[str],
        profile: str,
        ignore: frozenset[str] = frozenset(),
        excused: NDArray[np.bool_] | None = None,
    ) -> Scores:
        """Score a batch of rows, float64 [documents, signals], whose columns are `codes`; ignored ones weigh
        nothing, nor do those in which a document is excused, bool [documents, signals].
        """
        probabilities: dict[str, Floats] = {}
        contributions, base = np.zeros(values.shape), 0.0
        kept = np.asarray([code not in ignore for code in codes], bool)
        if excused is not None:
            kept = kept & ~excused
        for name in _MODELS:
            additive = self.additive[profile][name]
            added = additive.contributions(values, codes) * kept
            # Column by column, so that the sum does not depend on how many rows there are.
            logit = np.full(len(values), additive.base)
            for column in added.T:
                logit = logit + column
            probabilities[name] = _sigmoid(logit)
            if name == "verdict":
                contributions, base = added, additive.base
        return Scores(probabilities, contributions, base)


@functools.cache
def load_model(folder: Path | None = None) -> Model:
    """The bundled model, or the one in a folder; ModelError if it was altered or is of another version."""
    folder = folder or find_folder("verdict")
    manifest = check_folder(folder, FORMAT, VERSION)
    try:
        content = json.loads((folder / "model.json").read_text("utf-8"))
        additive = {
            profile: {name: Additive.from_json(models[name]) for name in _MODELS}
            for profile, models in content["profiles"].items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{folder / 'model.json'}: cannot be read ({error})"
        raise ModelError(msg) from error
    digest = manifest["files"]["model.json"]["sha256"][:12]
    return Model(f"{manifest['name']}@{digest}", additive, content["policy"])
