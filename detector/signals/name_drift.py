"""WD103 name-drift."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.batch import CAPITAL, SPACE, Batch, distinct, mix, per_batch
from detector.lexicon import facts, find_rows
from detector.names import Known, partners
from detector.registry import Marks, signal
from detector.spelling import distance

__all__ = ["name_drift"]

# Shorter names have too many neighbours that are names themselves (Kim, Kip; Chen, Chan).
SHORTEST = 4
# A document must spell the name otherwise this often, and this many times as often, before one spelling is called a
# slip.
WITNESSES, TIMES = 2, 3
# A known full name: in this many documents of the news counts, and with this share of all that stands beside its other
# half; more where two slips are needed, or where the odd spelling is itself a name ("Emanuel", before "Macron" alone).
FAMOUS, SHARE, SHARE_FAR, SHARE_LISTED = 5, 0.05, 0.3, 0.5


def _spelled(batch: Batch, type_: int) -> str:
    word = batch.type_string(type_).lower().replace("’", "'")
    return word.removesuffix("'s")


def _variant(a: str, b: str) -> bool:
    """Whether two spellings differ as transliterations and derived words do, not as slips: at their very ends."""
    if a.rstrip("iyj") == b.rstrip("iyj"):
        return True  # Zelensky, Zelenskiy, Zelenskyy
    if a.startswith(b) or b.startswith(a) or a[0] != b[0]:
        return True  # Trump, Trumps, Trumpian; Harris, Paris
    # One more or other letter at the end, and nothing else: Nigeria, Nigerian; Ivano, Ivana.
    return a[:-1] == b or b[:-1] == a or (len(a) == len(b) and a[:-1] == b[:-1])


@per_batch
def _drifted(batch: Batch) -> dict[int, tuple[list[str], float]]:
    """Marked words: what was meant, and how sure that is."""
    found: dict[int, tuple[list[str], float]] = {}
    for word, meant, sure in (*_own(batch), *_famous(batch)):
        if word not in found:
            found[word] = ([meant.capitalize()], sure)
    return found


def _plain(batch: Batch, types: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of some types those of at least `SHORTEST` letters and nothing else, possessives allowed."""
    keep = [t for t in types.tolist() if len(s := _spelled(batch, t)) >= SHORTEST and s.isalpha()]
    return np.array(keep, np.int64)


def _prose(batch: Batch, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Words with a space or the start of a line before them: no handles, addresses, hyphenated names, ellipses."""
    before = batch.chars[batch.words.start[at] - 1]
    answer: NDArray[np.int64] = at[np.isin(before, _BEFORE) | (batch.kind[batch.words.start[at] - 1] == SPACE)]
    return answer


_BEFORE = np.array([ord(c) for c in "\n\"“‘'("], np.uint32)


def _own(batch: Batch) -> Iterator[tuple[int, str, float]]:
    """Names near one that the same document spells otherwise, and more often."""
    words, types, known = batch.words, batch.types, facts(batch)
    capital = types.shape == CAPITAL
    odd = _plain(batch, np.flatnonzero(capital & ~known.known & ~known.name))
    if not len(odd):
        return
    # How often each document has each capitalised word, possessives counted with their stems.
    at = np.flatnonzero(capital[words.type])
    stems, stem, _ = distinct(known.stem)
    pair = words.document[at] * np.int64(len(stems)) + stem[words.type[at]]
    first, inverse, counts = distinct(mix(pair.astype(np.uint64)))
    in_order = np.argsort(pair[first])
    first, counts = first[in_order], counts[in_order]
    document = words.document[at[first]]
    is_odd = np.zeros(len(types), bool)
    is_odd[odd] = True
    type_of = words.type[at[first]]
    often = np.flatnonzero((counts >= WITNESSES) & (types.length[type_of] >= SHORTEST))
    # Those of the same document with the same first letter: others are variants, see `_variant`.
    initial = batch.lower[words.start[types.first[type_of]]].astype(np.int64)
    place = document << 21 | initial  # no code point has more bits
    often = often[np.argsort(place[often], kind="stable")]
    rows = np.flatnonzero(is_odd[type_of])
    low, high = (np.searchsorted(place[often], place[rows], side) for side in ("left", "right"))
    # All such pairs, but for those that their counts tell apart.
    many = high - low
    near = often[np.arange(int(many.sum())) + np.repeat(low - (np.cumsum(many) - many), many)]
    of = np.repeat(rows, many)
    enough = counts[near] >= TIMES * counts[of]
    of, near = of[enough], near[enough]
    begin = np.flatnonzero(np.diff(of, prepend=-1))
    end = np.append(begin, len(of))[1:]
    spelled = functools.cache(lambda type_: _spelled(batch, type_))
    for row, start, stop in zip(*(x.tolist() for x in (of[begin], begin, end)), strict=True):
        own = spelled(int(type_of[row]))
        best: tuple[int, int, str] | None = None
        for other, type_ in zip(near[start:stop].tolist(), type_of[near[start:stop]].tolist(), strict=True):
            if abs(int(types.length[type_]) - len(own)) > 3:
                continue
            name = spelled(type_)
            if name == own or _variant(own, name):
                continue
            edits = distance(own, name, 2)
            if edits == 1 or (edits == 2 and len(own) > 6 and counts[other] >= 3):
                best = max(best or (-9, 0, ""), (-edits, int(counts[other]), name))
        if best:
            sure = 0.9 if best[0] == -1 else 0.7
            for word in _prose(batch, at[np.flatnonzero(inverse == in_order[row])]).tolist():
                yield word, best[2], sure


def _famous(batch: Batch) -> Iterator[tuple[int, str, float]]:
    """Names beside one whose known partner is spelt almost so: "Emanuel Macron"."""
    words, types, known = batch.words, batch.types, facts(batch)
    if len(words) < 2:
        return
    capital = (types.shape == CAPITAL) & (types.length >= SHORTEST)
    after, before = partners()
    left = np.flatnonzero(
        capital[words.type[:-1]]
        & capital[words.type[1:]]
        & (words.start[1:] - words.end[:-1] == 1)
        & (batch.kind[words.end[:-1]] == SPACE)
    )
    for table, anchor_step, odd_step in ((after, 0, 1), (before, 1, 0)):
        anchor, odd = left + anchor_step, left + odd_step
        anchor_key, odd_key = known.stem[words.type[anchor]], known.stem[words.type[odd]]
        ok = known.name[words.type[anchor]] & ~known.dictionary[words.type[odd]]
        if table is after:
            ok &= ~known.known[words.type[odd]]
        ok[ok] = find_rows(table.keys, anchor_key[ok]) >= 0
        ok[ok] = ~table.holds(anchor_key[ok], odd_key[ok])
        # The same two stand side by side many times.
        anchor_key, odd = anchor_key[ok], odd[ok]
        met: dict[tuple[int, int], str | None] = {}
        for key, o, type_ in zip(anchor_key.tolist(), odd.tolist(), words.type[odd].tolist(), strict=True):
            if (key, type_) not in met:
                listed = bool(known.known[type_])
                met[key, type_] = _partner(_spelled(batch, type_), table.of(key), listed=listed)
            match = met[key, type_]
            if match:
                yield o, match, 0.8


def _partner(own: str, kept: Known, *, listed: bool) -> str | None:
    """The known partner of which `own` is a misspelling, if there is one."""
    if not own.isalpha():
        return None
    # What begins otherwise is a variant, see `_variant`.
    if own in kept.names:
        return None
    alike = kept.by_initial.get(own[0], ())
    near = [p for p in alike if p.documents >= FAMOUS and abs(len(p.name) - len(own)) <= 2]
    best: tuple[int, int, str] | None = None
    for p in near:
        if _variant(own, p.name):
            continue
        edits = distance(own, p.name, 2)
        if edits == 1:
            share = SHARE_LISTED if listed else SHARE
        elif edits == 2 and not listed and min(len(own), len(p.name)) > 5 and abs(len(p.name) - len(own)) < 2:
            share = SHARE_FAR
        else:
            continue
        if p.documents >= share * kept.total:
            best = max(best or (-9, 0, ""), (-edits, p.documents, p.name))
    return best[2] if best else None


@signal(
    "WD103",
    axis="typos",
    unit="word",
    aggregate="shrunk",
    message="names spelt otherwise than elsewhere in the text or in the world",
    flagged=[
        "President Voldyyyr Zelensky met President Emanuel Macron.",
        "Starmer spoke. Later Starmer left; Mr Starmer was tired, and Stamrer slept.",
    ],
    clean=[
        "Nigeria and the Nigerian president; Nigeria and the Nigerians.",
        "Volodymyr Zelenskyy, Volodymyr Zelenskiy and Volodymyr Zelensky are one man.",
        "Hansen met Hanson. Hansen left, Hansen came back, Hansen slept.",
    ],
)
def name_drift(batch: Batch) -> Marks:
    """
    Names that are spelt almost as one that the text, or the world, spells otherwise.

    An article about Starmer that has one "Stamrer" holds a slip, and "Emanuel" beside "Macron" is not how that man is
    called. A name that no list has is compared with the names that its document has at least twice, and three times as
    often; a name beside a well-known half of a full name, with the halves that native news has there.

    Left alone: names that lists or the news know (other people), differences at the end of a word (Nigeria, Nigerian;
    Trump, Trumps; Zelensky, Zelenskiy), names under four letters, words with hyphens or handles.

    It misses a name that is wrong throughout and known to nobody, and marks a second person whose rare name is one
    letter from the first's.

        >>> from detector.registry import evidence
        >>> evidence(name_drift, "Boris Voronkov said so. Voronkov left, and Voronkov wept. Then Vornokov slept.")
        ['Vornokov']
    """
    found = _drifted(batch)
    values = np.zeros(len(batch.words))
    for word, (_, sure) in found.items():
        values[word] = sure

    def detail(word: int) -> Mapping[str, Any]:
        meant, sure = found[word]
        clitic = batch.word(word)[len(_spelled(batch, int(batch.words.type[word]))) :]
        return {"suggestions": [name + clitic for name in meant], "confidence": sure, "kind": "name"}

    return Marks(values, detail)
