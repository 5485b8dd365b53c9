"""EN103 stray-control."""

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.surroundings import mark_words, odd_places

__all__ = ["stray_control"]


@signal(
    "EN103",
    axis="typos",
    unit="word",
    message="control characters that no text should hold",
    flagged=["The end\x00 of the record.", "It\x92s a pity."],
    clean=["Tabs\tand\r\nline ends are fine.", "Soft\u00adhyphens are another matter."],
)
def stray_control(batch: Batch) -> Marks:
    r"""
    Words at a control character other than tab, carriage return and the line and page ends.

    A NUL or an escape comes from a broken file; "It\x92s" is a Windows-1252 apostrophe that was read as Latin-1.

    The C0 and C1 controls of Unicode count, U+0000 to U+001F and U+007F to U+009F, but for white space. A terminal's
    log with colours is wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(stray_control, "It\x92s a pity.")
        ['It']
    """
    places = odd_places(batch)
    code = batch.chars[places]
    control = (code < 0x20) | ((code >= 0x7F) & (code < 0xA0) & (code != 0x85))
    return Marks(mark_words(batch, places[control]))
