"""Short pages, made of the lines of labelled ones, for the network that reads a page in order.

Whole pages have a hundred lines. Texts that arrive already extracted have ten, and one label above or below: a network
that saw only the former calls "Most read" below an article content, and a paragraph by itself anything. So it sees
stretches of pages, articles with the labels that stood beside them or with those of other sites of the same fold, and
labels alone.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.lineviews import LineViews

__all__ = ["Origin", "Pool", "short_pages"]

Ints = NDArray[np.int64]

_MOST = 12  # lines of a stretch
_STRETCHES, _BESIDE, _STRANGE, _CLEAN = 3, 2, 1, 2  # of a page
_ALONE = 700  # of each fold
_LABEL = 60  # characters of a line that stands beside articles of other sites
_PART = 0.6  # of the articles are a stretch of the article


@dataclass(frozen=True)
class Origin:
    """A page that lines are taken from: its lines' labels, the row of its first line, its fold, what it is."""

    labels: tuple[int, ...]
    first: int
    fold: int
    whole: bool
    clean: bool


class Pool:
    """The lines of many views, from which pages can be put together."""

    def __init__(self, views: Sequence[LineViews]) -> None:
        before = np.cumsum([0, *(len(v.line) for v in views)])
        self._own = np.concatenate([v.own for v in views])
        self._head = np.concatenate([v.head for v in views])
        self._key = np.concatenate([v.key for v in views])
        self._words = np.concatenate([v.words for v in views])
        self.chars = np.concatenate([v.chars for v in views])
        line = np.concatenate([v.body_line + at for v, at in zip(views, before, strict=False)])
        order = np.argsort(line, kind="stable")
        self._body = np.concatenate([v.body_word for v in views])[order]
        self._body_at = np.searchsorted(line[order], np.arange(before[-1] + 1))

    def views(self, pages: Sequence[Ints], step: int = 400) -> Iterator[LineViews]:
        """What is seen of the lines of pages, given as rows of the pool, so many pages at a time."""
        for i in range(0, len(pages), step):
            part = pages[i : i + step]
            rows = np.concatenate(part)
            first = self._body_at[rows]
            count = self._body_at[rows + 1] - first
            inside = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            yield LineViews(
                np.arange(len(rows)),
                np.repeat(np.arange(len(part)), [len(p) for p in part]),
                self._own[rows],
                self._head[rows],
                self._key[rows],
                self._words[rows],
                self.chars[rows],
                self._body[np.repeat(first, count) + inside],
                np.repeat(np.arange(len(rows)), count),
            )


def _stretch(rows: list[int], rng: random.Random) -> list[int]:
    size = rng.randint(1, _MOST)
    start = rng.randrange(max(1, len(rows) - size + 1))
    return rows[start : start + size]


def _beside(page: Origin, article: list[int], rng: random.Random) -> list[int]:
    """The article and up to three lines of furniture that stood next above and below it."""
    furniture = [page.first + i for i, label in enumerate(page.labels) if label == 1]
    up = [k for k in furniture if k < article[0]]
    down = [k for k in furniture if k > article[-1]]
    up = up[-rng.choice((1, 1, 2, 3)) :] if rng.random() < 0.5 else []
    down = down[: rng.choice((1, 1, 2, 3))] if rng.random() < 0.5 else []
    return up + article + down


def short_pages(origins: Sequence[Origin], chars: Ints, folds: int) -> list[Ints]:
    """The rows of each short page."""
    rng = random.Random(11)
    labels: list[list[int]] = [[] for _ in range(folds)]
    for page in origins:
        if page.whole:
            furniture = (page.first + i for i, label in enumerate(page.labels) if label == 1)
            labels[page.fold] += [k for k in furniture if chars[k] <= _LABEL]
    out: list[list[int]] = []

    for page in origins:
        rows = list(range(page.first, page.first + len(page.labels)))
        content = [k for k, label in zip(rows, page.labels, strict=True) if label == 0]

        def article(content: list[int] = content) -> list[int]:
            return _stretch(content, rng) if rng.random() < _PART else content

        def strange(page: Origin = page) -> list[int]:
            return [rng.choice(labels[page.fold]) for _ in range(rng.choice((0, 1, 1, 1, 2)))]

        if page.whole:
            out += [_stretch(rows, rng) for _ in range(_STRETCHES)]
        if content and page.whole:
            out += [_beside(page, article(), rng) for _ in range(_BESIDE)]
            out += [strange() + article() + strange() for _ in range(_STRANGE)]
        if content and page.clean:
            out += [strange() + article() + strange() for _ in range(_CLEAN)]
            out.append(article())
    out += [[rng.choice(found)] for found in labels for _ in range(_ALONE)]
    return [np.array(page, np.int64) for page in out]
