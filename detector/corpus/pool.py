"""Many workers: processes that are given chunks, watched, and replaced when they die.

They are forks of this process where that works, so that they have its models at once and share the memory; else they
are started anew and load their own.
"""

import contextlib
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from detector import errors
from detector.corpus.attributes import Stored
from detector.corpus.forked import Forked, can_fork, fork
from detector.corpus.job import Job, Judge, Task
from detector.corpus.schedule import Schedule
from detector.corpus.worker import work
from detector.environment import DEFAULTS, ONE_THREAD

__all__ = ["Tell", "run_pool"]

Tell = Callable[..., None]
_READ = 1 << 16
# A worker that does not even start so often will not start: its own words say why.
_FALSE_STARTS = 3


@dataclass
class _Process:
    """A worker process, the chunk that it is at, and the batch."""

    process: "subprocess.Popen[bytes] | Forked"
    ready: bool = False
    task: Task | None = None
    last: Task | None = None
    at: tuple[tuple[int, int], tuple[int, int]] | None = None
    heard: bytes = b""

    def give(self, content: dict[str, Any]) -> None:
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(BrokenPipeError):  # it died; we shall hear its output end
            self.process.stdin.write(json.dumps(content).encode() + b"\n")
            self.process.stdin.flush()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def spawn(lock: int | None) -> "subprocess.Popen[bytes]":
    """Start a worker anew."""
    path = os.pathsep.join(p for p in sys.path if p)
    return subprocess.Popen(
        [sys.executable, "-m", "detector.corpus.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**DEFAULTS, **os.environ, **ONE_THREAD, "PYTHONPATH": path},
        pass_fds=() if lock is None else (lock,),
    )


class _Pool:
    def __init__(  # noqa: PLR0913, PLR0917 - what it needs
        self,
        job: Job,
        judge: Judge | Stored | None,
        parts: Path,
        schedule: Schedule,
        tell: Tell,
        lock: int | None,
    ) -> None:
        self._job = job
        self._judge = judge
        self._parts = parts
        self._schedule = schedule
        self._tell = tell
        self._lock = lock
        self._selector = selectors.DefaultSelector()
        self._workers: list[_Process] = []
        self._false_starts = 0

    def start(self) -> None:
        here = can_fork()
        process = fork(partial(work, self._job, self._judge, self._parts), self._lock) if here else spawn(self._lock)
        worker = _Process(process)
        self._workers.append(worker)
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        os.set_blocking(process.stdout.fileno(), False)
        self._selector.register(process.stdout, selectors.EVENT_READ, worker)
        if not here:
            worker.give({"job": self._job.as_json(), "parts": str(self._parts)})

    def run(self, jobs: int) -> None:
        if self._schedule.finished:
            return
        for _ in range(jobs):
            self.start()
        while self._workers:
            for key, _ in self._selector.select():
                worker: _Process = key.data
                heard = os.read(key.fd, _READ)
                if heard:
                    *lines, worker.heard = (worker.heard + heard).split(b"\n")
                    for line in lines:
                        self._hear(worker, json.loads(line))
                else:
                    self._lost(worker)
            self._feed()

    def _feed(self) -> None:
        """Give whoever waits a chunk; when all is done, send everybody home."""
        for worker in [w for w in self._workers if w.ready and w.task is None]:
            worker.task = self._schedule.next(worker.last)
            if worker.task is not None:
                worker.last = worker.task
                worker.give(worker.task.as_json())
        if self._schedule.finished:
            for worker in list(self._workers):
                self._dismiss(worker)

    def _dismiss(self, worker: _Process) -> None:
        assert worker.process.stdout is not None  # noqa: S101
        self._selector.unregister(worker.process.stdout)
        self._workers.remove(worker)
        worker.stop()

    def _hear(self, worker: _Process, what: dict[str, Any]) -> None:
        if "at" in what:
            (a, b), (c, d) = what["at"]
            worker.at = ((a, b), (c, d))
        elif "done" in what:
            worker.at = None
            if worker.task:
                self._tell("batch", id=worker.task.id, **what)
        elif "finished" in what and worker.task:
            self._schedule.done(worker.task, what["finished"])
            self._tell("chunk", id=worker.task.id, account=what["finished"])
            worker.task = worker.at = None
        elif "ready" in what:
            worker.ready, self._false_starts = True, 0
        elif "failed" in what:
            known = getattr(errors, what["kind"], None)
            raise (known or errors.OutputError)(what["failed"])

    def _lost(self, worker: _Process) -> None:
        self._dismiss(worker)
        if not worker.ready:
            self._false_starts += 1
            if self._false_starts >= _FALSE_STARTS:
                msg = "the worker processes do not start; what they say stands above"
                raise errors.OutputError(msg)
        if worker.task is not None:
            guilty = self._schedule.died(worker.task, worker.at)
            self._tell("death", id=worker.task.id, code=worker.process.returncode, quarantined=guilty)
        self.start()

    def close(self) -> None:
        for worker in list(self._workers):
            self._dismiss(worker)
        self._selector.close()


def run_pool(  # noqa: PLR0913, PLR0917 - what it needs
    job: Job,
    judge: Judge | Stored | None,
    parts: Path,
    schedule: Schedule,
    jobs: int,
    tell: Tell,
    lock: int | None = None,
) -> None:
    """Do all chunks with so many processes. `tell(event, **facts)` is told of every batch, chunk and death.

    `judge`: what judges, None if documents are only counted. `lock`: a file that the processes shall hold open as long
    as they live.
    """
    pool = _Pool(job, judge, parts, schedule, tell, lock)
    try:
        pool.run(jobs)
    finally:
        pool.close()
