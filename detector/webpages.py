"""Web pages: what their markup says reaches the lines of a batch, and their furniture is no fault of theirs.

Every page is mostly menus. They are taken out of it, and what is left is what counts: of 90 articles as they stand on
the web, 68 would have been dropped for their menus.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.articles import WORDS_OF_AN_ARTICLE
from detector.batch import Batch
from detector.document import Document
from detector.errors import UsageError
from detector.features import Table

__all__ = ["excuse_pages", "markup"]


def markup(batch: Batch, documents: Sequence[Document]) -> NDArray[np.float64]:
    """What the markup of web pages says, float64 [lines], NaN where it says nothing; UsageError if a document has other
    lines than its markup.
    """
    out = np.full(len(batch.lines), np.nan)
    edges = np.searchsorted(batch.lines.document, np.arange(len(documents) + 1))
    for document, start, end in zip(documents, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if document.markup:
            if len(document.markup) != end - start:
                msg = f"{document.id}: its markup has {len(document.markup)} numbers for {end - start} lines"
                raise UsageError(msg)
            out[start:end] = document.markup
    return out


def excuse_pages(batch: Batch, words: NDArray[np.int64], table: Table) -> Table:
    """Let furniture weigh nothing against web pages that hold an article beside it; `words`: see `Articles`."""
    if batch.markup is None:
        return table
    furniture = np.array([s.axis == "boilerplate" for s in table.signals], bool)
    pages = np.zeros(len(batch), bool)
    pages[batch.lines.document[~np.isnan(batch.markup)]] = True
    pages &= words >= WORDS_OF_AN_ARTICLE
    return replace(table, excused=pages[:, None] & furniture)
