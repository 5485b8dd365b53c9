"""What speaks for an unknown word being meant as it stands: code, handles, terms, speech broken off. Floor 2.

A speller that knows letters alone takes the words of programmers, users' names and halves of words for slips. Here the
place and the document are asked: is the word part of an address or a call of a function, does the document have it in
code or with a capital too, is the document full of code, is it a text in syllables. Each answer is given for words by
their indices and has their shape.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.batch import (
    CLOSE,
    DIGIT,
    LOWER,
    LOWERCASE,
    MIXED,
    NEWLINE,
    OPEN,
    SPACE,
    STOP,
    Batch,
    hash_words,
    is_in,
    ordered,
)
from detector.lexicon import GB, KNOWN, US, facts, find_rows, lexicon
from detector.surroundings import keys_of, marks, quotations, words_of

__all__ = [
    "archaic_forms",
    "bracketed_alone",
    "broken_off",
    "in_code",
    "in_syllables",
    "old_spelling",
    "spoken_otherwise",
    "technical",
    "terms",
]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_CODE = np.array([ord(c) for c in "@#/\\_=<>{}|`~^"], np.uint32)
# Of these, slashes stand in dates and between words too ("and/or"), and handles in whatever quotes from networks.
_SIGNS = np.array([ord(c) for c in "#\\_=<>{}|`~^"], np.uint32)
_FREE = 3
_HYPHENS = np.array([ord(c) for c in "-\u2010\u2011"], np.uint32)
# Within so many characters behind a cut-off user name ("jdoe...@example.com") the @ stands.
_MASK = 4
# A gap inside a word parted at a line's end or into syllables is no longer ("hyper-\n  parameter").
_GAP = 4
# A text is in syllables where so many of its unknown words, and at least a third, become words with a neighbour.
_SYLLABLES = 3
# So many marks of one document, and this share of them in quotations, are how somebody speaks or wrote long ago.
_DIALECT, _NEARLY_ALL = 8, 0.75


def _letter(kind: NDArray[np.uint8]) -> Bools:
    answer: Bools = (kind >= LOWER) & (kind <= DIGIT)
    return answer


def in_code(batch: Batch, at: Ints) -> Bools:
    """Words in a path of a program ("slice::rsplit"), before the brackets of a call ("isnan()"), or before the masked
    end of an address ("jdoe...@example.com").
    """
    words, chars, kind = batch.words, batch.chars, batch.kind
    start, end, last = words.start[at], words.end[at], len(chars) - 1
    colon = ord(":")
    path = (chars[start - 1] == colon) & (chars[(start - 2).clip(0)] == colon)
    path |= (chars[end] == colon) & (chars[(end + 1).clip(max=last)] == colon)
    call = (chars[end] == ord("(")) & (kind[(end + 1).clip(max=last)] == CLOSE)
    masked = np.zeros(len(at), bool)
    for step in range(1, _MASK + 1):
        masked |= chars[(end + step).clip(max=last)] == ord("@")
    answer: Bools = path | call | (masked & (kind[end] == STOP))
    return answer


def broken_off(batch: Batch, at: Ints) -> Bools:
    """Words that end in a hyphen and go on nowhere ("the proble-, uh"), or only behind the end of the line."""
    words, chars, kind = batch.words, batch.chars, batch.kind
    start, end, last = words.start[at], words.end[at], len(chars) - 1
    after = (end + 1).clip(max=last)
    cut = np.isin(chars[end], _HYPHENS) & ~_letter(kind[after]) & ~np.isin(chars[after], _HYPHENS)
    before, near = start.copy(), (at - 1).clip(0)
    # Back over what stands between: blanks, then a hyphen that touches the word before.
    for _ in range(_GAP):
        blank = (kind[before - 1] == SPACE) | (kind[before - 1] == NEWLINE)
        before = np.where(blank & (before > 1), before - 1, before)
    joined = (at > 0) & (before < start) & np.isin(chars[before - 1], _HYPHENS) & (words.end[near] == before - 1)
    answer: Bools = cut | joined
    return answer


def bracketed_alone(batch: Batch, at: Ints) -> Bools:
    """Words that fill a pair of brackets: "Jakub Beran (jberan)"."""
    words, kind = batch.words, batch.kind
    answer: Bools = (kind[words.start[at] - 1] == OPEN) & (kind[words.end[at]] == CLOSE)
    return answer


def terms(batch: Batch, at: Ints) -> Bools:
    """Words that their document has in code too, or inside a sentence with a capital: "`rustc`", "a Gaim window"."""
    words, types, chars = batch.words, batch.types, batch.chars
    if not len(at):
        return np.zeros(0, bool)
    key = types.key[words.type[at]]
    # All uses of these words in any case, in all documents.
    use = np.flatnonzero((find_rows(ordered(key), types.key) >= 0)[words.type])
    start, end = words.start[use], words.end[use]
    shape = types.shape[words.type[use]]
    code = np.isin(chars[start - 1], _CODE) | np.isin(chars[end], _CODE) | in_code(batch, use)
    named = (shape != LOWERCASE) & ~is_in(use, batch.sentences.first_word)
    use = use[code | named]
    answer: Bools = is_in(_place(batch, at), ordered(_place(batch, use)))
    return answer


def _place(batch: Batch, at: Ints) -> NDArray[np.uint64]:
    """One number for a document and a word."""
    words = batch.words
    document = (words.document[at].astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    answer: NDArray[np.uint64] = document ^ batch.types.key[words.type[at]]
    return answer


def technical(batch: Batch, documents: Ints) -> Floats:
    """How many signs of code a document has in 1,000 words: runs of characters between blanks that hold a character of
    code, and unknown words with a capital inside; the first few, which any text may have, are not counted.
    """
    out = np.zeros(len(documents))
    words, kind = batch.words, batch.kind
    places = marks(batch)
    places = places[np.isin(batch.chars[places], _SIGNS)]
    mixed = (batch.types.shape == MIXED) & ~facts(batch).known
    firsts, lasts = (np.searchsorted(words.document, documents + step).tolist() for step in (0, 1))
    for i, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        if first == last:
            continue
        begin, end = words.start[first] - 1, words.end[last - 1] + 1
        own = places[slice(*places.searchsorted([begin, end]))]
        signs = int(np.count_nonzero(mixed[words.type[first:last]]))
        if len(own):
            blank = (kind[begin:end] == SPACE) | (kind[begin:end] == NEWLINE)
            signs += len(ordered(np.cumsum(blank)[own - begin]))
        out[i] = 1000 * max(signs - _FREE, 0) / (last - first)
    return out


def in_syllables(batch: Batch, at: Ints, unknown: Ints) -> Bools:
    """Parts of words: "poss ible", where neither half is a word, and every word of a text of whose unknown words (all
    of them: `unknown`) a third come in such parts ("the an swer that the mo ment gave").
    """
    if not len(at):
        return np.zeros(0, bool)
    document, size = batch.words.document, len(batch)
    parts = np.bincount(document[unknown], weights=_parts(batch, unknown, alone=False), minlength=size)
    crowd = (parts >= _SYLLABLES) & (3 * parts >= np.bincount(document[unknown], minlength=size))
    answer: Bools = crowd[document[at]] | _parts(batch, at, alone=True)
    return answer


def _parts(batch: Batch, at: Ints, *, alone: bool) -> Bools:
    """Which words make a word with a neighbour, or with both; with `alone`, with one that is itself none."""
    joined: list[str] = []
    halves: list[str] = []
    for word, left, right in zip(at.tolist(), _beside(batch, at, -1), _beside(batch, at, 1), strict=True):
        own = batch.word(word).lower()
        joined += [left + own, own + right, left + own + right]
        halves += [left, right, left]
    good = _words(joined) & (np.array([len(h) for h in halves]) > 0)
    if alone:
        good = good & ~_words(halves)
    answer: Bools = np.any(good.reshape(-1, 3), axis=1)
    return answer


def spoken_otherwise(batch: Batch, at: Ints) -> Bools:
    """Words quoted in a document whose unknown words nearly all stand in quotations: dialect, old spelling."""
    words = batch.words
    inside = quotations(batch)[0]
    size = len(batch)
    here = np.bincount(words.document[at], minlength=size)
    quoted = np.bincount(words.document[at], weights=inside[at], minlength=size)
    usual = np.bincount(words.document, weights=inside, minlength=size) / np.maximum(batch.words_per_document(), 1)
    dialect = (here >= _DIALECT) & (quoted >= _NEARLY_ALL * here) & (quoted >= 1.5 * usual * here)
    answer: Bools = dialect[words.document[at]] & inside[at]
    return answer


def _words(spelt: Sequence[str]) -> Bools:
    """Which of some strings a desk dictionary, or much use, has as a word."""
    table = lexicon()
    rows = table.rows(hash_words(spelt))
    answer: Bools = (rows >= 0) & (table.flags[rows] & (KNOWN | US | GB) > 0)
    return answer


def _beside(batch: Batch, at: Ints, step: int) -> list[str]:
    """The neighbour of each word in small letters, if nothing but a space stands between; else nothing."""
    words = batch.words
    near = (at + step).clip(0, len(words) - 1)
    left, right = (near, at) if step < 0 else (at, near)
    gap = batch.kind[words.end[left]]
    touch = (words.start[right] - words.end[left] == 1) & ((gap == SPACE) | (gap == NEWLINE))
    touch &= (words.document[near] == words.document[at]) & (near != at)
    return [batch.word(w).lower() if ok else "" for w, ok in zip(near.tolist(), touch.tolist(), strict=True)]


# Words of early modern English that no living one writes.
_ARCHAIC = tuple("thou thee thy thine hath doth ye unto".split())


def archaic_forms(batch: Batch, at: Ints) -> Bools:
    """Verbs in -eth ("he goeth"; not "twentyeth"), and those in -est in a document that has "thou": "thou knowest"."""
    out = np.zeros(len(at), bool)
    spelt = [batch.word(w).lower() for w in at.tolist()]
    ending = np.flatnonzero([w.endswith(("eth", "est")) and not w.endswith(("tieth", "tyeth")) for w in spelt])
    if not len(ending):
        return out
    stems = []
    for w in (spelt[i] for i in ending.tolist()):
        stem = w[:-3]
        stems += [
            stem,
            w[:-2],
            stem[:-1],
            f"{stem[:-1]}y" if stem.endswith("i") else stem,
        ]  # runn-eth, bit-eth, cri-eth
    known = _words(stems).reshape(-1, 4).any(1)
    old = ordered(batch.words.document[words_of(batch, keys_of(_ARCHAIC))])
    th = np.array([spelt[i].endswith("h") for i in ending.tolist()])
    out[ending] = known & (th | is_in(batch.words.document[at[ending]], old))
    return out


# A text is in old spelling, or quotes one at length, where so many of its unknown words, and this share of them, are
# known ones with an e behind ("towne", "tooke", "beinge"), or with u for v, v for u or i for j ("haue", "vpon",
# "subiect"). No slip of today does the latter: each counts for two.
_OLD, _OLD_SHARE, _SWAPPED = 8, 0.2, 2
_V_FOR_U, _U_FOR_V, _I_FOR_J = (
    re.compile("^v(?=[^aeiou])"),
    re.compile("(?<=[aeilr])u(?=[aeiouy])"),
    re.compile("i(?=[aeou])"),
)


def old_spelling(batch: Batch, at: Ints) -> Bools:
    """All words of documents that spell as people did before there were dictionaries; `at`: all that may be slips."""
    spelt = [batch.word(w).lower() for w in at.tolist()]
    ending = _words([w[:-1] if w.endswith("e") else "" for w in spelt])
    swapped = np.zeros(len(spelt), bool)
    for form in (_modern_v, _modern_j):
        forms = [modern if (modern := form(w)) != w else "" for w in spelt]
        swapped |= _words(forms) | _words([f[:-1] if f.endswith("e") else "" for f in forms])
    document, size = batch.words.document[at], len(batch)
    old = np.bincount(document, weights=np.where(swapped, _SWAPPED, ending), minlength=size)
    answer: Bools = ((old >= _OLD) & (old >= _OLD_SHARE * np.bincount(document, minlength=size)))[document]
    return answer


def _modern_v(word: str) -> str:
    """A word with u and v as they stand today: "upon", "have"."""
    return _V_FOR_U.sub("u", _U_FOR_V.sub("v", word))


def _modern_j(word: str) -> str:
    """A word with j as it stands today: "subject"."""
    return _I_FOR_J.sub("j", word, count=1)
