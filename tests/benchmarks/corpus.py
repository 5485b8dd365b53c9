"""What the corpus engine costs: `python tests/benchmarks/corpus.py TEXTS.jsonl [--megabytes 20]`.

Prints, as JSON lines: for each format the share of CPU time that is not judging (reading, writing, accounting, taking
boilerplate out; how much of it is the last, too), and the memory of one process by size of input, and on the way there.
With `--only-engine` nothing is judged, so that sizes
beyond what can be waited for show whether memory is flat. With `--scaling` the command is timed with one worker and
with two, in turns, and it is said how busy the machine was with other things meanwhile, what CPU time the process
took that starts the workers (while it works alone, they wait), and how much more two commands of one worker each do
side by side than one does: what the machine itself has to give.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import zstandard

from detector.corpus import Job, Judging, piles, run
from detector.document import Document
from detector.environment import DEFAULTS
from detector.policy import Verdict
from detector.scorer import Assessment
from detector.strip import Stripped, strip

MB = 1_000_000
# The plan for a large corpus: its size; nodes and their cores; what a core-hour costs (a round figure of 2025).
CORPUS_MB = 10_000_000
NODES, CORES, DOLLARS = 32, 16, 0.04


class Timed:
    """The detector, and how much CPU time it takes."""

    spent = 0.0

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        from detector.pipeline import Detector  # noqa: PLC0415

        self._detector = Detector(**options)
        self.model, self.deep, self.policy = self._detector.model, self._detector.deep, self._detector.policy

    def judge_batch(self, documents: Sequence[Document]) -> list[Verdict]:
        """Judge."""
        start = time.process_time()
        out = self._detector.judge_batch(documents)
        Timed.spent += time.process_time() - start
        return out


class _Stripping:
    """`strip`, and how much CPU time it takes."""

    def __init__(self) -> None:
        self.spent = 0.0

    def __call__(self, document: Document, verdict: Verdict, keep: frozenset[str]) -> Stripped:
        start = time.process_time()
        out = strip(document, verdict, keep)
        self.spent += time.process_time() - start
        return out


class Nothing:
    """Keeps everything and looks at nothing."""

    model, deep, policy = "nothing", "never", None

    def __init__(self, **_: object) -> None:
        self._verdict = Verdict("keep", (), Assessment(0, 0, 0, 0, (), {}, 0, "nothing"), ("fast",))

    def judge_batch(self, documents: Sequence[Document]) -> list[Verdict]:
        """Judge."""
        return [self._verdict] * len(documents)


def make(texts: Path, target: Path, size: int) -> None:
    """Write a corpus of about so many bytes, over and over from the beginning."""
    rows: list[str] = []
    written = 0
    with texts.open(encoding="utf-8") as file:
        lines = [json.loads(line)["text"] for line in file]
    plain = target.open("wb")
    out: Any = zstandard.ZstdCompressor().stream_writer(plain) if target.suffix == ".zst" else plain
    number = 0
    while written < size:
        text = lines[number % len(lines)]
        rows.append(text)
        number += 1
        written += len(text)
        if target.suffix != ".parquet":
            out.write(json.dumps({"id": number, "text": text}).encode() + b"\n")
    if target.suffix == ".parquet":
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet as pq  # noqa: PLC0415

        pq.write_table(pa.table({"id": list(range(len(rows))), "text": rows}), target)
    out.close()


def measure(path: Path, judge: str) -> dict[str, Any]:
    """Clean a file in this process."""
    with tempfile.TemporaryDirectory() as folder:
        judging = Judging(deep="never", judge=f"tests.benchmarks.corpus:{judge}")
        curve: list[tuple[float, float]] = []
        resident: list[tuple[float, float]] = []
        stripping = piles.strip = _Stripping()
        start, wall = time.process_time(), time.monotonic()
        done = 0

        def notice(what: str, **facts: Any) -> None:  # noqa: ANN401 - whatever the engine tells
            nonlocal done
            if what == "batch":
                done += facts["bytes"]
                if done >= (2 * curve[-1][0] * MB if curve else MB):  # at 1, 2, 4, ... MB
                    curve.append((round(done / MB, 1), _memory("VmHWM")))
                    resident.append((round(done / MB, 1), _memory("VmRSS")))

        result = run(Job("clean", (str(path),), f"{folder}/out", judging=judging), on_event=notice)
        spent, passed = time.process_time() - start, time.monotonic() - wall
    import tests.benchmarks.corpus as named  # noqa: PLC0415, PLW0406 - this module under the name that the engine knows

    return {
        "file": path.name,
        "judge": judge,
        "input_bytes": path.stat().st_size,
        "records": result.total.read,
        "cpu_s": round(spent, 2),
        "wall_s": round(passed, 2),
        "judging_cpu_s": round(named.Timed.spent, 2),
        "stripping_cpu_s": round(stripping.spent, 2),
        "not_judging": round((spent - named.Timed.spent) / spent, 3),
        "peak_mb": _memory("VmHWM"),
        "peak_mb_by_mb_read": curve,
        "resident_mb_by_mb_read": resident,
    }


def _busy() -> float:
    """CPU seconds that this machine has spent on anything, or that its host has taken away."""
    fields = [int(x) for x in Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:9]]
    user, nice, system, _, _, irq, softirq, steal = fields
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _command(path: Path, folder: str, jobs: int) -> list[str]:
    """Clean a file as a user would, fast path only."""
    where = [str(path), "-o", f"{folder}/out"]
    return [sys.executable, "-m", "detector", "clean", *where, "--deep", "never", "--jobs", str(jobs)]


def side_by_side(path: Path) -> float:
    """Wall seconds of two commands of one worker each at once: twice the work, with nothing in common."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        start = time.monotonic()
        commands = [_command(path, folder, 1) for folder in (one, two)]
        processes = [subprocess.Popen(c, stderr=subprocess.DEVNULL) for c in commands]  # noqa: S603
        for process, command in zip(processes, commands, strict=True):
            if process.wait():
                raise subprocess.CalledProcessError(process.returncode, command)
        return time.monotonic() - start


def timed(path: Path, jobs: int) -> dict[str, Any]:
    """How long a file takes, and what else the machine did meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        command = _command(path, folder, jobs)
        wall, busy, before = time.monotonic(), _busy(), resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603
        alone = 0.0
        while process.poll() is None:
            alone = max(alone, _spent(process.pid))
            time.sleep(0.05)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        wall, busy, after = time.monotonic() - wall, _busy() - busy, resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # A pool's workers are stopped by a signal and waited for, so that their time is in `own` too.
    facts = {"jobs": jobs, "wall_s": wall, "cpu_s": own, "parent_cpu_s": alone, "others_s": max(busy - own, 0)}
    return {name: round(value, 2) for name, value in facts.items()}


def _spent(pid: int) -> float:
    """CPU seconds of a process without its children; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(what: str) -> float:
    """Resident memory in MB: "VmHWM", at its peak (getrusage would count the process that started us, until the exec),
    or "VmRSS", now.
    """
    status = Path("/proc/self/status").read_text("ascii")
    (line,) = [line for line in status.splitlines() if line.startswith(what)]
    return round(int(line.split()[1]) * 1024 / MB, 1)


def hashed() -> float:
    """How many MB a second of input are hashed by one core."""
    block = bytes(MB)
    start = time.process_time()
    digest = hashlib.sha256()
    for _ in range(100):
        digest.update(block)
    return 100 / (time.process_time() - start)


def _row(fact: dict[str, Any]) -> list[str]:
    rate = f"{fact['megabytes'] / fact['cpu_s']:.2f}"
    reached = [(mb, peak) for mb, peak in fact["peak_mb_by_mb_read"] if mb >= 4]
    peaks = ", ".join(f"{peak:.0f} after {mb:.0f}" for mb, peak in reached)
    end = f"{fact['peak_mb']:.0f} at the end"
    return [
        f"{fact['texts']}, {fact['file'].removeprefix('a')}",
        f"{fact['megabytes']:g}",
        rate if fact["judge"] == "Timed" else "",
        f"{fact['not_judging']:.1%}" if fact["judge"] == "Timed" else "judged by nothing",
        ", ".join(filter(None, (peaks, end))),
    ]


def _scaled(fact: dict[str, Any]) -> str:
    one, two = fact["one"], fact["two"]
    others = max(one["others_s"] / one["wall_s"], two["others_s"] / two["wall_s"])
    return (
        f"Two workers were {fact['speedup']:.2f} times as fast as one ({fact['megabytes']:g} MB, {fact['texts']}: "
        f"{one['wall_s']:.0f} and {two['wall_s']:.0f} s; meanwhile other things took {others:.2f} cores or less; two "
        f"commands side by side, with nothing in common, did {fact['machine']:.2f} times the work of one)."
    )


def _plan(facts: Sequence[dict[str, Any]], sha_mb_s: float) -> dict[str, Any]:
    """What 10 TB of text take, by what was measured of each kind of text."""
    rows = []
    for texts in dict.fromkeys(fact["texts"] for fact in facts):
        measured = [f for f in facts if f["texts"] == texts and f["judge"] == "Timed"]
        if not measured:
            continue
        best = max(measured, key=lambda f: f["megabytes"])
        rate = best["megabytes"] / best["cpu_s"]
        hours = CORPUS_MB / rate / 3600
        nodes = hours / CORES / NODES
        rows.append([texts, f"{rate:.2f}", f"{hours:,.0f}", f"{nodes:.1f}", f"{hours * DOLLARS:,.0f}"])
    one = CORPUS_MB / sha_mb_s / 3600
    note = (
        f"{NODES} nodes of {CORES} cores, at ${DOLLARS} a core-hour. Each hashes its share before it begins, at "
        f"{sha_mb_s:,.0f} MB/s a core: {one / NODES * 60:.0f} minutes with one core; over everything, one node "
        f"would hash for {one:.0f} hours."
    )
    header = ["10 TB of", "MB/s a core", "core-hours", "hours", "dollars"]
    return {"title": "10 TB on paper", "header": header, "rows": rows, "note": note}


def save(path: Path, new: Sequence[dict[str, Any]]) -> None:
    """Add facts to a file, in the place of older ones about the same, with the tables that are made of them."""
    known = json.loads(path.read_bytes())["facts"] if path.exists() else []
    facts = {(f["texts"], f["file"], f["judge"], f["megabytes"]): f for f in [*known, *new]}
    order = sorted(facts.values(), key=lambda f: (f["judge"] != "Timed", f["texts"], f["file"], f["megabytes"]))
    cost = {
        "title": "What the engine costs beside the judging, and how much memory a process needs",
        "header": ["texts", "MB", "MB/s a core", "CPU time not spent judging", "peak memory, MB, after MB read"],
        "rows": [_row(f) for f in order if "one" not in f],
        "note": "Fast path, one process, start-up included." + "".join(f" {_scaled(f)}" for f in order if "one" in f),
    }
    tables = [cost, _plan(order, hashed())]
    path.write_text(json.dumps({"facts": order, "tables": tables}, indent=1) + "\n", "utf-8")


def main() -> None:
    """Measure, each file in a process of its own."""
    parser = argparse.ArgumentParser(description="What the corpus engine costs.")
    parser.add_argument("texts", type=Path)
    parser.add_argument("--megabytes", type=float, nargs="+", default=[10])
    parser.add_argument("--format", nargs="+", default=["jsonl", "jsonl.zst", "parquet"])
    parser.add_argument("--name", help="of the texts")
    parser.add_argument("--only-engine", action="store_true")
    parser.add_argument("--scaling", type=int, metavar="TIMES", default=0)
    parser.add_argument("--save", type=Path, help="add what is measured to this file")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    judge = "Nothing" if asked.only_engine else "Timed"
    if asked.here:
        print(json.dumps(measure(asked.texts, judge)))  # noqa: T201 - a command
        return
    for size in asked.megabytes:
        for format_ in asked.format:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"a.{format_}"
                make(asked.texts, path, int(size * MB))
                if asked.scaling:
                    for _ in range(asked.scaling):
                        one, two = timed(path, 1), timed(path, 2)
                        apart = side_by_side(path)
                        fact = {
                            "file": path.name,
                            "judge": "scaling",
                            "texts": asked.name or asked.texts.stem,
                            "megabytes": size,
                            "speedup": round(one["wall_s"] / two["wall_s"], 2),
                            "machine": round(2 * one["wall_s"] / apart, 2),
                            "one": one,
                            "two": two,
                        }
                        print(json.dumps(fact), flush=True)  # noqa: T201
                        if asked.save:
                            save(asked.save, [fact])
                    continue
                command = [sys.executable, "-m", "tests.benchmarks.corpus", str(path), "--here"]
                command += ["--only-engine"] * asked.only_engine
                own = {**DEFAULTS, **os.environ}  # as the command's
                said = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=own).stdout  # noqa: S603
                fact = {**json.loads(said), "texts": asked.name or asked.texts.stem, "megabytes": size}
                print(json.dumps(fact), flush=True)  # noqa: T201
                if asked.save:
                    save(asked.save, [fact])


if __name__ == "__main__":
    main()
