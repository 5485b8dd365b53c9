"""Garble is measured on the article: furniture around it makes a broken one no better and a sound one no worse.

Typos are counted there, too.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from detector import Detector
from detector.articles import WORDS_OF_AN_ARTICLE, articles, of_articles
from detector.batch import Batch, cut
from detector.document import Document
from detector.features import Measurement, Table, measure
from detector.policy import Verdict
from detector.registry import all_signals
from detector.strip import strip

ABOVE = ["Home | News | Sport | Weather | Contact us", "Published 17 May 2024 10:42 GMT"]
BELOW = [
    "Share on Facebook | Tweet | Email | Print",
    "Sign up for our newsletter and never miss a story.",
    "We use cookies to give you the best experience. Accept all cookies",
    "© 2024 Harbour News Ltd. All rights reserved.",
]
MODES = [
    "never",
    pytest.param(
        "always",
        marks=pytest.mark.skipif(not importlib.util.find_spec("onnxruntime"), reason="the extra deep is not installed"),
    ),
]
FURNITURE = [s for s in all_signals() if s.axis == "boilerplate" and s.cost == "fast"]
ARTICLE = (
    "The river rose by two metres in the night, and the old bridge was closed to all traffic, the council said. " * 3
)
NOTICE = "© 2021 Harbour News Ltd. All rights reserved."


def seed(seeds: Path, number: int) -> str:
    return next(seeds.glob(f"00{number}_*.txt")).read_text("utf-8").strip("\n")


def page(article: str) -> str:
    """The article with furniture above, below and in the middle of it."""
    lines = article.split("\n")
    middle = len(lines) // 2
    return "\n".join([*ABOVE, *lines[:middle], "Advertisement", *lines[middle:], *BELOW * 3])


def found(text: str, verdict: Verdict) -> list[tuple[str, list[str]]]:
    """The evidence of broken translation, in words."""
    measured = zip(_codes(verdict), verdict.assessment.measurements, strict=True)
    return [(code, [s.of(text) for s in m.evidence]) for code, m in measured if code.startswith("MT") and m.evidence]


def _measured(verdict: Verdict, code: str) -> Measurement:
    return next(m for m in verdict.assessment.measurements if m.code == code)


def _codes(verdict: Verdict) -> list[str]:
    return [m.code for m in verdict.assessment.measurements]


def _articles(texts: list[str]) -> tuple[Batch, Table]:
    batch = cut(texts)
    return batch, measure(batch, FURNITURE)


def test_documents_without_furniture_are_not_cut_again() -> None:
    batch, table = _articles([ARTICLE, "", "Hm."])
    assert articles(batch, table).batch is batch


def test_what_is_judged_is_what_stripping_leaves(seeds: Path) -> None:
    detector = Detector(deep="never")
    texts = [page(seed(seeds, n)) for n in range(5)]
    batch, table = _articles(texts)
    left = [strip(Document("", text), detector.judge(text)).text for text in texts]
    assert list(articles(batch, table).batch.texts) == left


def test_a_page_with_hardly_a_word_beside_its_furniture_is_judged_as_it_is() -> None:
    short = " ".join(["word"] * (WORDS_OF_AN_ARTICLE - 1))
    for text, whole in ((f"{short}\n{NOTICE}", True), (f"{short} more\n{NOTICE}", False)):
        batch, table = _articles([text])
        assert (articles(batch, table).batch is batch) == whole
    batch, table = _articles([NOTICE])
    assert articles(batch, table).batch is batch


@pytest.mark.parametrize("deep", MODES)
@pytest.mark.parametrize("number", [1, 4])
def test_a_page_scores_as_its_article_and_shows_the_same(seeds: Path, deep: str, number: int) -> None:
    detector = Detector(deep=deep)  # type: ignore[arg-type]
    article = seed(seeds, number)
    whole = page(article)
    alone, in_page = detector.judge(article), detector.judge(whole)
    assert in_page.assessment.garble == pytest.approx(alone.assessment.garble, abs=1e-9)
    assert found(whole, in_page) == found(article, alone)
    if number == 4:
        assert found(article, alone)  # else nothing was compared
        assert in_page.action == alone.action != "keep"


@pytest.mark.parametrize("deep", MODES)
def test_a_page_scores_the_same_alone_and_beside_others(seeds: Path, deep: str) -> None:
    detector = Detector(deep=deep)  # type: ignore[arg-type]
    texts = [page(seed(seeds, 4)), seed(seeds, 2), NOTICE, page(seed(seeds, 1)), ""]
    together = [v.assessment for v in detector.judge_many(texts)]
    assert together == [detector.judge(text).assessment for text in texts]


def test_what_counts_in_articles_only_is_marked_word_by_word() -> None:
    assert {s.unit for s in all_signals() if s.axis == "typos"} == {"word"}


def test_typos_in_furniture_are_shown_and_do_not_count(seeds: Path) -> None:
    caption = "Photo: the goverment bulding in Harnley, seen from the habour. Getty Images"
    article = seed(seeds, 1).replace("meeting", "meetting")
    alone, in_page = (Detector(deep="never").judge(text) for text in (article, f"{article}\n{NOTICE}\n{caption}"))
    shown = [s.of(f"{article}\n{NOTICE}\n{caption}") for s in _measured(in_page, "WD102").evidence]
    assert {"goverment", "bulding"} <= set(shown)
    assert "meettings" in shown
    # How sure each is hangs a little on what else is misspelt on the page; four words would be more than twice it.
    assert _measured(in_page, "WD102").value == pytest.approx(_measured(alone, "WD102").value, rel=0.05)


def test_furniture_of_signals_that_are_left_out_is_judged_with_the_rest(seeds: Path) -> None:
    every = [s.code for s in all_signals() if s.axis == "boilerplate"]
    text = page(seed(seeds, 4))
    ignoring = Detector(deep="never", ignore=every).judge(text)
    assert ignoring.assessment.garble < Detector(deep="never").judge(text).assessment.garble


def test_the_mark_of_a_translation_machine_is_the_whole_pages() -> None:
    ofthem = {s.name for s in all_signals() if s.axis == "garble" and not of_articles(s)}
    assert ofthem == {"translation-mark"}


def test_training_measures_what_judging_measures(seeds: Path) -> None:
    measuring = pytest.importorskip("detector.training.measuring", reason="the extra train is not installed")
    signals = [s for s in all_signals() if s.cost == "fast"]
    texts = [page(seed(seeds, 4)), seed(seeds, 2)]
    measured = [v.assessment.measurements for v in Detector(deep="never").judge_many(texts)]
    assert np.array_equal(measuring.measure_texts(texts, signals), [[m.value for m in row] for row in measured])
