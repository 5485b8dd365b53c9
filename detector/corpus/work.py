"""The work: one chunk after the other, read, judged, filed. The same code in one process and in many."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detector.corpus.job import Job, Judge, Task
from detector.errors import DetectorError
from detector.io import Read, Source, Unreadable
from detector.io.sources import records
from detector.pipeline import BATCH_CHARACTERS, BATCH_DOCUMENTS
from detector.policy import Policy, Verdict

if TYPE_CHECKING:
    from detector.corpus.attributes import Stored
    from detector.corpus.piles import Chunk

__all__ = ["Tell", "Worker", "judge_all", "judged", "make_judge", "quarantined"]

Tell = Callable[[dict[str, Any]], None]
# A table that lies open is read on to a row that is at most so many chunks away: whoever enters it anew reads its row
# group from the beginning.
_AHEAD = 8
_Entry = tuple[int, Source, "Read | Unreadable"]


def make_judge(job: Job) -> "Judge | Stored":
    """Load what judges: the models, or scores that were stored."""
    if not job.scores:
        return job.judging.make()
    from detector.corpus.attributes import Stored  # noqa: PLC0415 - only where scores were stored

    policy = Policy.from_json(job.judging.policy) if job.judging.policy is not None else None
    return Stored(Path(job.scores), policy, job.judging.ignore, job.drop_above)


class Worker:
    """Does chunks. `tell` is told, before each batch, which documents it holds, and after it what became of them.

    Without a `judge` the documents are only counted, by their sites.
    """

    def __init__(self, job: Job, judge: "Judge | Stored | None", parts: Path, tell: Tell) -> None:
        self._job = job
        self._judge = judge
        self._parts = parts
        self._tell = tell
        # A source that must be read from its beginning stays open between chunks: (its index, where we are, its
        # records).
        self._open: tuple[int, Iterator[Read | Unreadable], list[Read | Unreadable]] | None = None
        self._reached = -1

    def do(self, task: Task) -> dict[str, Any]:
        """Do a chunk; its account."""
        from detector.corpus.piles import Chunk  # noqa: PLC0415 - one who streams writes no files

        chunk = Chunk(self._job, task, self._parts)
        try:
            ended = self._fill(chunk, task)
            return chunk.finish(ended=ended)
        except BaseException:
            self._open = None
            chunk.abandon()
            raise

    def _fill(self, chunk: "Chunk", task: Task) -> bool:
        waiting: list[_Entry] = []
        characters, left = 0, task.limit
        ended = True
        for index, source, local in task.sources:
            for answer in self._answers(task, index, source, local):
                if answer is None or left == 0:
                    ended = False
                    break
                left -= 1
                chunk.tally(index).read += 1
                size = _size(answer)
                alone = task.suspects is not None and self._suspect(task.suspects, index, answer.position)
                if waiting and (alone or len(waiting) >= BATCH_DOCUMENTS or characters + size > BATCH_CHARACTERS):
                    self._file(chunk, task, waiting)
                    waiting, characters = [], 0
                waiting.append((index, source, answer))
                characters += size
                if alone:
                    self._file(chunk, task, waiting)
                    waiting, characters = [], 0
        self._file(chunk, task, waiting)
        return ended

    @staticmethod
    def _suspect(suspects: tuple[tuple[int, int], tuple[int, int]], index: int, position: int) -> bool:
        return suspects[0] <= (index, position) <= suspects[1]

    def _answers(self, task: Task, index: int, source: Source, local: str) -> Iterator[Read | Unreadable | None]:
        """The records of a source that belong to a chunk; None after the last if more follow."""
        if not task.sequential:
            for answer in records(source, self._job.options, task.begin, task.position, local=local or None):
                if task.end >= 0 and answer.offset >= task.end:
                    yield None
                    return
                yield answer
            return
        enter = (
            source.format == "parquet" and not source.compression
        )  # it can be entered at any row; others are read from the beginning
        if (
            self._open is None
            or self._open[0] != index
            or self._reached > task.begin
            or (enter and task.begin - self._reached > _AHEAD * (task.end - task.begin))
        ):
            start = task.begin if enter else 0
            self._open = (index, records(source, self._job.options, start, start, local=local or None), [])
            self._reached = start
        _, stream, ahead = self._open
        while True:
            answer_ = ahead.pop() if ahead else next(stream, None)
            if answer_ is None:
                self._reached = task.end  # an earlier chunk, done again, must open the source again
                return
            self._reached = answer_.offset
            if task.end >= 0 and answer_.offset >= task.end:
                ahead.append(answer_)
                self._reached = task.end
                yield None
                return
            if answer_.offset >= task.begin:
                yield answer_

    def _verdicts(self, reads: Sequence[_Entry]) -> list[Verdict | str]:
        from detector.corpus.attributes import Stored  # noqa: PLC0415

        if not isinstance(self._judge, Stored):
            assert self._judge is not None  # noqa: S101 - those are not judged
            return judge_all(self._judge, [a for _, _, a in reads if isinstance(a, Read)])
        out: list[Verdict | str] = []
        for _, source, read in reads:
            if isinstance(read, Read):
                out += self._judge.judge_reads(source, [read])
        return out

    def _file(self, chunk: "Chunk", task: Task, waiting: list[_Entry]) -> None:
        """Judge what was read and file everything, in order."""
        if not waiting:
            return
        ends = [[i, a.position] for i, _, a in (waiting[0], waiting[-1])]
        self._tell({"at": ends})
        reads = [e for e in waiting if isinstance(e[2], Read) and (e[0], e[2].position) not in task.quarantine]
        if self._judge is None:
            chunk.count([a.document for _, _, a in reads if isinstance(a, Read)])
            self._tell({"done": len(waiting), "bytes": 0, "piles": {}})
            return
        verdicts = dict(zip([(i, a.position) for i, _, a in reads], self._verdicts(reads), strict=True))
        for index, source, answer in waiting:
            if isinstance(answer, Unreadable):
                chunk.unreadable(index, source, answer)
                continue
            verdict = verdicts.get((index, answer.position), "killed the process that judged it, twice")
            if isinstance(verdict, str):
                chunk.unreadable(index, source, quarantined(answer, verdict))
            else:
                chunk.judged(index, source, answer, verdict)
        self._tell({"done": len(waiting), "bytes": sum(_bytes(a) for _, _, a in waiting), "piles": _sum(chunk)})


def judge_all(judge: Judge, reads: Sequence[Read]) -> list[Verdict | str]:
    """Verdicts; for a document that the judge fails over, why. One bad document does not take its batch along."""
    if not reads:
        return []
    try:
        return list(judge.judge_batch([r.document for r in reads]))
    except (OSError, DetectorError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a signal has not thought of; it is put on record
        if len(reads) == 1:
            return [f"judging it failed: {type(error).__name__}: {error}"]
    middle = len(reads) // 2
    return judge_all(judge, reads[:middle]) + judge_all(judge, reads[middle:])


def judged(
    judge: Judge, answers: Iterable[Read | Unreadable], limit: int | None = None
) -> Iterator[tuple[Read, Verdict] | Unreadable]:
    """Judge records as they come, in order, at most `limit` of them, without leaving anything behind on disk."""
    waiting: list[Read | Unreadable] = []
    characters = 0
    for answer in answers if limit is None else islice(answers, limit):
        size = _size(answer)
        if waiting and (len(waiting) >= BATCH_DOCUMENTS or characters + size > BATCH_CHARACTERS):
            yield from _judged(judge, waiting)
            waiting, characters = [], 0
        waiting.append(answer)
        characters += size
    yield from _judged(judge, waiting)


def _judged(judge: Judge, waiting: Sequence[Read | Unreadable]) -> Iterator[tuple[Read, Verdict] | Unreadable]:
    verdicts = iter(judge_all(judge, [a for a in waiting if isinstance(a, Read)]))
    for answer in waiting:
        if isinstance(answer, Unreadable):
            yield answer
        else:
            verdict = next(verdicts)
            yield quarantined(answer, verdict) if isinstance(verdict, str) else (answer, verdict)


def _bytes(answer: Read | Unreadable) -> int:
    return len(answer.raw) or _size(answer)


def _size(answer: Read | Unreadable) -> int:
    return len(answer.document.text) if isinstance(answer, Read) else len(answer.raw)


def quarantined(read: Read, why: str) -> Unreadable:
    """A record that was read but cannot be judged."""
    raw = read.raw or read.document.text.encode("utf-8", "surrogatepass")
    return Unreadable(read.document.source, read.position, read.offset, "quarantined", why, raw, len(raw))


def _sum(chunk: "Chunk") -> dict[str, int]:
    out: dict[str, int] = {}
    for tally in chunk.tallies.values():
        for pile, n in tally.piles.items():
            out[pile] = out.get(pile, 0) + n
    return out
