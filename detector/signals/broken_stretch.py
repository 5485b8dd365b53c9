"""MT134 broken-stretch."""

import numpy as np

from detector.batch import Batch
from detector.fluency import LONG
from detector.reading import reading, telling
from detector.registry import Marks, signal
from detector.stretches import worst_stretch

__all__ = ["broken_stretch"]

# Log-odds from which a stretch counts: 94 in 100 of the worst stretches of human translations on dev/ lie below.
SOUND_BELOW = -1.0
# A stretch has so many words, a long sentence's counted as 30, and such a share of the text: of 100 words without the
# share the worst of a long human translation passes the line ten times as often as that of a short one.
WORDS, SHARE = 100, 1 / 3


@signal(
    "MT134",
    axis="garble",
    unit="document",
    cost="slow",
    needs="deep",
    message="a stretch of the text, a third of it or more, that reads as broken",
    flagged=[
        (
            "The hurricane trees are exploited from buildings to the sky. The most severe percentage of the "
            "muscles it was said to the shopping of the region, dedi the minister of the exterior with a hand jamming."
        ),
    ],
    clean=[
        (
            "The committee will meet again on Thursday to discuss the budget. Members of both parties said they "
            "expected the talks to last well into the night, and few were willing to predict how they would end."
        ),
    ],
)
def broken_stretch(batch: Batch) -> Marks:
    """
    How broken the worst third of the text is, to a reader of context.

    An article may have been translated for a half, or readers may have written below it; the mean of all its sentences
    (MT130, MT133) hardly rises then. The value is how far the mean log-odds of garble against all other kinds (see
    MT133), sentences by their words, lie above -1 over the worst stretch of neighbouring sentences that makes up a
    third of the text, and 100 words at least.

    "The hurricane trees are exploited from buildings to the sky", all through a half of the text, is found though the
    other half is sound. What is broken for less than a third is left to MT131 (garbled-sentence). A human translation,
    too, has a worst third, and poems, captions and lists may look odd.

        >>> from detector.batch import cut
        >>> sound = "The minister said that trees had been uprooted by the hurricane. "
        >>> odd = "The hurricane trees are exploited from buildings to the sky, dedi the minister. "
        >>> whole, half = broken_stretch.mark(cut([odd * 20, odd * 10 + sound * 10])).values
        >>> bool(half > 0.8 * whole)
        True
    """
    found, sentences = reading(batch).alone, batch.sentences
    out = np.zeros(len(batch))
    read = np.flatnonzero(telling(batch))
    weight = np.minimum(sentences.words, LONG).astype(np.float64)
    bounds = np.searchsorted(sentences.document[read], np.arange(len(batch) + 1))
    for i, (a, b) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        if a < b:
            mine = read[a:b]
            at_least = max(WORDS, SHARE * float(weight[mine].sum()))
            out[i] = max(worst_stretch(found[mine], weight[mine], at_least) - SOUND_BELOW, 0)
    return Marks(out)
