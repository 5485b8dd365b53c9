"""What one chunk leaves behind: a folder of parts, with their account, that appears all at once."""

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from detector.corpus.account import PILES, Tally
from detector.corpus.attributes import attribute, name_of
from detector.corpus.job import Job, Task
from detector.document import Document, Span
from detector.io import Read, Source, Unreadable
from detector.io.jsonl_out import to_json
from detector.io.output import Output, Part, Pieces, output, writer
from detector.policy import Verdict
from detector.report import wire
from detector.sites import SiteLines
from detector.strip import strip

__all__ = ["ACCOUNT", "Chunk"]

ACCOUNT = "account.json"
# The side files of a run that cleans: in a chunk's folder their parts, in the end one of each.
SIDE = ("reasons.jsonl", "removed.jsonl", "unreadable.jsonl")


def why(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a record that is not kept says of itself: a part of the wire record."""
    return {k: record[k] for k in ("verdict", "p_low_quality", "scores", "reasons", "ran", "model", "version")}


class Chunk:
    """Takes the answers for one chunk, in order, and files them."""

    def __init__(self, job: Job, task: Task, parts: Path) -> None:
        self._job = job
        self._task = task
        self._final = parts / task.id
        # On a cluster two processes of one number may be at one chunk: one of a node that was only thought dead.
        self._folder = parts / f".{task.id}.{os.getpid()}.{secrets.token_hex(4)}"
        self._folder.mkdir()  # not its parents: who comes too late, when all is done, must leave nothing behind
        self._files: dict[tuple[int, str], Part] = {}
        self._outputs: dict[int, Output] = {}
        self._side: dict[str, Pieces] = {}
        self._sites = SiteLines(job.site_field)
        self._keep = None if job.keep is None else frozenset(job.keep)
        self.tallies: dict[int, Tally] = {}

    def tally(self, index: int) -> Tally:
        """The account of a source in this chunk."""
        if index not in self.tallies:
            self.tallies[index] = Tally()
        return self.tallies[index]

    def count(self, documents: Sequence[Document]) -> None:
        """Count what documents say of their sites."""
        self._sites.add(documents)

    def judged(self, index: int, source: Source, read: Read, verdict: Verdict) -> None:
        """File a document that was judged."""
        if self._job.kind != "clean":
            self.tally(index).judged(verdict, 0)
            self._score(index, source, read, verdict)
            return
        pile = PILES[verdict.action]
        text, removed = read.document.text, 0
        if self._keep is not None and verdict.action in ("keep", "review"):
            stripped = strip(read.document, verdict, self._keep)
            if stripped.removed:
                text, removed = stripped.text, len(text) - len(stripped.text)
                self._removed(index, source, read, pile, stripped.removed)
        extra = None
        if verdict.action != "keep":
            record = wire.record(read.document, verdict)
            extra = why(record)
            self._line(
                "reasons.jsonl", {"source": record["source"], "id": record["id"], "position": read.position, **extra}
            )
        self.tally(index).judged(verdict, removed)
        self._part(index, source, pile).add(read, text, extra)

    def unreadable(self, index: int, source: Source, record: Unreadable) -> None:
        """File what could not be read: an entry, and its bytes."""
        self.tally(index).unreadable(record)
        entry = {
            "source": record.source,
            "position": record.position,
            "offset": record.offset,
            "bytes": record.size or len(record.raw),
            "cause": record.cause,
            "message": record.message,
        }
        self._line("unreadable.jsonl", entry)
        if self._job.kind == "clean" and record.raw:
            name = f"unreadable/{source.name}"
            if name not in self._side:
                self._side[name] = Pieces(self._folder / str(index) / name, "")
            self._side[name].write(record.raw + (b"" if source.format in ("txt", "md", "html") else b"\n"))

    def finish(self, *, ended: bool) -> dict[str, Any]:
        """Close all and let the chunk appear; `ended`: nothing follows it in its source. Returns its account."""
        parts: list[Part | Pieces] = [*self._files.values(), *self._side.values()]
        for part in parts:
            part.close()
        if self._job.kind == "count":
            self._sites.counted().save(self._folder)
        account = {"ended": ended, "sources": {str(i): t.as_json() for i, t in sorted(self.tallies.items())}}
        account["sizes"] = {
            p.relative_to(self._folder).as_posix(): p.stat().st_size
            for p in sorted(self._folder.rglob("*"))
            if p.is_file()
        }
        (self._folder / ACCOUNT).write_bytes(orjson.dumps(account))
        try:
            self._folder.rename(self._final)
        except OSError:
            if not (self._final / ACCOUNT).exists():
                raise
            shutil.rmtree(self._folder)  # another, thought dead, was quicker; what it wrote is the same
        return account

    def abandon(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _part(self, index: int, source: Source, pile: str) -> Part:
        if (index, pile) not in self._files:
            out = self._output(index, source)
            path = self._folder / str(index) / pile / out.name
            self._files[index, pile] = writer(out.format, source).open_part(path, source, out, self._job.options)
        return self._files[index, pile]

    def _output(self, index: int, source: Source) -> Output:
        if index not in self._outputs:
            self._outputs[index] = output(source, self._job.format)
        return self._outputs[index]

    def _line(self, name: str, entry: Mapping[str, Any]) -> None:
        if name not in self._side:
            self._side[name] = Pieces(self._folder / name, "")
        self._side[name].write(to_json(entry) + b"\n")

    def _removed(self, index: int, source: Source, read: Read, pile: str, spans: Sequence[Span]) -> None:
        entry = {
            "source": read.document.source,
            "id": read.document.id,
            "position": read.position,
            "file": f"{pile}/{self._output(index, source).name}",
            "removed": [{"start": s.start, "end": s.end, **s.detail} for s in spans],
        }
        self._line("removed.jsonl", entry)

    def _score(self, index: int, source: Source, read: Read, verdict: Verdict) -> None:
        if self._job.kind == "attributes":
            name = f"{index}/{name_of(source, self._job.format)}"
            if name not in self._side:
                self._side[name] = Pieces(self._folder / name, "")
            self._side[name].write(attribute(read, verdict) + b"\n")
            return
        if "records.jsonl" not in self._side:
            self._side["records.jsonl"] = Pieces(self._folder / "records.jsonl", "")
        self._side["records.jsonl"].write(wire.to_json(wire.record(read.document, verdict)) + b"\n")
