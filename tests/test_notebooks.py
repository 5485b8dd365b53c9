"""The notebooks run from top to bottom."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# Those that read the labelled data, and say so in their first code cell.
NEED_DATA = [path for path in NOTEBOOKS if "DETECTOR_DATA" in path.read_text("utf-8")]


def _run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    if "DETECTOR_DATA" in os.environ:
        monkeypatch.setenv("DETECTOR_DATA", str(Path(os.environ["DETECTOR_DATA"]).resolve()))
    book = nbformat.read(path, as_version=4)
    NotebookClient(
        book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the kernel's own business
@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if p not in NEED_DATA], ids=lambda p: p.stem)
def test_a_notebook_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(path, monkeypatch)


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NEED_DATA, ids=lambda p: p.stem)
def test_a_notebook_that_needs_the_labelled_data_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(path, monkeypatch)


@pytest.mark.parametrize("path", NEED_DATA, ids=lambda p: p.stem)
def test_a_notebook_that_shows_foreign_text_is_committed_without_it(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        assert cell.cell_type != "code" or "SHOW = True" not in cell.source
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            assert len(max(output.get("text", "").splitlines(), key=len, default="")) < 250
