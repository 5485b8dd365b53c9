"""BP118 furniture-share."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, Signal, all_signals, places_of, signal

__all__ = ["furniture_share"]


@signal(
    "BP118",
    axis="boilerplate",
    unit="document",
    message="much of the text belongs to the page around the article",
    flagged=[
        "Home\nNews\nSport\nWeather\nTravel\nAbout us\nContact\nPrivacy policy\nTerms of use\n© 2021 Harbour News Ltd.",
        "The river rose by two metres in the night.\nShare on Facebook\n© 2021 Harbour News Ltd. All rights reserved.",
    ],
    clean=[
        "The river rose by two metres in the night.\nThe old bridge was closed to all traffic, the council said.",
        "They asked for our support, and he read more books than she did.",
    ],
)
def furniture_share(batch: Batch) -> Marks:
    r"""
    The share of a text's characters, 0 to 1, that other signals of boilerplate mark.

    An article with a share bar and a copyright line is an article: they are taken out of it. A page of menus with two
    sentences between them is none. So what is held against a document is not that it has furniture, nor of how many
    kinds, but how much of it is furniture: this is the only column of its axis in the models.

    What several signals mark counts once; white space counts where it is marked. What no signal knows for furniture is
    missed here, too, and signals that the user leaves out do not count.

        >>> from detector.batch import cut
        >>> text = "The river rose by two metres in the night.\n© 2021 Harbour News Ltd. All rights reserved."
        >>> float(furniture_share.mark(cut([text])).values[0].round(2))
        0.52
    """
    nothing = np.zeros(0, np.int64)
    found = [(nothing,) * 3, *(places_of(s, batch) for s in all_signals() if _counts(s, batch))]
    start, end, document = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(start, kind="stable")
    start, end, document = start[order], end[order], document[order]
    # How far the places before each reach: what lies behind that is new. Documents follow each other in a batch, so a
    # place never reaches into the next.
    reached = np.maximum.accumulate(np.concatenate([[0], end]))[:-1]
    new = np.maximum(end - np.maximum(start, reached), 0)
    lines = batch.lines
    size = batch.per_document(lines.document, lines.end - lines.start)
    return Marks(np.minimum(batch.per_document(document, new) / np.maximum(size, 1), 1.0))


def _counts(other: Signal, batch: Batch) -> bool:
    """Whether a signal's marks are furniture."""
    return other.axis == "boilerplate" and other.unit != "document" and other.code not in batch.ignored
