"""Take the furniture out of a judged document, and remember every character's place.

`strip` removes what the verdict's evidence on the boilerplate axis covers. Nothing else decides here: a reader who sees
the evidence in a report sees what will be gone. `restore` puts it back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from detector.document import Document, Span
from detector.errors import UsageError
from detector.policy import Verdict
from detector.registry import all_signals

__all__ = ["KINDS", "Stripped", "check_kinds", "furniture_spans", "restore", "strip"]

KINDS = (
    "advertisement",
    "byline",
    "caption",
    "comments",
    "cookie",
    "copyright",
    "donation",
    "link",
    "markdown-image",
    "navigation",
    "related",
    "share",
    "subscription",
    "timestamp",
)
"""What a piece of furniture can be; a span's `detail["kind"]` is one of these, and so is every word of `--keep`."""

_DEFAULT_KIND = "navigation"

_Piece = tuple[int, int, str]  # where it begins and ends, and its kind


@dataclass(frozen=True)
class Stripped:
    """A text without its furniture.

    `text`: what is kept. `kept`: where it stood, as half-open places of the original, sorted, never touching:
    `text` is their concatenation. `removed`: what stood between them, as spans of the original with
    `detail = {"kind": ..., "text": ...}`, so that `restore` can put it back.
    """

    text: str
    kept: tuple[tuple[int, int], ...]
    removed: tuple[Span, ...]

    def locate(self, offset: int) -> int:
        """Say where in the original the kept character with that offset stood; IndexError when there is none."""
        before = 0
        for start, end in self.kept:
            if 0 <= offset - before < end - start:
                return start + offset - before
            before += end - start
        msg = f"the stripped text has no character {offset}"
        raise IndexError(msg)

    @property
    def removed_characters(self) -> int:
        """How many characters are gone."""
        return sum(s.end - s.start for s in self.removed)


def check_kinds(kinds: Iterable[str]) -> None:
    """Raise UsageError for a kind that does not exist."""
    for kind in kinds:
        if kind not in KINDS:
            msg = f"there is no kind of furniture {kind!r}; there are {', '.join(KINDS)}"
            raise UsageError(msg)


@cache
def _codes() -> frozenset[str]:
    """The signals of furniture."""
    return frozenset(s.code for s in all_signals() if s.axis == "boilerplate")


def furniture_spans(verdict: Verdict, keep: Collection[str] = frozenset()) -> list[Span]:
    """Merge the places that the verdict's evidence calls furniture, without those of the kinds to keep.

    Signals may disagree on a kind (a caption is also a line of furniture): a place is kept if any of them gives it a
    kind that is to be kept. Raises UsageError for a kind that does not exist.
    """
    return [Span(start, end, detail={"kind": kind}) for start, end, kind in _furniture(verdict, keep)]


def _furniture(verdict: Verdict, keep: Collection[str]) -> list[_Piece]:
    """What `furniture_spans` returns, in plain types: sorted, and never touching."""
    check_kinds(keep)
    axis = _codes()
    found = [s for m in verdict.assessment.measurements if m.evidence and m.code in axis for s in m.evidence]
    pieces: list[_Piece] = [(s.start, s.end, str(s.detail.get("kind", _DEFAULT_KIND))) for s in found]
    if len(pieces) > 1:
        pieces.sort()
    if keep:
        kept = _union((a, b) for a, b, kind in pieces if kind in keep)
        gone = [piece for piece in pieces if piece[2] not in keep]
        pieces = sorted((a, b, kind) for start, end, kind in gone for a, b in _subtract(start, end, kept))
    return _merged(pieces)


def strip(document: Document, verdict: Verdict, keep: Collection[str] = frozenset()) -> Stripped:
    """Take out of a document the furniture that the verdict found.

    `keep`: the kinds (see KINDS) to leave in.
    A line that is gone takes its line feed with it, and one of two empty lines that would then meet; a sentence that is
    gone takes the white space after it (at the end of a line, before it).
    """
    text = document.text
    pieces = _furniture(verdict, keep)
    if not pieces:
        return Stripped(text, ((0, len(text)),) if text else (), ())
    cuts = _union(sorted([_widen(text, start, end) for start, end, _ in pieces]))
    cuts = _union([_close_gap(text, start, end) for start, end in cuts])
    edges = [0, *(x for cut in cuts for x in cut), len(text)]
    kept = tuple([(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b])
    removed = tuple(
        [
            Span(start, end, detail={"kind": kind, "text": text[start:end]})
            for (start, end), kind in zip(cuts, _kinds(cuts, pieces), strict=True)
        ]
    )
    return Stripped("".join([text[a:b] for a, b in kept]), kept, removed)


def restore(text: str, removed: Sequence[Span]) -> str:
    """Put what was removed back into a stripped text."""
    out: list[str] = []
    at = size = 0
    for span in sorted(removed, key=lambda s: s.start):
        take = span.start - size
        out += [text[at : at + take], span.detail["text"]]
        at += take
        size = span.end
    return "".join([*out, text[at:]])


def _union(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge places, sorted ones, that overlap or touch."""
    out: list[tuple[int, int]] = []
    for start, end in places:
        if start >= end:
            continue
        if out and start <= out[-1][1]:
            if end > out[-1][1]:
                out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _subtract(start: int, end: int, holes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut holes, which are sorted and disjoint, out of a place."""
    inside = [(max(a, start), min(b, end)) for a, b in holes if a < end and b > start]
    edges = [start, *(x for hole in inside for x in hole), end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def _merged(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Merge pieces, sorted ones, that overlap or touch; the kind is the one that covers most."""
    out: list[_Piece] = []
    covered: dict[str, int] = {}  # of the last place, how much each kind covers; nothing as long as it is one piece
    for piece in pieces:
        start, end, kind = piece
        if start >= end:
            continue
        if not out or start > out[-1][1]:
            out.append(piece)
            covered = {}
            continue
        first, reached, named = out[-1]
        covered = covered or {named: reached - first}
        covered[kind] = covered.get(kind, 0) + end - start
        out[-1] = (first, max(end, reached), _most(covered))
    return out


def _kinds(places: Sequence[tuple[int, int]], pieces: Sequence[_Piece]) -> list[str]:
    """Name the kind of each place by the pieces in it. Both are sorted and disjoint, and each piece lies in a place."""
    if len(places) == len(pieces):
        return [kind for _, _, kind in pieces]
    out: list[str] = []
    left = iter(pieces)
    piece = next(left, None)
    for _, end in places:
        covered: dict[str, int] = {}
        while piece is not None and piece[0] < end:
            covered[piece[2]] = covered.get(piece[2], 0) + piece[1] - piece[0]
            piece = next(left, None)
        out.append(_most(covered))
    return out


def _most(covered: Mapping[str, int]) -> str:
    """Name the kind that covers most; a named kind wins over the default one."""
    if len(covered) == 1:
        return next(iter(covered))
    return max(sorted(covered), key=lambda kind: (covered[kind], kind != _DEFAULT_KIND))


def _widen(text: str, start: int, end: int) -> tuple[int, int]:
    """Take the white space along that would be left over; the line feed only when nothing is left of the line."""
    if (start == 0 or text[start - 1] == "\n") and text[end : end + 1] == "\n":
        return start, end + 1  # a whole line, as most are
    while end < len(text) and text[end].isspace() and text[end] != "\n":
        end += 1
    left = start
    while left > 0 and text[left - 1].isspace() and text[left - 1] != "\n":
        left -= 1
    begins = left == 0 or text[left - 1] == "\n"
    ends = end == len(text) or text[end] == "\n"
    if begins and ends:
        if end < len(text):
            return left, end + 1
        return (left - 1 if left else left), end
    return (left if ends else start), end


def _close_gap(text: str, start: int, end: int) -> tuple[int, int]:
    """Where an empty line before the gap would meet an empty line after it, the second goes too."""
    empty_before = start == 0 or (start > 1 and text.startswith("\n\n", start - 2))
    if empty_before and end < len(text) and text[end] == "\n" and text[end - 1] == "\n":
        return start, end + 1
    return start, end
