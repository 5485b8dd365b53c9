"""Learn what a page's markup says of its lines: `python -m detector.training.markup --pages DIR --furniture MODEL`.

DIR is laid out as for `detector.training.html_peers`; only its half "dev" is read. MODEL is a furniture model that has
not seen these sites (trained by `detector.training.furniture` on data without them), or what it says of their lines
would be surer than of any other page's. Prints the numbers that `detector.io.markup` holds.

A line is content if half of its runs of four words stand in the reference; a line of fewer words if it is a line there,
and if it is not but its words stand there, nothing is known of it. Lines weigh their characters, 8 to 500, to the power
0.75, and each page the same. The fit is a logistic regression with the line model's log-odds (half of them, see
`detector.furniture`) as an offset and a ridge on the weights.
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from resiliparse.parse.html import HTMLTree

from detector.batch import cut
from detector.furniture import judge, load, with_markup
from detector.io.html import line_evidence, visible_text
from detector.io.markup import EVIDENCE
from detector.training.furniture import LINE_AT
from detector.training.html_peers import Page, pages

__all__ = ["labels", "main"]

Floats = NDArray[np.float64]

_RUN = 4
_RIDGE = 10.0  # of 1, 3, 10, 30, with lines weighing 1,000 a page
_FOLDS = 5
_TRIED = (0.2, 0.3, 0.4, 0.5, 0.6)
# On folds left out F1 is 0.971, 0.970, 0.969, 0.966 and 0.964 at these, and recall rises: articles are precious.
_GOES_AT = 0.4


def labels(lines: Sequence[str], reference: str) -> list[int]:
    """1 for furniture, 0 for content, -1 where nothing is known."""
    told = _words(reference)
    whole = {tuple(_words(line)) for line in reference.split("\n")}
    runs = {n: {tuple(told[i : i + n]) for i in range(len(told) - n + 1)} for n in range(1, _RUN + 1)}
    out = []
    for line in lines:
        words = _words(line)
        if not words:
            out.append(-1)
        elif len(words) < _RUN:
            out.append(0 if tuple(words) in whole else -1 if tuple(words) in runs[len(words)] else 1)
        else:
            found = [tuple(words[i : i + _RUN]) in runs[_RUN] for i in range(len(words) - _RUN + 1)]
            out.append(0 if 2 * sum(found) >= len(found) else 1)
    return out


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _fit(evidence: Floats, offset: Floats, label: Floats, weight: Floats) -> Floats:
    """The weights and, last, the bias: Newton's method."""
    rows = np.column_stack([evidence, np.ones(len(evidence))])
    ridge = np.diag([_RIDGE] * evidence.shape[1] + [0.0])
    out = np.zeros(rows.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(offset + rows @ out)))
        slope = rows.T @ (weight * (p - label)) + 2 * ridge @ out
        bend = rows.T @ (rows * (weight * p * (1 - p))[:, None]) + 2 * ridge
        out -= np.linalg.solve(bend, slope)
    return out


def _f1(page: NDArray[np.int64], size: Floats, label: Floats, kept: NDArray[np.bool_]) -> tuple[float, float, float]:
    """F1, precision and recall of the content's characters: means over pages."""
    out = []
    for i in np.unique(page):
        of = page == i
        both = size[of & kept & (label == 0)].sum()
        precision, recall = both / max(size[of & kept].sum(), 1), both / max(size[of & (label == 0)].sum(), 1)
        out.append((2 * precision * recall / max(precision + recall, 1e-9), precision, recall))
    f1, precision, recall = np.mean(out, axis=0)
    return float(f1), float(precision), float(recall)


def _lines(found: Sequence[Page], furniture: Path) -> tuple[NDArray[np.int64], Floats, Floats, Floats, Floats]:
    """Of all lines whose label is known: their page, evidence, half of the line model's log-odds, label, characters."""
    model = load(furniture)
    parts = []
    for i, page in enumerate(found):
        tree = HTMLTree.parse(page.markup)
        text = visible_text(tree)
        evidence = line_evidence(tree, text)
        if evidence is None:
            continue
        lines = text.split("\n")
        label = np.array(labels(lines, page.reference))
        own = with_markup(judge(model, cut([text])).probability, np.zeros(len(lines))).astype(float)
        size = np.array([len(line) for line in lines], float)
        rows = np.column_stack([np.full(len(lines), i), evidence, np.log(own / (1 - own)), label, size])
        parts.append(rows[label >= 0])
    table = np.concatenate(parts)
    page_, own, label, size = table[:, 0].astype(int), table[:, -3], table[:, -2], table[:, -1]
    return page_, table[:, 1:-3], own, label, size


def main() -> None:
    """Fit, and print how well it does on folds that were left out."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--furniture", type=Path, required=True)
    arguments = parser.parse_args()
    found = [p for p in pages(arguments.pages) if p.half == "dev"]
    page, evidence, own, label, size = _lines(found, arguments.furniture)
    weight = np.clip(size, 8, 500) ** 0.75
    weight *= 1000 / np.bincount(page, weights=weight)[page]
    sites = sorted({p.site for p in found})
    fold = np.random.default_rng(0).permutation(len(sites))[[sites.index(found[i].site) for i in page]] % _FOLDS
    unseen = np.zeros(len(page))
    for k in range(_FOLDS):
        use = fold != k
        fitted = _fit(evidence[use], own[use], label[use], weight[use])
        unseen[~use] = own[~use] + evidence[~use] @ fitted[:-1] + fitted[-1]
    print(f"{len(found)} pages of {len(sites)} sites, {len(page)} lines; F1, P, R of characters, means over pages")
    print("line model alone", *(f"{x:.4f}" for x in _f1(page, size, label, own <= np.log(LINE_AT / (1 - LINE_AT)) / 2)))
    for at in _TRIED:
        print("with markup, at", at, *(f"{x:.4f}" for x in _f1(page, size, label, unseen <= np.log(at / (1 - at)))))
    fitted = _fit(evidence, own, label, weight)
    # What is as likely as _GOES_AT shall be on the line model's line.
    bias = fitted[-1] + np.log(LINE_AT / (1 - LINE_AT)) - np.log(_GOES_AT / (1 - _GOES_AT))
    for name, value in zip(EVIDENCE, fitted[:-1], strict=True):
        print(f"{name}: {value:.2f}")
    print(f"bias: {bias:.2f}")


if __name__ == "__main__":
    main()
