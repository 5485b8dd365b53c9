"""A `Verdict` as a page for a terminal: scores, reasons, worst sentences, and the text with its evidence marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from detector.batch import cut
from detector.document import Document, Span
from detector.policy import Lines, Reason, Verdict
from detector.registry import all_signals
from detector.scorer import AXES

__all__ = ["Marked", "page", "printable", "quotes", "summary", "worst_sentences"]

_ACTION_STYLE = {"keep": "bold green", "review": "bold yellow", "drop": "bold red", "abstain": "bold magenta"}
_AXIS_STYLE = {"garble": "red", "typos": "yellow underline", "boilerplate": "cyan"}
_WORD_STYLE = {**_AXIS_STYLE, "garble": "bold white on red"}
_AXIS_LETTER = {"garble": "g", "typos": "t", "boilerplate": "b"}

# What fits on a screen beside the rest of the page.
_WORST = 8
_QUOTED = 4
_QUOTE_LENGTH = 70
_BAR = 24

# Control characters would drive the reader's terminal, and lone surrogates cannot be written: both are shown by a
# character of the same length, so that offsets stay.
_PICTURES = {c: 0x2400 + c for c in range(32) if c not in (0x09, 0x0A)} | {0x7F: 0x2421}
_PICTURES |= dict.fromkeys((*range(128, 160), *range(55296, 57344), *range(8234, 8239), *range(8294, 8298)), 65533)


def printable(text: str) -> str:
    """The text with whatever a terminal would obey, or could not show, replaced one for one."""
    return text.translate(_PICTURES)


@dataclass(frozen=True)
class _Shown:
    """A span to mark: its axis, and whether it is of words (else of whole lines or sentences)."""

    start: int
    end: int
    axis: str
    of_words: bool


def _shown(verdict: Verdict) -> list[_Shown]:
    declared = {s.code: s for s in all_signals()}
    out = [
        _Shown(span.start, span.end, axis, declared[m.code].unit == "word")
        for m in verdict.assessment.measurements
        if m.code in declared and (axis := declared[m.code].axis)
        for span in m.evidence
    ]
    return sorted(out, key=lambda s: (s.start, s.of_words, s.end))


@dataclass(frozen=True)
class Marked:
    """A piece of a document with its evidence marked: by colour, or by brackets where there is none ("[g: dedi]")."""

    text: str
    spans: tuple[_Shown, ...]
    prefix: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich's protocol."""
        if console.is_terminal and not console.no_color:
            out = Text(self.prefix) + self.coloured()
        else:
            out = Text(self.prefix + self.bracketed())
        yield from console.render(out, options)

    def coloured(self) -> Text:
        """The text with styles."""
        out = Text(printable(self.text))
        for span in sorted(self.spans, key=lambda s: (s.of_words, s.axis == "garble")):
            out.stylize((_WORD_STYLE if span.of_words else _AXIS_STYLE)[span.axis], span.start, span.end)
        return out

    def bracketed(self) -> str:
        """The text with each marked stretch in brackets, each naming its axes by their first letters."""
        text = printable(self.text)
        edges = sorted({0, len(text), *(e for s in self.spans for e in (s.start, s.end) if 0 <= e <= len(text))})
        pieces: list[tuple[str, str]] = []
        for start, end in pairwise(edges):
            axes = {_AXIS_LETTER[s.axis] for s in self.spans if s.start <= start and end <= s.end}
            letters = "".join(sorted(axes))
            if pieces and pieces[-1][0] == letters:
                pieces[-1] = (letters, pieces[-1][1] + text[start:end])
            else:
                pieces.append((letters, text[start:end]))
        return "".join(f"[{letters}: {piece}]" if letters else piece for letters, piece in pieces)


def _within(spans: Iterable[_Shown], start: int, end: int) -> tuple[_Shown, ...]:
    return tuple(
        _Shown(max(s.start, start) - start, min(s.end, end) - start, s.axis, s.of_words)
        for s in spans
        if s.start < end and s.end > start
    )


def worst_sentences(document: Document, verdict: Verdict) -> list[tuple[int, int, float]]:
    """Sentences that speak for garble or typos, worst first: (start, end, log-odds that their evidence adds).

    What a signal adds to `p_low_quality` is shared out among its evidence by the marks.
    """
    sentences = cut([document.text]).sentences
    declared = {s.code: s for s in all_signals()}
    added = [0.0] * len(sentences)
    marks = [0.0] * len(sentences)
    for measurement in verdict.assessment.measurements:
        if measurement.code not in declared or declared[measurement.code].axis not in ("garble", "typos"):
            continue
        total = sum(s.mark for s in measurement.evidence)
        weight = verdict.assessment.contributions.get(measurement.code, 0.0)
        for span in measurement.evidence:
            for i in _overlapping(sentences.start - 1, sentences.end - 1, span):
                added[i] += weight * span.mark / total
                marks[i] += span.mark
    order = sorted((i for i in range(len(sentences)) if marks[i] > 0), key=lambda i: (-added[i], -marks[i], i))
    return [(int(sentences.start[i]) - 1, int(sentences.end[i]) - 1, added[i]) for i in order]


def _overlapping(start: NDArray[np.int64], end: NDArray[np.int64], span: Span) -> list[int]:
    return np.flatnonzero((start < span.end) & (end > span.start)).tolist()


def _heading(document: Document, verdict: Verdict) -> Text:
    name = printable(document.source or document.id or "-")
    return Text.assemble(
        (verdict.action.upper(), _ACTION_STYLE[verdict.action]),
        f"  {name}  ",
        (f"read by: {', '.join(verdict.ran)}", "dim"),
    )


def _scores(verdict: Verdict, lines: Lines) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("axis", "score", "review above", "drop above", ""):
        table.add_column(title, justify="left" if title in ("axis", "") else "right", no_wrap=True)
    for axis in AXES:
        p = getattr(verdict.assessment, axis)
        review, drop = getattr(lines, f"{axis}_review_above"), getattr(lines, f"{axis}_drop_above")
        style = "red" if p > drop else "yellow" if p > review else "green"
        bar = Text("█" * round(p * _BAR) or "▏", style)
        table.add_row(axis, Text(f"{p:.3f}", style), f"{review:.3f}", f"{drop:.3f}", bar)
    p = verdict.assessment.p_low_quality
    table.add_row("p_low_quality", f"{p:.3f}", "", "", Text("█" * round(p * _BAR) or "▏", "dim"))
    return table


def quotes(text: str, spans: Sequence[Span], most: int = _QUOTED) -> str:
    """What was found, worst first, in quotation marks, with the first suggestion if there is one."""
    seen: dict[str, None] = {}
    for span in sorted(spans, key=lambda s: (-s.mark, s.start)):
        words = " ".join(printable(span.of(text)).split())
        if len(words) > _QUOTE_LENGTH:
            words = words[: _QUOTE_LENGTH - 1].rstrip() + "…"
        better = span.detail.get("suggestions")
        seen[f"“{words}”" + (f" → {printable(better[0])}" if better else "")] = None
    more = len(seen) - most
    return ", ".join(list(seen)[:most]) + (f", and {more} more" if more > 0 else "")


def _reasons(document: Document, verdict: Verdict) -> Table:
    found = {m.code: m.evidence for m in verdict.assessment.measurements}
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for reason in verdict.reasons:
        said = Text.assemble(reason.message[:1].upper() + reason.message[1:], (f"  {_weight(reason)}", "dim"))
        quoted = quotes(document.text, found.get(reason.code, ()))
        if quoted:
            said.append(f"\n{quoted}", style=_AXIS_STYLE.get(reason.axis or "", "").replace(" underline", ""))
        table.add_row(Text(reason.code, "bold"), said)
    return table


def _weight(reason: Reason) -> str:
    """Where a reason belongs, and what it adds, if anything: furniture is named, and counts by its share."""
    parts = [reason.axis, reason.name, f"{reason.contribution:+.2f}" if reason.contribution else None]
    return f"({', '.join(part for part in parts if part)})"


def _readability(indices: Mapping[str, float]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for name, value in indices.items():
        table.add_row(name.replace("_", " "), f"{value:.1f}")
    return table


def summary(document: Document, verdict: Verdict, lines: Lines) -> RenderableType:
    """Verdict, scores and reasons. `lines`: those that the verdict was measured by."""
    parts: list[RenderableType] = [_heading(document, verdict), "", _scores(verdict, lines)]
    if verdict.reasons:
        title = "Found" if verdict.action == "keep" else "Why"
        parts += ["", Text(title, "bold"), _reasons(document, verdict)]
    return Group(*parts)


def page(document: Document, verdict: Verdict, lines: Lines, indices: Mapping[str, float]) -> RenderableType:
    """The whole report: the summary, worst sentences, the text with its evidence marked, readability."""
    spans = _shown(verdict)
    parts: list[RenderableType] = [summary(document, verdict, lines)]
    worst = worst_sentences(document, verdict)
    if worst:
        parts += ["", Text(f"Worst sentences ({min(len(worst), _WORST)} of {len(worst)} with a mark)", "bold")]
        for rank, (start, end, _) in enumerate(worst[:_WORST], 1):
            line = document.text.count("\n", 0, start) + 1
            sentence = document.text[start:end].replace("\n", " ")
            parts.append(Marked(sentence, _within(spans, start, end), f"{rank}. line {line}: "))
    legend = Text.assemble(
        "Text  ", *(x for a in AXES for x in ((f"{_AXIS_LETTER[a]} {a}", _AXIS_STYLE[a]), "  ")), style="bold"
    )
    end = len(document.text.rstrip())
    parts += ["", legend, Marked(document.text[:end], _within(spans, 0, end))]
    parts += ["", Text("Readability (textstat)", "bold"), Padding(_readability(indices), (0, 0))]
    return Group(*parts)
