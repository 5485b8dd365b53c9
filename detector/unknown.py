"""How likely an unknown word is a misspelling rather than a new word, a foreign one or a name.

Floor 2 with `lexicon` and `spelling`: facts about a single word, worked out once and remembered. The probability is a
logistic model (`models/lexicon/speller.json`) learned from misspellings that are not set aside, against the unknown
words of edited news.
"""

import functools
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.batch import hash_words
from detector.lexicon import GB, KNOWN, NAME, RARE, US, ZIPF_STEPS, find_rows, lexicon, load_array, table_folder
from detector.remembered import Remembered
from detector.spelling import Suggestion, suggest_each, trigram_surprises

__all__ = [
    "FEATURES",
    "Judged",
    "contraction",
    "features_of_each",
    "judge",
    "listed_misspellings",
    "listed_terms",
    "word_features",
]

FEATURES = (
    "score",
    "cost",
    "one_edit",
    "none_near",
    "best_zipf",
    "margin",
    "same_start",
    "length",
    "zipf",
    "listed",
    "foreign_gap",
    "foreign_listed",
    "mean_surprise",
    "worst_surprise",
    "name",
    "compound",
    "prefixed",
    "suffixed",
    "dropped_g",
    "rare",
    "rare_score",
    "rare_zipf",
    "rare_length",
    "repeated",
)

_REPEATED = FEATURES.index("repeated")

_PREFIXES = frozenset(
    "anti arch auto bio co counter cross cyber de dis down eco electro em en euro ex extra fore geo hydro hyper in "
    "inter intra kilo macro mega meta micro mid mini mis mono multi nano neo neuro non off omni on out over para "
    "petro photo poly post pre pro proto pseudo psycho quasi radio re semi socio sub super tele thermo trans tri "
    "turbo ultra un under uni up".split()
)
_SUFFIXES = frozenset(
    "able ably ability er ers ese esque ful fully gate hood ian ians ification ified ify ing ings ish ism isms ist "
    "ists ite ites ity ization ize ized izes izing isation ise ised ises ising less lessly lessness like ly maker "
    "maxxing ness ology ologist person philia phobia phobic proof s ship some ster sters tastic ward wards ware wide "
    "wise woman women y".split()
)
_LONGEST_PREFIX, _LONGEST_SUFFIX = max(map(len, _PREFIXES)), max(map(len, _SUFFIXES))
_SHORTEST_PART = 3

# The model was learned on as many misspellings as other unknown words. Edited news has about .5 of the others per 1,000
# words (counted on dev/), so a text that misspells one word in 300 holds seven times as many misspellings: log 7.
PRIOR = math.log(7)


# What a list calls a misspelling is one 30 times for one that it is not; a doubtful place, or a foreign word, still
# counts.
LISTED = math.log(30)

# What takes off the log-odds of a word that no list has, set on dev/ (misspellings planted, and clean news): that no
# word is two slips away or nearer ("persuadables": a word coined; of 9,567 misspellings 170, of 1,441 other unknown
# words of news 410), and that news has none of the nearest words beside a neighbour of this place (1,604 and 1,066).
NOTHING_NEAR, OUT_OF_PLACE = 2.0, 1.0


@dataclass(frozen=True)
class Judged:
    """An unknown word: what may have been meant, what speaks for a misspelling, and whether lists of them have it."""

    word: str
    suggestions: tuple[Suggestion, ...]
    features: tuple[float, ...]
    listed: bool

    @functools.cached_property
    def weighed(self) -> float:
        """The features times their weights: a word stands in many places and texts."""
        return sum(w * v for w, v in zip(_weights()[1], self.features, strict=True))


def _known(words: Sequence[str]) -> list[float]:
    """The Zipf frequency of each word that a desk dictionary has, -1 for the others."""
    if not words:
        return []
    table = lexicon()
    rows = table.rows(hash_words(words))
    good = (rows >= 0) & (table.flags[rows] & (KNOWN | US | GB) > 0)
    answer: list[float] = np.where(good, table.zipf[rows] / ZIPF_STEPS, -1.0).tolist()
    return answer


def _halves(word: str) -> list[str]:
    """Both sides of every cut that leaves them long enough."""
    cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    return [w for i in cuts for w in (word[:i], word[i:])]


def _rests(word: str) -> list[str]:
    """What is left without each prefix."""
    cuts = range(1, min(_LONGEST_PREFIX, len(word) - _SHORTEST_PART - 1) + 1)
    return [word[n:] for n in cuts if word[:n] in _PREFIXES]


def _stems(word: str) -> list[str]:
    """What each suffix may have been added to."""
    stems = []
    for n in range(1, min(_LONGEST_SUFFIX, len(word) - _SHORTEST_PART) + 1):
        stem, suffix = word[:-n], word[-n:]
        if suffix in _SUFFIXES:
            stems.append(stem)
            if suffix[0] in "aeiouy":
                stems.append(stem + "e")
                if stem[-1] == stem[-2]:
                    stems.append(stem[:-1])
            if stem.endswith("i"):
                stems.append(stem[:-1] + "y")
    return stems


def _parts(words: Sequence[str]) -> list[tuple[float, float, float, bool]]:
    """How well each word falls into known parts: as compound, with a prefix, with a suffix (Zipf of the weaker, 0 if
    not), and whether it is one with its g dropped ("changin").
    """
    asked = [(_halves(w), _rests(w), _stems(w), [w + "g"] if w.endswith("in") else []) for w in words]
    answers = iter(_known([w for parts in asked for part in parts for w in part]))
    out = []
    for parts in asked:
        halves, rests, stems, full = ([next(answers) for _ in part] for part in parts)
        compound = max((min(halves[k], halves[k + 1]) for k in range(0, len(halves), 2)), default=0.0)
        out.append((max(compound, 0.0), max([0.0, *rests]), max([0.0, *stems]), any(zipf > 0 for zipf in full)))
    return out


def word_features(word: str) -> Judged:
    """What can be known of an unknown word in small letters without its text."""
    return _remembered.of(word)


def features_of_each(words: Sequence[str]) -> list[Judged]:
    """What can be known of each of some unknown words."""
    return _remembered.of_each(words)


def _judge_each(words: Sequence[str]) -> list[Judged]:
    table, keys = lexicon(), hash_words(words)
    rows = table.rows(keys)
    known = rows >= 0
    listed = find_rows(listed_misspellings(), keys) >= 0
    flags = np.where(known, table.flags[rows], 0)
    zipf, foreign = (np.where(known, x[rows] / ZIPF_STEPS, 0.0) for x in (table.zipf, table.foreign_zipf))
    facts = zip(flags.tolist(), zipf.tolist(), foreign.tolist(), listed.tolist(), strict=True)
    told = (words, facts, suggest_each(words), trigram_surprises(words), _parts(words))
    return [_judged(*of_word) for of_word in zip(*told, strict=True)]


def _judged(
    word: str,
    facts: tuple[int, float, float, bool],
    suggested: tuple[Suggestion, ...],
    surprise: tuple[float, float],
    parts: tuple[float, float, float, bool],
) -> Judged:
    flags, zipf, foreign, listed = facts
    near = tuple(s for s in suggested if s.word != word)
    best = near[0] if near else None
    second = near[1].score if len(near) > 1 else -4.0
    mean, worst = surprise
    compound, prefixed, suffixed, dropped_g = parts
    rare = bool(flags & RARE)
    score = max(best.score, -4.0) if best else -4.0
    values = {
        "score": score,
        "cost": min(best.cost, 8.0) if best else 8.0,
        "one_edit": float(best is not None and best.edits == 1),
        "none_near": float(best is None),
        "best_zipf": best.zipf if best else 0.0,
        "margin": min(max(score - second, 0.0), 3.0),
        "same_start": float(best is not None and best.word[0] == word[0]),
        "length": math.log(len(word)),
        "zipf": zipf,
        "listed": float(zipf > 0),
        "foreign_gap": max(foreign - max(zipf, 1.0), 0.0),
        "foreign_listed": float(foreign > 0),
        "mean_surprise": mean,
        "worst_surprise": worst,
        "name": float(bool(flags & NAME)),
        "compound": compound,
        "prefixed": prefixed,
        "suffixed": suffixed,
        "dropped_g": float(dropped_g),
        "rare": float(rare),
        "rare_score": score if rare else 0.0,
        "rare_zipf": zipf if rare else 0.0,
        "rare_length": math.log(len(word)) if rare else 0.0,
        "repeated": 0.0,
    }
    return Judged(word, near, tuple(values[name] for name in FEATURES), listed)


_remembered = Remembered(_judge_each, 16384)


@functools.cache
def listed_misspellings() -> NDArray[np.uint64]:
    """The keys of the words that the free lists (codespell, typos) call misspellings, sorted."""
    return load_array("misspellings")


@functools.cache
def listed_terms() -> NDArray[np.uint64]:
    """The keys of words of programmers that are no words of English ("enum"), sorted."""
    return load_array("terms")


@functools.lru_cache(16384)
def is_british_form(word: str) -> bool:
    """Whether the word with z for s is known: no British list has every verb in -ise ("weaponising")."""
    form = _ISE.sub(r"iz\1", word)
    return form != word and _known([form])[0] >= 0


@functools.lru_cache(8192)
def contraction(spelt: str) -> str:
    """The contraction that was written without its apostrophe ("dont", "youre"), if it was one."""
    forms = [f"{spelt[:-1]}'{spelt[-1:]}", f"{spelt[:-2]}'{spelt[-2:]}"]
    table = lexicon()
    rows = table.rows(hash_words(forms))
    known = (rows >= 0) & (table.flags[rows] & (US | GB) > 0)
    return next((form for form, good in zip(forms, known.tolist(), strict=True) if good), "")


_ISE = re.compile(r"is(e|ed|er|ers|es|ing|ation|ations)$")


@functools.cache
def _weights() -> tuple[float, tuple[float, ...]]:
    model: Mapping[str, float] = json.loads((table_folder() / "speller.json").read_text("utf-8"))
    return model["intercept"], tuple(model[name] for name in FEATURES)


def judge(word: str, repeated: int = 1, doubt: float = 0.0, *, out_of_place: bool = False) -> float:
    """The probability that an unknown word is a misspelling.

    `repeated`: how often its document has it (terms are repeated, slips seldom); `doubt`: what its place takes off the
    log-odds; `out_of_place`: whether no word that may have been meant is known to stand beside these neighbours. At 1/2
    a misspelling is as likely as not in a text that misspells one word in 300 (see PRIOR).
    """
    base, weights = _weights()
    known = word_features(word)
    logit = base + PRIOR - doubt + known.weighed
    logit -= OUT_OF_PLACE * out_of_place if known.suggestions else NOTHING_NEAR
    logit += weights[_REPEATED] * math.log(max(repeated, 1))
    if known.listed:
        logit = max(logit, LISTED - doubt)
    return 1 / (1 + math.exp(-max(min(logit, 30.0), -30.0)))
