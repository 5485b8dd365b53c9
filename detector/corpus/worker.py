"""A worker: a process that does chunks.

It is told what to do in lines of JSON on its standard input (first the job, if it was started anew, then tasks) and
answers in lines of JSON on its standard output. When its standard input ends, whoever started it is gone, and so is it.
"""

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from detector.corpus.attributes import Stored
from detector.corpus.job import Job, Judge, Task
from detector.corpus.work import Tell, Worker, make_judge
from detector.errors import DetectorError

__all__ = ["main", "work"]


def _listen(lines: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def _answers() -> TextIO:
    """Where answers go: the standard output that we were given. What libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def main() -> None:
    """Do what the standard input asks for, in a process that was started anew."""
    _serve(_hello)


def work(job: Job, judge: Judge | Stored | None, parts: Path) -> None:
    """Do what the standard input asks for, in a fork of a process that has loaded what judges."""
    _serve(lambda _, tell: Worker(job, judge, parts, tell))


def _hello(lines: "queue.SimpleQueue[str]", tell: Tell) -> Worker:
    """The worker that the first line describes."""
    hello = json.loads(lines.get())
    job = Job.from_json(hello["job"])
    return Worker(job, None if job.kind == "count" else make_judge(job), Path(hello["parts"]), tell)


def _serve(begin: Callable[["queue.SimpleQueue[str]", Tell], Worker]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for whoever started us
    answers = _answers()

    def tell(what: dict[str, Any]) -> None:
        answers.write(json.dumps(what) + "\n")
        answers.flush()

    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    try:
        worker = begin(lines, tell)
        tell({"ready": os.getpid()})
        while True:
            task = Task.from_json(json.loads(lines.get()))
            tell({"finished": worker.do(task)})
    except (DetectorError, OSError) as error:
        words = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.strerror else str(error)
        tell({"failed": words, "kind": type(error).__name__})
        sys.exit(1)


if __name__ == "__main__":
    main()
