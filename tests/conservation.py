"""Conservation under faults, at random: `python -m tests.conservation --runs 500 --seed 1`.

A run draws a corpus (formats, compressions, bad bytes, truncation, documents over which the judge crashes or dies),
does it undisturbed, and again with another number of workers while things go wrong: kill -9 of the run at any moment,
kill -9 of single workers, a disk that is full. The killed run is taken up by the same command until it ends. In the
end every record must be accounted for, and all bytes must be the same.
"""

import argparse
import gzip
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import zstandard

from detector.corpus import Job, Judging, run

ROOT = Path(__file__).resolve().parent.parent
WORDS = "the red green blue river house of and stands DROP REVIEW runs".split()
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
    formats = ["txt", "jsonl", "jsonl", "json", "csv"] + (["parquet"] if _have_tables() else [])
    for i in range(dice.randint(1, 5)):
        format_ = dice.choice(formats)
        compression = dice.choice(["", "", "gz", "zst"]) if format_ != "parquet" else ""
        data = _damaged(dice, _encoded(dice, format_, _records(dice, deadly and i == 0)))
        middle = dice.randint(0, len(data))
        pack = {"gz": gzip.compress, "zst": zstandard.compress}.get(compression)
        if pack:
            data = _damaged(dice, pack(data[:middle]) + pack(data[middle:]))
        (folder / f"{i}.{format_}{'.' if compression else ''}{compression}").write_bytes(data)


def _have_tables() -> bool:
    try:
        import pyarrow as pa  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


def _start(job: Job, jobs: int, limit: int | None) -> "subprocess.Popen[bytes]":
    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit or 0, limit or 0))

    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "tests.run_job", str(jobs)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=small_disk if limit else None,  # noqa: PLW1509 - no threads here
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(job.as_json()).encode())
    process.stdin.close()
    process.stdin = None
    return process


def _children(pid: int) -> list[int]:
    try:
        return [int(x) for x in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _disturb(dice: random.Random, process: "subprocess.Popen[bytes]", fault: str, parts: Path) -> None:
    """Wait for a moment, and let it go wrong."""
    target = dice.randint(0, 6)
    extra = dice.random() * 0.1
    while process.poll() is None:
        there = sum(1 for p in parts.iterdir() if p.name[:1] != ".") if parts.is_dir() else 0
        merging = (parts.parent / "merged").is_dir()
        if there >= target or (merging and dice.random() < 0.3):
            break
        time.sleep(0.002)
    time.sleep(extra)
    if fault == "kill":
        process.kill()
    elif fault == "worker":
        for child in _children(process.pid):
            if dice.random() < 0.7:
                os.kill(child, signal.SIGKILL)


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
        keep=dice.choice([(), None]),
        chunk_bytes=dice.choice([2_000, 20_000, 200_000]),
    )
    calm = run(job, jobs=2 if deadly else 1)
    for tally in (*calm.sources.values(), calm.total):
        assert tally.read == sum(tally.piles.values())
    fault = drawn = dice.choice(FAULTS)
    jobs = dice.choice([2, 3] if deadly else [1, 2, 3])
    out = folder / "storm"
    parts = (out / ".unfinished" if job.kind == "clean" else folder / ".storm.unfinished") / "parts"
    storm = Job.from_json({**job.as_json(), "out": str(out)})
    said = b""
    for _ in range(20):
        process = _start(storm, jobs, dice.choice([500, 5_000, 50_000]) if fault == "disk" else None)
        if fault in ("kill", "worker"):
            _disturb(dice, process, fault, parts)
        _, said = process.communicate(timeout=120)
        # A kill may come when all is done; a job of kind "score" leaves nothing behind to tell that it is the same.
        if process.returncode == 0 or (out.is_file() and not (parts.parent / "job.json").exists()):
            break
        if fault == "disk" or dice.random() < 0.4:
            fault = "none"
    assert process.returncode == 0 or out.is_file(), said.decode()
    before, after = (
        snapshot(folder / name) if job.kind == "clean" else {"": (folder / name).read_bytes()}
        for name in ("calm", "storm")
    )
    assert list(before) == list(after)
    for name, content in before.items():
        assert after[name] == content, f"{name} differs"
    assert not (parts.parent / "job.json").exists()
    return f"{job.kind} {calm.total.read} records, {drawn}, {jobs} workers{', a deadly document' if deadly else ''}"


def main() -> None:
    """Do many."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    failed = []
    for seed in range(asked.seed, asked.seed + asked.runs):
        with tempfile.TemporaryDirectory() as folder:
            try:
                words = one(seed, Path(folder))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed run
                failed.append(seed)
                words = f"FAILED: {type(error).__name__}: {error}"
        print(f"{seed}: {words}", flush=True)  # noqa: T201 - a command
    print(f"{asked.runs} runs, {len(failed)} failed{': seeds ' + str(failed) if failed else ''}")  # noqa: T201
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
