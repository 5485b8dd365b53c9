"""The plan: how inputs fall into chunks. It depends on the inputs and the chunk size, never on how many workers
there are.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from detector.corpus.job import Task
from detector.io import Source
from detector.io.sources import identify, is_url

__all__ = ["Input", "Track", "fingerprint", "look", "tracks"]

_BLOCK = 1 << 20
# Formats that are counted in rows are cut after so many, four batches: of 3.4 kB each (our corpora's mean), 3.5 MB.
ROWS = 1024
_IN_ROWS = ("parquet", "arrow")
# A chunk of small text files holds at most so many.
FILES = 1000
# A chunk is at most a 16th of what is left of all inputs, down to 128 KiB (40 news articles): whoever is the last to
# work has little to do while the others wait.
_SHARE = 16
_LEAST = 1 << 17


@dataclass(frozen=True, slots=True)
class Input:
    """A source as it was found before the work began.

    `local`: where a copy of it lies ("" if it can be read where it is). `identity`: SHA-256 of its bytes, or what else
    tells that it is the same ("" if nobody looked). `starts`: (offset, position) of the first line of each chunk of a
    plain file of lines; () for others.
    """

    source: Source
    local: str
    size: int
    identity: str
    starts: tuple[tuple[int, int], ...] = ()

    def facts(self) -> dict[str, Any]:
        """For the manifest."""
        return {"path": self.source.path, "name": self.source.name, "bytes": self.size, "identity": self.identity}


@dataclass(frozen=True, slots=True)
class Track:
    """A row of chunks that follow one another: those of one source, or one chunk of many text files.

    `tasks`: the chunks if they are known beforehand; () if a chunk follows until the source ends, each of `step`.
    """

    first: int
    tasks: tuple[Task, ...]
    step: int = 0
    source: tuple[int, Source, str] | None = None

    def task(self, number: int) -> Task | None:
        """The chunk with that number, None behind the last that is known."""
        if self.tasks:
            return self.tasks[number] if number < len(self.tasks) else None
        if self.source is None:
            return None
        begin = number * self.step
        return Task(_name(self.first, number), (self.source,), begin, begin + self.step, sequential=True)


def _name(source: int, number: int) -> str:
    return f"{source:08d}-{number:08d}"


def _step(chunk_bytes: int, left: int) -> int:
    """How long a chunk shall be that begins when so many bytes are left of all inputs."""
    return min(chunk_bytes, max(left // _SHARE, _LEAST))


def look(sources: Sequence[tuple[Source, str]], chunk_bytes: int, *, closely: bool = True) -> list[Input]:
    """Size and hash of each (source, local copy), and where the chunks of plain files of lines begin: one pass over
    the bytes.

    Not `closely`: leave the contents alone.
    """
    left = [*accumulate(_size(source, local) for source, local in reversed(sources))][::-1]
    later = [*left[1:], 0]
    with ThreadPoolExecutor(max_workers=4) as threads:  # hashing lets go of the interpreter's lock
        return list(
            threads.map(lambda pair, behind: _look(pair[0], pair[1], chunk_bytes, closely, behind), sources, later)
        )


def _size(source: Source, local: str) -> int:
    try:
        return 0 if is_url(source.path) and not local else Path(local or source.path).stat().st_size
    except OSError:
        return 0


def _look(source: Source, local: str, chunk_bytes: int, closely: bool, later: int) -> Input:  # noqa: FBT001
    if is_url(source.path) and not local:
        size, identity = identify(source)
        return Input(source, local, size, identity)
    path = Path(local or source.path)
    try:
        size = path.stat().st_size
        if not closely:
            return Input(source, local, size, "")
        lines = source.format == "jsonl" and not source.compression
        digest, starts = _scan(path, chunk_bytes if lines else 0, later)
    except OSError as error:  # the reader will meet it again and put it on record
        return Input(
            source, local, 0, f"cannot be read: {error.strerror}", ((0, 0),) if source.format == "jsonl" else ()
        )
    return Input(source, local, size, digest, tuple(starts))


def _scan(path: Path, chunk_bytes: int, later: int) -> tuple[str, list[tuple[int, int]]]:
    """SHA-256, and where chunks of about `chunk_bytes` begin (0: none wanted). `later`: what comes behind this file."""
    digest = hashlib.sha256()
    starts = [(0, 0)] if chunk_bytes else []
    at = lines = 0
    with path.open("rb", buffering=0) as file:
        left = os.fstat(file.fileno()).st_size + later
        goal = _step(chunk_bytes, left)  # the next chunk begins with the first line at or behind this
        while block := file.read(_BLOCK):
            digest.update(block)
            counted = 0  # lines of the block up to here are in `lines`
            while chunk_bytes and (found := block.find(b"\n", max(goal - 1 - at, counted))) >= 0:
                lines += block.count(b"\n", counted, found + 1)
                counted = found + 1
                starts.append((at + counted, lines))
                goal = at + counted + _step(chunk_bytes, left - at - counted)
            if chunk_bytes:
                lines += block.count(b"\n", counted)
            at += len(block)
    if len(starts) > 1 and starts[-1][0] >= at:
        starts.pop()
    return digest.hexdigest(), starts


def tracks(inputs: Sequence[Input], chunk_bytes: int) -> Iterator[Track]:
    """The chunks of all inputs, in their order."""
    texts: list[int] = []
    size, left = 0, sum(found.size for found in inputs)
    for i, found in enumerate(inputs):
        text = found.source.format in ("txt", "md", "html")
        if texts and (not text or size + found.size > _step(chunk_bytes, left + size) or len(texts) >= FILES):
            yield _texts(inputs, texts)
            texts, size = [], 0
        left -= found.size
        if text:
            texts.append(i)
            size += found.size
            continue
        where = (i, found.source, found.local)
        if found.starts:
            ends = [*(offset for offset, _ in found.starts[1:]), -1]
            yield Track(
                i,
                tuple(
                    Task(_name(i, k), (where,), begin, end, position)
                    for k, ((begin, position), end) in enumerate(zip(found.starts, ends, strict=True))
                ),
            )
        else:
            step = ROWS if found.source.format in _IN_ROWS else chunk_bytes
            yield Track(i, (), step, where)
    if texts:
        yield _texts(inputs, texts)


def fingerprint(plan: Sequence[Track]) -> str:
    """What tells one plan from another: a run must not go on with chunks that other code has cut."""
    digest = hashlib.sha256()
    for track in plan:
        tasks = [(t.id, t.begin, t.end, len(t.sources)) for t in track.tasks]
        digest.update(repr((track.first, track.step, tasks)).encode())
    return digest.hexdigest()[:16]


def _texts(inputs: Sequence[Input], which: Sequence[int]) -> Track:
    sources = tuple((i, inputs[i].source, inputs[i].local) for i in which)
    return Track(which[0], (Task(_name(which[0], 0), sources),))
