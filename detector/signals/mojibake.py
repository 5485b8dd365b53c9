"""EN101 mojibake."""

import numpy as np

from detector.batch import Batch, is_in
from detector.registry import Marks, signal
from detector.surroundings import mark_words, odd_places

__all__ = ["mojibake"]

# What the bytes 0x80 to 0xBF, the second and later bytes of a UTF-8 character, become when read as Windows-1252 or
# Latin-1; without quotes, dashes, dots and spaces, which may follow a letter in sound text.
_WINDOWS = [b for i in range(0x80, 0xC0) for b in bytes([i]).decode("cp1252", "ignore")]
_LATER = np.array(
    sorted({ord(c) for c in _WINDOWS if c not in "‚„…‹‘’“”•–—›«»·\xa0"} | set(range(0x80, 0xA0))), np.uint32
)
# First bytes of two: 0xC2 to 0xC5 (accented Latin letters), 0xD0 and 0xD1 (Cyrillic).
_FIRST = np.array(sorted(map(ord, "ÂÃÄÅÐÑ")), np.uint32)
_PAIRS = (("â", "€"), ("â", "\x80"), ("ð", "Ÿ"), ("ð", "\x9f"), ("ï", "»"), ("ï", "¿"))
_A = ord("Â")


@signal(
    "EN101",
    axis="typos",
    unit="word",
    message="letters that were decoded with the wrong encoding",
    flagged=["She said it wasnâ€™t her fault.", "We met at the cafÃ© and paid Â£5."],
    clean=["São Paulo, ÂNGELA, naïve façades and a pâté for €5.", "“Olá,” disse “João” Ångström."],
)
def mojibake(batch: Batch) -> Marks:
    """
    Words in which UTF-8 was read as Windows-1252 or Latin-1.

    "wasnâ€™t" was "wasn't" with a curly apostrophe: three bytes, shown as three characters. ftfy calls such text
    mojibake.

    A letter must be one that such a first byte becomes (Â Ã Ä Å Ð Ñ â ð ï), and the next character one that only a
    second byte becomes; letters before a quote or a dash are left alone, since words end there ("João”"). A lone "Â"
    before a space counts: it was a no-break space.

    Other wrong encodings (Mac Roman, Shift JIS), and texts about mojibake, are not told apart.

        >>> from detector.registry import evidence
        >>> evidence(mojibake, "It wasnâ€™t me.")
        ['wasnâ']
    """
    places = odd_places(batch)
    here, following = batch.chars[places], batch.chars[places + 1]
    found = is_in(here, _FIRST) & is_in(following, _LATER)
    for first, second in _PAIRS:
        found |= (here == ord(first)) & (following == ord(second))
    lone = (here == _A) & np.isin(following, (0x20, 0xA0)) & np.isin(batch.chars[places - 1], (0x20, 0x0A, 0x2E, 0x2C))
    return Marks(mark_words(batch, places[found | lone]))
