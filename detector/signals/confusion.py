"""WD104 confusion."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.batch import LOWERCASE, Batch, per_batch
from detector.confusions import confusions
from detector.context import context_counts, pair_keys, triple_keys
from detector.lexicon import ZIPF_STEPS, lexicon
from detector.registry import Marks, signal
from detector.surroundings import gaps, is_word, word_keys, words_of

__all__ = ["confusion"]

# The other word must fit its neighbours better by this factor (10**3: one slip in a thousand is a high estimate) where
# news has it between just these two; by 10**4.5 where news has both pairs often but not the three together.
SURE, SURE_APART, OFTEN = 3.0, 4.5, 1.0
# Where news has the word itself beside one of its neighbours 30 times and more ("form the", before what it never saw),
# by 10**5: the other neighbour may just be rare.
SEEN, SURE_SEEN = 1.5, 5.0
# What a pair that was never counted stands for, in log10: the table keeps three and more.
_UNSEEN = -0.3
# How much the triple weighs: it is no independent witness of its two pairs.
_TRIPLE = 0.7
# log10 of the words counted, less the 9 of the Zipf scale (23 million words of news).
_SIZE = -1.66


# Words that stand in so many turns of phrase ("kick it off the", "the only county in") that their neighbours are no
# evidence: of 30 marks on native news none was a slip, nor of 13 of the second line there and in other genres ("must be
# mad to", "the right to persecute the"). They are suggested, never marked.
_NEVER_WRONG = frozenset(
    "off county would saw while felt chose waist live mad persecute prosecute stat roll role weapon moth".split()
)
# And these where news has them before the next word, or behind "and": verbs behind a subject that is rare ("people form
# the majority", "and lead by example"), halves of a phrase ("to and fro").
_VERBS = frozenset("form lead fro".split())


@dataclass(frozen=True)
class _Fit:
    """How a word fits between its neighbours: log10 counts of both pairs and of the triple; arrays of one shape."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    triple: NDArray[np.float64]

    def score(self, expected: NDArray[np.float64]) -> NDArray[np.float64]:
        """log10 of how likely the word is here, up to a constant: P(before, w) P(w, after) / P(w), and the triple."""
        seen = [np.where(x > 0, x, _UNSEEN) for x in (self.before, self.after, self.triple)]
        score: NDArray[np.float64] = seen[0] + seen[1] + _TRIPLE * seen[2] - np.maximum(expected, 0)
        return score


def _fit(key: NDArray[np.uint64], own: NDArray[np.uint64], at: NDArray[np.int64]) -> _Fit:
    left, right = key[at - 1], key[at + 1]
    return _Fit(
        context_counts(pair_keys(left, own)),
        context_counts(pair_keys(own, right)),
        context_counts(triple_keys(left, own, right)),
    )


def _row(batch: Batch, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which word of the sets each of some words is."""
    sets = confusions()
    row: NDArray[np.int64] = sets.order[np.searchsorted(sets.sorted_keys, word_keys(batch)[at])]
    return row


@per_batch
def _confused(batch: Batch) -> dict[int, tuple[str, float]]:
    """Marked words: what was meant, and the log10 of how much better it fits."""
    words, types, sets = batch.words, batch.types, confusions()
    if len(words) < 3:
        return {}
    at = words_of(batch, sets.sorted_keys)
    at = at[(at > 0) & (at < len(words) - 1)]
    plain = gaps(batch).plain
    at = at[plain[at - 1] & plain[at]]
    at = at[(words.sentence[at - 1] == words.sentence[at]) & (words.sentence[at] == words.sentence[at + 1])]
    at = at[(types.shape == LOWERCASE)[words.type[at]]]
    if not len(at):
        return {}
    key = word_keys(batch)
    spared = np.array([w in _NEVER_WRONG for w in sets.words])
    at = at[~spared[_row(batch, at)]]
    table = lexicon()
    rows = table.rows(sets.keys)
    expected = np.where(rows >= 0, table.zipf[rows] / ZIPF_STEPS, 0) + _SIZE
    # Most words have been seen beside both neighbours: these are done.
    unseen = context_counts(pair_keys(key[at - 1], key[at])) == 0
    unseen |= context_counts(pair_keys(key[at], key[at + 1])) == 0
    # What follows "and" begins anew: "... and buy all" is no "and by all".
    joined = is_word(batch, "and", "or")[at - 1]
    at, joined = at[unseen | joined], joined[unseen | joined]
    row = _row(batch, at)
    own = _fit(key, key[at], at)
    own = replace(own, before=np.where(joined, 0.0, own.before))
    own_score = own.score(expected[row])
    weak = ((own.before == 0) | (own.after == 0)) & (own.triple == 0)
    verb = np.array([w in _VERBS for w in sets.words])[row]
    weak &= ~(verb & (joined | (own.after > 0)))
    best: dict[int, tuple[str, float]] = {}
    for others in sets.others.T:
        other = others[row]
        asked = np.flatnonzero(weak & (other >= 0))
        fit = _fit(key, sets.keys[other[asked]], at[asked])
        fit = replace(fit, before=np.where(joined[asked], 0.0, fit.before))
        gain = fit.score(expected[other[asked]]) - own_score[asked]
        # Three words were never seen together where two were not: such a count is another triple's of the same hash.
        sure = (gain >= SURE) & (fit.triple > 0) & ((fit.before > 0) | joined[asked]) & (fit.after > 0)
        sure |= (gain >= SURE_APART) & (fit.before >= OFTEN) & (fit.after >= OFTEN)
        sure &= (np.maximum(own.before, own.after)[asked] < SEEN) | (gain >= SURE_SEEN)
        for i in np.flatnonzero(sure).tolist():
            word, value = int(at[asked[i]]), float(gain[i])
            if value > best.get(word, ("", 0.0))[1]:
                best[word] = (sets.words[int(other[asked[i]])], value)
    return best


@signal(
    "WD104",
    axis="typos",
    unit="word",
    aggregate="shrunk",
    message="a real word in the place of another",
    flagged=[
        "He was released form prison last year.",
        "The talks led to a piece agreement, better then expected by most.",
    ],
    clean=[
        "Fill in the form from the office. Their car is over there, and they're late.",
        "It's clear that its price is higher than it was then. He led; she will lead.",
        "The desert was quiet, quite so; the principal had a principle.",
    ],
)
def confusion(batch: Batch) -> Marks:
    """
    A real word that stands where a like-sounding or like-spelt one belongs.

    "Released form prison": no dictionary objects, but news has "released from prison" often and "released form" never.
    Some hundred sets of words that are taken for each other ("their, there", "form, from") are weighed by how often
    edited news has each between the two neighbours.

    Left alone: every word whose neighbours news has seen on both sides, or all three together; capitalised words; words
    at a comma, a quotation mark or the end of a sentence.

    It finds a quarter of such slips when one is planted at random. Of its marks on news of dev/ 8 of 8 were real
    errors, on other news 15 of 15 after what was wrong there had been left out; in well-edited text some stay wrong.

        >>> from detector.registry import evidence
        >>> evidence(confusion, "He was released form prison last year.")
        ['form']
    """
    found = _confused(batch)
    values = np.zeros(len(batch.words), np.float32)
    values[list(found)] = 1

    def detail(word: int) -> Mapping[str, Any]:
        meant, gain = found[word]
        return {"suggestions": [meant], "confidence": round(1 - 10 ** -(gain - SURE + 0.5), 3), "kind": "confusion"}

    return Marks(values, detail)
