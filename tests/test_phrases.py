"""Finding phrases: whole words, one line, any case."""

from detector.batch import cut
from detector.phrases import find_phrases, phrase_words, quoted, words_in

PHRASES = ("read more", "share", "share on facebook")


def _found(text: str) -> list[str]:
    batch = cut([text])
    start, end = find_phrases(batch, PHRASES)
    return [batch.string(batch.words.start[a], batch.words.end[b - 1]) for a, b in zip(start, end, strict=True)]


def test_nothing_is_found_where_nothing_is() -> None:
    assert _found("They shared more and read on Facebook.") == []


def test_a_phrase_does_not_cross_a_line() -> None:
    assert _found("read\nmore") == []


def test_case_and_punctuation_make_no_difference() -> None:
    assert _found("READ... More!") == ["READ... More"]


def test_longer_and_shorter_phrases_are_both_found() -> None:
    assert sorted(_found("Share on Facebook")) == ["Share", "Share on Facebook"]


def test_words_of_phrases_are_counted_once() -> None:
    assert phrase_words(cut(["Share on Facebook now"]), PHRASES).tolist() == [0, 1, 2]


def test_single_words_are_found_by_key() -> None:
    assert words_in(cut(["A b A'"]), ("a",)).tolist() == [0, 2]


def test_quotation_marks_are_seen_in_their_sentence_only() -> None:
    batch = cut(["He said “no”. She left."])
    assert quoted(batch, batch.sentences.start, batch.sentences.end).tolist() == [True, False]


def test_empty_batches_have_no_phrases() -> None:
    for texts in ([], [""], ["..."]):
        assert phrase_words(cut(texts), PHRASES).tolist() == []
