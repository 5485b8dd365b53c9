"""MT103 spaced-hyphen."""

import numpy as np

from detector.batch import LOWERCASE, MARK, SPACE, Batch
from detector.lexicon import facts
from detector.registry import Marks, signal
from detector.surroundings import gaps, is_word

__all__ = ["spaced_hyphen"]

# Hyphen-minus, hyphen, no-break hyphen: not the dashes.
_HYPHENS = np.array([0x2D, 0x2010, 0x2011], np.uint32)
# What opens a clause behind a dash that was set as a hyphen.
_CLAUSE = (
    "a an the and or but nor so if as not to for of in on at by with from into than that this these those which who "
    "whom whose what when where why how he she it they we you i his her its their our your my is are was were be has "
    "had have will would can could may might must shall should do does did no all some any one most also even just "
    "perhaps because while though although until since including especially particularly namely"
).split()


@signal(
    "MT103",
    axis="garble",
    unit="word",
    joined=True,
    message="a hyphen torn from one of its words",
    flagged=["They plan a three -way meeting on Friday.", "It was a well -known problem of the long -term kind."],
    clean=[
        "Two- and three-year terms.",
        "- item one\n- item two",
        "He came - late -and left.",
        "Use ls -l or gcc -fPIC here, or test it with exim -bdf first.",
    ],
)
def spaced_hyphen(batch: Batch) -> Marks:
    """
    Words that a hyphen was torn from.

    "A three -way meeting": an engine cut "three-way" in two, translated the halves and joined them badly.

    There must be a space before the hyphen, none after it, and lower-case words of two letters or more on both sides,
    a known one behind it (options such as "-l" have one letter, or are no words: "-bdf"). A function word behind it
    opens a clause, and the hyphen was meant for a dash ("late -and left"). A space behind the hyphen ("prob- lem") says
    nothing of translation: measured on dev/, most of those are words that were broken at a line's end.

    A dash without its second space before a noun ("the state -model and data") is wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(spaced_hyphen, "They plan a three -way meeting.")
        ['three -way']
    """
    words, gap = batch.words, gaps(batch)
    marked = np.zeros(len(words), bool)
    at = np.flatnonzero((gap.size == 2) & gap.same_line & (gap.after == SPACE))
    at = at[np.isin(batch.chars[words.end[at] + 1], _HYPHENS)]
    if not len(at):
        return Marks(marked.astype(np.float32))
    shape, length = batch.types.shape[words.type], words.end - words.start
    good = (shape[at + 1] == LOWERCASE) & (batch.kind[words.end[at] - 1] <= MARK)
    good &= facts(batch).known[words.type[at + 1]]
    good &= (length[at] >= 2) & (length[at + 1] >= 2) & ~is_word(batch, *_CLAUSE)[at + 1]
    at = at[good]
    marked[at] = marked[at + 1] = True
    return Marks(marked.astype(np.float32))
