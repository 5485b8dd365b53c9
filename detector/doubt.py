"""How sure it is that a word is misspelt once its place and its document have been asked. Floor 2.

`detector.unknown` judges a word by its letters; here, only where it would be marked else, what `detector.jargon`,
`detector.speech`, `detector.strangers` and `detector.foreign` see is weighed against it. All of it was set on dev/ and
on genres of train/, by what it takes of wrong marks and of misspellings.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.capitals import may_be_names
from detector.foreign import company, strangeness
from detector.jargon import (
    archaic_forms,
    bracketed_alone,
    broken_off,
    in_code,
    in_syllables,
    old_spelling,
    spoken_otherwise,
    technical,
    terms,
)
from detector.lexicon import facts, find_rows
from detector.speech import dialect, dropped_h, in_dialect, said_again, spoken_spelling
from detector.spelling import begins_word
from detector.strangers import (
    abbreviated,
    beside,
    chained,
    cut_off,
    echoed,
    foreign_company,
    glossed,
    item_alone,
    language_named,
    plural,
)
from detector.unknown import contraction, listed_terms, word_features

__all__ = ["DOUBT", "SURE", "doubted"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Marked where a misspelling is at least as likely as not; see `detector.unknown` for what that means.
SURE = 0.5
# What a place that often holds no English takes off the log-odds: a factor of 12, set on dev/.
DOUBT = 2.5
# What takes off once that much: it is said of words that no list of misspellings has.
_ONCE = (glossed, plural, language_named)
# Where more of the words than this may be slips, as in the essays of pupils, a short or unknown word is as likely one
# as it is an abbreviation, a term, a stranger or an echo.
_RIFE, _LEAST = 0.02, 5
# What is taken off for letters that are strange to English, each unit over the first; for each of company that is
# foreign, and each of both; for a word of four letters or fewer; less what one slip from a word of the dictionary gives
# back, and what all need: a logistic fit of marks on our own sentences with foreign phrases against the misspellings
# that are planted in dev/ and those of learners in train/.
_STRANGE, _MOST_STRANGE, _COMPANY, _BOTH, _SHORT = 1.5, 6.0, 3.1, 0.6, 1.6
_ONE_SLIP, _LEAST_FOREIGN, _FEW_LETTERS = 2.6, 4.6, 4
# Each of the words of another language nearby takes off three quarters of it, up to three of them.
_FOREIGN, _MOST_FOREIGN = 0.75, 3
# A text full of code has names of its own for everything: as many times the evidence is asked for as it has signs of
# code in 1,000 words over two, which few news articles and essays have, up to twenty. The same for signs of dialect.
_SIGNS_OF_CODE, _SATURATED = 1.0, 40.0
# A word without a vowel may be short for another ("hdd", "yrs"): a factor of 3, which "wrng" bears.
_VOWELLESS = 1.2
_VOWELS = set("aeiouy")
# In a text put into small letters by a machine (not in a line that somebody wrote so) most unknown words are names,
# but for what is listed.
_LOWERED, _PAGE = 2.0, 50
# What is cut short keeps so many letters and lacks so many.
_KEPT, _LACKING = 5, 3


def doubted(batch: Batch, at: Ints, spelt: Sequence[str], sure: Floats) -> Floats:
    """How sure it is of unknown words when the document has been asked: only where a word would be marked else."""
    places, out = at, sure.copy()
    doubtful = np.flatnonzero(sure >= SURE)
    if not len(doubtful):
        return out
    at, words = at[doubtful], [spelt[i] for i in doubtful.tolist()]
    odds = sure[doubtful] / np.maximum(1 - sure[doubtful], 1e-9)
    odds *= np.exp(-_of_document(batch, at, words) - DOUBT * _of_place(batch, at, words, places[sure < SURE]))
    foreign = odds * np.exp(-_of_language(batch, at, words))
    # Where the words that are no other language's are slips by the dozen, so are those that look like one.
    odds = np.where(_rife(batch, at[foreign >= SURE / (1 - SURE)])[batch.words.document[at]], odds, foreign)
    unknown = places[np.isin(batch.words.document[places], batch.words.document[at])]
    out[doubtful] = np.where(_no_slip(batch, at, unknown), 0.0, odds / (1 + odds))
    return out


def _of_document(batch: Batch, at: Ints, words: Sequence[str]) -> Floats:
    """What is taken off for the document being technical, in dialect or without capitals, and for a missing vowel."""
    document = batch.words.document[at]
    own, which = np.unique(document, return_inverse=True)
    which = which.reshape(-1)
    unlisted = _unlisted(words)
    doubt: Floats = np.log((technical(batch, own) / _SIGNS_OF_CODE).clip(1, _SATURATED))[which]
    doubt += unlisted * np.log(dialect(batch, own).clip(1, _SATURATED))[which]
    machine = may_be_names(batch, at) & (batch.words_per_document() >= _PAGE)[document] & unlisted
    machine[machine] = [not contraction(words[i]) for i in np.flatnonzero(machine).tolist()]
    doubt += _LOWERED * machine
    doubt += _VOWELLESS * np.array([not _VOWELS & set(w) for w in words])
    return doubt


def _of_place(batch: Batch, at: Ints, words: Sequence[str], unsure: Ints) -> Floats:
    """How many times `DOUBT` is taken off for what stands around each word; `unsure`: unknown words that are no slips
    by themselves, which stand in rows where names, terms and other languages do.
    """
    doubt: Floats = 1.5 * bracketed_alone(batch, at) + 1.0 * terms(batch, at)
    doubt += 2.0 * spoken_otherwise(batch, at) + 2.0 * item_alone(batch, at)
    is_term = find_rows(listed_terms(), facts(batch).stem[batch.words.type[at]]) >= 0
    short = 1.0 * beside(batch, at, unsure) + abbreviated(batch, at) + is_term + 2.0 * echoed(batch, at)
    for_unlisted: Floats = np.where(_rife(batch, at)[batch.words.document[at]], 0.0, short)
    for speaks in _ONCE:
        for_unlisted += speaks(batch, at)
    for_unlisted += _FOREIGN * foreign_company(batch, at).clip(max=_MOST_FOREIGN)
    for_unlisted += 2.0 * chained(batch, at)
    for_unlisted += 2.0 * np.array([_clipped(w) for w in words])
    doubt += for_unlisted * _unlisted(words)
    return doubt


def _rife(batch: Batch, at: Ints) -> Bools:
    """Documents in which these are so many that slips must be among them; bool [documents]."""
    many = np.bincount(batch.words.document[at], minlength=len(batch))
    answer: Bools = (many >= _LEAST) & (many > _RIFE * batch.words_per_document())
    return answer


def _of_language(batch: Batch, at: Ints, words: Sequence[str]) -> Floats:
    """What is taken off for letters and company of another language."""
    strange = (strangeness(words) - 1).clip(0, _MOST_STRANGE)
    near = company(batch, at)
    short = np.array([len(w) <= _FEW_LETTERS for w in words])
    slip = np.array([bool(s := word_features(w).suggestions) and s[0].edits == 1 for w in words])
    doubt = _STRANGE * strange + _COMPANY * near + _BOTH * strange * (near > 0) + _SHORT * short - _ONE_SLIP * slip
    answer: Floats = (doubt - _LEAST_FOREIGN).clip(0) * _unlisted(words)
    return answer


def _clipped(word: str) -> bool:
    """Whether it is the beginning of a word that lacks three letters or more, and no slip of another: "trilat"."""
    near = any(s.edits == 1 for s in word_features(word).suggestions)
    return not near and len(word) >= _KEPT and begins_word(word, _LACKING)


def _unlisted(words: Sequence[str]) -> Bools:
    return np.array([not word_features(w).listed for w in words])


def _no_slip(batch: Batch, at: Ints, unknown: Ints) -> Bools:
    """Words that are none for sure; `unknown`: all unknown words of their documents."""
    return (
        in_code(batch, at)
        | broken_off(batch, at)
        | archaic_forms(batch, at)
        | old_spelling(batch, at)
        | in_dialect(batch, at)
        | in_syllables(batch, at, unknown)
        | cut_off(batch, at)
        | said_again(batch, at)
        | spoken_spelling(batch, at)
        | dropped_h(batch, at)
    )
