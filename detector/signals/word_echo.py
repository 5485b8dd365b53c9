"""RP108 word-echo."""

import numpy as np

from detector.batch import LOWERCASE, Batch
from detector.function_words import function_words
from detector.registry import Marks, signal
from detector.surroundings import in_order_of_key, word_keys

__all__ = ["word_echo"]

_SHORTEST = 5  # letters
_REACH = 10  # words between a word and its echo, at most


@signal(
    "RP108",
    axis=None,
    unit="word",
    message="words that come again within the sentence",
    flagged=["The return of the children is the return that counts."],
    clean=["The children came home in the evening, and their mother wept.", "Never, never, never."],
)
def word_echo(batch: Batch) -> Marks:
    """
    Content words that come again within a few words of the same sentence.

    "The return of the children's return": where the original had two words, the engine knew one. Writers of English
    avoid the echo.

    Lower-case words of five letters or more, no function words, at least one word between and at most nine, in one
    sentence; the second is marked. Measured on dev/: weak engines have three to eight times as many as native news, but
    laws and abstracts twice as many; so this belongs to no axis and is a column of the models only.

        >>> from detector.registry import evidence
        >>> evidence(word_echo, "The return of the children is the return that counts.")
        ['return']
    """
    words, types = batch.words, batch.types
    values = np.zeros(len(words), np.float32)
    content = ((types.shape == LOWERCASE) & (types.length >= _SHORTEST))[words.type] & ~function_words(batch)
    order = in_order_of_key(batch)
    at = order[content[order]]
    key, sentence, apart = word_keys(batch)[at], words.sentence[at], np.diff(at)
    echo = (key[1:] == key[:-1]) & (sentence[1:] == sentence[:-1]) & (apart <= _REACH) & (apart > 1)
    values[at[1:][echo]] = 1
    return Marks(values)
