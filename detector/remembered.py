"""Answers about words, worked out for many at once and kept: most words of a text stood in the texts before it."""

import itertools
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

__all__ = ["Remembered"]

T = TypeVar("T")


class Remembered(Generic[T]):
    """The answers of a function of many words, of at most `most` words; the oldest are forgotten.

    `work` gives one answer, never None, for each word; an answer depends on its word alone.
    """

    def __init__(self, work: Callable[[Sequence[str]], Sequence[T]], most: int) -> None:
        self._work = work
        self._most = most
        self._known: dict[str, T] = {}

    def of(self, word: str) -> T:
        """The answer for one word."""
        known = self._known.get(word)
        return self.of_each([word])[0] if known is None else known

    def of_each(self, words: Sequence[str]) -> list[T]:
        """The answer for each word; what is not known yet is worked out in one go."""
        known = self._known
        found = {word: known.get(word) for word in words}
        new = [word for word, answer in found.items() if answer is None]
        if new:
            fresh = dict(zip(new, self._work(new), strict=True))
            found.update(fresh)
            known.update(fresh)
            for word in list(itertools.islice(known, max(len(known) - self._most, 0))):
                known.pop(word, None)
        return [answer for word in words if (answer := found[word]) is not None]
