"""Words that are taken for each other, real words all: by sound ("their", "there") or by a slip ("form", "from")."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.batch import hash_words

__all__ = ["SETS", "Confusions", "confusions"]

SETS: tuple[tuple[str, ...], ...] = (
    ("their", "there", "they're"), ("its", "it's"), ("your", "you're"), ("then", "than"), ("to", "too"), ("of", "off"),
    ("form", "from"), ("where", "were"), ("whose", "who's"), ("lose", "loose"), ("affect", "effect"), ("led", "lead"),
    ("passed", "past"), ("quite", "quiet"), ("principal", "principle"), ("advice", "advise"), ("accept", "except"),
    ("weather", "whether"), ("peace", "piece"), ("brake", "break"), ("hear", "here"), ("no", "know", "now"),
    ("though", "thought", "through"), ("trail", "trial"), ("casual", "causal"), ("manger", "manager"),
    ("pubic", "public"), ("untied", "united"), ("statue", "statute", "status"), ("desert", "dessert"), ("role", "roll"),
    ("site", "sight", "cite"), ("sale", "sail"), ("waste", "waist"), ("week", "weak"), ("wear", "ware"),
    ("board", "bored"), ("course", "coarse"), ("council", "counsel"), ("complement", "compliment"),
    ("stationary", "stationery"), ("precede", "proceed"), ("personal", "personnel"), ("moral", "morale"),
    ("dairy", "diary"), ("angel", "angle"), ("bare", "bear"), ("steel", "steal"), ("great", "grate"), ("threw", "thru"),
    ("mad", "made"), ("fist", "first"), ("thing", "think"), ("thins", "things"), ("wit", "with"), ("hist", "his"),
    ("fro", "for"), ("fore", "for"), ("fort", "for"), ("cold", "could"),
    ("wold", "would"), ("shold", "should"), ("pubs", "plus"), ("tow", "two"), ("won", "own"), ("sate", "state"),
    ("stat", "start"), ("sates", "states"), ("nay", "any"), ("ever", "every"), ("ton", "not"), ("fell", "feel"),
    ("felt", "left"), ("saw", "was"), ("hose", "house"), ("moth", "month"), ("moths", "months"), ("lager", "larger"),
    ("county", "country"), ("ling", "long"), ("live", "life"), ("lives", "lifes"), ("sever", "server"),
    ("scared", "sacred"), ("martial", "marital"), ("conversation", "conservation"), ("expect", "except"),
    ("expected", "excepted"), ("exiting", "exciting"), ("bread", "breed"), ("breath", "breathe"), ("cloths", "clothes"),
    ("choose", "chose"), ("lightning", "lightening"), ("prosecute", "persecute"), ("heroin", "heroine"),
    ("polices", "policies"), ("pollical", "political"), ("sprits", "spirits"), ("tot", "to"), ("hte", "the"),
    ("tha", "that"), ("thus", "this"), ("tis", "this"), ("bee", "been"), ("bin", "been"), ("wile", "while"),
    ("whit", "with"), ("wich", "which"), ("witch", "which"), ("weapon", "weapons"), ("aks", "ask"), ("ore", "or"),
    ("oar", "or"), ("by", "buy"), ("bye", "by"), ("one", "won"), ("in", "inn"), ("wont", "won't"), ("cant", "can't"),
    ("were", "we're"), ("well", "we'll"), ("ill", "i'll"), ("lets", "let's"),
)  # fmt: skip


@dataclass(frozen=True)
class Confusions:
    """`words`: every word of `SETS`; `keys`: uint64 [words], sorted like `rows`; `others[i]`: rows of what word i is
    taken for, then -1; int64 [words, most].
    """

    words: tuple[str, ...]
    keys: NDArray[np.uint64]
    sorted_keys: NDArray[np.uint64]
    order: NDArray[np.int64]
    others: NDArray[np.int64]


@functools.cache
def confusions() -> Confusions:
    """The sets, with keys."""
    words = tuple(sorted({w for s in SETS for w in s}))
    row = {w: i for i, w in enumerate(words)}
    others: list[set[int]] = [set() for _ in words]
    for s in SETS:
        for w in s:
            others[row[w]] |= {row[o] for o in s if o != w}
    keys = hash_words(words)
    order = np.argsort(keys)
    most = max(map(len, others))
    table = np.array([sorted(o) + [-1] * (most - len(o)) for o in others], np.int64)
    return Confusions(words, keys, keys[order], order, table)
