"""How the document models are fitted: what pages say, what they weigh, and what stays as it was."""

import numpy as np
import pytest

verdict = pytest.importorskip("detector.training.verdict", reason="the extra train is not installed")

from detector.registry import find_signal  # noqa: E402
from detector.scorer import Additive, Model  # noqa: E402

KINDS = ["native.news", "mt.smt", "page", "web.thinned", "web.thinned", "page"]
BOILERPLATE = [0.0, 0.0, 1.0, 0.0, 1.0, np.nan]
GARBLE = [0.0, 1.0, np.nan, np.nan, np.nan, np.nan]


def documents() -> "verdict.Documents":
    truth = {"garble": np.asarray(GARBLE), "typos": np.zeros(6), "boilerplate": np.asarray(BOILERPLATE)}
    truth["typos"][2:] = np.nan
    return verdict.Documents(["x"] * 6, np.asarray(KINDS), np.zeros(6, np.int64), truth)


def additive(code: str, height: float) -> Additive:
    return Additive(-1.0, (code,), (np.asarray([0.0, 1.0]),), (np.asarray([0.0, height]),))


def test_a_page_that_is_not_mostly_furniture_says_nothing_of_other_axes() -> None:
    signals = [find_signal("MT120"), find_signal("BP118"), find_signal("WD102")]
    rows = np.arange(18.0).reshape(6, 3)
    found = verdict.without_unknown(documents(), rows, signals)
    # Rows 3 and 5 have the other axes of the only clean document, row 0, and the furniture that they have.
    assert found.tolist() == [*rows[:3].tolist(), [0, 10, 2], rows[4].tolist(), [0, 16, 2]]
    assert rows.tolist() == np.arange(18.0).reshape(6, 3).tolist()


def test_of_furniture_the_share_alone_is_a_column() -> None:
    signals = [find_signal(code) for code in ("MT120", "BP112", "BP118", "WD102")]
    assert verdict.columns_for("boilerplate", signals) == [2]
    assert verdict.columns_for("verdict", signals) == [0, 2, 3]
    assert verdict.columns_for("garble", signals) == [0]


def test_a_fifth_of_the_clean_documents_have_some_furniture_and_garble_does_not_hear_of_them() -> None:
    weight = verdict.mix_weights(documents(), "boilerplate")
    faulty = sum(verdict.MIX.values())
    assert weight[3] == pytest.approx((1 - faulty) * verdict.SOME_FURNITURE)
    assert weight[0] == pytest.approx((1 - faulty) * (1 - verdict.SOME_FURNITURE) * verdict.CLEAN["native.news"])
    assert weight[2] + weight[4] == pytest.approx(verdict.MIX["boilerplate"])
    assert weight[5] == 0  # set aside
    garble = verdict.mix_weights(documents(), "garble")
    assert garble[0] == pytest.approx((1 - faulty) * verdict.CLEAN["native.news"])
    assert not garble[2:].any()


@pytest.mark.parametrize("whole", [(), ("fast",)])
def test_what_is_not_fitted_stays_as_it_was(whole: tuple[str, ...]) -> None:
    names = ("garble", "typos", "boilerplate", "verdict")
    old = {"garble_review_above": 0.4, "typos_review_above": 0.8, "boilerplate_review_above": 0.6}
    policy = {"lines": {p: dict.fromkeys(old, 0.1) for p in ("fast", "deep")}, "doubtful_above": 0.1}
    before = Model(
        "old",
        {p: {n: additive("MT120", 1.0) for n in names} for p in ("fast", "deep")},
        {"lines": {p: dict(old) for p in ("fast", "deep")}, "doubtful_above": 0.03},
    )
    fitted = {p: verdict.Fitted({n: additive("MT120", 2.0) for n in names}) for p in ("fast", "deep")}
    verdict.keep_others(fitted, policy, before, ["boilerplate", "verdict"], whole)
    for profile in ("fast", "deep"):
        new = 1.0 if profile in whole else 2.0
        heights = {n: m.heights[0][-1] for n, m in fitted[profile].models.items()}
        assert heights == {"garble": 1.0, "typos": 1.0, "boilerplate": new, "verdict": new}
        assert policy["lines"][profile] == {**old, "boilerplate_review_above": 0.6 if profile in whole else 0.1}
    assert policy["doubtful_above"] == 0.03
