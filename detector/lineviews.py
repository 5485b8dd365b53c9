"""What can be seen of each line of a batch, as numbers: its words, its shape, its place, its neighbours.

The furniture model (`detector.furniture`) reads these rows, at run time and in training: there is one definition.
Only lines with something on them count ("full" lines); rows are in their order. Everything about a line beyond its own
words is worked out among the lines that are handed in, so that a text from which lines were taken looks exactly like a
text that never had them.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.batch import (
    CAPITAL,
    CAPS,
    CLOSE,
    COMMA,
    DASH,
    DIGIT,
    LOWER,
    LOWERCASE,
    NUMBER,
    QUOTE,
    SPACE,
    STOP,
    SYMBOL,
    UPPER,
    Batch,
    distinct,
    grouped,
    hash_words,
    mix,
)
from detector.surroundings import marks, pair_keys, placed_keys, type_is

__all__ = [
    "HEADS",
    "TABLE_BITS",
    "LineViews",
    "again",
    "context",
    "full_lines",
    "hashed_features",
    "heads",
    "line_keys",
    "look",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

TABLE_BITS = 18
"""Hashed word features share 2 ** 18 weights (times HEADS: 4 MB)."""

HEADS = 4
"""Weights per hashed feature: is this line furniture; are the lines after it; before it; is it, if it is long."""

LONG = 20
"""A line of so many words reads as a paragraph (jusText: 70 characters are short, 200 long; 20 words lie between)."""

_SHIFT = np.uint64(64 - TABLE_BITS)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _LAST, _SHAPED = np.uint64(0xA0761D6478BD642F), np.uint64(0xE7037ED1A0B428DB), np.uint64(0x8EBC6AF09C88C6E3)

_STOP_WORDS = (
    "a about after all also an and any are as at be because been before but by can could did do does for from had "
    "has have he her him his how i if in into is it its just like many may more most much my no not now of on one "
    "only or other our out over said she should so some such than that the their them then there these they this "
    "those through to too under up very was we were what when where which while who why will with would you your"
).split()
_READER_WORDS = "i you your my me we our us please here this".split()
_TELLING_WORDS = "said says told he she they his her their was were had that".split()
_PAIRS = 5
_FIRST_STEPPED = np.uint64(int(_FIRST) * int(_STEP) % (1 << 64))
_HALF, _LOW = np.uint64(32), np.uint64((1 << 32) - 1)


@dataclass(frozen=True)
class LineViews:
    """The full lines of a batch. `line`: their indices in `Batch.lines`; `own`: [full, columns]; `head`: [full, HEADS].

    `key`: a hash of all of a line's words, to find copies; `words`: how many words; `chars`: how many characters.
    `body_word`, `body_line`: the longer, rarer words, as keys, and which full line (row) each stands in.
    """

    line: Ints
    document: Ints
    own: Floats
    head: Floats
    key: NDArray[np.uint64]
    words: Ints
    chars: Ints
    body_word: NDArray[np.uint64]
    body_line: Ints


@functools.cache
def _word_lists() -> tuple[NDArray[np.uint64], ...]:
    return tuple(hash_words(words) for words in (_STOP_WORDS, _READER_WORDS, _TELLING_WORDS))


def _type_facts(batch: Batch) -> NDArray[np.uint64]:
    """What the words of a type add to their line's sums, two whole numbers to a column; shape [_PAIRS, types]."""
    types = batch.types
    stop, reader, telling = (type_is(batch, words) for words in _word_lists())
    shape = types.shape
    pairs = (
        (types.length, stop),
        (shape == LOWERCASE, shape == CAPITAL),
        (shape == CAPS, shape == NUMBER),
        (reader, telling),
        ((types.length >= 8) & (shape == LOWERCASE), types.length == 1),
    )
    return np.stack([(low.astype(np.uint64) << _HALF) | high.astype(np.uint64) for low, high in pairs])


def _word_sums(batch: Batch, first_word: Ints, count: Ints) -> Floats:
    """How many words the lines have, and the sums of `_type_facts` over them; float32 [lines, 1 + 2 * _PAIRS]."""
    out = np.zeros((len(count), 1 + 2 * _PAIRS), np.float32)
    out[:, 0] = count
    some = np.flatnonzero(count > 0)
    if len(some):
        for i, of_type in enumerate(_type_facts(batch)):
            total = np.add.reduceat(of_type.take(batch.words.type), first_word[some])
            out[some, 1 + 2 * i] = total >> _HALF
            out[some, 2 + 2 * i] = total & _LOW
    return out


def _sum_by_line(values: Floats, first_word: Ints, count: Ints) -> Floats:
    """Sum rows of words over lines; lines without words get 0."""
    out = np.zeros((len(count), values.shape[1]), np.float32)
    some = np.flatnonzero(count > 0)
    if len(some):
        out[some] = np.add.reduceat(values, first_word[some], axis=0)
    return out


def hashed_features(batch: Batch) -> tuple[Ints, Ints, Ints]:
    """Where the words of a batch fall into the table: by type, by word and what stands before it, by last word.

    The first array has shape [types], the others [words]. A number counts as its length, not its value.
    """
    types, words, lines = batch.types, batch.words, batch.lines
    number = types.shape == NUMBER
    key = np.where(number, mix(types.length.astype(np.uint64)), types.key)
    by_type = (mix(key ^ (types.shape.astype(np.uint64) * _SHAPED)) >> _SHIFT).view(np.int64)
    end = np.full(len(words), -1, np.int64)
    if not len(words):
        return by_type, end, end
    pair = np.empty(len(words), np.uint64)
    pair[1:] = pair_keys(batch)
    some = lines.words > 0
    first = lines.first_word[some]
    # What is otherwise than in those: pairs with a number, and the first words of lines.
    at = np.flatnonzero(number[words.type])
    at = np.concatenate([at[at > 0], (at + 1)[at + 1 < len(words)]])
    pair[at] = mix(key[words.type[at - 1]] * _STEP + key[words.type[at]])
    pair[first] = mix(_FIRST_STEPPED + key[words.type[first]])
    last = first + lines.words[some] - 1
    end[last] = mix(key[words.type[last]] ^ _LAST) >> _SHIFT
    return by_type, (pair >> _SHIFT).view(np.int64), end


def heads(batch: Batch, table: Floats, line: Ints) -> Floats:
    """The hashed word features of each line, weighed: sums over the root of their number; shape [lines, HEADS]."""
    by_type, pair, end = hashed_features(batch)
    lines = batch.lines
    value = _rows(_rows(table, by_type), batch.words.type)
    value += _rows(table, pair)
    at = np.flatnonzero(end >= 0)
    value[at] += _rows(table, end[at])
    total = _sum_by_line(value, lines.first_word[line], lines.words[line])
    out: Floats = total / np.sqrt(2 * lines.words[line] + 1).astype(np.float32)[:, None]
    return out


def _rows(table: Floats, at: Ints) -> Floats:
    """Rows of a table of HEADS columns; each is fetched as one number of sixteen bytes, which is far quicker."""
    whole = np.ascontiguousarray(table).view(np.complex128).ravel()
    return whole.take(at).view(np.float32).reshape(-1, HEADS)


def full_lines(batch: Batch) -> tuple[Ints, Ints, Ints]:
    """The lines with something on them: their indices, and where each begins and ends without the space around it."""
    lines, kind = batch.lines, batch.kind
    start, end = lines.start.copy(), lines.end.copy()
    todo = np.flatnonzero(end > start)
    while len(todo):
        todo = todo[(kind[start[todo]] == SPACE) & (start[todo] < end[todo])]
        start[todo] += 1
    todo = np.flatnonzero(end > start)
    while len(todo):
        todo = todo[(kind[end[todo] - 1] == SPACE) & (start[todo] < end[todo])]
        end[todo] -= 1
    line = np.flatnonzero(end > start)
    return line, start[line], end[line]


# What is counted of a line's signs, by group; the first is anything else.
_SIGNS = ("", "/@_", "|»«›‹•·→←▼▶►", "$£€%", "©®™")


@functools.cache
def _sign_groups() -> NDArray[np.uint8]:
    """Which of _SIGNS each code point up to the last of them belongs to; the last entry stands for all beyond."""
    groups = np.zeros(max(map(ord, "".join(_SIGNS))) + 2, np.uint8)
    for group, signs in enumerate(_SIGNS):
        groups[[ord(c) for c in signs]] = group
    return groups


def look(batch: Batch, table: Floats) -> LineViews:
    """See each full line by itself."""
    line, start, end = full_lines(batch)
    lines, words, kind = batch.lines, batch.words, batch.kind
    n = len(line)
    first_word, count = lines.first_word[line], lines.words[line]
    row_of = np.full(len(lines), -1, np.int64)
    row_of[line] = np.arange(n)

    sums = _word_sums(batch, first_word, count)
    chars = (end - start).astype(np.float32)
    per_word = 1 / np.maximum(sums[:, 0], 1)
    per_char = 1 / np.maximum(chars, 1)

    mark = marks(batch)
    mark_line = row_of[np.repeat(np.arange(len(lines)), np.diff(np.searchsorted(mark, lines.start), append=len(mark)))]
    of_kind = np.bincount(mark_line * 17 + kind[mark], minlength=17 * n).reshape(n, 17).astype(np.float32)
    groups = _sign_groups()
    group = groups[np.minimum(batch.chars[mark], len(groups) - 1)]
    at = np.flatnonzero(group)
    size = len(_SIGNS)
    signs = np.bincount(mark_line[at] * size + group[at], minlength=size * n).reshape(n, size).astype(np.float32)

    last = end - 1
    closing = (kind[last] == QUOTE) | (kind[last] == CLOSE)
    inner = np.where(closing & (last > start), last - 1, last)
    sentences = np.bincount(row_of[words.line[batch.sentences.first_word]], minlength=n) if n else np.zeros(0)

    columns = [
        np.log1p(chars),
        np.log1p(sums[:, 0]),
        sums[:, 1] * per_word / 8,
        sums[:, 1] * per_char,
        sums[:, 2] * per_word,
        sums[:, 3] * per_word,
        sums[:, 4] * per_word,
        sums[:, 5] * per_word,
        sums[:, 6] * per_word,
        sums[:, 7] * per_word,
        sums[:, 8] * per_word,
        sums[:, 9] * per_word,
        sums[:, 10] * per_word,
        of_kind[:, STOP] * per_word,
        of_kind[:, COMMA] * per_word,
        of_kind[:, QUOTE] * per_word,
        of_kind[:, DASH] * per_word,
        of_kind[:, SYMBOL] * per_char * 8,
        np.minimum(signs[:, 1] * per_word, 2),
        np.minimum(signs[:, 2] * per_word, 2),
        np.minimum(signs[:, 3], 3) / 3,
        np.minimum(signs[:, 4], 2) / 2,
        kind[inner] == STOP,
        batch.chars[inner] == ord("."),
        batch.chars[inner] == ord("?"),
        (batch.chars[last] == ord("…")) | ((batch.chars[last] == ord(".")) & (batch.chars[last - 1] == ord("."))),
        batch.chars[last] == ord(":"),
        closing,
        kind[start] == UPPER,
        kind[start] == LOWER,
        kind[start] == DIGIT,
        kind[start] == QUOTE,
        kind[start] >= DASH,
        np.log1p(sentences),
        count >= LONG,
    ]
    own = np.empty((len(columns), n), np.float32)
    for place, column in enumerate(columns):
        own[place] = column

    types = batch.types
    body = (types.length >= 5) & (types.shape != NUMBER)  # shorter ones are mostly function words
    at = np.flatnonzero(body[words.type])
    return LineViews(
        line,
        lines.document[line],
        own.T,
        heads(batch, table, line),
        line_keys(batch, line),
        count,
        (end - start),
        mix(types.key)[words.type[at]],
        row_of[words.line[at]],
    )


def line_keys(batch: Batch, line: Ints) -> NDArray[np.uint64]:
    """A key for each of the lines from the keys of its words, order and all; 0 for lines without words.

    `line`: all lines that have words, and any without, in order (the sums go from one to the next).
    """
    lines, mixed = batch.lines, placed_keys(batch)
    out = np.zeros(len(line), np.uint64)
    some = np.flatnonzero(lines.words[line] > 0)
    if len(some):
        out[some] = np.add.reduceat(mixed, lines.first_word[line[some]])
    return out


# Sums over many lines are taken in whole numbers, so that a line's row is the same in any batch, to the last bit.
_FIXED = float(1 << 20)
_FAR = 1 << 40

# From here on what is known of the lines is held column by column, arrays of shape [columns, rows]: a column is one
# stretch of memory. What is handed out is turned round.


@dataclass(frozen=True)
class _Pages:
    """Where the pages of the rows at hand begin and end; arrays of shape [rows]."""

    document: Ints
    first: Ints
    last: Ints
    place: Ints
    size: Ints


def _pages(document: Ints) -> _Pages:
    n = len(document)
    edge = np.flatnonzero(np.diff(document, prepend=-1))
    size = np.diff(edge, append=n)
    first = np.repeat(edge, size)
    size = np.repeat(size, size)
    return _Pages(document, first, first + size - 1, np.arange(n) - first, size)


def _whole(x: NDArray[np.floating] | Bools) -> Ints:
    return np.rint(x.astype(np.float64) * _FIXED).astype(np.int64)


def _sums(*columns: NDArray[np.floating] | Bools) -> Ints:
    """Exact prefix sums, with a leading 0; and last those of as many ones: shape [columns + 1, rows + 1]."""
    n = len(columns[0])
    out = np.zeros((len(columns) + 1, n + 1), np.int64)
    for total, column in zip(out[:, 1:], columns, strict=False):
        np.cumsum(_whole(column), out=total)
    out[-1] = np.arange(n + 1) * int(_FIXED)
    return out


def _beside(x: Floats, p: _Pages, shift: int) -> Floats:
    """The values of the line that stands `shift` lines further down the same page, 0 where there is none."""
    out = np.zeros(x.shape, np.float32)
    step = abs(shift)
    if step < x.shape[-1]:
        same = p.document[step:] == p.document[:-step]
        if shift > 0:
            out[..., :-step] = np.where(same, x[..., step:], np.float32(0))
        else:
            out[..., step:] = np.where(same, x[..., :-step], np.float32(0))
    return out


def _means(sums: Ints, weights: list[int], low: Ints, high: Ints) -> Floats:
    """Weighted means over rows [low, high) of the first columns, from prefix sums.

    `weights`: which column each is weighed by.
    """
    between = sums.take(high, axis=1)
    between -= sums.take(low, axis=1)
    total = between[min(weights) :].astype(np.float64)
    np.maximum(total, 1, out=total)
    mean: Floats = (between[: len(weights)] / total[[w - min(weights) for w in weights]]).astype(np.float32)
    return mean


def _running_max(x: Floats, p: _Pages, *, down: bool) -> Floats:
    """The greatest value on the page so far (down) or from here on, this line not counted."""
    whole = _whole(x)
    page = np.cumsum(p.place == 0) * (_FAR if down else -_FAR)
    whole += page
    if down:
        best = np.maximum.accumulate(whole, axis=-1)
    else:
        best = np.maximum.accumulate(whole[..., ::-1], axis=-1)[..., ::-1]
    return _beside(((best - page) / _FIXED).astype(np.float32), p, -1 if down else 1)


def _nearby_max(x: Floats, p: _Pages, direction: int) -> list[Floats]:
    """The greatest of the next 3, 8 and 25 lines of the page down (1) or up (-1), 0 for lines that it has not.

    Twice as many lines are seen at each step.
    """
    one = _beside(x, p, direction)

    def further(near: Floats, far: Floats, shift: int) -> Floats:
        return np.maximum(near, _beside(far, p, direction * shift))

    two = further(one, one, 1)
    four = further(two, two, 2)
    eight = further(four, four, 4)
    nine = further(eight, one, 8)
    sixteen = further(eight, eight, 8)
    return [further(two, one, 2), eight, further(sixteen, nine, 16)]


def _near(which: Bools, p: _Pages) -> tuple[Ints, Ints]:
    """The nearest earlier and the nearest later row of the page of which something holds; -1 where there is none."""
    n = len(which)
    index = np.arange(n)
    before = np.maximum.accumulate(np.where(which, index, -1)) if n else index
    before = np.concatenate([[-1], before[:-1]]) if n else before
    after = np.minimum.accumulate(np.where(which, index, n)[::-1])[::-1] if n else index
    after = np.concatenate([after[1:], [n]]) if n else after
    return np.where(before >= p.first, before, -1), np.where(after <= p.last, after, -1)


def _overlap(views: LineViews, rows: Ints, document: Ints, long: Bools) -> tuple[Floats, Floats]:
    """How much of each line's longer words the long lines of its page use elsewhere, and how many such words it has."""
    n = len(rows)
    row_of = np.full(len(views.line) + 1, -1, np.int64)
    row_of[rows] = np.arange(n)
    line, key = row_of[views.body_line], views.body_word
    if n < len(views.line):
        at = np.flatnonzero(line >= 0)
        line, key = line[at], key[at]
    count = np.bincount(line, minlength=n)
    # Sorted by page and word, and those of one page and word by line.
    order, new = grouped(key ^ mix(document.astype(np.uint64) * _STEP)[line])
    of = line[order]
    of_long = long[of]
    word = np.cumsum(new) - 1
    in_long = np.bincount(word[of_long], minlength=int(word[-1]) + 1 if len(word) else 0)
    new[1:] |= of[1:] != of[:-1]
    first = np.flatnonzero(new)
    times = np.diff(first, append=len(of))
    elsewhere = in_long[word[first]] > times * of_long[first]
    shared = np.bincount(of[first], weights=times * elsewhere, minlength=n)
    return (shared / np.maximum(count, 1)).astype(np.float32), count.astype(np.float32)


def _copies(views: LineViews, rows: Ints, document: Ints) -> Ints:
    """How many lines of the page say the same, this one counted."""
    key = mix(views.key[rows]) ^ mix(document.astype(np.uint64) * _STEP)
    _, back, times = distinct(key)
    copies: Ints = times[back]
    return copies


_SEEN = (0, 1, 4, 5, 6, 8, 14, 22, 34)
_WIDE = (3, 8, 25, 70)
_CLOSE = (-3, -2, -1, 1, 2, 3)


def _windows(p: _Pages) -> Iterator[tuple[Ints, Ints]]:
    """The lines above and below each on its page, ever more of them: rows [low, high)."""
    index, bottom = np.arange(len(p.first)), p.last + 1
    for width in _WIDE:
        yield np.maximum(p.first, index - width), index
        yield index + 1, np.minimum(bottom, index + 1 + width)


def _on_page(p: _Pages) -> Iterator[tuple[Ints, Ints]]:
    """All lines above each on its page, all below, and the page: rows [low, high)."""
    index, bottom = np.arange(len(p.first)), p.last + 1
    yield from ((p.first, index), (index + 1, bottom), (p.first, bottom))


def _place(p: _Pages) -> list[Floats]:
    """Where on its page each line stands."""
    return [
        (p.place / np.maximum(p.size, 1)).astype(np.float32),
        np.log1p(p.place).astype(np.float32),
        np.log1p(p.last - np.arange(len(p.first))).astype(np.float32),
    ]


def _columns_of(parts: Sequence[NDArray[Any]]) -> Floats:
    """Single columns and blocks of them as one table; shape [rows, columns], held by columns."""
    return np.concatenate([np.atleast_2d(part) for part in parts], dtype=np.float32).T


def context(views: LineViews, rows: Ints) -> Floats:
    """See the lines `rows` among each other: own columns, their neighbours', their page's; shape [rows, columns]."""
    document, own, head = views.document[rows], views.own.T.take(rows, axis=1), views.head.T.take(rows, axis=1)
    chars = views.chars[rows].astype(np.float32)
    p = _pages(document)
    long = (own[-1] > 0) & (own[5] > 0.5) & (own[22] > 0)
    overlap, body = _overlap(views, rows, document, long)
    copies = _copies(views, rows, document)

    seen = np.concatenate([own[list(_SEEN)], head, overlap[None]])
    columns = [own, head, overlap, np.log1p(body), np.log(copies).astype(np.float32)]
    columns += [_beside(seen, p, k) for k in _CLOSE]

    weight = np.minimum(chars, 200)
    terse = (own[8] > 0.1) & (own[1] < 2.5)
    weighed = (weight * head[0], weight * overlap)
    sums = _sums(
        *weighed, head[0], long, head[1], head[2], weight * head[3], weight * own[9], terse, weight, chars * long, chars
    )
    by_weight, by_chars, by_one = 9, 11, 12
    weights = [by_weight, by_weight, *[by_one] * 4, by_weight, by_weight, by_one]
    columns += [_means(sums, weights, low, high) for low, high in _windows(p)]
    page = sums[[6, 0, 2, 10, by_weight, by_chars, by_one]]
    for low, high in _on_page(p):
        tone = _means(page, [4, 4, 6, 5], low, high)
        long_chars = ((sums[10][high] - sums[10][low]) / _FIXED).astype(np.float32)
        columns += [tone[:3], np.log1p(long_chars), tone[3]]
    page_long = (sums[10][p.last + 1] - sums[10][p.first]) / _FIXED
    above = (sums[10][:-1] - sums[10][p.first]) / _FIXED
    columns += [
        (above / np.maximum(page_long, 1)).astype(np.float32),
        *_place(p),
        np.log1p(p.size).astype(np.float32),
    ]
    for at in _near(long, p):
        gap = np.where(at >= 0, np.abs(np.arange(len(rows)) - at), 100)
        columns += [np.log1p(gap).astype(np.float32), np.where(at >= 0, seen.take(at, axis=1), np.float32(0))]
    after, before = head[1], head[2]
    columns += [
        _running_max(after, p, down=True),
        _running_max(before, p, down=False),
        _running_max(-after, p, down=True),
        _running_max(-before, p, down=False),
    ]
    for pair in zip(_nearby_max(after + 9, p, -1), _nearby_max(before + 9, p, 1), strict=True):
        columns += pair
    return _columns_of(columns)


_KNOWN = (0, 1, 4, 5, 8, 9, 10, 22, 34)


def again(views: LineViews, rows: Ints, probability: Floats) -> Floats:
    """See the lines a second time, now that each has a first probability; shape [rows, columns].

    Articles come in one or few runs, and what follows the furniture below them (readers' comments, other articles)
    reads like an article too: so what counts is how sure the first look was of the lines around, and of what parts this
    line from the surest content of the page.
    """
    document, own, head = views.document[rows], views.own.T.take(rows, axis=1), views.head.T.take(rows, axis=1)
    p = _pages(document)
    n = len(rows)
    index = np.arange(n)
    chars = views.chars[rows].astype(np.float32)
    weight = np.minimum(chars, 200)
    logit = np.log(probability + 1e-3) - np.log(1 - probability + 1e-3)
    columns = [own[list(_KNOWN)], head, logit, probability]
    columns += [_beside(logit, p, k) for k in (-4, *_CLOSE, 4)]
    columns += [_beside(own[0], p, k) for k in (-2, -1, 1, 2)]
    sums = _sums(weight * probability, probability, weight * logit, weight, chars * (1 - probability), chars)
    by_weight, by_chars, by_one = 3, 5, 6
    columns += [_means(sums, [by_weight, by_one, by_weight], low, high) for low, high in _windows(p)]
    page = sums[[0, 1, 4, by_weight, by_chars, by_one]]
    for low, high in _on_page(p):
        content = (sums[4][high] - sums[4][low]) / _FIXED
        columns += [_means(page, [3, 5, 4], low, high), np.log1p(content).astype(np.float32)]
    # How sure is the best run of content above and below, and how thick the furniture between it and this line.
    top, bottom = p.first, p.last + 1
    near = _means(sums, [by_weight], np.maximum(top, index - 2), np.minimum(bottom, index + 3))[0]
    thick = _means(sums[1:], [by_one - 1], np.maximum(top, index - 3), np.minimum(bottom, index + 4))[0]
    sure = (near < 0.2) & (chars > 100)
    before, after = _near(sure, p)
    for at, inner in ((before, True), (after, False)):
        low, high = (np.where(at >= 0, at, index), index) if inner else (index + 1, np.where(at >= 0, at, index + 1))
        gap = np.where(at >= 0, np.abs(index - at), 100)
        columns += [np.log1p(gap).astype(np.float32), _means(sums[1:], [by_one - 1], low, high)]
        columns += [np.log1p(np.maximum((sums[1][high] - sums[1][low]) / _FIXED, 0)).astype(np.float32)]
    first = np.maximum.accumulate(np.where(p.place == 0, index, 0)) if n else index
    seen = np.cumsum(sure)
    begun = (seen - seen[first] + sure[first]) > 0
    columns += [
        _running_max(np.where(begun, thick, 0).astype(np.float32), p, down=True),
        _running_max(thick, p, down=False),
        -_running_max(-near, p, down=True),
        -_running_max(-near, p, down=False),
        begun,
        *_place(p),
    ]
    return _columns_of(columns)
