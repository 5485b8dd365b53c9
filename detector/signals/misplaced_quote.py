"""MT105 misplaced-quote."""

import numpy as np

from detector.batch import APOSTROPHE, COMMA, NEWLINE, QUOTE, SPACE, STOP, Batch
from detector.registry import Marks, signal
from detector.surroundings import mark_words, odd_places

__all__ = ["misplaced_quote"]

_OPENING, _CLOSING, _LOW, _DOT, _DOTS = ord("“"), ord("”"), ord("„"), ord("."), ord("…")
# A text in which more than this share of the curly marks stands apart was tokenised, or set that way on purpose.
_HABIT = 0.5


@signal(
    "MT105",
    axis="garble",
    unit="word",
    message="a quotation mark that is doubled or faces the wrong way",
    flagged=[
        "He spoke of sanctions against Russia “.",
        "“It is a great day ” for us,” he said, “and for you.”",
        "She said “” no.",
    ],
    clean=[
        "“It is,” he said. “No.”",
        "„Ja“, sagte er.",
        "“‘No,’ ” she said. “ ‘Yes.’ ”",
        "It is “ apart ” , like “ this ” one .",
    ],
)
def misplaced_quote(batch: Batch) -> Marks:
    """
    Words at a curly quotation mark that is doubled, or that opens where one should close.

    "Sanctions against Russia “.": the engine put the mark where its own language has it, or took an opening for a
    closing one.

    What counts: an opening mark before a space, comma or full stop, a closing mark after a space, and two double marks
    in a row. German „quotes“ are left alone (their closing mark is our opening one), nested marks that a thin space
    parts, and texts in which more than half of the marks stand apart: those were tokenised.

    Straight marks say too little: they face both ways, and tokenised film reviews are full of them (measured on dev/:
    every mark on clean text came from there). So where all quotes were made straight, this is silent.

        >>> from detector.registry import evidence
        >>> evidence(misplaced_quote, "He spoke of sanctions against Russia “.")
        ['Russia']
    """
    odd = odd_places(batch)
    document = np.searchsorted(batch.document_start, odd, "right") - 1
    code = batch.chars[odd]
    german = np.bincount(document[code == _LOW], minlength=len(batch)) > 0
    curly = (code == _OPENING) | (code == _CLOSING)
    places, document, code = odd[curly], document[curly], code[curly]
    before, after = batch.kind[places - 1], batch.kind[places + 1]
    further = (places + 2).clip(max=len(batch.kind) - 1)
    blank_after = (after == SPACE) | (after == NEWLINE)
    dots = (batch.chars[places + 1] == _DOTS) | ((batch.chars[places + 1] == _DOT) & (batch.chars[further] == _DOT))
    # Two characters on may lie in the next document, two back in the one before.
    inner_after = (batch.kind[further] == APOSTROPHE) & (further < batch.document_end[document])
    inner_before = (batch.kind[places - 2] == APOSTROPHE) & (places - 2 >= batch.document_start[document])
    nested = (inner_after & (code == _OPENING)) | (inner_before & (code == _CLOSING))
    turned = (code == _OPENING) & (blank_after | (((after == STOP) | (after == COMMA)) & ~dots))
    turned = (turned | ((code == _CLOSING) & (before == SPACE))) & ~nested
    share = np.bincount(document[turned], minlength=len(batch)) / np.bincount(document, minlength=len(batch)).clip(1)
    many = np.bincount(document, minlength=len(batch)) > 2
    turned &= ~((share > _HABIT) & many)[document]
    doubled = (after == QUOTE) & (batch.chars[places + 1] != _LOW)
    wrong = (turned | doubled) & ~german[document]
    # The word before the mark, where that is in the same document.
    return Marks(mark_words(batch, np.maximum(places[wrong] - 1, batch.document_start[document[wrong]])))
