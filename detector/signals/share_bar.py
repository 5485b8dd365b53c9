"""BP106 share-bar."""

import numpy as np

from detector.batch import Batch
from detector.phrases import count_by_line, phrase_words
from detector.registry import Marks, signal

__all__ = ["share_bar"]

# The share of a line's words that must belong to the phrases, and the longest line: both from the training pages, where
# they keep at least 98 % of what is marked furniture.
_SHARE = 0.8
_LONGEST = 40

_PHRASES = (
    "share this",
    "share this article",
    "share this story",
    "share this page",
    "share this post",
    "share this with",
    "share this on",
    "share this article on",
    "share this story on",
    "share this page on",
    "share this post on",
    "share on facebook",
    "share on twitter",
    "share on linkedin",
    "share on whatsapp",
    "share on reddit",
    "share on pinterest",
    "share on tumblr",
    "share on x",
    "share on",
    "share to facebook",
    "share to twitter",
    "share to pinterest",
    "share via email",
    "share by email",
    "share facebook",
    "share twitter",
    "share",
    "tweet",
    "tweet this",
    "retweet",
    "pin it",
    "email this",
    "email this article",
    "email this story",
    "email this page",
    "email a friend",
    "email to a friend",
    "e mail this",
    "send to a friend",
    "print this",
    "print this article",
    "print this story",
    "print this page",
    "print article",
    "printable version",
    "printer friendly version",
    "printer friendly",
    "print friendly version",
    "copy link",
    "copy url",
    "copy this link",
    "link copied",
    "facebook",
    "twitter",
    "linkedin",
    "whatsapp",
    "reddit",
    "pinterest",
    "tumblr",
    "stumbleupon",
    "digg",
    "delicious",
    "del icio us",
    "flipboard",
    "instagram",
    "youtube",
    "telegram",
    "messenger",
    "snapchat",
    "tiktok",
    "email",
    "e mail",
    "print",
    "blogthis",
    "save this",
    "bookmark this",
    "save",
    "like",
    "like this",
    "text size",
    "font size",
    "a a a",
    "follow us",
    "follow us on",
    "follow me on twitter",
    "follow us on twitter",
    "follow us on facebook",
    "more sharing options",
    "click to share on facebook",
    "click to share on twitter",
    "opens in new window",
    "open in new window",
)


@signal(
    "BP106",
    axis="boilerplate",
    unit="line",
    message="buttons for sharing the page",
    flagged=[
        "Share on Facebook",
        "Tweet",
        "Share this article: Facebook Twitter LinkedIn WhatsApp",
        "Email Print",
    ],
    clean=[
        "They share a flat on the edge of town.",
        "He read the tweet aloud.",
        "Facebook said on Monday that it would close the office.",
    ],
)
def share_bar(batch: Batch) -> Marks:
    r"""
    Lines of buttons that share, print or post the page.

    "Share on Facebook Tweet Email Print" was a row of buttons; as text it is noise in the middle of an article.

    Four in five words of the line must name such a button, so a sentence about Facebook is left alone. A heading
    that is only "Twitter" is wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(share_bar, "Share on Facebook Tweet\nThey share a flat.")
        ['Share on Facebook Tweet']
    """
    inside = count_by_line(batch, phrase_words(batch, _PHRASES))
    lines = batch.lines
    marked = (inside > 0) & (inside >= _SHARE * lines.words) & (lines.words <= _LONGEST)
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "share"})
