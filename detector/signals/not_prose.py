"""LG104 not-prose."""

import numpy as np

from detector.batch import NUMBER, Batch, is_in
from detector.function_words import function_words
from detector.registry import Marks, signal
from detector.surroundings import gaps, marks, sums

__all__ = ["not_prose"]

# A line is prose when it has at least this many words and this share of function words: news has 40 to 55 %, headlines
# 20 %, tables and code under 10 %.
_WORDS, _FUNCTION_SHARE = 4, 0.15
_NUMBERS = 0.5
# Signs of program code and markup; a line with one for every four words is no prose (brackets in prose: one in fifty).
_CODE = np.array(sorted(map(ord, "={};_<>[]()\\|")), np.uint32)
_WORDS_PER_SIGN = 4


@signal(
    "LG104",
    axis=None,
    unit="document",
    abstain_at=0.7,
    message="no running text: a table, code, or a list of words",
    flagged=[
        "Team P W D L\nLeeds 38 21 9 8\nWigan 38 20 10 8\nBury 38 18 9 11\nYork 38 17 9 12",
        "import os\nfor name in os.listdir(path):\n    print(name, os.stat(name).st_size)\nsys.exit(1)",
        "apples\npears\nplums\nquinces\ncherries\nmedlars\nnuts",
        "12 34 56 78 90\n** ** **\n1.5 2.5 3.5",
    ],
    clean=[
        "The river rose in the night, and the bridge fell.",
        "Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye",
        "- Wash the rice until the water is clear.\n- Add it to the pot with the salt.\n- Wait for ten minutes.",
    ],
)
def not_prose(batch: Batch) -> Marks:
    """
    A text that is no running text: a table, a program, a list of words, signs without words.

    A league table has no grammar to break; every axis would judge it by rules that are not its own.

    The value is the share of the text's letters and digits in lines that are not prose. Prose has four words or more,
    at most half of them numbers, 15 % function words, and hardly a sign of code: poems, recipes and laws pass. At seven
    tenths, the text is set aside. Single long lines of code with comments may pass, and lists of titles may not.

        >>> from detector.batch import cut
        >>> table = "Leeds 38 21 9 8, Wigan 38 20 10 8, Bury 38 18 9 11"
        >>> not_prose.mark(cut([table, "It rained in the night, and the bridge fell."])).values.tolist()
        [1.0, 0.0]
    """
    words, lines = batch.words, batch.lines
    n = len(lines)
    some = np.flatnonzero(lines.words)
    letters, numbers = np.zeros(n, np.int64), np.zeros(n, np.int64)
    letters[some], numbers[some] = sums(batch, lines.first_word[some], batch.types.length, batch.types.shape == NUMBER)
    small = np.bincount(words.line[np.flatnonzero(function_words(batch) & _spaced(batch))], minlength=n)
    signs = marks(batch)
    signs = signs[is_in(batch.chars[signs], _CODE)]
    code = np.bincount(np.searchsorted(lines.start, signs, "right") - 1, minlength=n) if n else numbers
    prose = (lines.words >= _WORDS) & (small >= _FUNCTION_SHARE * lines.words) & (numbers <= _NUMBERS * lines.words)
    prose &= _WORDS_PER_SIGN * code < lines.words
    total = np.bincount(lines.document, weights=letters, minlength=len(batch))
    broken = np.bincount(lines.document[~prose], weights=letters[~prose], minlength=len(batch))
    values = broken / np.maximum(total, 1)
    values[total == 0] = 1.0
    return Marks(values)


def _spaced(batch: Batch) -> np.ndarray:
    """Which words touch a space or the end of a line on one side: "in" does in prose, "is_in.set" does not in code."""
    gap = gaps(batch)
    return (gap.before <= 2) | (gap.after <= 2)
