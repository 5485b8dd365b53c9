"""Ray: the job of `detector clean` or `score` on a cluster, with the same chunks, the same bytes and the same account.

The nodes share a file system, on which the inputs and the output lie. A chunk appears there all at once when it is
done, so a node that is killed costs the chunks that it was at: Ray does them again elsewhere.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import ray

from detector.adapters.rows import Rows
from detector.corpus import Job, Judging
from detector.corpus.job import Task
from detector.corpus.piles import ACCOUNT
from detector.corpus.plan import Track
from detector.corpus.work import Worker, make_judge

__all__ = ["Chunks", "Judge", "executor"]

# A chunk that was begun so often and not finished is left to this machine: it may hold a document that kills workers,
# and Ray would go on for ever.
TRIES = 3
# Chunks that a row of the table of work holds: fewer is more to send, more is more to do again.
_TOGETHER = 8


class Judge:
    """For `Dataset.map_batches(Judge, concurrency=...)`: adds our columns (see `rows.COLUMNS`)."""

    def __init__(self, text_field: str = "text", judging: Judging | None = None) -> None:
        self._text_field = text_field
        self._rows = Rows(judging)

    def __call__(self, batch: Any) -> Any:  # noqa: ANN401 - a pandas frame or a dictionary of arrays
        """Judge a batch."""
        columns = self._rows.columns(list(batch[self._text_field]))
        if isinstance(batch, Mapping):
            import numpy as np  # noqa: PLC0415

            return {**batch, **{name: np.asarray(values) for name, values in columns.items()}}
        return batch.assign(**columns)


class Chunks:
    """Does chunks, in a process that Ray keeps."""

    def __init__(self, job: str, parts: str) -> None:
        described = Job.from_json(json.loads(job))
        self._parts = Path(parts)
        self._worker = Worker(described, make_judge(described), self._parts, lambda _: None)

    def __call__(self, batch: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Do the chunks of a row, but for those that are done."""
        accounts: list[str] = []
        for row in batch["work"]:
            for task in _tasks(json.loads(str(row))):
                path = self._parts / task.id / ACCOUNT
                if not path.exists() and not self._try(task):
                    break
                account = json.loads(path.read_bytes()) if path.exists() else self._worker.do(task)
                accounts.append(json.dumps({"id": task.id, "account": account}))
                if task.sequential and account["ended"]:
                    break
        return {"account": accounts}

    def _try(self, task: Task) -> bool:
        """Put an attempt at a chunk on record; False if there were too many."""
        tries = self._parts / f".tried-{task.id}"
        tries.mkdir(exist_ok=True)
        number = len(list(tries.iterdir()))
        (tries / str(number)).touch()
        return number < TRIES


def _tasks(row: Mapping[str, Any]) -> Iterator[Task]:
    """The chunks of a row: a few that are known, or those of a source that is read from beginning to end."""
    if "tasks" in row:
        yield from (Task.from_json(task) for task in row["tasks"])
        return
    first = Task.from_json(row["track"])
    step, number = first.end - first.begin, 0
    while True:
        name = f"{first.id.split('-')[0]}-{number:08d}"
        yield replace(first, id=name, begin=number * step, end=(number + 1) * step)
        number += 1


def _rows(plan: Sequence[Track]) -> Iterator[dict[str, str]]:
    known = [task for track in plan for task in track.tasks]
    for start in range(0, len(known), _TOGETHER):
        some = [task.as_json() for task in known[start : start + _TOGETHER]]
        yield {"work": json.dumps({"tasks": some})}
    for track in plan:
        first = track.task(0)
        if not track.tasks and first is not None:
            yield {"work": json.dumps({"track": first.as_json()})}


def executor(address: str | None, jobs: int) -> Callable[..., None]:
    """What does the chunks of a job on a cluster (`address`: of Ray, "auto"; None starts one on this machine)."""

    def execute(job: Job, parts: Path, plan: Sequence[Track], tell: Callable[..., None]) -> None:
        where = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[2]))))
        environment = {"env_vars": {"PYTHONPATH": where}}
        begun = not ray.is_initialized()
        if begun:
            ray.init(address=address, runtime_env=environment, log_to_driver=False, configure_logging=False)
        try:
            work = ray.data.from_items(list(_rows(plan)), override_num_blocks=None)
            done = work.map_batches(
                Chunks,
                fn_constructor_args=(json.dumps(job.as_json()), str(parts)),
                batch_size=1,
                concurrency=jobs,
                num_cpus=1,
                max_restarts=-1,
                max_task_retries=-1,  # what is tried too often is passed over, not the row
            )
            for row in done.iter_rows():
                tell("chunk", **json.loads(row["account"]))
        except ray.exceptions.RayError as error:
            # Whatever is left is done on this machine, where a document that kills its process is found out.
            tell("engine-failed", words=str(error).splitlines()[0])
        finally:
            if begun:
                ray.shutdown()

    return execute
