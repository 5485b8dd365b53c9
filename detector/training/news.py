"""Counts over the native news of train/: which words stand in how many documents, small and capitalised. No texts."""

import collections
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from detector.batch import CAPITAL, LOWERCASE, SPACE, Batch, cut

__all__ = ["News", "apart", "count_news", "read_rows"]

_CHUNK = 400  # documents a batch: some 2 MB
_STRAIGHT = str.maketrans(dict.fromkeys("’‘‚‛′`´ʼ", "'"))
_FILES = ("human_news_a", "human_news_b", "human_news_other", "human_wmt_sources")


@dataclass
class News:
    """`documents[word] = (small, capitalised)`: in how many documents; `pairs`: of names side by side, as documents too."""

    documents: dict[str, tuple[int, int]] = field(default_factory=dict)
    pairs: dict[tuple[str, str], int] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a .jsonl.zst file."""
    import zstandard  # noqa: PLC0415 - only the builders read such files

    with path.open("rb") as handle:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(handle), "utf-8"):
            yield json.loads(line)


def apart(row: dict[str, Any]) -> bool:
    """Whether a row of train/ is kept apart for dev: no file is trained on it."""
    return int(hashlib.sha1(str(row["group"]).encode()).hexdigest(), 16) % 10 == 0  # noqa: S324 - no secret: a split


def batches(data: Path) -> Iterator[Batch]:
    """The native news of train/, cut, some hundred documents at a time, each text once."""
    texts: list[str] = []
    seen: set[bytes] = set()
    for name in _FILES:
        for row in read_rows(data / "train" / f"{name}.jsonl.zst"):
            digest = hashlib.sha1(row["text"].encode("utf-8", "surrogatepass")).digest()  # noqa: S324 - to find copies
            if apart(row) or digest in seen:
                continue
            seen.add(digest)
            texts.append(row["text"])
            if len(texts) == _CHUNK:
                yield cut(texts)
                texts = []
    yield cut(texts)


def _spread(batch: Batch, chosen: np.ndarray[Any, Any]) -> dict[str, int]:
    """In how many documents each type of the chosen words stands, by its spelling in small letters."""
    words = batch.words
    pairs = np.unique(words.document[chosen] * np.int64(len(batch.types)) + words.type[chosen])
    types, documents = np.unique(pairs % len(batch.types), return_counts=True)
    spread: collections.Counter[str] = collections.Counter()
    for t, n in zip(types.tolist(), documents.tolist(), strict=True):
        spread[batch.type_string(t).lower().translate(_STRAIGHT)] += n
    return spread


def count_news(data: Path) -> News:
    """Count; words of fewer than two documents are left out."""
    small: collections.Counter[str] = collections.Counter()
    capital: collections.Counter[str] = collections.Counter()
    pairs: collections.Counter[tuple[str, str]] = collections.Counter()
    for batch in batches(data):
        words, types = batch.words, batch.types
        if not len(words):
            continue
        shape = types.shape[words.type]
        inside = np.ones(len(words), bool)
        inside[batch.sentences.first_word] = False
        inside[batch.lines.first_word[batch.lines.words > 0]] = False
        # After a colon or an opening quote a capital says nothing either.
        inside &= batch.kind[words.start - 1] == SPACE
        small.update(_spread(batch, np.flatnonzero(shape == LOWERCASE)))
        names = np.flatnonzero((shape == CAPITAL) & inside)
        capital.update(_spread(batch, names))
        first = np.flatnonzero((shape[:-1] == CAPITAL) & (shape[1:] == CAPITAL) & inside[1:])
        first = first[(words.start[first + 1] - words.end[first] == 1) & (types.length[words.type[first]] > 1)]
        seen = {(int(words.document[i]), int(words.type[i]), int(words.type[i + 1])) for i in first}
        pairs.update(
            (batch.type_string(a).lower().translate(_STRAIGHT), batch.type_string(b).lower().translate(_STRAIGHT))
            for _, a, b in seen
        )
    news = News()
    for word in sorted(small.keys() | capital.keys()):
        if small[word] + capital[word] > 1 and not word.endswith("'s"):
            news.documents[word] = (small[word], capital[word])
    news.pairs = {p: n for p, n in sorted(pairs.items()) if n > 2}  # noqa: PLR2004 - three documents: no typo
    news.people = {w for p in news.pairs for w in p}
    return news
