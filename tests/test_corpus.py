"""The engine: the same bytes from any number of workers, after any interruption, and scores apart from decisions."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from detector.corpus import Event, Job, Judging, folder, run
from detector.corpus.attributes import find_line
from detector.corpus.job import Task
from detector.corpus.plan import Track, look, tracks
from detector.corpus.schedule import DEATHS, Schedule
from detector.errors import AccountError, UsageError
from detector.io import Source
from detector.io.sources import find
from detector.policy import Policy
from tests.conservation import snapshot

ROOT = Path(__file__).resolve().parent.parent
FAKE = Judging(judge="tests.fake_judge:Judge")


def corpus(where: Path, lines: int = 2000, text: str = "one two three DROP REVIEW four") -> Path:
    where.mkdir()
    words = text.split()
    with (where / "a.jsonl").open("w") as file:
        for i in range(lines):
            file.write(json.dumps({"id": i, "text": " ".join(words[j % len(words)] for j in range(i % 13))}) + "\n")
    (where / "b.txt").write_text("one two three\n[ad] buy\n")
    return where


def job(tmp_path: Path, name: str = "out", **options: Any) -> Job:  # noqa: ANN401
    options = {"judging": FAKE, "chunk_bytes": 5_000, **options}
    return Job("clean", (str(tmp_path / "in"),), str(tmp_path / name), **options)


def test_the_bytes_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    corpus(tmp_path / "in")
    for jobs in (1, 2, 3):
        run(job(tmp_path, f"out{jobs}"), jobs=jobs)
    assert snapshot(tmp_path / "out1") == snapshot(tmp_path / "out2") == snapshot(tmp_path / "out3")


def test_chunks_cover_every_line_once_whatever_their_size(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    raw = b"".join(b"x" * (i * 7919 % 50) + b"\n" for i in range(400)) + b"no line feed at the end"
    path.write_bytes(raw)
    for size in (1, 2, 7, 50, 1000, 10**6):
        (track,) = tracks(look([(Source(str(path), "a.jsonl", "jsonl"), "")], size), size)
        begins = [task.begin for task in track.tasks]
        ends = [task.end for task in track.tasks]
        assert begins[0] == 0
        assert ends == [*begins[1:], -1]
        assert all(raw[b - 1 : b] == b"\n" for b in begins[1:])
        assert [task.position for task in track.tasks] == [raw[:b].count(b"\n") for b in begins]


def test_whoever_works_last_has_little_to_do(tmp_path: Path) -> None:
    lines = b"".join(b"x" * (i * 7919 % 5_000) + b"\n" for i in range(4_000))
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(lines)
    (tmp_path / "c.txt").write_bytes(b"x" * 1_000)
    names = ("a.jsonl", "b.jsonl", "c.txt")
    sources = [(Source(str(tmp_path / name), name, name[2:]), "") for name in names]
    size, whole = 1 << 20, 2 * len(lines) + 1_000
    left = whole
    for track in list(tracks(look(sources, size), size))[:2]:
        begins = [task.begin for task in track.tasks]
        for begin, end in pairwise([*begins, len(lines)]):
            # A line more, where chunks end; at the end of a file, a line less.
            wanted = min(size, max(left // 16, 1 << 17))
            assert end - begin <= wanted + 5_001
            assert end == len(lines) or end - begin >= wanted
            left -= end - begin
    assert left == 1_000
    assert max(map(len, (t.tasks for t in tracks(look(sources, size), size)))) < 100


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, jobs: int) -> None:
    corpus(tmp_path / "in", 600, "one two three SLOW four")
    calm = run(job(tmp_path, "calm"), jobs=2)
    storm = job(tmp_path, "storm")
    command = [sys.executable, "-m", "tests.run_job", str(jobs)]
    parts = tmp_path / "storm/.unfinished/parts"
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})  # noqa: S603
    assert process.stdin is not None
    process.stdin.write(json.dumps(storm.as_json()).encode())
    process.stdin.close()

    def finished() -> set[str]:
        return {p.name for p in parts.iterdir() if not p.name.startswith(".")} if parts.is_dir() else set()

    deadline = time.monotonic() + 60
    while len(finished()) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = finished()
    assert len(there) >= 3
    done_again: list[str] = []
    run(storm, jobs=jobs, on_event=lambda what, **facts: done_again.append(facts["id"]) if what == "chunk" else None)
    assert there
    assert not there & set(done_again)
    assert snapshot(tmp_path / "calm") == snapshot(tmp_path / "storm")
    assert calm.total.read == 601


def test_what_changed_since_the_first_run_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path / "in", 600)
    (tmp_path / "in/c.jsonl").write_text('{"text": "one two FOREVER"}\n' * 3)

    def stop(what: str, **_: object) -> None:
        if what == "chunk":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job(tmp_path), on_event=stop)
    (tmp_path / "in/c.jsonl").write_text('{"text": "one two"}\n')
    with pytest.raises(UsageError, match=r"the input .*c.jsonl was changed \(84 bytes, now 20\)"):
        run(job(tmp_path))
    (tmp_path / "in/c.jsonl").unlink()
    with pytest.raises(UsageError, match=r"the input .*c.jsonl is gone"):
        run(job(tmp_path))
    (tmp_path / "in/c.jsonl").write_text('{"text": "one two FOREVER"}\n' * 3)
    with pytest.raises(UsageError, match=r"options.keep was \[\] and is None"):
        run(job(tmp_path, keep=None))
    monkeypatch.setattr("detector.corpus.plan._LEAST", 1_000)  # as another release might
    with pytest.raises(UsageError, match="chunks was"):
        run(job(tmp_path))
    shutil.rmtree(tmp_path / "out")


def test_a_finished_run_is_not_done_again(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 100)
    first = run(job(tmp_path))
    told: list[str] = []
    again = run(job(tmp_path), on_event=lambda what, **_: told.append(what))
    assert told == ["already-done"]
    assert again.total == first.total
    (tmp_path / "in/b.txt").write_text("another text")
    with pytest.raises(UsageError, match="another run"):
        run(job(tmp_path))
    assert run(job(tmp_path), force=True).total.read == first.total.read


def test_two_runs_do_not_work_in_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path / "in", 10)
    monkeypatch.setattr("detector.corpus.folder._PATIENCE", 0.1)

    def second(what: str, **_: object) -> None:
        if what == "chunk":
            with pytest.raises(UsageError, match="another run is at work"):
                run(job(tmp_path))

    run(job(tmp_path), on_event=second)


def test_who_waited_for_a_folder_that_is_gone_has_no_lock_of_it(tmp_path: Path) -> None:
    work = tmp_path / "out/.unfinished"
    with folder.lock(work):
        waiting = threading.Thread(target=_hold, args=(work, held := threading.Event(), enough := threading.Event()))
        waiting.start()
        time.sleep(0.2)
        shutil.rmtree(work)
    assert held.wait(60)
    assert folder._try(work) is None  # noqa: SLF001 - whether another has it
    enough.set()
    waiting.join()


def _hold(work: Path, held: threading.Event, enough: threading.Event) -> None:
    with folder.lock(work):
        held.set()
        enough.wait(60)


def test_a_limit_holds_when_a_run_is_killed_while_it_puts_parts_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus(tmp_path / "in", 100)
    assert run(job(tmp_path, "calm", limit=50)).total.read == 50
    with monkeypatch.context() as patch:
        patch.setattr("detector.corpus.finish._Finish._remove", _killed)
        with pytest.raises(KeyboardInterrupt):
            run(job(tmp_path, "storm", limit=50))
    assert run(job(tmp_path, "storm", limit=50)).total.read == 50
    assert snapshot(tmp_path / "calm") == snapshot(tmp_path / "storm")


def _killed(*_: Any) -> Any:  # noqa: ANN401 - instead of whatever
    raise KeyboardInterrupt


def test_what_is_left_of_a_finished_run_is_not_taken_for_another_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus(tmp_path / "in", 100)
    scoring = Job("score", (str(tmp_path / "in"),), str(tmp_path / "out.jsonl"), judging=FAKE)
    with monkeypatch.context() as patch:
        patch.setattr(folder, "clear", lambda work: _killed((work / "job.json").unlink()))
        with pytest.raises(KeyboardInterrupt):
            run(scoring)
    (tmp_path / "out.jsonl").unlink()
    (tmp_path / "in/b.txt").unlink()
    assert run(scoring).total.read == 100
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == 100


def test_what_was_half_overwritten_is_not_taken_for_a_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path / "in", 100)
    run(job(tmp_path))
    delete = folder.delete
    with monkeypatch.context() as patch:
        patch.setattr(folder, "delete", lambda path: _killed() if path.name == "review" else delete(path))
        with pytest.raises(KeyboardInterrupt):
            run(job(tmp_path), force=True)
    with pytest.raises(UsageError, match="--force"):
        run(job(tmp_path))


def _deadly(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 100)
    with (tmp_path / "in/a.jsonl").open("a") as file:
        file.write('{"text": "one two KILL"}\n{"text": "one two CRASH"}\n{"text": "one two three"}\n')


def test_a_document_that_kills_workers_is_put_in_quarantine(tmp_path: Path) -> None:
    _deadly(tmp_path)
    deaths: list[Any] = []
    on_event: Event = lambda what, **facts: deaths.append(facts["quarantined"]) if what == "death" else None  # noqa: E731
    result = run(job(tmp_path), jobs=2, on_event=on_event)
    assert deaths == [None, None, (0, 100)]  # over its batch, alone, and alone again
    assert result.total.unreadable_by == {"quarantined": 2}
    entries = [json.loads(line) for line in (tmp_path / "out/unreadable.jsonl").read_text().splitlines()]
    assert [e["position"] for e in entries] == [100, 101]
    whole = (tmp_path / "in/a.jsonl").read_bytes()
    assert whole[entries[0]["offset"] :].startswith(b'{"text": "one two KILL"}')
    assert "ValueError: what is that?" in entries[1]["message"]
    assert b"KILL" in (tmp_path / "out/unreadable/a.jsonl").read_bytes()


def test_whoever_is_judged_when_a_worker_is_killed_by_chance_is_not_convicted() -> None:
    task = Task("00000000-00000000", ((0, Source("a.jsonl", "a.jsonl", "jsonl"), ""),))
    schedule = Schedule([Track(0, (task,))], lambda _: None)

    def killed(first: int, last: int) -> tuple[int, int] | None:
        given = schedule.next()
        assert given is not None
        return schedule.died(given, ((0, first), (0, last)))

    assert killed(0, 9) is None
    assert [killed(i, i) for i in (3, 4, 5, 4)] == [None, None, None, (0, 4)]
    again = schedule.next()
    assert again is not None
    assert (again.suspects, again.quarantine) == (((0, 0), (0, 9)), ((0, 4),))


def test_a_chunk_over_which_workers_always_die_is_given_up_in_words() -> None:
    task = Task("00000000-00000000", ((0, Source("a.jsonl", "a.jsonl", "jsonl"), ""),))
    schedule = Schedule([Track(0, (task,))], lambda _: None)
    for _ in range(DEATHS):
        given = schedule.next()
        assert given is not None
        schedule.died(given, None)
    given = schedule.next()
    assert given is not None
    with pytest.raises(AccountError, match=r"a.jsonl, for no document's sake"):
        schedule.died(given, None)


def test_documents_are_not_put_in_quarantine_one_by_one() -> None:
    task = Task("00000000-00000000", ((0, Source("a.jsonl", "a.jsonl", "jsonl"), ""),))
    schedule = Schedule([Track(0, (task,))], lambda _: None)
    for i in range(DEATHS + 1):
        given = schedule.next()
        assert given is not None
        at = (0, i // 2)
        if i == DEATHS:
            with pytest.raises(AccountError, match="for no document's sake"):
                schedule.died(given, (at, at))
        else:
            schedule.died(given, (at, at))


def test_a_lost_part_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from detector.corpus import engine  # noqa: PLC0415

    corpus(tmp_path / "in", 100)
    whole = engine.finish

    def spoiled(*args: Any) -> Any:  # noqa: ANN401
        victim = next((tmp_path / "out/.unfinished/parts").rglob("kept/a.jsonl"))
        victim.write_bytes(victim.read_bytes()[:-1])
        return whole(*args)

    monkeypatch.setattr(engine, "finish", spoiled)
    with pytest.raises(AccountError, match="were written"):
        run(job(tmp_path))


def test_what_could_not_be_judged_cannot_be_decided_on_stored_scores(tmp_path: Path) -> None:
    _deadly(tmp_path)
    direct = run(job(tmp_path), jobs=2)
    run(replace(job(tmp_path, "scores"), kind="attributes"), jobs=2)
    stored = run(job(tmp_path, "stored", scores=str(tmp_path / "scores")))
    assert stored.total.unreadable_by == direct.total.unreadable_by == {"quarantined": 2}
    assert (tmp_path / "stored/unreadable.jsonl").read_bytes() == (tmp_path / "out/unreadable.jsonl").read_bytes()


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_a_policy_on_stored_scores_decides_as_if_it_had_judged(tmp_path: Path, seeds: Path, format_: str) -> None:
    if format_ == "parquet":
        pytest.importorskip("pyarrow")
    (tmp_path / "in").mkdir()
    with (tmp_path / "in/a.jsonl").open("w") as file:
        for path in sorted(seeds.glob("*.txt")):
            file.write(json.dumps({"id": path.name, "text": path.read_text()}) + "\n")
        file.write("broken\n" + json.dumps({"text": "short"}) + "\n")
    shutil.copy(next(seeds.glob("000*")), tmp_path / "in/b.txt")
    judging = Judging(deep="never")
    inputs = (str(tmp_path / "in"),)
    direct = run(Job("clean", inputs, str(tmp_path / "direct"), judging=judging, chunk_bytes=8_000))
    scores = Job("attributes", inputs, str(tmp_path / "scores"), judging=judging, chunk_bytes=8_000, format=format_)
    run(scores)
    stored = run(
        Job(
            "clean",
            inputs,
            str(tmp_path / "stored"),
            judging=judging,
            chunk_bytes=8_000,
            scores=str(tmp_path / "scores"),
        )
    )
    assert stored.total == direct.total
    before, after = snapshot(tmp_path / "direct"), snapshot(tmp_path / "stored")
    del before["manifest.json"], after["manifest.json"]
    assert before == after
    _stricter_policy(tmp_path, judging)
    _budget(tmp_path)
    (tmp_path / "in/b.txt").write_text("changed")
    with pytest.raises(UsageError, match="changed since it was scored"):
        run(Job("clean", inputs, str(tmp_path / "late"), scores=str(tmp_path / "scores")))


def _stricter_policy(tmp_path: Path, judging: Judging) -> None:
    lines = {f"{axis}_{line}_above": -1.0 for axis in ("garble", "typos", "boilerplate") for line in ("review", "drop")}
    assert Policy.from_json({"fast": lines, "deep": lines})
    strict = Judging(deep=judging.deep, policy={"fast": lines, "deep": lines})
    result = run(
        Job("clean", (str(tmp_path / "in"),), str(tmp_path / "strict"), judging=strict, scores=str(tmp_path / "scores"))
    )
    assert result.total.piles["kept"] == 0
    assert result.total.piles["dropped"] >= 5


def _budget(tmp_path: Path) -> None:
    found = find_line(tmp_path / "scores", find([str(tmp_path / "in")]).sources, "drop 40%")
    assert found.share <= 0.4
    assert found.sample == 6
    kept = find_line(tmp_path / "scores", find([str(tmp_path / "in")]).sources, "keep 60%")
    assert kept == found
    result = run(
        Job(
            "clean",
            (str(tmp_path / "in"),),
            str(tmp_path / "budget"),
            scores=str(tmp_path / "scores"),
            drop_above=found.drop_above,
        )
    )
    assert result.total.piles["dropped"] == round(found.share * found.sample)
    with pytest.raises(UsageError, match="drop 1%"):
        find_line(tmp_path / "scores", [], "half of it")


def test_attributes_have_the_form_of_dolma(tmp_path: Path, seeds: Path) -> None:
    run(Job("attributes", (str(seeds),), str(tmp_path / "scores"), judging=Judging(deep="never")))
    (path, *_) = sorted((tmp_path / "scores").glob("003*"))
    record = json.loads(path.read_text())
    text = next(seeds.glob("003*")).read_text()
    assert record["id"] == path.name.removesuffix(".jsonl")
    assert record["attributes"]["detector__garble"][0][:2] == [0, len(text)]
    assert all(len(span) == 3 for spans in record["attributes"].values() for span in spans)


def test_a_chunk_that_is_done_after_a_later_one_is_read_from_the_beginning(tmp_path: Path) -> None:
    import gzip  # noqa: PLC0415

    from detector.corpus.work import Worker  # noqa: PLC0415

    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "one two three"}\n' * 10))
    source = (0, Source(str(path), "a.jsonl.gz", "jsonl", "gz"), "")
    worker = Worker(job(tmp_path), FAKE.make(), tmp_path / "parts", lambda _: None)
    for number in (2, 1, 0, 0, 3):
        task = Task(
            f"00000000-{number}{tmp_path.name[-1]}", (source,), number * 130, number * 130 + 130, sequential=True
        )
        shutil.rmtree(tmp_path / "parts", ignore_errors=True)
        (tmp_path / "parts").mkdir()
        account = worker.do(task)
        assert account["sources"].get("0", {"read": 0})["read"] == (5 if number < 2 else 0)
        assert account["ended"] == (number > 0)


def test_a_gap_between_chunks_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from detector.corpus import engine  # noqa: PLC0415

    corpus(tmp_path / "in", 1000)
    whole = engine.finish

    def gapped(*args: Any) -> Any:  # noqa: ANN401
        shutil.rmtree(tmp_path / "out/.unfinished/parts/00000000-00000001")
        return whole(*args)

    monkeypatch.setattr(engine, "finish", gapped)
    with pytest.raises(AccountError, match="something is missing"):
        run(job(tmp_path))


def test_a_kill_among_chunks_beyond_the_end_of_a_source_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detector.corpus import engine  # noqa: PLC0415
    from detector.corpus.work import Worker  # noqa: PLC0415

    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.json").write_text(json.dumps([{"text": "one two three"}] * 40))
    run(job(tmp_path, "calm"))

    def killed(*_: Any) -> Any:  # noqa: ANN401 - of the three that began, the middle one is lost
        raise KeyboardInterrupt

    storm = job(tmp_path, "storm")
    parts = tmp_path / "storm/.unfinished/parts"
    source = find(storm.inputs).sources[0]
    (track,) = tracks(look([(source, "")], storm.chunk_bytes), storm.chunk_bytes)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            run(storm)
    shutil.rmtree(parts)
    parts.mkdir()
    worker = Worker(storm, FAKE.make(), parts, lambda _: None)
    for number in (0, 2):
        task = track.task(number)
        assert task is not None
        assert worker.do(task)["ended"]
    run(storm)
    assert snapshot(tmp_path / "calm") == snapshot(tmp_path / "storm")


@pytest.mark.parametrize("beyond", [b"half a li", b"x" * 100_000])
def test_what_a_killed_run_added_to_a_side_file_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beyond: bytes
) -> None:
    from detector.corpus import finish  # noqa: PLC0415

    corpus(tmp_path / "in", 300, "one two three DROP four")
    (tmp_path / "in/c.jsonl").write_bytes((tmp_path / "in/a.jsonl").read_bytes())
    run(job(tmp_path, "calm"))
    whole = finish._Finish._append  # noqa: SLF001

    def spoiled(self: Any, name: str, parts: Any) -> None:  # noqa: ANN401
        path = self._work / "side" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("ab") as file:
            file.write(beyond)
        whole(self, name, parts)

    monkeypatch.setattr(finish._Finish, "_append", spoiled)  # noqa: SLF001
    run(job(tmp_path, "storm"))
    assert snapshot(tmp_path / "calm") == snapshot(tmp_path / "storm")
