"""A run that is killed goes on where it was, wherever that is: some of the kills that `python -m tests.kills` tries."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

# A new choice each time (DETECTOR_SEED repeats one).
SEED = os.environ.get("DETECTOR_SEED", str(random.randrange(10**6)))  # noqa: S311 - which kills to try


@pytest.mark.parametrize("kills", ["2", pytest.param("12", marks=pytest.mark.slow)])
def test_a_run_that_is_killed_goes_on_where_it_was(kills: str) -> None:
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "tests.kills", "--most", kills, "--seed", SEED]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert " kills, 0 failed" in done.stdout
