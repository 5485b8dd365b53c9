"""LG101 not-english."""

import numpy as np

from detector.batch import LOWERCASE, Batch
from detector.function_words import function_types
from detector.lexicon import facts
from detector.registry import Marks, signal
from detector.surroundings import document_sums, strange_letters

__all__ = ["not_english"]

_FEWEST = 5  # words in small letters on which to judge a language
# English running text is 40 to 55 % function words; other languages share short ones with it
# ("in", "is", "was", "me", "no").
_FUNCTION_SHARE = 0.25


@signal(
    "LG101",
    axis=None,
    unit="document",
    abstain_at=0.5,
    message="a text in another language than English",
    flagged=[
        "Der Minister sagte am Montag, dass die Gespräche weitergehen würden, und er hoffe auf einen Erfolg.",
        "El ministro dijo el lunes que las conversaciones continuarían y que esperaba un acuerdo.",
        "Министр сказал в понедельник, что переговоры продолжатся.",
    ],
    clean=[
        "The minister said on Monday that the talks would go on.",
        "Zelensky met Macron, Rutte and Stubb in Washington.",
        "",
    ],
)
def not_english(batch: Batch) -> Marks:
    """
    A text that is not in English.

    Nothing here was made for other languages: a German article is no garbled English one, so no verdict is given on it.

    The value is the larger of two shares: of letters that are not Latin, and of words in small letters that another
    language has and English lacks or has at most a thirtieth as often. The second needs five such words, and counts
    only where fewer than 25 % of them are English function words. At one half, the text is set aside.

    Scots, creoles and pidgins written in Latin letters pass for English as far as they share its words. Languages
    without a word list (Hausa, Igbo, Yoruba) are told by what is unknown, which counts half.

        >>> from detector.batch import cut
        >>> german = "Der Minister sagte, dass die Gespräche am Montag weitergehen würden und er darauf hoffe."
        >>> bool(not_english.mark(cut([german])).values[0] > 0.5)
        True
    """
    types = batch.types
    n = len(batch)
    place = strange_letters(batch)
    strange = np.bincount(np.searchsorted(batch.document_start, place, "right") - 1, minlength=n)
    known = facts(batch)
    foreign = (known.foreign_zipf - known.zipf > 1.5) & ~(known.zipf >= 4.5)
    unknown = ~known.known & (known.foreign_zipf == 0)
    plain = types.shape == LOWERCASE
    letters, total, halves, function = document_sums(
        batch, types.length, plain, plain * np.where(foreign, 2, unknown), plain & function_types(batch)
    )
    other = halves / 2 / np.maximum(total, 1)
    small = function / np.maximum(total, 1)
    other[(total < _FEWEST) | (small >= _FUNCTION_SHARE)] = 0
    return Marks(np.minimum(np.maximum(strange / np.maximum(letters, 1), other), 1.0))
