"""Places of furniture become cuts of a text: what goes with them, and what is left. Plain numbers, no signals."""

from collections.abc import Iterable, Mapping, Sequence

__all__ = ["DEFAULT_KIND", "Piece", "cuts_of", "kinds_of", "left_between", "merged", "subtract", "union"]

DEFAULT_KIND = "navigation"

Piece = tuple[int, int, str]  # where it begins and ends, and its kind
Place = tuple[int, int]  # where it begins and ends, half-open


def cuts_of(text: str, places: Iterable[Place]) -> list[Place]:
    """What goes out of a text with these places, which are sorted: sorted cuts that never touch.

    A line that is gone takes its line feed with it, and one of two empty lines that would then meet; a sentence that is
    gone takes the white space after it (at the end of a line, before it).
    """
    cuts = union(sorted([_widen(text, start, end) for start, end in places]))
    return union([_close_gap(text, start, end) for start, end in cuts])


def left_between(cuts: Sequence[Place], length: int) -> tuple[Place, ...]:
    """What of so many characters is left when cuts, sorted ones that never touch, are gone."""
    edges = [0, *(x for cut in cuts for x in cut), length]
    return tuple([(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b])


def union(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
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


def subtract(start: int, end: int, holes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut holes, which are sorted and disjoint, out of a place."""
    inside = [(max(a, start), min(b, end)) for a, b in holes if a < end and b > start]
    edges = [start, *(x for hole in inside for x in hole), end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Merge pieces, sorted ones, that overlap or touch; the kind is the one that covers most."""
    out: list[Piece] = []
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


def kinds_of(places: Sequence[tuple[int, int]], pieces: Sequence[Piece]) -> list[str]:
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
    return max(sorted(covered), key=lambda kind: (covered[kind], kind != DEFAULT_KIND))


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
