"""How a spelling sounds, roughly: its consonants in classes. Floor 2, arrays in, hashes out.

People who do not know a spelling write down what they hear: "vereas" is far from "various" by letters and the same by
sound. This is Soundex's idea (Russell 1918) with the rules of English spelling that Metaphone (Philips 1990) added for
consonants written in two ways: ph, gh, ch, ck, soft c and g, -tion.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["sound_keys"]

Bytes = NDArray[np.uint8]


def _code(letter: str) -> int:
    return ord(letter) - 96


_A, _C, _D, _E, _G, _H, _I, _K, _N, _O, _P, _T, _X, _Y = map(_code, "acdeghiknoptxy")
# Letters that sound alike share a class; what is not here is silent: vowels, h, w, y, the apostrophe.
_CLASSES = {
    letter: number for number, letters in enumerate("b p fv ckqx g j m n l r sz d t".split(), 1) for letter in letters
}
_F, _SOFT_C, _J, _CH = _CLASSES["f"], _CLASSES["s"], _CLASSES["j"], len(set(_CLASSES.values())) + 1
_VOWEL = _CH + 1  # at the start a vowel is heard, whichever it is
_TABLE = np.zeros(28, np.uint8)
_TABLE[[_code(x) for x in _CLASSES]] = list(_CLASSES.values())
_VOWELS = np.array([_code(x) for x in "aeiouy"], np.uint8)


def sound_keys(letters: Bytes) -> NDArray[np.uint64]:
    """A hash of the sound of each word; `letters`: codes [words, longest], 0 beyond the end.

    >>> from detector.spelling import letter_codes
    >>> a, b, c = (int(sound_keys(letter_codes(w)[None])[0]) for w in ("vereas", "various", "variety"))
    >>> a == b, b == c
    (True, False)
    """
    n, longest = letters.shape
    padded = np.zeros((longest + 3, n), np.uint8)
    padded[1 : longest + 1] = letters.T
    key, last = np.zeros(n, np.uint64), np.zeros(n, np.uint8)
    for place in range(1, longest + 1):
        # The words that go so far; those of a dictionary ordered by length stand together, at its end.
        part: Any = np.flatnonzero(padded[place])
        if not len(part):
            break
        if part[0] == n - len(part):
            part = slice(n - len(part), n)
        before, here, after, second = (padded[row, part] for row in range(place - 1, place + 3))
        sound = _sounds(before, here, after, second)
        if place == 1:
            sound[np.isin(here, _VOWELS)] = _VOWEL
        heard = (sound > 0) & (sound != last[part])  # a doubled letter is heard once
        own = key[part]
        key[part] = np.where(heard, own * np.uint64(31) + sound, own)
        last[part] = sound
    return key


def _sounds(before: Bytes, here: Bytes, after: Bytes, second: Bytes) -> Bytes:
    """The class of each letter between its neighbours, 0 for what is silent; all of one shape."""
    sound = _TABLE[here]
    front = (after == _E) | (after == _I) | (after == _Y)
    sound[(here == _C) & front] = _SOFT_C
    sound[(here == _C) & (after == _H)] = _CH
    sound[(here == _G) & front] = _J
    sound[(here == _P) & (after == _H)] = _F
    sound[(here == _T) & (after == _I) & ((second == _O) | (second == _A))] = _SOFT_C
    silent = (here == _G) & (after == _H) & (before > 0)
    silent |= (here == _D) & (after == _G) | (here == _T) & (after == _C) & (second == _H)
    silent |= (here == _K) & (after == _N) & (before == 0)
    sound[silent] = 0
    return sound
