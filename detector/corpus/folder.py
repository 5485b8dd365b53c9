"""The folders of a run: what may be overwritten there, who works in them, and what a killed run left behind.

A run works in a folder of its own beside what it writes. There `job.json` says what is being done: as long as it lies
there, the run is not finished, and the same command goes on with it; without it, nothing in the folder is to be
trusted.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from detector.corpus.account import PILES, UNREADABLE
from detector.corpus.job import Job
from detector.corpus.piles import SIDE
from detector.errors import UsageError

__all__ = [
    "MANIFEST", "UNFINISHED", "begin", "clear", "compare", "delete", "is_begun", "lock", "prepare", "remove", "sweep",
    "write_whole",
]  # fmt: skip

MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"
_JOB = "job.json"
_LOCK = "lock"
# Seconds that the workers of a killed run may take to notice that it is gone.
_PATIENCE = 30.0
_OURS = (MANIFEST, *PILES.values(), UNREADABLE, *SIDE)


def write_whole(path: Path, content: bytes, work: Path | None = None) -> None:
    """Write a file so that it is there whole or not at all. `work`: where it lies until it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = (work or path.parent) / f".{path.name}.{os.getpid()}"
    temporary.write_bytes(content)
    temporary.replace(path)


def delete(path: Path) -> None:
    """Remove a file or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def is_begun(work: Path) -> bool:
    """Whether a run was begun there and is not finished."""
    return (work / _JOB).exists()


def prepare(job: Job, *, force: bool) -> Path:
    """Make sure that nothing is overwritten that the user wants to keep. Returns the folder for unfinished work."""
    out = Path(job.out)
    if job.kind != "score":
        if out.exists() and not out.is_dir():
            msg = f"{out}: is not a folder"
            raise UsageError(msg)
        work = out / UNFINISHED
        there = out.is_dir() and any(p != work for p in out.iterdir())
    else:
        work = out.with_name(f".{out.name}{UNFINISHED}")
        there = out.exists()
    if not force and there and not is_begun(work) and not (out / MANIFEST).is_file():
        msg = f"{out}: there is something already; --force overwrites it"
        raise UsageError(msg)
    work.mkdir(parents=True, exist_ok=True)
    return work


def begin(job: Job, work: Path, *, force: bool) -> None:
    """Remove what is in the way of a run: with `force` what earlier ones have written, and nothing else; without, what
    one left behind that was killed while it tidied up.
    """
    if force:
        (work / _JOB).unlink(missing_ok=True)
    if not is_begun(work):
        for path in work.iterdir():
            if path.name != _LOCK:
                delete(path)
    if force:
        remove(job)


def remove(job: Job) -> None:
    """Remove what a finished run has written; first the manifest, without which nobody takes the rest for a result."""
    if job.kind == "score":
        delete(Path(job.out))
    else:
        for name in _OURS:
            delete(Path(job.out) / name)


@contextmanager
def lock(work: Path) -> Iterator[int]:
    """Keep a second run out of the same folder, and wait for what a killed one left behind to die.

    The workers inherit the lock: it is free when the last of them is gone, however they died.
    """
    patience = time.monotonic() + _PATIENCE
    while (file := _try(work)) is None:
        if time.monotonic() > patience:
            msg = f"{work.parent}: another run is at work there"
            raise UsageError(msg)
        time.sleep(0.05)
    with file:
        yield file.fileno()


def _try(work: Path) -> TextIO | None:
    """The lock, None if another has it. A run that ends removes its folder, and whoever waited has the lock of a file
    that is gone; he must not have it.
    """
    work.mkdir(parents=True, exist_ok=True)
    file = (work / _LOCK).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(file.fileno()), (work / _LOCK).stat()):
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    file.close()
    return None


def compare(work: Path, described: Mapping[str, Any]) -> None:
    """Refuse to go on with a run that was begun with something else."""
    path = work / _JOB
    if not path.exists():
        write_whole(path, json.dumps(described, indent=1).encode())
        return
    before = json.loads(path.read_bytes())
    changes = list(_changes(before, json.loads(json.dumps(described))))
    if changes:
        msg = (
            f"cannot go on with the unfinished run in {work.parent}: since it began, "
            + "; ".join(changes[:5])
            + ". --force begins anew"
        )
        raise UsageError(msg)


def _changes(before: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for key in sorted({*before, *now}):
        was, is_ = before.get(key), now.get(key)
        if was == is_:
            continue
        if isinstance(was, Mapping) and isinstance(is_, Mapping):
            yield from _changes(was, is_, f"{path}{key}.")
        elif key == "inputs" and isinstance(was, list) and isinstance(is_, list):
            yield from _input_changes(was, is_)
        else:
            yield f"{path}{key} was {was!r} and is {is_!r}"


def _input_changes(was: Sequence[Mapping[str, Any]], is_: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    old, new = ({i["path"]: i for i in side} for side in (was, is_))
    for path in [*old, *(p for p in new if p not in old)]:
        if path not in new:
            yield f"the input {path} is gone"
        elif path not in old:
            yield f"the input {path} was added"
        elif old[path] != new[path]:
            sizes = f"{old[path]['bytes']:,} bytes, now {new[path]['bytes']:,}"
            yield f"the input {path} was changed ({sizes})"
    if list(old) != list(new) and set(old) == set(new):
        yield "the inputs come in another order"


def sweep(parts: Path) -> None:
    """Remove what killed workers left half done."""
    for folder in parts.glob(".*"):
        shutil.rmtree(folder, ignore_errors=True)


def clear(work: Path) -> None:
    """Remove a run's own folder; before its job is gone, too, a run that is killed is published again."""
    for name in ("parts", "merged", "side"):
        shutil.rmtree(work / name, ignore_errors=True)
    (work / _JOB).unlink(missing_ok=True)
    shutil.rmtree(work)
