"""Compare the line model with what others do on plain lines: `python -m detector.training.furniture_peers --data DIR`.

C4's line rules, jusText and a character n-gram regression see the same pages as our signals: labelled lines, no markup.
Characters are counted as the outside referee does (a line is found when spans cover more than half of it).
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

from detector.batch import cut
from detector.furniture import furniture
from detector.registry import all_signals, spans
from detector.training.furniture import LINE_AT, Page, evaluation_pages, pages

__all__ = ["main"]

Bools = NDArray[np.bool_]
Judge = Callable[[Page], Sequence[float]]

_RECENT = ("newspaper4k-aed", "scrapinghub-aeb", "mozilla-readability")
_LOST = (0.005, 0.01, 0.015, 0.02, 0.05)

# Raffel et al. (2020), section 2.2, with datatrove's readings of it.
_C4_ENDS = (".", "!", "?", '"', "'", "”")
_C4_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
_C4_WORDS = 3


def c4_rules(page: Page) -> list[float]:
    """1 for every line that C4's rules would take out."""

    def out(line: str) -> bool:
        low = line.lower()
        return (
            not line.rstrip().endswith(_C4_ENDS)
            or line.rstrip().endswith("...")
            or len(line.split()) < _C4_WORDS
            or "javascript" in low
            or any(p in low for p in _C4_POLICY)
        )

    return [float(out(line)) for line in page.lines]


def justext(page: Page) -> list[float]:
    """1 for every line that jusText, given each line as a paragraph, calls boilerplate."""
    import html  # noqa: PLC0415 - here only

    import justext as library  # noqa: PLC0415 - not among the extras: pip install jusText

    markup = "".join(f"<p>{html.escape(line)}</p>" for line in page.lines)
    found = library.justext(
        f"<html><body>{markup}</body></html>".encode(), library.get_stoplist("English"), encoding="utf-8"
    )
    good = {" ".join(p.text.split()) for p in found if not p.is_boilerplate}
    return [float(" ".join(line.split()) not in good) for line in page.lines]


def regression(train: Sequence[Page]) -> Judge:
    """Character n-grams of a line and its two neighbours, in a linear model."""
    own = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5), n_features=1 << 20)
    beside = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=1 << 18)

    def rows(found: Sequence[Page]) -> "scipy.sparse.csr_matrix":  # type: ignore[name-defined] # noqa: F821
        import scipy.sparse  # noqa: PLC0415 - beside its only use

        lines = [line for p in found for line in p.lines]
        up = [line for p in found for line in ("", *p.lines[:-1])]
        down = [line for p in found for line in (*p.lines[1:], "")]
        return scipy.sparse.hstack([own.transform(lines), beside.transform(up), beside.transform(down)]).tocsr()

    label = np.array([y for p in train for y in p.labels])
    weight = np.array([min(max(len(line), 8), 500) ** 0.75 for p in train for line in p.lines])
    known = label >= 0
    model = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=8, tol=None, random_state=0)
    model.fit(rows(train)[known], label[known], sample_weight=weight[known] / weight.mean())

    def judge(page: Page) -> list[float]:
        answer: list[float] = model.predict_proba(rows([page]))[:, 1].tolist()
        return answer

    return judge


def ours(page: Page) -> list[float]:
    """The line model's probability."""
    batch = cut([page.text])
    found = furniture(batch)
    return found.probability.tolist()  # type: ignore[no-any-return]


def all_ours(page: Page) -> list[float]:
    """1 for every line that the evidence of all signals of the axis covers by more than half."""
    batch = cut([page.text])
    covered = np.zeros(len(page.text) + 1, bool)
    for declared in all_signals():
        if declared.axis == "boilerplate" and declared.cost == "fast":
            for span in spans(declared, batch, declared.mark(batch))[0]:
                covered[span.start : span.end] = True
    at, out = 0, []
    for line in page.lines:
        out.append(float(covered[at : at + len(line)].sum() > 0.5 * len(line)))
        at += len(line) + 1
    return out


def _figures(label: NDArray[np.int64], chars: NDArray[np.float64], found: Bools) -> tuple[float, float, float, float]:
    hit = chars[found & (label == 1)].sum()
    false = chars[found & (label == 0)].sum()
    precision, recall = hit / max(hit + false, 1), hit / max(chars[label == 1].sum(), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return precision, recall, f1, false / max(chars[label == 0].sum(), 1)


def _report(name: str, found: Sequence[Page], score: NDArray[np.float64], at: float) -> None:
    label = np.array([y for p in found for y in p.labels])
    chars = np.array([float(len(line)) for p in found for line in p.lines])
    source = np.array([p.source for p in found for _ in p.lines])
    recent = np.isin(source, _RECENT)
    for part, rows in (
        ("2019-23", recent),
        ("2006-12", ~recent),
        *((s, source == s) for s in sorted(set(source.tolist()))),
    ):
        figures = _figures(label[rows], chars[rows], score[rows] > at)
        print(f"| {name} | {part} | " + " | ".join(f"{x:.3f}" for x in figures[:3]) + f" | {figures[3]:.2%} |")
    if len(set(score.tolist())) > 2:
        for part, rows in (("2019-23", recent), ("2006-12", ~recent)):
            order = np.argsort(-score[rows], kind="stable")
            lost = np.cumsum((chars * (label == 0))[rows][order]) / (chars * (label == 0))[rows].sum()
            curve = []
            for share in _LOST:
                last = int(np.searchsorted(lost, share, "right")) - 1
                chosen = np.zeros(rows.sum(), bool)
                chosen[order[: last + 1]] = True
                curve.append(f"{_figures(label[rows], chars[rows], chosen)[2]:.3f} at {share:.1%}")
            print(f"{name}, {part}: F1 " + ", ".join(curve))


def main() -> None:
    """Print the table for dev or test."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="dev", choices=["dev", "test"])
    parser.add_argument("--without", nargs="*", default=[], help="leave out: regression, justext")
    arguments = parser.parse_args()
    found = evaluation_pages(arguments.data, arguments.split)
    judges: dict[str, Judge] = {"line model": ours, "all signals": all_ours, "C4 rules": c4_rules}
    if "justext" not in arguments.without:
        judges["jusText"] = justext
    if "regression" not in arguments.without:
        judges["char n-grams"] = regression([p for p in pages(arguments.data) if p.whole])
    print("| system | pages | P | R | F1 | content lost |\n|---|---|---|---|---|---|")
    for name, judge in judges.items():
        score = np.concatenate([np.asarray(judge(p), float) for p in found])
        _report(name, found, score, LINE_AT if name == "line model" else 0.5)


if __name__ == "__main__":
    main()
