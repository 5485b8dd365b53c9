"""Read the labelled data, and lay all classes out alike, so that format does not tell the class.

The folding, the cutting and the windows are those of the project's outside referee (see the data's README): entities,
quotes, dashes and spaces are folded; sentences are laid into paragraphs of one to four, in windows of 90 to 400 words.
"""

import hashlib
import html
import io
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import zstandard

__all__ = [
    "SENTENCE_END",
    "apart",
    "fold_of",
    "lay",
    "own_layout",
    "plain",
    "poor",
    "rated_below",
    "rows",
    "sentences",
    "window",
]

Row = Mapping[str, Any]

_FOLD = str.maketrans(
    {
        "\u2019": "'",
        "\u2018": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u200b": None,
        "\ufeff": None,
        "\xa0": " ",
    }
)
SENTENCE_END = re.compile(r"(?<=[.!?][\"')\]]) +(?=[\"'(A-Z0-9])|(?<=[.!?]) +(?=[\"'(A-Z0-9])")
_SHORTEST = 3  # words of a sentence worth keeping
WINDOW_WORDS = (90, 120, 200, 300, 400)


def rows(path: Path) -> Iterator[Row]:
    """The records of a `.jsonl.zst` file."""
    with path.open("rb") as file:
        reader = zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(file)
        for line in io.TextIOWrapper(reader, encoding="utf-8"):
            yield json.loads(line)


def _digest(group: object) -> int:
    return int(hashlib.sha1(str(group).encode()).hexdigest(), 16)  # noqa: S324 - the split is defined by it


def apart(row: Row) -> bool:
    """Whether a train row is set aside for dev: never train on it."""
    return _digest(row.get("group")) % 10 == 0


def fold_of(row: Row, folds: int) -> int:
    """Which fold of a cross-fit the row's group (document, site, essay) belongs to."""
    return _digest(row.get("group")) // 10 % folds


def plain(text: str) -> str:
    """Fold what only tells where a text comes from."""
    text = html.unescape(text).translate(_FOLD)
    return re.sub(r" +([,.;:!?])", r"\1", re.sub(r"[ \t]+", " ", text)).strip()


def sentences(text: str) -> list[str]:
    """The sentences of three words or more."""
    parts = (x for line in plain(text).split("\n") for x in SENTENCE_END.split(line.strip()))
    return [x for x in parts if len(x.split()) >= _SHORTEST]


def lay(parts: Sequence[str], rng: random.Random) -> str:
    """Lay sentences into paragraphs of one to four."""
    out, rest = [], list(parts)
    while rest:
        k = rng.randint(1, 4)
        out.append(" ".join(rest[:k]))
        rest = rest[k:]
    return "\n".join(out)


def window(text: str, rng: random.Random) -> str:
    """Consecutive sentences of 90 to 400 words in all, from anywhere in a text."""
    words = rng.choice(WINDOW_WORDS)
    parts = sentences(text)
    start = rng.randrange(max(1, len(parts) - 4)) if len(parts) > 8 else 0  # as the referee does
    out, n = [], 0
    for part in parts[start:]:
        out.append(part)
        n += len(part.split())
        if n >= words:
            break
    return lay(out, rng)


def own_layout(text: str, rng: random.Random) -> str:
    """The first lines of a text, of 90 to 400 words in all: poems, laws and essays keep their own lines."""
    words = rng.choice(WINDOW_WORDS)
    out, n = [], 0
    for line in text.split("\n"):
        out.append(line)
        n += len(line.split())
        if n >= words:
            break
    return "\n".join(out)[:12000]


def poor(row: Row, below: float) -> bool:
    """Whether the document's chrF against the human translation is known and lower."""
    return row.get("chrf") is not None and row["chrf"] < below


def rated_below(row: Row, below: float) -> bool:
    """Whether people rated the document lower (0 to 100), on five sentences or more."""
    ratings = [x for x in row.get("da_raw") or [] if x is not None]
    return len(ratings) >= 5 and sum(ratings) / len(ratings) < below  # fewer are noise
