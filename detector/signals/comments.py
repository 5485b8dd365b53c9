"""BP113 comments."""

import numpy as np

from detector.batch import Batch
from detector.phrases import count_by_line, phrase_words
from detector.registry import Marks, signal

__all__ = ["comments"]

# The share of a line's words that must belong to the phrases, and the longest line: both from the training pages, where
# they keep at least 98 % of what is marked furniture.
_SHARE = 0.5
_LONGEST = 30

_PHRASES = (
    "comments",
    "comment",
    "no comments",
    "no comments yet",
    "0 comments",
    "1 comment",
    "leave a comment",
    "leave a reply",
    "post a comment",
    "post comment",
    "add a comment",
    "add comment",
    "view comments",
    "view all comments",
    "show comments",
    "read comments",
    "see all comments",
    "join the conversation",
    "join the discussion",
    "comments are closed",
    "comments off",
    "comments rss",
    "comment on this story",
    "comment on this article",
    "be the first to comment",
    "write a comment",
    "submit comment",
    "your comment",
    "your email address will not be published",
    "required fields are marked",
    "name required",
    "mail will not be published",
    "mail will not be published required",
    "notify me of follow up comments by email",
    "notify me of follow up comments via e mail",
    "notify me of followup comments via e mail",
    "notify me of new posts by email",
    "reply to this",
    "reply",
    "report abuse",
    "report this comment",
    "flag as inappropriate",
    "log in to comment",
    "login to post comments",
    "sign in to comment",
    "log in to reply",
    "you must be logged in to post a comment",
    "subscribe to post comments atom",
    "subscribe to post comments",
    "permalink",
    "trackback",
    "trackbacks",
    "trackback url",
    "newest",
    "oldest",
    "most voted",
    "sort by",
    "previewing your comment",
    "you can use these html tags",
    "you may use these html tags and attributes",
)


@signal(
    "BP113",
    axis="boilerplate",
    unit="line",
    message="the furniture around readers' comments",
    flagged=[
        "Leave a Reply",
        "12 Comments",
        "Your email address will not be published.",
        "Comments are closed.",
    ],
    clean=[
        "The mayor made no comment.",
        "Her comments drew a reply from the school.",
    ],
)
def comments(batch: Batch) -> Marks:
    r"""
    Lines around readers' comments: forms, counts, links.

    "Leave a Reply" and "Your email address will not be published" are the page talking, and what follows them is
    not the author's.

    Half of the words of a line must belong to such a phrase; the numbers and names beside them are the rest. What
    readers wrote is left to BP115 (furniture-line). A line of dialogue that is only "Reply." would be wrongly
    flagged.

        >>> from detector.registry import evidence
        >>> evidence(comments, "Leave a Reply\nThe mayor made no comment.")
        ['Leave a Reply']
    """
    inside = count_by_line(batch, phrase_words(batch, _PHRASES))
    lines = batch.lines
    marked = (inside > 0) & (inside >= _SHARE * lines.words) & (lines.words <= _LONGEST)
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "comments"})
