"""MT116 foreign-punctuation."""

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.function_words import function_words
from detector.registry import Marks, signal
from detector.surroundings import mark_words, nearest_word, odd_places

__all__ = ["foreign_punctuation"]

_MARKS = np.array([ord(c) for c in "«»„¿¡"], np.uint32)
_FUNCTION_WORDS = 4  # one word in so many must be an English function word where a mark is out of place


@signal(
    "MT116",
    axis="garble",
    unit="word",
    message="a quotation or question mark of another language",
    flagged=["The mother said: « I said to her, and left.", "He asked ¿ where the bank was, and nobody knew."],
    clean=["“Where is it?” she asked. ‘No.’", "He shouted “¡No pasarán!” at them.", "The menu » Home » News"],
)
def foreign_punctuation(batch: Batch) -> Marks:
    """
    Quotation and question marks that English does not have.

    "The mother said: « I said to her": the engine copied the French mark.

    « » „ ¿ ¡ count where English words stand around them. A Spanish exclamation inside English quotation marks is a
    quotation and left alone, and so are arrows of menus ("Home » News": two marks of one direction in a line and none
    of the other).

    Books printed in England by foreign houses use «guillemets»; this flags them.

        >>> from detector.registry import evidence
        >>> evidence(foreign_punctuation, "The mother said: « I said to her, and left.")
        ['said']
    """
    places = odd_places(batch)
    places = places[np.isin(batch.chars[places], _MARKS)]
    if not len(places):
        return Marks(np.zeros(len(batch.words), np.float32))
    code = batch.chars[places]
    line = np.searchsorted(batch.lines.start, places, "right") - 1
    n = len(batch.lines)
    right = np.bincount(line[code == ord("»")], minlength=n)
    left = np.bincount(line[code == ord("«")], minlength=n)
    arrow = ((code == ord("»")) & (left[line] == 0)) | ((code == ord("«")) & (right[line] == 0) & (left[line] > 1))
    quoted = np.isin(batch.chars[places - 1], [ord(c) for c in "“\"'‘"])
    kept = places[~arrow & ~quoted]
    kept = kept[_english(batch, kept)]
    return Marks(mark_words(batch, kept))


def _english(batch: Batch, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which places stand in lines that are English."""
    if not len(batch.words):
        return np.zeros(len(places), bool)
    at = nearest_word(batch, places)
    line = batch.words.line[np.maximum(at, 0)]
    small = np.bincount(batch.words.line[function_words(batch)], minlength=len(batch.lines))
    return (at >= 0) & (_FUNCTION_WORDS * small[line] >= batch.lines.words[line])
