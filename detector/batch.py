r"""Cut documents into flat arrays: the only definition of a word, a line and a sentence.

All documents of a batch are laid into one array of code points, each followed by a line feed, and cut once. A *place*
is an index into that array; `Batch.locate` turns it into an offset of the document's own text. Nothing here loops over
characters or words in Python.

- A *word* is a run of letters, combining marks and digits; an apostrophe between letters ("don't") and a full stop or
  comma between digits ("3.5", "1,000") belong to it. A hyphen parts words.
- A *line* ends at `\n` and nowhere else.
- A *sentence* ends at `.`, `!`, `?` or `…` (with closing quotes and brackets) before white space and something that can
  start a sentence, unless the word before is an initial or a common abbreviation; a small letter can in a document
  without capitals (see `FEW_CAPITALS`). It also ends with its line, unless the line was wrapped (see `WRAPPED_LINE`).
"""

import functools
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "APOSTROPHE",
    "CAPITAL",
    "CAPS",
    "CLOSE",
    "COMMA",
    "CONTROL",
    "DASH",
    "DIGIT",
    "FEW_CAPITALS",
    "LOWER",
    "LOWERCASE",
    "MARK",
    "MIXED",
    "NEWLINE",
    "NUMBER",
    "OPEN",
    "OTHER_LETTER",
    "QUOTE",
    "SPACE",
    "STOP",
    "SYMBOL",
    "UPPER",
    "Batch",
    "Lines",
    "Sentences",
    "Taught",
    "Types",
    "Words",
    "cut",
    "distinct",
    "grouped",
    "hash_apart",
    "hash_places",
    "hash_texts",
    "hash_words",
    "is_in",
    "mix",
    "ordered",
    "per_batch",
]

T = TypeVar("T")
Scalar = TypeVar("Scalar", bound=np.generic)
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Hashes = NDArray[np.uint64]

# Kinds of characters. LOWER..DIGIT are what words are made of; the order matters.
SPACE, NEWLINE, LOWER, UPPER, OTHER_LETTER, MARK, DIGIT = 1, 2, 3, 4, 5, 6, 7
STOP, COMMA, QUOTE, APOSTROPHE, OPEN, CLOSE, DASH, SYMBOL, CONTROL = 8, 9, 10, 11, 12, 13, 14, 15, 16

# Shapes of words.
LOWERCASE, CAPITAL, CAPS, MIXED, NUMBER = 0, 1, 2, 3, 4

# A line of at least this many characters whose end is no end of a sentence, before a line that starts in lower case,
# was wrapped by a machine (mail, Project Gutenberg: 65 to 75 columns); the sentence goes on.
WRAPPED_LINE = 40

# Prose has a capital in eight words (news) to twenty (dialogue); texts put into small letters have none, or fewer than
# this share of their words.
FEW_CAPITALS = 0.01
_ORDINAL = 2  # digits

# Only the first characters of a word are hashed (its length is, too): no English word is longer, base64 is.
_HASHED = 48
_BLOCK = 1 << 15  # characters hashed at a time: what is needed for them fits a processor's nearest memory
_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 1 << 64)

_ABBREVIATIONS = (
    "mr mrs ms dr prof st gen sen rep gov lt col sgt capt cpl maj adm rev hon pres supt messrs jr sr vs etc vol pp fig "
    "jan feb mar apr jun jul aug sept sep oct nov dec inc ltd corp co dept univ approx cf mt ft"
).split()

_CATEGORY = {
    "Ll": LOWER,
    "Lu": UPPER,
    "Lt": UPPER,
    "Lm": OTHER_LETTER,
    "Lo": OTHER_LETTER,
    "Mn": MARK,
    "Mc": MARK,
    "Me": MARK,
    "Nd": DIGIT,
    "Nl": DIGIT,
    "No": SYMBOL,
    "Ps": OPEN,
    "Pe": CLOSE,
    "Pi": QUOTE,
    "Pf": QUOTE,
    "Pd": DASH,
    "Zs": SPACE,
    "Zl": SPACE,
    "Zp": SPACE,
    "Cc": CONTROL,
    "Cf": CONTROL,
    "Cs": CONTROL,
    "Co": CONTROL,
    "Cn": CONTROL,
}
_SPECIAL = {
    "\n": NEWLINE,
    "\t": SPACE,
    "\r": SPACE,
    "\v": SPACE,
    "\f": SPACE,
    "\u200b": SPACE,
    "\ufeff": SPACE,
    **dict.fromkeys(".!?…", STOP),
    **dict.fromkeys(",;:", COMMA),
    **dict.fromkeys('"«»“”„‟″', QUOTE),
    **dict.fromkeys("'’‘‚‛′`´ʼ", APOSTROPHE),
    **dict.fromkeys("([{", OPEN),
    **dict.fromkeys(")]}", CLOSE),
}


def per_batch(function: Callable[["Batch"], T]) -> Callable[["Batch"], T]:
    """Remember a function's answer for as long as its batch lives, so that signals can share what they work out."""

    @functools.wraps(function)
    def remembered(batch: "Batch") -> T:
        if function not in batch.memory:
            batch.memory[function] = function(batch)
        answer: T = batch.memory[function]
        return answer

    return remembered


class _Characters:
    """What is known of each code point, worked out the first time one is met.

    The first 256, which are nearly all of an English text, are translated as bytes.
    """

    def __init__(self) -> None:
        self.kind = np.zeros(0x110000, np.uint8)
        self.lower = np.arange(0x110000, dtype=np.uint32)
        self.learn(np.arange(256, dtype=np.uint32))
        self.narrow_kind = self.kind[:256].tobytes()
        self.narrow_lower = self.lower[:256].astype(np.uint8).tobytes()

    def learn(self, code_points: NDArray[np.uint32]) -> None:
        for code in code_points.tolist():
            c = chr(code)
            self.kind[code] = _SPECIAL.get(c) or _CATEGORY.get(unicodedata.category(c), SYMBOL)
            lower = c.lower()
            self.lower[code] = ord(lower[0]) if self.kind[code] != APOSTROPHE else ord("'")

    def see(self, chars: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
        """The kind of each character, and each in lower case."""
        narrow = bytearray(chars.astype(np.uint8).data)
        kind = np.frombuffer(narrow.translate(self.narrow_kind), np.uint8)
        lower = np.frombuffer(narrow.translate(self.narrow_lower), np.uint8).astype(np.uint32)
        wide = np.flatnonzero(chars > 255)
        if len(wide):
            code = chars[wide]
            if not self.kind[code].all():
                self.learn(ordered(code[self.kind[code] == 0]))
            kind[wide] = self.kind[code]
            lower[wide] = self.lower[code]
        return kind, lower


@functools.cache
def _characters() -> _Characters:
    return _Characters()


@functools.cache
def _powers() -> tuple[Hashes, Hashes]:
    """_BASE ** i and its inverse for every place of a block."""
    n = _BLOCK + _HASHED + 1
    up, down = np.full(n, _BASE, np.uint64), np.full(n, _INVERSE, np.uint64)
    up[0] = down[0] = 1
    return np.multiply.accumulate(up), np.multiply.accumulate(down)


def mix(keys: Hashes) -> Hashes:
    """Scramble 64-bit keys (the finaliser of splitmix64, Steele et al.

    2014) so that every bit depends on every other.
    """
    shifted = keys >> np.uint64(30)
    keys = keys ^ shifted
    keys *= np.uint64(0xBF58476D1CE4E5B9)
    keys ^= np.right_shift(keys, np.uint64(27), out=shifted)
    keys *= np.uint64(0x94D049BB133111EB)
    keys ^= np.right_shift(keys, np.uint64(31), out=shifted)
    return keys


def hash_places(folded: NDArray[np.uint32], start: Ints, end: Ints) -> Hashes:
    """A polynomial hash of each place [start, end), whatever lies around it: differences of prefix sums.

    `start` is in order.
    """
    up, down = _powers()
    out = np.empty(len(start), np.uint64)
    first = 0
    while first < len(start):
        origin = int(start[first])
        last = len(start)
        if start[-1] - origin >= _BLOCK:
            last = int(np.searchsorted(start, origin + _BLOCK))
        piece = folded[origin : origin + _BLOCK + _HASHED].astype(np.uint64)
        piece *= up[: len(piece)]
        sums = np.zeros(len(piece) + 1, np.uint64)
        np.cumsum(piece, out=sums[1:])
        length = end[first:last] - start[first:last]
        s = start[first:last] - origin
        hashed = sums.take(np.minimum(length, _HASHED) + s)
        hashed -= sums.take(s)
        hashed *= down.take(s)
        hashed ^= length.view(np.uint64) << np.uint64(56)
        out[first:last] = mix(hashed)
        first = last
    return out


def hash_apart(folded: NDArray[np.uint32], start: Ints, end: Ints) -> Hashes:
    """`hash_places` of a few places far apart, in any order: what lies between them is not looked at."""
    length = end - start
    stop = np.cumsum(length)
    begin = stop - length
    at = np.arange(int(length.sum())) + np.repeat(start - begin, length)
    return hash_places(folded[at], begin, stop)


def hash_words(words: Sequence[str]) -> Hashes:
    """The key of each word as `Types.key` has it: case folded away, every apostrophe straight. Shape [n], uint64."""
    chars = _chars("".join(words))
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    end = np.cumsum(lengths)
    _, lower = _characters().see(chars)
    return hash_places(lower, end - lengths, end)


def hash_texts(texts: Sequence[str]) -> tuple[Hashes, Ints]:
    """The keys of the words of some texts, one text after the other, and how many words each text has."""
    joined = "\n" + "\n".join(texts) + "\n"
    kind, lower = _characters().see(_chars(joined))
    sign = _signs(kind)
    start, end = _words(kind, sign, kind[sign])
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    return hash_places(lower, start, end), np.diff(np.searchsorted(start, ends), prepend=0)


def _chars(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@dataclass(frozen=True)
class Words:
    """The words of a batch, in order; arrays of shape [words]. `start` and `end` are places."""

    start: Ints
    end: Ints
    document: Ints
    line: Ints
    sentence: Ints
    type: Ints

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True)
class Lines:
    """The lines of a batch, empty ones included; arrays of shape [lines]. `words[i]` is how many words a line has."""

    start: Ints
    end: Ints
    document: Ints
    first_word: Ints
    words: Ints

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True)
class Sentences:
    """The sentences of a batch, each with at least one word; arrays of shape [sentences]."""

    start: Ints
    end: Ints
    document: Ints
    first_word: Ints
    words: Ints

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True)
class Types:
    """The distinct words of a batch (distinct in spelling and case); arrays of shape [types].

    `key` is the 64-bit hash with case folded away (see `hash_words`), `shape` one of LOWERCASE, CAPITAL (one letter "A"
    too), CAPS, MIXED and NUMBER (begins with a digit), `length` in characters, `first` the index of the type's first
    word, `count` how often it stands in the batch: a fact about the batch, never evidence about a document.
    """

    key: Hashes
    shape: NDArray[np.uint8]
    length: Ints
    first: Ints
    count: Ints

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True)
class Taught:
    """What the user taught us about words.

    `accepted`: keys (see `hash_words`) of names and terms that are right, sorted. `dialect`: "any", or "us" or "gb" to
    call the other's spelling a fault.
    """

    accepted: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))
    dialect: str = "any"

    @classmethod
    def from_words(cls, words: Sequence[str], dialect: str = "any") -> "Taught":
        """Words as a person writes them, one or more a string."""
        return cls(ordered(hash_texts(words)[0]), dialect)


@dataclass(frozen=True)
class Batch:
    """Documents, cut. `chars`, `kind` (kinds of characters) and `lower` have shape [characters].

    `doubtful`, if given: bool [sentences], the sentences that slow signals need to read; the others count as sound.
    `facts`, if given: by document, what is known of it beyond its text (`Document.metadata`). `recurring`, if given:
    bool [lines], the lines that many documents of their site have (`detector.sites`). `markup`, if given: float64
    [lines], `Document.markup`, NaN for the lines of documents without. `ignored`: codes of signals that do not count.
    """

    texts: tuple[str, ...]
    joined: str
    chars: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    lower: NDArray[np.uint32]
    document_start: Ints
    document_end: Ints
    words: Words
    lines: Lines
    sentences: Sentences
    types: Types
    taught: Taught = field(default_factory=Taught)
    doubtful: NDArray[np.bool_] | None = None
    facts: tuple[Mapping[str, Any], ...] = ()
    recurring: NDArray[np.bool_] | None = None
    markup: NDArray[np.float64] | None = None
    ignored: frozenset[str] = frozenset()
    memory: dict[Any, Any] = field(default_factory=dict, repr=False)
    # Which units signals marked, by code, as far as they were measured. Not shared, as `memory` is, with batches that
    # `replace` makes: marks depend on all fields. Indices and not the marks: their `detail` holds the batch, and what
    # holds itself is not freed at once.
    marked: dict[str, Ints] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.texts)

    def string(self, start: int, end: int) -> str:
        """The characters between two places."""
        return self.joined[start:end]

    def word(self, index: int) -> str:
        """The word with that index."""
        return self.joined[self.words.start[index] : self.words.end[index]]

    def type_string(self, index: int) -> str:
        """The spelling of a type."""
        return self.word(int(self.types.first[index]))

    def locate(self, place: int, document: int) -> int:
        """The offset of a place in its document's text."""
        return int(place) - int(self.document_start[document])

    def words_per_document(self) -> Ints:
        """How many words each document has."""
        return np.diff(np.searchsorted(self.words.document, np.arange(len(self) + 1)))

    def per_document(self, documents: Ints, weights: NDArray[Any] | None = None) -> NDArray[Any]:
        """Sums by document, added up in order: a document's sum does not depend on its neighbours."""
        return np.bincount(documents, weights=weights, minlength=len(self))


def _signs(kind: NDArray[np.uint8]) -> Ints:
    """The places of all characters but small letters and spaces: a twelfth of a text, and all that is asked about."""
    return np.flatnonzero((kind != LOWER) & (kind != SPACE))


def _words(kind: NDArray[np.uint8], sign: Ints, of: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Where words begin and end; `sign`: see `_signs`, `of`: their kinds."""
    inside = (kind - np.uint8(LOWER)) <= DIGIT - LOWER  # what is less is far greater without a sign
    joint = sign[of == APOSTROPHE]
    before, after = kind[joint - 1], kind[joint + 1]
    letters = (before >= LOWER) & (before <= MARK) & (after >= LOWER) & (after <= MARK)
    inside[joint[letters]] = True
    point = sign[(of == STOP) | (of == COMMA)]
    inside[point[(kind[point - 1] == DIGIT) & (kind[point + 1] == DIGIT)]] = True
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    edges += 1
    return edges[::2].copy(), edges[1::2].copy()


def _shapes(kind: NDArray[np.uint8], upper: Ints, start: Ints, end: Ints) -> tuple[NDArray[np.uint8], Ints, Ints]:
    """The shape of each word; which mixed ones and numbers have capitals, and a number that tells apart where.

    `upper`: the places of all capitals.
    """
    leading = kind[start]
    shape = np.zeros(len(start), np.uint8)
    shape[leading == UPPER] = CAPITAL
    # Capitals inside words are few: they have no space or quotation mark before them.
    before = kind[upper - 1]
    inner = upper[(before >= LOWER) & (before != QUOTE)]
    of = np.searchsorted(start, inner, "right") - 1
    inside = start[of] != inner
    inner, of = inner[inside], of[inside]
    word, count = _counted(of)
    leads = leading[word] == UPPER
    capitals = count + leads
    shape[word] = np.where((capitals == end[word] - start[word]) & (capitals > 1), CAPS, MIXED)
    shape[leading == DIGIT] = NUMBER
    places = np.bincount(of, weights=inner - start[of], minlength=len(start))  # whole numbers far below 2**53
    odd = (shape[word] == MIXED) | (shape[word] == NUMBER)
    word = word[odd]
    return shape, word, places[word].astype(np.int64) * 64 + capitals[odd]


def _counted(values: Ints) -> tuple[Ints, Ints]:
    """The distinct ones of values in order, and how often each occurs."""
    begins = np.flatnonzero(np.diff(values, prepend=-1))
    return values[begins], np.diff(begins, append=len(values))


def _without_capitals(capitals: Ints, start: Ints, document_end: Ints, at: Ints) -> Bools:
    """Which places are in documents that have next to no capitals; `capitals`, `start`: the places of all of them, and
    of all words.
    """
    few = _each(capitals, document_end) < FEW_CAPITALS * _each(start, document_end)
    if not few.any():
        return np.zeros(len(at), bool)
    answer: Bools = few[np.searchsorted(document_end, at)]
    return answer


def _each(places: Ints, document_end: Ints) -> Ints:
    """How many of the places each document has."""
    return np.diff(np.searchsorted(places, document_end), prepend=0)


def _inline_breaks(
    chars: NDArray[np.uint32], kind: NDArray[np.uint8], at: Ints, small: Bools, words: tuple[Ints, Ints, Hashes]
) -> Ints:
    """Where sentences end inside lines: the places after the last closing marks.

    `at`: the places of all stops; `small`: behind which of them a small letter begins a sentence; `words`: where words
    begin and end, and their keys.
    """
    start, end, key = words
    after = at + 1
    for _ in range(3):  # closing quotes, brackets and further stops
        k = kind[after]
        after = after + ((k == QUOTE) | (k == CLOSE) | (k == APOSTROPHE) | (k == STOP))
    begin = after
    for _ in range(2):
        begin = begin + (kind[begin] == SPACE)
    spaced = begin > after
    for _ in range(2):  # opening quotes, brackets, dashes
        k = kind[begin]
        begin = begin + ((k == QUOTE) | (k == OPEN) | (k == APOSTROPHE) | (k == DASH))
    k = kind[begin]
    ok = spaced & ((k == UPPER) | (k == DIGIT) | (k == OTHER_LETTER) | (small & (k == LOWER)))
    at, after, lowercase = at[ok], after[ok], k[ok] == LOWER
    last = np.searchsorted(end, at, "right") - 1
    near = last.clip(0)
    touching = (last >= 0) & (end[near] == at) if len(end) else np.zeros(len(at), bool)
    if len(end):
        initial = (end[near] - start[near] == 1) & (
            (kind[start[near]] == UPPER) | (lowercase & (kind[start[near]] == LOWER))
        )
        short = is_in(key[near], _abbreviations())
        ordinal = lowercase & (kind[start[near]] == DIGIT) & (end[near] - start[near] <= _ORDINAL)  # "on the 14. march"
        after = after[~(touching & (chars[at] == ord(".")) & (initial | short | ordinal))]
    return ordered(after)


@functools.cache
def _abbreviations() -> Hashes:
    return np.sort(hash_words(_ABBREVIATIONS))


def _line_breaks(kind: NDArray[np.uint8], feeds: Ints, line_start: Ints, first_kind: NDArray[np.uint8]) -> Ints:
    """The line feeds that end a sentence: all but those of wrapped lines."""
    before = kind[feeds - 1]
    ends = (before == STOP) | (before == QUOTE) | (before == COMMA) | (before == CLOSE)
    following = np.append(first_kind[1:], 0)
    wrapped = ~ends & (following == LOWER) & (feeds - line_start >= WRAPPED_LINE)
    comma = (before == COMMA) & (following == LOWER) & (feeds - line_start >= WRAPPED_LINE)
    ending: Ints = feeds[~(wrapped | comma)]
    return ending


def cut(texts: Sequence[str], taught: Taught | None = None) -> Batch:
    """Cut documents into words, lines and sentences. Any string will do: empty, NUL, lone surrogates."""
    joined = "\n" + "\n".join(texts) + "\n"
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    document_end = np.cumsum(lengths + 1)
    document_start = document_end - lengths
    chars = _chars(joined)
    kind, lower = _characters().see(chars)

    sign = _signs(kind)
    of = kind[sign]
    start, end = _words(kind, sign, of)
    key = hash_places(lower, start, end)
    shape, mixed, pattern = _shapes(kind, sign[of == UPPER], start, end)
    document = _owners(start, document_end)

    feeds = sign[of == NEWLINE]
    line_start, line_end = feeds[:-1] + 1, feeds[1:]
    if not len(texts):
        line_start = line_end = feeds[:0]
    line_first = np.searchsorted(start, line_start)
    line_words = np.searchsorted(start, line_end) - line_first
    lines = Lines(
        line_start, line_end, np.searchsorted(document_start, line_start, "right") - 1, line_first, line_words
    )
    line = np.repeat(np.arange(len(line_start)), line_words)

    # Sentences: between cuts, each with a word in it. Documents always part them.
    first_kind = kind[line_start] if len(line_start) else kind[:0]
    stops = sign[of == STOP]
    small = _without_capitals(sign[of == UPPER], start, document_end, stops)
    inline = _inline_breaks(chars, kind, stops, small, (start, end, key))
    breaks = _line_breaks(kind, line_end, line_start, first_kind)
    cuts = ordered(np.concatenate([inline, breaks, document_end]))
    between = np.diff(np.searchsorted(start, cuts), prepend=0, append=len(start))
    bound = np.flatnonzero(between)
    count = between[bound]
    begins = np.cumsum(count) - count
    sentence = np.repeat(np.arange(len(begins)), count)
    sentence_end = _trim_right(kind, cuts[bound]) if len(begins) else begins
    sentence_start = (
        _trim_left(kind, np.maximum(np.concatenate([[0], cuts])[bound], line_start[line[begins]]))
        if len(begins)
        else begins
    )
    sentence_document = document[begins]
    sentences = Sentences(
        sentence_start,
        np.maximum(sentence_end, end[begins + count - 1] if len(begins) else sentence_end),
        sentence_document,
        begins,
        count,
    )

    capital = np.flatnonzero(shape)
    of_shape = np.zeros(len(start), np.uint64)
    of_shape[capital] = shape[capital].astype(np.uint64) * np.uint64(_BASE)
    of_shape[mixed] += pattern.view(np.uint64)
    first, of_word, occurrences = distinct(mix(key ^ of_shape))
    types = Types(key[first], shape[first], (end - start)[first], first, occurrences)
    words = Words(start, end, document, line, sentence, of_word)
    return Batch(
        tuple(texts),
        joined,
        chars,
        kind,
        lower,
        document_start,
        document_end,
        words,
        lines,
        sentences,
        types,
        taught or Taught(),
    )


def _owners(start: Ints, ends: Ints) -> Ints:
    """Which of the stretches that end at `ends`, one after the other, each of the ordered places lies in."""
    return np.repeat(np.arange(len(ends)), np.diff(np.searchsorted(start, ends), prepend=0))


def ordered(values: NDArray[Scalar]) -> NDArray[Scalar]:
    """The distinct values in order: `np.unique` without its first call's price, 40 ms for modules never needed here."""
    values = np.sort(values)
    if len(values) < 2:
        return values
    kept: NDArray[Scalar] = values[np.concatenate([[True], values[1:] != values[:-1]])]
    return kept


def is_in(values: NDArray[Scalar], table: NDArray[Scalar]) -> NDArray[np.bool_]:
    """Which values are in a sorted table."""
    if not len(table):
        return np.zeros(len(values), bool)
    at = np.searchsorted(table, values)
    at[at == len(table)] = 0
    found: NDArray[np.bool_] = table[at] == values
    return found


def grouped(values: Hashes) -> tuple[Ints, NDArray[np.bool_]]:
    """The places of hashes, ordered so that equal ones stand together, first places first; and where a new one begins.

    Each is sorted with its place in its low bits, several times as fast as sorting places by hash; if two hashes then
    look alike, which hardly ever happens, it is done the slow way.
    """
    n = len(values)
    low = np.uint64((1 << n.bit_length()) - 1)
    packed = values & ~low
    packed |= np.arange(n, dtype=np.uint64)
    packed.sort()
    order = (packed & low).view(np.int64)
    packed >>= np.uint64(n.bit_length())
    new = np.empty(n, bool)
    new[:1] = True
    np.not_equal(packed[1:], packed[:-1], out=new[1:])
    in_order = values[order]
    differ = in_order[1:] != in_order[:-1]
    if np.count_nonzero(new[1:]) != np.count_nonzero(differ):
        order = np.argsort(values, kind="stable")
        in_order = values[order]
        np.not_equal(in_order[1:], in_order[:-1], out=new[1:])
    return order, new


def distinct(values: Hashes) -> tuple[Ints, Ints, Ints]:
    """What `np.unique` says of hashes: where each distinct one stands first, which one each is, how often each occurs.

    They are in the order of their values.
    """
    order, new = grouped(values)
    begins = np.flatnonzero(new)
    times = np.diff(begins, append=len(values))
    which = np.empty(len(values), np.int64)
    which[order] = np.repeat(np.arange(len(begins)), times)
    return order[begins], which, times


# Most runs of white space are this short, and are stepped over; the others are looked up.
_STEPS = 4


def _trim_left(kind: NDArray[np.uint8], places: Ints) -> Ints:
    """The places, moved right over white space."""
    for _ in range(_STEPS):
        blank = _blank(kind[places])
        if not blank.any():
            return places
        places = places + blank
    start, end = _runs(kind)
    run = np.searchsorted(start, places, "right") - 1
    inside = (run >= 0) & (end[run] > places)
    return np.where(inside, end[run], places)


def _trim_right(kind: NDArray[np.uint8], places: Ints) -> Ints:
    """The places, moved left over white space."""
    for _ in range(_STEPS):
        blank = _blank(kind[places - 1]) & (places > 0)
        if not blank.any():
            return places
        places = places - blank
    start, end = _runs(kind)
    run = np.searchsorted(start, places - 1, "right") - 1
    inside = (run >= 0) & (end[run] > places - 1)
    return np.where(inside, start[run], places)


def _blank(kind: NDArray[np.uint8]) -> NDArray[np.bool_]:
    blank: NDArray[np.bool_] = (kind == SPACE) | (kind == NEWLINE)
    return blank


def _runs(kind: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Where runs of white space begin and end."""
    edges = np.flatnonzero(np.diff(_blank(kind), prepend=False, append=False))
    return edges[::2], edges[1::2]
