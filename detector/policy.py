"""An `Assessment` and a `Policy` become a `Verdict`. Knows no signals, only what they declare."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from detector.errors import ConfigurationError
from detector.registry import Signal
from detector.scorer import Assessment

__all__ = ["Action", "Lines", "Policy", "Reason", "Verdict", "decide"]

Action = Literal["keep", "review", "drop", "abstain"]

# A signal is named as a reason for a verdict when it adds at least this to the log-odds (times 1.65 to the odds).
REASON_AT = 0.5
# On a kept document only what was found in the text and is acted on is named: furniture (it is stripped), and typos
# from two on; a stray mark is no crime. What the markup or the site says is named too: it is the page's own word.
KEPT_TYPOS = 2


@dataclass(frozen=True)
class Reason:
    """Why: a signal that speaks against the document, in words."""

    code: str
    name: str
    axis: str | None
    message: str
    value: float
    contribution: float


@dataclass(frozen=True)
class Verdict:
    """The decision on one document. `ran`: which of fast, deep, languagetool looked at it."""

    action: Action
    reasons: tuple[Reason, ...]
    assessment: Assessment
    ran: tuple[str, ...]


@dataclass(frozen=True)
class Lines:
    """Where a profile's lines are drawn: probabilities, the action holds strictly above."""

    garble_review_above: float
    garble_drop_above: float
    typos_review_above: float
    typos_drop_above: float
    boilerplate_review_above: float
    boilerplate_drop_above: float


@dataclass(frozen=True)
class Policy:
    """Lines for each profile ("fast", "deep"): what ran decides which scores a document has."""

    lines: Mapping[str, Lines]

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Policy":
        """`{"fast": {"garble_review_above": ..., ...}, "deep": {...}}`; ConfigurationError if something is amiss."""
        try:
            lines = {profile: Lines(**{k: float(v) for k, v in values.items()}) for profile, values in content.items()}
        except (TypeError, ValueError, AttributeError) as error:
            wanted = ", ".join(f.name for f in fields(Lines))
            msg = f"a policy needs, for each of fast and deep, the numbers {wanted} ({error})"
            raise ConfigurationError(msg) from error
        missing = {"fast", "deep"} - set(lines)
        if missing:
            msg = f"the policy has no lines for {', '.join(sorted(missing))}"
            raise ConfigurationError(msg)
        return cls(lines)

    @classmethod
    def from_file(cls, path: Path, default: "Policy") -> "Policy":
        """A JSON file that overrides some lines of the default policy."""
        try:
            content = json.loads(path.read_text("utf-8"))
            changed = {p: replace(default.lines[p], **values) for p, values in content.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            msg = f"{path}: not a policy ({error})"
            raise ConfigurationError(msg) from error
        return cls({**default.lines, **changed})


def _axis_actions(assessment: Assessment, lines: Lines) -> dict[str, Action]:
    return {
        "garble": _action(assessment.garble, lines.garble_review_above, lines.garble_drop_above),
        "typos": _action(assessment.typos, lines.typos_review_above, lines.typos_drop_above),
        "boilerplate": _action(assessment.boilerplate, lines.boilerplate_review_above, lines.boilerplate_drop_above),
    }


def _action(p: float, review_above: float, drop_above: float) -> Action:
    return "drop" if p > drop_above else "review" if p > review_above else "keep"


def _reason(declared: Signal, value: float, contribution: float) -> Reason:
    return Reason(declared.code, declared.name, declared.axis, declared.message, value, contribution)


def decide(
    assessment: Assessment, policy: Policy, signals: Sequence[Signal], ran: tuple[str, ...], ignore: frozenset[str]
) -> Verdict:
    """The verdict on one document.

    `signals` are those that were measured, in the order of `assessment.measurements`.
    """
    profile = "deep" if "deep" in ran else "fast"
    actions = _axis_actions(assessment, policy.lines[profile])
    abstain: list[Reason] = []
    against: list[Reason] = []
    for declared, measurement in zip(signals, assessment.measurements, strict=True):
        if not measurement.value > 0 or declared.code in ignore:
            continue
        if declared.abstain_at is not None:
            if measurement.value >= declared.abstain_at:
                contribution = assessment.contributions.get(declared.code, 0.0)
                abstain.append(_reason(declared, measurement.value, contribution))
            continue
        if declared.axis is None:
            continue
        contribution = assessment.contributions.get(declared.code, 0.0)
        guilty = actions[declared.axis] != "keep" and (contribution >= REASON_AT or bool(measurement.evidence))
        furniture = declared.axis == "boilerplate" and bool(measurement.evidence)
        typos = declared.axis == "typos" and len(measurement.evidence) >= KEPT_TYPOS
        if guilty or furniture or typos or declared.beyond is not None:
            against.append(_reason(declared, measurement.value, contribution))
    against.sort(key=lambda r: (actions[r.axis or "garble"] == "keep", -r.contribution, r.code))
    if abstain:
        return Verdict("abstain", (*abstain, *against), assessment, ran)
    worst: Action = "keep"
    for action in ("review", "drop"):
        if action in actions.values():
            worst = action
    return Verdict(worst, tuple(against), assessment, ran)
