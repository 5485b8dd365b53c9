"""What is shipped: wheel and sdist build, hold the models, and work where nothing else of ours is."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Built from a copy, so that nothing is left in the working tree.
_BUILD = "import hatchling.build as b, sys; print(b.build_wheel(sys.argv[1])); print(b.build_sdist(sys.argv[1]))"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-c", _BUILD, str(folder)], cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """The wheel."""
    return next(built.glob("*.whl"))


def _run(command: list[str], folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={**clean, **env})  # noqa: S603


def test_the_wheel_holds_code_schema_and_every_model_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "detector/report/wire.schema.json" in names
    assert "detector/signals/oscillation.py" in names
    models = {p.relative_to(ROOT / "models").as_posix() for p in (ROOT / "models").rglob("*") if p.is_file()}
    assert {n.removeprefix("detector/_models/") for n in names if n.startswith("detector/_models/")} == models
    assert [n for n in names if not n.startswith(("detector/", "detector-"))] == []
    assert [n for n in names if n.endswith((".pkl", ".pickle", ".joblib", ".pt"))] == []


def test_the_sdist_holds_what_the_tests_need(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {n.partition("/")[2] for n in archive.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", "tests/conftest.py", "seeds/001_ce914893bfcb5cc2.txt"} <= names


def test_the_wheel_works_from_an_empty_directory(wheel: Path, tmp_path: Path, seeds: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)  # noqa: S202 - just built by us
    where = _run([sys.executable, "-c", "import detector; print(detector.__file__)"], empty, PYTHONPATH=str(site))
    assert where.stdout.startswith(str(site)), where.stderr
    done = _run([sys.executable, "-m", "detector", "score", str(seeds)], empty, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"schema":"detector/1"') == 5


@pytest.mark.slow
def test_the_base_install_alone_works_in_a_fresh_environment(wheel: Path, tmp_path: Path, seeds: Path) -> None:
    """No extras, nothing of ours, a new environment, an empty directory."""
    venv.create(tmp_path / "venv", with_pip=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    done = _run([str(scripts / "python"), "-m", "pip", "install", "-q", str(wheel)], empty)
    assert done.returncode == 0, done.stderr
    for args in (
        ["--version"],
        ["signals"],
        ["explain", "MT102"],
        ["score", str(seeds)],
        ["report", str(seeds / "001_ce914893bfcb5cc2.txt")],
    ):
        done = _run([str(scripts / "detector"), *args], empty)
        assert done.returncode == 0, done.stderr
    done = _run([str(scripts / "detector"), "gate", str(seeds)], empty)
    assert "passed" in done.stderr
    done = _run([str(scripts / "detector"), "score", "--deep", "always", str(seeds)], empty)
    assert done.returncode == 2
    assert "detector[deep]" in done.stderr
