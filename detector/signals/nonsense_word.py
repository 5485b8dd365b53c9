"""MT114 nonsense-word."""

import functools
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.batch import DASH, LOWER, LOWERCASE, Batch, is_in, ordered
from detector.capitals import may_be_names
from detector.jargon import archaic_forms, in_code, technical, terms
from detector.lexicon import facts, load_array
from detector.registry import Marks, signal
from detector.spelling import suggest_each
from detector.surroundings import bracketed, document_sums, gaps, quotations, spelling
from detector.unknown import FEATURES, features_of_each

__all__ = ["nonsense_word"]

_SHORTEST = 5
# Of the best correction's score (see `detector.spelling`); below it nobody would guess a word behind this one.
_CORRECTION_BELOW = -1.0
# Mean surprise of the letters, in trigrams (see `detector.spelling`): invented English words have about 1.
_SURPRISE_ABOVE = 1.2
_PART_BELOW = (
    2.0  # Zipf frequency of the rarer part of a compound or derived word ("crypto-friendly" without its hyphen)
)
_LATIN_BELOW = 0x250
# Characters that touch parts of handles, addresses and code.
_TECHNICAL = np.array([ord(c) for c in "@#/\\_=<>&~$%*^+`|:[]{}"], np.uint32)
_DRAWN_OUT = re.compile(r"(.)\1\1")  # "sooooo"
# A text with more unlisted words than this, by those in small letters, is in a language without a list, or no prose.
_SHARE = 0.25
# A word that a document has so many times is a term of its trade; engines' inventions come once or twice.
_HABIT = 3
# A document of code has names of its own for everything: so many signs of code in 1,000 words (`detector.jargon`), a
# call of a function, or this share of its words touching what addresses and code are made of. One such name is left
# alone there, more different ones are not. Of 150 machine translations of dev/ that have a mark 146 keep one with all
# of this, of 276 manuals of free software, which it was made for, 113; of 238 that were sent through Esperanto 204.
_SIGNS_OF_CODE, _TOUCHED_SHARE, _TOO_MANY = 2.0, 0.05, 2
_PARTS = tuple(FEATURES.index(name) for name in ("compound", "prefixed", "suffixed"))


@functools.cache
def _trigrams() -> NDArray[np.float64]:
    """-log10 P(letter | two letters before), float64 [28, 28, 28]; see `detector.spelling`."""
    table: NDArray[np.float64] = load_array("trigrams") / 50
    return table


def _surprising(batch: Batch, types: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the types whose letters surprise, on average."""
    spelled = spelling(batch)
    length = batch.types.length[types]
    # Each word with two blanks before it and one behind, all in a row: codes 1 to 26 are letters, 27 is anything else.
    begin = np.cumsum(length + 3) - length - 1
    total = int((length + 3).sum())
    codes = np.zeros(total, np.int64)
    inside = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    letter = spelled.letter[np.repeat(spelled.start[types], length) + inside].astype(np.int64) - 96
    codes[np.repeat(begin, length) + inside] = np.where((letter >= 1) & (letter <= 26), letter, 27)
    each = np.zeros(total)
    each[2:] = _trigrams()[codes[:-2], codes[1:-1], codes[2:]]
    owner = np.repeat(np.arange(len(types)), length + 1)
    at = (
        np.repeat(begin, length + 1)
        + np.arange(int((length + 1).sum()))
        - np.repeat(np.cumsum(length + 1) - length - 1, length + 1)
    )
    mean = np.bincount(owner, weights=each[at], minlength=len(types)) / (length + 1)
    return types[mean > _SURPRISE_ABOVE]


def _strange(words: Sequence[str]) -> list[bool]:
    """Whether no English word can be meant by each: none near, none that it is made of."""
    plain = {w: _without_accents(w) for w in words if w.isalpha() and not _DRAWN_OUT.search(w)}
    near_each = zip(plain.items(), suggest_each(list(plain.values())), strict=True)
    far = {word: own for (word, own), near in near_each if not near or near[0].score < _CORRECTION_BELOW}
    known_each = zip(far, features_of_each(list(far.values())), strict=True)
    strange = {word for word, known in known_each if max(known.features[i] for i in _PARTS) < _PART_BELOW}
    return [word in strange for word in words]


def _without_accents(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _touched(batch: Batch, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the words touch a sign of an address, a handle or code, or a full stop that a small letter follows."""
    start, end = batch.words.start[at], batch.words.end[at]
    before, after = batch.chars[start - 1], batch.chars[end]
    beyond = (end + 1).clip(max=len(batch.kind) - 1)
    dotted = ((after == ord(".")) & (batch.kind[beyond] == LOWER)) | (
        (before == ord(".")) & (batch.kind[(start - 2).clip(0)] == LOWER)
    )
    touched: NDArray[np.bool_] = np.isin(before, _TECHNICAL) | np.isin(after, _TECHNICAL) | dotted
    return touched


def _of_code(batch: Batch, document: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each of the documents is of code: by its signs of it, calls, or words that touch such signs."""
    own, which = np.unique(document, return_inverse=True)
    words = np.flatnonzero(np.isin(batch.words.document, own))
    count = functools.partial(np.bincount, minlength=len(batch))
    of = batch.words.document[words]
    touched = count(of, weights=_touched(batch, words)) > _TOUCHED_SHARE * count(of)
    called = count(of, weights=in_code(batch, words)) > 0
    code = (technical(batch, own) >= _SIGNS_OF_CODE) | (touched | called)[own]
    answer: NDArray[np.bool_] = code[which.reshape(-1)]
    return answer


def _meant(batch: Batch, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the words their document uses on purpose: terms, calls, old forms; in one of code a single one."""
    document = batch.words.document[at]
    pairs, same, times = np.unique(
        np.stack([document, batch.words.type[at]]), axis=1, return_inverse=True, return_counts=True
    )
    same = same.reshape(-1)
    answer: NDArray[np.bool_] = (
        (times[same] >= _HABIT) | terms(batch, at) | in_code(batch, at) | archaic_forms(batch, at)
    )
    others = np.bincount(pairs[0][np.unique(same[~answer])], minlength=len(batch))
    answer |= (others < _TOO_MANY)[document] & _of_code(batch, document)
    return answer


@signal(
    "MT114",
    axis="garble",
    unit="word",
    joined=True,
    message="words of no language that is known here, and no misspellings either",
    flagged=["You can find vislvgreznakos beds and other fine memnuniyetsizlki there."],
    clean=[
        "Teh negotiaitons were cryptofriendly and unputdownable.",
        "See csmonitor.com, @nikkihaley and #wjvqnews.",
        "The word “xqoomptlk” means nothing (or zrgbkntv).",
        "Krzyzewski and Brzezinski spoke in Szczecin.",
        "A zrgbkntv holds four vlks; each zrgbkntv is locked, and no zrgbkntv is ever freed.",
    ],
)
def nonsense_word(batch: Batch) -> Marks:
    """
    Lower-case words that are no English, no misspelling and in no list of another language.

    "You can find vislvgreznakos beds": engines that spell words from pieces invent some, or copy inflected ones that no
    list has.

    Such a word has five letters or more, all Latin; no English word is near enough to be meant, it is neither compound
    nor derived, and its letters surprise (the constants; compare MT101, for words that some language lists). Handles,
    addresses, code, quoted and bracketed words and drawn-out ones ("sooooo") are left alone, and names, which have a
    capital; where texts have none (`detector.capitals`) nothing is marked. So are words that the text uses on purpose:
    three times, in code or with a capital, forms of long ago ("escheweth"), and the only such word of a document full
    of code. Measured on dev/: 2 in 1,000 documents of news have one, 2 to 29 % of poor tiers of translation.

    Terms of trades and dialects that no dictionary lists are wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(nonsense_word, "You can find vislvgreznakos beds there.")
        ['vislvgreznakos']
    """
    words, types = batch.words, batch.types
    values = np.zeros(len(words), np.float32)
    if not len(words):
        return Marks(values)
    known = facts(batch)
    open_ = (
        (types.shape == LOWERCASE)
        & ~known.known
        & ~known.name
        & (known.foreign_zipf == 0)
        & (types.length >= _SHORTEST)
    )
    open_ &= batch.lower[words.start[types.first]] < _LATIN_BELOW
    gap = gaps(batch)
    at = np.flatnonzero(open_.take(words.type))
    strange = np.bincount(words.document[at], minlength=len(batch))
    (small,) = document_sums(batch, types.shape == LOWERCASE)
    at = at[(gap.before[at] != DASH) & (gap.after[at] != DASH) & ~bracketed(batch)[at]]
    at = at[~_touched(batch, at)]
    at = at[~may_be_names(batch, at)]
    at = at[(strange / np.maximum(small, 1) <= _SHARE)[words.document[at]]]
    inside, number = quotations(batch)
    quoted = np.flatnonzero(inside)
    size = np.bincount(number[quoted], minlength=int(number.max(initial=0)) + 1)
    at = at[~(inside[at] & (size[number[at]] <= 6))]
    found = _surprising(batch, ordered(words.type[at]))
    found = found[np.array(_strange([batch.type_string(t).lower() for t in found.tolist()]), bool)]
    at = at[is_in(words.type[at], found)]
    if len(at):
        values[at[~_meant(batch, at)]] = 1
    return Marks(values)
