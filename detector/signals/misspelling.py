"""WD102 misspelling."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.batch import (
    APOSTROPHE,
    CAPITAL,
    CLOSE,
    COMMA,
    DASH,
    DIGIT,
    LOWER,
    LOWERCASE,
    NEWLINE,
    QUOTE,
    SPACE,
    STOP,
    UPPER,
    Batch,
    hash_words,
    is_in,
    ordered,
    per_batch,
)
from detector.capitals import may_be_names
from detector.doubt import DOUBT, SURE, doubted
from detector.lexicon import GB, US, facts, find_rows, lexicon
from detector.meant import candidates_for_each, meant
from detector.neighbours import neighbour_counts
from detector.registry import Marks, signal
from detector.spelling import LONGEST
from detector.unknown import (
    contraction,
    features_of_each,
    is_british_form,
    judge,
    listed_misspellings,
    word_features,
)

__all__ = ["Candidates", "candidates", "misspelling", "repeats", "spelling_of"]

SHORTEST = 3
# Characters that touch parts of handles, tags, paths, addresses, code and masked swearing, never words of prose.
_TECHNICAL = np.array([ord(c) for c in "@#/\\_=<>&~$%*^+`|\u00ad"], np.uint32)  # the last is the soft hyphen
_STOPS = np.array([ord("."), ord(":")], np.uint32)
# A word is foreign rather than misspelt when another language has it this much more often (factor 30).
_FOREIGN_GAP, _FOREIGN_ZIPF = 1.5, 3.0
# A spelling of the other side of the Atlantic, where the user asked for one side, is a fault for sure.
_ENFORCED = 0.99
# What a decade of being more frequent in another language takes off: "queijo", "dedi" are for the signals of garble.
_PER_DECADE = 1.25
# And more where it is a thousand times as frequent there.
_PLAINLY_FOREIGN, _PER_DECADE_BEYOND = 3.0, 2.0
# Pseudo-counts of slips and of other unknown words that every document starts with.
_EVEN = 1.0
# Words this short with an apostrophe before them are clipped ("'tis", "'em", "'bout"), not quoted.
_CLIPPED = 4
# What is taken off for any word with a hyphen ("talk-a-thon", "hanky-panky"): a factor of 2.7, set on dev/.
_HYPHENED = 1.0
# The first word of a sentence may be a name all the same: a factor of 4.5, and five letters.
_OPENING, _SHORTEST_OPENING = 1.5, 5
# So many of the nearest words may vouch for a place.
_VOUCHING = 5
_HYPHENS = np.array([ord(c) for c in "-\u2010\u2011"], np.uint32)


def spelling_of(batch: Batch, type_: int) -> str:
    """A type in small letters with straight apostrophes, without the clitic of a possessive."""
    word = batch.type_string(type_).lower().replace("’", "'")
    return word.removesuffix("'s")


def _unknown_types(batch: Batch) -> NDArray[np.bool_]:
    """Types in small letters that no desk dictionary has, of plain letters, none of them foreign for sure."""
    known, types = facts(batch), batch.types
    open_ = (
        (types.shape == LOWERCASE)
        & (~known.known | known.rare)
        & (types.length >= SHORTEST)
        & (types.length <= LONGEST)
    )
    for t in np.flatnonzero(open_).tolist():
        word = spelling_of(batch, t)
        open_[t] = word.isascii() and word.isalpha() and len(word) >= SHORTEST and not is_british_form(word)
    answer: NDArray[np.bool_] = open_
    return answer


@dataclass(frozen=True)
class Candidates:
    """Words that may be misspelt: their indices, and what their place takes off the log-odds; arrays of one shape."""

    at: NDArray[np.int64]
    doubt: NDArray[np.float64]


def _opening_slips(batch: Batch) -> NDArray[np.int64]:
    """Listed misspellings with the capital of a sentence, unless the document has them so inside a sentence too.

    No other unknown word is looked at there: a name that nobody knows looks the same.
    """
    words, types, known = batch.words, batch.types, facts(batch)
    open_ = (types.shape == CAPITAL) & ~known.known & (types.length >= _SHORTEST_OPENING)
    open_[open_] = find_rows(listed_misspellings(), known.stem[open_]) >= 0
    at = np.flatnonzero(open_[words.type])
    first = is_in(at, batch.sentences.first_word)
    place = words.document[at] * np.int64(len(types)) + words.type[at]
    answer: NDArray[np.int64] = at[first & ~is_in(place, ordered(place[~first]))]
    return answer


@per_batch
def candidates(batch: Batch) -> Candidates:
    """The unknown words that are no part of an address, a handle, code or dialect."""
    words = batch.words
    unknown = np.flatnonzero(_unknown_types(batch)[words.type]) if len(words) else np.zeros(0, np.int64)
    opening = _opening_slips(batch) if len(words) else unknown[:0]
    at = np.sort(np.concatenate([unknown, opening]))
    if not len(at):
        return Candidates(at, np.zeros(0))
    chars, kind = batch.chars, batch.kind
    start, end = words.start[at], words.end[at]
    before, after, last = start - 1, end, len(chars) - 1
    ok = ~np.isin(chars[before], _TECHNICAL) & ~np.isin(chars[after], _TECHNICAL)
    # "[B]oth", "ye[s]", "do(c)ters": an editor's hand; "h"tel": a letter that was not read.
    ok &= (chars[before] != ord("]")) & (chars[after] != ord("["))
    glued = (kind[before] == CLOSE) | (kind[before] == QUOTE)
    ok &= ~(glued & (kind[before - 1] >= LOWER) & (kind[before - 1] < DIGIT))
    ok &= ~((kind[before] == APOSTROPHE) & (chars[before - 1] == ord("\\")))  # "Fr\'echet"
    # "word.com", "a.word", "12:word": a stop or colon with a letter or digit at once behind it.
    second = np.minimum(after + 1, last)
    ok &= ~(np.isin(chars[after], _STOPS) & (kind[second] >= LOWER) & (kind[second] <= DIGIT))
    ok &= ~(np.isin(chars[before], _STOPS) & (kind[before - 1] >= LOWER) & (kind[before - 1] <= DIGIT))
    # "changin'"; an apostrophe that closes a quotation follows a full stop or comma, or the word is quoted alone.
    opened = (kind[before] == QUOTE) | (kind[before] == APOSTROPHE)
    stopped = (kind[after] == COMMA) | (kind[after] == STOP)
    ok &= opened | (kind[after] != APOSTROPHE) | (batch.lower[end - 1] != ord("n"))
    ok &= (kind[before] != APOSTROPHE) | (end - start > _CLIPPED)
    closed = (kind[after] == QUOTE) | (kind[after] == APOSTROPHE) | (stopped & (kind[second] == QUOTE))
    named, parted = _hyphens(batch, at)
    known = facts(batch)
    opened_with = is_in(at, opening)
    gap = known.foreign_zipf - np.maximum(known.zipf, 1.0)
    foreign = (gap * ((gap >= _FOREIGN_GAP + 1) & (known.foreign_zipf >= _FOREIGN_ZIPF + 0.5)))[words.type[at]]
    coined = np.zeros(len(at), bool)  # once in quotation marks, everywhere a coined word
    if (opened & closed).any():
        place = words.document[at] * np.int64(len(batch.types)) + words.type[at]
        coined = is_in(place, ordered(place[opened & closed]))
    doubt = DOUBT * (1.0 * coined + 1.0 * named + 1.0 * _beside_foreign(batch, at)) + _PER_DECADE * foreign
    doubt += _PER_DECADE_BEYOND * (foreign - _PLAINLY_FOREIGN).clip(0)
    doubt += _OPENING * opened_with
    doubt += _HYPHENED * (np.isin(chars[before], _HYPHENS) | np.isin(chars[after], _HYPHENS))
    ok &= ~parted
    hyphened = (kind[before] == DASH) & (kind[before - 1] != SPACE) | (kind[after] == DASH)
    # Nor do addresses made of words have any ("joe-biden-says").
    named_small = known.name[words.type[at]]
    ok &= ~(named_small & hyphened)
    ok[named_small] &= ~may_be_names(batch, at[named_small])
    return Candidates(at[ok], doubt[ok])


def _hyphens(batch: Batch, at: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which words are tied to a name or number ("Chan-ocha", "3rd-gen"), and which were parted at the end of a line
    ("eve- ning").
    """
    words, kind = batch.words, batch.kind
    named, parted = np.zeros(len(at), bool), np.zeros(len(at), bool)
    for step in (-1, 1):
        near = (at + step).clip(0, len(words) - 1)
        left, right = (near, at) if step < 0 else (at, near)
        gap = words.start[right] - words.end[left]
        joined = (near != at) & (kind[words.end[left]] == DASH)
        named |= joined & (gap == 1) & ((kind[words.start[near]] == UPPER) | (kind[words.start[near]] == DIGIT))
        space = kind[(words.end[left] + 1).clip(max=len(kind) - 1)]
        parted |= joined & (gap == 2) & ((space == SPACE) | (space == NEWLINE))
    return named, parted


def _beside_foreign(batch: Batch, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a neighbour in the sentence is a word of another language, by far more frequent there."""
    words, known = batch.words, facts(batch)
    foreign = (
        ~known.dictionary & (known.foreign_zipf >= _FOREIGN_ZIPF) & (known.foreign_zipf - known.zipf >= _FOREIGN_GAP)
    )
    foreign &= batch.types.shape == LOWERCASE
    beside = np.zeros(len(at), bool)
    for step in (-1, 1):
        near = (at + step).clip(0, len(words) - 1)
        beside |= (words.sentence[near] == words.sentence[at]) & (near != at) & foreign[words.type[near]]
    return beside


def repeats(batch: Batch, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often the document of each word has its type among these words."""
    pairs = batch.words.document[at] * np.int64(max(len(batch.types), 1)) + batch.words.type[at]
    _, inverse, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    answer: NDArray[np.int64] = counts[inverse.reshape(-1)]
    return answer


@per_batch
def _confidence(batch: Batch) -> NDArray[np.float64]:
    """The probability for each word that it is misspelt; 0 for what is no candidate."""
    out = np.zeros(len(batch.words))
    found = candidates(batch)
    many = repeats(batch, found.at)
    spelt = [spelling_of(batch, t) for t in batch.words.type[found.at].tolist()]
    features_of_each(spelt)  # worked out together, which takes a fraction of the time
    sure = np.array(
        [
            judge(word, n, doubt, out_of_place=lost)
            for word, n, doubt, lost in zip(
                spelt, many.tolist(), found.doubt.tolist(), _out_of_place(batch, found.at, spelt).tolist(), strict=True
            )
        ]
    )
    # One step of expectation-maximisation: the share of slips among a document's own unknown words, as it seems so far,
    # replaces the share that was taken for granted. Where one word is plainly wrong others may be; jargon comes in
    # crowds.
    document = batch.words.document[found.at]
    sure = doubted(batch, found.at, spelt, sure)
    slips = np.bincount(document, weights=sure, minlength=len(batch)) + _EVEN
    others = np.bincount(document, weights=1 - sure, minlength=len(batch)) + _EVEN
    odds = (slips / others)[document] * sure / np.maximum(1 - sure, 1e-9)
    out[found.at] = odds / (1 + odds)
    out[_other_dialect(batch)[batch.words.type]] = _ENFORCED
    return out


def _other_dialect(batch: Batch) -> NDArray[np.bool_]:
    """Types of the spelling that the user does not want, if one was asked for; bool [types]."""
    known, dialect = facts(batch), batch.taught.dialect
    if dialect not in {"us", "gb"}:
        return np.zeros(len(batch.types), bool)
    own, other = (known.us, known.gb) if dialect == "us" else (known.gb, known.us)
    small = (batch.types.shape == LOWERCASE) | (batch.types.shape == CAPITAL)
    wrong: NDArray[np.bool_] = (
        other & ~own & small & ~known.name & (find_rows(batch.taught.accepted, batch.types.key) < 0)
    )
    return wrong


def _out_of_place(batch: Batch, at: NDArray[np.int64], spelt: Sequence[str]) -> NDArray[np.bool_]:
    """For each place whether news has none of the words nearest to its spelling beside either neighbour."""
    near = [[s.word for s in word_features(word).suggestions[:_VOUCHING]] for word in spelt]
    owner = np.repeat(np.arange(len(at)), [len(n) for n in near])
    before, after = neighbour_counts(batch, at[owner], hash_words([w for n in near for w in n]))
    seen = np.bincount(owner, weights=(before > 0) | (after > 0), minlength=len(at))
    answer: NDArray[np.bool_] = seen == 0
    return answer


def _suggestions(batch: Batch, word: int) -> list[str]:
    """What may have been meant, best first."""
    type_ = int(batch.words.type[word])
    spelt = spelling_of(batch, type_)
    if _other_dialect(batch)[type_]:
        near = [s.word for s in word_features(spelt).suggestions]
        table = lexicon()
        wanted = (table.flags[table.rows(hash_words(near))] & (US if batch.taught.dialect == "us" else GB)) > 0
        return [w for w, own in zip(near, wanted.tolist(), strict=True) if own]
    near = [w for w, _ in meant(batch, word, spelt)]
    missing = contraction(spelt)
    return [missing, *(w for w in near if w != missing)] if missing else near


def _kind(batch: Batch, word: int, spelt: str) -> str:
    """What sort of misspelling a marked word is: "dialect" (the one not asked for), "contraction" or "misspelling"."""
    if _other_dialect(batch)[batch.words.type[word]]:
        return "dialect"
    return "contraction" if contraction(spelt) else "misspelling"


@signal(
    "WD102",
    axis="typos",
    unit="word",
    aggregate="shrunk",
    message="misspelt words",
    flagged=[
        "They are ready to continue the negotiaitons.",
        "She recieved the letter yesterday; untill then nobody knew.",
    ],
    clean=[
        "The colour of the centre; the color of the center.",
        "Ngozi Okonjo-Iweala flew from Ouagadougou to meet @realdawnhoward at csmonitor.com #bedroomspective.",
        'He called it a "frobble", and others took up "frobble".',
        "They don't, won't and needn't; 'tis the times, they are a-changin'.",
        "She said muito obrigado, and nobody knew what dedi meant.",
        "Call `rustc` there: rustc, slice::rsplit and isnan() do. Artem Shitov (ashitov) is at ashito...@example.com.",
        "I mean the proble-, uh, the accou- -- the account. Thou knowest that he lieth, and thou camest late.",
        "The superfans livestreamed their cyberthreats in a telehealth podcast.",
    ],
)
def misspelling(batch: Batch) -> Marks:
    """
    Words that no dictionary has and that a likely slip of the pen explains.

    "Negotiaitons" is one transposition from a frequent word, and its letters do not follow each other as those of
    English do. A model of a dozen such facts, learned from lists of real misspellings against the unknown words of
    edited news, says how sure that is; what it holds for at least as likely as not is marked, with its confidence and
    suggestions.

    Left alone are words with a capital (see name-drift), but for listed misspellings that open a sentence; what touches
    @, #, / and the like, a call of a function or a path of a program; speech ("changin'", "'appens", "coulda", "thou
    knowest", "bing, bing"); words broken off ("the proble-, uh"), in syllables, or cut off where the text ends. Held to
    twelve times the evidence, and more where several meet, are words in quotation marks, tied to a name by a hyphen or
    in a chain of them, beside or in a foreign phrase, terms that their document has in code or with a capital, words of
    programmers, abbreviations, what brackets explain, plurals of known words ("financials"), beginnings of longer words
    ("trilat"), and words whose letters or company are another language's ("per aspera ad astra"); to more than the rest
    are words with a hyphen or without a vowel ("yrs" is short for something), those that nothing known is near to, and
    those of which nothing near is known beside their neighbours, all words of a text without capitals and, the more
    code or dialect it holds, of a technical one or a tale. Repetition speaks for a term. At .5 a slip is as likely as
    not in a text that misspells one word in 300. A text in dialect from end to end (Scots, Pidgin), or in the spelling
    of Shakespeare's time ("vpon", "haue"), has none. British and American spellings are both right, unless one is asked
    for. "Dont" and "youre" are marked, and named contractions.

    It misses real words in the wrong place (see confusion), words of fewer than three letters, and most with a
    capital; it marks rare slang that looks like a slip.

        >>> from detector.registry import evidence
        >>> evidence(misspelling, "Peace negotiaitons and humanitarian efforts went on.")
        ['negotiaitons']
    """
    sure = _confidence(batch)

    @functools.cache
    def prepare() -> None:
        """Look for what was meant by all marked words at once."""
        types = ordered(batch.words.type[sure >= SURE])
        candidates_for_each([spelling_of(batch, t) for t in types.tolist()])

    def detail(word: int) -> Mapping[str, Any]:
        prepare()
        type_ = int(batch.words.type[word])
        capital = batch.types.shape[type_] == CAPITAL
        clitic = batch.word(word)[len(spelling_of(batch, type_)) :]
        return {
            "suggestions": [(s.capitalize() if capital else s) + clitic for s in _suggestions(batch, word)[:3]],
            "confidence": round(float(sure[word]), 3),
            "kind": _kind(batch, word, spelling_of(batch, type_)),
        }

    return Marks(np.where(sure >= SURE, sure, 0.0), detail)
