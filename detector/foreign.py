"""Whether an unknown word is of another language rather than a slip: by its letters and its company. Floor 2.

Whoever misspells an English word leaves most of it standing: "goverment" still has "gover" and "ment". A word of
another language follows other habits throughout ("hostis", "quidem", "pelmeni"), and stands beside others of
its kind. So every run of two to four letters has a weight (`models/foreign`, learned by `detector.training.foreign`:
words of 26 languages and of Latin that the speller would take for slips, against real slips), and the words next to it
are asked the same.

    >>> strange, plain = strangeness(["pelmeni", "negotiaitons"])
    >>> bool(strange > 4 > 0 > plain)
    True
"""

import functools
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from detector.assets import check_folder, find_folder
from detector.batch import LOWERCASE, Batch, hash_words
from detector.lexicon import facts, find_rows
from detector.remembered import Remembered
from detector.surroundings import keys_of
from detector.unknown import listed_misspellings

__all__ = ["BUCKETS", "FOREIGN_GRAMMAR", "FORMAT", "STEPS", "VERSION", "buckets", "company", "strangeness"]

FORMAT, VERSION = "detector-foreign", 1
# Runs of so many letters, the edges of the word among them, and places for their weights: with twice as many places,
# or without runs of four letters, slips and words of other languages were told apart no better and a little worse.
_SHORTEST, _LONGEST = 2, 4
BUCKETS = 1 << 13
# Weights are kept in steps of 1/256.
STEPS = 256

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def buckets(word: str) -> Iterator[int]:
    """The places of the weights of all runs of letters of a word in small letters."""
    edged = f"^{word}$".encode()
    for size in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(edged) - size + 1):
            yield zlib.crc32(edged[start : start + size]) % BUCKETS


@functools.cache
def _weights() -> tuple[list[float], float]:
    folder = find_folder("foreign")
    check_folder(folder, FORMAT, VERSION)
    table = np.load(folder / "runs.npy", allow_pickle=False)
    return (table[:-1] / STEPS).tolist(), float(table[-1]) / STEPS


def _strangeness(words: Sequence[str]) -> list[float]:
    weights, base = _weights()
    return [base + sum(weights[i] for i in buckets(word)) for word in words]


_remembered = Remembered(_strangeness, 16384)


def strangeness(words: Sequence[str]) -> Floats:
    """How foreign the letters of words in small letters are: log-odds, 0 where a slip is as likely."""
    return np.array(_remembered.of_each(words), np.float64)


# Words that English has hardly but in names and phrases of other languages.
FOREIGN_GRAMMAR = tuple(
    "de la le les du des et un une el los las lo il gli della di das und dem von che qui que dans sur avec por ad pro "
    "con cum sine quod quae quam est sunt nec sed ut haec nihil omnia semper nunc ipse quid ubi vel aut atque ist "
    "nicht mit zu ein eine para una het een og att ses au aux pas mon".split()
)
# How strange company is at most, and from what strangeness on it counts: three quarters of the slips have less.
_STRANGEST, _STRANGE = 3.0, 2.0
_SHORTEST_NEAR, _REACH = 4, 2
# A known word is one of another language where English seldom has it ("castra", "hora"), or the other ten times as
# often.
_SELDOM, _FOREIGN_ZIPF, _FOREIGN_GAP = 3.2, 3.0, 1.0
# How strange a word of grammar makes those beside it, and a word that another language has more often.
_OF_GRAMMAR, _OF_FREQUENCY = 1.5, 1.0


def company(batch: Batch, at: Ints) -> Floats:
    """How foreign the strangest of the words near each is, two to either side in its sentence: 0 to 3."""
    words = batch.words
    nearby = at[:, None] + np.array([s for s in range(-_REACH, _REACH + 1) if s])
    inside = (nearby >= 0) & (nearby < len(words))
    nearby = np.where(inside, nearby, at[:, None])
    inside &= words.sentence[nearby] == words.sentence[at][:, None]
    type_, which = np.unique(words.type[nearby], return_inverse=True)
    foreign, grammar = _foreign_types(batch, type_)
    which = which.reshape(nearby.shape)
    strange = foreign[which]
    # A word of grammar speaks for those it touches.
    strange[:, 1:3] = np.maximum(strange[:, 1:3], _OF_GRAMMAR * grammar[which[:, 1:3]])
    answer: Floats = (strange * inside).max(axis=1, initial=0.0)
    return answer


def _foreign_types(batch: Batch, type_: Ints) -> tuple[Floats, NDArray[np.bool_]]:
    """How foreign some types are as company, and which of them are words of grammar."""
    types, known = batch.types, facts(batch)
    spelt = [batch.type_string(t).lower() for t in type_.tolist()]
    plain = np.array([w.isascii() and w.isalpha() and len(w) >= _SHORTEST_NEAR for w in spelt], bool)
    small = types.shape[type_] == LOWERCASE
    grammar = find_rows(keys_of(FOREIGN_GRAMMAR), types.key[type_]) >= 0
    own, dictionary = np.zeros(len(type_)), known.dictionary[type_]
    asked = small & plain & (~dictionary | (known.zipf[type_] < _SELDOM))
    asked &= find_rows(listed_misspellings(), hash_words(spelt)) < 0
    own[asked] = (strangeness([w for w, a in zip(spelt, asked.tolist(), strict=True) if a]) - _STRANGE).clip(
        0, _STRANGEST
    )
    # Letters with accents, in words that English does not have.
    own[small & ~dictionary & np.array([not w.isascii() for w in spelt], bool)] = _STRANGEST
    frequent = known.foreign_zipf[type_] >= np.maximum(known.zipf[type_] + _FOREIGN_GAP, _FOREIGN_ZIPF)
    own = np.maximum(own, _OF_FREQUENCY * (frequent & small & plain & ~grammar))
    return own, grammar
