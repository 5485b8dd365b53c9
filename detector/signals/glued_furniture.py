"""BP116 glued-furniture."""

import numpy as np

from detector.batch import CAPITAL, CAPS, LOWERCASE, STOP, Batch
from detector.phrases import find_phrases
from detector.registry import Marks, signal

__all__ = ["glued_furniture"]

# A line of at least so many words is a paragraph that something can be glued to; shorter ones are BP115's to judge.
_PARAGRAPH = 15

_LABELS = (
    "read more",
    "read also",
    "also read",
    "read next",
    "see also",
    "related",
    "related article",
    "related articles",
    "related story",
    "related stories",
    "related video",
    "more on this story",
    "continue reading",
    "continue reading the main story",
    "keep reading",
    "read the full story",
    "read the full article",
    "story continues",
    "story continues below",
    "story continues below advertisement",
    "story continues after advertisement",
    "article continues below",
    "article continues below advertisement",
    "article continues after advertisement",
    "continue reading below",
    "scroll to continue",
    "scroll down to continue",
    "advertisement",
    "advertisement continue reading the main story",
    "sponsored content",
    "skip advertisement",
    "skip ad",
    "share this",
    "share this article",
    "share this story",
    "share on facebook",
    "share on twitter",
    "copy link",
    "sign up",
    "sign up now",
    "sign up here",
    "subscribe now",
    "subscribe",
    "support now",
    "donate now",
    "watch now",
    "listen now",
    "watch video",
    "play video",
    "view gallery",
    "toggle caption",
    "hide caption",
    "enlarge this image",
    "enlarge image",
    "getty images",
    "click here to read more",
    "click here for more",
    "don't miss",
    "trending",
    "breaking news",
    "you may also like",
    "editor's pick",
    "editors' picks",
    "skip to content",
    "skip to main content",
    "back to top",
    "loading",
)


@signal(
    "BP116",
    axis="boilerplate",
    unit="word",
    joined=True,
    message="a button or label glued to a paragraph",
    flagged=[
        "Read more The river rose by two metres in the night, and the old bridge was closed to all traffic.",
        "The river rose by two metres in the night, and the old bridge was closed to all traffic. Read more",
        "Read more Support Now The river rose by two metres in the night, and the bridge was closed to all traffic.",
    ],
    clean=[
        "Read more books, the minister told the children of the town, and you will learn what the world is like.",
        "Share this story with anyone who asks you what the river did to the town on that night in May.",
        "Read more",
        "Related Harris polls show that the river has done more than the parties to move the voters of this town.",
    ],
)
def glued_furniture(batch: Batch) -> Marks:
    """
    Buttons and labels that stand before the first sentence of a paragraph, or after its last.

    "Read more The river rose by two metres" was a button and a paragraph; an extractor lost the line feed between
    them.

    In a line of at least 15 words, the label must open the line, and a new sentence must begin behind it: a
    capitalised word, then one in lower case, or any capitalised word after a full stop or colon; or it must close
    the line behind an end of a sentence. Several labels may follow each other. So "Read more books" is left
    alone. A label of one word that no full stop or colon follows must stand in capitals, because of "Related
    Harris polls show". A label between two sentences is missed.

        >>> from detector.registry import evidence
        >>> text = "ADVERTISEMENT The river rose by two metres in the night, and the old bridge was closed to traffic."
        >>> evidence(glued_furniture, text)
        ['ADVERTISEMENT']
    """
    words, lines = batch.words, batch.lines
    marked = np.zeros(len(words), bool)
    start, end = find_phrases(batch, _LABELS)
    long = lines.words[words.line[start]] >= _PARAGRAPH
    found = sorted(zip(start[long].tolist(), end[long].tolist(), strict=True), key=lambda p: (-p[0], p[1]))
    over: dict[int, int] = {}  # where a label starts: where the next label or a sentence begins
    for a, b in found:
        line = words.line[a]
        last = int(lines.first_word[line] + lines.words[line])
        if b < last and (b in over or _begins(batch, a, b)):
            over[a] = b
        if b == last and a > lines.first_word[line] and _stopped(batch, a):
            marked[a:b] = True
    for a, b in over.items():
        if a == lines.first_word[words.line[a]]:
            stop = b
            while stop in over:
                stop = over[stop]
            marked[a:stop] = True
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "related"})


def _stopped(batch: Batch, word: int) -> bool:
    """Whether a capitalised word follows an end of a sentence."""
    gap = batch.kind[batch.words.end[word - 1] : batch.words.start[word]]
    return bool((gap == STOP).any()) and batch.types.shape[batch.words.type[word]] in (CAPITAL, CAPS)


def _begins(batch: Batch, start: int, word: int) -> bool:
    """Whether a label that starts at one word is over and a sentence, or another label, begins at another."""
    words, shape = batch.words, batch.types.shape
    if shape[words.type[word]] not in (CAPITAL, CAPS):
        return False
    gap = batch.string(int(words.end[word - 1]), int(words.start[word])).strip()
    if gap:
        return gap[0] in '.:|>»–—"“'
    loud = word - start > 1 or shape[words.type[start]] == CAPS
    return loud and word + 1 < len(words) and shape[words.type[word + 1]] == LOWERCASE
