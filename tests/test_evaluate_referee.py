"""Our figures are the referee's figures, on the same scores."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from detector.io import Options
from detector.training.evaluation.collect import Given, collect
from detector.training.evaluation.read import FIELDS, items, keyed
from detector.training.evaluation.results import evaluate
from tests.evaluated import Labelled, labelled_set

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, data: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The referee's figures and ours."""
    referee = data.parent / "tools" / "referee.py"
    if not referee.exists():
        pytest.skip("the referee is not beside the labelled data")
    found: Labelled = labelled_set(tmp_path_factory.mktemp("set"))
    command = [sys.executable, str(referee), "grade", "dev", str(found.folder), str(found.scores)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ours
    theirs = json.loads((found.folder / "grade.scores.json").read_text("utf-8"))
    labelled = items([str(found.docs)], Options(), FIELDS, print, keyed([str(found.key)]))
    return theirs, evaluate(collect(labelled, Given(str(found.scores))))


def test_tiers_agree(graded: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = graded
    assert len(ours["tiers"]) == 10
    for tier in ours["tiers"]:
        expected, found = theirs[tier["tier"]], tier["detector"]
        assert tier["n"] == expected["n"]
        assert found["flagged"]["share"] == expected["flagged"]
        assert found["recall"]["1.0%"] == expected["flagged_news"]
        if tier["role"] == "machine":
            assert found["auc_news"] == pytest.approx(expected["auc_news"], abs=1e-12)
            assert found["auc_human"] == pytest.approx(expected["auc_ref"], abs=1e-12)


@pytest.mark.parametrize(
    ("ours_", "theirs_"), [("genres", "genre."), ("learners", "learner."), ("human translations", "ref.")]
)
def test_false_alarms_agree(ours_: str, theirs_: str, graded: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = graded
    found = ours["false_alarms"][ours_]["detector"]
    assert found["share"] == theirs[f"fpr.{theirs_}"]
    assert found["share_at_news_line"] == theirs[f"fpr_news.{theirs_}"]


def _prf(figures: dict[str, float]) -> list[float]:
    return [figures[name] for name in ("precision", "recall", "f1")]


def test_lines_agree(graded: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = graded
    for tier, found in ours["localisation"]["lines"].items():
        assert _prf(found) == pytest.approx(theirs[tier]["prf"])
        assert found["wrong_share"] == pytest.approx(theirs[tier]["false_line_share"])


def test_typos_agree(graded: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = graded
    expected = theirs["typos"]
    assert _prf(ours["typos"]) == pytest.approx(expected["prf"])
    assert ours["typos"]["auc typos.0.01"] == pytest.approx(expected["auc1"])
    assert ours["typos"]["auc typos.0.03"] == pytest.approx(expected["auc3"])
    places = ours["localisation"]
    assert places["clean"]["typos.0"]["marks_per_1000_words"] == pytest.approx(expected["clean_per_1000_words"])
    by_source = places["recall of misspellings by source"]
    assert by_source["aspell"] == pytest.approx(expected["recall"]["aspell"])
    assert by_source["birkbeck"] == pytest.approx(expected["recall"]["birkbeck"])
    assert places["typos"]["typos.names"]["recall"] == pytest.approx(expected["names"])


def test_furniture_agrees(graded: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = graded
    expected, places = theirs["boilerplate.pages"], ours["localisation"]
    assert _prf(places["furniture"]["boilerplate.pages"]) == pytest.approx(expected["line"])
    characters = places["furniture characters"]["boilerplate.pages"]
    assert _prf(characters) == pytest.approx(expected["chars"])
    assert characters["content_lost"] == pytest.approx(expected["content_lost"])
