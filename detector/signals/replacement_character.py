"""EN102 replacement-character."""

from detector.batch import Batch
from detector.registry import Marks, signal
from detector.surroundings import mark_words, odd_places

__all__ = ["replacement_character"]

_REPLACEMENT = 0xFFFD


@signal(
    "EN102",
    axis="typos",
    unit="word",
    message="replacement characters where letters or quotation marks were lost",
    flagged=["The caf\ufffd was closed.", "\ufffdWe will see,\ufffd he said."],
    clean=["The café was closed.", "What? She asked again: ¿qué?"],
)
def replacement_character(batch: Batch) -> Marks:
    """
    Words at a U+FFFD, the sign for a character that could not be decoded.

    What stood there is gone for good: "caf\ufffd" may have been "café", and "\ufffdWe" began a quotation.

    The word that touches the sign is marked, or the last one before it; a text of signs alone has no word to mark. A
    text that explains the character is wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(replacement_character, "The caf\ufffd was closed.")
        ['caf']
    """
    places = odd_places(batch)
    return Marks(mark_words(batch, places[batch.chars[places] == _REPLACEMENT]))
