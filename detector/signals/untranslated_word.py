"""MT101 untranslated-word."""

import re
import unicodedata
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detector.batch import CAPITAL, DASH, LOWERCASE, Batch, hash_words, is_in, ordered
from detector.capitals import may_be_names
from detector.function_words import FUNCTION_WORDS
from detector.lexicon import GB, KNOWN, LANGUAGES, US, ZIPF_STEPS, facts, lexicon
from detector.registry import Marks, signal
from detector.spelling import suggest, suggest_each
from detector.surroundings import bracketed, gaps, is_word, quotations

__all__ = ["untranslated_word"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

# Zipf frequencies (log10 of uses in 10**9 words). A lower-case word is another language's when it is at least 30 times
# as frequent there (1.5) and rarer than 2 in a million words in English (3.3), and not obscure there (2.5).
_MARGIN, _ENGLISH_BELOW, _FOREIGN_ABOVE = 1.5, 3.3, 2.5
# Misspellings look like other languages ("familier", "aventure"), so a word must not be one letter from a usual English
# one. Log-odds of residue against misspelling, fitted on dev/ (256 words of engines, 218 of learners and planted
# misspellings) and rounded: margin of the two frequencies, best correction's score, length, constant. Above SURE, 12 %
# of the misspellings that some language lists are taken for residue, and 76 % of the residue is kept.
_WEIGHTS, _CONSTANT = (1.0, -0.85, -0.5), 0.9
_SURE, _WITH_COMPANY = 0.5, -1.0
_GOOD_CORRECTION = 1.5
_LOAN_ABOVE = 2.5  # Zipf frequency of "chateau", which no desk dictionary has
_VOWEL = re.compile("[aeiouyıäöüåøæœáàâãéèêëíìîïóòôõúùûýăāēīōūąęőű]")
_NOTHING_NEAR = -4.0  # the score of no correction at all
_RUN = 4  # so many foreign words in a row are a title or a quotation, not a word that was left over
_MAY_BE = 0.5  # margin from which a word may belong to a foreign run ("per", "una", "mi")
_QUOTED = 6  # words of a quotation short enough to be a foreign phrase
# What opens a sentence before its subject: a misspelt one of these ("Whlile I was") is no residue.
_OPENERS = frozenset(
    (
        *FUNCTION_WORDS,
        "however",
        "sometimes",
        "maybe",
        "perhaps",
        "yesterday",
        "today",
        "tomorrow",
        "dear",
        "well",
        "yes",
    )
)
# No name stands before these without a comma.
_SUBJECTS = (
    "i",
    "we",
    "he",
    "she",
    "they",
    "you",
    "it",
    "there",
    "these",
    "those",
    "my",
    "our",
    "i'm",
    "i've",
    "it's",
    "we're",
)


def _foreign_types(batch: Batch) -> Bools:
    """Which types are words of another language, in lower case and unknown in English."""
    known = facts(batch)
    shape = batch.types.shape == LOWERCASE
    plain = shape & (batch.types.length >= 3) & ~known.abbreviation & ~known.name
    foreign: Bools = (
        plain
        & (known.foreign_zipf - known.zipf > _MARGIN)
        & (known.zipf < _ENGLISH_BELOW)
        & (known.foreign_zipf > _FOREIGN_ABOVE)
        & ~(known.dictionary & ~known.rare)
    )
    return foreign


def _without_accents(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _is_english(word: str) -> bool:
    """Whether a desk dictionary has the word, or English text uses it."""
    table = lexicon()
    row = int(table.rows(hash_words([word]))[0])
    return row >= 0 and (bool(table.flags[row] & (KNOWN | US | GB)) or table.zipf[row] > _LOAN_ABOVE * ZIPF_STEPS)


def _residue(batch: Batch, at: Ints) -> NDArray[np.float64]:
    """The log-odds that each word is residue and no misspelling."""
    known, of = facts(batch), batch.words.type[at]
    types, back = np.unique(of, return_inverse=True)
    odds = np.empty(len(types))
    spelt = [batch.type_string(type_).lower().removesuffix("'s").removesuffix("’s") for type_ in types.tolist()]
    # Nobody misspells English with the letters of another language.
    plain = [word for word in spelt if word.isascii()]
    near_each = dict(zip(plain, suggest_each(plain), strict=True))
    for i, (type_, word) in enumerate(zip(types.tolist(), spelt, strict=True)):
        near = near_each.get(word, ())
        score = max(near[0].score, _NOTHING_NEAR) if near else _NOTHING_NEAR
        gap = min(float(known.foreign_zipf[type_]) - max(float(known.zipf[type_]), 1.0), 4.0)
        odds[i] = _WEIGHTS[0] * gap + _WEIGHTS[1] * score + _WEIGHTS[2] * float(batch.types.length[type_]) + _CONSTANT
        if not _VOWEL.search(word):  # "mln", "tsp"
            odds[i] = -np.inf
        french = int(known.foreign_language[type_]) == 1 + LANGUAGES.index("fr")
        if french and not word.isascii() and _is_english(_without_accents(word)):  # "château", "mélange"
            odds[i] = -np.inf
    return odds[back]


def _spoken_of(batch: Batch, at: Ints) -> Bools:
    """Which of the words are being spoken of: in a short quotation, in brackets, or within a foreign name."""
    words = batch.words
    inside, number = quotations(batch)
    size = np.bincount(number[inside], minlength=int(number.max(initial=0)) + 1)
    short = inside[at] & (size[number[at]] <= _QUOTED)
    capital = (batch.types.shape == CAPITAL)[words.type]
    plain = gaps(batch).plain
    before = (at > 0) & plain[at - 1] & capital[at - 1]
    after = plain[at] & capital[(at + 1).clip(max=len(words) - 1)]
    spoken: Bools = short | bracketed(batch)[at] | (before & after)
    return spoken


def _in_runs(at: Ints, batch: Batch) -> Bools:
    """Which of the words stand in a run of `_RUN` or more of one sentence that may all be foreign ("selva", "per")."""
    known, words = facts(batch), batch.words
    may = (known.foreign_zipf - known.zipf > _MAY_BE)[words.type]
    may[at] = True
    run = np.flatnonzero(may)
    if not len(run):
        return np.zeros(0, bool)
    near = (np.diff(run) <= 2) & (np.diff(words.sentence[run]) == 0)
    number = np.concatenate([[0], np.cumsum(~near)])
    long = np.bincount(number)[number] >= _RUN
    inside: Bools = long[np.searchsorted(run, at)]
    return inside


def _opener_misspelt(word: str) -> bool:
    """Whether the word may be a misspelling of one that opens sentences: "Whlile", "Acutally", "Eventhough"."""
    near = [x.word for x in suggest(word) if x.score > _GOOD_CORRECTION]
    joined = any(word[:i] in _OPENERS and word[i:] in _OPENERS for i in range(2, len(word) - 1))
    return joined or any(x in _OPENERS or x.endswith("ly") for x in near)


def _headless(batch: Batch) -> Ints:
    """Unknown words that open a sentence in front of its subject: "Orum I don't think"."""
    words, known = batch.words, facts(batch)
    first = batch.sentences.first_word[batch.sentences.words >= 4]
    of = words.type[first]
    strange = (
        (batch.types.shape == CAPITAL)
        & ~known.known
        & ~known.name
        & (known.zipf < _FOREIGN_ABOVE)
        & (batch.types.length >= 3)
    )
    first = first[strange[of]]
    first = first[(first + 1 < len(words))]
    first = first[gaps(batch).plain[first] & is_word(batch, *_SUBJECTS)[(first + 1).clip(max=len(words) - 1)]]
    # A name comes again.
    asked = np.zeros(len(batch.types), bool)
    asked[words.type[first]] = True
    among = np.flatnonzero(asked[words.type])
    pair, count = np.unique(words.type[among] * len(batch) + words.document[among], return_counts=True)
    once = count[np.searchsorted(pair, words.type[first] * len(batch) + words.document[first])] == 1
    kept = [w for w in first[once].tolist() if not _opener_misspelt(batch.type_string(int(words.type[w])).lower())]
    return np.asarray(kept, np.int64)


@signal(
    "MT101",
    axis="garble",
    unit="word",
    joined=True,
    message="words of another language left in",
    flagged=[
        "Orum I don't think you need a truce, dedi he said at the beginning.",
        "The minister went to the pazar with his ekip on Monday.",
    ],
    clean=[
        "The café served a soufflé, and the déjà vu was complete.",
        "“Que sera sera,” she sang; in German it is called Zeitgeist (der Geist der Zeit).",
        "He quoted Dante: nel mezzo del cammin di nostra vita mi ritrovai.",
        "The Frente para la Victoria won, and the Sueddeutsche Zeitung agreed.",
    ],
)
def untranslated_word(batch: Batch) -> Marks:
    """
    Words of another language in the middle of an English sentence.

    "Orum I don't think you need a ceasefire, dedi he said": the engine left Turkish words standing.

    A lower-case word counts when it is at least 30 times as frequent in another language as in English, rare in English
    and unknown to a desk dictionary, and more likely that than a misspelling (see the constants). Words in brackets, in
    short quotations, inside foreign names, and runs of four and more (titles, quotations) are left alone, and all in
    sentences without capitals where such are written, for names stand small in them. A word that
    nobody knows counts when it opens a sentence right before the subject, where no name can stand ("Orum I don't"),
    unless it comes again.

    Loan words of one trade or region ("the ilaka", "a bodega") are wrongly flagged; half words of a language without a
    list
    (Igbo, Hausa) are missed.

        >>> from detector.registry import evidence
        >>> evidence(untranslated_word, "Orum I don't think you need a truce, dedi he said.")
        ['Orum', 'dedi']
    """
    words = batch.words
    values = np.zeros(len(words), np.float32)
    if not len(words):
        return Marks(values)
    gap = gaps(batch)
    at = np.flatnonzero(_foreign_types(batch)[words.type])
    at = at[~_in_runs(at, batch)]
    at = at[~_spoken_of(batch, at) & (gap.before[at] != DASH) & (gap.after[at] != DASH)]
    at = at[~may_be_names(batch, at)]
    headless = _headless(batch)
    odds = _residue(batch, at)
    # A doubtful word counts in the company of a sure one, in the same sentence.
    sure = ordered(np.concatenate([words.sentence[at[odds > _SURE]], words.sentence[headless]]))
    at = at[(odds > _SURE) | ((odds > _WITH_COMPANY) & is_in(words.sentence[at], sure))]
    values[at] = 1
    values[headless] = 1
    language = facts(batch).foreign_language

    def detail(word: int) -> Mapping[str, str]:
        number = int(language[words.type[word]])
        return {"language": LANGUAGES[number - 1]} if number else {}

    return Marks(values, detail=detail)
