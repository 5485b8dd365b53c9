"""BP111 related-links."""

import re

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.phrases import count_by_line, phrase_words, types_in
from detector.registry import Marks, signal

__all__ = ["related_links"]

# The share of a line's words that must belong to the phrases, and the longest line: both from the training pages, where
# they keep at least 98 % of what is marked furniture.
_SHARE = 0.75
_LONGEST = 12

_PHRASES = (
    "read more",
    "read also",
    "also read",
    "read next",
    "up next",
    "see also",
    "related",
    "related articles",
    "related article",
    "related stories",
    "related story",
    "related posts",
    "related content",
    "related coverage",
    "related news",
    "related links",
    "related topics",
    "related video",
    "related videos",
    "related items",
    "more stories",
    "more from",
    "more on this story",
    "more on this topic",
    "more on this",
    "more like this",
    "most popular",
    "most read",
    "most viewed",
    "most emailed",
    "most commented",
    "most shared",
    "most recent",
    "most recent posts",
    "popular posts",
    "popular stories",
    "popular articles",
    "trending",
    "trending now",
    "trending stories",
    "trending topics",
    "recommended",
    "recommended for you",
    "recommended stories",
    "recommended articles",
    "recommended reading",
    "you may also like",
    "you might also like",
    "you may like",
    "you may be interested in",
    "you might be interested in",
    "may interest you",
    "editors' picks",
    "editor's picks",
    "editor's choice",
    "don't miss",
    "in case you missed it",
    "top stories",
    "latest news",
    "latest stories",
    "latest posts",
    "recent posts",
    "recent articles",
    "recent stories",
    "recent entries",
    "recent comments",
    "breaking news",
    "featured stories",
    "featured articles",
    "what to read next",
    "from around the web",
    "around the web",
    "from our partners",
    "more in",
    "more news",
    "click here to read",
    "click here for more",
    "continue reading",
    "continue reading the main story",
    "story continues below",
    "story continues below advertisement",
    "keep reading",
    "read the full story",
    "read full story",
    "read the full article",
    "view more",
)

# What a link to another article is led in by, with its headline on the same line: of such lines on the training pages
# 123 are furniture and 26 are not, 8 of these on one page. "Photos:", "Video:" and "More:" lead in captions and sources
# as well, "Read:" and "Watch:" sentences of blogs.
_LEAD = re.compile(
    r"\W*(?:read more|read also|also read|read next|see also|up next|recommended|don['\u2019]t miss|icymi"
    r"|in case you missed it|watch now|related(?: (?:article|story|content|coverage|news|video)s?)?)"
    r"\s*[:|>\u00bb]+\s*\w.*",
    re.IGNORECASE,
)
# How they begin: of all lines few are looked at by the expression.
_LEADS = ("read", "also", "see", "up", "recommended", "don't", "icymi", "in", "watch", "related")
_LONGEST_HEADLINE = 25  # words, the lead-in counted


def _with_headline(batch: Batch) -> NDArray[np.bool_]:
    """Lines that lead over to another article and name it; headlines have no full stop. bool [lines]."""
    lines = batch.lines
    out = np.zeros(len(lines), bool)
    some = np.flatnonzero((lines.words > 1) & (lines.words <= _LONGEST_HEADLINE))
    for i in some[types_in(batch, _LEADS)[batch.words.type[lines.first_word[some]]]].tolist():
        line = batch.string(lines.start[i], lines.end[i]).strip()
        out[i] = not line.endswith(".") and _LEAD.fullmatch(line) is not None
    return out


@signal(
    "BP111",
    axis="boilerplate",
    unit="line",
    message="an invitation to read something else",
    flagged=[
        "Related articles",
        "You may also like",
        "READ MORE",
        "More on this story",
        "Recent Posts",
        "Read more: Ten pictures of the week",
    ],
    clean=[
        "They read more than we did.",
        "The two families are related.",
        "Most popular of all was the boat trip, which left at noon.",
        "See also: our list of tools, which the office keeps.",
    ],
)
def related_links(batch: Batch) -> Marks:
    r"""
    Lines that lead over to other articles.

    "You may also like" and "Related articles" head a list of other pages.

    Three in four words of a line of at most twelve must belong to such a phrase: the headlines below it are left to
    BP115 (furniture-line), which sees the neighbours. A headline on the same line goes with it ("See also: Ten pictures
    of the week"). A book's heading "Related stories" is wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(related_links, "You may also like:\nThey are related.")
        ['You may also like:']
    """
    inside = count_by_line(batch, phrase_words(batch, _PHRASES))
    lines = batch.lines
    marked = (inside > 0) & (inside >= _SHARE * lines.words) & (lines.words <= _LONGEST)
    marked |= _with_headline(batch)
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "related"})
