"""Furniture by repetition: the lines that many documents of one site share. A counting pass, then judging.

    counts = SiteLines()
    for documents in batches: counts.add(documents)
    Detector(site_lines=counts.recurring())

A menu stands on every page of its site, an article's line on one. Copies of one article share all their lines, though;
so what is counted is not documents but bodies: documents with the same longest line count once.

Counts are sets of pairs (line, body), so it makes no difference who counts what, and in which order. Those of a corpus
are written to files, one a chunk, and put together by `gather`, of which no more than a part is in memory.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, cut, hash_words, mix
from detector.document import Document
from detector.lineviews import full_lines, line_keys

__all__ = ["AT_LEAST", "Counted", "Recurring", "SiteLines", "gather", "site_of"]

# In how many bodies of a site a line must stand, and in what share of them. Two could be a quotation; a tenth leaves
# alone what a columnist writes every week.
AT_LEAST = 4
_SHARE = 0.1

_COMPACT = 1 << 22  # pairs held before they are made unique
_STEP = np.uint64(0x9E3779B97F4A7C15)
# The counts of a corpus are put together by the first bits of their lines' keys, in at most 256 parts of so many bytes.
_PART = 1 << 26
_PARTS_BITS = 8
_PIECE = 1 << 24

Hashes = NDArray[np.uint64]


def _host(address: object) -> str | None:
    if not isinstance(address, str) or "://" not in address:
        return None
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _field(document: Document, field: str) -> object:
    """A field of a document's metadata, the name itself before a path by dots; None if there is none."""
    found: object = document.metadata
    if field in document.metadata:
        return document.metadata[field]
    for name in field.split("."):
        found = found.get(name) if hasattr(found, "get") else None
    return found


def site_of(document: Document, field: str = "") -> str | None:
    """The site that a document is from; None if it does not say.

    With a `field` that is what the field holds, or the host if that is an address. Without, the field `site`, else the
    host of `url`, else the host of its id.
    """
    named = _field(document, field or "site")
    if isinstance(named, str) and named:
        return _host(named) or named.lower()
    if field:
        return None
    return _host(document.metadata.get("url")) or _host(document.id)


def _site_key(site: str) -> np.uint64:
    key: np.uint64 = mix(hash_words([site]))[0]
    return key


@dataclass(frozen=True)
class Recurring:
    """The lines, as sorted keys that hold their site, that recur on their sites. One array: pickles, saves."""

    keys: Hashes
    field: str = ""

    def save(self, path: Path) -> None:
        """Write the keys so that they are there whole or not at all."""
        new = path.with_name(f".{path.name}.{os.getpid()}")
        with new.open("wb") as file:
            np.save(file, self.keys, allow_pickle=False)
        new.replace(path)

    @classmethod
    def load(cls, path: Path, field: str = "") -> "Recurring":
        """Read what `save` wrote; processes share it in memory."""
        return cls(np.load(path, mmap_mode="r", allow_pickle=False), field)

    def lines(self, batch: Batch, documents: Sequence[Document]) -> NDArray[np.bool_]:
        """Which lines of a batch recur on their document's site; bool [lines]."""
        marked = np.zeros(len(batch.lines), bool)
        sites = [site_of(d, self.field) for d in documents]
        line = full_lines(batch)[0]
        line = line[batch.lines.words[line] > 0]
        if not len(line) or not len(self.keys):
            return marked
        site = np.array([_site_key(s) if s else 0 for s in sites], np.uint64)
        key = mix(line_keys(batch, line) ^ site[batch.lines.document[line]])
        known = np.array([s is not None for s in sites], bool)[batch.lines.document[line]]
        line, key = line[known], key[known]
        at = np.searchsorted(self.keys, key)
        at[at == len(self.keys)] = 0
        marked[line[self.keys[at] == key]] = True
        return marked


@dataclass(frozen=True)
class Counted:
    """What some documents say of their sites.

    `pairs`: uint64 [n, 3]: a line with its site, the body that it stands in, the site; sorted, each once. `bodies`:
    uint64 [m, 2]: site and body, sorted, each once.
    """

    pairs: Hashes
    bodies: Hashes

    def save(self, folder: Path) -> None:
        """Write both into a folder."""
        self.pairs.tofile(folder / _PAIRS)
        self.bodies.tofile(folder / _BODIES)


_PAIRS, _BODIES = "site-lines", "site-bodies"


def _unique(rows: Hashes) -> Hashes:
    """The rows in order, each once."""
    rows = rows[np.lexsort(rows.T[::-1])]
    new = np.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return rows[new]


class SiteLines:
    """Counts in how many bodies of its site each line stands, in memory: 24 bytes for each line of each body.

    `field`: which field of a document's metadata names its site (see `site_of`).
    """

    def __init__(self, field: str = "") -> None:
        self._field = field
        self._pairs: list[Hashes] = [np.zeros((0, 3), np.uint64)]
        self._bodies: list[Hashes] = [np.zeros((0, 2), np.uint64)]
        self._held = 0

    def add(self, documents: Sequence[Document]) -> None:
        """Count documents; those without a site are passed over."""
        known = [(d, s) for d in documents if (s := site_of(d, self._field)) is not None]
        if not known:
            return
        batch = cut([d.text for d, _ in known])
        line, start, end = full_lines(batch)
        some = batch.lines.words[line] > 0
        line, size = line[some], (end - start)[some]
        document = batch.lines.document[line]
        site = np.array([_site_key(s) for _, s in known], np.uint64)
        key = line_keys(batch, line)
        # The longest line of each document (the first of them) stands for its body.
        order = np.lexsort((np.arange(len(line)), -size, document))
        heads = order[np.flatnonzero(np.diff(document[order], prepend=-1))]
        body = np.zeros(len(known), np.uint64)
        body[document[heads]] = mix(key[heads] + site[document[heads]] * _STEP)
        present = np.unique(document)
        self._bodies.append(_unique(np.stack([site[present], body[present]], axis=1)))
        pairs = np.stack([mix(key ^ site[document]), body[document], site[document]], axis=1)
        self._pairs.append(_unique(pairs))
        self._held += len(self._pairs[-1])
        if self._held > _COMPACT:
            self.counted()

    def counted(self) -> Counted:
        """All that was counted so far."""
        self._pairs = [_unique(np.concatenate(self._pairs))]
        self._bodies = [_unique(np.concatenate(self._bodies))]
        self._held = 0
        return Counted(self._pairs[0], self._bodies[0])

    def recurring(self) -> Recurring:
        """The lines that stand in at least AT_LEAST bodies of their site and in a tenth of them."""
        counted = self.counted()
        return Recurring(_often(counted.pairs, *_by_site(counted.bodies)), self._field)


def _by_site(bodies: Hashes) -> tuple[Hashes, NDArray[np.int64]]:
    """The sites, and how many bodies each has."""
    sites, count = np.unique(bodies[:, 0], return_counts=True)
    return sites, count.astype(np.int64)


def _often(pairs: Hashes, sites: Hashes, bodies: NDArray[np.int64]) -> Hashes:
    keys, first, times = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    of_site = bodies[np.searchsorted(sites, pairs[first, 2])] if len(keys) else np.zeros(0, np.int64)
    recurring: Hashes = keys[(times >= AT_LEAST) & (times >= _SHARE * of_site)]
    return recurring


def gather(counted: Iterable[Path], work: Path, field: str = "") -> Recurring:
    """Put together what was counted (folders that `Counted.save` wrote) and say what recurs.

    `work`: an empty folder for what does not fit into memory. There is a 256th of the counts in it at a time, or 64 MB
    if that is more, and 16 bytes a body of one 256th of the sites.
    """
    folders = sorted(counted)
    size = sum((folder / name).stat().st_size for folder in folders for name in (_PAIRS, _BODIES))
    bits = min(_PARTS_BITS, max(0, (size // _PART).bit_length()))
    bodies = [_by_site(_unique(part)) for part in _parts(folders, _BODIES, 2, bits, work)]
    sites = np.concatenate([s for s, _ in bodies])
    count = np.concatenate([c for _, c in bodies])
    found = [_often(_unique(part), sites, count) for part in _parts(folders, _PAIRS, 3, bits, work)]
    return Recurring(np.concatenate(found), field)


def _parts(folders: Sequence[Path], name: str, width: int, bits: int, work: Path) -> Iterable[Hashes]:
    """All rows, in parts by the first bits of their first number, in order."""
    paths = [work / f"{name}-{part:03d}" for part in range(1 << bits)]
    files = [path.open("wb") for path in paths]
    try:
        for folder in folders:
            with (folder / name).open("rb") as counted:
                while len(rows := np.fromfile(counted, np.uint64, _PIECE // 8 // width * width)):
                    _spread(rows.reshape(-1, width), bits, files)
    finally:
        for file in files:
            file.close()
    for path in paths:
        yield np.fromfile(path, np.uint64).reshape(-1, width)
        path.unlink()


def _spread(rows: Hashes, bits: int, files: Sequence[BinaryIO]) -> None:
    """Add rows to the files of their parts."""
    if bits == 0:
        rows.tofile(files[0])
        return
    part = rows[:, 0] >> np.uint64(64 - bits)
    order = np.argsort(part, kind="stable")
    rows = rows[order]
    edges = np.searchsorted(part[order], np.arange(len(files) + 1, dtype=np.uint64)).tolist()
    for i, file in enumerate(files):
        if edges[i] < edges[i + 1]:
            rows[edges[i] : edges[i + 1]].tofile(file)
