"""Were the right places marked? Each rule on a text of a few lines."""

from typing import Any

import pytest

from detector.document import Document
from detector.training.evaluation.localise import Localisation, f1
from detector.training.evaluation.read import Facts, Item


def _grade(text: str, spans: list[tuple[int, int]], axis: str, tier: str, task: str, **gold: Any) -> dict[str, Any]:  # noqa: ANN401
    found = Localisation(frozenset({"WORD"}))
    item = Item(Document("", text), Facts(tier, 0.0, task=task), **gold)
    found.add(item, [{"start": s, "end": e, "axis": axis, "code": "WORD"} for s, e in spans])
    return found.as_json()


def test_a_text_without_gold_counts_nothing() -> None:
    assert _grade("One.\nTwo.", [(0, 4)], "garble", "native.news", "garble") == {}


def test_marks_of_another_axis_do_not_count() -> None:
    found = _grade("0123456789\nabc", [(0, 10)], "typos", "splice.garbled", "splice", gold=[0])
    assert found["lines"]["splice.garbled"]["recall"] == 0


@pytest.mark.parametrize(("end", "recall"), [(3, 0), (4, 1)])
def test_a_garbled_line_is_found_when_more_than_three_tenths_are_marked(end: int, recall: int) -> None:
    found = _grade("0123456789\nabc", [(0, end)], "garble", "splice.garbled", "splice", gold=[0])
    assert found["lines"]["splice.garbled"]["recall"] == recall


def test_marks_that_overlap_count_once() -> None:
    found = _grade("0123456789\nabc", [(0, 2), (1, 3), (0, 3)], "garble", "splice.garbled", "splice", gold=[0])
    assert found["lines"]["splice.garbled"]["recall"] == 0


def test_a_sound_line_that_is_marked_is_a_false_alarm() -> None:
    lines = _grade("abc\ndef", [(4, 7)], "garble", "splice.native", "splice", gold=[])["lines"]["splice.native"]
    assert (lines["wrong_share"], lines["units"], lines["n"]) == (0.5, 2, 0)


def test_a_misspelling_is_found_once_and_what_is_left_is_wrong() -> None:
    text = "a speling and a wrod"
    gold = [[2, 9, "birkbeck"], [16, 20, "aspell"]]
    found = _grade(text, [(2, 9), (10, 13)], "typos", "typos.0.03", "typos", gold=gold)
    assert (found["typos"]["typos.0.03"]["precision"], found["typos"]["typos.0.03"]["recall"]) == (0.5, 0.5)
    assert found["recall of misspellings by source"] == {"birkbeck": 1.0, "aspell": 0.0}


def test_marks_in_clean_text_are_told_by_the_thousand_words() -> None:
    found = _grade("one two three four", [(0, 3)], "typos", "typos.0", "typos", gold=[])
    assert found["clean"]["typos.0"]["marks_per_1000_words"] == 250


def test_furniture_is_weighed_by_its_characters() -> None:
    found = _grade(
        "menu\n0123456789\nad", [(0, 4), (5, 15)], "boilerplate", "boilerplate.x", "boilerplate", labels="BCB"
    )
    characters = found["furniture characters"]["boilerplate.x"]
    assert characters["recall"] == pytest.approx(4 / 6)
    assert characters["content_lost"] == 1.0


def test_words_and_sentences_are_graded_where_people_saw_errors() -> None:
    text = "The cat sat. The hous was blue."
    found = _grade(text, [(17, 21)], "garble", "mt.web", "garble", errors=[(17, 21)])
    assert found["words"]["mt.web"]["f1"] == pytest.approx(1)
    assert found["sentences"]["mt.web"]["recall"] == 0  # a word is less than three tenths of the sentence
    whole = _grade(text, [(13, 31)], "garble", "mt.web", "garble", errors=[(17, 21)])
    assert whole["sentences"]["mt.web"]["f1"] == pytest.approx(1)


def test_nothing_found_and_nothing_to_find_is_zero() -> None:
    assert f1(0, 0, 0) == {"precision": 0, "recall": 0, "f1": 0}
