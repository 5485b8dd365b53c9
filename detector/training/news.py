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
from detector.confusions import confusions
from detector.context import LOG_STEPS, pair_keys, places, triple_keys
from detector.lexicon import find_rows

__all__ = ["News", "apart", "batches", "count_contexts", "count_news", "read_rows"]

_LEAST_CONTEXT = 3  # rarer pairs are as often slips as usage, and would need twice the room
_CHUNK = 400  # documents a batch: some 2 MB
_STRAIGHT = str.maketrans(dict.fromkeys("’‘‚‛′`´ʼ", "'"))
_FILES = ("human_news_a", "human_news_b", "human_news_other", "human_wmt_sources")


@dataclass
class News:
    """`documents[word] = (small, capitalised)`: in how many documents; `pairs`: of names side by side, as documents
    too.
    """

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
    news.pairs = {p: n for p, n in sorted(pairs.items()) if n > 2}
    news.people = {w for p in news.pairs for w in p}
    return news


def count_contexts(data: Path, size: int) -> np.ndarray[Any, Any]:
    """The table of `detector.context`: pairs of words, and triples around confusable ones, uint16 [size]."""
    confusable = confusions().sorted_keys
    pieces: list[tuple[Any, Any]] = []
    for batch in batches(data):
        key = batch.types.key[batch.words.type]
        sentence, start, end = batch.words.sentence, batch.words.start, batch.words.end
        # Side by side: one space between, in one sentence.
        beside = (sentence[1:] == sentence[:-1]) & (start[1:] - end[:-1] == 1) & (batch.kind[end[:-1]] == SPACE)
        i = np.flatnonzero(beside)
        j = np.flatnonzero(beside[1:] & beside[:-1] & (find_rows(confusable, key[1:-1]) >= 0))
        keys = np.concatenate([pair_keys(key[i], key[i + 1]), triple_keys(key[j], key[j + 1], key[j + 2])])
        pieces.append(np.unique(keys, return_counts=True))
    keys, inverse = np.unique(np.concatenate([k for k, _ in pieces]), return_inverse=True)
    counts = np.bincount(inverse.reshape(-1), weights=np.concatenate([c for _, c in pieces])).astype(np.int64)
    kept = counts >= _LEAST_CONTEXT
    keys, counts = keys[kept], counts[kept]
    order = np.lexsort((keys, -counts))  # the most frequent find their place first
    table = np.zeros(size, np.uint16)
    low, high, prints = places(keys[order], size)
    values = prints | (np.log10(counts[order]) * LOG_STEPS).round().clip(1, 31).astype(np.uint16)
    left = np.arange(len(values))
    for at in (low, high):
        _, first = np.unique(at[left], return_index=True)
        placed = left[first]
        placed = placed[table[at[placed]] == 0]
        table[at[placed]] = values[placed]
        left = np.setdiff1d(left, placed)
    return table
