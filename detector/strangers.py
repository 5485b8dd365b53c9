"""What speaks for an unknown word being foreign, coined or a term: its neighbours, and how it is built. Floor 2.

Misspelt words stand among known ones. A word of another language stands among others of it, or beside the name of the
language; a term is followed by its gloss in brackets; a coined plural ("unfavorables") is a known word with a regular
ending. Each answer is given for words by their indices and has their shape.
"""

import numpy as np
from numpy.typing import NDArray

from detector.batch import CLOSE, DASH, LOWER, LOWERCASE, NEWLINE, OPEN, SPACE, Batch, hash_words, is_in
from detector.foreign import FOREIGN_GRAMMAR
from detector.lexicon import ABBREVIATION, GB, KNOWN, RARE, US, ZIPF_STEPS, facts, find_rows, lexicon
from detector.spelling import begins_word
from detector.surroundings import keys_of, words_of

__all__ = [
    "abbreviated",
    "beside",
    "chained",
    "cut_off",
    "echoed",
    "foreign_company",
    "glossed",
    "item_alone",
    "language_named",
    "plural",
]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# How far the company of a word reaches, in words.
_REACH = 3
_FOREIGN_ZIPF, _FOREIGN_GAP = 3.0, 1.5
_LANGUAGES = tuple(
    "latin greek french german italian spanish portuguese dutch danish swedish norwegian finnish russian polish czech "
    "hungarian turkish arabic hebrew yiddish persian farsi urdu hindi sanskrit bengali bangla tamil chinese mandarin "
    "cantonese japanese korean vietnamese thai tagalog malay indonesian swahili hausa yoruba igbo zulu xhosa maori "
    "hawaiian welsh irish gaelic scots basque catalan breton cornish".split()
)
# "In French", "Latin for", "the Greek word": else the name of a language is that of a people.
_BEFORE = ("in", "old", "classical")
_BEHIND = tuple("for word words term name phrase root verb noun meaning".split())
# A document shorter than this may be a title or a message that nobody cut off.
_PAGE = 50
_SHORT = 6


def foreign_company(batch: Batch, at: Ints) -> Floats:
    """How many of the words next to each, three to either side in its sentence, are of another language; the words
    asked about, which may be slips, are none of them.
    """
    words, known, small = batch.words, facts(batch), batch.types.shape == LOWERCASE
    foreign = small & ~known.dictionary & (known.foreign_zipf >= _FOREIGN_ZIPF)
    foreign &= known.foreign_zipf - known.zipf >= _FOREIGN_GAP
    for_sure = small & (find_rows(keys_of(FOREIGN_GRAMMAR), batch.types.key) >= 0)
    asked = np.zeros(len(words), bool)
    asked[at] = True
    out = np.zeros(len(at))
    for step in [s for s in range(-_REACH, _REACH + 1) if s]:
        inside = (at + step >= 0) & (at + step < len(words))
        near = np.where(inside, at + step, at)
        stranger = for_sure[words.type[near]] | (foreign[words.type[near]] & ~asked[near])
        out += stranger & inside & (words.sentence[near] == words.sentence[at])
    return out


def beside(batch: Batch, at: Ints, others: Ints) -> Bools:
    """Words with one of some other words before or behind them in their sentence."""
    chosen = np.zeros(len(batch.words), bool)
    chosen[others] = True
    out = np.zeros(len(at), bool)
    for near in ((at - 1).clip(0), (at + 1).clip(max=len(chosen) - 1)):
        out |= chosen[near] & (near != at) & (batch.words.sentence[near] == batch.words.sentence[at])
    return out


# Who plays with a word keeps its length and changes a letter, in a long word two behind the first. On dev/ and genres
# of train/ that took 14 wrong marks and no right one; with two letters free in short words twelve planted slips too.
_ECHO, _ECHO_REACH, _LONG_ECHO = 4, 2, 6


def echoed(batch: Batch, at: Ints) -> Bools:
    """Words that echo one of the two before or behind them: "splish splash", "nolens volens", "isms and ists"."""
    return np.array([_echo(batch, word) for word in at.tolist()], bool)


def _echo(batch: Batch, word: int) -> bool:
    own, sentence = batch.word(word).lower(), batch.words.sentence
    if len(own) < _ECHO:
        return False
    for near in range(max(word - _ECHO_REACH, 0), min(word + _ECHO_REACH + 1, len(sentence))):
        other = batch.word(near).lower() if sentence[near] == sentence[word] else ""
        if len(other) == len(own):
            changed = sum(a != b for a, b in zip(own, other, strict=True))
            if 0 < changed <= (2 if len(own) >= _LONG_ECHO and own[0] == other[0] else 1):
                return True
    return False


def language_named(batch: Batch, at: Ints) -> Floats:
    """1 for words in a sentence that says of what language it speaks, 2 just behind its name: "in German by hund"."""
    words, last = batch.words, len(batch.words) - 1
    named = words_of(batch, keys_of(_LANGUAGES))
    before, behind = (batch.types.key[words.type[x]] for x in ((named - 1).clip(0), (named + 1).clip(max=last)))
    spoken = is_in(before, keys_of(_BEFORE)) | is_in(behind, keys_of(_BEHIND))
    named = named[spoken]
    within = np.isin(words.sentence[at], words.sentence[named])
    answer: Floats = within.astype(np.float64)
    for step in range(1, _REACH + 1):
        answer[within & np.isin(at - step, named)] = 2.0
    return answer


def glossed(batch: Batch, at: Ints) -> Bools:
    """Words that brackets behind them explain: "miao (subtle)"; or that end such brackets ("(dracaena cinnabara)")."""
    words, kind, last = batch.words, batch.kind, len(batch.chars) - 1
    end = words.end[at]
    opened = (kind[end] == SPACE) & (kind[(end + 1).clip(max=last)] == OPEN)
    near = (at - 1).clip(0)
    closed = (kind[end] == CLOSE) & (kind[words.start[near] - 1] == OPEN) & (near != at)
    answer: Bools = opened | closed
    return answer


def chained(batch: Batch, at: Ints) -> Bools:
    """Parts of a chain of hyphens, of three words or more: "zoop-boing-goodem"."""
    last = len(batch.words) - 1
    before, after = (at - 1).clip(0), (at + 1).clip(max=last)
    left, right = _tied(batch, before, at), _tied(batch, at, after)
    far = _tied(batch, (at - 2).clip(0), before) & left | _tied(batch, after, (at + 2).clip(max=last)) & right
    answer: Bools = (left & right) | far
    return answer


def _tied(batch: Batch, left: Ints, right: Ints) -> Bools:
    """Which words have nothing but a hyphen between them."""
    words = batch.words
    answer: Bools = (words.start[right] - words.end[left] == 1) & (batch.kind[words.end[left]] == DASH)
    return answer


_MARKS = np.array([ord(c) for c in "-*\u2022\u2013|"], np.uint32)


def item_alone(batch: Batch, at: Ints) -> Bools:
    """Words that are all of an item of a list in a line: "bluss - brendanzab - diwic"."""
    words, chars, kind = batch.words, batch.chars, batch.kind
    start, end, last = words.start[at], words.end[at], len(batch.chars) - 1
    left = (kind[start - 1] == SPACE) & np.isin(chars[(start - 2).clip(0)], _MARKS)
    right = (kind[end] == SPACE) & np.isin(chars[(end + 1).clip(max=last)], _MARKS)
    right &= kind[(end + 2).clip(max=last)] == SPACE
    left &= (kind[(start - 3).clip(0)] == SPACE) | (kind[(start - 3).clip(0)] == NEWLINE)
    answer: Bools = left & right
    return answer


def cut_off(batch: Batch, at: Ints) -> Bools:
    """Words that end a text without a stop: whoever keeps the first so many characters cuts words ("the buildi")."""
    words, last = batch.words, len(batch.words) - 1
    final: Bools = (at == last) | (words.document[(at + 1).clip(max=last)] != words.document[at])
    blank = (batch.kind[words.end[at]] == SPACE) | (batch.kind[words.end[at]] == NEWLINE)
    final &= blank & (batch.words_per_document()[words.document[at]] >= _PAGE)
    final[final] = [begins_word(batch.word(w).lower(), 1) for w in at[final].tolist()]
    return final


def abbreviated(batch: Batch, at: Ints) -> Bools:
    """Short words with a full stop inside a sentence ("attrac. fit"), and those that lists have as abbreviations."""
    words, kind, last = batch.words, batch.kind, len(batch.chars) - 1
    start, end = words.start[at], words.end[at]
    stopped = (batch.chars[end] == ord(".")) & (kind[(end + 1).clip(max=last)] == SPACE)
    stopped &= (kind[(end + 2).clip(max=last)] == LOWER) & (end - start <= _SHORT)
    table = lexicon()
    rows = table.rows(batch.types.key[words.type[at]])
    listed = (rows >= 0) & (table.flags[rows] & ABBREVIATION > 0) & (end - start < _SHORT)
    answer: Bools = stopped | listed
    return answer


# What a plural is seldom made of by mistake: nouns and nouns made of verbs and adjectives.
_NOUNS = (
    "ing",
    "al",
    "er",
    "or",
    "ive",
    "able",
    "ible",
    "ist",
    "ment",
    "tion",
    "sion",
    "ant",
    "ent",
    "ism",
    "ary",
    "ance",
    "ence",
)
_PLURAL_ZIPF = 2.0


def plural(batch: Batch, at: Ints) -> Bools:
    """Plurals of known words that seldom have one: "unfavorables", "shamings", "financials"."""
    spelt = [batch.word(w).lower() for w in at.tolist()]
    stems = [w[:-1] if w.endswith("s") and w[:-1].endswith(_NOUNS) and len(w) > _SHORT else "" for w in spelt]
    table = lexicon()
    rows = table.rows(hash_words(stems))
    known = (rows >= 0) & (table.flags[rows] & (KNOWN | US | GB | RARE) > 0)
    answer: Bools = known & (table.zipf[rows] >= _PLURAL_ZIPF * ZIPF_STEPS)
    return answer
