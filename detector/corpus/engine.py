"""`run`: does a job, from inputs to outputs and their account."""

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from detector import __version__
from detector.corpus import folder
from detector.corpus.account import PILES, Tally, total
from detector.corpus.attributes import FORMATS, Stored, trust
from detector.corpus.finish import finish
from detector.corpus.folder import MANIFEST, UNFINISHED, write_whole
from detector.corpus.job import Job, Judge, Judging
from detector.corpus.piles import ACCOUNT, SIDE
from detector.corpus.plan import Input, Track, fingerprint, look, tracks
from detector.corpus.pool import run_pool
from detector.corpus.schedule import Schedule
from detector.corpus.work import Worker, make_judge
from detector.errors import OutputError, UsageError
from detector.io import Source
from detector.io.output import output
from detector.io.sources import STDIN, check_encoding, find, holds, is_url, sniff, upload
from detector.sites import gather

__all__ = ["Event", "Executor", "Result", "run"]

# So many unreadable records a result names, if there is an unreadable.jsonl that names all.
NAMED = 20

# `on_event(what, **facts)`: "plan" (bytes), "batch", "chunk", "death", "passed-over": for whoever shows progress.
Event = Callable[..., None]


@dataclass(frozen=True)
class Result:
    """What a run has done: by source (path), what became of its records, and in total; the first unreadable ones."""

    sources: Mapping[str, Tally]
    total: Tally
    manifest: Mapping[str, Any]
    unreadable: Sequence[Mapping[str, Any]] = ()


def _silent(*_: object, **__: object) -> None:
    pass


# Does chunks elsewhere: `executor(job, parts, plan, on_event)`. What it leaves undone is done here.
Executor = Callable[[Job, Path, Sequence[Track], Event], None]


@dataclass(frozen=True)
class _How:
    """How a job is done. `lock`: a file that workers hold open; `send`: takes what was made to where it belongs."""

    jobs: int
    tell: Event
    executor: Executor | None = None
    lock: int | None = None
    send: Callable[[], None] = lambda: None


def run(  # noqa: PLR0913 - how to do a job
    job: Job,
    *,
    jobs: int = 1,
    force: bool = False,
    dry_run: bool = False,
    on_event: Event = _silent,
    executor: Executor | None = None,
) -> Result:
    """Do a job, or go on with it if it was interrupted.

    `jobs`: worker processes; 1 works in this one. `force`: overwrite what is there. `dry_run`: judge, write nothing.
    `executor`: does the chunks on other machines.
    Raises UsageError, OutputError (full disk, no permission), AccountError.
    """
    check_encoding(job.options.encoding)
    found = find(job.inputs)
    if found.passed_over:
        on_event("passed-over", names=found.passed_over)
    sources = _without(found.sources, job.out)
    if job.kind == "attributes" and job.format not in ("", *FORMATS):
        msg = f"--format {job.format}: attributes are written as {' or '.join(FORMATS)}"
        raise UsageError(msg)
    if job.kind == "clean":
        sources = list(_apart(sources, job.format))
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="detector-") as nowhere:
            out = Path(nowhere) / "out"
            work = (out if job.kind != "score" else Path(nowhere)) / UNFINISHED
            work.mkdir(parents=True)
            return _run(replace(job, out=str(out)), sources, work, _How(jobs, on_event))
    how = _How(jobs, on_event, executor)
    with _writing(job.out):
        if is_url(job.out):
            local = _stage(job, force=force)
            how = replace(how, send=partial(upload, local, job.out, UNFINISHED, MANIFEST))
            result = _locked(replace(job, out=str(local)), sources, how, force=force)
            local.rename(_sent(local))
            folder.delete(_sent(local))
            return result
        return _locked(job, sources, how, force=force)


def _locked(job: Job, sources: Sequence[Source], how: _How, *, force: bool) -> Result:
    work = folder.prepare(job, force=force)
    with folder.lock(work) as lock:
        folder.prepare(job, force=force)  # who had the lock before us may have written something
        folder.begin(job, work, force=force)
        return _run(job, sources, work, replace(how, lock=lock))


def _stage(job: Job, *, force: bool) -> Path:
    """Where the outputs for a URL are made before they are sent there: in the current folder; a run can go on."""
    local = Path(f"detector-{hashlib.sha256(job.out.encode()).hexdigest()[:12]}.unsent")
    folder.delete(_sent(local))  # a run was killed before it could
    if local.is_file() and not folder.is_begun(local.with_name(f".{local.name}{UNFINISHED}")):
        local.unlink()  # so were these records
    if not force and not local.exists() and holds(job.out):
        msg = f"{job.out}: there is something already; --force overwrites it"
        raise UsageError(msg)
    return local


def _sent(local: Path) -> Path:
    """What outputs are called while they are removed: half of them must not be taken for the whole."""
    return local.with_suffix(".sent")


def _apart(sources: Sequence[Source], format_: str) -> Iterator[Source]:
    """The sources, a number before the names of those whose outputs would have the name of another's: a page a.html
    becomes a text a.html.txt, and there may be a file of that name. What cannot be written is refused before anything
    is read.
    """
    taken: set[str] = set()
    for source in sources:
        number, free = 1, source
        while source.format and (name := output(free, format_).name) in taken:
            number += 1
            free = replace(source, name=f"{number}-{source.name}")
        if source.format:
            taken.add(name)
        yield free


def _without(sources: Sequence[Source], out: str) -> list[Source]:
    """The sources that are not what an earlier run wrote: the output folder may lie in the input folder."""
    root = os.path.realpath(out) + os.sep
    left = [s for s in sources if not os.path.realpath(s.path).startswith(root)]
    if not left:
        msg = f"{out}: all inputs lie in the output folder"
        raise UsageError(msg)
    return left


@contextmanager
def _writing(out: str) -> Iterator[None]:
    """What the file system refuses, in words."""
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        why = error.strerror or error
        msg = f"{error.filename or out}: cannot be written: {why}; the same command goes on where it stopped"
        raise OutputError(msg) from error


def _done(job: Job, described: Mapping[str, Any]) -> Result | None:
    """What a run said that is finished, if it was this very job; UsageError if it was another; None if there is
    none.
    """
    path = Path(job.out) / MANIFEST
    if job.kind == "score" or not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_bytes())
        was = {k: manifest[k] for k in described}
        was["inputs"] = [{k: v for k, v in i.items() if k != "account"} for i in was["inputs"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        was, manifest = {}, {}
    if was != json.loads(json.dumps(described)):
        msg = f"{job.out}: holds what another run wrote; --force overwrites it"
        raise UsageError(msg)
    entries = Path(job.out) / "unreadable.jsonl"
    return _result(manifest, _first(entries))


def _spool(source: Source, work: Path, text_field: str) -> tuple[Source, str]:
    """A copy of the standard input, so that it can be hashed, divided and read again."""
    if source.path != STDIN:
        return source, ""
    format_, compression = sniff(sys.stdin.buffer, text_field)
    name = ".".join(filter(None, ("stdin", format_, compression)))
    local = work / name
    with local.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
    return Source(STDIN, name, format_, compression), str(local)


def _run(job: Job, sources: Sequence[Source], work: Path, how: _How) -> Result:
    judge = make_judge(job)
    spooled = [_spool(source, work, job.options.text_field) for source in sources]
    inputs = look(spooled, job.chunk_bytes, closely=job.limit is None)
    described = _describe(job, inputs, judge)
    if job.scores:
        _same_inputs(job, inputs)
    try:
        done = _done(job, described)
    except UsageError:
        if not folder.is_begun(work):
            folder.clear(work)
        raise
    if done is not None and not folder.is_begun(work):
        how.send()
        folder.clear(work)
        how.tell("already-done")
        return done
    plan = list(tracks(inputs, job.chunk_bytes))
    folder.compare(work, {**described, "chunks": fingerprint(plan)})
    (work / "parts").mkdir(parents=True, exist_ok=True)
    packed = sum(i.size for i in inputs if i.source.compression)
    how.tell("plan", bytes=sum(i.size for i in inputs), inputs=len(inputs), compressed=packed)
    if (work / "finished.json").exists():
        return _publish(job, json.loads((work / "finished.json").read_bytes()), work, how)
    if job.by_site:
        job = replace(job, judging=_count(job, plan, work, how))
        judge = make_judge(job)
    folder.sweep(work / "parts")
    _judge(job, judge, work, plan, how)
    tallies = finish(job, inputs, plan, work, Path(job.out))
    tallies = {i: tallies.get(i, Tally()) for i in range(len(inputs))}
    manifest = _manifest(inputs, tallies, described)
    write_whole(work / "finished.json", json.dumps(manifest).encode())
    return _publish(job, manifest, work, how)


def _judge(job: Job, judge: Judge | Stored, work: Path, plan: Sequence[Track], how: _How) -> None:
    """Do the chunks that are not done."""
    parts, merged = work / "parts", list(_merged(work))
    left = [t for t in plan if t.first not in {first for first, _ in merged}]
    limit = None if job.limit is None else max(job.limit - sum(read for _, read in merged), 0)
    if how.executor is not None and limit is None:
        how.executor(job, parts, left, how.tell)
    schedule = Schedule(left, lambda name: _account(work, name), limit)
    if (how.jobs > 1 or how.executor is not None) and limit is None:
        run_pool(job, judge, parts, schedule, how.jobs, how.tell, how.lock)
    else:
        _run_here(job, judge, parts, schedule, how.tell)


def _count(job: Job, plan: Sequence[Track], work: Path, how: _How) -> Judging:
    """The pass before the first: count which lines recur on their sites. How to judge with what was found.

    It is a job of its own, with the same chunks: many workers do it, and after a kill it goes on where it was.
    """
    found, counted = work / "recurring.npy", work / "count"
    if not found.exists():
        counting = replace(job, kind="count")
        parts, rest = counted / "parts", counted / "rest"
        parts.mkdir(parents=True, exist_ok=True)
        folder.sweep(parts)
        schedule = Schedule(plan, lambda name: _account(counted, name), job.limit)

        def tell(what: str, **facts: Any) -> None:  # noqa: ANN401 - as events have them
            if what == "death":
                how.tell(what, **facts)

        if how.jobs > 1 and job.limit is None:
            run_pool(counting, None, parts, schedule, how.jobs, tell, how.lock)
        else:
            _run_here(counting, None, parts, schedule, tell)
        shutil.rmtree(rest, ignore_errors=True)
        rest.mkdir()
        recurring = gather((p for p in parts.iterdir() if not p.name.startswith(".")), rest)
        recurring.save(found)
        how.tell("counted", lines=len(recurring.keys))
    shutil.rmtree(counted, ignore_errors=True)
    return replace(job.judging, site_lines=str(found.resolve()), site_field=job.site_field)


def _run_here(job: Job, judge: Judge | Stored | None, parts: Path, schedule: Schedule, on_event: Event) -> None:
    task = None

    def tell(what: dict[str, Any]) -> None:
        if "done" in what and task is not None:
            on_event("batch", id=task.id, **what)

    worker = Worker(job, judge, parts, tell)
    while task := schedule.next(task):
        account = worker.do(task)
        schedule.done(task, account)
        on_event("chunk", id=task.id, account=account)


def _same_inputs(job: Job, inputs: Sequence[Input]) -> None:
    """Whether stored scores are about these inputs."""
    scored = {i["name"]: i["identity"] for i in trust(Path(job.scores))["inputs"]}
    for found in inputs:
        name, was = found.source.path, scored.get(found.source.name)
        if was is None:
            msg = f"{name}: {job.scores} has no scores for it"
            raise UsageError(msg)
        if found.identity and was and was != found.identity:
            msg = f"{name}: was changed since it was scored"
            raise UsageError(msg)


def _describe(job: Job, inputs: Sequence[Input], judge: Judge | Stored) -> dict[str, Any]:
    """All that the outputs depend on."""
    options = job.as_json()
    for name in ("inputs", "out"):
        del options[name]
    facts: dict[str, Any] = {}
    if job.kind == "attributes":
        facts["policy"] = {profile: asdict(lines) for profile, lines in judge.policy.lines.items()}
    if job.scores:
        facts["scores"] = trust(Path(job.scores))["inputs"]
    return {
        **facts,
        "version": __version__,
        "model": judge.model,
        "deep": judge.deep,
        "options": options,
        "inputs": [i.facts() for i in inputs],
    }


def _account(work: Path, name: str) -> dict[str, Any] | None:
    path = work / "parts" / name / ACCOUNT
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def _merged(work: Path) -> Iterator[tuple[int, int]]:
    """The tracks whose parts are put together: the first source of each, and how many records were read."""
    for marker in (work / "merged").glob("[0-9]*.json"):
        sources = json.loads(marker.read_bytes())["sources"]
        yield int(marker.stem), sum(tally["read"] for tally in sources.values())


def _manifest(inputs: Sequence[Input], tallies: Mapping[int, Tally], described: Mapping[str, Any]) -> dict[str, Any]:
    whole = total(tallies.values()).as_json()
    del whole["unreadable_at"]
    return {
        **described,
        "inputs": [{**found.facts(), "account": tallies[i].as_json()} for i, found in enumerate(inputs)],
        "total": whole,
    }


def _first(entries: Path, most: int | None = NAMED) -> list[dict[str, Any]]:
    """The first entries of a side file."""
    if not entries.exists():
        return []
    with entries.open("rb") as file:
        return [json.loads(line) for line in islice(file, most)]


def _publish(job: Job, manifest: Mapping[str, Any], work: Path, how: _How) -> Result:
    """Let the side files and the manifest appear, and remove what is no longer needed. Killed here, it can be done
    again.
    """
    out = Path(job.out)
    moves = {"records.jsonl": out} if job.kind == "score" else {name: out / name for name in SIDE}
    for pile in PILES.values() if job.kind == "clean" else ():
        (out / pile).mkdir(exist_ok=True)
    unreadable = _first(work / "side" / "unreadable.jsonl", None if job.kind == "score" else NAMED)
    for name, target in moves.items():
        if (work / "side" / name).exists():
            (work / "side" / name).replace(target)
    if job.kind == "score":
        out.touch()
    else:
        content = json.dumps(manifest, indent=1, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"
        write_whole(out / MANIFEST, content, work)
    how.send()
    folder.clear(work)
    return _result(manifest, unreadable)


def _result(manifest: Mapping[str, Any], unreadable: Sequence[Mapping[str, Any]]) -> Result:
    tallies = [Tally.from_json(i["account"]) for i in manifest["inputs"]]
    sources = {i["path"]: tally for i, tally in zip(manifest["inputs"], tallies, strict=True)}
    return Result(sources, total(tallies), manifest, unreadable)
