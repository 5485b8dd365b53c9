"""What is known of each word: spelling, frequency, names, other languages.

The table (`models/lexicon/`) is compiled by `python -m detector.training.lexicon` and memory-mapped on first use. It
holds no text but hashes: the key of a word is `batch.hash_words`, so a look-up is one binary search over the *distinct*
words of a batch. `facts(batch)` does it once a batch; everything in `Facts` has shape [types] and is indexed by
`batch.words.type`.

    >>> from detector.batch import cut
    >>> batch = cut(["The colour of Obama's xqzzy"])
    >>> known = facts(batch).known[batch.words.type]
    >>> known.tolist()
    [True, True, True, True, False]
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.assets import check_folder, find_folder
from detector.batch import APOSTROPHE, CAPITAL, CAPS, MIXED, NUMBER, Batch, hash_apart, hash_words, is_in, per_batch

__all__ = [
    "ABBREVIATION",
    "CAPITALISED",
    "FORMAT",
    "GB",
    "KNOWN",
    "LANGUAGES",
    "NAME",
    "PERSON",
    "RARE",
    "US",
    "VERSION",
    "ZIPF_STEPS",
    "Facts",
    "Lexicon",
    "facts",
    "find_rows",
    "lexicon",
    "load_array",
    "table_folder",
    "use_folder",
]

FORMAT = "detector-lexicon"
VERSION = 1

# Bits of a word's flags.
US = 1  # in the American dictionary in this spelling, lower case
GB = 2  # in the British dictionary (-ise and -ize), lower case
KNOWN = 4  # a word for sure: some dictionary has it (variants, Canadian, Australian), or strong evidence of use
CAPITALISED = 8  # usual only with a capital: names, places, weekdays, brands
ABBREVIATION = 16
NAME = 32  # seen as a name (capitalised inside sentences) by several documents of native news, or listed as one
PERSON = 64  # stands in a first-name surname pair of the news counts
RARE = 128  # only the largest dictionaries have it: no help as a suggestion, and no typo for sure either

# Zipf frequencies are kept in steps of 1/25: an error of at most .02, below what any list of words can tell.
ZIPF_STEPS = 25

# The order is the number in `Facts.foreign_language`; 0 stands for none. Languages of wordfreq that are written in
# Latin letters.
LANGUAGES = tuple("ca cs da de es fi fil fr hu id is it lt lv ms nb nl pl pt ro sh sk sl sv tr vi".split())

_CLITICS = ("s", "ll", "d", "ve", "re", "m", "all", "til", "er", "em", "am", "n")

Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class Facts:
    """What is known of each type of a batch; arrays of shape [types].

    - `row`: its row of the table, -1 if it has none.
    - `zipf`: English Zipf frequency (log10 of occurrences per 10**9 words; 0: not listed). "the" 7.7, "dedi" 2.0.
    - `known`: English text may hold this word in this case: a dictionary has it, a name with a capital, a number, an
      abbreviation, a word the user taught. A possessive or contraction is as known as its stem ("Obama's").
    - `dictionary`: a desk dictionary, or much use, has it in lower case (so "march" and "March", not "london", nor
      `rare`).
    - `us`, `gb`: the American or British dictionary has this spelling. Both are false for what neither has.
    - `capitalised`: usual only with a capital ("london", "monday").
    - `abbreviation`: an abbreviation or acronym.
    - `name`: known as a name of a person, place or organisation, whatever its case here.
    - `rare`: only the largest dictionaries have it.
    - `foreign_zipf`: the highest Zipf frequency in one of the other languages of `LANGUAGES`, 0 if none lists it;
      `foreign_language`: which, as 1 + index into `LANGUAGES`, 0 for none.
    - `stem`: the key looked up: that of the word without its clitic, if it had one and was not known as a whole.
    """

    row: NDArray[np.int32]
    zipf: NDArray[np.float32]
    known: NDArray[np.bool_]
    dictionary: NDArray[np.bool_]
    us: NDArray[np.bool_]
    gb: NDArray[np.bool_]
    capitalised: NDArray[np.bool_]
    abbreviation: NDArray[np.bool_]
    name: NDArray[np.bool_]
    rare: NDArray[np.bool_]
    foreign_zipf: NDArray[np.float32]
    foreign_language: NDArray[np.uint8]
    stem: Keys


@dataclass(frozen=True)
class Lexicon:
    """The compiled table. `keys` is sorted; the other arrays have one entry a key."""

    keys: Keys
    flags: NDArray[np.uint8]
    zipf: NDArray[np.uint8]
    foreign_zipf: NDArray[np.uint8]
    foreign_language: NDArray[np.uint8]

    def rows(self, keys: Keys) -> NDArray[np.int32]:
        """The row of each key, -1 for what the table lacks."""
        return find_rows(self.keys, keys)

    def rows_of_each(self, keys: Keys) -> NDArray[np.int32]:
        """The same for many keys: in order, so that each is looked for near the one before, which is in memory."""
        order = np.argsort(keys)
        rows = np.empty(len(keys), np.int32)
        rows[order] = find_rows(self.keys, keys[order])
        return rows


def find_rows(table: Keys, keys: Keys) -> NDArray[np.int32]:
    """Where each key stands in a sorted table, -1 where it does not."""
    if not len(table):
        return np.full(len(keys), -1, np.int32)
    at = np.searchsorted(table, keys)
    at[at == len(table)] = 0
    return np.where(table[at] == keys, at, -1).astype(np.int32)


_elsewhere: list[Path] = []


def use_folder(path: Path) -> None:
    """Read the tables from another folder: for their builder, which learns from what it has just written."""
    _elsewhere[:] = [path]
    lexicon.cache_clear()


def load_array(name: str) -> NDArray[Any]:
    """One of the compiled tables, memory-mapped; ModelError if it is missing or damaged."""
    # A plain view of the mapped file: slices of np.memmap objects cost a microsecond each.
    return np.asarray(np.load(table_folder() / f"{name}.npy", mmap_mode="r", allow_pickle=False))


def table_folder() -> Path:
    """The folder of the compiled tables, checked."""
    path = _elsewhere[0] if _elsewhere else find_folder("lexicon")
    check_folder(path, FORMAT, VERSION)
    return path


@functools.cache
def lexicon() -> Lexicon:
    """The bundled table, memory-mapped; ModelError if it is missing or damaged."""
    return Lexicon(*map(load_array, ("keys", "flags", "zipf", "foreign_zipf", "foreign_language")))


@functools.cache
def _clitics() -> Keys:
    return np.sort(hash_words(_CLITICS))


def _stems(batch: Batch) -> Keys:
    """The key of each type, without its clitic where it ends in an apostrophe and one ("Obama's", "they'd")."""
    types, words = batch.types, batch.words
    stems = types.key.copy()
    start, end = words.start[types.first], words.end[types.first]
    marks = np.flatnonzero(batch.kind == APOSTROPHE)
    if len(marks) and len(types):
        last = np.searchsorted(marks, end) - 1
        at = marks[last.clip(0)]
        has = np.flatnonzero((last >= 0) & (at > start) & (end - at <= 4))
        if len(has):
            tail = hash_apart(batch.lower, at[has] + 1, end[has])
            has = has[is_in(tail, _clitics())]
            stems[has] = hash_apart(batch.lower, start[has], at[has])
    return stems


@per_batch
def facts(batch: Batch) -> Facts:
    """What is known of each type of the batch, worked out once a batch."""
    table, types = lexicon(), batch.types
    row = table.rows_of_each(types.key)
    stem = _stems(batch)
    whole = (row >= 0) & (table.flags[row] & (KNOWN | US | GB) > 0)
    parted = np.flatnonzero((stem != types.key) & ~whole)
    stem = np.where(whole, types.key, stem)
    if len(parted):
        row[parted] = table.rows_of_each(stem[parted])
    listed = row >= 0
    flags = np.where(listed, table.flags[row], 0).astype(np.uint8)
    steps = np.float32(ZIPF_STEPS)
    zipf = np.where(listed, table.zipf[row], 0).astype(np.float32) / steps
    foreign_zipf = np.where(listed, table.foreign_zipf[row], 0).astype(np.float32) / steps
    foreign_language = np.where(listed, table.foreign_language[row], 0).astype(np.uint8)

    accepted = batch.taught.accepted
    taught = (find_rows(accepted, types.key) >= 0) | (find_rows(accepted, stem) >= 0)
    dictionary = flags & (US | GB | KNOWN) > 0
    name = flags & (NAME | CAPITALISED) > 0
    shape = types.shape
    capital = (shape == CAPITAL) | (shape == CAPS) | (shape == MIXED)
    small_abbreviation = flags & (ABBREVIATION | CAPITALISED) == ABBREVIATION
    known = dictionary | taught | (flags & RARE > 0) | (capital & (flags > 0)) | small_abbreviation
    known |= (shape == NUMBER) | (types.length == 1)
    return Facts(
        row=row,
        zipf=zipf,
        known=known,
        dictionary=dictionary,
        us=flags & US > 0,
        gb=flags & GB > 0,
        capitalised=flags & CAPITALISED > 0,
        abbreviation=flags & ABBREVIATION > 0,
        name=name,
        rare=(flags & RARE > 0) & ~dictionary,
        foreign_zipf=foreign_zipf,
        foreign_language=foreign_language,
        stem=stem,
    )
