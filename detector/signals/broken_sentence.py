"""MT121 broken-sentence."""

import numpy as np

from detector.batch import Batch
from detector.fluency import sentence_logits
from detector.registry import Marks, signal

__all__ = ["broken_sentence"]

# Log-odds from which a sentence is marked: chosen on dev/, where 1 % of the sentences of human translations pass it.
MARKED_ABOVE = 1.5
SHORTEST = 6


@signal(
    "MT121",
    axis="garble",
    unit="sentence",
    aggregate="top",
    message="sentences whose grammar is broken as a bad translation breaks it",
    flagged=["Of the minister of the exterior it has said that the of the talks they are of the more good."],
    clean=[
        "The committee will meet again on Thursday to discuss the budget.",
        "Me and him was going down the shops when it started raining, like.",
    ],
)
def broken_sentence(batch: Batch) -> Marks:
    """
    Sentences that put words together as English does not.

    The same model as MT120 (disfluency), one sentence at a time: "Can a weakened from crisis America a complex world to
    lead still". The mark is how far its log-odds lie above the line.

    The line leaves alone 99 % of the sentences of human translations on dev/, and sentences of fewer than six words, of
    which nothing can be said. Poems and headlines are marked now and then; fluent nonsense is not marked at all.

        >>> from detector.registry import evidence
        >>> odd = "Of the minister of the exterior it has said that the of the talks they are of the more good."
        >>> evidence(broken_sentence, f"He left. {odd}")
        ['Of the minister of the exterior it has said that the of the talks they are of the more good.']
    """
    read = batch.sentences.words >= SHORTEST
    return Marks(np.where(read, np.maximum(sentence_logits(batch) - MARKED_ABOVE, 0), 0))
