"""WD105 letter-run."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from detector.batch import CAPITAL, LOWER, LOWERCASE, UPPER, Batch, hash_words, ordered
from detector.lexicon import KNOWN, NAME, facts, lexicon
from detector.registry import Marks, signal

__all__ = ["letter_run"]


def _shortened(word: str) -> list[str]:
    """The word with each run of three or more letters cut to two, and to one."""
    out = []
    for keep in (2, 1):
        letters: list[str] = []
        i = 0
        while i < len(word):
            j = i
            while j < len(word) and word[j] == word[i]:
                j += 1
            letters.append(word[i] * (min(j - i, keep) if j - i > 2 else j - i))
            i = j
        out.append("".join(letters))
    return out


@signal(
    "WD105",
    axis="typos",
    unit="word",
    aggregate="shrunk",
    message="words with a letter struck too often",
    flagged=["The commmittee met again.", "They havve a commmon goal and a bigg proobblem with the geovernnnment."],
    clean=[
        "Soooo good! Nooo, hmmm, zzz, shhh, www, aaah, Henry VIII, Super Bowl XXXIII, AAA batteries.",
        "A goddessship, a crosssection, the AAAI and the IEEE.",
    ],
)
def letter_run(batch: Batch) -> Marks:
    """
    Words in which one letter stands three times or more in a row.

    No English word has three of a letter; "commmittee" is a key held down too long. The word without the surplus must
    be known, and that is the suggestion.

    Left alone: letters drawn out for effect, which end the word or are vowels of four and more ("nooo", "soooo good"),
    capitals (III, AAA), what no dictionary knows when shortened ("hmmm", "www").

        >>> from detector.registry import evidence
        >>> evidence(letter_run, "The commmittee met.")
        ['commmittee']
    """
    values = np.zeros(len(batch.words), np.float32)
    types, lower, kind = batch.types, batch.lower, batch.kind
    if not len(batch.words):
        return Marks(values)
    letter = (kind == LOWER) | (kind == UPPER)
    same = letter[2:] & (lower[2:] == lower[1:-1]) & (lower[1:-1] == lower[:-2])
    runs = np.flatnonzero(same)
    if not len(runs):
        return Marks(values)
    words = ordered(np.searchsorted(batch.words.start, runs, "right") - 1)
    known = facts(batch)
    meant: dict[int, str] = {}
    for w in words[words >= 0].tolist():
        t = int(batch.words.type[w])
        word = batch.word(w).lower()
        if types.shape[t] not in (LOWERCASE, CAPITAL) or known.dictionary[t] or _drawn_out(word):
            continue
        table = lexicon()
        short = _shortened(word)
        rows = table.rows(hash_words(short))
        good = [s for s, r in zip(short, rows.tolist(), strict=True) if r >= 0 and table.flags[r] & (KNOWN | NAME)]
        if good:
            meant[w] = good[0]
            values[w] = 1

    def detail(word: int) -> Mapping[str, Any]:
        return {"suggestions": [meant[word]], "confidence": 0.95, "kind": "misspelling"}

    return Marks(values, detail)


def _drawn_out(word: str) -> bool:
    """Whether the run ends the word, or is a vowel's four times or more: "nooo", "soooo good"."""
    if len(word) < 5 or word[-1] == word[-2] == word[-3]:
        return True
    return any(v * 4 in word for v in "aeiouhmy")
