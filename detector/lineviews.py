"""What can be seen of each line of a batch, as numbers: its words, its shape, its place, its neighbours.

The furniture model (`detector.furniture`) reads these rows, at run time and in training: there is one definition.
Only lines with something on them count ("full" lines); rows are in their order. Everything about a line beyond its own
words is worked out among the lines that are handed in, so that a text from which lines were taken looks exactly like a
text that never had them.
"""

import functools
from dataclasses import dataclass

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
    hash_words,
    mix,
)
from detector.surroundings import type_is

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
    types, words = batch.types, batch.words
    number = types.shape == NUMBER
    key = np.where(number, mix(types.length.astype(np.uint64)), types.key)
    by_type = (mix(key ^ (types.shape.astype(np.uint64) * _SHAPED)) >> _SHIFT).astype(np.int64)
    k = key[words.type]
    starts = np.ones(len(words), bool)
    starts[1:] = words.line[1:] != words.line[:-1]
    before = np.empty_like(k)
    before[1:] = k[:-1]
    before[starts] = _FIRST
    pair = (mix(before * _STEP + k) >> _SHIFT).astype(np.int64)
    last = np.ones(len(words), bool)
    last[:-1] = starts[1:]
    end = np.full(len(words), -1, np.int64)
    at = np.flatnonzero(last)
    end[at] = mix(k[at] ^ _LAST) >> _SHIFT
    return by_type, pair, end


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

    mark = np.flatnonzero(kind >= STOP)
    mark_line = row_of[np.searchsorted(lines.start, mark, "right") - 1]
    of_kind = np.bincount(mark_line * 17 + kind[mark], minlength=17 * n).reshape(n, 17).astype(np.float32)
    sign = batch.chars[mark]
    link = _count(mark_line, (sign == ord("/")) | (sign == ord("@")) | (sign == ord("_")), n)
    bar = _count(mark_line, np.isin(sign, [ord(c) for c in "|»«›‹•·→←▼▶►"]), n)
    money = _count(mark_line, np.isin(sign, [ord(c) for c in "$£€%"]), n)
    rights = _count(mark_line, np.isin(sign, [ord(c) for c in "©®™"]), n)

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
        np.minimum(link * per_word, 2),
        np.minimum(bar * per_word, 2),
        np.minimum(money, 3) / 3,
        np.minimum(rights, 2) / 2,
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
    own = np.stack(columns, axis=1).astype(np.float32) if n else np.zeros((0, len(columns)), np.float32)

    key = batch.types.key[words.type]
    body = (batch.types.length >= 5) & (batch.types.shape != NUMBER)  # shorter ones are mostly function words
    at = np.flatnonzero(body[words.type])
    line_key = line_keys(batch, line)
    return LineViews(
        line,
        lines.document[line],
        own,
        heads(batch, table, line),
        line_key,
        count,
        (end - start),
        key[at],
        row_of[words.line[at]],
    )


def _count(row: Ints, which: Bools, n: int) -> Floats:
    return np.bincount(row[which], minlength=n).astype(np.float32)


def line_keys(batch: Batch, line: Ints) -> NDArray[np.uint64]:
    """A key for each of the lines from the keys of its words, order and all; 0 for lines without words.

    `line`: all lines that have words, and any without, in order (the sums go from one to the next).
    """
    words, lines = batch.words, batch.lines
    place = (np.arange(len(words)) - lines.first_word[words.line]).astype(np.uint64)
    mixed = mix(batch.types.key[words.type] + place * _STEP)
    out = np.zeros(len(line), np.uint64)
    some = np.flatnonzero(lines.words[line] > 0)
    if len(some):
        out[some] = np.add.reduceat(mixed, lines.first_word[line[some]])
    return out


# Sums over many lines are taken in whole numbers, so that a line's row is the same in any batch, to the last bit.
_FIXED = float(1 << 20)
_FAR = 1 << 40


@dataclass(frozen=True)
class _Pages:
    """Where the pages of the rows at hand begin and end; arrays of shape [rows]."""

    first: Ints
    last: Ints
    place: Ints
    size: Ints


def _pages(document: Ints) -> _Pages:
    n = len(document)
    edge = np.flatnonzero(np.diff(document, prepend=-1))
    size = np.diff(edge, append=n)
    first = np.repeat(edge, size)
    return _Pages(first, first + np.repeat(size, size) - 1, np.arange(n) - first, np.repeat(size, size))


def _whole(x: NDArray[np.floating] | Bools) -> Ints:
    return np.rint(x.astype(np.float64) * _FIXED).astype(np.int64)


def _sums(x: NDArray[np.floating] | Bools) -> Ints:
    """Exact prefix sums, with a leading 0."""
    return np.concatenate([[0], np.cumsum(_whole(x))])


def _beside(x: Floats, p: _Pages, shift: int) -> Floats:
    """The values of the line that stands `shift` lines further down the same page, 0 where there is none."""
    i = np.arange(len(x)) + shift
    ok = (i >= p.first) & (i <= p.last)
    out: Floats = np.where(ok.reshape(-1, *[1] * (x.ndim - 1)), x[np.where(ok, i, 0)], np.float32(0))
    return out


def _mean(total: Ints, weight: Ints, low: Ints, high: Ints) -> Floats:
    """Weighted means over rows [low, high), from prefix sums."""
    w = (weight[high] - weight[low]).astype(np.float64)
    mean: Floats = ((total[high] - total[low]) / np.maximum(w, 1)).astype(np.float32)
    return mean


def _running_max(x: Floats, p: _Pages, *, down: bool) -> Floats:
    """The greatest value on the page so far (down) or from here on, this line not counted."""
    whole = _whole(x)
    page = np.cumsum(p.place == 0) * (1 if down else -1)
    lifted = whole + page * _FAR
    if down:
        best = np.maximum.accumulate(lifted) - page * _FAR
    else:
        best = np.maximum.accumulate(lifted[::-1])[::-1] - page * _FAR
    return _beside((best / _FIXED).astype(np.float32), p, -1 if down else 1)


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
    line = row_of[views.body_line]
    at = line >= 0
    line, key = line[at], views.body_word[at]
    first, word, _ = distinct(mix(key) ^ mix(document.astype(np.uint64) * _STEP)[line])
    in_long = np.bincount(word[long[line]], minlength=len(first))
    _, back, times = distinct(mix((word * n + line).astype(np.uint64)))
    own = np.where(long[line], times[back], 0)
    elsewhere = in_long[word] > own
    count = np.bincount(line, minlength=n)
    shared = np.bincount(line[elsewhere], minlength=n)
    return (shared / np.maximum(count, 1)).astype(np.float32), count.astype(np.float32)


def _copies(views: LineViews, rows: Ints, document: Ints) -> Ints:
    """How many lines of the page say the same, this one counted."""
    key = mix(views.key[rows]) ^ mix(document.astype(np.uint64) * _STEP)
    _, back, times = distinct(key)
    copies: Ints = times[back]
    return copies


_AVERAGED = (
    ("h", "w"),
    ("o", "w"),
    ("a", "one"),
    ("l", "one"),
    ("n", "one"),
    ("p", "one"),
    ("q", "w"),
    ("r", "w"),
    ("d", "one"),
)
_SEEN = (0, 1, 4, 5, 6, 8, 14, 22, 34)
_WINDOWS = (3, 8, 25)
_WIDE = (*_WINDOWS, 70)
_CLOSE = (-3, -2, -1, 1, 2, 3)


def context(views: LineViews, rows: Ints) -> Floats:
    """See the lines `rows` among each other: own columns, their neighbours', their page's; shape [rows, columns]."""
    document, own, head = views.document[rows], views.own[rows], views.head[rows]
    chars = views.chars[rows].astype(np.float32)
    p = _pages(document)
    n = len(rows)
    index = np.arange(n)
    long = (own[:, -1] > 0) & (own[:, 5] > 0.5) & (own[:, 22] > 0)
    overlap, body = _overlap(views, rows, document, long)
    copies = _copies(views, rows, document)

    seen = np.concatenate([own[:, _SEEN], head, overlap[:, None]], axis=1)
    columns = [own, head, overlap[:, None], np.log1p(body)[:, None], np.log(copies)[:, None].astype(np.float32)]
    columns += [_beside(seen, p, k) for k in _CLOSE]

    weight = np.minimum(chars, 200)
    sums = {
        "w": _sums(weight),
        "h": _sums(weight * head[:, 0]),
        "n": _sums(head[:, 1]),
        "p": _sums(head[:, 2]),
        "q": _sums(weight * head[:, 3]),
        "r": _sums(weight * own[:, 9]),
        "d": _sums((own[:, 8] > 0.1) & (own[:, 1] < 2.5)),
        "a": _sums(head[:, 0]),
        "o": _sums(weight * overlap),
        "l": _sums(long),
        "c": _sums(chars),
        "lc": _sums(chars * long),
        "one": np.arange(n + 1) * int(_FIXED),
    }
    top, bottom = p.first, p.last + 1
    for width in _WIDE:
        for low, high in ((np.maximum(top, index - width), index), (index + 1, np.minimum(bottom, index + 1 + width))):
            columns += [_mean(sums[t], sums[w], low, high)[:, None] for t, w in _AVERAGED]
    for low, high in ((top, index), (index + 1, bottom), (top, bottom)):
        columns += [_mean(sums["q"], sums["w"], low, high)[:, None]]
        columns += [_mean(sums["h"], sums["w"], low, high)[:, None], _mean(sums["a"], sums["one"], low, high)[:, None]]
        long_chars = ((sums["lc"][high] - sums["lc"][low]) / _FIXED).astype(np.float32)
        columns += [np.log1p(long_chars)[:, None], _mean(sums["lc"], sums["c"], low, high)[:, None]]
    page_long = (sums["lc"][bottom] - sums["lc"][top]) / _FIXED
    above = (sums["lc"][index] - sums["lc"][top]) / _FIXED
    columns += [
        (above / np.maximum(page_long, 1)).astype(np.float32)[:, None],
        (p.place / np.maximum(p.size, 1)).astype(np.float32)[:, None],
        np.log1p(p.place).astype(np.float32)[:, None],
        np.log1p(p.last - index).astype(np.float32)[:, None],
        np.log1p(p.size).astype(np.float32)[:, None],
    ]
    before, after = _near(long, p)
    for at in (before, after):
        gap = np.where(at >= 0, np.abs(index - at), 100)
        columns += [np.log1p(gap).astype(np.float32)[:, None], np.where((at >= 0)[:, None], seen[at], 0)]
    columns += [
        _running_max(head[:, 1], p, down=True)[:, None],
        _running_max(head[:, 2], p, down=False)[:, None],
        _running_max(-head[:, 1], p, down=True)[:, None],
        _running_max(-head[:, 2], p, down=False)[:, None],
    ]
    for width in _WINDOWS:
        down = np.max([_beside(head[:, 1] + 9, p, -k) for k in range(1, width + 1)], axis=0)
        up = np.max([_beside(head[:, 2] + 9, p, k) for k in range(1, width + 1)], axis=0)
        columns += [down[:, None], up[:, None]]
    return np.concatenate(columns, axis=1, dtype=np.float32)


_KNOWN = (0, 1, 4, 5, 8, 9, 10, 22, 34)


def again(views: LineViews, rows: Ints, probability: Floats) -> Floats:
    """See the lines a second time, now that each has a first probability; shape [rows, columns].

    Articles come in one or few runs, and what follows the furniture below them (readers' comments, other articles)
    reads like an article too: so what counts is how sure the first look was of the lines around, and of what parts this
    line from the surest content of the page.
    """
    document, own, head = views.document[rows], views.own[rows], views.head[rows]
    p = _pages(document)
    n = len(rows)
    index = np.arange(n)
    chars = views.chars[rows].astype(np.float32)
    weight = np.minimum(chars, 200)
    logit = np.log(probability + 1e-3) - np.log(1 - probability + 1e-3)
    columns = [own[:, _KNOWN], head, logit[:, None], probability[:, None]]
    columns += [_beside(logit, p, k)[:, None] for k in (-4, *_CLOSE, 4)]
    columns += [_beside(own[:, 0], p, k)[:, None] for k in (-2, -1, 1, 2)]
    w, one = _sums(weight), np.arange(n + 1) * int(_FIXED)
    pw, po, lw = _sums(weight * probability), _sums(probability), _sums(weight * logit)
    cw, c = _sums(chars * (1 - probability)), _sums(chars)
    top, bottom = p.first, p.last + 1
    for width in _WIDE:
        for low, high in ((np.maximum(top, index - width), index), (index + 1, np.minimum(bottom, index + 1 + width))):
            columns += [_mean(pw, w, low, high)[:, None], _mean(po, one, low, high)[:, None]]
            columns += [_mean(lw, w, low, high)[:, None]]
    for low, high in ((top, index), (index + 1, bottom), (top, bottom)):
        columns += [_mean(pw, w, low, high)[:, None], _mean(po, one, low, high)[:, None]]
        columns += [_mean(cw, c, low, high)[:, None]]
        columns += [np.log1p((cw[high] - cw[low]) / _FIXED).astype(np.float32)[:, None]]
    # How sure is the best run of content above and below, and how thick the furniture between it and this line.
    near = _mean(pw, w, np.maximum(top, index - 2), np.minimum(bottom, index + 3))
    thick = _mean(po, one, np.maximum(top, index - 3), np.minimum(bottom, index + 4))
    sure = (near < 0.2) & (chars > 100)
    before, after = _near(sure, p)
    for at, inner in ((before, True), (after, False)):
        low, high = (np.where(at >= 0, at, index), index) if inner else (index + 1, np.where(at >= 0, at, index + 1))
        gap = np.where(at >= 0, np.abs(index - at), 100)
        columns += [np.log1p(gap).astype(np.float32)[:, None], _mean(po, one, low, high)[:, None]]
        columns += [np.log1p(np.maximum((po[high] - po[low]) / _FIXED, 0)).astype(np.float32)[:, None]]
    first = np.maximum.accumulate(np.where(p.place == 0, index, 0)) if n else index
    seen = np.cumsum(sure)
    begun = (seen - seen[first] + sure[first]) > 0
    columns += [
        _running_max(np.where(begun, thick, 0).astype(np.float32), p, down=True)[:, None],
        _running_max(thick, p, down=False)[:, None],
        -_running_max(-near, p, down=True)[:, None],
        -_running_max(-near, p, down=False)[:, None],
        begun[:, None].astype(np.float32),
        (p.place / np.maximum(p.size, 1)).astype(np.float32)[:, None],
        np.log1p(p.place).astype(np.float32)[:, None],
        np.log1p(p.last - index).astype(np.float32)[:, None],
    ]
    return np.concatenate(columns, axis=1, dtype=np.float32)
