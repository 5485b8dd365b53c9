"""Standard output that cannot be written is said in words, once, with exit code 2; a reader who leaves is no error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMMANDS = [
    ["--version"],
    ["--help"],
    ["score", "--help"],
    ["signals"],
    ["signals", "--format", "json"],
    ["explain", "oscillation"],
    ["report", "--brief", "--deep", "never"],
    ["report", "--format", "json", "--deep", "never"],
    ["score", "--deep", "never"],
]
# Python writes at once, or when a buffer is full or the program ends: errors come from different places.
BUFFERED = pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
EACH = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)


def run(command: list[str], seeds: Path, unbuffered: str, to: str) -> "subprocess.CompletedProcess[str]":
    """The command in a shell that ends with its exit code, its output sent somewhere."""
    inputs = [str(min(seeds.iterdir()))] if command[0] in ("report", "score") and "--help" not in command else []
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    shell = ["bash", "-c", f'"$@" {to}', "bash", sys.executable, "-m", "detector", *command, *inputs]
    return subprocess.run(shell, capture_output=True, text=True, env=env, check=False, timeout=120)  # noqa: S603


@BUFFERED
@EACH
@pytest.mark.parametrize(
    ("to", "why"), [("> /dev/full", "No space left on device"), (">&-", "it is closed")], ids=["full", "closed"]
)
def test_what_cannot_be_written_is_said_in_words(
    command: list[str], seeds: Path, unbuffered: str, to: str, why: str
) -> None:
    if "/dev/full" in to and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    answer = run(command, seeds, unbuffered, to)
    assert answer.returncode == 2, answer.stderr
    assert answer.stderr == f"detector: standard output cannot be written: {why}\n"


@BUFFERED
@EACH
def test_a_reader_who_has_seen_enough_is_no_error(command: list[str], seeds: Path, unbuffered: str) -> None:
    answer = run(command, seeds, unbuffered, "| true; exit ${PIPESTATUS[0]}")
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""


def test_who_prints_nothing_does_without(seeds: Path, tmp_path: Path) -> None:
    answer = run(["clean", str(seeds), "--out", str(tmp_path / "out"), "--deep", "never"], seeds, "", ">&-")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "out/manifest.json").exists()
