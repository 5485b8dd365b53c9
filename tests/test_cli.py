"""The command line as a user meets it: `commands/*.toml` hold what is typed and what must come back.

A case has `comment`, `args` ("SEEDS" stands for the folder of seeds), and optionally `stdin`, `files` (name: content,
or "hex:..." for bytes), `exit` (0), `stdout` and `stderr` (exactly), `stdout_has`, `stdout_lacks`, `stderr_has`,
`stderr_lacks` (pieces).
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from detector.cli import COMMANDS

COMMAND = [sys.executable, "-m", "detector"]
CASES = sorted((Path(__file__).parent / "commands").glob("*.toml"))
FIELDS = {"comment", "args", "stdin", "files", "exit"} | {
    f"{stream}{what}" for stream in ("stdout", "stderr") for what in ("", "_has", "_lacks")
}


def _run(args: list[str], folder: Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own
        [*COMMAND, *args],
        cwd=folder,
        input=stdin.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "COLUMNS": "120", "NO_COLOR": "1", **env},
    )


def _content(text: str) -> bytes:
    return bytes.fromhex(text[4:]) if text.startswith("hex:") else text.encode()


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_a_command_answers_as_written(path: Path, tmp_path: Path, seeds: Path) -> None:
    case: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    assert set(case) <= FIELDS
    for name, text in case.get("files", {}).items():
        (tmp_path / name).write_bytes(_content(text))
    done = _run([a.replace("SEEDS", str(seeds)) for a in case["args"]], tmp_path, case.get("stdin", ""))
    said = {"stdout": done.stdout.decode(), "stderr": done.stderr.decode()}
    for stream, text in said.items():
        if stream in case:
            assert text == case[stream], said
        # A terminal's help wraps words; what is looked for does not depend on where.
        flat = " ".join(text.split())
        for piece in case.get(f"{stream}_has", ()):
            assert piece in text or " ".join(piece.split()) in flat, said
        for piece in case.get(f"{stream}_lacks", ()):
            assert piece not in text, said
    assert done.returncode == case.get("exit", 0), said


def test_every_command_has_a_case_of_success_and_one_of_failure() -> None:
    seen = {
        (c["args"][0], bool(c.get("exit"))) for c in (tomllib.loads(p.read_text("utf-8")) for p in CASES) if c["args"]
    }
    for name in set(COMMANDS) & {"report", "gate", "signals", "explain"}:
        assert {(name, True), (name, False)} <= seen


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, tmp_path: Path) -> None:
    done = _run([name, "--help"], tmp_path)
    assert done.returncode == 0
    assert f"detector {name}" in done.stdout.decode()


def test_a_reader_who_leaves_is_not_scolded(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stdout:
        done = subprocess.run(  # noqa: S603 - our own
            [*COMMAND, "signals"],
            cwd=tmp_path,
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )
    assert done.stderr == b""
    assert done.returncode == 0


@pytest.mark.parametrize(("bom", "encoding"), [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")])
def test_a_corrected_file_keeps_all_else(tmp_path: Path, bom: bytes, encoding: str) -> None:
    text = "The peace negotiaitons went on until Friday.\r\nNobody spoke of the negotiaitons  \n\n"
    path = tmp_path / "a.txt"
    path.write_bytes(bom + text.encode(encoding))
    path.chmod(0o640)
    done = _run(["report", "--deep", "never", "--fix", "--write", "a.txt"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == bom + text.replace("negotiaitons", "negotiations").encode(encoding)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_an_interruption_is_said_in_a_word(tmp_path: Path, toy_model: Path) -> None:
    command = [*COMMAND, "gate", "--deep", "never", "--model", str(toy_model), "-"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(  # noqa: S603 - our own
        command, cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    ) as process:
        time.sleep(3)  # it waits for its input
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert stderr.decode().splitlines() == ["detector: interrupted"]
    assert process.returncode == 130


def test_an_altered_model_is_refused(tmp_path: Path, toy_model: Path, seeds: Path) -> None:
    altered = tmp_path / "model"
    shutil.copytree(toy_model, altered)
    with (altered / "model.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    done = _run(["gate", "--deep", "never", "--model", str(altered), str(seeds)], tmp_path)
    assert done.returncode == 2
    assert b"was changed or damaged" in done.stderr
    assert b"Traceback" not in done.stderr


def test_what_a_poor_locale_cannot_say_is_escaped(tmp_path: Path) -> None:
    done = _run(["explain", "MT101"], tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr


_COUNT = """
import sys
from detector.cli import app
try:
    app(["--help"])
except SystemExit:
    print(len(sys.modules), file=sys.stderr)
"""


def test_help_imports_little(tmp_path: Path) -> None:
    """A budget on imports, since a timed test tells of its machine: Typer alone takes 210 modules, NumPy 130 more."""
    root = str(Path(__file__).parent.parent)
    command = [sys.executable, "-c", _COUNT]
    env = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, env=env)  # noqa: S603 - our own
    assert int(done.stderr) < 300
