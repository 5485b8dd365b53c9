"""Furniture is stripped, not punished: an article with some is kept, a page that is mostly furniture is not."""

import random
from pathlib import Path

import numpy as np
import pytest

from detector import Detector
from detector.document import Document
from detector.registry import all_signals
from detector.strip import strip

SOME = (
    ("Share on Facebook | Tweet | Email | Print",),
    ("© 2024 Harbour News Ltd. All rights reserved.", "https://www.harbournews.example/world/2024/05/17/report"),
    ("By Ann Miller, Harbour News", "Published 17 May 2024 10:42 GMT"),
    ("Read more", "3 comments", "Log in to reply"),
    ("Home | News | Sport | Weather | Contact us",),
    ("Advertisement", "Sign up for our newsletter", "We use cookies. Accept all cookies"),
)
MENU = tuple(f"{a} {b}" for a in ("Best", "Local", "All", "More", "Your") for b in ("news", "sport", "offers", "shops"))
HEAP = (
    "Home",
    *MENU,
    "Log in",
    "Sign up for our newsletter and get the best of Harbour News in your inbox every morning",
    "Share on Facebook",
    "Tweet",
    "Most read",
    *(f"{x} in the harbour: what you need to know" for x in ("Storm", "Strike", "Fire", "Flood", "Fog", "Fair")),
    "Follow us on Twitter",
    "Privacy policy",
    "Terms of use",
    "We use cookies to give you the best experience. By continuing to use this site you accept our cookie policy.",
    "© 2024 Harbour News Ltd. All rights reserved.",
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(deep="never")


def _article(seeds: Path, number: int) -> str:
    return next(seeds.glob(f"00{number}_*.txt")).read_text("utf-8").strip("\n")


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("some", SOME)
def test_an_article_with_some_furniture_is_kept_and_gets_rid_of_it(
    detector: Detector, seeds: Path, number: int, some: tuple[str, ...], *, above: bool
) -> None:
    article, furniture = _article(seeds, number), "\n".join(some)
    text = f"{furniture}\n\n{article}" if above else f"{article}\n\n{furniture}"
    verdict = detector.judge(text)
    assert verdict.action == "keep", verdict.reasons
    assert verdict.assessment.boilerplate < 0.1
    assert strip(Document("", text), verdict).text.strip("\n") == article


@pytest.mark.parametrize("number", [1, 2])
def test_an_article_with_a_line_of_every_kind_is_kept(detector: Detector, seeds: Path, number: int) -> None:
    text = "\n".join([*SOME[2], _article(seeds, number), *(line for some in SOME for line in some)])
    assert detector.judge(text).action == "keep"


def test_notices_between_the_lines_of_a_note_count_though_the_line_model_may_not_know_them(detector: Detector) -> None:
    notes = [line for some in SOME for line in some] * 2
    text = "\n".join([*notes, "The ferry to Harnley does not run on Monday, since the pier is being mended.", *notes])
    verdict = detector.judge(text)
    assert verdict.action in {"review", "drop"}
    assert verdict.reasons[0].code == "BP118"


def test_furniture_of_a_signal_that_is_left_out_does_not_count(seeds: Path) -> None:
    text = f"{_article(seeds, 1)[:300]}\n© 2024 Harbour News Ltd. All rights reserved."
    every = [s.code for s in all_signals() if s.axis == "boilerplate" and s.unit != "document"]
    sound = Detector(deep="never").judge(_article(seeds, 1)[:300]).assessment.boilerplate
    assert Detector(deep="never").judge(text).assessment.boilerplate > sound
    assert Detector(deep="never", ignore=every).judge(text).assessment.boilerplate == pytest.approx(sound)


def test_a_page_that_is_mostly_furniture_is_dropped_for_it(detector: Detector, seeds: Path) -> None:
    opening = _article(seeds, 1)[:250]
    verdict = detector.judge("\n".join([*HEAP, opening, *HEAP[::-1]]))
    assert verdict.action == "drop"
    assert verdict.reasons[0].axis == "boilerplate"


def test_more_furniture_is_never_less_suspect(detector: Detector, seeds: Path) -> None:
    article = _article(seeds, 2)
    found = [detector.judge("\n".join([article, *(HEAP * 4)[:n]])).assessment.boilerplate for n in (0, 40, 160)]
    assert found == sorted(found)
    assert found[0] < 0.01 < found[-1]


def test_a_thinned_page_has_all_of_its_article_and_no_more_furniture_than_asked() -> None:
    part_pages = pytest.importorskip("detector.training.part_pages", reason="the extra train is not installed")
    lines = [("menu", "B")] * 30 + [("The river rose in the night. " * 4, "C")] * 9 + [("other news", "B")] * 40
    content = [line for line in lines if line[1] == "C"]
    for share in part_pages.LEFT:
        left = part_pages.thinned(lines, share, random.Random(3))  # noqa: S311 - a test's dice
        assert [line for line in left if line[1] == "C"] == content
        furniture = sum(len(x) for x, c in left if c == "B")
        assert furniture <= share * (furniture + sum(len(x) for x, _ in content)) + 1e-9
        assert (furniture > 0) == (share > 0)


@pytest.mark.data
def test_what_becomes_of_pages_follows_from_how_much_of_them_is_furniture(data: Path, detector: Detector) -> None:
    part_pages = pytest.importorskip("detector.training.part_pages", reason="the extra train is not installed")
    pages = part_pages.part_pages(data, "dev")
    actions = np.asarray([v.action for v in detector.judge_many(page.text for page in pages)])
    share = np.asarray([page.share for page in pages])
    # The card has the figures by share; these are floors.
    assert (actions[share < 0.2] == "keep").mean() > 0.98
    assert (actions[share < 0.5] == "drop").mean() < 0.02
    assert (actions[share > 0.6] != "keep").mean() > 0.75
