"""RP106 top-fourgram."""

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.repetition import top_share

__all__ = ["top_fourgram"]


@signal(
    "RP106",
    axis=None,
    unit="document",
    message="the share of the most frequent run of four words",
    flagged=["press any key now, press any key now, press any key now"],
    clean=["The river rose in the night, and the bridge fell."],
)
def top_fourgram(batch: Batch) -> Marks:
    """
    The share of a text's letters that its most frequent run of four words takes.

    A text stuffed with one phrase, or one in which an engine lost its place, scores high. In Gopher (Rae et al. 2021)
    this is `top_4gram_char_fraction`, with a filter at .16.

    0 where no run of four words comes twice. Short texts score higher than long ones, and so do laws and liturgies; the
    models learn where to draw the line.

        >>> from detector.batch import cut
        >>> text = "press any key now, press any key now, press any key now"
        >>> round(float(top_fourgram.mark(cut([text])).values[0]), 2)
        1.0
    """
    return Marks(top_share(batch, 4))
