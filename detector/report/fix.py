"""The sure typos of a text, corrected: as a new text, and as a diff. Pure: who writes the file is the command."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from detector.policy import Verdict

__all__ = ["SURE", "Correction", "apply", "corrections", "diff"]

# From this confidence on a correction is made without asking. On dev/ 92 % of the first suggestions are then right for
# the misspellings of editors' lists (see the model card); the rest is what a diff is read for.
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Correction:
    """What stands at [start, end) in code points, and what belongs there."""

    start: int
    end: int
    right: str
    code: str
    confidence: float


def corrections(verdict: Verdict, sure: float = SURE) -> tuple[Correction, ...]:
    """The corrections that a verdict's evidence on spelling is sure of, in order; two never overlap."""
    found = sorted(
        (
            Correction(
                span.start, span.end, str(span.detail["suggestions"][0]), m.code, float(span.detail["confidence"])
            )
            for m in verdict.assessment.measurements
            for span in m.evidence
            if m.code.startswith("WD") and span.detail.get("suggestions") and span.detail.get("confidence", 0) >= sure
        ),
        key=lambda c: (c.start, -c.confidence, c.code),
    )
    kept: list[Correction] = []
    for correction in found:
        if not kept or correction.start >= kept[-1].end:
            kept.append(correction)
    return tuple(kept)


def apply(text: str, made: Sequence[Correction]) -> str:
    """The text with corrections made; everything else stays as it is, to the last blank."""
    parts, last = [], 0
    for correction in made:
        parts += [text[last : correction.start], correction.right]
        last = correction.end
    return "".join([*parts, text[last:]])


def diff(text: str, fixed: str, name: str) -> str:
    """A unified diff that `patch` understands, empty if nothing changed. Lines end at line feeds and nowhere else."""
    if text == fixed:
        return ""
    old, new = _lines(text), _lines(fixed)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", n=1)
    )


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]
