"""Workers are forks where that works; where it does not, they are started anew, and nobody sees the difference."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from detector.corpus import Job, Judging, pool, run
from detector.corpus.forked import can_fork, fork
from tests.conservation import snapshot

ROOT = Path(__file__).resolve().parent.parent
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks are made on Linux only")

MADE: list[int] = []


class Counted:
    """A judge that knows in which processes judges were made."""

    model, deep, policy = "counted@1", "never", None

    def __init__(self, **options: object) -> None:
        from tests.fake_judge import Judge  # noqa: PLC0415 - where a worker is started anew, too

        MADE.append(os.getpid())
        self._judge = Judge(**options)
        self.policy = self._judge.policy

    def judge_batch(self, documents: list) -> list:  # type: ignore[type-arg]
        """Judge, if this process or the one that it was forked from has made the judge."""
        if os.getpid() in MADE:
            Path(os.environ["MADE_HERE"]).touch()
        return self._judge.judge_batch(documents)


def corpus(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": f"one two {i} DROP"}) + "\n" for i in range(3_000)))


def clean(tmp_path: Path, name: str, jobs: int) -> Job:
    judging = Judging(judge="tests.test_forked:Counted")
    job = Job("clean", (str(tmp_path / "in.jsonl"),), str(tmp_path / name), judging=judging, chunk_bytes=5_000)
    run(job, jobs=jobs)
    return job


@LINUX
def test_a_fork_judges_with_what_was_loaded_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path)
    monkeypatch.setenv("MADE_HERE", str(tmp_path / "made"))
    monkeypatch.setattr(pool, "can_fork", lambda: True)
    clean(tmp_path, "two", jobs=2)
    assert not (tmp_path / "made").exists()


def test_beside_another_thread_workers_are_started_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path)
    monkeypatch.setenv("MADE_HERE", str(tmp_path / "made"))
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert not can_fork()
        clean(tmp_path, "two", jobs=2)
    finally:
        done.set()
        other.join()
    assert (tmp_path / "made").exists()
    monkeypatch.setattr(pool, "can_fork", lambda: True)
    clean(tmp_path, "forked", jobs=2)
    assert snapshot(tmp_path / "two") == snapshot(tmp_path / "forked")


@LINUX
def test_a_command_forks_its_workers(tmp_path: Path) -> None:
    """On a terminal, too: what shows progress there must not be a thread."""
    corpus(tmp_path)
    # As it is run: the command sees to it that NumPy, which is not loaded yet, has one thread.
    script = (
        "import os, subprocess, sys; from detector.cli import main\n"
        "def never(*_, **__): os._exit(9)\n"
        f"subprocess.Popen = never; sys.argv = ['detector', 'clean', {str(tmp_path / 'in.jsonl')!r},"
        f" '-o', {str(tmp_path / 'out')!r}, '--deep', 'never', '--jobs', '2']; main()"
    )
    terminal = f"import pty, sys; sys.exit(pty.spawn([sys.executable, '-c', {script!r}]) >> 8)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    for code in (script, terminal):
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        assert done.returncode == 0, (done.stdout, done.stderr)
        assert (tmp_path / "out" / "manifest.json").exists()
        (tmp_path / "out" / "manifest.json").rename(tmp_path / "manifest.json")
        shutil.rmtree(tmp_path / "out")


@LINUX
def test_a_fork_holds_nothing_of_its_parent_but_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", sys.__stderr__)
    said = tmp_path / "said"
    with (tmp_path / "lock").open("w") as lock, (tmp_path / "other").open("w"):

        def work() -> None:
            held = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.exists()]
            said.write_text(json.dumps([name for name in held if name.startswith(str(tmp_path))]))
            sys.stdin.read()

        child = fork(work, lock.fileno())
        while not said.exists() or not said.read_text():
            time.sleep(0.01)
        assert json.loads(said.read_text()) == [str(tmp_path / "lock")]
        child.stdin.close()  # whoever started it is gone: it hears of that
        assert child.wait() == 1
        child.stdout.close()


@LINUX
def test_a_fork_keeps_its_pipes_whatever_its_parent_had_for_standard_output() -> None:
    """Forgotten, a stream that owns its descriptor would close the pipe that stands in its place."""
    script = (
        "import os, sys; from detector.corpus.forked import fork; sys.stdout = open(1, 'w')\n"
        "child = fork(lambda: os.write(1, b'here'), None); sys.exit(child.stdout.read() != b'here')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)  # noqa: S603


@LINUX
def test_a_killed_fork_says_by_what(tmp_path: Path) -> None:
    child = fork(lambda: time.sleep(60), None)
    child.kill()
    assert child.wait() == -9
    child.kill()  # once more does no harm, whoever has its number now
    for pipe in (child.stdin, child.stdout):
        pipe.close()
    assert list(tmp_path.iterdir()) == []
