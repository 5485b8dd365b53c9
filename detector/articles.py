"""What of a document is judged as a text: the article, without the furniture that stands around it.

A menu above a broken article makes it no better, nor a share bar under a sound one worse. Measured over both, a page's
furniture would water a fault down: on dev/ the cascade found 82 of 100 broken articles as they are, and 58 with so much
furniture of other pages around them that it made three tenths of the page (card of `models/verdict`). So garble
is measured on what is left of a document when its furniture is taken out, the same that `detector.strip` leaves. Typos
are looked for everywhere, since who corrects a page wants those in its captions, too; but what counts are those in the
article, in so many words of the article.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch, cut
from detector.cuts import Place, cuts_of, left_between, union
from detector.document import Span
from detector.features import Table
from detector.registry import Signal

__all__ = ["WORDS_OF_AN_ARTICLE", "Articles", "articles", "of_articles"]

# So many words beside its furniture, and a page holds an article. Of shorter texts nobody has measured what the scores
# are worth (see the signal too-short); they are judged as they are.
WORDS_OF_AN_ARTICLE = 40


@dataclass(frozen=True)
class Articles:
    """The articles of a batch's documents.

    `batch`: of their texts, in the same order. `left`: for each document what of it is its article, or None where that
    is all of it. `words`: int64 [documents], how many words each document has beside its furniture. `counted`: bool
    [words of the documents], those of articles; None where all are.
    """

    batch: Batch
    left: tuple[tuple[Place, ...] | None, ...]
    words: NDArray[np.int64]
    counted: NDArray[np.bool_] | None = None

    def of(self, at: NDArray[np.int64]) -> "Articles":
        """Those of some documents alone, cut anew."""
        some = at.tolist()
        texts = [self.batch.texts[i] for i in some]
        return Articles(_cut(texts, self.batch), tuple([self.left[i] for i in some]), self.words[at])

    def located(self, table: Table) -> Table:
        """The same measurements, with the evidence where it stands in the documents."""
        if not any(self.left):
            return table
        evidence = tuple(
            [
                _moved(found, places) if found and places is not None else found
                for found, places in zip(by_document, self.left, strict=True)
            ]
            for by_document in table.evidence
        )
        return replace(table, evidence=evidence)


def of_articles(declared: Signal) -> bool:
    """Whether a signal is measured on articles; what a page's markup says is a fact of the whole page."""
    return declared.axis == "garble" and declared.beyond is None


def articles(batch: Batch, furniture: Table) -> Articles:
    """The articles of a batch, by what the signals of boilerplate in a table have found.

    Documents that have no furniture are their own articles, and so are those with less than `WORDS_OF_AN_ARTICLE` words
    beside it. If all are, the batch is the same.
    """
    found = [
        evidence for s, evidence in zip(furniture.signals, furniture.evidence, strict=True) if s.axis == "boilerplate"
    ]
    marked = {i for evidence in found for i, spans in enumerate(evidence) if spans}
    left: list[tuple[Place, ...] | None] = [None] * len(batch)
    words = batch.words_per_document()
    counted = np.ones(len(batch.words), bool)
    for i in sorted(marked):
        text = batch.texts[i]
        places = union(sorted((s.start, s.end) for evidence in found for s in evidence[i]))
        rest = left_between(cuts_of(text, places), len(text))
        mine, beside = _beside(batch, i, rest)
        words[i] = np.count_nonzero(beside)
        if words[i] >= WORDS_OF_AN_ARTICLE:
            left[i] = rest
            counted[mine] = beside
    if not any(left):
        return Articles(batch, tuple(left), words)
    texts = [
        text if places is None else "".join([text[a:b] for a, b in places])
        for text, places in zip(batch.texts, left, strict=True)
    ]
    return Articles(_cut(texts, batch), tuple(left), words, counted)


def _cut(texts: Sequence[str], like: Batch) -> Batch:
    return replace(cut(texts, like.taught), ignored=like.ignored)


def _beside(batch: Batch, document: int, places: Sequence[Place]) -> tuple[slice, NDArray[np.bool_]]:
    """The words of a document, and which of them begin in these places of its text."""
    first, behind = np.searchsorted(batch.words.document, (document, document + 1))
    start = batch.words.start[first:behind] - batch.document_start[document]
    edges = np.array([x for place in places for x in place], np.int64)
    return slice(first, behind), np.searchsorted(edges, start, "right") % 2 == 1


def _moved(found: Sequence[Span], left: Sequence[Place]) -> list[Span]:
    """Spans of what is left of a text, as spans of the text."""
    begin, end = np.array(left, np.int64).T
    behind = np.cumsum(end - begin)  # where each place ends in what is left
    gone = end - behind  # how many characters are missing before it
    start, last = np.array([(s.start, s.end - 1) for s in found], np.int64).T
    start += gone[np.searchsorted(behind, start, "right")]
    last += gone[np.searchsorted(behind, last, "right")]
    return [replace(s, start=a, end=b + 1) for s, a, b in zip(found, start.tolist(), last.tolist(), strict=True)]
