"""How many slips lie between words: many pairs at once, by the bits of whole numbers. Floor 2.

The distance is the restricted one of Damerau and Levenshtein: letters left out, put in, replaced, and neighbours
swapped, no letter touched twice. Myers (1999) keeps a whole column of its table in two numbers, the places where it
rises and where it falls; Hyyro (2003) added the swaps. Here each of these numbers is an array over all pairs.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["edits_of_each"]

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

_LETTER_CODES = 28
_LONGEST = 32  # letters of a word that fit one number
_ONE = np.uint32(1)


def edits_of_each(words: Sequence[Bytes], others: Bytes, length: Ints, of: Ints) -> NDArray[np.int8]:
    """The distance of each pair, int8 [pairs].

    `words`: the letters of some words, codes below 28, at most 32 letters each; `others`: the letters of the word that
    each pair has on its other side, [longest, pairs], 0 beyond its end; `length`: how many it has; `of`: which of the
    words the pair is about.
    """
    size = np.fromiter(map(len, words), np.int64, len(words))
    # For each word and letter: a bit for every place where the word has it.
    places = np.zeros((len(words), _LETTER_CODES), np.uint32)
    for i, word in enumerate(words):
        for place, code in enumerate(word.tolist()):
            places[i, code] |= 1 << place
    row = of * _LETTER_CODES
    last = (size - 1).astype(np.uint32)[of]
    rises, falls = np.full(len(of), 0xFFFFFFFF, np.uint32), np.zeros(len(of), np.uint32)
    diagonal, before = falls, falls
    score = size.astype(np.int8)[of]
    out = score.copy()
    for j in range(int(length.max(initial=0))):
        here = places.ravel().take(row + others[j])
        swapped = ((~diagonal & here) << _ONE) & before
        diagonal = (((here & rises) + rises) ^ rises) | here | falls | swapped
        up, down = falls | ~(diagonal | rises), diagonal & rises
        score += ((up >> last) & _ONE).astype(np.int8)
        score -= ((down >> last) & _ONE).astype(np.int8)
        up = (up << _ONE) | _ONE
        rises, falls = (down << _ONE) | ~(diagonal | up), up & diagonal
        before = here
        np.copyto(out, score, where=length == j + 1)
    return out
