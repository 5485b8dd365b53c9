"""What stands around words, and what a document says again: against plain Python that does the same slowly."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.batch import cut, hash_words
from detector.function_words import FUNCTION_WORDS, function_words, sequence_runs
from detector.repetition import again, top_share
from detector.surroundings import (
    bracketed,
    gaps,
    in_order_of_key,
    is_word,
    mark_words,
    nearest_word,
    quotations,
    run_together,
    spelling,
    word_keys,
)

words_of_few = st.lists(st.sampled_from("a b c d e".split()), max_size=60).map(" ".join)


def test_nothing_is_known_of_an_empty_batch() -> None:
    batch = cut([])
    assert len(gaps(batch).size) == len(word_keys(batch)) == len(in_order_of_key(batch)) == 0
    assert not bracketed(batch).any()
    assert not again(batch, 5).any()
    assert len(top_share(batch, 2)) == 0
    assert len(nearest_word(batch, np.zeros(0, np.int64))) == 0


def test_a_gap_of_one_space_is_plain_and_no_other_is() -> None:
    batch = cut(["one two, three\tfour  five\nsix-seven"])
    found = dict(zip([batch.word(i) for i in range(len(batch.words))], gaps(batch).plain.tolist(), strict=True))
    assert found == {
        "one": True,
        "two": False,
        "three": True,
        "four": False,
        "five": False,
        "six": False,
        "seven": False,
    }


def test_the_next_word_of_another_document_is_on_another_line() -> None:
    batch = cut(["one", "two"])
    assert gaps(batch).same_line.tolist() == [False, False]
    assert not gaps(batch).plain.any()


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("no quotes here", []),
        ('he "said so" and left', ["said", "so"]),
        ("he “said so” and „left“", ["said", "so", "left"]),
        ('he "never closed it', []),
        ('one "two"\nthree "four', ["two"]),
    ],
)
def test_words_between_double_marks_of_a_line_are_quoted(text: str, inside: list[str]) -> None:
    batch = cut([text])
    assert [batch.word(i) for i in np.flatnonzero(quotations(batch)[0]).tolist()] == inside


def test_words_in_brackets_are_bracketed() -> None:
    batch = cut(["Beijing (the capital [of China) lies] north\nof (it"])
    assert [batch.word(i) for i in np.flatnonzero(bracketed(batch)).tolist()][:2] == ["the", "capital"]
    assert "it" not in [batch.word(i) for i in np.flatnonzero(bracketed(batch)).tolist()]


@pytest.mark.parametrize(
    ("place", "expected"), [(0, "one"), (2, "one"), (3, "one"), (4, "two"), (8, "two"), (11, "three")]
)
def test_the_nearest_word_holds_the_place_or_stands_before_it(place: int, expected: str) -> None:
    batch = cut(["one two!!", "!three"])
    at = nearest_word(batch, np.array([place + batch.document_start[0]]))
    assert batch.word(int(at[0])) == expected


def test_a_document_without_words_has_no_nearest_word() -> None:
    batch = cut(["one", "!!!", "two"])
    places = batch.document_start[1] + np.arange(3)
    assert nearest_word(batch, places).tolist() == [-1, -1, -1]
    assert not mark_words(batch, places).any()


def test_types_are_spelled_in_small_letters() -> None:
    batch = cut(["Ünder THE the"])
    spelled = spelling(batch)
    found = {
        "".join(map(chr, spelled.letter[a:b]))
        for a, b in zip(spelled.start[:-1].tolist(), spelled.start[1:].tolist(), strict=True)
    }
    assert found == {"ünder", "the"}


def test_a_word_is_found_in_any_case() -> None:
    batch = cut(["The them THE other"])
    assert is_word(batch, "the").tolist() == [True, False, True, False]
    assert not is_word(batch).any()


@given(words_of_few)
@settings(deadline=None, max_examples=50)
def test_words_are_sorted_stably_by_key(text: str) -> None:
    batch = cut([text])
    key = word_keys(batch)
    order = in_order_of_key(batch)
    groups = key[order]
    assert sorted(order.tolist()) == list(range(len(key)))
    assert len(set(groups.tolist())) == int((np.diff(groups.view(np.int64)) != 0).sum()) + bool(len(key))
    same = groups[1:] == groups[:-1]
    assert (np.diff(order)[same] > 0).all()


@given(words_of_few, st.integers(1, 6))
@settings(deadline=None, max_examples=50)
def test_runs_have_one_hash_exactly_when_they_are_alike(text: str, length: int) -> None:
    batch = cut([text])
    words = text.split()
    starts = np.arange(max(0, len(words) - length + 1))
    hashed = run_together(word_keys(batch), starts, length).tolist()
    said = [tuple(words[i : i + length]) for i in starts]
    assert len(set(hashed)) == len(set(said)) == len(set(zip(hashed, said, strict=True)))


@given(words_of_few, words_of_few, st.sampled_from([5, 10]))
@settings(deadline=None, max_examples=80)
def test_repeated_passages_are_those_that_a_slow_search_finds(text: str, other: str, length: int) -> None:
    batch = cut([other, text])
    words, seen = text.split(), set()
    expected = [False] * len(words)
    for i in range(len(words) - length + 1):
        run = tuple(words[i : i + length])
        if run in seen:
            expected[i : i + length] = [True] * length
        seen.add(run)
    assert again(batch, length)[batch.words.document == 1].tolist() == expected


@given(words_of_few, st.sampled_from([2, 3, 4]))
@settings(deadline=None, max_examples=80)
def test_the_most_frequent_run_takes_the_share_that_a_slow_count_gives(text: str, length: int) -> None:
    words = text.split()
    counts = Counter(tuple(words[i : i + length]) for i in range(len(words) - length + 1))
    best = max((n * length for n in counts.values() if n > 1), default=0)  # every word has one letter
    assert top_share(cut(["x y", text]), length)[1] == pytest.approx(best / max(1, len(words)))


def test_function_words_are_a_closed_list_in_small_letters() -> None:
    assert len(set(FUNCTION_WORDS)) == len(FUNCTION_WORDS)
    assert all(re.fullmatch("[a-z']+", word) for word in FUNCTION_WORDS)
    batch = cut(["The river of THE north isn’t wide"])
    assert [batch.word(i) for i in np.flatnonzero(function_words(batch)).tolist()] == ["The", "of", "THE", "isn’t"]


def test_sequences_lie_within_a_sentence_and_have_nothing_between() -> None:
    batch = cut(["It is of the kind. Of the, and to us on-site", "of"])
    found = [
        " ".join(batch.word(int(i) + step) for step in range(length))
        for length, first, _ in sequence_runs(batch)
        for i in first
    ]
    assert found == ["It is", "is of", "of the", "Of the", "and to", "to us", "It is of", "is of the", "and to us"]


def test_a_sequence_has_the_same_hash_everywhere() -> None:
    keys = hash_words(["of", "the"])
    expected = run_together(keys, np.array([0]), 2)[0]
    (_, _, two), _ = sequence_runs(cut(["River", "best OF THE kind"]))
    assert two.tolist() == [expected]
