"""BP111 related-links."""

import numpy as np

from detector.batch import Batch
from detector.phrases import count_by_line, phrase_words
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
    ],
    clean=[
        "They read more than we did.",
        "The two families are related.",
        "Most popular of all was the boat trip, which left at noon.",
    ],
)
def related_links(batch: Batch) -> Marks:
    r"""
    Lines that lead over to other articles.

    "You may also like" and "Related articles" head a list of other pages.

    Three in four words of a line of at most twelve must belong to such a phrase: the headlines below it are left to
    BP115 (furniture-line), which sees the neighbours. A book's heading "Related stories" is wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(related_links, "You may also like:\nThey are related.")
        ['You may also like:']
    """
    inside = count_by_line(batch, phrase_words(batch, _PHRASES))
    lines = batch.lines
    marked = (inside > 0) & (inside >= _SHARE * lines.words) & (lines.words <= _LONGEST)
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "related"})
