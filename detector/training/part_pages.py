"""Pages with all, part or none of their furniture: what makes a document mostly furniture.

    python -m detector.training.part_pages --data DIR [--split dev|test]

prints what becomes of such documents, by the share of their characters that is furniture. Texts that arrive already
extracted bring some furniture along; the document models learn from these pages that some is not much.
"""

import argparse
import collections
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector import Detector
from detector.training.data import Row, apart, rows

__all__ = ["LEFT", "THINNED", "WHOLE", "PartPage", "main", "part_pages", "thinned"]

# The thinned pages' kind sorts after all others, so that which documents of those are drawn does not depend on them.
WHOLE, THINNED = "page", "web.thinned"
LEFT = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)  # of the characters: what is left of the furniture
_TOGETHER = 4  # neighbouring lines of furniture that stay or go together
_VARIANTS = 3  # of each page
_LEAST_CONTENT = 500  # characters
_MOST_LINES, _FEWEST_LINES = 400, 5
_SEED = 20261123
_FILES = ("boilerplate_pages", "boilerplate_pages_2006_2012")

Lines = list[tuple[str, str]]  # with labels: C content, B furniture


@dataclass(frozen=True)
class PartPage:
    """A text, WHOLE or THINNED, and how much of its labelled characters is furniture; `aside`: never to train on."""

    text: str
    kind: str
    share: float
    aside: bool


def _share(lines: Lines) -> float:
    """How much of the labelled characters is furniture; NaN if none is labelled."""
    size = collections.Counter({c: sum(len(x) for x, k in lines if k == c) for c in "BC"})
    return size["B"] / size.total() if size.total() else np.nan


def thinned(lines: Lines, share: float, rng: random.Random) -> Lines:
    """The page with only so much furniture left that it is at most about this share of the characters."""
    content = sum(len(x) for x, c in lines if c == "C")
    room = share / (1 - share) * content
    runs: list[list[int]] = []
    for i, (_, label) in enumerate(lines):
        if label == "B":
            if runs and runs[-1][-1] == i - 1 and len(runs[-1]) < _TOGETHER:
                runs[-1].append(i)
            else:
                runs.append([i])
    rng.shuffle(runs)
    left: set[int] = set()
    for run in runs:
        size = sum(len(lines[i][0]) for i in run)
        if size <= room:
            left.update(run)
            room -= size
    return [line for i, line in enumerate(lines) if line[1] != "B" or i in left]


def _labelled(data: Path, split: str) -> Iterator[tuple[Row, bool]]:
    """The labelled pages of a split, and whether each is set aside for dev; dev has those of train as well."""
    for file in _FILES:
        yield from ((row, split == "train" and apart(row)) for row in rows(data / split / f"{file}.jsonl.zst"))
        if split == "dev":
            yield from ((row, True) for row in rows(data / "train" / f"{file}.jsonl.zst") if apart(row))


def part_pages(data: Path, split: str) -> list[PartPage]:
    """The pages of a split as they are, then each with part of its furniture, by the seed alone.

    Of the pages of train that are set aside for dev, train has the whole ones only, and says so; dev has the others.
    """
    rng = random.Random(_SEED)
    whole, thin = [], []
    for row, aside in _labelled(data, split):
        lines = [(x.replace("\n", " "), c) for x, c in zip(row["lines"], row["line_labels"], strict=True) if x.strip()]
        lines = lines[:_MOST_LINES]
        if len(lines) < _FEWEST_LINES or np.isnan(_share(lines)):
            continue
        if split == "train" or not aside:
            whole.append(PartPage("\n".join(x for x, _ in lines), WHOLE, _share(lines), aside))
        if split == "train" and aside:
            continue
        if sum(len(x) for x, c in lines if c == "C") >= _LEAST_CONTENT:
            for share in rng.sample(LEFT, _VARIANTS):
                part = thinned(lines, share, rng)
                thin.append(PartPage("\n".join(x for x, _ in part), THINNED, _share(part), aside=False))
    return whole + thin


_BOUNDS = (0.0, 0.001, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1.001)


def main() -> None:
    """Print the table for dev or test, by the base install."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="dev", choices=["dev", "test"])
    options = parser.parse_args()
    found = part_pages(options.data, options.split)
    share = np.asarray([page.share for page in found])
    verdicts = list(Detector(deep="never").judge_many(page.text for page in found))
    action = np.asarray([v.action for v in verdicts])
    for_it = np.asarray([bool(v.reasons) and v.reasons[0].axis == "boilerplate" for v in verdicts])
    print("| furniture, of the characters | texts | review for it | dropped for it | not kept otherwise |")
    print("|---|---|---|---|---|")
    for low, high in itertools.pairwise(_BOUNDS):
        mine = (share >= low) & (share < high)
        figures = [(action == a) & for_it for a in ("review", "drop")] + [(action != "keep") & ~for_it]
        name = "none" if low == 0 else f"{low:.0%} to {min(high, 1):.0%}"
        print(f"| {name} | {mine.sum()} | " + " | ".join(f"{x[mine].mean():.1%}" for x in figures) + " |")


if __name__ == "__main__":
    main()
