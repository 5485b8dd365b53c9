"""Which word was meant by a misspelling in its place. Floor 2.

`detector.spelling` knows letters alone: what slips lead from a frequent word to the one that stands there. People who
write as they hear go farther, and the sentence knows more. So the words at most three slips away, and those that sound
alike, are weighed once more by a small network (`models/lexicon/meant.json`) over the cost of the slips, what kind they
are, the frequency of the word, how often edited news has it beside these neighbours, and whether the document has it
elsewhere. It learned from misspellings put into news, none of them set aside (`detector.training.meant`).

Only words that are shown need this: it is asked for evidence, never for a measurement.
"""

import functools
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, hash_words
from detector.lexicon import table_folder
from detector.neighbours import neighbour_counts
from detector.remembered import Remembered
from detector.sound import sound_keys
from detector.spelling import LONGEST, MOST, Speller, Suggestion, distance, letter_codes, speller, suggest_each

__all__ = ["FEATURES", "Candidates", "candidates_for", "candidates_for_each", "meant", "place_features"]

FEATURES = (
    "cost", "cost_over_least", "one_edit", "two_edits", "three_edits", "zipf", "zipf_short", "same_start", "same_end",
    "same_ending", "same_sound", "same_letters", "same_but_doubles", "same_consonants", "longer", "shorter", "length",
    "apostrophe", "before", "before_unseen", "after", "after_unseen", "before_over_expected", "after_over_expected",
    "elsewhere",
)  # fmt: skip
_STATIC = FEATURES.index("before")

# Within so many slips a word is looked for, the farther ones only for words of some length: three slips turn any word
# of four letters into any other.
_FAR, _FAR_FROM = 3, 5
_FAR_KEPT, _SOUND_KEPT = 10, 10
# No rarer word is looked for so far away: one in two million.
_FAR_ZIPF = 2.7
# What each slip beyond the band of the channel is taken to cost.
_SLIP = 2.0
# log10 of the words counted, less the 9 of the Zipf scale (see `detector.signals.confusion`).
_SIZE = -1.66

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidates:
    """Words that may have been meant: spellings, keys, Zipf frequencies, and what letters tell, [words, features]."""

    words: tuple[str, ...]
    keys: NDArray[np.uint64]
    zipf: Floats
    static: Floats


_DOUBLED = re.compile(r"(.)\1+", re.DOTALL)
_NO_VOWELS = str.maketrans("", "", "aeiouy")


def _letters(words: Sequence[str]) -> NDArray[np.uint8]:
    """The codes of some words, [words, LONGEST], 0 beyond the end."""
    out = np.zeros((len(words), LONGEST), np.uint8)
    length = np.array([len(word) for word in words], np.int64)
    out[np.arange(LONGEST) < length[:, None]] = letter_codes("".join(words))
    return out


@functools.cache
def _sounds() -> NDArray[np.uint64]:
    """The sound of each of the dictionary's spellings."""
    return sound_keys(speller().letters)


def _alike(table: Speller, word: str, key: np.uint64, besides: set[str]) -> list[Suggestion]:
    """Words that sound like this one, whose sound is `key`, and were not found by their letters."""
    rows = np.flatnonzero(_sounds() == key)
    found = []
    for row in rows[np.argsort(-table.zipf[rows], kind="stable")].tolist():
        other = table.spelling(row)
        if other not in besides and abs(len(other) - len(word)) <= _FAR:
            edits = distance(word, other)
            found.append(Suggestion(other, edits, _SLIP * edits, float(table.zipf[row])))
        if len(found) == _SOUND_KEPT:
            break
    return found


class _Letters(NamedTuple):
    """What is compared of the letters of two words."""

    word: str
    sorted: list[str]
    singled: str
    consonants: str

    @classmethod
    def of(cls, word: str) -> "_Letters":
        return cls(word, sorted(word), _DOUBLED.sub(r"\1", word), word.translate(_NO_VOWELS))


def _letter_features(own: _Letters, s: Suggestion, over: float, under: float, *, alike: bool) -> tuple[float, ...]:
    """What letters tell of a word that may have been meant: `over` the least cost, `under` the highest frequency."""
    word, other, its = own.word, s.word, _Letters.of(s.word)
    longer = len(other) - len(word)
    return (
        s.cost, over, s.edits == 1, s.edits == 2, s.edits == 3, s.zipf, under, other[0] == word[0],
        other[-1] == word[-1], other[-3:] == word[-3:], alike, its.sorted == own.sorted,
        its.singled == own.singled, its.consonants == own.consonants, max(longer, 0), max(-longer, 0),
        math.log(len(word)), "'" in other,
    )  # fmt: skip


def candidates_for(word: str) -> Candidates:
    """Every word that may have been meant by one in small letters, with what the letters alone tell."""
    return _remembered.of(word)


def candidates_for_each(words: Sequence[str]) -> list[Candidates]:
    """The same for each of some words: together they take a third of the time."""
    return _remembered.of_each(words)


def _candidates_for_each(words: Sequence[str]) -> list[Candidates]:
    asked = [word for word in words if 1 < len(word) <= LONGEST]
    table = speller()
    long = [word for word in asked if len(word) >= _FAR_FROM]
    far = dict(zip(long, table.near_each(long, _FAR, MOST + _FAR_KEPT, _FAR_ZIPF), strict=True))
    sounds = sound_keys(_letters(asked))
    each: dict[str, list[Suggestion]] = {}
    for word, near, sound in zip(asked, suggest_each(asked), sounds, strict=True):
        found = [s for s in near if s.word != word]
        known = {s.word for s in found} | {word}
        found += [s for s in far.get(word, ()) if s.word not in known][:_FAR_KEPT]
        each[word] = found + _alike(table, word, sound, {s.word for s in found} | {word})
    heard = iter(sound_keys(_letters([s.word for found in each.values() for s in found])).tolist())
    own = dict(zip(asked, sounds.tolist(), strict=True))
    made = {word: _candidates(word, found, [next(heard) == own[word] for _ in found]) for word, found in each.items()}
    nothing = Candidates((), hash_words([]), np.zeros(0), np.zeros((0, _STATIC)))
    return [made.get(word, nothing) for word in words]


def _candidates(word: str, found: Sequence[Suggestion], alike: Sequence[bool]) -> Candidates:
    least = min((s.cost for s in found), default=0.0)
    most = max((s.zipf for s in found), default=0.0)
    own = _Letters.of(word)
    rows = [
        _letter_features(own, s, s.cost - least, most - s.zipf, alike=same)
        for s, same in zip(found, alike, strict=True)
    ]
    words = tuple(s.word for s in found)
    static = np.array(rows, np.float64).reshape(len(found), _STATIC)
    return Candidates(words, hash_words(words), np.array([s.zipf for s in found]), static)


_remembered = Remembered(_candidates_for_each, 8192)


def place_features(batch: Batch, word: int, own: Candidates) -> Floats:
    """All features of each candidate for the word at that index; float64 [candidates, FEATURES]."""
    words = batch.words
    expected = np.maximum(own.zipf + _SIZE, 0)
    out = np.zeros((len(own.words), len(FEATURES)))
    out[:, :_STATIC] = own.static
    if len(own.words):
        for i, seen in enumerate(neighbour_counts(batch, np.full(len(own.words), word), own.keys)):
            out[:, _STATIC + 2 * i], out[:, _STATIC + 2 * i + 1] = seen, seen == 0
            out[:, _STATIC + 4 + i] = seen - expected
    first, last = np.searchsorted(words.document, words.document[word] + np.array([0, 1]))
    here = batch.types.key[words.type[first:last]]
    out[:, -1] = np.log1p((own.keys[:, None] == here[None, :]).sum(1))
    return out


@functools.cache
def _network() -> tuple[Floats, ...]:
    """Mean and scale of the features, then the weights of the hidden layer, of the output, and the direct ones."""
    model = json.loads((table_folder() / "meant.json").read_text("utf-8"))
    order = [model["features"].index(name) for name in FEATURES]
    mean, scale, hidden, bias, out, direct = (
        np.array(model[name]) for name in ("mean", "scale", "hidden", "bias", "out", "direct")
    )
    return mean[order], scale[order], hidden[order], bias, out, direct[order]


def meant(batch: Batch, word: int, spelt: str) -> list[tuple[str, float]]:
    """What may have been meant by the word at that index, `spelt` so in small letters: (word, chance), best first."""
    own = candidates_for(spelt)
    if not own.words:
        return []
    mean, scale, hidden, bias, out, direct = _network()
    x = (place_features(batch, word, own) - mean) / scale
    score = np.tanh(x @ hidden + bias) @ out + x @ direct
    chance = np.exp(score - score.max())
    chance /= chance.sum()
    order = np.argsort(-chance, kind="stable")
    return [(own.words[i], float(chance[i])) for i in order.tolist()]
