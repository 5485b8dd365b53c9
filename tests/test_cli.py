"""The command line as a user meets it: `commands/*.toml` hold what is typed and what must come back.

A case has `comment`, `args` ("SEEDS" stands for the folder of seeds), and optionally `stdin`, `files` (name: content,
or "hex:..." for bytes), `exit` (0), `stdout` and `stderr` (exactly), `stdout_has`, `stdout_lacks`, `stderr_has`,
`stderr_lacks` (pieces).
"""

import os
import subprocess
import sys
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


def _run(args: list[str], folder: Path, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own
        [*COMMAND, *args],
        cwd=folder,
        input=stdin.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "COLUMNS": "120", "NO_COLOR": "1"},
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
