"""LG103 too-short."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal

__all__ = ["too_short"]

# One sentence of news has 20 to 25 words; the measured accuracy is of windows of 40 words and more.
FEWEST = 20


@signal(
    "LG103",
    axis=None,
    unit="document",
    abstain_at=0.05,
    message="too few words to judge",
    flagged=["", "Read more", "The river rose in the night."],
    clean=["The river rose in the night, and before anybody had woken the old bridge fell, and with it went the road."],
)
def too_short(batch: Batch) -> Marks:
    """
    A text of fewer than twenty words.

    A headline or a caption says too little about its writer for a verdict: one odd word in six proves nothing.

    The value is the share of twenty words that is missing. Twenty is the length of one sentence of news; how good the
    scores are has been measured from 40 words on, so what lies between is judged with less ground than the model card
    shows.

    A word is what `detector.batch` calls one; Chinese and Thai, written without spaces, look short (and are set aside
    as not English as well).

        >>> from detector.batch import cut
        >>> too_short.mark(cut(["Read more", "word " * 20])).values.tolist()
        [0.9, 0.0]
    """
    return Marks(np.maximum(FEWEST - batch.words_per_document(), 0) / FEWEST)
