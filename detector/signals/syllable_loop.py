"""MT112 syllable-loop."""

import numpy as np

from detector.batch import NUMBER, Batch
from detector.lexicon import facts
from detector.registry import Marks, signal
from detector.surroundings import spelling

__all__ = ["syllable_loop"]


@signal(
    "MT112",
    axis="garble",
    unit="word",
    message="a word that stutters: the same syllable over and over",
    flagged=["The owner, Merotetetetete, was not there.", "They are perimimimal to the case."],
    clean=[
        "Hahahaha, muahahaha! Lalalala.",
        "Mississippi, banana, Honolulu, Titicaca, Tutankhamun",
        "aaaaargh, 121212",
    ],
)
def syllable_loop(batch: Batch) -> Marks:
    """
    Words in which a piece of two to four letters stands three times in a row.

    Engines spell rare words from pieces; one that loses its place in a word writes "Merotetetetete".

    Known words are left alone, and so is what is nothing but the piece ("lalala") or laughter ("muahahaha"), and runs
    of a single letter ("aaaargh"), which people type. "Mississippi" has its piece twice.

    Unlisted names from languages that double ("Murururu") are wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(syllable_loop, "The owner, Merotetetetete, left.")
        ['Merotetetetete']
    """
    types, spelled = batch.types, spelling(batch)
    letter, owner = spelled.letter, spelled.owner
    found = np.zeros(len(types), bool)
    for size in (2, 3, 4):
        if len(letter) <= 3 * size:
            continue
        # Equal at distance `size` for 2 * size letters: three copies.
        same = (letter[size:] == letter[:-size]) & (owner[size:] == owner[:-size])
        run = same[: len(same) - 2 * size + 1].copy()
        for step in range(1, 2 * size):
            run &= same[step : len(same) - 2 * size + 1 + step]
        at = np.flatnonzero(run)
        at = at[letter[at] != letter[at + 1]]
        laugh = (size == 2) & ((letter[at] == ord("h")) | (letter[at + 1] == ord("h")))
        at = at[~laugh]
        # How far the run goes, against the whole word.
        count = np.bincount(owner[at], minlength=len(types))
        candidates = np.flatnonzero(count)
        longest = count[candidates] + 3 * size - 1
        found[candidates[types.length[candidates] > longest]] = True
    found &= (types.shape != NUMBER) & ~facts(batch).known if found.any() else found
    return Marks(found[batch.words.type].astype(np.float32))
