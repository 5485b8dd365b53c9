"""Conservation under faults, at random: `python -m tests.conservation --runs 500 --seed 1`.

A run draws a corpus (formats, compressions, bad bytes, truncation, documents over which the judge crashes or dies),
does it undisturbed, and again with another number of workers while things go wrong: kill -9 of the run at any moment,
kill -9 of single workers, a disk that is full. The killed run is taken up by the same command until it ends. In the
end every record must be accounted for, and all bytes must be the same.

A run that fails leaves its folder behind and says with which command to repeat it: the seed draws the same corpus, job
and faults, though a kill may find the run elsewhere. 500 runs start some thousand processes, and starting Python takes
longer than their work: all are forks of one that has imported everything and does nothing itself, but for workers, in
one run of ten.
"""

import argparse
import contextlib
import gzip
import importlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

import zstandard

import tests.fake_judge  # noqa: F401 - so that it is there when a run forks
from detector.corpus import Job, Judging, pool, run
from detector.errors import DetectorError
from detector.registry import all_signals

WORDS = "the red green blue river house of and stands DROP REVIEW runs".split()
# Seconds that one process may take, on however busy a machine.
_PATIENCE = 600.0
FAULTS = ("none", "kill", "kill", "worker", "disk")


def _text(dice: random.Random) -> str:
    lines = [" ".join(dice.choices(WORDS, k=dice.randint(0, 25))) for _ in range(dice.randint(1, 4))]
    if dice.random() < 0.2:
        lines.insert(1, "[ad] buy now")
    if dice.random() < 0.01:
        lines.append("CRASH")
    return "\n".join(lines) + dice.choice(["", "é", "\n", "\U0001f600", "\0"])


def _records(dice: random.Random, deadly: bool) -> list[dict[str, Any]]:  # noqa: FBT001
    out: list[dict[str, Any]] = [{"id": i, "text": _text(dice), "n": 0.5} for i in range(dice.randint(0, 800))]
    for record in out:
        if dice.random() < 0.02:
            record["text"] = dice.choice([None, 7, "", "x"])
    if deadly and out:
        dice.choice(out)["text"] = "KILL " + _text(dice)
    return out


def _encoded(dice: random.Random, format_: str, records: list[dict[str, Any]]) -> bytes:
    if format_ == "txt":
        return str(records[0]["text"]).encode() if records else b""
    if format_ == "jsonl":
        lines = [json.dumps(r).encode() for r in records]
        for _ in range(dice.randint(0, 3)):
            lines.insert(
                dice.randint(0, len(lines)), dice.choice([b"{broken", b"", b'{"text": "\xe9"}', b"[1]", b"\xff"])
            )
        return b"\n".join(lines) + dice.choice([b"", b"\n"])
    if format_ == "json":
        return json.dumps(records, indent=dice.choice([None, 1])).encode()
    if format_ == "csv":
        rows = ["id,text"] + [f'{r["id"]},"{str(r["text"]).replace(chr(34), "")}"' for r in records]
        return "\r\n".join(rows).encode()
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = pa.table({"id": [r["id"] for r in records], "text": [str(r["text"]) for r in records]})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=dice.choice([10, 300, 10_000]))
    return bytes(sink.getvalue())


def _damaged(dice: random.Random, data: bytes) -> bytes:
    what = dice.random()
    if not data or what < 0.6:
        return data
    if what < 0.8:
        return data[: dice.randint(0, len(data))]
    at = dice.randrange(len(data))
    return data[:at] + bytes(dice.choices(range(256), k=dice.randint(1, 40))) + data[at + 1 :]


def corpus(dice: random.Random, folder: Path, *, deadly: bool) -> None:
    """Write a corpus."""
    formats = ["txt", "jsonl", "jsonl", "json", "csv"] + (["parquet"] if have_tables() else [])
    for i in range(dice.randint(1, 5)):
        format_ = dice.choice(formats)
        compression = dice.choice(["", "", "gz", "zst"]) if format_ != "parquet" else ""
        data = _damaged(dice, _encoded(dice, format_, _records(dice, deadly and i == 0)))
        middle = dice.randint(0, len(data))
        pack = {"gz": gzip.compress, "zst": zstandard.compress}.get(compression)
        if pack:
            data = _damaged(dice, pack(data[:middle]) + pack(data[middle:]))
        (folder / f"{i}.{format_}{'.' if compression else ''}{compression}").write_bytes(data)


def have_tables() -> bool:
    """Whether Parquet can be read here."""
    try:
        import pyarrow as pa  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


class _Run:
    """A job, done by a process of its own."""

    def __init__(self, job: Job, jobs: int, folder: Path, limit: int | None = None, *, anew: bool = False) -> None:
        self._anew = anew  # workers are no forks
        self._said, self._total = folder / "said", folder / "total.json"
        self.code: int | None = None
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(self._do(job, jobs, limit))

    def _do(self, job: Job, jobs: int, limit: int | None) -> int:
        try:
            os.dup2(os.open(self._said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            if limit:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            if self._anew:
                pool.can_fork = lambda: False
            result = run(job, jobs=jobs)
            for tally in (*result.sources.values(), result.total):
                assert tally.read == sum(tally.piles.values())
            self._total.write_text(json.dumps(result.total.as_json()))
        except DetectorError as error:
            sys.stderr.write(f"{error}\n")
            return error.exit_code
        except BaseException:  # noqa: BLE001 - all of it is to be read by the one who waits
            traceback.print_exc()
            return 1
        return 0

    def alive(self) -> bool:
        """Whether it still runs."""
        if self.code is None and (ended := os.waitpid(self.pid, os.WNOHANG)) != (0, 0):
            self.code = os.waitstatus_to_exitcode(ended[1])
        return self.code is None

    def wait(self) -> None:
        """Wait for its end; AssertionError if it hangs."""
        deadline = time.monotonic() + _PATIENCE
        while self.alive():
            time.sleep(0.005)
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                msg = f"hangs; it has said: {self.said()}"
                raise AssertionError(msg)

    def said(self) -> str:
        """What it has said on standard error."""
        return self._said.read_text(errors="replace")

    def read(self) -> int:
        """How many records it has read."""
        return int(json.loads(self._total.read_bytes())["read"])


def _children(pid: int) -> list[int]:
    try:
        return [int(x) for x in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _disturb(dice: random.Random, process: _Run, fault: str, parts: Path) -> None:
    """Wait for a moment, and let it go wrong."""
    target = dice.randint(0, 6)
    extra = dice.random() * 0.1
    while process.alive():
        there = sum(1 for p in parts.iterdir() if p.name[:1] != ".") if parts.is_dir() else 0
        merging = (parts.parent / "merged").is_dir()
        if there >= target or (merging and dice.random() < 0.3):
            break
        time.sleep(0.002)
    time.sleep(extra)
    if process.alive():
        victims = [process.pid] if fault == "kill" else [c for c in _children(process.pid) if dice.random() < 0.7]
        for victim in victims:
            with contextlib.suppress(ProcessLookupError):  # it was quicker
                os.kill(victim, signal.SIGKILL)


def snapshot(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def one(seed: int, folder: Path) -> str:
    """One run of the experiment; what went wrong in it, in words. AssertionError if something was lost."""
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    deadly = dice.random() < 0.2
    (folder / "in").mkdir()
    corpus(dice, folder / "in", deadly=deadly)
    job = Job(
        dice.choice(["clean", "clean", "score"]),
        (str(folder / "in"),),
        str(folder / "calm"),
        judging=Judging(judge="tests.fake_judge:Judge"),
        format=dice.choice(["", "", "jsonl", "csv"]),
        keep=dice.choice([(), None]),
        chunk_bytes=dice.choice([2_000, 20_000, 200_000]),
    )
    calm = _Run(job, 2 if deadly else 1, folder)
    calm.wait()
    assert calm.code == 0, calm.said()
    read = calm.read()
    fault = drawn = dice.choice(FAULTS)
    jobs = dice.choice([2, 3] if deadly else [1, 2, 3])
    out = folder / "storm"
    parts = (out / ".unfinished" if job.kind == "clean" else folder / ".storm.unfinished") / "parts"
    anew = dice.random() < 0.1
    storm = Job.from_json({**job.as_json(), "out": str(out)})
    for _ in range(20):
        process = _Run(storm, jobs, folder, dice.choice([500, 5_000, 50_000]) if fault == "disk" else None, anew=anew)
        if fault in ("kill", "worker"):
            _disturb(dice, process, fault, parts)
        process.wait()
        # A kill may come when all is done; a job of kind "score" leaves nothing behind to tell that it is the same.
        if process.code == 0 or (out.is_file() and not (parts.parent / "job.json").exists()):
            break
        if fault == "disk" or dice.random() < 0.4:
            fault = "none"
    assert process.code == 0 or out.is_file(), process.said()
    before, after = (
        snapshot(folder / name) if job.kind == "clean" else {"": (folder / name).read_bytes()}
        for name in ("calm", "storm")
    )
    assert list(before) == list(after)
    for name, content in before.items():
        assert after[name] == content, f"{name} differs"
    assert not (parts.parent / "job.json").exists()
    as_ = f" as {job.format}" if job.format else ""
    return f"{job.kind}{as_} {read} records, {drawn}, {jobs} workers{', a deadly document' if deadly else ''}"


def prepare() -> None:
    """Import what runs import, so that it is there when they fork."""
    all_signals()
    for module in ("jsonl_out", "table_csv", "json_array", *(["parquet", "table"] if have_tables() else [])):
        importlib.import_module(f"detector.io.{module}")


def main() -> None:
    """Do many."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    prepare()
    failed = []
    for seed in range(asked.seed, asked.seed + asked.runs):
        folder = Path(tempfile.mkdtemp(prefix=f"conservation-{seed}-"))
        try:
            words = one(seed, folder)
            shutil.rmtree(folder)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed run
            failed.append(seed)
            again = f"python -m tests.conservation --runs 1 --seed {seed}"
            words = f"FAILED: {type(error).__name__}: {error}\n  left in {folder}; to repeat it: {again}"
        print(f"{seed}: {words}", flush=True)  # noqa: T201 - a command
    print(f"{asked.runs} runs, {len(failed)} failed{': seeds ' + str(failed) if failed else ''}")  # noqa: T201
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
