"""MT115 foreign-number."""

import numpy as np
from numpy.typing import NDArray

from detector.batch import DIGIT, LOWER, LOWERCASE, NUMBER, SPACE, Batch
from detector.registry import Marks, signal
from detector.surroundings import gaps, is_word, marks

__all__ = ["foreign_number"]

_COMMA, _DOT = ord(","), ord(".")
_GROUP = 3  # digits between the marks of thousands
_ORDINAL = 3  # letters of the word behind an ordinal, at least


@signal(
    "MT115",
    axis="garble",
    unit="word",
    message="a number written as another language writes it",
    flagged=["They invested 10,6 million on the 14. march.", "The town has 31.000 inhabitants."],
    clean=[
        "They invested 10.6 million; 1,000 people came, and 12,345,678 stayed.",
        "It cost 3.125 percent, see No. 5. the end.",
        "1. wash\n2. cook",
    ],
)
def foreign_number(batch: Batch) -> Marks:
    """
    Numbers in the format of another language.

    "10,6 million", "31.000 inhabitants", "the 82. minute": the engine translated the words and left the number as it
    was.

    Three forms count: one or two digits behind a comma ("10,6"; lists such as "1,2" need a lower-case word behind
    them); a full stop before three digits that end in a zero and are followed by a lower-case word ("31.000 people",
    but not "3.125 percent"); and a full stop between a number and a lower-case word inside a sentence ("82. minute"),
    not at the start of a line or after "No.".

    Translators and Europeans who write English make this slip too: it marks .4 % of human translations on dev/. Scores
    and odds
    ("won 6,4") may be wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(foreign_number, "They invested 10,6 million in the 82. minute.")
        ['10,6', '82']
    """
    words, gap = batch.words, gaps(batch)
    values = np.zeros(len(words), np.float32)
    shape = batch.types.shape[words.type]
    at = np.flatnonzero(shape == NUMBER)
    at = at[at + 1 < len(words)]
    if not len(at):
        return Marks(values)
    start, end = words.start[at], words.end[at]
    lower_next = (shape[at + 1] == LOWERCASE) & gap.same_line[at]
    percent = is_word(batch, "percent", "per", "pct", "inches", "inch", "seconds", "ounces", "square")[at + 1]
    touched = gap.before[at] <= 2
    digits_only = batch.kind[end - 1] == DIGIT

    def mark_from_end(distance: int, code: int) -> NDArray[np.bool_]:
        place = end - 1 - distance
        found: NDArray[np.bool_] = (place > start) & (batch.chars[np.maximum(place, 0)] == code)
        return found

    places = marks(batch)
    points = places[(batch.chars[places] == _COMMA) | (batch.chars[places] == _DOT)]
    groups = np.searchsorted(points, np.stack([start, end]))
    single = groups[1] - groups[0] == 1
    plain = touched & digits_only & single & lower_next & gap.plain[at]
    decimal = plain & (mark_from_end(1, _COMMA) | mark_from_end(2, _COMMA)) & ~is_word(batch, "and", "or", "to")[at + 1]
    thousand = plain & mark_from_end(_GROUP, _DOT) & (batch.chars[end - 1] == ord("0")) & ~percent & (end - start <= 7)
    thousand &= batch.chars[start] != ord("0")
    # A dot, one space, and a lower-case word that the sentence goes on with.
    dotted = (gap.size[at] == 2) & (batch.chars[end] == _DOT) & (batch.kind[end + 1] == SPACE)
    inside = (words.start[at] > batch.lines.start[words.line[at]]) & (words.sentence[at] == words.sentence[at + 1])
    long = (words.end[at + 1] - words.start[at + 1] >= _ORDINAL) & (batch.kind[words.start[at + 1]] == LOWER)
    number_sign = is_word(batch, "no", "nos", "vol", "art", "sec", "section", "figure", "table", "page", "chapter")[
        np.maximum(at - 1, 0)
    ]
    before = np.maximum(at - 1, 0)
    word_before = (shape[before] == LOWERCASE) & gap.plain[before] & (at > 0)
    ordinal = (
        touched & dotted & inside & long & lower_next & ~number_sign & word_before & (end - start <= 2) & digits_only
    )
    values[at[decimal | thousand | ordinal]] = 1
    return Marks(values)
