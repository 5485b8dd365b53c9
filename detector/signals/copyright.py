"""BP112 copyright."""

import numpy as np

from detector.batch import NUMBER, Batch
from detector.phrases import count_by_line, phrase_words, words_in
from detector.registry import Marks, signal
from detector.surroundings import marks

__all__ = ["copyright"]

# The longest notice of the training pages that is one sentence or two; longer lines are terms of use.
_LONGEST = 60
_EARLY = 4  # words from the start of the line

_SIGN = ord("©")
_RIGHTS = (
    "all rights reserved",
    "all right reserved",
    "this material may not be published broadcast rewritten or redistributed",
    "may not be reproduced without",
    "powered by wordpress",
    "powered by blogger",
    "powered by typepad",
    "licensed under a creative commons",
    "trademarks of their respective owners",
    "trademarks are the property of their respective owners",
    "use of this site constitutes acceptance",
)


@signal(
    "BP112",
    axis="boilerplate",
    unit="line",
    message="a notice of copyright",
    flagged=[
        "© 2024 Harbour News Ltd.",
        "Copyright 2019 The Harbour Company. All rights reserved.",
        "This material may not be published, broadcast, rewritten or redistributed.",
    ],
    clean=[
        "Copyright law was written for books.",
        "The symbol © was first used in a statute of 1909, which the court read narrowly.",
    ],
)
def copyright(batch: Batch) -> Marks:  # noqa: A001 - a signal is named for the fault you see
    r"""
    Lines that say whose the page is.

    "© 2024 Harbour News Ltd. All rights reserved." closes the page, not the article.

    A line of at most 60 words counts when it has a phrase of such notices, or when it begins, within four words,
    with © or "copyright" beside a year. So a sentence on copyright law is left alone. The colophon of a book is
    flagged, which we accept.

        >>> from detector.registry import evidence
        >>> evidence(copyright, "It rained.\n© 2024 Harbour News Ltd.")
        ['© 2024 Harbour News Ltd.']
    """
    lines, words = batch.lines, batch.words
    rights = count_by_line(batch, phrase_words(batch, _RIGHTS)) > 0
    found = words_in(batch, ("copyright",))
    open_ = count_by_line(batch, found[found - lines.first_word[words.line[found]] < _EARLY]) > 0
    at = marks(batch)
    at = at[batch.chars[at] == _SIGN]
    line = np.searchsorted(lines.start, at, "right") - 1
    open_[line[np.searchsorted(words.start, at) - lines.first_word[line] < 3]] = True
    line = np.flatnonzero(open_ & (lines.words <= _LONGEST))
    size = np.minimum(lines.words[line], _EARLY)
    type_ = words.type[np.arange(int(size.sum())) + np.repeat(lines.first_word[line] - (np.cumsum(size) - size), size)]
    year = (batch.types.shape[type_] == NUMBER) & (batch.types.length[type_] == 4)
    marked = rights & (lines.words <= _LONGEST)
    marked[np.repeat(line, size)[year]] = True
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "copyright"})
