"""The speller: distances, suggestions, and how sure it is of a misspelling."""

import string
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.batch import Taught, cut
from detector.registry import find_signal, spans
from detector.spelling import distance, letter_codes, speller, suggest
from detector.unknown import FEATURES, judge, word_features

WORDS = st.text(string.ascii_lowercase, min_size=3, max_size=14)


def _found(text: str, dialect: str = "any", words: tuple[str, ...] = ()) -> dict[str, list[str]]:
    batch = cut([text], Taught.from_words(words, dialect))
    declared = find_signal("WD102")
    return {s.of(text): s.detail["suggestions"] for s in spans(declared, batch, declared.mark(batch))[0]}


@pytest.mark.parametrize("word", ["qzxvkjw", "a", "", "x" * 21, "ab" * 10])
def test_nothing_near_means_no_suggestion(word: str) -> None:
    assert [s for s in suggest(word) if s.edits == 0] == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("negotiaitons", "negotiations"),
        ("recieve", "receive"),
        ("definately", "definitely"),
        ("goverment", "government"),
        ("becuase", "because"),
        ("seperate", "separate"),
        ("wich", "which"),
        ("youll", "you'll"),
        ("dont", "don't"),
    ],
)
def test_the_likeliest_word_comes_first(wrong: str, right: str) -> None:
    assert suggest(wrong)[0].word == right


def test_the_neighbours_decide_between_near_suggestions() -> None:
    assert _found("They will continue to advicate for the plan.")
    assert _found("It happened in the mddle of the night.")["mddle"][0] == "middle"


@settings(max_examples=60, deadline=None)
@given(WORDS)
def test_every_suggestion_is_as_near_as_it_says(word: str) -> None:
    for s in suggest(word):
        # The cheapest way need not be the shortest, but never shorter than the true distance.
        assert distance(word, s.word) <= s.edits <= 2
        assert np.isfinite(s.cost)


def _one_edit(word: str, kind: int, at: int, letter: str) -> str:
    at %= len(word)
    return [word[:at] + letter + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + word[at + 1 :]][kind]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from("government negotiation yesterday because between committee children received".split()),
    st.integers(0, 2),
    st.integers(0, 20),
    st.sampled_from(string.ascii_lowercase),
)
def test_a_word_one_slip_away_is_always_among_the_suggestions(word: str, kind: int, at: int, letter: str) -> None:
    slip = _one_edit(word, kind, at, letter)
    assert word in [s.word for s in suggest(slip)]


@given(WORDS, WORDS)
def test_distance_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert distance(a, b) == distance(b, a)
    assert abs(len(a) - len(b)) <= distance(a, b) <= max(len(a), len(b))


def test_distance_counts_a_swap_once() -> None:
    assert distance("form", "from") == 1
    assert distance("", "abc") == 3
    assert distance("same", "same") == 0


def test_letters_are_coded_by_place_in_the_alphabet() -> None:
    assert letter_codes("az'").tolist() == [1, 26, 27]


def test_the_dictionary_holds_its_words_in_letters() -> None:
    table = speller()
    rows = np.flatnonzero(table.lengths == 5)[:50]
    assert all(len(table.spelling(int(r))) == 5 for r in rows)


def test_the_model_weighs_every_feature() -> None:
    assert len(word_features("zzyzx").features) == len(FEATURES)


def test_slips_are_surer_than_coined_words() -> None:
    slips = [judge(w) for w in ("goverment", "negotiaitons", "comittee", "acheive")]
    coined = [judge(w) for w in ("superfans", "telehealth", "antiterror", "multipoint")]
    assert min(slips) > 0.9
    assert max(coined) < 0.5


def test_repetition_and_doubt_speak_against_a_slip() -> None:
    assert judge("plandemic", 1) > judge("plandemic", 5) > judge("plandemic", 5, 2.5)


def test_lists_of_misspellings_are_known_by_hash() -> None:
    assert not word_features("government").listed
    assert word_features("seperate").listed


def test_a_taught_word_is_no_misspelling() -> None:
    assert _found("The goverment met.")["goverment"][0] == "government"
    assert _found("The goverment met.", words=("goverment",)) == {}


def test_both_spellings_are_right_until_one_is_asked_for() -> None:
    text = "The colour of the color, organise or organize."
    assert _found(text) == {}
    assert _found(text, "us")["colour"][0] == "color"
    assert "color" not in _found(text, "us")
    assert _found(text, "gb")["color"][0] == "colour"
    assert _found(text, "us", ("colour",)).keys() == {"organise"}


def _details(text: str) -> Iterator[dict[str, object]]:
    batch = cut([text])
    for code in ("WD102", "WD103", "WD104", "WD105"):
        declared = find_signal(code)
        for span in spans(declared, batch, declared.mark(batch))[0]:
            yield dict(span.detail)


def test_every_typo_has_suggestions_confidence_and_kind() -> None:
    text = "The commmittee and the goverment recieved Emanuel Macron, released form prison."
    details = list(_details(text))
    assert len(details) >= 4
    for detail in details:
        assert {"suggestions", "confidence", "kind"} <= set(detail)
        assert 0 < float(str(detail["confidence"])) <= 1


def test_a_document_is_judged_the_same_alone_and_in_company() -> None:
    texts = ["The goverment met Starmer. Starmer and Starmer's wife saw Stamrer.", "Goverment goverment Stamrer."]
    declared = find_signal("WD102")
    together = cut(texts)
    both = spans(declared, together, declared.mark(together))
    for i, text in enumerate(texts):
        alone = cut([text])
        assert spans(declared, alone, declared.mark(alone))[0] == both[i]
