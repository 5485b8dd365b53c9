"""
Other names in the same text: whom it speaks of, and whether the name is a known one, is no evidence.

A name is what the text writes with a capital inside its sentences and never small. It becomes another word wherever it
stands, in a broken and in a sound text alike: a name of other texts, or a word of another language with a capital.
"""

import random
import re
from collections.abc import Mapping, Sequence

from detector.training.deep.breakage import Stock
from detector.training.deep.pools import Line, Span

WORD = re.compile(r"[^\W\d_]+")
# Capitals that are no names of anybody.
KEPT = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december president minister prime secretary senate senator house congress state states "
    "government general court justice party republican republicans democrat democrats democratic mr mrs ms dr sir "
    "professor chief director union united national international university north south east west english christian "
    "god internet the and but for not this that these those there they what when where who how why she his her him "
    "its our your one two new old".split()
)
ADJECTIVE = re.compile(r"(?:an|ans|ish|ese|ic|ist|ists|ism)$")  # American, Turkish, Chinese, Islamic
SHARE = 0.7  # of a text's names


def names(texts: Sequence[str]) -> list[str]:
    """The names of a text, in their order."""
    inside: dict[str, None] = {}
    small = set()
    for text in texts:
        for found in WORD.finditer(text):
            word = found.group()
            if word[0].islower():
                small.add(word)
            elif found.start() and len(word) > 3 and word[1:].islower() and not ADJECTIVE.search(word):
                inside.setdefault(word)
    return [w for w in inside if w.lower() not in KEPT and w.lower() not in small]


def renaming(texts: Sequence[str], stock: Stock, rng: random.Random) -> dict[str, str]:
    """What each name becomes; some stay."""
    found = [name for name in names(texts) if rng.random() < SHARE]
    if not found:
        return {}
    language = rng.choice(stock.foreign)
    donors = names([rng.choice(stock.donors) for _ in range(24)]) or found
    changes = {}
    for name in found:
        other = rng.choice(donors) if rng.random() < 0.6 else rng.choice(language).capitalize()
        changes[name] = other if other[1:].islower() else name
    return changes


def renamed(line: Line, changes: Mapping[str, str]) -> tuple[str, tuple[Span, ...] | None]:
    """The text of a line with its names changed, and its spans where they are now."""
    parts, moves, last = [], [], 0
    for found in WORD.finditer(line.text):
        new = changes.get(found.group())
        if new is not None:
            parts += [line.text[last : found.start()], new]
            last = found.end()
            moves.append((found.start(), found.end(), len(new) - len(found.group())))
    text = "".join([*parts, line.text[last:]])
    if not line.spans or not moves:
        return text, line.spans

    def moved(place: int, *, end: bool) -> int:
        by = 0
        for a, b, more in moves:
            if place >= b or (end and place > a):
                by += more
        return place + by

    return text, tuple((moved(a, end=False), moved(b, end=True), degree) for a, b, degree in line.spans)
