"""The tables of the README from what the outside referee graded: `models/verdict/metrics.json`.

`python -m detector.training.metrics --deep grade.always.json --default grade.auto.json --base grade.never.json --out
models/verdict/metrics.json`, where the three files are what the referee writes for `detector score --deep always`,
`auto` and `never` on test/. What the referee does not grade (short texts, calibration, people's judgement) comes from
`detector evaluate --deep always` on the same documents: `--evaluation evaluation.json`, which may be repeated.
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

_PROFILES = ("deep", "default", "base")

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


def _between(grade: Grade) -> str:
    low, high = wilson(grade["flagged"] * grade["n"], grade["n"])
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def tables(grades: Mapping[str, Grade]) -> list[dict[str, Any]]:
    """Garble by tier, false alarms by kind, splices, typos and boilerplate; the profiles of `grades` side by side.

    The first profile is the one whose errors are given, and whose typos and boilerplate.
    """
    first = next(iter(grades.values()))
    graded = [t for t, g in first.items() if isinstance(g, Mapping) and "flagged" in g]
    tiers = sorted(t for t in graded if t.startswith("mt."))
    garble = {
        "title": "Garble found on test (unseen years, engines, sites and languages)",
        "header": ["tier", "n", *(f"{name}: {what}" for name in grades for what in ("flagged", "AUC v human"))],
        "rows": [
            [
                t,
                first[t]["n"],
                *(
                    cell
                    for grade in grades.values()
                    for cell in (
                        _share(grade[t]["flagged"], first[t]["n"] if grade is first else None),
                        _auc(grade[t].get("auc_ref")),
                    )
                ),
            ]
            for t in tiers
        ],
        "note": "Deep: `--deep always`. Default: `--deep auto`. Base: without the extra, or `--deep never`. Flagged: "
        "above the score that 1 % of native news and 3 % of human translations and English sources pass. AUC: against "
        "human text of the same kind. ±: 95 %.",
    }
    kinds = sorted(t for t in graded if not t.startswith("mt.") and first[t]["n"] >= 20)
    pooled = {"human translations": "fpr.ref.", "genres together": "fpr.genre.", "learners": "fpr.learner."}
    alarms = {
        "title": "False alarms at the same line",
        "header": ["human text", "n", *grades, f"95 % (Wilson), {next(iter(grades))}"],
        "rows": [
            *([name, "", *(_share(g[key]) for g in grades.values()), ""] for name, key in pooled.items()),
            *(
                [t, first[t]["n"], *(_share(g[t]["flagged"]) for g in grades.values()), _between(first[t])]
                for t in kinds
            ),
        ],
    }
    splices = {
        "title": "Two to four sentences spliced into a clean article",
        "header": ["spliced", *(f"{name}: {what}" for name in grades for what in ("P / R / F1", "false lines"))],
        "rows": [
            [
                kind.removeprefix("splice."),
                *(
                    cell
                    for grade in grades.values()
                    for cell in (
                        " / ".join(f"{x:.2f}" for x in grade[kind]["prf"]) if kind == "splice.garbled" else "",
                        _share(grade[kind]["false_line_share"]),
                    )
                ),
            ]
            for kind in ("splice.garbled", "splice.human_translation", "splice.native")
            if all(kind in grade for grade in grades.values())
        ],
    }
    typos = first["typos"]
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
    pages = sorted(t for t, g in first.items() if isinstance(g, Mapping) and "content_lost" in g)
    furniture = {
        "title": "Boilerplate lines of pages as plain text, by characters",
        "header": ["source", "precision", "recall", "F1", "content lost"],
        "rows": [
            [t.removeprefix("boilerplate."), *(f"{x:.3f}" for x in first[t]["chars"]), _share(first[t]["content_lost"])]
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
    """Read three grades, write the tables."""
    parser = argparse.ArgumentParser(prog="python -m detector.training.metrics", description=__doc__)
    for profile in _PROFILES:
        parser.add_argument(f"--{profile}", type=Path, required=True, help="what the referee wrote")
    parser.add_argument("--evaluation", type=Path, action="append", default=[], help="what `detector evaluate` wrote")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    made = tables({p: json.loads(getattr(options, p).read_text("utf-8")) for p in _PROFILES})
    made += taken([json.loads(p.read_text("utf-8")) for p in options.evaluation])
    options.out.write_text(json.dumps({"tables": made}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
