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


def _svg(width: float, height: float, draw: Callable[[Axes], None]) -> str:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure.add_subplot())
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    whole = out.getvalue()
    return whole[whole.index("<svg") :]


def _machine(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [t for t in content["tiers"] if t["role"] == "machine" and t["n"] >= SMALL]


def _roc(content: Mapping[str, Any]) -> str:
    tiers = _machine(content)

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
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:g} %"))
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.set(xlabel="native news above the line", ylabel="found", ylim=(-0.02, 1.02))
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)

    return _svg(8.6, 4.4, draw)


def _recall(content: Mapping[str, Any]) -> str:
    tiers = _machine(content)[::-1]
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
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)

    return _svg(8.6, 1.2 + 0.32 * max(3, len(tiers)), draw)


def _bars(axes: Axes, figures: Sequence[Mapping[str, Any]], label: str) -> None:
    shares = [f["share"] for f in figures]
    low = [max(0.0, f["share"] - f["low"]) for f in figures]
    high = [max(0.0, f["high"] - f["share"]) for f in figures]
    axes.errorbar(
        shares, range(len(shares)), xerr=[low, high], fmt="o", color=_COLOURS[0], capsize=3, label=label, zorder=3
    )


def _alarms(content: Mapping[str, Any]) -> str:
    tiers = [t for t in content["tiers"] if t["role"] not in ("machine", "other") and t["n"] >= SMALL][::-1]

    def draw(axes: Axes) -> None:
        _bars(axes, [t["detector"]["flagged"] for t in tiers], "detector")
        axes.axvline(0.01, color="#999999", lw=1, ls="--")
        axes.axvline(0.03, color="#999999", lw=1, ls="--")
        axes.set_yticks(range(len(tiers)), [f"{t['tier']} ({t['n']})" for t in tiers])
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        top = max((t["detector"]["flagged"]["high"] for t in tiers), default=0.05)
        axes.set(
            xlabel="flagged at the honest line, with 95 % interval (dashed: 1 % and 3 %)",
            xlim=(-0.002, max(0.05, top * 1.05)),
        )
        axes.set_ylim(-0.6, len(tiers) - 0.4)
        axes.grid(visible=False, axis="y")

    return _svg(8.6, 1.2 + 0.28 * max(3, len(tiers)), draw)


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

    return _svg(5.6, 4.6, draw)


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
        axes.plot([x for x, _ in areas], [y for _, y in areas], ".:", color="#000000", label="AUC v translations")
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(at))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.set(xlabel="words", ylim=(-0.02, 1.02))
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)

    return _svg(8.6, 3.8, draw)


def plots(content: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Title, one sentence and SVG of each picture that the figures fill."""
    out = []
    if _machine(content):
        out.append(
            (
                "Found, by tier",
                "Above the honest line; open marks are the others, each at a line of its own.",
                _recall(content),
            )
        )
        out.append(
            (
                "ROC at few false alarms",
                "How much of each tier is above the line that a share of native news passes.",
                _roc(content),
            )
        )
    if any(t["role"] not in ("machine", "other") and t["n"] >= SMALL for t in content["tiers"]):
        out.append(("False alarms, by kind of text", "Human text above the honest line.", _alarms(content)))
    if content["cut"]:
        out.append(("Short texts", "The same documents cut to their first 50, 100, ... words.", _length(content)))
    if any(content["calibration"].values()):
        out.append(
            (
                "Reliability",
                "Under the published mix; intervals with the effective number of documents.",
                _reliability(content),
            )
        )
    return out
