"""Marks become measurements, measurements become the rows that a model sees. The one door to the models."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, per_batch
from detector.document import Span
from detector.registry import Marks, Signal, spans

__all__ = ["Measurement", "Table", "joined", "measure"]

# `top` is the mean of the worst three sentences: one odd sentence is an accident, three are a habit. (Measured on dev/:
# see the model card.)
TOP = 3
# `shrunk`: so many words without a mark are added, so that a short text has to show more. On dev/, at the line that one
# sound text in a thousand passes, news with one word in 50 misspelt is then found in 93 of 100 cases, else in 3; notes
# of 100 words as often as before.
SHRINKING_WORDS = 200


class Measurement(NamedTuple):
    """A signal's value on one document, with the evidence."""

    code: str
    value: float
    evidence: tuple[Span, ...]


@dataclass(frozen=True)
class Table:
    """The measurements of a batch. `values`: float64 [documents, signals]; `evidence[signal][document]`: spans.

    `excused`, if given: bool [documents, signals], where what was measured weighs nothing against a document.
    """

    signals: tuple[Signal, ...]
    values: NDArray[np.float64]
    evidence: tuple[Sequence[Sequence[Span]], ...]
    excused: NDArray[np.bool_] | None = None

    def rows(self) -> list[tuple[Measurement, ...]]:
        """All measurements of each document."""
        codes = [s.code for s in self.signals]
        nothing = [_nothing(code) for code in codes]  # what most signals find in most documents
        out = [nothing.copy() for _ in range(len(self.values))]
        at = np.nonzero(self.values)
        for document, i, value in zip(*(x.tolist() for x in (*at, self.values[at])), strict=True):
            out[document][i] = Measurement(codes[i], value, ())
        for i, by_document in enumerate(self.evidence):
            for document, found in enumerate(by_document):
                if found:
                    out[document][i] = Measurement(codes[i], out[document][i].value, tuple(found))
        return [tuple(row) for row in out]


@functools.cache
def _nothing(code: str) -> Measurement:
    return Measurement(code, 0.0, ())


def _top(values: NDArray[np.float64], document: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """The mean of the worst three units of each document; missing ones count as 0."""
    out = np.zeros(n)
    marked = np.flatnonzero(values > 0)
    if len(marked):
        order = marked[np.lexsort((-values[marked], document[marked]))]
        of = document[order]
        rank = np.arange(len(of)) - np.searchsorted(of, of)
        worst = order[rank < TOP]
        out = np.bincount(document[worst], weights=values[worst], minlength=n) / TOP
    return out


@per_batch
def _length(batch: Batch) -> NDArray[np.int64]:
    """Words by document, at least 1."""
    return np.maximum(batch.words_per_document(), 1)


@per_batch
def _units(batch: Batch) -> dict[str, NDArray[np.int64]]:
    """How many lines and sentences each document has."""
    return {
        "line": np.bincount(batch.lines.document, minlength=len(batch)),
        "sentence": np.bincount(batch.sentences.document, minlength=len(batch)),
        "word": batch.words_per_document(),
    }


def aggregate(
    declared: Signal,
    batch: Batch,
    marks: Marks,
    at: NDArray[np.int64],
    counted: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """One value a document, float64 [documents], by the aggregate that the signal declares.

    `at`: the units that are marked; most units of most documents are not, and what is 0 is not added up. `counted`:
    bool [words], see `measure`.
    """
    n = len(batch)
    if declared.unit == "document":
        return np.asarray(marks.values, np.float64)
    if not len(at):
        return np.zeros(n)
    words, lines, sentences = batch.words.document, batch.lines.document, batch.sentences.document
    document = {"word": words, "line": lines, "sentence": sentences}[declared.unit]
    values, of = marks.values[at].astype(np.float64), document[at]
    if declared.aggregate in ("count", "shrunk"):
        length = _length(batch)
        if counted is not None:
            values *= counted[at]
            length = np.maximum(batch.per_document(words[counted]), 1)
        size = length + (SHRINKING_WORDS if declared.aggregate == "shrunk" else 0)
        return np.log1p(1000 * np.bincount(of, weights=values, minlength=n) / size)
    if declared.aggregate == "top":
        return _top(values, of, n)
    if marks.weight is None:
        total = _units(batch)[declared.unit]
    else:
        weight = np.asarray(marks.weight, np.float64)
        total = np.bincount(document, weights=weight, minlength=n)
        values *= weight[at]
    return np.bincount(of, weights=values, minlength=n) / np.maximum(total, 1e-9)


def measure(
    batch: Batch,
    signals: Sequence[Signal],
    *,
    with_evidence: bool = True,
    counted: NDArray[np.bool_] | None = None,
) -> Table:
    """Run signals over a batch: values for all documents at once, and evidence where it is wanted.

    What the batch ignores is not asked: its values are 0, and it has no evidence. `counted`: bool [words], the words
    that the counts of signals of words are about, if not all; what is marked among the others is shown.
    """
    values = np.zeros((len(batch), len(signals)))
    found: list[Sequence[Sequence[Span]]] = []
    nothing: list[Sequence[Span]] = [()] * len(batch)
    for i, declared in enumerate(signals):
        if declared.code in batch.ignored:
            found.append(nothing)
            continue
        marks = declared.mark(batch)
        # Numbers are compared several times as fast as they are looked through for what is not 0.
        at = np.flatnonzero(marks.values != 0)
        batch.marked[declared.code] = at
        values[:, i] = aggregate(declared, batch, marks, at, counted)
        found.append(spans(declared, batch, marks, at) if with_evidence and len(at) else nothing)
    return Table(tuple(signals), values, tuple(found))


def joined(signals: Sequence[Signal], *tables: Table) -> Table:
    """Tables of the same documents side by side, as one with these columns; each signal is in one of the tables."""
    at = {declared.code: (table, i) for table in tables for i, declared in enumerate(table.signals)}
    columns = [at[declared.code] for declared in signals]
    values = np.zeros((len(tables[0].values), len(columns)))
    for k, (table, i) in enumerate(columns):
        values[:, k] = table.values[:, i]
    return Table(tuple(signals), values, tuple([table.evidence[i] for table, i in columns]))
