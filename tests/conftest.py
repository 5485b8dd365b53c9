"""What all tests share: where the labelled data is, which tests are long, a model small enough to reason about."""

import json
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from detector.assets import write_manifest
from detector.pipeline import Detector
from detector.registry import Signal, all_signals
from detector.scorer import FORMAT, VERSION

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DETECTOR_DATA", ROOT.parent / "shared" / "data"))


# Who starts the tests in the background lets them ignore Ctrl-C, and what they start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# How long an example takes says how busy the machine is.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--slow`: the long tests too."""
    parser.addoption("--slow", action="store_true", help="also run the tests marked slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, with a reason, what this run does not want or this machine cannot do."""
    for item in items:
        if item.get_closest_marker("data") and not (DATA / "dev").is_dir():
            item.add_marker(pytest.mark.skip(reason="needs the labelled data (DETECTOR_DATA), which is not published"))
        if item.get_closest_marker("slow") and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="long: run with --slow"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of labelled data."""
    return DATA


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The five articles of the main job."""
    return ROOT / "seeds"


def _axis_model(signals: tuple[Signal, ...], axis: str) -> dict[str, object]:
    """Log-odds -4, and 2 more for every unit of a measurement on the axis ("verdict": on any)."""
    columns = {
        s.code: {"knots": [0.0, 1.0], "heights": [0.0, 2.0]}
        for s in signals
        if s.cost == "fast" and s.axis is not None and axis in (s.axis, "verdict")
    }
    return {"base": -4.0, "columns": columns}


@pytest.fixture(scope="session")
def toy_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model in which every signal of an axis weighs alike: for tests of everything but the shipped model's worth."""
    folder = tmp_path_factory.mktemp("toy-model")
    axes = ("garble", "typos", "boilerplate", "verdict")
    models = {name: _axis_model(all_signals(), name) for name in axes}
    lines = {f"{axis}_{line}_above": p for axis in axes[:3] for line, p in (("review", 0.3), ("drop", 0.6))}
    content = {
        "profiles": {"fast": models, "deep": models},
        "policy": {"lines": {"fast": lines, "deep": lines}, "doubtful_above": 0.1},
    }
    (folder / "model.json").write_text(json.dumps(content), "utf-8")
    write_manifest(folder, FORMAT, VERSION, name="toy")
    return folder


@pytest.fixture(scope="session")
def toy(toy_model: Path) -> Detector:
    """A detector with the toy model and without the neural one."""
    return Detector(deep="never", model=toy_model)
