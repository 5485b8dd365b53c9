"""Which word was meant: candidates by letters and by sound, and what the place says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.batch import cut, hash_words
from detector.meant import FEATURES, _candidates_for_each, candidates_for, meant, place_features
from detector.neighbours import neighbour_counts
from detector.sound import sound_keys
from detector.spelling import LONGEST, letter_codes
from detector.unknown import judge


def _sound(word: str) -> int:
    letters = np.zeros((1, LONGEST), np.uint8)
    letters[0, : len(word)] = letter_codes(word)
    return int(sound_keys(letters)[0])


def _meant(text: str, wrong: str) -> list[tuple[str, float]]:
    batch = cut([text])
    word = next(i for i in range(len(batch.words)) if batch.word(i) == wrong)
    return meant(batch, word, wrong)


@pytest.mark.parametrize("word", ["", "a", "x" * (LONGEST + 1)])
def test_what_is_too_short_or_too_long_has_no_candidates(word: str) -> None:
    assert candidates_for(word).words == ()
    assert meant(cut(["a b"]), 0, word) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [("fone", "phone"), ("nife", "knife"), ("sieze", "cease"), ("stashun", "station"), ("vereas", "various")],
)
def test_words_that_sound_alike_share_a_key(a: str, b: str) -> None:
    assert _sound(a) == _sound(b)


@pytest.mark.parametrize(
    ("a", "b"), [("cat", "bat"), ("gate", "gaze"), ("chin", "kin"), ("any", "nay"), ("tock", "talk")]
)
def test_words_that_do_not_sound_alike_do_not(a: str, b: str) -> None:
    assert _sound(a) != _sound(b)


def test_a_word_four_letters_away_is_found_by_its_sound() -> None:
    assert "various" in candidates_for("vereas").words


def test_a_word_is_no_candidate_for_itself() -> None:
    assert "received" not in candidates_for("received").words


def test_words_looked_up_together_have_the_candidates_that_each_has_alone() -> None:
    words = ["negotiaitons", "vereas", "x", "thr", "unforchunitly", "goverment", "a" * (LONGEST + 1), "recieve"]
    for word, together in zip(words, _candidates_for_each(words), strict=True):
        alone = _candidates_for_each([word])[0]
        assert together.words == alone.words
        assert np.array_equal(together.static, alone.static)
        assert np.array_equal(together.keys, alone.keys)


def test_the_place_decides() -> None:
    assert _meant("They were part of a lange group of people.", "lange")[0][0] == "large"
    assert _meant("He was on the sied of the road.", "sied")[0][0] == "side"


def test_a_word_that_the_document_has_elsewhere_gains() -> None:
    alone = dict(_meant("It was a grouse of rokes.", "rokes"))
    helped = dict(_meant("It was a grouse of rokes. The rakes were sold, and rakes are dear. Rakes! Rakes!", "rokes"))
    assert helped["rakes"] > alone["rakes"]


@settings(max_examples=40, deadline=None)
@given(st.text("abcdefghiklmnoprstuy", min_size=2, max_size=12))
def test_chances_are_sorted_finite_and_sum_to_one(word: str) -> None:
    found = meant(cut([f"the {word} of it"]), 1, word)
    chances = [c for _, c in found]
    assert chances == sorted(chances, reverse=True)
    assert not found or sum(chances) == pytest.approx(1)
    assert len({w for w, _ in found}) == len(found)


def test_the_same_alone_and_in_a_batch() -> None:
    text = "They were ready to continue the negotiaitons."
    alone, together = cut([text]), cut(["An other text.", text, "And teh third."])
    at = [i for i in range(len(together.words)) if together.word(i) == "negotiaitons"]
    own = candidates_for("negotiaitons")
    assert np.array_equal(place_features(alone, len(alone.words) - 1, own), place_features(together, at[0], own))
    assert place_features(alone, 0, own).shape == (len(own.words), len(FEATURES))


def test_neighbours_are_counted_within_the_sentence() -> None:
    batch = cut(["He left. United States"])
    at = np.array([2, 3])
    before, after = neighbour_counts(batch, at, hash_words(["united", "states"]))
    assert before[0] == 0  # the end of a sentence lies between
    assert before[1] > 0
    assert after.tolist() == [after[0], 0]
    assert after[0] > 0


def test_a_word_out_of_place_is_doubted() -> None:
    assert judge("snalking", out_of_place=True) < judge("snalking")
