"""`Signal`: one declared, documented way to mark one fault; and the register of all of them.

A signal lives in `detector/signals/<name>.py`, in a function of that name under `@signal(...)`. The function takes a
`Batch` and returns `Marks`: one number for each unit of text, 0 = nothing wrong.
"""

import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, cut
from detector.document import Span
from detector.errors import UsageError

__all__ = ["Marks", "Signal", "all_signals", "evidence", "find_signal", "marked_by", "places_of", "signal", "spans"]

Axis = Literal["garble", "typos", "boilerplate"]
Unit = Literal["word", "line", "sentence", "document"]
Aggregate = Literal["rate", "count", "shrunk", "top", "value"]
Cost = Literal["fast", "slow"]
Beyond = Literal["markup", "site"]

_CODE = re.compile(r"(EN|MT|WD|RP|BP|LG|LT)\d{3}")


@dataclass(frozen=True)
class Marks:
    """What a signal says of a batch.

    `values`: float array of shape [units], 0 = nothing wrong, up is worse, never negative, finite. `show`, if given:
    bool array [units], which marked units are shown as evidence (default: all that are marked). `detail`, if given:
    from a unit's index to what is known about it beyond the number (suggestions, kind, confidence); asked only for what
    is shown. `weight`, if given: float array [units], how much a unit counts in the mean of `rate` (lines by their
    characters).
    """

    values: NDArray[Any]
    detail: Callable[[int], Mapping[str, Any]] | None = None
    show: NDArray[np.bool_] | None = None
    weight: NDArray[Any] | None = None


@dataclass(frozen=True)
class Signal:
    """A declared signal; see `signal` for what each field means."""

    code: str
    name: str
    axis: Axis | None
    unit: Unit
    aggregate: Aggregate
    cost: Cost
    message: str
    doc: str
    flagged: tuple[str, ...]
    clean: tuple[str, ...]
    joined: bool
    abstain_at: float | None
    needs: str | None
    replaces: str | None
    beyond: Beyond | None
    function: Callable[[Batch], Marks] = field(repr=False)

    def mark(self, batch: Batch) -> Marks:
        """Mark every unit of the batch."""
        return self.function(batch)

    def __reduce__(self) -> tuple[Callable[[str], "Signal"], tuple[str]]:
        """Pickled by its code: the module's name stands for the signal, so its function cannot be found there."""
        return find_signal, (self.code,)


_REGISTER: dict[str, Signal] = {}


def signal(  # noqa: PLR0913 - a declaration: every fact about a signal is named in one place
    code: str,
    *,
    axis: Axis | None,
    unit: Unit,
    message: str,
    flagged: Sequence[str],
    clean: Sequence[str],
    aggregate: Aggregate | None = None,
    cost: Cost = "fast",
    joined: bool = False,
    abstain_at: float | None = None,
    needs: str | None = None,
    replaces: str | None = None,
    beyond: Beyond | None = None,
) -> Callable[[Callable[[Batch], Marks]], Signal]:
    """Declare a signal.

    - `code`: family and number ("MT102"), never reused. EN encoding, MT translation, WD words and spelling, RP
      repetition, BP boilerplate, LG language and shape, LT LanguageTool.
    - `axis`: which axis its evidence belongs to; None: a model column only.
    - `unit`: what is marked. `aggregate`: how marks become the measurement: `rate` (mean over units), `count` (log of 1
      + marks per 1,000 words), `shrunk` (the same as if 200 more words had no mark: one slip in a note is no habit),
      `top` (mean of the three worst sentences), `value` (unit document only).
    - `message`: the reason in a reader's words, a noun phrase without full stop ("words of another language left in").
    - `flagged`, `clean`: texts that it must mark, and must not. Both are tests and documentation.
    - `cost`: slow signals see what the fast ones leave in doubt. `needs`: the extra that must be installed.
    - `joined`: neighbouring marked units are shown as one span.
    - `replaces`: the code of a signal whose evidence is not shown where this one ran: it sees the same, and better.
    - `beyond`: it reads what is not in the text: the page's `markup`, or the other documents of its `site`. No text
      alone is a sample of it. Where it is marked it is named as a reason, whatever it weighs.
    - `abstain_at`: the measurement from which no verdict on quality is given at all.
    """

    def declare(function: Callable[[Batch], Marks]) -> Signal:
        name = function.__name__.replace("_", "-")
        declared = Signal(
            code=code,
            name=name,
            axis=axis,
            unit=unit,
            aggregate=aggregate or ("value" if unit == "document" else "count" if unit == "word" else "rate"),
            cost=cost,
            message=message,
            doc=inspect.getdoc(function) or "",
            flagged=tuple(flagged),
            clean=tuple(clean),
            joined=joined,
            abstain_at=abstain_at,
            needs=needs,
            replaces=replaces,
            beyond=beyond,
            function=function,
        )
        other = _REGISTER.get(code)
        if not _CODE.fullmatch(code) or (other is not None and other.name != name):
            msg = f"signal {name}: the code {code!r} is malformed or taken"
            raise UsageError(msg)
        _REGISTER[code] = declared
        return declared

    return declare


@functools.cache
def all_signals() -> tuple[Signal, ...]:
    """Every signal of `detector.signals`, by code. Imports them on first use."""
    package = importlib.import_module("detector.signals")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"detector.signals.{module.name}")
    return tuple(sorted(_REGISTER.values(), key=lambda s: s.code))


def find_signal(wanted: str) -> Signal:
    """The signal with that code or name; UsageError, with the nearest names, if there is none."""
    for known in all_signals():
        if wanted.upper() == known.code or wanted.lower().replace("_", "-") == known.name:
            return known
    import difflib  # noqa: PLC0415 - only for a mistyped name

    names = [x for s in all_signals() for x in (s.code, s.name)]
    near = difflib.get_close_matches(wanted, names, 3, 0.4)
    msg = f"there is no signal {wanted!r}" + (f"; did you mean {', '.join(near)}?" if near else "")
    raise UsageError(msg)


def _units(batch: Batch, unit: Unit) -> Any:  # noqa: ANN401 - Words, Lines or Sentences
    return {"word": batch.words, "line": batch.lines, "sentence": batch.sentences}[unit]


def spans(declared: Signal, batch: Batch, marks: Marks, at: NDArray[np.int64] | None = None) -> list[Sequence[Span]]:
    """The evidence by document: the marked units (`at`, if that is known), in order, as spans of each document's own
    text.
    """
    out: list[Sequence[Span]] = [()] * len(batch)
    if declared.unit == "document":
        return out
    if at is None:
        at = np.flatnonzero(marks.values > 0)
    if marks.show is not None:
        at = at[marks.show[at]]
    if not len(at):
        return out
    units = _units(batch, declared.unit)
    document = units.document[at]
    start, end = units.start[at], units.end[at]
    if declared.joined and len(at) > 1:
        # A run of neighbours: consecutive units of one document (and, for words, of one line).
        joint = (np.diff(at) == 1) & (np.diff(document) == 0)
        if declared.unit == "word":
            joint &= np.diff(units.line[at]) == 0
        heads = np.flatnonzero(np.concatenate([[True], ~joint]))
        tails = np.append(heads[1:], len(at)) - 1
        mark = np.maximum.reduceat(marks.values[at], heads)
    else:
        heads = tails = np.arange(len(at))
        mark = marks.values[at]
    offset = batch.document_start[document[heads]]
    by_document: dict[int, list[Span]] = {}
    told = (document[heads], at[heads], start[heads] - offset, end[tails] - offset, mark.astype(np.float64))
    for of, unit, first, last, worst in zip(*(x.tolist() for x in told), strict=True):
        detail = marks.detail(unit) if marks.detail else {}
        by_document.setdefault(of, []).append(Span(first, last, worst, detail))
    for of, found in by_document.items():
        out[of] = found
    return out


def places_of(declared: Signal, batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Where the words, lines or sentences that a signal marks begin and end in the batch, and in which document; int64
    [marked units] each.
    """
    at = marked_by(declared, batch)
    units = _units(batch, declared.unit)
    return units.start[at], units.end[at], units.document[at]


def marked_by(declared: Signal, batch: Batch) -> NDArray[np.int64]:
    """Which words, lines, sentences or documents a signal marks, int64 [marked units].

    A signal that the batch has been measured by is not asked again; one that it ignores marks nothing.
    """
    if declared.code in batch.ignored:
        return np.zeros(0, np.int64)
    at = batch.marked.get(declared.code)
    return np.flatnonzero(declared.mark(batch).values > 0) if at is None else at


def evidence(declared: Signal, text: str) -> list[str]:
    """The words, lines or sentences of a text that a signal marks: for docstrings, cases and the curious."""
    batch = cut([text])
    return [span.of(text) for span in spans(declared, batch, declared.mark(batch))[0]]


def by_code(signals: Iterable[Signal]) -> dict[str, Signal]:
    """Signals under their codes."""
    return {s.code: s for s in signals}
