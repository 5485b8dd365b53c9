"""Train the furniture model: `python -m detector.training.furniture --data DIR --out models/furniture`.

Four steps (see `detector.furniture`): linear heads over hashed words, a network over each line and its page, a second
network over what the first said, and networks that read from line to line what the first saw (with PyTorch:
`detector.training.furniture_order`). Every step is trained on answers that the step before gave to pages of sites it
had not seen (three folds by site), and the shipped heads are the mean of the three folds'. One thread, fixed seeds, so
that the same data and versions give the same bytes.

What it learns from: pages with labelled lines; the same pages with most of their furniture taken out, because text that
arrives already extracted looks like that, and so does text that was stripped once; and human texts of every genre, all
content. Lines weigh by their characters, more than proportionally less (see `_WEIGHT`): characters are what is counted.
"""

import argparse
import random
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from detector.assets import write_manifest
from detector.batch import Batch, cut
from detector.furniture import FORMAT, VERSION, Network
from detector.lineviews import HEADS, TABLE_BITS, LineViews, again, context, full_lines, hashed_features, look
from detector.pagenetwork import PageNetwork
from detector.training.data import Row, apart, fold_of, rows
from detector.training.furniture_short import Origin, Pool, short_pages

__all__ = ["Page", "evaluation_pages", "main", "pages"]

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 3
LINES = 400  # of a page: what the referee gives of one
LINE_AT = 0.68  # chosen on dev: see the card

# How much a file counts: recent pages are fewer, and nearer to what people clean; the weak ones have a tool's labels.
_FILES = {
    "boilerplate_pages": 1.6,
    "boilerplate_pages_2006_2012": 1.0,
    "boilerplate_pages_weak": 0.3,
    "boilerplate_snippets": 0.5,
}
_THINNED = (0.0, 0.03, 0.15)  # shares of the furniture's runs that are left in
_THINNED_WEIGHT = 0.35
_GENRE_PAGES, _NEWS_PAGES = 150, 800
_CLEAN_WEIGHT = 0.5
_WEIGHT = 0.75  # a line weighs its characters, 8 to 500, to this power
_SHORT, _SHORT_SHARE = 60, 0.3  # of the lines shorter than this, so many are drawn; they weigh the more
_LONG = 60  # characters of the lines that the fourth head learns from
_AHEAD = 8  # lines that the second and third head look down and up
_PER_BATCH = 300

_HIDDEN = {"first": (48, 24), "second": (32, 16)}
_EPOCHS = 5
_SEEDS = 3
# The networks that read in order learn from short pages too, in which short lines count as if they were longer: they
# are what there is to be seen of a page.
_SHORT_PAGES_WEIGHT, _SHORT_PAGES_CHARS = 0.35, 40
_LABELS = {"B": 1, "C": 0}


@dataclass(frozen=True)
class Page:
    """Lines and their labels: 1 furniture, 0 content, -1 not known."""

    lines: tuple[str, ...]
    labels: tuple[int, ...]
    weight: float
    group: str
    source: str
    whole: bool

    @property
    def text(self) -> str:
        """The page as a document."""
        return "\n".join(self.lines)


def _page(page: Page) -> Page | None:
    """The page without its empty lines, and no longer than the referee gives it; None if nothing is left."""
    lines = [line.replace("\n", " ") for line in page.lines]
    full = full_lines(cut(["\n".join(lines)]))[0].tolist()[:LINES]
    return (
        replace(page, lines=tuple(lines[i] for i in full), labels=tuple(page.labels[i] for i in full)) if full else None
    )


def _thinned(page: Page, left: float, rng: random.Random) -> Page | None:
    """The page with most runs of furniture taken out."""
    kept, on = [], False
    for label in page.labels:
        on = label == 1 and left > 0 and rng.random() < (0.6 if on else left)
        kept.append(label != 1 or on)
    lines = tuple(x for x, k in zip(page.lines, kept, strict=True) if k)
    labels = tuple(y for y, k in zip(page.labels, kept, strict=True) if k)
    return _page(Page(lines, labels, page.weight * _THINNED_WEIGHT, page.group, page.source, whole=False))


def _group(row: Row) -> str:
    return str(row.get("site") or row["group"])


def _labelled(row: Row, weight: float) -> Page | None:
    labels = tuple(_LABELS.get(c, -1) for c in row["line_labels"])
    return _page(Page(tuple(row["lines"]), labels, weight, _group(row), row["source"], whole=True))


def _clean(data: Path, rng: random.Random) -> Iterator[Page]:
    by_genre = defaultdict(list)
    for row in rows(data / "train" / "human_genres.jsonl.zst"):
        if not apart(row):
            by_genre[str(row.get("genre"))].append(row)
    drawn: list[Row] = []
    for genre in sorted(by_genre):
        rng.shuffle(by_genre[genre])
        drawn += by_genre[genre][:_GENRE_PAGES]
    news = [row for row in rows(data / "train" / "human_news_a.jsonl.zst") if not apart(row)]
    rng.shuffle(news)
    for row in drawn + news[:_NEWS_PAGES]:
        lines = [line for line in row["text"].split("\n") if line.strip()][:LINES]
        if len(lines) > 8 and rng.random() < 0.4:  # short documents, too
            size = rng.randrange(3, 12)
            start = rng.randrange(max(1, len(lines) - size + 1))
            lines = lines[start : start + size]
        page = _page(Page(tuple(lines), (0,) * len(lines), _CLEAN_WEIGHT, _group(row), "clean", whole=False))
        if page:
            yield page


def pages(data: Path) -> list[Page]:
    """Everything that is learned from; rows that are set aside for dev are not among it."""
    rng = random.Random(7)
    out: list[Page] = []
    for file, weight in _FILES.items():
        for row in rows(data / "train" / f"{file}.jsonl.zst"):
            page = None if apart(row) else _labelled(row, weight)
            if page is None:
                continue
            out.append(page)
            if file != "boilerplate_snippets":
                out += [p for left in _THINNED if (p := _thinned(page, left, rng)) is not None]
    return out + list(_clean(data, rng))


def evaluation_pages(data: Path, split: str) -> list[Page]:
    """The labelled pages of dev (with the train rows set aside for it) or of test."""
    out = []
    for file in ("boilerplate_pages", "boilerplate_pages_2006_2012"):
        found = list(rows(data / split / f"{file}.jsonl.zst"))
        if split == "dev":
            found += [row for row in rows(data / "train" / f"{file}.jsonl.zst") if apart(row)]
        out += [p for row in found if (p := _labelled(row, 1.0)) is not None]
    return out


@dataclass(frozen=True)
class Lines:
    """The lines of many pages as arrays, in order."""

    label: Ints
    chars: Doubles
    weight: Doubles
    page: Ints
    fold: Ints

    @classmethod
    def of(cls, found: Sequence[Page]) -> "Lines":
        """One row a line."""
        sizes = [len(p.lines) for p in found]
        return cls(
            np.concatenate([np.array(p.labels, np.int64) for p in found]),
            np.array([len(line) for p in found for line in p.lines], float),
            np.repeat([p.weight for p in found], sizes),
            np.repeat(np.arange(len(found)), sizes),
            np.repeat([fold_of({"group": p.group}, FOLDS) for p in found], sizes),
        )


def _cut(found: Sequence[Page]) -> Iterator[Batch]:
    for at in range(0, len(found), _PER_BATCH):
        yield cut([p.text for p in found[at : at + _PER_BATCH]])


def _sparse(found: Sequence[Page]) -> scipy.sparse.csr_matrix:
    """The hashed word features of every line, as `lineviews.heads` weighs them."""
    parts = []
    for batch in _cut(found):
        by_type, pair, end = hashed_features(batch)
        words = batch.words
        last = np.flatnonzero(end >= 0)
        row = np.concatenate([words.line, words.line, words.line[last]])
        column = np.concatenate([by_type[words.type], pair, end[last]])
        value = (1 / np.sqrt(2 * batch.lines.words + 1)).astype(np.float32)[row]
        shape = (len(batch.lines), 1 << TABLE_BITS)
        parts.append(scipy.sparse.coo_matrix((value, (row, column)), shape=shape).tocsr())
    return scipy.sparse.vstack(parts).tocsr()


def _share_ahead(lines: Lines, step: int) -> tuple[Doubles, Doubles]:
    """How much of the next (step 1) or last (-1) lines is furniture, by characters; 1 at a page's end; and how sure."""
    index = np.arange(len(lines.label))
    furniture, known = np.zeros(len(index)), np.zeros(len(index))
    for k in range(1, _AHEAD + 1):
        at = index + k * step
        ok = (at >= 0) & (at < len(index))
        at = np.where(ok, at, 0)
        ok &= (lines.page[at] == lines.page) & (lines.label[at] >= 0)
        chars = np.where(ok, np.minimum(lines.chars[at], 200), 0)
        furniture += chars * (lines.label[at] == 1)
        known += chars
    share = np.where(known > 0, furniture / np.maximum(known, 1), 1.0)
    return share, np.abs(share - 0.5) * 2


def _train_heads(
    found: Sequence[Page], lines: Lines, drawn: NDArray[np.bool_], sample: Doubles
) -> tuple[Floats, Floats, Floats]:
    """The table, its bias, and what each line gets from heads that never saw its site; shape [lines, HEADS]."""
    features = _sparse(found)
    after, after_weight = _share_ahead(lines, 1)
    before, before_weight = _share_ahead(lines, -1)
    own_weight = sample * np.clip(lines.chars, 10, 400) ** 0.5
    tasks = (
        ((lines.label == 1), np.where(lines.label >= 0, own_weight, 0)),
        (after > 0.5, sample * after_weight),
        (before > 0.5, sample * before_weight),
        ((lines.label == 1), np.where((lines.label >= 0) & (lines.chars >= _LONG), own_weight, 0)),
    )
    table, bias = np.zeros((1 << TABLE_BITS, HEADS)), np.zeros(HEADS)
    unseen = np.zeros((len(lines.label), HEADS), np.float32)
    for fold in range(FOLDS):
        for head, (target, weight) in enumerate(tasks):
            use = drawn & (lines.fold != fold) & (weight > 0)
            model = LogisticRegression(C=2.0, solver="liblinear", tol=0.03, random_state=0)
            model.fit(features[use], target[use], sample_weight=weight[use] / weight[use].mean())
            table[:, head] += model.coef_[0] / FOLDS
            bias[head] += model.intercept_[0] / FOLDS
            out = lines.fold == fold
            unseen[out, head] = features[out] @ model.coef_[0] + model.intercept_[0]
        print(f"heads: fold {fold + 1} of {FOLDS}")
    return table.astype(np.float32), bias.astype(np.float32), unseen


def _fit(rows_: Floats, target: Ints, weight: Doubles, hidden: tuple[int, ...], seeds: int) -> Network:
    mean = rows_.mean(axis=0)
    scale = (1 / (rows_.std(axis=0) + 1e-3)).astype(np.float32)
    scaled = np.clip((rows_ - mean) * scale, -5, 5)
    made = []
    for seed in range(seeds):
        model = MLPClassifier(
            hidden, alpha=3e-3, batch_size=1024, learning_rate_init=1e-3, max_iter=_EPOCHS, tol=0, random_state=seed
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a few epochs are meant
            made.append(model.fit(scaled, target, sample_weight=weight / weight.mean()))
    layers = len(hidden) + 1
    weights = tuple(np.stack([m.coefs_[i] for m in made]).astype(np.float32) for i in range(layers))
    biases = tuple(np.stack([m.intercepts_[i] for m in made]).astype(np.float32) for i in range(layers))
    return Network(mean.astype(np.float32), scale, weights, biases)


def _cross_fit(table: Floats, lines: Lines, drawn: NDArray[np.bool_], weight: Doubles, name: str) -> Floats:
    """What networks that never saw a line's site say of it."""
    out = np.zeros(len(table), np.float32)
    for fold in range(FOLDS):
        use = drawn & (lines.fold != fold)
        network = _fit(table[use], lines.label[use], weight[use], _HIDDEN[name], 1)
        out[lines.fold == fold] = network.answer(table[lines.fold == fold])
        print(f"{name} network: fold {fold + 1} of {FOLDS}")
    return out


def _in_parts(views: Sequence[LineViews], values: Floats) -> Iterator[tuple[LineViews, Floats]]:
    at = 0
    for view in views:
        yield view, values[at : at + len(view.line)]
        at += len(view.line)


def _train_order(found: Sequence[Page], lines: Lines, views: Sequence[LineViews], seen: Floats) -> PageNetwork:
    """The networks that read in order, from the pages and from short ones made of them."""
    from detector.training.furniture_order import Rows, fit  # noqa: PLC0415 - needs PyTorch, which the peers do not

    first = np.cumsum([0, *(len(p.lines) for p in found)]).tolist()
    origins = [
        Origin(p.labels, at, fold_of({"group": p.group}, FOLDS), p.whole, clean=p.source == "clean")
        for p, at in zip(found, first, strict=False)
    ]
    pool = Pool(views)
    short = short_pages(origins, pool.chars, FOLDS)
    row = np.concatenate(short)
    # Half precision, to save memory.
    columns = [seen.astype(np.float16)]
    columns += [context(view, np.arange(len(view.line))).astype(np.float16) for view in pool.views(short)]
    chars = np.clip(lines.chars[row], _SHORT_PAGES_CHARS, 500)
    weight = _SHORT_PAGES_WEIGHT * np.minimum(lines.weight[row], 1) * chars**_WEIGHT
    label = np.concatenate([lines.label, lines.label[row]])
    weight = np.concatenate([lines.weight * np.clip(lines.chars, 8, 500) ** _WEIGHT, weight]) * (label >= 0)
    size = np.concatenate([np.bincount(lines.page), [len(page) for page in short]])
    return fit(Rows(np.concatenate(columns), label, weight, size))


def train(found: Sequence[Page], out: Path) -> tuple[Lines, Floats]:
    """Train all steps, write the model, and return the lines with what unseen networks said of them."""
    lines = Lines.of(found)
    rng = np.random.default_rng(3)
    share = np.where(lines.chars >= _SHORT, 1.0, _SHORT_SHARE)
    drawn = rng.random(len(share)) < share
    sample = lines.weight / share
    weight = sample * np.clip(lines.chars, 8, 500) ** _WEIGHT

    table, bias, unseen = _train_heads(found, lines, drawn, sample)
    bare = [look(batch, table) for batch in _cut(found)]
    views = [replace(view, head=head) for view, head in _in_parts(bare, unseen)]
    drawn &= lines.label >= 0
    seen = np.concatenate([context(view, np.arange(len(view.line))) for view in views])
    first = _fit(seen[drawn], lines.label[drawn], weight[drawn], _HIDDEN["first"], _SEEDS)
    guess = _cross_fit(seen, lines, drawn, weight, "first")
    order = _train_order(found, lines, views, seen)
    del seen
    twice = np.concatenate([again(view, np.arange(len(view.line)), g) for view, g in _in_parts(views, guess)])
    second = _fit(twice[drawn], lines.label[drawn], weight[drawn], _HIDDEN["second"], _SEEDS)
    answer = _cross_fit(twice, lines, drawn, weight, "second")

    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "table.npy", table)
    np.save(out / "bias.npy", bias)
    for name, network in (("first", first), ("second", second)):
        np.save(out / f"{name}-mean.npy", network.mean)
        np.save(out / f"{name}-scale.npy", network.scale)
        for i, (w, b) in enumerate(zip(network.weights, network.biases, strict=True)):
            np.save(out / f"{name}-weights{i}.npy", w)
            np.save(out / f"{name}-bias{i}.npy", b)
    for name, values in order.arrays():
        np.save(out / f"order-{name}.npy", values)
    write_manifest(out, FORMAT, VERSION, line_at=LINE_AT, pages=len(found), lines=len(lines.label))
    return lines, answer


def main() -> None:
    """Train on the data of a folder, write the model's files into another."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    with threadpool_limits(1):
        train(pages(arguments.data), arguments.out)


if __name__ == "__main__":
    main()
