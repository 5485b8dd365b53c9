"""Which chunk is next, and which are done. The order in which chunks end does not matter to what comes out."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from detector.corpus.job import Task
from detector.corpus.plan import Track
from detector.errors import AccountError

__all__ = ["Schedule"]

# A document over which workers died so often while they judged nothing else is put in quarantine.
DEATHS_ALONE = 2
# A chunk in which workers died so often is not the documents' fault: if ever other ones seem to be deadly, it is
# something else, and they must not be put in quarantine one by one.
DEATHS = 24


@dataclass
class _Row:
    """A track on its way: the number of the chunk that is next, how many are being done, and whether it has ended."""

    track: Track
    number: int = 0
    out: int = 0
    ended: bool = False


class Schedule:
    """Hands out chunks, takes back accounts. `known(id)`: the account of a chunk that an earlier run finished."""

    def __init__(
        self, tracks: Iterable[Track], known: Callable[[str], Mapping[str, Any] | None], limit: int | None = None
    ) -> None:
        self._rows: dict[int, _Row] = {}  # by their first source, those that were begun and have not ended
        self._waiting = deque(tracks)
        self._known = known
        self._left = limit
        self._again: deque[Task] = deque()
        self._deaths: dict[str, int] = {}
        self._alone: Counter[tuple[int, int]] = Counter()  # deaths over a document that was judged by itself
        self.out: dict[str, Task] = {}

    def next(self, last: Task | None = None) -> Task | None:
        """The next chunk to do, None if there is none now. `last`: what the asker did before; it may still be open
        there.
        """
        if self._again:
            task = self._again.popleft()
        elif fresh := self._fresh(last):
            task = fresh
            self._rows[_first(task)].out += 1
        else:
            return None
        if self._left is not None:
            task = replace(task, limit=self._left)
        self.out[task.id] = task
        return task

    def _fresh(self, last: Task | None) -> Task | None:
        """A chunk that nobody has had: of the asker's source, else of one that nobody is at, else of any."""
        own = self._rows.get(_first(last)) if last is not None and last.sequential else None
        if own and (task := self._advance(own)):
            return task
        free = [row for row in self._rows.values() if not row.out or row.track.source is None]
        for row in free:
            if task := self._advance(row):
                return task
        while self._waiting and self._left != 0:
            row = _Row(self._waiting.popleft())
            self._rows[row.track.first] = row
            if task := self._advance(row):
                return task
        for row in list(self._rows.values()):
            if task := self._advance(row):
                return task
        return None

    def _advance(self, row: _Row) -> Task | None:
        while not row.ended and self._left != 0:
            task = row.track.task(row.number)
            if task is None:
                row.ended = True
                break
            row.number += 1
            account = self._known(task.id)
            if account is None:
                return task
            self._take(row, task, account)
        if row.ended and not row.out:
            self._rows.pop(row.track.first, None)
        return None

    @property
    def finished(self) -> bool:
        """Whether nothing is being done and nothing is left to do."""
        if self.out or self._again:
            return False
        return self._left == 0 or not (self._waiting or self._rows)

    def done(self, task: Task, account: Mapping[str, Any]) -> None:
        """A chunk was done."""
        del self.out[task.id]
        row = self._rows[_first(task)]
        row.out -= 1
        self._take(row, task, account)

    def _take(self, row: _Row, task: Task, account: Mapping[str, Any]) -> None:
        if task.sequential and account["ended"]:
            row.ended = True
        if self._left is not None:
            self._left -= sum(t["read"] for t in account["sources"].values())

    def died(self, task: Task, at: tuple[tuple[int, int], tuple[int, int]] | None) -> tuple[int, int] | None:
        """A worker died over a chunk, in a batch from one document to another: the chunk will be done again.

        A batch over which a worker died is judged document by document; one over which workers die twice then is put in
        quarantine and returned. Once is not enough: whatever kills workers for reasons of its own (memory that others
        take, a machine that is shut down) would convict whoever happens to be there.
        """
        del self.out[task.id]
        self._deaths[task.id] = self._deaths.get(task.id, 0) + 1
        if self._deaths[task.id] > DEATHS:
            msg = (
                f"workers died {DEATHS} times over the chunk {task.id} of {task.sources[0][1].path}, "
                "for no document's sake; is there enough memory? The same command goes on where it stopped"
            )
            raise AccountError(msg)
        guilty = None
        if at is not None:
            alone = at[0] == at[1] and at[0] not in task.quarantine
            self._alone[at[0]] += alone
            if alone and self._alone[at[0]] >= DEATHS_ALONE:
                guilty = at[0]
                task = replace(task, quarantine=(*task.quarantine, guilty))
            elif not (task.suspects and task.suspects[0] <= at[0] and at[1] <= task.suspects[1]):
                task = replace(task, suspects=at)
        self._again.append(task)
        return guilty


def _first(task: Task) -> int:
    """The first source of a chunk, which names its track."""
    return task.sources[0][0]
