"""Documents that are broken in part: what they are made of, and what they weigh in the fit."""

import random

import numpy as np
import pytest

verdict = pytest.importorskip("detector.training.verdict", reason="the extra train is not installed")

from detector.registry import find_signal  # noqa: E402
from detector.training.part_broken import SHARES, beside_news, broken_in_part, joined  # noqa: E402

NEWS = [f"news{i} one two three four five\nnews{i} six seven eight nine ten" for i in range(6)]
BROKEN = [f"broken{i} " + "word " * 30 for i in range(4)]


def documents() -> "verdict.Documents":
    kinds = ["native.news"] * 6 + ["mt.smt", "mt.smt", "mt.web_weak", "ref.wmt12"]
    garble = np.asarray([0.0] * 6 + [1, 1, 1, 0])
    truth = {"garble": garble, "typos": np.zeros(10), "boilerplate": np.zeros(10)}
    return verdict.Documents([*NEWS, *BROKEN], np.asarray(kinds), np.asarray([0, 0, 0, 1, 1, 1, 0, 1, 0, 1]), truth)


def test_a_broken_text_stands_whole_before_or_behind_news_of_its_own_fold() -> None:
    found = broken_in_part(documents())
    assert sorted(text.split("broken")[1][0] for text in found.texts) == ["0", "1", "2"]  # not the human translation
    assert (found.kinds == verdict.PART).all()
    assert (found.truth["garble"] == 1).all()
    assert np.isnan(found.truth["typos"]).all()
    for text, fold in zip(found.texts, found.fold, strict=True):
        (whole,) = (b for b in BROKEN if b in text)
        assert text.startswith(whole) or text.endswith(whole)
        assert fold == {"0": 0, "1": 1, "2": 0}[whole[6]]
        own = NEWS[:3] if fold == 0 else NEWS[3:]
        around = text.replace(whole, "").strip().split("\n")
        assert set(around) <= {line for article in own for line in article.split("\n")}


def test_it_is_made_the_same_each_time() -> None:
    assert broken_in_part(documents()).texts == broken_in_part(documents()).texts


@pytest.mark.parametrize("share", sorted(set(SHARES)))
def test_so_many_words_are_sound(share: float) -> None:
    text = beside_news(BROKEN[0], NEWS, share, random.Random(1))  # noqa: S311 - no secret
    total, broken = len(text.split()), len(BROKEN[0].split())
    assert broken / total == pytest.approx(1 - share, abs=0.06)  # a paragraph more, at most


def test_in_the_fit_they_weigh_half_of_a_kind_and_those_of_the_first_set_stay() -> None:
    whole = documents()
    both = joined(whole, broken_in_part(whole))
    assert both.texts[:10] == whole.texts
    weight = verdict.training_weights(both, both.truth["garble"], "garble")
    by_kind = {kind: float(weight[both.kinds == kind].sum()) for kind in np.unique(both.kinds)}
    assert by_kind[verdict.PART] == pytest.approx(verdict.PART_WEIGHT * by_kind["mt.smt"])
    assert sum(x for kind, x in by_kind.items() if kind.startswith("mt.")) == pytest.approx(1)


def test_broken_words_are_shown_and_are_no_column() -> None:
    signals = [find_signal(code) for code in ("MT120", "MT130", "MT132", "MT134")]
    assert verdict.columns_for("garble", signals) == [0, 1, 3]
    assert verdict.columns_for("verdict", signals) == [0, 1, 3]
