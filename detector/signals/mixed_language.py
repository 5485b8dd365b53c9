"""LG102 mixed-language."""

import numpy as np

from detector.batch import LOWERCASE, Batch
from detector.function_words import function_types
from detector.lexicon import facts
from detector.registry import Marks, signal
from detector.surroundings import strange_letters, sums

__all__ = ["mixed_language"]

_FEWEST = 5  # words in small letters on which to judge a sentence
_FUNCTION_SHARE = 0.3  # Dutch and German have "in", "is", "was", "am" too


@signal(
    "LG102",
    axis=None,
    unit="sentence",
    joined=True,
    abstain_at=0.4,
    message="sentences in another language than English",
    flagged=["The talks went on. Der Minister sagte am Montag, dass die Gespräche weitergehen würden und er hoffe."],
    clean=[
        "The minister said on Monday that the talks would go on. He hoped for a success.",
        "He sang “La donna è mobile”, and left. They ate the coq au vin, the crème brûlée and the pain au chocolat.",
    ],
)
def mixed_language(batch: Batch) -> Marks:
    """
    Sentences in another language, within a text.

    A page in two languages, a quoted statement: the foreign half is no garbled English, and where it is a good part of
    the text, no verdict is given.

    A sentence counts when at least half of its words in small letters (five or more) belong to another language, or
    half of its letters are not Latin, and fewer than 30 % of those words are English function words. A sentence weighs
    as many words as it has; at 40 % of a text, it is set aside. What an engine left over in single words is MT101's.

    Sentences of names, Latin formulas and unlisted languages are missed.

        >>> from detector.registry import evidence
        >>> text = "The talks went on. Der Minister sagte am Montag, dass die Gespräche weitergehen würden."
        >>> evidence(mixed_language, text)
        ['Der Minister sagte am Montag, dass die Gespräche weitergehen würden.']
    """
    types, sentences = batch.types, batch.sentences
    n = len(sentences)
    known = facts(batch)
    plain = types.shape == LOWERCASE
    foreign = (known.foreign_zipf - known.zipf > 1.5) & (known.zipf < 4.5) & plain
    total, other, small, letters = sums(
        batch, sentences.first_word, plain, foreign, plain & function_types(batch), types.length
    )
    marked = (total >= _FEWEST) & (2 * other >= total) & (small < _FUNCTION_SHARE * total)
    place = strange_letters(batch)
    if len(place) and n:
        at = (np.searchsorted(sentences.start, place, "right") - 1).clip(0)
        strange = np.bincount(at[place < sentences.end[at]], minlength=n)
        marked |= (2 * strange >= letters) & (strange >= 2 * _FEWEST)
    return Marks(marked.astype(np.float32), weight=sentences.words.astype(np.float64))
