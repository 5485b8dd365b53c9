"""Words of other languages in English sentences, and slips beside them.

`foreign_phrases.jsonl` holds sentences that we wrote: `half` is "chosen" for those the rule was made with, "aside" for
those it had not seen, "slips" for English ones with the misspellings that must be found.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.batch import cut
from detector.doubt import SURE, doubted
from detector.foreign import BUCKETS, buckets, company, strangeness
from detector.registry import find_signal, spans
from detector.strangers import foreign_company
from detector.training.foreign import _plain
from detector.training.latin import latin_forms

ROWS = [json.loads(line) for line in (Path(__file__).parent / "foreign_phrases.jsonl").read_text("utf-8").splitlines()]
FOREIGN = "quidem subiectis hostis pelmeni nichego bouquinistes geldiniz gesellschaft empleyo orecchiette".split()
SLIPS = "goverment recieved definately negotiaitons seperate accomodate tommorow enviroment sylabus becuase".split()


def _marked(text: str) -> list[str]:
    declared, batch = find_signal("WD102"), cut([text])
    return [s.of(text) for s in spans(declared, batch, declared.mark(batch))[0]]


def _found(half: str, languages: set[str] | None = None) -> tuple[int, int]:
    """How many marks the sentences of a half get, and their words."""
    own = [r["text"] for r in ROWS if r["half"] == half and (languages is None or r["language"] in languages)]
    return sum(len(_marked(text)) for text in own), sum(len(text.split()) for text in own)


@pytest.mark.parametrize(
    "text",
    [
        "The motto over the gate reads per aspera ad astra in letters of brass.",
        "Above the door stood ora et labora, which the monks took at its word.",
        "The poet claimed he had built monumentum aere perennius, and he was right.",
        "Friends signed their letters tuus ex animo and meant it.",
        "The pills were to be taken hora somni, with a glass of milk.",
        "We ate banh cuon and bun cha on plastic stools.",
        "She served pelmeni with smetana, then vareniki and kompot.",
    ],
)
def test_a_foreign_phrase_is_left_alone(text: str) -> None:
    assert _marked(text) == []


@pytest.mark.parametrize(
    ("half", "languages", "most"),
    [("chosen", None, 48), ("aside", None, 26), ("chosen", {"la"}, 10), ("aside", {"la"}, 8)],
)
def test_foreign_words_get_no_more_marks_than_when_it_was_measured(
    half: str, languages: set[str] | None, most: int
) -> None:
    # Without what `detector.foreign` says it is 89, 55, 39 and 31.
    marks, words = _found(half, languages)
    assert marks <= most
    assert words > 500


@pytest.mark.parametrize("row", [r for r in ROWS if r["slips"]], ids=lambda r: r["slips"][0])
def test_slips_beside_foreign_phrases_and_slips_that_end_like_latin_are_found(row: dict[str, Any]) -> None:
    # "Grammer" is a surname, which makes it no sure slip; "Numerus" has a capital.
    assert set(row["slips"]) - set(_marked(row["text"])) <= {"grammer", "Numerus"}


def test_letters_of_other_languages_are_stranger_than_those_of_slips() -> None:
    foreign, slips = strangeness(FOREIGN), strangeness(SLIPS)
    assert np.mean(foreign[:, None] > slips[None, :]) > 0.9  # one slip in ten ends like Latin: "sylabus"
    assert np.median(foreign) > 2 > np.median(slips)


def test_strangeness_of_no_words_is_empty() -> None:
    assert strangeness([]).shape == (0,)


def test_each_run_of_two_to_four_letters_has_a_place() -> None:
    found = list(buckets("ab"))  # ^a, ab, b$; ^ab, ab$; ^ab$
    assert len(found) == 6
    assert all(0 <= place < BUCKETS for place in found)
    assert found == list(buckets("ab"))


@pytest.mark.parametrize(
    ("text", "word", "foreign"),
    [
        ("They wrote virtute et armis there.", "virtute", True),  # a word of grammar beside it
        ("They wrote et there armis.", "armis", False),  # which does not reach over a word
        ("They wrote quidem hostis there.", "hostis", True),
        ("They wrote quidem on the hostis there.", "hostis", False),  # three words away
        ("They wrote quidem. Hers hostis went.", "hostis", False),  # another sentence
        ("They said que\u0301 hostis there.", "hostis", True),  # an accent
        ("They said goverment hostis there.", "hostis", False),  # a listed misspelling is no company
        ("They said Quidem hostis there.", "hostis", False),  # nor is a name
        ("hostis", "hostis", False),
    ],
)
def test_company_is_what_stands_near_in_the_sentence(text: str, word: str, *, foreign: bool) -> None:
    batch = cut([text])
    at = [i for i in range(len(batch.words)) if batch.word(i) == word]
    assert (company(batch, np.array(at))[0] > 0) == foreign


def test_company_of_no_words_is_empty() -> None:
    assert company(cut(["Nothing strange."]), np.zeros(0, np.int64)).shape == (0,)


def test_words_that_look_foreign_are_slips_where_many_others_are() -> None:
    sound = "The pills were to be taken hora somni, with a glass of milk."
    rife = "Teh goverment recieved it. We definately beleive it. She tryed to acheive it. He adressed teh comittee."
    assert _marked(sound) == []
    assert "somni" in _marked(f"{rife} {sound}")


def test_a_listed_misspelling_is_believed_in_foreign_company() -> None:
    batch = cut(["They wrote quidem recieve hostis there."])
    at = np.array([i for i in range(len(batch.words)) if batch.word(i) == "recieve"])
    assert doubted(batch, at, ["recieve"], np.array([0.9]))[0] >= SURE


def test_latin_is_inflected() -> None:
    forms = latin_forms()
    assert {"stellarum", "dominis", "voluntatibus", "laudantur", "scribendi", "audiuntur", "sanctorum"} <= set(forms)
    assert forms == sorted(set(forms))
    assert min(map(len, forms)) == 3


def test_foreign_words_are_learned_as_english_prints_them() -> None:
    assert [_plain(w) for w in ("señor", "große", "smørrebrød", "żółty")] == ["senor", "grosse", "smorrebrod", "zolty"]


def test_the_first_words_of_a_batch_have_no_more_company_than_those_of_another() -> None:
    text = "et 0 dgo"
    alone, among = cut([text]), cut(["0", text])
    assert foreign_company(alone, np.array([2])).tolist() == [1.0]
    assert foreign_company(among, np.array([3])).tolist() == [1.0]
