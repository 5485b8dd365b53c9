"""Which names stand side by side: "Keir Starmer", "Emmanuel Macron". Floor 2, with `lexicon`.

Counted over native news: pairs of capitalised words that at least three documents have inside a sentence. A pair is kept
under the hash of either half; the other half is kept in letters, so that it can be compared and suggested.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.lexicon import load_array

__all__ = ["Partner", "Partners", "partners"]


@dataclass(frozen=True, slots=True)
class Partner:
    """A name that stands beside another, and in how many documents."""

    name: str
    documents: int


@dataclass(frozen=True)
class Partners:
    """One direction. `keys`: uint64 [pairs], sorted; `names`: uint16 [pairs], which name; `documents`: uint8 [pairs]."""

    keys: NDArray[np.uint64]
    names: NDArray[np.uint16]
    documents: NDArray[np.uint8]
    spelling: tuple[str, ...]

    def of(self, key: int) -> list[Partner]:
        """The partners of a name, by its key."""
        wanted = np.uint64(key)
        first, last = int(np.searchsorted(self.keys, wanted)), int(np.searchsorted(self.keys, wanted, "right"))
        return [Partner(self.spelling[int(self.names[i])], int(self.documents[i])) for i in range(first, last)]


@functools.cache
def partners() -> tuple[Partners, Partners]:
    """(what follows a name, what goes before it)."""
    spelling = tuple(bytes(load_array("names")).decode("utf-8").split("\n"))
    after = Partners(load_array("after_keys"), load_array("after_names"), load_array("after_documents"), spelling)
    before = Partners(load_array("before_keys"), load_array("before_names"), load_array("before_documents"), spelling)
    return after, before
