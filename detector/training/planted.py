"""Clean news with real misspellings put in: what the typo axis learns from. The pairs set aside are never used."""

import collections
import functools
import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from detector.training.data import plain, rows

__all__ = ["plant", "training_pairs"]

# A fifth of all right words is set aside for test, another for dev (see the data's README).
_SET_ASIDE = (0, 1)


def _allowed(word: str) -> bool:
    return int(hashlib.sha1(word.encode()).hexdigest(), 16) % 5 not in _SET_ASIDE  # noqa: S324 - defines the split


@functools.cache
def training_pairs(data: Path) -> Mapping[str, Sequence[str]]:
    """Right words (lower case) and how people misspelt them: near misses only, written in letters."""
    out: dict[str, set[str]] = collections.defaultdict(set)
    for row in rows(data / "train" / "misspelling_pairs.jsonl.zst"):
        wrong = row["text"].lower()
        for part in row["corrections"].lower().split(","):
            right = part.strip()
            near = wrong.isalpha() and right.isalpha() and len(right) > 3 and abs(len(wrong) - len(right)) < 3
            if near and wrong != right and _allowed(right):
                out[right].add(wrong)
    return {right: sorted(wrong) for right, wrong in out.items()}


def plant(text: str, rate: float, pairs: Mapping[str, Sequence[str]], rng: random.Random) -> str:
    """The first 25 lines of a text with a share of its words misspelt."""
    base = plain("\n".join([line for line in text.split("\n") if line.strip()][:25]))
    places = [m for m in re.finditer(r"[A-Za-z]+", base) if m.group() in pairs]
    rng.shuffle(places)
    chosen = sorted(places[: max(1, round(rate * len(base.split())))], key=lambda m: m.start())
    parts, last = [], 0
    for m in chosen if rate else []:
        parts += [base[last : m.start()], rng.choice(pairs[m.group()])]
        last = m.end()
    return "".join([*parts, base[last:]])
