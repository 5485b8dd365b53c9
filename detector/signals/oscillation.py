"""MT102 oscillation."""

import numpy as np

from detector.batch import Batch, mix
from detector.registry import Marks, signal

__all__ = ["oscillation"]


@signal(
    "MT102",
    axis="garble",
    unit="word",
    joined=True,
    message="a phrase said over and over, as a translation engine does that has lost its place",
    flagged=["It is the use of the use of the use of the water in the house."],
    clean=["No, no, no! It had had its day, and it was very, very cold.", "ha ha ha"],
)
def oscillation(batch: Batch) -> Marks:
    """
    Phrases that a translation model said over and over.

    A decoder that loses its place repeats itself: "the use of the use of the use of". Raunak et al. (2021) call this an
    oscillatory hallucination.

    People repeat themselves too, so we ask for three copies of a phrase of two to six words. That leaves "had had" and "No, no, no!" alone. It also misses a loop of one word, which WD101
    (doubled-word) is there to catch, and it flags song lyrics, which we accept: a refrain is rare in a corpus.

        >>> from detector.registry import evidence
        >>> text = "Press the button the button the button now."
        >>> evidence(oscillation, text)
        ['the button the button the button']
    """
    words = batch.words
    marked = np.zeros(len(words), bool)
    if not len(words):
        return Marks(marked.astype(np.float32))
    key = mix(batch.types.key)[words.type]
    for period in range(2, 7):
        same = np.zeros(len(key), bool)
        same[period:] = (key[period:] == key[:-period]) & (words.line[period:] == words.line[:-period])
        # A run of n equal comparisons at distance p covers n + p words: 3 copies need n >= 2 p.
        edges = np.flatnonzero(np.diff(same, prepend=False, append=False))
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            phrase = key[start - period : start]
            if end - start >= 2 * period and (phrase != phrase[0]).any():
                marked[start - period : end] = True
    return Marks(marked.astype(np.float32))
