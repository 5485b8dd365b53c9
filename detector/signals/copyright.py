"""BP112 copyright."""

import numpy as np

from detector.batch import NUMBER, Batch
from detector.phrases import phrase_words, words_in
from detector.registry import Marks, signal
from detector.surroundings import marks

__all__ = ["copyright"]

# The longest notice of the training pages that is one sentence or two; longer lines are terms of use.
_LONGEST = 60

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
    n = len(lines)
    rights = np.bincount(words.line[phrase_words(batch, _RIGHTS)], minlength=n) > 0
    early = np.repeat(lines.first_word, np.minimum(lines.words, 4))
    early += np.arange(len(early)) - np.repeat(
        np.cumsum(np.minimum(lines.words, 4)) - np.minimum(lines.words, 4), np.minimum(lines.words, 4)
    )
    line = words.line[early]
    word = np.bincount(line[words_in(batch, ("copyright",))[early]], minlength=n) > 0
    type_ = words.type[early]
    year = np.bincount(line[(batch.types.shape[type_] == NUMBER) & (batch.types.length[type_] == 4)], minlength=n)
    sign = np.zeros(n, bool)
    at = marks(batch)
    at = at[batch.chars[at] == _SIGN]
    line = np.searchsorted(lines.start, at, "right") - 1
    sign[line[np.searchsorted(words.start, at) - lines.first_word[line] < 3]] = True
    marked = (rights | ((sign | word) & (year > 0))) & (lines.words <= _LONGEST)
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "copyright"})
