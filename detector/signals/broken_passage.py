"""MT135 broken-passage."""

import numpy as np

from detector.batch import Batch
from detector.broken import broken_sentences
from detector.registry import Marks, signal

__all__ = ["broken_passage"]

# Log-odds from which a sentence that stands out counts, and from which it counts as one: of 1,530 news articles of dev/
# 4 in 1,000 have any that counts, of human translations 2 in 100.
COUNTS_ABOVE, WHOLE_ABOVE = 1.5, 4.0


@signal(
    "MT135",
    axis="garble",
    unit="document",
    cost="slow",
    needs="deep",
    message="broken sentences in a text that is sound for the rest",
    flagged=[
        (
            "The committee will meet again on Thursday to discuss the budget. Members of both parties said they "
            "expected the talks to last well into the night, and few were willing to predict how they would end. "
            "The chairman thanked his colleagues for their patience. Of the minister of the exterior it has said "
            "that the of the talks they are of the more good, dedi. The shopping of the region it was of the "
            "prisoners exploited to the sky. The vote was put off until the spring. Reporters were asked to leave "
            "the room before the discussion began, and the doors stayed closed for the rest of the day."
        ),
    ],
    clean=[
        (
            "The committee will meet again on Thursday to discuss the budget. Members of both parties said they "
            "expected the talks to last well into the night, and few were willing to predict how they would end."
        ),
    ],
)
def broken_passage(batch: Batch) -> Marks:
    """
    How many sentences stand out as broken of a text that is sound for the rest.

    An article may quote what an engine translated, have a paragraph pasted into it, or turn into comments below; the
    mean of all sentences (MT130, MT133) and the worst third (MT134) hardly rise then. A sentence counts as far as it
    stands out (see MT131, which shows such sentences): against all other kinds, its text and its neighbours. The value
    is log(1 + their number). Where half of the text is broken nothing stands out, and the value falls to 0: that is
    left to the signals named.

    "Of the minister of the exterior it has said that the of the talks they are of the more good" in the middle of a
    sound report is found; a single odd sentence, a caption or a line of verse counts now and then, and weighs little by
    itself.

        >>> from detector.batch import cut
        >>> sound = "The committee will meet on Thursday to discuss the budget. Few were willing to predict the end. "
        >>> odd = "The of hurricane trees they are of exploited from the sky, dedi of the minister. "
        >>> some, all_ = broken_passage.mark(cut([sound * 3 + odd * 2 + sound * 3, odd * 9])).values
        >>> bool(some > all_ == 0)
        True
    """
    found = broken_sentences(batch)
    out = ((found.standing_out - COUNTS_ABOVE) / (WHOLE_ABOVE - COUNTS_ABOVE)).clip(0, 1)
    return Marks(np.log1p(found.sound * np.bincount(batch.sentences.document, weights=out, minlength=len(batch))))
