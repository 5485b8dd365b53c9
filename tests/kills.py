"""Kill a run at every moment there is: `python -m tests.kills`.

`tests.conservation` kills at random moments, and so it takes thousands of runs to meet one that is a thousandth of a
second long. Here nothing is left to chance. What a run leaves behind changes only when it makes, opens, renames or
removes a file, and Python tells of all that; so a run is killed before the first of these, before the second, and so on
to the last; then the same command goes on, and all bytes must be those of the undisturbed run. A file that was being
opened may be left with half a content (`torn`).

Runs with workers are killed so, too, and so are single workers. A corpus of a few records of every kind is enough: how
long things take does not matter here.
"""

import argparse
import contextlib
import gzip
import json
import mmap
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detector.corpus import Job, Judging, run
from detector.corpus.folder import is_begun
from detector.errors import DetectorError, UsageError
from detector.io import Options
from tests.conservation import have_tables, prepare, snapshot

_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.link")
_USAGE = UsageError.exit_code
_ALARM = 120  # seconds that a run may take


@dataclass(frozen=True)
class Case:
    """A job, and how it is done. `before`: what was done to the output before; `force`: it may be overwritten."""

    name: str
    job: Callable[[Path], Job]
    jobs: int = 1
    force: bool = False
    before: Callable[[Path], Job] | None = None
    scored: bool = False  # it needs stored scores


@dataclass
class _Shared:
    """A number that processes share: how many changes there were."""

    memory: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, 8))

    def get(self) -> int:
        return int.from_bytes(self.memory[:8], "little")

    def set(self, value: int) -> None:
        self.memory[:8] = value.to_bytes(8, "little")


def corpus(folder: Path) -> None:
    """A few records in every format."""
    folder.mkdir()

    def record(i: int) -> dict[str, Any]:
        word = ("REVIEW", "DROP", "four", "CRASH", "five")[i % 5]
        text = f"one two {word}" + "\n[ad] buy now" * (i % 3 == 0) + "\nthe same line on every page" * (i % 2)
        return {"id": i, "text": text if i % 11 else None, "site": "news.example"}

    records = [record(i) for i in range(30)]
    lines = b"".join(json.dumps(r).encode() + b"\n" for r in records)
    (folder / "a.jsonl").write_bytes(lines + b"{broken\n\xff\n")
    (folder / "b.json").write_text(json.dumps(records[:20]))
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(lines[:900]) + gzip.compress(lines[900:2_500])[:-9])
    (folder / "d.csv").write_text("id,text\r\n1,one two three\r\n2,one two DROP\r\n")
    (folder / "e.txt").write_text("one two three\n[ad] buy now\n")
    (folder / "f.txt").write_text("one two DROP\n")
    if have_tables():
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415

        pq.write_table(pa.Table.from_pylist(records[:20]), folder / "g.parquet", row_group_size=7)


def _job(folder: Path, **options: Any) -> Job:  # noqa: ANN401
    judging = Judging(judge="tests.fake_judge:Judge")
    asked = {"kind": "clean", "out": str(folder / "out"), "judging": judging, "chunk_bytes": 1_000, **options}
    return Job(inputs=(str(folder / "in"),), **asked)


def _url(folder: Path) -> str:
    return f"file://{folder / 'out'}"


def cases() -> list[Case]:
    """All there are."""
    by_site = {"by_site": True, "options": Options(also=("site", "url"))}
    known = [
        Case("clean", _job),
        Case("clean, two workers", _job, jobs=2),
        Case("clean, limited", lambda f: _job(f, limit=40)),
        Case("clean, by site", lambda f: _job(f, **by_site)),
        Case("clean, by site, two workers", lambda f: _job(f, **by_site), jobs=2),
        Case("clean, stored scores", lambda f: _job(f, scores=str(f / "scores")), scored=True),
        Case("clean, as JSON", lambda f: _job(f, format="json")),
        Case("clean, once more", _job, force=True, before=_job),
        Case("clean, over another", lambda f: _job(f, keep=None), force=True, before=_job),
        Case("score", lambda f: _job(f, kind="score")),
        Case("score, two workers", lambda f: _job(f, kind="score"), jobs=2),
        Case("score, once more", lambda f: _job(f, kind="score"), force=True, before=lambda f: _job(f, kind="score")),
        Case("attributes", lambda f: _job(f, kind="attributes")),
    ]
    if have_tables():
        known += [
            Case("clean, as tables", lambda f: _job(f, format="parquet")),
            Case("attributes, as tables", lambda f: _job(f, kind="attributes", format="parquet")),
        ]
    with contextlib.suppress(ImportError):
        import fsspec  # noqa: F401, PLC0415 - an extra

        known += [
            Case("clean, to a URL", lambda f: _job(f, out=_url(f))),
            Case("score, to a URL", lambda f: _job(f, kind="score", out=_url(f))),
        ]
    return known


def _arm(at: int, seen: _Shared, *, torn: bool, worker: bool) -> None:
    """Have this process and its children killed before change number `at`, all of them or the one that makes it."""
    here = os.getpid()

    def hook(event: str, args: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(args[2], int) and bool(args[2] & (os.O_WRONLY | os.O_RDWR))
        if not (opened or event in _CHANGES) or (worker and os.getpid() == here):
            return
        if opened and (not isinstance(args[0], str) or args[0].startswith("/dev")):
            return
        seen.set(seen.get() + 1)
        if seen.get() != at:
            return
        if opened and torn and not os.path.isdir(args[0]):  # noqa: PTH112
            seen.set(at + 1)  # this is no change of the run's own
            with open(args[0], "ab" if args[2] & os.O_TRUNC == 0 else "wb") as file:  # noqa: PTH123
                file.write(b'{"half": ')
        os.kill(os.getpid() if worker else here, signal.SIGKILL)

    sys.addaudithook(hook)


def _fork(work: Callable[[], None], said: Path) -> int:
    """Do something in a process of its own; its exit code, negative if it was killed."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            signal.alarm(_ALARM)
            work()
            code = 0
        except DetectorError as error:
            os.write(2, f"{error}\n".encode())
            code = error.exit_code
        except BaseException:  # noqa: BLE001 - all of it is to be read by the one who waits
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _outcome(folder: Path) -> dict[str, bytes]:
    out = folder / "out"
    return {"": out.read_bytes()} if out.is_file() else snapshot(out) if out.exists() else {}


@contextlib.contextmanager
def _inside(folder: Path) -> Any:  # noqa: ANN401 - what is sent to a URL is made in the current folder
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


class Kills:
    """One case: how many changes there are to be killed at, and what comes of it."""

    def __init__(self, case: Case, folder: Path) -> None:
        self._case = case
        self._folder = folder
        self._said = folder / "said"
        corpus(folder / "in")
        if case.scored:
            self._expect(lambda: run(_job(folder, kind="attributes", out=str(folder / "scores"))))
        self._seen = _Shared()
        self.changes = self.worker_changes = 0
        self._prepare()
        self._expect(lambda: self._run(-1))
        self.calm, self.changes = _outcome(folder), self._seen.get()
        if case.jobs > 1:
            self._prepare()
            self._expect(lambda: self._run(-1, worker=True))
            self.worker_changes = self._seen.get()

    def _expect(self, work: Callable[[], Any]) -> None:
        code = _fork(work, self._said)
        assert code == 0, self._said.read_text()

    def _run(self, at: int, *, torn: bool = False, worker: bool = False, force: bool | None = None) -> None:
        case = self._case
        self._seen.set(0)
        _arm(at, self._seen, torn=torn, worker=worker)
        run(case.job(self._folder), jobs=case.jobs, force=case.force if force is None else force)

    def _prepare(self) -> None:
        """An output as it was before."""
        out = self._folder / "out"
        for path in [out, *self._folder.glob("*.un*"), *self._folder.glob(".*.un*")]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if self._case.before is not None:
            before = self._case.before(self._folder)
            self._expect(lambda: run(before))

    def some(self, dice: random.Random, most: int) -> list[dict[str, Any]]:
        """Arguments for `kill`, as many as there are or `most` of them."""
        known: list[dict[str, Any]] = []
        for worker, changes in ((False, self.changes), (True, self.worker_changes)):
            for at in range(1, changes + 1):
                known += [{"at": at, "torn": torn, "worker": worker} for torn in (False, True)]
        known += [{**how, "again": dice.randint(1, how["at"])} for how in known if not how["worker"]]
        if self._case.force:
            known += [{**how, "force": False} for how in known]
        return dice.sample(known, most) if len(known) > most else known

    def kill(self, at: int, *, torn: bool, worker: bool = False, again: int = 0, force: bool | None = None) -> None:
        """Kill at a change (and what goes on after it at another); AssertionError unless all is well in the end."""
        self._prepare()
        with _inside(self._folder):
            code = _fork(lambda: self._run(at, torn=torn, worker=worker), self._said)
            assert code in (0, -signal.SIGKILL), self._said.read_text()
            if again:
                _fork(lambda: self._run(again, force=force), self._said)
            code = _fork(lambda: self._run(-1, force=force), self._said)
        if code == _USAGE and self._refuses_rightly(force=force):
            return
        assert code == 0, self._said.read_text()
        after = _outcome(self._folder)
        assert list(after) == list(self.calm), f"{sorted(set(after) ^ set(self.calm))} too much or missing"
        for name, content in self.calm.items():
            assert after[name] == content, f"{name} differs"
        assert not self._left(), f"{self._left()} left behind"

    def _refuses_rightly(self, *, force: bool | None) -> bool:
        """Whether the run had to say that there is something already.

        A job of kind "score" that is done, and whatever was sent to a URL, leaves nothing behind to tell that it was
        the same. And where something was to be overwritten, nobody may take what is left of that for a result.
        """
        job = self._case.job(self._folder)
        done = (job.kind == "score" or "://" in job.out) and _outcome(self._folder) == self.calm
        return "--force" in self._said.read_text() and (force is False or done) and not self._left()

    def _left(self) -> list[str]:
        """What should not be there in the end."""
        known = ("in", "out", "said", "scores")
        left = [p for p in self._folder.iterdir() if p.name not in known]
        if self._case.job(self._folder).kind == "score":  # killed while it removed its own folder, it leaves some of it
            left = [p for p in left if not p.is_dir() or is_begun(p)]
        return [p.name for p in left]


def main() -> None:
    """Kill at every change, or at every so-manieth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--most", type=int, default=sys.maxsize, help="kills a case (all by default)")
    parser.add_argument("--case", action="append", help="this one only; may be repeated")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311 - which kills to try
    asked = parser.parse_args()
    prepare()
    dice = random.Random(asked.seed)  # noqa: S311
    done = failed = 0
    for case in cases():
        if asked.case and case.name not in asked.case:
            continue
        with tempfile.TemporaryDirectory(prefix="kills-") as folder:
            kills = Kills(case, Path(folder))
            wanted = kills.some(dice, asked.most)
            bad = 0
            for how in wanted:
                try:
                    kills.kill(**how)
                except AssertionError as error:
                    bad += 1
                    if bad <= 10:
                        print(f"{case.name}: {how}: {error}", flush=True)  # noqa: T201 - a command
            print(f"{case.name}: {kills.changes} changes, {len(wanted)} kills, {bad} failed", flush=True)  # noqa: T201
            done, failed = done + len(wanted), failed + bad
    print(f"{done} kills, {failed} failed; --seed {asked.seed}")  # noqa: T201
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
