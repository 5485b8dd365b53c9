"""Take the furniture out of a judged document, and remember every character's place.

`strip` removes what the verdict's evidence on the boilerplate axis covers. Nothing else decides here: a reader who sees
the evidence in a report sees what will be gone. `restore` puts it back.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from detector.cuts import DEFAULT_KIND, Piece, cuts_of, kinds_of, left_between, merged, subtract, union
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


def _furniture(verdict: Verdict, keep: Collection[str]) -> list[Piece]:
    """What `furniture_spans` returns, in plain types: sorted, and never touching."""
    check_kinds(keep)
    axis = _codes()
    found = [s for m in verdict.assessment.measurements if m.evidence and m.code in axis for s in m.evidence]
    pieces: list[Piece] = [(s.start, s.end, str(s.detail.get("kind", DEFAULT_KIND))) for s in found]
    if len(pieces) > 1:
        pieces.sort()
    if keep:
        kept = union((a, b) for a, b, kind in pieces if kind in keep)
        gone = [piece for piece in pieces if piece[2] not in keep]
        pieces = sorted((a, b, kind) for start, end, kind in gone for a, b in subtract(start, end, kept))
    return merged(pieces)


def strip(document: Document, verdict: Verdict, keep: Collection[str] = frozenset()) -> Stripped:
    """Take out of a document the furniture that the verdict found.

    `keep`: the kinds (see KINDS) to leave in.
    What goes with it: see `cuts_of`.
    """
    text = document.text
    pieces = _furniture(verdict, keep)
    if not pieces:
        return Stripped(text, ((0, len(text)),) if text else (), ())
    cuts = cuts_of(text, ((start, end) for start, end, _ in pieces))
    kept = left_between(cuts, len(text))
    removed = tuple(
        [
            Span(start, end, detail={"kind": kind, "text": text[start:end]})
            for (start, end), kind in zip(cuts, kinds_of(cuts, pieces), strict=True)
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
