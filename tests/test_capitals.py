"""Texts without capitals: their sentences end at stops, and a word in small letters may be a name."""

import numpy as np
import pytest

from detector.batch import cut
from detector.capitals import lowered, may_be_names

PROSE = "We met Honza in the town. He writes for a paper there. He likes it, as Mr. Novak said on 14 March."
SMALL = PROSE.lower()
# A chat, in which some sentences begin small and some do not.
CHAT = "did you see it? honza scored twice :) I was there with Anna. we sat behind the goal. then we all went home."


def _sentences(text: str) -> list[str]:
    batch = cut([text])
    return [text[a - 1 : b - 1] for a, b in zip(batch.sentences.start, batch.sentences.end, strict=True)]


def test_sentences_of_a_text_without_capitals_end_where_those_of_prose_do() -> None:
    prose = [s.lower() for s in _sentences(PROSE)]
    assert len(prose) == 3
    assert _sentences(SMALL) == prose


def test_a_small_letter_begins_no_sentence_where_there_are_capitals() -> None:
    assert len(_sentences("The firm of Brown et al. went on. then it stopped, as Ann said.")) == 1


@pytest.mark.parametrize("text", ["on the 14. march it rained", "he met mr. novak there", "said j. novak", ""])
def test_stops_that_end_nothing_end_nothing_in_small_letters_either(text: str) -> None:
    assert len(_sentences(text)) == (1 if text else 0)


def test_a_text_is_cut_alike_alone_and_among_others() -> None:
    texts = [PROSE, SMALL, "", CHAT, "\x00", SMALL]
    together = cut(texts)
    for i, text in enumerate(texts):
        alone = cut([text])
        mine = together.sentences.document == i
        shift = together.document_start[i] - alone.document_start[0]
        assert np.array_equal(together.sentences.start[mine] - shift, alone.sentences.start)
        assert lowered(together)[i] == lowered(alone)[0]


def _may_be(text: str, word: str) -> bool:
    batch = cut([PROSE, text])
    at = [i for i in range(len(batch.words)) if batch.words.document[i] == 1 and batch.word(i) == word]
    (answer,) = may_be_names(batch, np.asarray(at))
    return bool(answer)


def test_words_in_small_letters_may_be_names_where_names_have_none() -> None:
    assert _may_be(SMALL, "honza")
    assert _may_be(CHAT, "honza")


def test_they_are_none_where_names_have_capitals() -> None:
    assert not _may_be(PROSE, "paper")
    assert not _may_be(CHAT, "was"), "a capital stands nearby"
    one = PROSE + " then dedi he left. " + PROSE
    assert not _may_be(one, "dedi"), "one sentence that begins small"
