"""An `Assessment` and a `Policy` become a `Verdict`. Knows no signals, only what they declare."""

from dataclasses import dataclass
from typing import Literal

from detector.scorer import Assessment

__all__ = ["Reason", "Verdict"]

Action = Literal["keep", "review", "drop", "abstain"]


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
