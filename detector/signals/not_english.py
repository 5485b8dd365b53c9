"""LG101 not-english."""

import numpy as np

from detector.batch import LOWER, LOWERCASE, OTHER_LETTER, Batch
from detector.function_words import function_words
from detector.lexicon import facts
from detector.registry import Marks, signal

__all__ = ["not_english"]

_LATIN_BELOW = 0x250
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
    words, types = batch.words, batch.types
    n = len(batch)
    place = np.flatnonzero((batch.kind >= LOWER) & (batch.kind <= OTHER_LETTER) & (batch.chars >= _LATIN_BELOW))
    strange = np.bincount(np.searchsorted(batch.document_start, place, "right") - 1, minlength=n)
    letters = np.maximum(np.bincount(words.document, weights=words.end - words.start, minlength=n), 1)
    known = facts(batch)
    foreign = (known.foreign_zipf - known.zipf > 1.5) & ~(known.zipf >= 4.5)
    unknown = ~known.known & (known.foreign_zipf == 0)
    weight = np.where(foreign, 1.0, np.where(unknown, 0.5, 0.0))[words.type]
    plain = (types.shape == LOWERCASE)[words.type]
    total = np.bincount(words.document[plain], minlength=n)
    other = np.bincount(words.document[plain], weights=weight[plain], minlength=n) / np.maximum(total, 1)
    small = np.bincount(words.document[plain & function_words(batch)], minlength=n) / np.maximum(total, 1)
    other[(total < _FEWEST) | (small >= _FUNCTION_SHARE)] = 0
    return Marks(np.minimum(np.maximum(strange / letters, other), 1.0))
