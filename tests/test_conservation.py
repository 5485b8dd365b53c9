"""Nothing is lost, whatever goes wrong: a share of what `python -m tests.conservation` runs 500 of."""

import os
import subprocess
import sys
import time
from pathlib import Path

# A new seed each time (DETECTOR_SEED repeats one).
SEED = os.environ.get("DETECTOR_SEED", str(int(time.time())))
RUNS = os.environ.get("DETECTOR_CONSERVATION_RUNS", "40" if os.environ.get("CI") else "4")


def test_every_record_is_accounted_for_and_every_byte_the_same() -> None:
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "tests.conservation", "--runs", RUNS, "--seed", SEED]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert f"{RUNS} runs, 0 failed" in done.stdout
