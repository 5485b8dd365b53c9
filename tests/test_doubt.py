"""What speaks for an unknown word: that a text was cut off, a transcript, dialect, neighbours; and what does not."""

import numpy as np
import pytest

from detector.batch import cut
from detector.doubt import SURE, doubted
from detector.registry import find_signal, spans
from detector.speech import dialect, hesitant
from detector.spelling import begins_word
from detector.strangers import chained, echoed, foreign_company, language_named
from detector.unknown import listed_misspellings, listed_terms

PROSE = "The committee met on Monday and heard what the others had to say about the new road. " * 4


def _marked(text: str, code: str = "WD102") -> list[str]:
    declared, batch = find_signal(code), cut([text])
    return [s.of(text) for s in spans(declared, batch, declared.mark(batch))[0]]


def test_the_last_word_of_a_text_that_was_cut_off_is_no_misspelling() -> None:
    assert _marked(f"{PROSE}Nobody had seen the buildi") == []


@pytest.mark.parametrize("end", ["Nobody had seen the buildi here.", "Nobody had seen the goverment"])
def test_a_word_before_a_stop_or_that_begins_none_is_judged_at_the_end_too(end: str) -> None:
    assert len(_marked(PROSE + end)) == 1


def test_a_short_message_without_a_stop_is_judged_to_its_end() -> None:
    assert _marked("Nobody had seen the buildi") == ["buildi"]


def test_a_document_is_a_transcript_when_it_hesitates_twice() -> None:
    batch = cut(["Uh, yes. I, um, went.", "He said “um” once.", ""])
    assert hesitant(batch).tolist() == [True, False, False]


def test_dialect_is_counted_by_its_signs_but_for_the_first_two() -> None:
    broad = "“'Tis th' owd man,” said he, “an' tha'rt goin' wi' nowt, thou knows.”"
    batch = cut([broad, "She said “ain't” and “nay”.", ""])
    rate = dialect(batch, np.arange(3))
    assert rate[0] > 100
    assert rate[1:].tolist() == [0, 0]


def test_a_word_in_a_chain_of_three_is_told_from_a_hyphened_one() -> None:
    batch = cut(["a zoop-boing-goodem day, a well-known man"])
    assert chained(batch, np.arange(len(batch.words))).tolist() == [
        False,
        True,
        True,
        True,
        False,
        False,
        False,
        False,
        False,
    ]


def test_a_word_played_with_is_told_from_one_that_is_near_by_chance() -> None:
    batch = cut(["The splish splash of it. Nolens volens he went. The alreet and alroot, that thing, wiht this."])
    words = [batch.word(i) for i in np.flatnonzero(echoed(batch, np.arange(len(batch.words)))).tolist()]
    assert words == ["splish", "splash", "Nolens", "volens", "alreet", "alroot"]


def test_only_a_language_that_words_are_said_to_be_of_is_named() -> None:
    batch = cut(["In German it is hund. The German chancellor left."])
    named = language_named(batch, np.arange(len(batch.words)))
    assert named[:5].min() >= 1
    assert named[5:].max() == 0


def test_company_is_counted_within_three_words_of_the_sentence() -> None:
    batch = cut(["He read la valeur du recit. The report was long."])
    assert foreign_company(batch, np.array([5, 6, 9])).tolist() == [3, 0, 0]


@pytest.mark.parametrize(("start", "more", "expected"), [("tril", 3, True), ("govern", 1, True), ("xqz", 1, False)])
def test_what_begins_a_word_of_the_dictionary(start: str, more: int, expected: bool) -> None:  # noqa: FBT001 - a case
    assert begins_word(start, more) is expected


@pytest.mark.parametrize("start", ["", "a" * 40])
def test_nothing_and_what_is_too_long_begin_no_word(start: str) -> None:
    assert begins_word(start, 1) is False


def test_no_listed_misspelling_is_a_term() -> None:
    assert not np.intersect1d(listed_terms(), listed_misspellings()).size
    assert (np.diff(listed_terms()) > 0).all()


def test_words_that_were_not_sure_stay_as_they_are() -> None:
    batch = cut(["The recieve was frobbled."])
    sure = np.array([0.9, SURE - 0.1])
    out = doubted(batch, np.array([1, 3]), ["recieve", "frobbled"], sure)
    assert out[1] == sure[1]
    assert 0 <= out[0] <= 1


def test_a_short_word_is_an_abbreviation_unless_the_text_is_rife_with_slips() -> None:
    assert _marked(f"{PROSE}He paid the max for it.") == []
    childs = (
        "We whent to the beech and plaied wiht ower frends, and it was a loverly day for evrybody thier. I had max."
    )
    assert "max" in _marked(childs)
