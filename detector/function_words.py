"""The closed list of English function words, and runs of them in a batch."""

import functools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from detector.batch import DASH, Batch, hash_words, per_batch
from detector.surroundings import gaps, run_together, type_is, word_keys

__all__ = ["FORMAT", "FUNCTION_WORDS", "VERSION", "function_types", "function_words", "sequence_runs"]

FORMAT, VERSION = "detector-sequences", 1

# Determiners, pronouns, auxiliaries, prepositions, conjunctions, and the adverbs that stand among them (the closed
# classes of Quirk et al. 1985, without the rare ones).
FUNCTION_WORDS = tuple(
    """
a an the this that these those my your his her its our their some any no every each either neither both all another
such what which who whom whose i you he she it we they me him us them myself himself herself itself ourselves
themselves one am is are was were be been being have has had having do does did will would shall should can could
may might must cannot isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't won't wouldn't can't
couldn't shouldn't it's he's she's that's there's i'm you're we're they're i've we've they've you've i'll he'll
she'll we'll they'll it'll not of in on at by for with about against between into through during before after above
below to from up down out off over under within without upon among toward towards across behind beyond despite until
per via since and or but nor so yet if because although though while whereas unless than as when where why how
whether then there here now also just only very too more most less least much many few several other own same even
still already again ever never always often once
""".split()
)


@functools.cache
def _table() -> NDArray[np.uint64]:
    return np.sort(hash_words(FUNCTION_WORDS))


@per_batch
def function_types(batch: Batch) -> NDArray[np.bool_]:
    """Which types of the batch are function words; shape [types]."""
    return type_is(batch, _table())


@per_batch
def function_words(batch: Batch) -> NDArray[np.bool_]:
    """Which words of the batch are function words; shape [words]."""
    found: NDArray[np.bool_] = function_types(batch).take(batch.words.type)
    return found


def sequence_runs(batch: Batch) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.uint64]]]:
    """Runs of two and of three function words with single spaces between: length, index of the first word, hash."""
    words = batch.words
    gap, key = gaps(batch), word_keys(batch)
    inside = function_words(batch) & (gap.before != DASH) & (gap.after != DASH)  # "after on-site talks"
    joint = inside[:-1] & inside[1:] & gap.plain[:-1]
    if not len(words):
        joint = np.zeros(0, bool)
    joint &= words.sentence[:-1] == words.sentence[1:]
    two = np.flatnonzero(joint)
    yield 2, two, run_together(key, two, 2)
    three = np.flatnonzero(joint[:-1] & joint[1:])
    yield 3, three, run_together(key, three, 3)
