"""The README is true: its blocks run, it names everything there is, and its generated blocks are fresh."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer

from detector.cli import COMMANDS, app
from detector.registry import all_signals
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
SHELL = [line for language, block in BLOCKS if language == "sh" for line in block.strip().splitlines()]
MAKER = runpy.run_path(str(ROOT / ".ci" / "readme.py"))
PYTHON = [block for language, block in BLOCKS if language == "python"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a reader's working directory holds, as far as the blocks use it; `detector` and `python` are on the path."""
    for folder in ("seeds", "tests", "notebooks", ".ci"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "bin").mkdir()
    for name, command in {"detector": "-m detector", "python": ""}.items():
        script = tmp_path / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n', "utf-8")
        script.chmod(0o755)
    return tmp_path


def _environment(clone: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{clone / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def _run(command: list[str], clone: Path) -> None:
    done = subprocess.run(command, cwd=clone, env=_environment(clone), capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", [x for x in SHELL if x and not x.startswith("#")])
def test_a_shell_line_of_the_readme_runs(line: str, clone: Path) -> None:
    _run(["bash", "-c", line], clone)


@pytest.mark.parametrize("block", PYTHON)
def test_a_python_block_of_the_readme_runs(block: str, clone: Path) -> None:
    _run([sys.executable, "-c", block], clone)


def test_the_readme_opens_with_two_commands() -> None:
    assert [language for language, _ in BLOCKS[:2]] == ["bash", "bash"]
    first, second = (block for _, block in BLOCKS[:2])
    assert "seeds" in first
    assert "[deep]" in first
    assert "pytest" in second
    assert all(len(block.strip().splitlines()) == 1 for block in (first, second))


def test_every_command_and_every_option_is_in_the_readme() -> None:
    group = typer.main.get_command(app)
    assert "`--version`" in README
    for name in COMMANDS:
        assert f"detector {name}" in README
        command = group.get_command(None, name)  # type: ignore[attr-defined]
        for parameter in command.params:
            for option in (o for o in parameter.opts if o.startswith("--") and o != "--help"):
                assert f"`{option}`" in README, f"{name} {option}"


def test_every_extra_is_in_the_readme() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert [e for e in project["optional-dependencies"] if f"`detector[{e}]`" not in README] == []


def test_every_signal_is_in_the_readme() -> None:
    assert [s.code for s in all_signals() if f"| {s.code} | {s.name} |" not in README] == []


def test_the_generated_blocks_are_fresh() -> None:
    assert MAKER["alike"](MAKER["fill"](README), README), "run python .ci/readme.py"


def test_a_stale_block_is_noticed() -> None:
    assert MAKER["alike"]("garble 0.994 ███", "garble 0.993 ██")
    assert not MAKER["alike"]("garble 0.994 ███", "garble 0.894 ██")
    assert not MAKER["alike"]("drop 0.994", "keep 0.994")
    assert not MAKER["alike"]("0.1 0.2", "0.1")


def test_no_generated_block_is_left_open() -> None:
    assert README.count("<!-- generated: ") == README.count("<!-- end -->")


def test_the_readme_points_at_files_that_exist() -> None:
    for path in re.findall(r"`((?:detector|models|tests|seeds|notebooks|\.ci)/[\w./-]*)`", README):
        assert (ROOT / path).exists(), path
