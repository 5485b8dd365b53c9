"""The figures as tables: `{"title", "header", "rows", "note"}`, and those as Markdown. A function of the JSON alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from detector.training.evaluation.results import SMALL

__all__ = ["markdown", "tables"]

Table = dict[str, Any]

NOTHING = "–"


def _share(value: float | None) -> str:
    """A share in per cent: one decimal below ten."""
    if value is None:
        return NOTHING
    return f"{value:.1%}" if value < 0.1 else f"{value:.0%}"


def _area(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}"


def _flagged(figure: Mapping[str, Any] | None) -> str:
    """A share with its interval."""
    if not figure or figure["share"] is None:
        return NOTHING
    return f"{_share(figure['share'])} ({_share(figure['low'])} to {_share(figure['high'])})"


def _others(content: Mapping[str, Any]) -> list[str]:
    return [s for s in content["scorers"] if s != "detector"]


def _beside(row: Mapping[str, Any], scorers: Sequence[str]) -> list[str]:
    """What the others do: flagged at their own honest line, and their area."""
    return [f"{_share(row[s]['flagged']['share'])} / {_area(row[s].get('auc_human'))}" for s in scorers]


def _machine(content: Mapping[str, Any]) -> Table:
    others = _others(content)
    header = ["tier", "n", "flagged (95 %)", "AUC v human", "AUC v news", "at 0.1 %", "at 0.5 %", "at 1 %", *others]
    rows = [
        [
            t["tier"],
            t["n"],
            _flagged(t["detector"]["flagged"]),
            _area(t["detector"]["auc_human"]),
            _area(t["detector"]["auc_news"]),
            *(_share(x) for x in t["detector"]["recall"].values()),
            *_beside(t, others),
        ]
        for t in content["tiers"]
        if t["role"] == "machine" and t["n"] >= SMALL
    ]
    note = (
        "Flagged: above the honest line, which at most 1 % of native news and at most 3 % of human translations and "
        "English sources pass; at 0.1, 0.5 and 1 %: above the line that so many of native news alone pass. AUC v "
        "human: against human text of the same kind; v news: against native news."
    )
    return {
        "title": "Machine translation, by tier",
        "header": header,
        "rows": rows,
        "note": note
        + (" The others: flagged at a line of their own, drawn the same way / AUC v human." if others else ""),
    }


def _human(content: Mapping[str, Any]) -> Table:
    others = _others(content)
    pooled = [
        [
            f"**{name}**",
            v["detector"]["n"],
            _flagged(v["detector"]),
            _share(v["detector"]["share_at_news_line"]),
            *(f"{_share(v[s]['share'])} / {_share(v[s]['share_at_news_line'])}" for s in others),
        ]
        for name, v in content["false_alarms"].items()
    ]
    rows = [
        [
            t["tier"],
            t["n"],
            _flagged(t["detector"]["flagged"]),
            _share(t["detector"]["recall"]["1.0%"]),
            *(f"{_share(t[s]['flagged']['share'])} / {_share(t[s]['recall']['1.0%'])}" for s in others),
        ]
        for t in content["tiers"]
        if t["role"] not in ("machine", "other") and t["n"] >= SMALL
    ]
    return {
        "title": "False alarms: human text flagged at the honest line",
        "header": ["text", "n", "flagged (95 %)", "at 1 % of news alone", *others],
        "rows": [*pooled, *rows],
        "note": f"Kinds with fewer than {SMALL} documents count in the sums and are not shown."
        + (" The others: at a line of their own, drawn the same way / at 1 % of news alone." if others else ""),
    }


def _groups(content: Mapping[str, Any]) -> Iterator[Table]:
    others = _others(content)
    for fact, said in (
        ("engine", "engine"),
        ("pair", "language pair"),
        ("year", "year"),
        ("genre", "genre"),
        ("length", "length"),
    ):
        if content["by"][fact]:
            yield {
                "title": f"Machine translation, by {said}",
                "header": [said, "n", "flagged (95 %)", "AUC v human", "AUC, same articles", *others],
                "rows": [
                    [
                        row["name"],
                        row["n"],
                        _flagged(row["detector"]["flagged"]),
                        _area(row["detector"]["auc_human"]),
                        _area(row["detector"].get("auc_same_groups")),
                        *_beside(row, others),
                    ]
                    for row in content["by"][fact]
                ],
                "note": "",
            }


def _lengths(content: Mapping[str, Any]) -> Iterator[Table]:
    if content["cut"]:
        yield {
            "title": "Short texts: the same documents, cut to their first words",
            "header": [
                "words",
                "garbled",
                "human",
                "AUC v translations",
                "AUC v news",
                "flagged",
                "false alarms",
                "flagged at a line of its own",
            ],
            "rows": [
                [
                    r["words"],
                    r["garbled"],
                    r["human"],
                    _area(r["auc_human"]),
                    _area(r["auc_news"]),
                    _flagged(r["flagged"]),
                    _flagged(r["false_alarms"]),
                    _flagged(r["flagged_own_line"]),
                ]
                for r in content["cut"]
            ],
            "note": "Garbled: tiers that are garble as a rule. Each length has what is as long. A line of its "
            "own: the honest line, drawn on texts of the same length.",
        }


def _places(content: Mapping[str, Any]) -> Iterator[Table]:
    found = content["localisation"]
    rows = []
    for what in ("lines", "sentences", "words", "typos", "furniture characters"):
        for tier, f in found.get(what, {}).items():
            wrong = _share(f.get("wrong_share")) if f.get("wrong_share") is not None else NOTHING
            rows.append(
                [
                    what,
                    tier,
                    f"{f['n']:.0f}",
                    *(f"{f[k]:.3f}" if f["n"] else NOTHING for k in ("precision", "recall", "f1")),
                    wrong,
                ]
            )
    if rows:
        clean = found.get("clean", {}).get("typos.0")
        yield {
            "title": "Places: what was marked, against what is wrong",
            "header": ["unit", "tier", "gold", "precision", "recall", "F1", "of all units marked wrongly"],
            "rows": rows,
            "note": f"In clean text {clean['marks_per_1000_words']:.2f} words in 1,000 are marked as misspelt."
            if clean
            else "",
        }


def _calibration(content: Mapping[str, Any]) -> Iterator[Table]:
    rows = [[name, f"{c['ece']:.3f}", f"{c['brier']:.4f}", c["n"]] for name, c in content["calibration"].items() if c]
    if rows:
        yield {
            "title": "Calibration of the garble score under the published mix",
            "header": ["", "expected calibration error", "Brier score", "n"],
            "rows": rows,
            "note": "",
        }


def _ratings(content: Mapping[str, Any]) -> Iterator[Table]:
    if content["ratings"]:
        scorers = content["scorers"]
        yield {
            "title": "Rank correlation (Spearman) with people's judgement",
            "header": ["judgement", "of a", "year", "n", *scorers],
            "rows": [
                [
                    r["rating"],
                    r["unit"],
                    r["year"],
                    r["n"],
                    *(NOTHING if r[s] is None else f"{r[s]:.2f}" for s in scorers),
                ]
                for r in content["ratings"]
            ],
            "note": "Positive: what people found worse scores higher. Documents: with five rated sentences or more.",
        }


def _seeds(content: Mapping[str, Any]) -> Iterator[Table]:
    if content["seeds"]:
        axes = ("garble", "typos", "boilerplate")
        yield {
            "title": "Seeds",
            "header": ["seed", "words", *axes],
            "rows": [
                [s["name"], s["words"], *(NOTHING if s[a] is None else f"{s[a]:.4f}" for a in axes)]
                for s in content["seeds"]
            ],
            "note": "",
        }


def tables(content: Mapping[str, Any]) -> list[Table]:
    """All tables that the figures fill."""
    out = [_machine(content), _human(content)]
    for part in (_lengths, _calibration, _ratings, _places, _groups, _seeds):
        out += part(content)
    return [t for t in out if t["rows"]]


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|")


def markdown(content: Mapping[str, Any]) -> str:
    """The tables as Markdown."""
    out = []
    for table in tables(content):
        header = table["header"]
        out += [f"**{table['title']}**", "", f"| {' | '.join(map(_cell, header))} |", "|" + "---|" * len(header)]
        out += [f"| {' | '.join(map(_cell, row))} |" for row in table["rows"]]
        out += ["", table["note"]] if table["note"] else []
        out.append("")
    return "\n".join(out)
