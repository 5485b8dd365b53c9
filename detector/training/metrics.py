"""The tables of the README from what the outside referee graded: `models/verdict/metrics.json`.

`python -m detector.training.metrics --deep grade.deep.json --base grade.base.json --out models/verdict/metrics.json`,
where the two files are what the referee writes for `detector score --deep always` and `--deep never` on test/. What the
referee does not grade (short texts, calibration, people's judgement) comes from `detector evaluate --deep always` on
the same documents: `--evaluation evaluation.json`, which may be repeated.
"""

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["main", "tables"]

Grade = Mapping[str, Any]

# The tables of `detector evaluate` that are taken, by how their titles begin.
_TAKEN = ("Short texts", "Calibration", "Rank correlation")

_Z = 1.96  # 95 %


def _share(value: float | None, n: int | None = None) -> str:
    if value is None or math.isnan(value):
        return ""
    error = f" ± {100 * _Z * math.sqrt(value * (1 - value) / n):.0f}" if n else ""
    return f"{100 * value:.1f}{error} %"


def _auc(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.3f}"


def wilson(k: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    p, z = k / n, _Z
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def tables(deep: Grade, base: Grade) -> list[dict[str, Any]]:
    """Garble by tier, false alarms by kind, splices, typos and boilerplate; the base install beside the deep one."""
    tiers = sorted(t for t, g in deep.items() if isinstance(g, Mapping) and "flagged" in g and t.startswith("mt."))
    garble = {
        "title": "Garble found on test (unseen years, engines, sites and languages)",
        "header": ["tier", "n", "deep: flagged", "deep: AUC v human", "base: flagged", "base: AUC v human"],
        "rows": [
            [
                t,
                deep[t]["n"],
                _share(deep[t]["flagged"], deep[t]["n"]),
                _auc(deep[t].get("auc_ref")),
                _share(base[t]["flagged"]),
                _auc(base[t].get("auc_ref")),
            ]
            for t in tiers
        ],
        "note": "Flagged: above the score that 1 % of native news and 3 % of human translations and English sources "
        "pass. AUC: against human text of the same kind. ±: 95 %.",
    }
    kinds = sorted(
        t
        for t, g in deep.items()
        if isinstance(g, Mapping) and "flagged" in g and not t.startswith("mt.") and g["n"] >= 20
    )
    pooled = [
        [name, "", _share(deep[key]), "", _share(base[key])]
        for name, key in (
            ("human translations", "fpr.ref."),
            ("genres together", "fpr.genre."),
            ("learners", "fpr.learner."),
        )
    ]
    rows = []
    for t in kinds:
        low, high = wilson(deep[t]["flagged"] * deep[t]["n"], deep[t]["n"])
        rows.append(
            [
                t,
                deep[t]["n"],
                _share(deep[t]["flagged"]),
                f"{100 * low:.1f} to {100 * high:.1f} %",
                _share(base[t]["flagged"]),
            ]
        )
    alarms = {
        "title": "False alarms at the same line",
        "header": ["human text", "n", "deep", "95 % (Wilson)", "base"],
        "rows": [*pooled, *rows],
    }
    splices = {
        "title": "Two to four sentences spliced into a clean article",
        "header": [
            "spliced",
            "deep: P / R / F1 of lines",
            "deep: false lines",
            "base: P / R / F1",
            "base: false lines",
        ],
        "rows": [
            [
                kind.removeprefix("splice."),
                " / ".join(f"{x:.2f}" for x in deep[kind]["prf"]) if kind == "splice.garbled" else "",
                _share(deep[kind]["false_line_share"]),
                " / ".join(f"{x:.2f}" for x in base[kind]["prf"]) if kind == "splice.garbled" else "",
                _share(base[kind]["false_line_share"]),
            ]
            for kind in ("splice.garbled", "splice.human_translation", "splice.native")
            if kind in deep and kind in base
        ],
    }
    typos = deep["typos"]
    spelling = {
        "title": "Typos planted into clean news",
        "header": ["precision", "recall", "names found", "marks in 1,000 clean words", "AUC at 1 %", "AUC at 3 %"],
        "rows": [
            [
                f"{typos['prf'][0]:.3f}",
                f"{typos['prf'][1]:.3f}",
                _share(typos["names"]),
                f"{typos['clean_per_1000_words']:.2f}",
                f"{typos['auc1']:.4f}",
                f"{typos['auc3']:.4f}",
            ]
        ],
    }
    pages = sorted(t for t, g in deep.items() if isinstance(g, Mapping) and "content_lost" in g)
    furniture = {
        "title": "Boilerplate lines of pages as plain text, by characters",
        "header": ["source", "precision", "recall", "F1", "content lost"],
        "rows": [
            [t.removeprefix("boilerplate."), *(f"{x:.3f}" for x in deep[t]["chars"]), _share(deep[t]["content_lost"])]
            for t in pages
        ],
    }
    return [garble, alarms, splices, spelling, furniture]


def taken(evaluations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of what `detector evaluate` found, the tables that the referee has not; of each the first that has rows."""
    found = [table for evaluation in evaluations for table in evaluation["tables"]]
    kinds = ([t for t in found if t["title"].startswith(title) and t["rows"]] for title in _TAKEN)
    return [same[0] for same in kinds if same]


def main() -> int:
    """Read two grades, write the tables."""
    parser = argparse.ArgumentParser(prog="python -m detector.training.metrics", description=__doc__)
    parser.add_argument("--deep", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--evaluation", type=Path, action="append", default=[], help="what `detector evaluate` wrote")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    made = tables(*(json.loads(p.read_text("utf-8")) for p in (options.deep, options.base)))
    made += taken([json.loads(p.read_text("utf-8")) for p in options.evaluation])
    options.out.write_text(json.dumps({"tables": made}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
