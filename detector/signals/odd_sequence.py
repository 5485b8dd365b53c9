"""MT109 odd-sequence."""

import functools

import numpy as np
from numpy.typing import NDArray

from detector.assets import check_folder, find_folder
from detector.batch import Batch
from detector.function_words import FORMAT, VERSION, sequence_runs
from detector.registry import Marks, signal

__all__ = ["odd_sequence"]


@functools.cache
def _table() -> NDArray[np.uint64]:
    folder = find_folder("sequences")
    check_folder(folder, FORMAT, VERSION)
    keys: NDArray[np.uint64] = np.load(folder / "keys.npy", allow_pickle=False)
    return keys


@signal(
    "MT109",
    axis="garble",
    unit="word",
    joined=True,
    message="small words in an order that people do not write",
    flagged=["The letter came from of the house, and the has already to say it."],
    clean=[
        "That that is, is; that that is not, is not.",
        "He gave up on it before it was all over.",
        "of the people, by the people",
    ],
)
def odd_sequence(batch: Batch) -> Marks:
    """
    Function words in an order that weak engines write and people do not.

    "From of" and "the has" are word-for-word renderings: the small words are English, their order is not.

    The sequences (some four hundred, of two or three words with nothing between) come from a table: each stands in at
    least three source documents of weak machine translation, and is at least eight times as frequent there as in native
    news, one and a half times as in human translations, twice as in other genres, and two and a half times as in
    learners' essays (`detector.training.sequences`, training data only). All words must belong to a closed list, so no
    topic is learnt.

    A dropped word in hasty native prose is wrongly flagged. Fluent engines write no such sequence.

        >>> from detector.registry import evidence
        >>> evidence(odd_sequence, "The letter came from of the house.")
        ['from of']
    """
    marked = np.zeros(len(batch.words), bool)
    table = _table()
    for length, first, key in sequence_runs(batch):
        at = np.searchsorted(table, key).clip(max=len(table) - 1)
        hit = first[table[at] == key]
        for step in range(length):
            marked[hit + step] = True
    return Marks(marked.astype(np.float32))
