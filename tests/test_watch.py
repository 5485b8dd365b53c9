"""What a run says while it works, and at its end: on a terminal, in a pipe, for programs."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.test_bad_input import ARTICLE

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "TERM": "xterm"}
COMMAND = [sys.executable, "-m", "detector"]


def told(*args: object, code: int = 0) -> list[dict[str, Any]]:
    """The events that a command tells as JSON, which is all that it says on standard error."""
    command = [*COMMAND, *map(str, args), "--log-format", "json"]
    done = subprocess.run(command, capture_output=True, env=ENVIRONMENT, input=b"", check=False)  # noqa: S603
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def corpus(path: Path, good: int, broken: int = 0) -> Path:
    with path.open("w") as file:
        file.writelines(json.dumps({"text": f"{ARTICLE} It was day {i}."}) + "\n" for i in range(good))
        file.writelines("broken\n" for _ in range(broken))
        file.write(json.dumps({"text": "short"}) + "\n")
    return path


def test_a_pipe_is_told_nothing_before_the_end_and_then_a_table(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.jsonl", 5, broken=25)
    command = [*COMMAND, "clean", str(path), "--out", str(tmp_path / "out"), "--deep", "never"]
    done = subprocess.run(command, capture_output=True, env=ENVIRONMENT, text=True, check=False)  # noqa: S603
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert [line.startswith("UNREADABLE") for line in lines[:21]] == [True] * 20 + [False]
    assert lines[20] == "  and 5 more, in unreadable.jsonl"
    assert lines[21] == "31 read = 5 kept + 0 review + 0 dropped + 1 abstained + 25 unreadable"
    cells = [re.split(r"  +", line.strip(), maxsplit=3) for line in lines[22:28]]
    assert cells == [
        ["documents", "share"],
        ["kept", "5", "16.13%"],
        ["review", "0", "0.00%"],
        ["dropped", "0", "0.00%"],
        ["abstained", "1", "3.23%", "by LG103 1"],
        ["unreadable", "25", "80.65%", "by json 25"],
    ]
    assert re.fullmatch(rf"  [\d.]+ seconds, \d+ documents/s; written to {tmp_path}/out", lines[-1])


def test_score_names_all_that_it_could_not_read_for_it_leaves_no_other_list(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.jsonl", 1, broken=25)
    for jobs in (1, 2):
        events = told("score", path, "-o", tmp_path / f"o{jobs}.jsonl", "--jobs", jobs, "--deep", "never", code=3)
        unreadable = [e for e in events if e["event"] == "unreadable"]
        assert [e["position"] for e in unreadable] == list(range(1, 26))


def test_programs_are_told_everything_as_json(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.jsonl", 9, broken=1)
    (tmp_path / "in").mkdir()
    path.rename(tmp_path / "in/a.jsonl")
    (tmp_path / "in/x.unknown").write_text("?")
    events = told("clean", tmp_path / "in", "--out", tmp_path / "out", "--chunk-bytes", 1500, "--deep", "never", code=3)
    assert [e["event"] for e in events if e["event"] != "progress"] == ["passed-over", "plan", "unreadable", "end"]
    progress = next(e for e in events if e["event"] == "progress")
    assert {"documents", "per_second", "seconds_left", "kept"} <= set(progress)
    end = events[-1]
    assert (end["read"], end["kept"], end["abstained_by"], end["unreadable_by"]) == (11, 9, {"LG103": 1}, {"json": 1})
    (unreadable,) = [e for e in events if e["event"] == "unreadable"]
    assert (unreadable["cause"], unreadable["position"]) == ("json", 9)
    assert (tmp_path / "in/a.jsonl").read_bytes()[unreadable["offset"] :].startswith(b"broken")


def test_programs_are_told_errors_and_budgets_as_json(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.jsonl", 4)
    (error,) = told("clean", path, "--out", tmp_path / "out", "--budget", "drop 1%", code=2)
    assert (error["event"], error["exit_code"]) == ("error", 2)
    assert "--from-scores" in error["message"]
    (error,) = told("score", tmp_path / "missing.txt", code=2)
    assert "missing.txt: no such file" in error["message"]
    told("score", path, "--attributes", tmp_path / "scores", "--deep", "never")
    events = told("clean", path, "--from-scores", tmp_path / "scores", "--budget", "drop 25%", "--out", tmp_path / "b")
    budget = events[0]
    assert (budget["event"], budget["sample"]) == ("budget", 4)
    assert budget["share"] <= 0.25
    assert 0 <= budget["precision"] <= 1
    assert events[-1]["dropped"] == round(budget["share"] * 4)


def test_programs_are_told_of_an_interruption_as_json(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.jsonl", 2000)
    command = [*COMMAND, "clean", str(path), "--out", str(tmp_path / "out"), "--chunk-bytes", "20000"]
    process = subprocess.Popen(  # noqa: S603
        [*command, "--deep", "never", "--log-format", "json"], stderr=subprocess.PIPE, env=ENVIRONMENT
    )
    assert process.stderr is not None
    said = [json.loads(process.stderr.readline()) for _ in range(2)]
    process.send_signal(signal.SIGINT)
    said += [json.loads(line) for line in process.communicate(timeout=120)[1].splitlines()]
    assert process.returncode == 130
    assert [said[0]["event"], said[1]["event"], said[-1]["event"]] == ["plan", "progress", "interrupted"]
    assert "the same command goes on where it stopped" in said[-1]["message"]


def test_a_terminal_is_shown_rate_time_left_and_running_counts(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.jsonl", 60, broken=1)
    command = [*COMMAND, "clean", str(path), "--out", str(tmp_path / "out"), "--chunk-bytes", "2000", "--deep", "never"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stderr=theirs, stdin=theirs, env=ENVIRONMENT)  # noqa: S603
    os.close(theirs)
    shown = b""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            shown += os.read(ours, 1 << 16)
        except OSError:  # nobody holds the other end any more
            break
    os.close(ours)
    assert process.wait(timeout=60) == 3
    words = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", shown).decode()
    assert re.search(r"\d+ % \d+ documents, \d+/s  kept \d+ .*\d:\d\d:\d\d", words)
    assert re.search(r"kept 60 .*unreadable 1", words)
    assert "62 read = 60 kept" in words


def test_a_dry_run_writes_nothing_whatever_the_number_of_workers(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.jsonl", 2)
    for more in ([], ["--jobs", "2"], ["-o", str(tmp_path / "o.jsonl")], ["--attributes", str(tmp_path / "scores")]):
        command = [*COMMAND, "score", str(path), "--dry-run", *more, "--deep", "never"]
        done = subprocess.run(command, capture_output=True, env=ENVIRONMENT, check=True)  # noqa: S603
        assert done.stdout == b""
        assert done.stderr.startswith(b"3 read = 2 kept")
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]
