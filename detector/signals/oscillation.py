"""MT102 oscillation."""

import numpy as np
from numpy.typing import NDArray

from detector.batch import NUMBER, Batch
from detector.registry import Marks, signal
from detector.surroundings import gaps, is_word, word_keys

__all__ = ["oscillation"]

_COPIES = 3  # of a phrase
_LONGEST = 12  # words of a phrase; of longer ones, two copies are rare enough (MT106)
_WORDS = 4  # copies of a single word
_CHANT = (
    "ha",
    "he",
    "ho",
    "la",
    "na",
    "no",
    "so",
    "go",
    "oh",
    "ah",
    "yeah",
    "bla",
    "blah",
    "very",
    "da",
    "doo",
    "hey",
    "bye",
)


@signal(
    "MT102",
    axis="garble",
    unit="word",
    joined=True,
    message="a phrase said over and over, as a translation engine does that has lost its place",
    flagged=[
        "It is the use of the use of the use of the water in the house.",
        "The agricultural agricultural agricultural agricultural ministry said no.",
    ],
    clean=[
        "No, no, no! It had had its day, and it was very, very cold.",
        "ha ha ha",
        "so so so so good, la la la la la",
    ],
)
def oscillation(batch: Batch) -> Marks:
    """
    Phrases that a translation model said over and over.

    A decoder that loses its place repeats itself: "the use of the use of the use of". Raunak et al. (2021) call this an
    oscillatory hallucination.

    People repeat themselves too, so we ask for three copies of a phrase of two to twelve words, or four of a single
    word of two letters or more with nothing between. That leaves "had had" and "No, no, no!" alone, and what people
    chant ("la la la la") is listed. Measured on dev/: 1 in 3,000 clean documents, one in eight of the weakest engines.

    It flags song lyrics, which we accept: a refrain is rare in a corpus.

        >>> from detector.registry import evidence
        >>> text = "Press the button the button the button now."
        >>> evidence(oscillation, text)
        ['the button the button the button']
    """
    words = batch.words
    marked = np.zeros(len(words), bool)
    key = word_keys(batch)
    # Half of a key tells nearly as much, at half the price.
    half = key.astype(np.uint32)
    for period in range(1, min(_LONGEST, len(words) - 1) + 1):
        # A run of n equal comparisons at distance p covers n + p words: 3 copies need n >= 2 p, so two of every p-th.
        needed = _WORDS - 1 if period == 1 else (_COPIES - 1) * period
        every = half[period::period] == half[:-period:period]
        at = period * (np.flatnonzero(every[1:] & every[:-1])[:, None] + 1) + np.arange(period)
        if not (half[at] == half[at - period]).all(1).any():
            continue
        same = np.flatnonzero(half[period:] == half[:-period]) + period
        same = same[(key[same] == key[same - period]) & (words.line[same] == words.line[same - period])]
        if period == 1:
            same = same[_said_again(batch, same)]
        edge = np.flatnonzero(np.diff(same, prepend=-1, append=len(words) + 1) != 1)
        start, end = same[edge[:-1]], same[edge[1:] - 1] + 1
        long = end - start >= needed
        for first, last in zip(start[long].tolist(), end[long].tolist(), strict=True):
            phrase = key[first - period : first]
            if period == 1 or (phrase != phrase[0]).any():
                marked[first - period : last] = True
    return Marks(marked.astype(np.float32))


def _said_again(batch: Batch, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which words, each equal to the one before, follow it at once and are no letter, number or chant."""
    type_ = batch.words.type[at]
    plain = (batch.types.shape[type_] != NUMBER) & (batch.types.length[type_] >= 2)
    answer: NDArray[np.bool_] = gaps(batch).plain[at - 1] & plain & ~is_word(batch, *_CHANT)[at]
    return answer
