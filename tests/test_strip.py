"""Stripping: what goes, what stays, and where every kept character stood."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.document import Document, Span
from detector.errors import UsageError
from detector.features import Measurement
from detector.policy import Verdict
from detector.scorer import Assessment
from detector.strip import KINDS, furniture_spans, restore, strip


def _verdict(*spans: Span, code: str = "BP101") -> Verdict:
    found = (Measurement(code, 1.0, spans),)
    return Verdict("keep", (), Assessment(0.1, 0.1, 0.1, 0.1, found, {}, 0.0, "none"), ("fast",))


def _line(text: str, wanted: str, kind: str = "navigation") -> Span:
    start = text.index(wanted)
    return Span(start, start + len(wanted), detail={"kind": kind})


def test_without_evidence_the_text_stays_as_it_is() -> None:
    text = "One.\n\nTwo. \n"
    stripped = strip(Document("a", text), _verdict())
    assert (stripped.text, stripped.removed, stripped.kept) == (text, (), ((0, len(text)),))


def test_evidence_on_other_axes_removes_nothing() -> None:
    text = "the use of the use of the use of it"
    assert strip(Document("a", text), _verdict(Span(0, 10), code="MT102")).text == text


def test_a_line_goes_with_its_line_feed() -> None:
    text = "One.\nMenu\nTwo."
    assert strip(Document("a", text), _verdict(_line(text, "Menu"))).text == "One.\nTwo."


def test_the_last_line_goes_with_the_line_feed_before_it() -> None:
    text = "One.\nMenu"
    assert strip(Document("a", text), _verdict(_line(text, "Menu"))).text == "One."


def test_two_empty_lines_do_not_meet() -> None:
    text = "One.\n\nMenu\n\nTwo."
    assert strip(Document("a", text), _verdict(_line(text, "Menu"))).text == "One.\n\nTwo."


def test_a_sentence_goes_with_the_space_after_it() -> None:
    text = "Read more. It rained."
    assert strip(Document("a", text), _verdict(_line(text, "Read more."))).text == "It rained."


def test_a_sentence_at_the_end_of_a_line_goes_with_the_space_before_it() -> None:
    text = "It rained. Read more.\nIt snowed."
    assert strip(Document("a", text), _verdict(_line(text, "Read more."))).text == "It rained.\nIt snowed."


def test_a_carriage_return_goes_with_its_line() -> None:
    text = "One.\r\nMenu\r\nTwo."
    assert strip(Document("a", text), _verdict(_line(text, "Menu"))).text == "One.\r\nTwo."


def test_kinds_to_keep_stay() -> None:
    text = "By Ann\nMenu\nIt rained."
    verdict = _verdict(_line(text, "By Ann", "byline"), _line(text, "Menu"))
    assert strip(Document("a", text), verdict, keep=frozenset({"byline"})).text == "By Ann\nIt rained."


def test_a_kind_to_keep_outweighs_another_signal_that_would_remove_the_line() -> None:
    text = "Photo: Ann\nIt rained."
    verdict = _verdict(_line(text, "Photo: Ann", "caption"), _line(text, "Photo: Ann", "navigation"))
    assert strip(Document("a", text), verdict, keep=["caption"]).text == text


def test_an_unknown_kind_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no kind of furniture 'captions'"):
        furniture_spans(_verdict(), keep=["captions"])


def test_removed_spans_say_their_kind_and_text() -> None:
    text = "One.\nMenu\nTwo."
    (gone,) = strip(Document("a", text), _verdict(_line(text, "Menu", "share"))).removed
    assert gone.detail == {"kind": "share", "text": "Menu\n"}
    assert gone.detail["kind"] in KINDS


def test_a_text_of_nothing_but_furniture_leaves_nothing() -> None:
    stripped = strip(Document("a", "Menu"), _verdict(Span(0, 4)))
    assert (stripped.text, stripped.kept) == ("", ())


def test_a_place_beyond_the_stripped_text_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        strip(Document("a", "abc"), _verdict()).locate(3)


@given(st.data())
def test_every_kept_character_is_found_in_the_original_and_all_can_be_put_back(data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from("ab \n\r" + string.digits), max_size=60))
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    spans = [Span(min(p), max(p)) for p in data.draw(st.lists(places, max_size=6))]
    stripped = strip(Document("a", text), _verdict(*spans))
    assert [text[stripped.locate(i)] for i in range(len(stripped.text))] == list(stripped.text)
    assert restore(stripped.text, stripped.removed) == text
    assert len(stripped.text) + stripped.removed_characters == len(text)
    gone = {i for s in spans for i in range(s.start, s.end)}
    kept = {i for a, b in stripped.kept for i in range(a, b)}
    assert not gone & kept
