"""Distances of many pairs of words at once: as one pair at a time has them."""

import string

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detector.edits import edits_of_each
from detector.spelling import distance, letter_codes

# Few letters, so that swaps, doubles and repeats are frequent.
WORDS = st.text("abc", min_size=1, max_size=12) | st.text(string.ascii_lowercase, min_size=1, max_size=32)


def _edits(words: list[str], others: list[str], of: list[int]) -> list[int]:
    letters = np.zeros((max(map(len, others), default=0), len(others)), np.uint8)
    for i, other in enumerate(others):
        letters[: len(other), i] = letter_codes(other)
    length = np.array([len(other) for other in others], np.int64)
    return edits_of_each([letter_codes(w) for w in words], letters, length, np.array(of, np.int64)).tolist()


def test_no_pairs_have_no_distances() -> None:
    assert _edits(["word"], [], []) == []


def test_swaps_count_once_and_no_letter_is_touched_twice() -> None:
    others = ["negotiations", "negotiaitons", "negotiation", "", "xxxxxxxxxxxx"]
    assert _edits(["negotiaitons"], others, [0] * 5) == [1, 0, 2, 12, 12]
    assert _edits(["ca"], ["abc"], [0]) == [3]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=8))
@example([("ab", "ba"), ("abab", "baba"), ("a" * 32, "a" * 31 + "b")])
def test_many_pairs_at_once_are_as_far_apart_as_one_at_a_time(pairs: list[tuple[str, str]]) -> None:
    words, others = [w for w, _ in pairs], [o for _, o in pairs]
    assert _edits(words, others, list(range(len(pairs)))) == [distance(w, o) for w, o in pairs]
