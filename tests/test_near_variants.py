"""What holds of the garbled seed holds of its neighbours: other names, other foreign words, other breakage.

The templates are our own; each is filled with several values, and the clean twin of each must stay unmarked.
"""

import itertools
from pathlib import Path

import pytest

from detector.batch import cut
from detector.registry import evidence, find_signal, spans

# Verbs of saying, connectives and nouns in lower case, as engines leave them standing.
FOREIGN = {
    "Turkish": ["dedi", "söyledi", "ancak", "görüşme", "toplantı", "barış"],
    "Spanish": ["dijo", "hacia", "aunque", "reunión", "paz"],
    "German": ["sagte", "aber", "jedoch", "gespräch", "frieden"],
    "French": ["aussi", "cependant", "réunion", "avant"],
    "Polish": ["powiedział", "jednak", "spotkanie"],
    "Portuguese": ["disse", "então", "reunião"],
    "Swedish": ["sade", "också", "möte"],
    "Romanian": ["spus", "întâlnire", "pentru"],
}
WORDS = [pytest.param(word, id=f"{language}-{word}") for language, words in FOREIGN.items() for word in words]
FRAMES = [
    "We don't think you need a truce, {} he said at the beginning of the talks.",
    "The minister {} met the leaders of the country on Monday.",
    "It was a long {} about the future of the region, and nobody slept.",
]
HALF_WORDS = ["Orum", "Yorum", "Ediyorum", "Nkwa", "Zdaje", "Miramos", "Glaubte", "Ondanks"]
SUBJECTS = ["I don't think you need a truce", "we have to go on with the talks", "they will meet again in the spring"]
NAMES = ["Mr Trump", "Ms Okafor", "Sir Keir", "President Lindqvist", "Dr Yamamoto"]

# Words that our lists cannot tell from English: loans, misspellings or words of both languages.
BEYOND = {"paz", "frieden", "cependant", "réunion", "avant", "disse", "sade"}


def _marked(code: str, text: str) -> list[str]:
    return evidence(find_signal(code), text)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("word", WORDS)
def test_a_foreign_word_left_in_a_sentence_is_found_alone(word: str, frame: str) -> None:
    found = _marked("MT101", frame.format(word))
    assert found == ([] if word in BEYOND else [word])


def test_most_foreign_words_are_found() -> None:
    every = [word for words in FOREIGN.values() for word in words]
    assert len(BEYOND & set(every)) <= len(every) / 4


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("word", ["alas", "gravely", "visit", "debate", "Sunday", "chateau", "schadenfreude"])
def test_an_english_word_in_the_same_place_is_not(word: str, frame: str) -> None:
    assert _marked("MT101", frame.format(word)) == []


@pytest.mark.parametrize(("half", "clause"), list(itertools.product(HALF_WORDS, SUBJECTS)))
def test_half_a_word_before_the_subject_is_found(half: str, clause: str) -> None:
    text = f"However, the two sides did not agree.\n{half} {clause}, dedi he said before he left."
    assert _marked("MT101", text) == [half, "dedi"]


@pytest.mark.parametrize("opener", ["Honestly", "However", "Sometimes", "Acutally", "Becuase", "Mr Orum, whom"])
def test_an_english_opener_before_the_subject_is_not(opener: str) -> None:
    assert _marked("MT101", f"{opener} I don't think you need a truce, he said before he left.") == []


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_no_foreign_word(name: str) -> None:
    text = f"{name} said that the talks would go on. {name} left for Kraków, and {name}'s team for Antalya."
    assert _marked("MT101", text) == []
    assert _marked("MT114", text) == []


@pytest.mark.parametrize(
    ("number", "noun"), list(itertools.product(["three", "two", "four", "single"], ["way", "sided", "storey"]))
)
def test_a_hyphen_torn_off_is_found_whatever_the_compound(number: str, noun: str) -> None:
    assert _marked("MT103", f"They plan a {number} -{noun} meeting on Friday.") == [f"{number} -{noun}"]
    assert _marked("MT103", f"They plan a {number}-{noun} meeting on Friday.") == []


@pytest.mark.parametrize("country", ["Russia", "Kenya", "the Netherlands", "New Zealand"])
def test_a_mark_that_faces_the_wrong_way_is_found_after_any_name(country: str) -> None:
    last = country.rsplit(maxsplit=1)[-1]
    assert _marked("MT105", f"“He will do more,” she said, on sanctions against {country} “.") == [last]
    assert _marked("MT105", f"“He will do more on sanctions against {country}.”") == []


@pytest.mark.parametrize("pronoun", ["you", "them", "us", "him"])
@pytest.mark.parametrize("name", ["the US", "the French", "our friends"])
def test_a_fragment_said_twice_is_found_whatever_it_says(pronoun: str, name: str) -> None:
    text = f"With {pronoun}, with {pronoun}, with {name}, we can take a step forward."
    assert _marked("MT106", text) == [f"With {pronoun}, with {pronoun}"]


@pytest.mark.parametrize("noun", ["security", "development", "cooperation", "justice", "freedom"])
def test_a_noun_coupled_with_itself_is_found(noun: str) -> None:
    assert _marked("MT106", f"This is about {noun} and {noun} in Europe.") == [f"{noun} and {noun}"]


@pytest.mark.parametrize(
    ("article", "noun"), [("a", "irritation"), ("a", "old"), ("an", "meeting"), ("an", "step"), ("a", "important")]
)
def test_an_article_that_does_not_fit_is_found(article: str, noun: str) -> None:
    right = "an" if article == "a" else "a"
    assert _marked("MT107", f"It became {article} {noun} point.") == [f"{article} {noun}"]
    assert _marked("MT107", f"It became {right} {noun} point.") == []


@pytest.mark.parametrize(
    ("phrase", "copies"), list(itertools.product(["of the use", "in the city", "we will go and", "a b"], [3, 4, 8]))
)
def test_a_loop_is_found_whatever_its_words_and_length(phrase: str, copies: int) -> None:
    loop = " ".join([phrase] * copies)
    text = f"They said {loop} yesterday."
    batch = cut([text])
    signal = find_signal("MT102")
    found = spans(signal, batch, signal.mark(batch))[0]
    assert any(loop in span.of(text) for span in found)


@pytest.mark.parametrize("seed", ["004_172c1cebeaeb4d50.txt"])
def test_the_seed_itself(seed: str, seeds: Path) -> None:
    text = (seeds / seed).read_text("utf-8")
    assert _marked("MT101", text) == ["Orum", "dedi"]
    assert "three -way" in _marked("MT103", text)
    assert "Russia" in _marked("MT105", text)
    assert "security and security" in _marked("MT106", text)
    assert _marked("MT107", text) == ["a irritation"]


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_the_sound_seeds_hold_no_residue(number: int, seeds: Path) -> None:
    text = next(p for p in seeds.iterdir() if p.name.startswith(f"00{number}")).read_text("utf-8")
    for code in ("MT101", "MT102", "MT103", "MT105", "MT106", "MT107", "MT109", "MT112", "MT114"):
        assert _marked(code, text) == [], code
