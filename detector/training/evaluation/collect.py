"""Score a stream of labelled documents; keep numbers only: scores, codes of groups, counts of places found."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detector.document import Document
from detector.io.compression import decompressed
from detector.io.jsonl import parse
from detector.io.sources import find, open_source
from detector.pipeline import Detector
from detector.registry import all_signals
from detector.report.wire import record
from detector.scorer import AXES
from detector.training.evaluation.baselines import Baseline
from detector.training.evaluation.localise import Localisation
from detector.training.evaluation.read import Facts, Item

__all__ = ["Collected", "Given", "Judge", "Scorer", "collect"]

Floats = NDArray[np.float64]

DETECTOR, BASE = "detector", "base install"
BATCH = 256  # documents: see pipeline.py
# Of each tier so many documents are also judged cut to each length: enough for intervals of 8 points.
CUT_DOCUMENTS = 150
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Judged:
    """What a scorer says of a document: a number for each axis (NaN: none), and spans as in the wire format."""

    scores: Mapping[str, float]
    spans: Sequence[Mapping[str, Any]] = ()
    missing: bool = False
    deep: bool = False


class Scorer(Protocol):
    """Scores by document: a detector, or a file of scores."""

    def judge(self, documents: Sequence[Document], *, spans: Sequence[bool]) -> list[Judged]:
        """Judge documents; with spans where they are wanted."""


class Judge:
    """A detector as a scorer."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def judge(self, documents: Sequence[Document], *, spans: Sequence[bool]) -> list[Judged]:
        """Judge documents together."""
        out = []
        for document, verdict, wanted in zip(documents, self._detector.judge_batch(documents), spans, strict=True):
            numbers = {axis: float(getattr(verdict.assessment, axis)) for axis in AXES}
            places = record(document, verdict)["spans"] if wanted else ()
            out.append(Judged(numbers, places, deep="deep" in verdict.ran))
        return out


class Given:
    """Ready scores, as `detector score` writes them: `id`, and the axes at the top level or under `scores`; `spans`."""

    def __init__(self, path: str) -> None:
        self._known: dict[str, Judged] = {}
        for source in find([path]).sources:
            with open_source(source) as stream:
                for line in decompressed(stream, source.compression):
                    if line.strip():
                        self._keep(parse(line))

    def _keep(self, found: Mapping[str, Any]) -> None:
        numbers = {**found, **(found.get("scores") or {})}
        known = {a: float(numbers[a]) if numbers.get(a) is not None else np.nan for a in AXES}
        spans = [
            {k: s[k] for k in ("start", "end", "axis", "code") if k in s}
            for s in found.get("spans") or ()
            if s.get("axis") in AXES
        ]
        self._known[str(found["id"])] = Judged(known, spans, deep="deep" in (found.get("ran") or ()))

    def judge(self, documents: Sequence[Document], *, spans: Sequence[bool]) -> list[Judged]:  # noqa: ARG002 - all are kept
        """What the file says of them."""
        absent = Judged(dict.fromkeys(AXES, np.nan), missing=True)
        return [self._known.get(d.id, absent) for d in documents]


@dataclass(frozen=True)
class Collected:
    """One row a document; `length`: the words it was cut to (0: whole), `words`: how many it has.

    `scores[scorer]`: garble, float64 [documents], NaN without one; `axes`: the detector's other axes.
    """

    facts: list[Facts]
    words: NDArray[np.int64]
    length: NDArray[np.int64]
    scores: dict[str, Floats]
    axes: dict[str, Floats]
    seeds: list[dict[str, Any]]
    localisation: Localisation
    missing: int
    deep: int


@dataclass(frozen=True)
class _Row:
    item: Item
    length: int


def _cuttings(items: Iterable[Item], lengths: Sequence[int]) -> Iterator[_Row]:
    """Each document whole, and the first of each tier also cut to their first words."""
    taken: Counter[tuple[str, int]] = Counter()
    for item in items:
        yield _Row(item, 0)
        if item.facts.task != "garble" or not lengths:
            continue
        ends = [m.end() for m in islice(_WORD.finditer(item.document.text), max(lengths))]
        for n in lengths:
            if len(ends) >= n and taken[item.facts.tier, n] < CUT_DOCUMENTS:
                taken[item.facts.tier, n] += 1
                short = replace(item.document, text=item.document.text[: ends[n - 1]])
                yield _Row(replace(item, document=short, errors=None), n)


def _wants_spans(row: _Row) -> bool:
    return not row.length and (row.item.gold is not None or bool(row.item.labels) or row.item.errors is not None)


def collect(  # noqa: PLR0913, PLR0917 - who scores what, and how
    items: Iterable[Item],
    scorer: Scorer,
    base: Scorer | None = None,
    baselines: Sequence[Baseline] = (),
    lengths: Sequence[int] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Collected:
    """Score every document with the detector (or take its scores), with the base install and with the baselines.

    Holds a batch of texts at a time, and of each document a few numbers.
    """
    word_codes = frozenset(s.code for s in all_signals() if s.unit == "word")
    columns: dict[str, list[Floats]] = {
        name: [] for name in (DETECTOR, *([BASE] if base else []), *(b.name for b in baselines))
    }
    other: dict[str, list[Floats]] = {axis: [] for axis in AXES[1:]}
    kept = Collected([], np.zeros(0, np.int64), np.zeros(0, np.int64), {}, {}, [], Localisation(word_codes), 0, 0)
    words: list[int] = []
    length: list[int] = []
    missing = deep = 0
    rows = _cuttings(items, lengths)
    while block := list(islice(rows, BATCH)):
        documents = [r.item.document for r in block]
        judged = scorer.judge(documents, spans=[_wants_spans(r) for r in block])
        for row, found in zip(block, judged, strict=True):
            kept.facts.append(row.item.facts)
            words.append(len(row.item.document.text.split()))
            length.append(row.length)
            missing += found.missing
            deep += found.deep and not row.length
            if not row.length and not found.missing:
                kept.localisation.add(row.item, found.spans)
            if row.item.facts.task == "seed":
                kept.seeds.append({"name": row.item.seed or row.item.document.id, "words": words[-1], **found.scores})
        columns[DETECTOR].append(np.asarray([j.scores["garble"] for j in judged]))
        for axis, values in other.items():
            values.append(np.asarray([j.scores[axis] for j in judged]))
        _beside(block, documents, base, baselines, columns)
        progress(len(words))
    return replace(
        kept,
        words=np.asarray(words, np.int64),
        length=np.asarray(length, np.int64),
        scores={name: _joined(v) for name, v in columns.items()},
        axes={name: _joined(v) for name, v in other.items()},
        missing=missing,
        deep=deep,
    )


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)


def _beside(
    block: Sequence[_Row],
    documents: Sequence[Document],
    base: Scorer | None,
    baselines: Sequence[Baseline],
    columns: dict[str, list[Floats]],
) -> None:
    """The others read whole documents that count in the tables, and nothing else."""
    at = [i for i, r in enumerate(block) if not r.length and r.item.facts.task == "garble"]
    texts = [documents[i].text for i in at]
    for name, column in columns.items():
        if name == DETECTOR:
            continue
        values = np.full(len(block), np.nan)
        if at and name == BASE and base is not None:
            chosen = [documents[i] for i in at]
            values[at] = [j.scores["garble"] for j in base.judge(chosen, spans=[False] * len(chosen))]
        elif at:
            values[at] = next(b for b in baselines if b.name == name).score(texts)
        column.append(values)
