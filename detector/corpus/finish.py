"""The end: parts become outputs, in order, and the account is checked. Killed here, too, a run goes on where it was."""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from detector.corpus.account import PILES, UNREADABLE, Tally, check
from detector.corpus.attributes import to_parquet
from detector.corpus.folder import write_whole
from detector.corpus.job import Job
from detector.corpus.piles import ACCOUNT
from detector.corpus.plan import Input, Track
from detector.errors import AccountError
from detector.io.output import concatenate, output, writer

__all__ = ["finish"]

_PIECE = 1 << 20


class _Finish:
    def __init__(self, job: Job, inputs: Sequence[Input], work: Path, out: Path) -> None:
        self._job = job
        self._inputs = inputs
        self._work = work
        self._out = out
        self._sides: dict[str, int] = {}
        self._done: dict[int, set[int]] = defaultdict(set)  # numbers of the chunks that are there, by track
        self.tallies: dict[int, Tally] = {}

    def run(self, tracks: Sequence[Track]) -> None:
        merged = self._work / "merged"
        merged.mkdir(exist_ok=True)
        for path in (self._work / "parts").iterdir():
            first, _, number = path.name.partition("-")
            if first.isdigit():  # else what a worker left behind that died
                self._done[int(first)].add(int(number))
        for track in tracks:
            marker = merged / f"{track.first:08d}.json"
            if marker.exists():
                known = json.loads(marker.read_bytes())
                self._sides = known["sides"]
                self.tallies.update({int(i): Tally.from_json(t) for i, t in known["sources"].items()})
                self._remove(track)
                continue
            chunks = list(self._chunks(track))
            self._whole(track, chunks)
            tallies = self._merge(chunks)
            known = {"sides": self._sides, "sources": {str(i): t.as_json() for i, t in tallies.items()}}
            write_whole(marker, json.dumps(known).encode())
            self.tallies.update(tallies)
            self._remove(track)

    def _folder(self, track: Track, number: int) -> Path:
        return self._work / "parts" / f"{track.first:08d}-{number:08d}"

    def _chunks(self, track: Track) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The chunks of a track in their order, up to the one in which its source ended."""
        number = 0
        while number in self._done[track.first]:
            folder = self._folder(track, number)
            account = json.loads((folder / ACCOUNT).read_bytes())
            for name, size in account["sizes"].items():
                if (folder / name).stat().st_size != size:
                    msg = f"{folder / name}: has {(folder / name).stat().st_size:,} bytes, {size:,} were written"
                    raise AccountError(msg)
            yield folder, account
            if not track.tasks and account["ended"]:
                return
            number += 1

    def _whole(self, track: Track, chunks: Sequence[tuple[Path, Mapping[str, Any]]]) -> None:
        """Whether the chunks reach from the beginning of a track to its end, and what lies beyond is empty.

        Where nobody knows how long a source is, workers begin chunks before the one that meets its end has said so. A
        kill may take any of them, so there may be gaps between these.
        """
        there = self._done[track.first]
        ended = bool(chunks) and chunks[-1][1]["ended"]
        whole = len(chunks) == len(track.tasks) if track.tasks else ended
        beyond = [number for number in there if number >= len(chunks)]
        if not (whole or self._job.limit is not None) or not all(self._is_empty(track, number) for number in beyond):
            name = self._inputs[track.first].source.path
            msg = f"{name}: {len(chunks):,} chunks in a row were found, {len(there):,} were done: something is missing"
            raise AccountError(msg)

    def _is_empty(self, track: Track, number: int) -> bool:
        """Whether a chunk was begun beyond the end of its source."""
        account = json.loads((self._folder(track, number) / ACCOUNT).read_bytes())
        return not track.tasks and account["ended"] and not (account["sources"] or account["sizes"])

    def _remove(self, track: Track) -> None:
        for number in self._done.pop(track.first, ()):
            shutil.rmtree(self._folder(track, number))

    def _merge(self, chunks: Sequence[tuple[Path, Mapping[str, Any]]]) -> dict[int, Tally]:
        tallies: dict[int, Tally] = {}
        outputs: dict[tuple[int, str], list[Path]] = {}
        sides: dict[str, list[Path]] = {}
        for folder, account in chunks:
            for i, content in account["sources"].items():
                self._complete(folder, int(i), content, account["sizes"])
                tallies.setdefault(int(i), Tally()).add(Tally.from_json(content))
            for name in account["sizes"]:
                head, _, tail = name.partition("/")
                if tail:
                    outputs.setdefault((int(head), tail), []).append(folder / name)
                else:
                    sides.setdefault(name, []).append(folder / name)
        for (index, name), parts in outputs.items():
            self._put_together(index, name, parts)
        for name, parts in sides.items():
            self._append(name, parts)
        return tallies

    def _complete(self, folder: Path, index: int, content: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
        """Whether a chunk has a part for every pile into which it says it put something."""
        if self._job.kind != "clean":
            return
        name = output(self._inputs[index].source, self._job.format).name
        for pile in PILES.values():
            if bool(content[pile]) != (f"{index}/{pile}/{name}" in sizes):
                msg = f"{folder.name}: {content[pile]:,} records {pile}, but their part is missing"
                raise AccountError(msg)

    def _put_together(self, index: int, name: str, parts: Sequence[Path]) -> None:
        target = self._out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._work / "whole"
        source = self._inputs[index].source
        if self._job.kind == "attributes":
            if name.endswith(".parquet"):
                to_parquet(parts, temporary)
            else:
                concatenate(parts, temporary)
            temporary.replace(target)
            return
        out = output(source, self._job.format)
        if name.startswith(f"{UNREADABLE}/"):
            concatenate(parts, temporary)
        elif len(parts) == 1 and out.format in ("txt", "md", "jsonl"):
            shutil.copyfile(parts[0], temporary)
        else:
            writer(out.format, source).merge(parts, temporary, out)
        temporary.replace(target)

    def _append(self, name: str, parts: Sequence[Path]) -> None:
        """Add to a side file. What a killed run may have added beyond what its last marker knows is cut off."""
        path = self._work / "side" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        before = self._sides.get(name, 0)
        with path.open("r+b") as file:
            file.truncate(before)
            file.seek(before)
            for part in parts:
                with part.open("rb") as content:
                    shutil.copyfileobj(content, file, _PIECE)
        self._sides[name] = before + sum(part.stat().st_size for part in parts)
        if path.stat().st_size != self._sides[name]:
            msg = f"{name}: has {path.stat().st_size:,} bytes, {self._sides[name]:,} were written"
            raise AccountError(msg)


def finish(job: Job, inputs: Sequence[Input], tracks: Sequence[Track], work: Path, out: Path) -> dict[int, Tally]:
    """Put parts together and check the account; what became of the records of each source.

    The parts are in `work`/parts; side files come to lie in `work`/side. AccountError if something is missing.
    """
    end = _Finish(job, inputs, work, out)
    end.run(tracks)
    for index, tally in sorted(end.tallies.items()):
        check(tally, inputs[index].source.path)
    for found in inputs:
        _unchanged(found)
    _count_lines(work / "side", end.tallies, job.kind)
    return end.tallies


def _unchanged(found: Input) -> None:
    """Whether an input is still as long as it was when the work began."""
    path = Path(found.local or found.source.path)
    if not found.identity or not path.is_file() or found.identity.startswith("cannot"):
        return
    if path.stat().st_size != found.size:
        msg = f"{found.source.path}: was changed while it was read ({found.size:,} bytes, now {path.stat().st_size:,})"
        raise AccountError(msg)


def _count_lines(side: Path, tallies: Mapping[int, Tally], kind: str) -> None:
    """The side files have a line for each record that they ought to tell of."""
    piles = {pile: sum(t.piles[pile] for t in tallies.values()) for pile in (*PILES.values(), UNREADABLE)}
    judged = sum(piles[p] for p in PILES.values())
    wanted = {"unreadable.jsonl": piles[UNREADABLE]}
    if kind == "clean":
        wanted["reasons.jsonl"] = judged - piles["kept"]
    elif kind == "score":
        wanted["records.jsonl"] = judged
    for name, n in wanted.items():
        lines = 0
        if (side / name).exists():
            with (side / name).open("rb") as file:
                lines = sum(block.count(b"\n") for block in iter(lambda: file.read(_PIECE), b""))
        if lines != n:
            msg = f"{name}: has {lines:,} lines, the account says {n:,}"
            raise AccountError(msg)
