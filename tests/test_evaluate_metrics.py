"""The figures of an evaluation, on numbers small enough to check by hand."""

import math

import numpy as np
import pytest

from detector.training.evaluation.metrics import (
    area,
    at_most,
    calibration,
    honest_line,
    rank_correlation,
    rounded,
    share_above,
    wilson,
)
from detector.training.evaluation.tiers import reference, role, truth

NONE = np.zeros(0)


def test_without_documents_there_are_no_figures() -> None:
    assert math.isnan(at_most(NONE, 0.01))
    assert math.isnan(honest_line(NONE, NONE))
    assert all(math.isnan(x) for x in area(NONE, np.ones(3)))
    assert all(math.isnan(x) for x in wilson(0, 0))
    assert share_above(NONE, 0.5)["n"] == 0
    assert calibration(NONE, NONE, NONE) == {}
    assert math.isnan(rank_correlation(np.ones(9), np.arange(9.0)))


def test_documents_without_a_score_do_not_count() -> None:
    scores = np.asarray([0.1, np.nan, 0.9])
    assert share_above(scores, 0.5)["n"] == 2
    assert area(scores, np.asarray([np.nan, 1.0]))[0] == 1.0


def test_at_most_the_share_is_strictly_above_the_line() -> None:
    news = np.arange(1000.0)
    line = at_most(news, 0.01)
    assert line == 990
    assert (news > line).mean() <= 0.01


def test_the_honest_line_is_the_higher_of_both() -> None:
    assert honest_line(np.arange(100.0), np.zeros(100)) == 99
    assert honest_line(np.zeros(100), np.arange(100.0)) == 97
    assert honest_line(np.arange(100.0), NONE) == 99


def test_ties_count_half_in_the_area() -> None:
    assert area(np.asarray([0.0, 1.0]), np.asarray([1.0, 2.0]))[0] == 0.875


def test_the_interval_is_wilsons() -> None:
    # Agresti & Coull (1998): 0 of 10 gives .000 to .278.
    low, high = wilson(0, 10)
    assert low == 0
    assert high == pytest.approx(0.2775, abs=1e-4)


def test_a_perfectly_calibrated_score_has_no_error() -> None:
    scores = np.repeat([0.25, 0.75], 400)
    fault = np.tile([1.0, 0.0, 0.0, 0.0], 100)
    found = calibration(scores, np.concatenate([fault, 1 - fault]), np.ones(800))
    assert found["ece"] == pytest.approx(0, abs=1e-12)
    assert [b["observed"] for b in found["bins"]] == pytest.approx([0.25, 0.75])


def test_weights_make_the_mix() -> None:
    scores, fault = np.asarray([0.05, 0.05]), np.asarray([1.0, 0.0])
    found = calibration(scores, fault, np.asarray([0.05, 0.95]))
    assert found["ece"] == pytest.approx(0, abs=1e-12)
    assert found["garbled_share"] == pytest.approx(0.05)


def test_what_people_found_worse_ranks_higher() -> None:
    assert rank_correlation(np.arange(6.0), np.arange(6.0) ** 3) == 1.0


def test_nan_is_null_in_json() -> None:
    assert rounded({"a": [math.nan, np.float64(1), np.int64(2), "x"]}) == {"a": [None, 1.0, 2, "x"]}


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("native.news_other", "news"),
        ("native.wmt_src", "source"),
        ("ref.web", "translation"),
        ("genre.legal", "genre"),
        ("learner.FCE", "learner"),
        ("mt.web", "machine"),
        ("seed", "other"),
    ],
)
def test_a_tier_has_a_role(tier: str, expected: str) -> None:
    assert role(tier) == expected


def test_human_text_is_sound_and_strong_systems_are_left_open() -> None:
    assert truth("learner.FCE") == 0
    assert truth("mt.mafand_poor") == truth("mt.smt_2013") == truth("mt.turkish_weak") == 1
    assert math.isnan(truth("mt.nmt_2022"))


def test_a_tier_is_compared_with_human_text_of_its_kind() -> None:
    present = ["native.news", "native.mafand_src", "ref.web", "ref.nmt_2021", "ref.flores"]
    assert reference("mt.web_weak", present) == ["ref.web"]
    assert reference("mt.mafand_good", present) == ["native.mafand_src"]
    assert reference("mt.nmt_2021_poor", present) == ["ref.nmt_2021"]
    assert reference("mt.turkish_weak", present) == ["ref.flores"]
    assert reference("mt.turkish_weak", ["ref.web"]) == ["ref.web"]
    assert reference("mt.apertium", present) == ["native.news"]
    assert reference("mt.anything", ["clean.mine"]) == ["clean.mine"]
