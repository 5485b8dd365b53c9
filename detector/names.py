"""Which names stand side by side: "Keir Starmer", "Emmanuel Macron". Floor 2, with `lexicon`.

Counted over native news: pairs of capitalised words that at least three documents have inside a sentence. A pair is
kept under the hash of either half; the other half is kept in letters, so that it can be compared and suggested.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.batch import hash_words, mix
from detector.lexicon import find_rows, load_array

__all__ = ["Known", "Partner", "Partners", "partners"]


class Partner(NamedTuple):
    """A name that stands beside another, and in how many documents."""

    name: str
    documents: int


@dataclass(frozen=True, eq=False)
class Known:
    """All partners of a name. `total`: documents of all together; `names`; `by_initial`: partners by first letter."""

    total: int
    names: frozenset[str]
    by_initial: Mapping[str, Sequence[Partner]]


@dataclass(frozen=True, eq=False)
class Partners:
    """One direction. `keys`: uint64 [pairs], sorted; `names`: uint16 [pairs], which name; `documents`: uint8 [pairs].

    `pairs`: uint64 [pairs], sorted: both halves hashed together.
    """

    keys: NDArray[np.uint64]
    names: NDArray[np.uint16]
    documents: NDArray[np.uint8]
    spelling: tuple[str, ...]
    pairs: NDArray[np.uint64]

    def holds(self, keys: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which of these pairs of keys are pairs of the table."""
        held: NDArray[np.bool_] = find_rows(self.pairs, mix(mix(keys) + others)) >= 0
        return held

    def of(self, key: int) -> Known:
        """The partners of a name, by its key."""
        return _partners_of(self, key)


@functools.lru_cache(8192)
def _partners_of(table: Partners, key: int) -> Known:
    wanted = np.uint64(key)
    first, last = (int(table.keys.searchsorted(wanted, side)) for side in ("left", "right"))
    names, documents = table.names[first:last].tolist(), table.documents[first:last].tolist()
    by_initial: dict[str, list[Partner]] = {}
    for name, many in zip(names, documents, strict=True):
        partner = Partner(table.spelling[name], many)
        by_initial.setdefault(partner.name[:1], []).append(partner)
    return Known(sum(documents), frozenset(table.spelling[name] for name in names), by_initial)


@functools.cache
def partners() -> tuple[Partners, Partners]:
    """(what follows a name, what goes before it)."""
    spelling = tuple(bytes(load_array("names")).decode("utf-8").split("\n"))
    own = hash_words(spelling)

    def direction(name: str) -> Partners:
        keys, names = load_array(f"{name}_keys"), load_array(f"{name}_names")
        return Partners(keys, names, load_array(f"{name}_documents"), spelling, np.sort(mix(mix(keys) + own[names])))

    return direction("after"), direction("before")
