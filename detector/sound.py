"""How a spelling sounds, roughly: its consonants in classes. Floor 2, arrays in, hashes out.

People who do not know a spelling write down what they hear: "vereas" is far from "various" by letters and the same by
sound. This is Soundex's idea (Russell 1918) with the rules of English spelling that Metaphone (Philips 1990) added for
consonants written in two ways: ph, gh, ch, ck, soft c and g, -tion.
"""

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
    padded = np.zeros((n, longest + 3), np.uint8)
    padded[:, 1 : longest + 1] = letters
    here, before, after, second = padded[:, 1:-2], padded[:, :-3], padded[:, 2:-1], padded[:, 3:]
    sound = _TABLE[here]
    front = (after == _E) | (after == _I) | (after == _Y)
    sound = np.where((here == _C) & front, _SOFT_C, sound)
    sound = np.where((here == _C) & (after == _H), _CH, sound)
    sound = np.where((here == _G) & front, _J, sound)
    sound = np.where((here == _P) & (after == _H), _F, sound)
    sound = np.where((here == _T) & (after == _I) & ((second == _O) | (second == _A)), _SOFT_C, sound)
    silent = (here == _G) & (after == _H) & (before > 0)
    silent |= (here == _D) & (after == _G) | (here == _T) & (after == _C) & (second == _H)
    silent |= (here == _K) & (after == _N) & (before == 0)
    sound = np.where(silent, 0, sound)
    first = np.isin(here[:, 0], _VOWELS)
    sound[first, 0] = _VOWEL
    key = np.zeros(n, np.uint64)
    last = np.zeros(n, np.uint8)
    for column in sound.T:
        heard = (column > 0) & (column != last)  # a doubled letter is heard once
        key = np.where(heard, key * np.uint64(31) + column.astype(np.uint64), key)
        last = column
    return key
