"""The figures as pictures: SVG to put into a page. A function of the JSON alone, the same bytes every time."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator, PercentFormatter

from detector.training.evaluation.results import SMALL

__all__ = ["plots"]

# Okabe & Ito (2008): colours that the colour-blind can tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
_STYLE: Any = {
    "svg.hashsalt": "detector",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "axes.axisbelow": True,
    "legend.frameon": False,
}
_MARKS = "osD^v<>P"
_STYLES = ("-", "--", ":")
_WIDTH = 7.0  # inches: shown a little smaller in two columns


def _svg(height: float, draw: Callable[[Axes], None], columns: int = 0) -> str:
    """A picture of the common width; with a legend below it if that shall have columns."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.add_subplot())
        if columns:
            figure.legend(loc="outside lower center", ncols=columns, fontsize=9, handlelength=1.6, columnspacing=1.2)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    whole = out.getvalue()
    return whole[whole.index("<svg") :]


def _tiers(content: Mapping[str, Any], *, machine: bool) -> list[dict[str, Any]]:
    """The tiers of machine translation, or of human text, that are large enough and have a line to be above."""
    return [
        t
        for t in content["tiers"]
        if t["role"] != "other" and (t["role"] == "machine") == machine and t["n"] >= SMALL
        if t["detector"]["flagged"]["share"] is not None
    ]


def _roc(content: Mapping[str, Any]) -> str:
    tiers = sorted(_tiers(content, machine=True), key=lambda t: -t["detector"]["recall"]["1.0%"])

    def draw(axes: Axes) -> None:
        for i, tier in enumerate(tiers):
            curve = tier["detector"]["curve"]
            axes.plot(
                [x for x, _ in curve],
                [y for _, y in curve],
                color=_COLOURS[i % len(_COLOURS)],
                ls=_STYLES[i // len(_COLOURS) % len(_STYLES)],
                marker=".",
                label=f"{tier['tier']} ({tier['n']})",
            )
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator([0.0005, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:g}%"))
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.set(xlabel="native news above the line", ylabel="found", ylim=(-0.02, 1.02))

    return _svg(5.2, draw, columns=3)


def _recall(content: Mapping[str, Any]) -> str:
    tiers = _tiers(content, machine=True)[::-1]
    scorers = content["scorers"]

    def draw(axes: Axes) -> None:
        for k, scorer in enumerate(scorers[1:], 1):
            axes.scatter(
                [t[scorer]["flagged"]["share"] for t in tiers],
                range(len(tiers)),
                marker=_MARKS[k % len(_MARKS)],
                s=28,
                facecolors="none",
                edgecolors=_COLOURS[k % len(_COLOURS)],
                label=scorer,
            )
        flagged = [t["detector"]["flagged"] for t in tiers]
        _bars(axes, flagged, "detector")
        axes.set_yticks(range(len(tiers)), [f"{t['tier']} ({t['n']})" for t in tiers])
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.set(
            xlabel="flagged at the honest line, with 95 % interval", xlim=(-0.02, 1.02), ylim=(-0.6, len(tiers) - 0.4)
        )
        axes.grid(visible=False, axis="y")

    return _svg(1.4 + 0.38 * max(3, len(tiers)), draw, columns=4)


def _bars(axes: Axes, figures: Sequence[Mapping[str, Any]], label: str) -> None:
    shares = [f["share"] for f in figures]
    low = [max(0.0, f["share"] - f["low"]) for f in figures]
    high = [max(0.0, f["high"] - f["share"]) for f in figures]
    axes.errorbar(
        shares, range(len(shares)), xerr=[low, high], fmt="o", color=_COLOURS[0], capsize=3, label=label, zorder=3
    )


def _alarms(content: Mapping[str, Any]) -> str:
    tiers = _tiers(content, machine=False)[::-1]

    def draw(axes: Axes) -> None:
        _bars(axes, [t["detector"]["flagged"] for t in tiers], "detector")
        axes.axvline(0.01, color="#999999", lw=1, ls="--")
        axes.axvline(0.03, color="#999999", lw=1, ls="--")
        axes.set_yticks(range(len(tiers)), [f"{t['tier']} ({t['n']})" for t in tiers])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:g}%"))
        top = max((t["detector"]["flagged"]["high"] for t in tiers), default=0.05)
        axes.set(
            xlabel="flagged at the honest line, with 95 % interval (dashed: 1 % and 3 %)",
            xlim=(-0.002, max(0.05, top * 1.05)),
        )
        axes.set_ylim(-0.6, len(tiers) - 0.4)
        axes.grid(visible=False, axis="y")

    return _svg(1.2 + 0.29 * max(3, len(tiers)), draw)


def _reliability(content: Mapping[str, Any]) -> str:
    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color="#999999", lw=1, ls="--", label="perfect")
        for i, (name, found) in enumerate((n, c) for n, c in content["calibration"].items() if c):
            bins = found["bins"]
            low = [max(0.0, b["observed"] - b["low"]) for b in bins]
            high = [max(0.0, b["high"] - b["observed"]) for b in bins]
            axes.errorbar(
                [b["predicted"] for b in bins],
                [b["observed"] for b in bins],
                yerr=[low, high],
                fmt=f"{_MARKS[i]}-",
                color=_COLOURS[i],
                capsize=3,
                ms=5,
                label=f"{name} (ECE {found['ece']:.3f})",
            )
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.set(
            xlabel="garble score (predicted)", ylabel="share that is garble", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02)
        )
        axes.legend(loc="upper left", fontsize=9)

    return _svg(4.8, draw)


def _length(content: Mapping[str, Any]) -> str:
    rows = content["cut"]

    def draw(axes: Axes) -> None:
        at = [r["words"] for r in rows]
        for i, (key, label) in enumerate(
            (
                ("flagged", "garble found"),
                ("flagged_own_line", "garble found, line drawn on short texts"),
                ("false_alarms", "false alarms, all human text"),
            )
        ):
            figures = [r[key] for r in rows]
            if any(f["share"] is None for f in figures):
                continue
            bounds = [
                [max(0.0, f["share"] - f["low"]) for f in figures],
                [max(0.0, f["high"] - f["share"]) for f in figures],
            ]
            axes.errorbar(
                at,
                [f["share"] for f in figures],
                yerr=bounds,
                fmt=f"{_MARKS[i]}-",
                color=_COLOURS[i],
                capsize=3,
                label=label,
            )
        areas = [(r["words"], r["auc_human"]) for r in rows if r["auc_human"] is not None]
        axes.plot(
            [x for x, _ in areas], [y for _, y in areas], ".:", color="#000000", label="AUC v translations (1 = 100%)"
        )
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(at))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.set(xlabel="words", ylim=(-0.02, 1.02))

    return _svg(4.8, draw, columns=2)


def plots(content: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Title, one sentence and SVG of each picture that the figures fill."""
    machine, human = _tiers(content, machine=True), _tiers(content, machine=False)
    possible: list[tuple[object, str, str, Callable[[Mapping[str, Any]], str]]] = [
        (machine, "Found, by tier", "Above the honest line; open marks: the others, each at its own.", _recall),
        (
            machine and machine[0]["detector"]["curve"],
            "ROC at few false alarms",
            "How much of each tier is above the line that a share of native news passes.",
            _roc,
        ),
        (human, "False alarms, by kind of text", "Human text above the honest line.", _alarms),
        (content["cut"], "Short texts", "The same documents cut to their first words.", _length),
        (
            any(content["calibration"].values()),
            "Reliability",
            "Under the published mix; intervals with the effective number of documents.",
            _reliability,
        ),
    ]
    return [(title, sentence, draw(content)) for there, title, sentence, draw in possible if there]
