"""Nothing is lost, whatever goes wrong: a share of what `python -m tests.conservation` runs 500 of."""

import os
import time
from pathlib import Path

import pytest

from tests.conservation import one

# A new seed each time in CI (DETECTOR_SEED repeats one).
SEED = int(os.environ.get("DETECTOR_SEED", str(int(time.time()))))
RUNS = int(os.environ.get("DETECTOR_CONSERVATION_RUNS", "40" if os.environ.get("CI") else "4"))


@pytest.mark.parametrize("number", range(RUNS))
def test_every_record_is_accounted_for_and_every_byte_the_same(tmp_path: Path, number: int) -> None:
    seed = SEED + number
    try:
        one(seed, tmp_path)
    except AssertionError as error:
        msg = f"seed {seed}: {error}"
        raise AssertionError(msg) from error
