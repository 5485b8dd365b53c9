"""What becomes of a text follows from how many of its words are misspelt; a slip in a note is no habit."""

import re
from pathlib import Path

import pytest

from detector import Detector

SLIPS = {
    "people": "poeple",
    "their": "thier",
    "government": "goverment",
    "president": "presidnet",
    "which": "wich",
    "before": "befroe",
    "because": "becuase",
    "would": "woudl",
    "about": "abuot",
    "there": "theer",
    "should": "shoudl",
    "further": "furhter",
    "meeting": "meetting",
    "leaders": "laeders",
    "security": "secuirty",
    "between": "betwen",
    "support": "suport",
    "peace": "paece",
    "after": "aftre",
    "European": "Europaen",
}
NOTE = (
    "The ferry to Harnley does not run on Monday, since the pier is being mended. A bus leaves the market at eight and "
    "at noon, and takes the old road over the bridge. Tickets for the boat are good on the bus, too, and the driver "
    "has a list of the stops. On Tuesday everything goes as it always does."
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(deep="never")


def _misspelt(text: str, one_in: int) -> str:
    """The text with one word in so many misspelt, as far as there are words for it, spread evenly."""
    found = [m for m in re.finditer(r"\w+", text) if m.group() in SLIPS]
    wanted = len(text.split()) // one_in
    assert len(found) >= wanted, "the text has too few words that can be misspelt"
    for match in [found[i * len(found) // wanted] for i in range(wanted)][::-1]:
        text = f"{text[: match.start()]}{SLIPS[match.group()]}{text[match.end() :]}"
    return text


def _articles(seeds: Path) -> str:
    """Two of the seeds in one, long enough for a share."""
    return "\n".join(next(seeds.glob(f"00{i}_*.txt")).read_text("utf-8") for i in (1, 2))


def test_an_article_with_one_word_in_fifty_misspelt_goes_to_review(detector: Detector, seeds: Path) -> None:
    verdict = detector.judge(_misspelt(_articles(seeds), 50))
    assert verdict.action == "review"
    assert verdict.reasons[0].code == "WD102"


def test_an_article_with_one_word_in_four_hundred_misspelt_is_kept(detector: Detector, seeds: Path) -> None:
    assert detector.judge(_misspelt(_articles(seeds), 400)).action == "keep"


@pytest.mark.parametrize("slip", [("always", "alwasy"), ("bridge", "birdge"), ("market", "makret")])
def test_a_slip_in_a_note_is_marked_and_the_note_kept(detector: Detector, slip: tuple[str, str]) -> None:
    verdict = detector.judge(NOTE.replace(*slip))
    assert verdict.action == "keep"
    assert [s.of(NOTE.replace(*slip)) for m in verdict.assessment.measurements if m.code == "WD102" for s in m.evidence]


def test_a_note_of_which_much_is_misspelt_is_not_kept(detector: Detector) -> None:
    text = NOTE
    for right in (
        "Monday",
        "mended",
        "bridge",
        "market",
        "driver",
        "everything",
        "always",
        "Tickets",
        "leaves",
        "list",
    ):
        text = text.replace(right, right[:2] + right[3:4] + right[2:3] + right[4:], 1)
    assert detector.judge(text).action != "keep"


def test_to_be_dropped_takes_more_than_to_be_reviewed(detector: Detector) -> None:
    for lines in detector.policy.lines.values():
        assert lines.typos_review_above < lines.typos_drop_above
