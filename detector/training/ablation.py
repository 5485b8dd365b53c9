"""Which signals earn their place: how often each speaks on every tier of the dev set, how well it parts the classes.

    python -m detector.training.ablation DEV_FOLDER [CODE ...]

DEV_FOLDER holds `docs.jsonl` and `key.jsonl` as the referee lays them out. For each signal: the share of documents it
marks (value above 0, or above the 95th percentile of native news for a column that is seldom 0), by group of tiers; the
area under the ROC curve of its value, machine translation against native news and against human translations; and a
judgement:

- `garble`, `furniture`, `typos`: it pays there. Some tier of that class is marked at least 1.5 times as often as every
  clean group (and surely more often than native news, by the 95 % Wilson bounds), or the area against native news and
  against the tier's own reference is .53 or more (.47 or less: a column may speak for a text). .53 is three standard
  errors for 200 against 1,500 documents. A signal with an axis must pay on its own; what is laid out alike for all
  tiers (lines, symbols) may part furniture only.
- `silent`: marks next to nothing on dev; must be justified by real texts, as the family of encodings is.
- `drop`: neither.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.registry import Signal, all_signals
from detector.training.measuring import measure_texts

__all__ = ["area", "main", "values_of"]

Floats = NDArray[np.float64]
BATCH = 256

# Tiers of machine translation, each with the human tier of its kind (as the referee compares them).
REFERENCE = {
    "mt.apertium": "native.news",
    "mt.smt_2012": "ref.smt_2012",
    "mt.mafand_poor": "native.mafand_src",
    "mt.turkish_weak": "ref.web",
    "mt.web_poor": "ref.web",
    "mt.web_weak": "ref.web",
    "mt.nmt_2021_poor": "ref.nmt_2021",
    "mt.mafand_good": "native.mafand_src",
    "mt.nmt_2021": "ref.nmt_2021",
    "mt.web": "ref.web",
}
CLEAN = ("native.news", "native.mafand_src", "ref.", "genre.", "learner.")
DIRTY = ("typos.0.03", "boilerplate.")
PAYS_AREA = 0.03
PAYS_SHARE = 1.5
SILENT = 0.002  # of all documents


def area(clean: Floats, faulty: Floats) -> float:
    """The area under the ROC curve: how often a faulty document's value lies above a clean one's (ties count half)."""
    joined = np.concatenate([clean, faulty])
    _, place, count = np.unique(joined, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    n = len(faulty)
    return float((rank[len(clean) :].sum() - n * (n + 1) / 2) / max(1, n * len(clean)))


def values_of(texts: Sequence[str], signals: Sequence[Signal]) -> Floats:
    """Every signal's value on every text, float64 [texts, signals]."""
    return np.concatenate([measure_texts(texts[i : i + BATCH], signals) for i in range(0, len(texts), BATCH)])


def wilson(hits: float, n: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    z, n = 1.96, max(n, 1)
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * ((p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5) / (1 + z * z / n)
    return middle - half, middle + half


def _judge(
    declared: Signal, x: Floats, tier: NDArray[np.str_]
) -> tuple[str, dict[str, float], dict[str, tuple[float, float]]]:
    news = x[tier == "native.news"]
    line = 0.0 if (news > 0).mean() < 0.5 else float(np.quantile(news, 0.95))
    groups = {name: x[np.char.startswith(tier, name)] for name in (*CLEAN, *REFERENCE, *DIRTY)}
    shares = {name: float((v > line).mean()) if len(v) else 0.0 for name, v in groups.items()}
    own = {t: x[tier == r] for t, r in REFERENCE.items()}
    areas = {t: (area(news, groups[t]), area(own[t], groups[t])) for t in REFERENCE if len(groups[t])}
    areas["boilerplate."] = (area(news, groups["boilerplate."]),) * 2
    areas["typos.0.03"] = (area(x[tier == "typos.0"], groups["typos.0.03"]),) * 2
    ceiling = max(shares[c] for c in CLEAN)
    high = wilson(float((news > line).sum()), len(news))[1]
    judged = []
    for name, tiers in (("garble", tuple(REFERENCE)), ("furniture", ("boilerplate.",)), ("typos", ("typos.0.03",))):
        often = any(
            shares[t] > PAYS_SHARE * ceiling and wilson(float((groups[t] > line).sum()), len(groups[t]))[0] > high
            for t in tiers
        )
        apart = max(
            min(a - 0.5, b - 0.5) if a > 0.5 else min(0.5 - a, 0.5 - b)
            for a, b in (areas[t] for t in tiers if t in areas)
        )
        if (often or apart >= PAYS_AREA) and declared.axis in (None, {"furniture": "boilerplate"}.get(name, name)):
            judged.append(name)
    if not judged:
        judged = ["silent" if (x > line).mean() < SILENT else "drop"]
    verdict = "+".join(judged)
    return verdict, shares, areas


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("codes", nargs="*", help="codes or their beginnings; default: all fast signals")
    options = parser.parse_args(arguments)
    texts = [
        json.loads(line)["text"] for line in (options.folder / "docs.jsonl").read_text("utf-8").split("\n") if line
    ]
    tier = np.array(
        [json.loads(line)["tier"] for line in (options.folder / "key.jsonl").read_text("utf-8").split("\n") if line]
    )
    wanted = tuple(options.codes)
    signals = [
        s for s in all_signals() if s.cost == "fast" and s.needs is None and (not wanted or s.code.startswith(wanted))
    ]
    values = values_of(texts, signals)
    short = [t.removeprefix("native.").removeprefix("mt.")[:9] for t in (*CLEAN, *REFERENCE, *DIRTY)]
    print("marked, %".ljust(44) + " ".join(f"{s:>9}" for s in short))
    for i, declared in enumerate(signals):
        verdict, shares, areas = _judge(declared, values[:, i], tier)
        print(
            f"{declared.code} {declared.name:<22} {verdict:<16}" + " ".join(f"{100 * v:9.1f}" for v in shares.values())
        )
        row = " ".join(f"{a:.2f}/{b:.2f}" for a, b in areas.values())
        print(" " * 10 + "area, native/own reference".ljust(24 + 9 * len(CLEAN) + 5) + row)


if __name__ == "__main__":
    main()
