"""Furniture by repetition: the lines that many documents of one site share. A counting pass, then stripping.

    counts = SiteLines()
    for documents in batches: counts.add(documents)
    recurring = counts.recurring()
    strip(document, verdict, also=recurring.spans(document))

A menu stands on every page of its site, an article's line on one. Copies of one article share all their lines, though;
so what is counted is not documents but bodies: documents with the same longest line count once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from detector.batch import cut, hash_words, mix
from detector.document import Document, Span
from detector.furniture import kind_of
from detector.lineviews import full_lines, line_keys

__all__ = ["AT_LEAST", "Recurring", "SiteLines", "site_of"]

# In how many bodies of a site a line must stand, and in what share of them. Two could be a quotation; a tenth leaves
# alone what a columnist writes every week.
AT_LEAST = 4
_SHARE = 0.1

_COMPACT = 1 << 22  # pairs held before they are made unique
_STEP = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


def site_of(document: Document) -> str | None:
    """The site that a document is from: its `site` field, or the host of its `url`, or of its id; None if unknown."""
    site = document.metadata.get("site")
    if isinstance(site, str) and site:
        return site.lower()
    for address in (document.metadata.get("url"), document.id):
        if isinstance(address, str) and "://" in address:
            try:
                host = urlsplit(address).hostname
            except ValueError:
                continue
            if host:
                return host.removeprefix("www.")
    return None


def _site_key(site: str) -> np.uint64:
    key: np.uint64 = mix(hash_words([site]))[0]
    return key


@dataclass(frozen=True)
class Recurring:
    """The lines, as sorted keys that hold their site, that recur on their sites. Two arrays' worth: pickles, saves."""

    keys: Hashes

    def spans(self, document: Document) -> list[Span]:
        """The recurring lines of a document, each with its kind."""
        site = site_of(document)
        if site is None or not len(self.keys):
            return []
        batch = cut([document.text])
        line, start, end = full_lines(batch)
        key = mix(line_keys(batch, line) ^ _site_key(site))
        at = np.searchsorted(self.keys, key)
        at[at == len(self.keys)] = 0
        found = np.flatnonzero((self.keys[at] == key) & (batch.lines.words[line] > 0))
        detail = "recurs on its site"
        return [
            Span(
                batch.locate(start[i], 0),
                batch.locate(end[i], 0),
                detail={"kind": kind_of(batch, int(line[i])), "because": detail},
            )
            for i in found.tolist()
        ]


class SiteLines:
    """Counts in how many bodies of its site each line stands. 16 bytes for each line of each body."""

    def __init__(self) -> None:
        self._pairs: list[Hashes] = []
        self._bodies: list[Hashes] = []
        self._held = 0

    def add(self, documents: Sequence[Document]) -> None:
        """Count documents; those without a site are passed over."""
        known = [(d, s) for d in documents if (s := site_of(d)) is not None]
        if not known:
            return
        batch = cut([d.text for d, _ in known])
        line, start, end = full_lines(batch)
        some = batch.lines.words[line] > 0
        line, size = line[some], (end - start)[some]
        document = batch.lines.document[line]
        site = np.array([_site_key(s) for _, s in known], np.uint64)
        key = line_keys(batch, line)
        # The longest line of each document (the first of them) stands for its body.
        order = np.lexsort((np.arange(len(line)), -size, document))
        heads = order[np.flatnonzero(np.diff(document[order], prepend=-1))]
        body = np.zeros(len(known), np.uint64)
        body[document[heads]] = mix(key[heads] + site[document[heads]] * _STEP)
        present = np.unique(document)
        self._bodies.append(np.unique(np.stack([site[present], body[present]], axis=1), axis=0))
        pairs = np.stack([mix(key ^ site[document]), body[document], site[document]], axis=1)
        self._pairs.append(np.unique(pairs, axis=0))
        self._held += len(self._pairs[-1])
        if self._held > _COMPACT:
            self._compact()

    def _compact(self) -> None:
        if len(self._pairs) > 1:
            self._pairs = [np.unique(np.concatenate(self._pairs), axis=0)]
            self._bodies = [np.unique(np.concatenate(self._bodies), axis=0)]
        self._held = 0

    def recurring(self) -> Recurring:
        """The lines that stand in at least AT_LEAST bodies of their site and in a tenth of them."""
        self._compact()
        if not self._pairs:
            return Recurring(np.zeros(0, np.uint64))
        sites, bodies = np.unique(self._bodies[0][:, 0], return_counts=True)
        keys, first, times = np.unique(self._pairs[0][:, 0], return_index=True, return_counts=True)
        of_site = bodies[np.searchsorted(sites, self._pairs[0][first, 2])]
        return Recurring(keys[(times >= AT_LEAST) & (times >= _SHARE * of_site)])
