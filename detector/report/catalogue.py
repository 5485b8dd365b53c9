"""What is declared of signals, for people: a table of all, the explanation of one, Markdown for the README."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from detector.registry import Signal
from detector.report.terminal import printable
from detector.report.wire import to_json
from detector.scorer import Model

__all__ = ["as_json", "explanation", "markdown", "table", "weights"]


def _facts(declared: Signal) -> dict[str, Any]:
    names = (
        "code",
        "name",
        "axis",
        "unit",
        "aggregate",
        "cost",
        "needs",
        "abstain_at",
        "message",
        "doc",
        "flagged",
        "clean",
    )
    return {name: getattr(declared, name) for name in names}


def as_json(signals: Sequence[Signal]) -> str:
    """The declarations as a JSON array."""
    return to_json([_facts(s) for s in signals]).decode()


def table(signals: Sequence[Signal]) -> Table:
    """All signals, a row each."""
    out = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("code", "name", "axis", "unit", "cost"):
        out.add_column(title, no_wrap=True)
    out.add_column("marks")
    for s in signals:
        needs = f" (needs the extra {s.needs})" if s.needs else f" (seen in the {s.beyond})" if s.beyond else ""
        out.add_row(Text(s.code, "bold"), s.name, s.axis or "-", s.unit, s.cost, Text(s.message + needs))
    return out


def weights(declared: Signal, model: Model) -> list[str]:
    """What values of the measurement add to the log-odds of `p_low_quality`, a line a profile; [] if nothing."""
    out = []
    for profile, models in model.additive.items():
        verdict = models["verdict"]
        if declared.code in verdict.columns:
            at = verdict.columns.index(declared.code)
            steps = zip(verdict.knots[at].tolist(), verdict.heights[at].tolist(), strict=True)
            out.append(f"{profile}: " + ", ".join(f"{knot:.3g} adds {height:.2f}" for knot, height in steps))
    return out


def explanation(declared: Signal, model: Model | None = None) -> RenderableType:
    """A signal's declaration, its documentation, its samples, and what it weighs in a model."""
    axis = declared.axis or "none (informs the model only)"
    facts = f"axis {axis} · unit {declared.unit} · aggregate {declared.aggregate}"
    facts += f" · cost {declared.cost}" + (f" · needs detector[{declared.needs}]" if declared.needs else "")
    if declared.beyond is not None:
        facts += f" · seen in the {declared.beyond}, not in the text"
    if declared.abstain_at is not None:
        facts += f" · no verdict from {declared.abstain_at:g}"
    parts: list[RenderableType] = [
        Text.assemble((declared.code, "bold"), " ", (declared.name, "bold cyan")),
        Text(facts, "dim"),
        "",
        Text(declared.message[:1].upper() + declared.message[1:] + "."),
        "",
        Text(printable(declared.doc)),
    ]
    if model is not None and declared.abstain_at is None:
        lines = weights(declared, model) or ["nothing: the model does not know it, or has no use for it"]
        parts += ["", Text("Weighs (value, log-odds)", "bold"), *(Padding(Text(x), (0, 0, 0, 2)) for x in lines)]
    for title, samples, style in (("Marks", declared.flagged, "red"), ("Leaves alone", declared.clean, "green")):
        parts += ["", Text(title, f"bold {style}")]
        parts += [Padding(Text(printable(sample)), (0, 0, 0, 2), expand=False) for sample in samples]
    return Group(*parts)


def markdown(signals: Sequence[Signal]) -> str:
    """The README's table of signals."""
    rows = ["| code | name | axis | unit | marks |", "|---|---|---|---|---|"]
    rows += [
        f"| {s.code} | {s.name} | {s.axis or '-'} | {s.unit} | {s.message.replace('|', chr(92) + '|')} |"
        for s in signals
    ]
    return "\n".join(rows) + "\n"
