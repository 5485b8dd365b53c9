"""BP114 advertisement."""

import numpy as np

from detector.batch import Batch
from detector.phrases import count_by_line, phrase_words
from detector.registry import Marks, signal

__all__ = ["advertisement"]

# The share of a line's words that must belong to the phrases, and the longest line: both from the training pages, where
# they keep at least 98 % of what is marked furniture.
_SHARE = 0.75
_LONGEST = 12

_PHRASES = (
    "advertisement",
    "advertisements",
    "advertising",
    "advertisment",
    "advertise here",
    "sponsored",
    "sponsored content",
    "sponsored by",
    "sponsored links",
    "sponsored post",
    "sponsored stories",
    "paid content",
    "paid post",
    "promoted",
    "promoted content",
    "promoted stories",
    "ad choices",
    "adchoices",
    "ads by google",
    "ads by",
    "scroll to continue",
    "story continues below advertisement",
    "article continues below",
    "article continues after advertisement",
    "continue reading below",
    "skip advertisement",
    "skip ad",
    "report this ad",
    "remove ads",
    "this ad will close in",
    "close ad",
    "content continues below",
    "content continues after ad",
    "buy now",
    "shop now",
    "add to cart",
)


@signal(
    "BP114",
    axis="boilerplate",
    unit="line",
    message="a label of an advertisement",
    flagged=[
        "Advertisement",
        "ADVERTISEMENT",
        "Story continues below advertisement",
        "Sponsored Links",
    ],
    clean=[
        "The advertisement ran for a week.",
        "Advertising pays for half of the bridge.",
    ],
)
def advertisement(batch: Batch) -> Marks:
    r"""
    Lines that label an advertisement which is not there any more.

    "Story continues below advertisement" is left when the picture below it is gone.

    Three in four words of a line of at most twelve must belong to such a label, so that sentences about advertising
    are left alone. The advertisement's own words are left to BP115 (furniture-line). A heading "Advertising" is
    wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(advertisement, "ADVERTISEMENT\nThe advertisement ran for a week.")
        ['ADVERTISEMENT']
    """
    inside = count_by_line(batch, phrase_words(batch, _PHRASES))
    lines = batch.lines
    marked = (inside > 0) & (inside >= _SHARE * lines.words) & (lines.words <= _LONGEST)
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "advertisement"})
