"""The furniture model at run time: how likely each line is to be furniture, and which lines go.

Four steps, all trained by `detector.training.furniture` (its card says on what): weights for hashed words
(`lineviews.heads`); a small network over what can be seen of a line and its page (`lineviews.context`); a second one
that sees what the first made of the lines around (`lineviews.again`); and networks that read from line to line, up and
down the page, what the first saw (`pagenetwork`). What these and the second say is averaged.

Lines are taken out in rounds until nothing more is found, so that a second pass over what is left finds nothing either.
"""

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.assets import check_folder, find_folder
from detector.batch import Batch, per_batch
from detector.exactlayer import BLOCK, STEPS, Layer, stack, standard
from detector.lineviews import LineViews, again, context, look
from detector.pagenetwork import PageNetwork
from detector.phrases import words_in
from detector.tables import in_tables

__all__ = [
    "FORMAT",
    "VERSION",
    "Furniture",
    "Model",
    "Network",
    "furniture",
    "judge",
    "kind_of",
    "load",
    "with_markup",
]

FORMAT = "detector-furniture"
VERSION = 2

# Pages without a line of this probability at the first look are not looked at a second time. The second network sees
# how sure the first was of the lines around: where that is of none, no line of 6,260 texts of dev is furniture to it
# (at 0.2 none either, at 0.3 four lines).
_WORTH_A_SECOND_LOOK = 0.1

# Where a page's markup speaks of its lines too (`detector.io.markup`), the line model's log-odds count no further than
# this (0.98), and by half: the two are not independent. Fitted freely beside the markup's weights they counted 0.48;
# clipped anywhere from 0.95 to 0.999 they did as well on unseen sites (see `detector.training.markup`).
_SURE = 3.9
_BESIDE_MARKUP = 0.5

# Rounds of looking, marking and taking out, at most; the pages of dev are done before (see the card: second pass).
_ROUNDS = 6

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """Some small networks of one shape; their answers are averaged.

    `mean`, `scale`: [columns]. `weights[layer]`: [networks, inputs, outputs], `biases[layer]`: [networks, outputs].
    """

    mean: Floats
    scale: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def answer(self, rows: Floats) -> Floats:
        """The probability for each row; float32 [rows]."""
        out = np.zeros(len(rows), np.float32)
        networks, outputs = self.weights[0].shape[0], self.weights[0].shape[2]
        first, *others, last = self._layers
        rows = rows.T
        for at in range(0, len(out), BLOCK):
            value = first.lit(standard(rows[:, at : at + BLOCK], self.mean, self.scale))
            value = value.reshape(networks, outputs, -1)
            for layer in others:
                value = layer.lit(value)
            logit = last.answer(value)[:, 0].astype(np.float64) / STEPS
            out[at : at + BLOCK] = (1 / (1 + np.exp(-logit))).sum(0) / networks
        return out

    @functools.cached_property
    def _layers(self) -> tuple[Layer, ...]:
        return stack(self.weights, self.biases)


@dataclass(frozen=True)
class Model:
    """All weights. `table`: [2 ** TABLE_BITS, HEADS]; `bias`: [HEADS]; a line goes above `line_at`."""

    table: Floats
    bias: Floats
    first: Network
    second: Network
    order: PageNetwork
    line_at: float

    def see(self, batch: Batch) -> LineViews:
        """The lines of a batch by themselves."""
        views = look(batch, self.table)
        return replace(views, head=views.head + self.bias)

    def probabilities(self, views: LineViews, rows: Ints) -> Floats:
        """How likely each of the rows is to be furniture among the other rows; float32 [rows]."""
        seen = context(views, rows)
        found = self.first.answer(seen)
        document = views.document[rows]
        at = _of_pages_with(found >= _WORTH_A_SECOND_LOOK, document)
        found[at] = self.second.answer(again(views, rows[at], found[at]))
        # A mean with a number of at most 1 stays below the line where this one is so low.
        at = _of_pages_with(found > 2 * self.line_at - 1, document)
        found[at] = (found[at] + self.order.answer(seen, document[at], at)) / 2
        return found


def _of_pages_with(which: Bools, document: Ints) -> Ints:
    """The lines of the pages that have such a line."""
    pages = np.zeros(int(document.max(initial=-1)) + 1, bool)
    pages[document[which]] = True
    return np.flatnonzero(pages[document])


@dataclass(frozen=True)
class Furniture:
    """What the model says of a batch; arrays of shape [lines]. Empty lines have probability 0 and are never marked."""

    probability: Floats
    marked: Bools


def _network(folder: Path, name: str) -> Network:
    arrays = {
        part: np.load(folder / f"{name}-{part}.npy", allow_pickle=False)
        for part in ("mean", "scale", *(f"{kind}{i}" for i in range(3) for kind in ("weights", "bias")))
    }
    return Network(
        arrays["mean"],
        arrays["scale"],
        tuple(arrays[f"weights{i}"] for i in range(3)),
        tuple(arrays[f"bias{i}"] for i in range(3)),
    )


def load(folder: Path) -> Model:
    """A model from its folder; ModelError if it is not what its manifest says."""
    manifest: dict[str, Any] = check_folder(folder, FORMAT, VERSION)
    return Model(
        np.asarray(np.load(folder / "table.npy", mmap_mode="r", allow_pickle=False)),
        np.load(folder / "bias.npy", allow_pickle=False),
        _network(folder, "first"),
        _network(folder, "second"),
        PageNetwork.of({x: np.load(folder / f"order-{x}.npy", allow_pickle=False) for x in PageNetwork.names()}),
        float(manifest["line_at"]),
    )


@functools.cache
def _shipped() -> Model:
    return load(find_folder("furniture"))


def judge(model: Model, batch: Batch) -> Furniture:
    """Mark lines in rounds: what is marked is taken out, and the pages that lost lines are looked at again. Tables of
    numbers stay (`detector.tables`).
    """
    views = model.see(batch)
    found = np.zeros(len(views.line), np.float32)
    gone = np.zeros(len(views.line), bool)
    rows = np.arange(len(views.line))
    markup = None if batch.markup is None else batch.markup[views.line]
    for _ in range(_ROUNDS):
        if not len(rows):
            break
        found[rows] = model.probabilities(views, rows)
        if markup is not None:
            found[rows] = with_markup(found[rows], markup[rows])
        new = rows[found[rows] > model.line_at]
        # Unless the page's markup speaks against it, a table stays.
        free = new if markup is None else new[~(markup[new] > 0)]
        new = np.setdiff1d(new, free[in_tables(batch, views.line, views.document, free)])
        gone[new] = True
        touched = np.zeros(len(batch), bool)
        touched[views.document[new]] = True
        rows = rows[touched[views.document[rows]] & ~gone[rows]]
    probability = np.zeros(len(batch.lines), np.float32)
    marked = np.zeros(len(batch.lines), bool)
    probability[views.line] = found
    marked[views.line] = gone
    return Furniture(probability, marked)


def with_markup(found: Floats, markup: NDArray[np.float64]) -> Floats:
    """What the line model and the markup say together; where the markup says nothing (NaN), the line model alone."""
    least = 1 / (1 + np.exp(_SURE))
    sure = np.clip(found.astype(np.float64), least, 1 - least)
    both = 1 / (1 + np.exp(-(_BESIDE_MARKUP * np.log(sure / (1 - sure)) + markup)))
    return np.where(np.isnan(markup), found, both).astype(np.float32)


@per_batch
def furniture(batch: Batch) -> Furniture:
    """What the shipped model says of the lines of a batch."""
    return judge(_shipped(), batch)


# What a line says decides its kind, the first that fits; a line that says none of this is navigation.
_KINDS = (
    ("cookie", "cookie cookies consent gdpr"),
    ("copyright", "copyright reserved © trademark trademarks"),
    ("donation", "donate donation donations contribute patreon"),
    (
        "subscription",
        "subscribe subscription subscriber subscribers newsletter newsletters inbox signup unsubscribe paywall",
    ),
    ("advertisement", "advertisement advertisements sponsored advertising advertise promo coupon sale"),
    ("comments", "comment comments reply replies commenter trackback permalink says wrote disqus moderated"),
    ("share", "share tweet facebook twitter whatsapp linkedin pinterest reddit digg stumbleupon email print instagram"),
    ("related", "related recommended trending popular headlines stories latest recent more next previous also"),
    ("caption", "photo photograph photos image images getty reuters afp caption credit courtesy photographer"),
    ("timestamp", "published updated posted ago gmt est edt pst pdt utc"),
    ("byline", "by author editor reporter correspondent columnist contributor"),
)


@per_batch
def _kinds(batch: Batch) -> NDArray[np.int8]:
    """The place in _KINDS of the kind of each line, -1 for none; shape [lines]."""
    kinds = np.full(len(batch.lines), -1, np.int8)
    for i in range(len(_KINDS) - 1, -1, -1):
        words = tuple(w for w in _KINDS[i][1].split() if w.isalpha())
        kinds[batch.words.line[words_in(batch, words)]] = i
    return kinds


def kind_of(batch: Batch, line: int) -> str:
    """What kind of furniture a line is, if it is any, by the words on it."""
    kind = int(_kinds(batch)[line])
    return _KINDS[kind][0] if kind >= 0 else "navigation"
