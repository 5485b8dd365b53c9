"""MT106 repeated-fragment."""

import numpy as np
from numpy.typing import NDArray

from detector.batch import COMMA, LOWERCASE, SPACE, Batch
from detector.function_words import function_words
from detector.registry import Marks, signal
from detector.surroundings import gaps, is_word, spelling, word_keys

__all__ = ["repeated_fragment"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

# "X and X" is idiom with comparatives ("harder and harder"), verbs ("waited and waited") and lengths ("miles and
# miles").
_IDIOM = (
    "further",
    "through",
    "around",
    "closer",
    "little",
    "slowly",
    "forever",
    "always",
    "really",
    "thousand",
    "hundred",
)
# What people double for stress.
_STRESSED = (
    "never",
    "super",
    "night",
    "bunga",
    "chatter",
    "knock",
    "hello",
    "quick",
    "goody",
    "there",
    "three",
    "yummy",
)
_LONGEST = 8  # words of a fragment; longer ones are quoted or legal clauses


def _ends(batch: Batch, *endings: str) -> Bools:
    """Which types end in one of the given letters."""
    spelled = spelling(batch)
    found = np.zeros(len(batch.types), bool)
    for ending in endings:
        fits = batch.types.length > len(ending)
        for i, letter in enumerate(reversed(ending)):
            fits &= spelled.letter[(spelled.start[1:] - 1 - i).clip(0)] == ord(letter)
        found |= fits
    return found


def _coupled(batch: Batch, keys: NDArray[np.uint64]) -> Ints:
    """The first words of "security and security": a noun of six letters or more, coupled with itself."""
    words, types, gap = batch.words, batch.types, gaps(batch)
    middle = np.flatnonzero(is_word(batch, "and", "or", "of", "in"))
    middle = middle[(middle > 0) & (middle + 1 < len(words))]
    middle = middle[(keys[middle - 1] == keys[middle + 1]) & gap.plain[middle - 1] & gap.plain[middle]]
    noun = (types.shape == LOWERCASE) & (types.length >= 6) & ~_ends(batch, "er", "ed", "rs", "es", "ing")
    found: Ints = middle[noun[words.type[middle - 1]] & ~is_word(batch, *_IDIOM)[middle - 1]] - 1
    return found


def _doubled(batch: Batch, keys: NDArray[np.uint64]) -> Ints:
    """The first words of "technology technology": a lower-case content word of five letters or more, twice in a row."""
    words, types, gap = batch.words, batch.types, gaps(batch)
    at = np.flatnonzero((keys[1:] == keys[:-1]) & gap.plain[:-1] & (words.sentence[1:] == words.sentence[:-1]))
    content = (types.shape == LOWERCASE) & (types.length >= 5) & ~_ends(batch, "ly", "ey")
    stressed = is_word(batch, *_STRESSED) | function_words(batch)
    found: Ints = at[content[words.type[at]] & content[words.type[at + 1]] & ~stressed[at]]
    return found


@signal(
    "MT106",
    axis="garble",
    unit="word",
    joined=True,
    message="a fragment of a sentence said twice",
    flagged=[
        "It matters in terms of security and security in Europe.",
        "With you, with you, with the US, we can go on.",
        "He was sent in the middle of the in the middle of the night.",
    ],
    clean=[
        "It grew harder and harder, and they waited and waited for miles and miles.",
        "No, no, I see, I see! Thank you, thank you very much.",
        "He had had enough of it.",
    ],
)
def repeated_fragment(batch: Batch) -> Marks:
    """
    Fragments that a sentence says twice in a row.

    "With you, with you, with the US" and "security and security": two words of the original became one in English, or
    the engine lost its place for a moment.

    Four forms count: a noun of six letters or more coupled with itself (comparatives and verbs, "harder and harder",
    are idiom); a content word of five letters or more twice in a row; three to eight words twice in a row; and two
    words twice between commas. Measured on dev/: up to .7 % of clean documents have one of them, and 5 to 30 % of those
    by weak engines. Three copies are an oscillation (MT102), marked there.

    Rhetoric ("we got her, we got her"), refrains and transcripts of speech are wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(repeated_fragment, "It matters for security and security in Europe.")
        ['security and security']
    """
    words, gap = batch.words, gaps(batch)
    marked = np.zeros(len(words), bool)
    if not len(words):
        return Marks(marked.astype(np.float32))
    keys = word_keys(batch)
    at = _coupled(batch, keys)
    for step in range(3):
        marked[at + step] = True
    at = _doubled(batch, keys)
    marked[at] = marked[at + 1] = True
    comma = np.zeros(len(words), bool)
    comma[:-1] = (gap.size[:-1] == 2) & (gap.after[:-1] == COMMA) & (batch.kind[words.end[:-1] + 1] == SPACE)
    numbers = batch.kind[words.start] > 5
    joint = gap.plain | comma
    for length in range(2, _LONGEST + 1):
        if len(keys) < 2 * length:
            break
        same = keys[length:] == keys[:-length]
        runs = same[: len(same) - length + 1].copy()
        for step in range(1, length):
            runs &= same[step : len(same) - length + 1 + step]
        at = np.flatnonzero(runs)
        whole = words.sentence[at] == words.sentence[at + 2 * length - 1]
        at = at[whole & ~numbers[at]]
        inner = np.ones(len(at), bool)
        for step in range(2 * length - 1):
            inner &= joint[at + step]
        at = at[inner]
        differ = keys[at] != keys[at + 1]
        at = at[differ]
        if length == 2:
            at = at[comma[at + 1] & comma[at + 3] & ~is_word(batch, "you", "no", "yes", "oh", "thank", "i")[at]]
        else:
            content = np.zeros(len(at), bool)
            for step in range(length):
                content |= batch.types.length[words.type[at + step]] >= 4
            at = at[content]
        for step in range(2 * length):
            marked[at + step] = True
    return Marks(marked.astype(np.float32))
