"""MT117 translation-mark."""

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal

__all__ = ["translation_mark"]


@signal(
    "MT117",
    axis="garble",
    unit="document",
    beyond="markup",
    message="markup that a translation machine left in the page",
    flagged=[],
    clean=[],
)
def translation_mark(batch: Batch) -> Marks:
    """
    Traces of a translation machine in a page's markup.

    A browser that translates a page writes `class="translated-ltr"` into it, a plug-in that serves translated copies
    links its own style sheet: such a page says of itself that no person wrote its words. warc2text filters pages by
    such tags; HPLT's list for it says which plug-ins leave them.

    The value is how many kinds of them the page has (`translation_marks` in a document's metadata, which the readers of
    HTML and WARC fill in: see `detector.io.html`). Only marks of a translation that took place count, not those of
    a menu that offers one. What a machine translated need not be garbled; so the mark is named as a reason, and weighs
    what the document model has learned of it: nothing yet, since no page with markup is among the training data.

        >>> from dataclasses import replace
        >>> from detector.batch import cut
        >>> batch = replace(cut(["The river rose."]), facts=({"translation_marks": ["html class=translated-ltr"]},))
        >>> translation_mark.mark(batch).values.tolist()
        [1.0]
    """
    values = np.zeros(len(batch))
    for i, facts in enumerate(batch.facts):
        marks = facts.get("translation_marks")
        if isinstance(marks, list):
            values[i] = len(marks)
    return Marks(values)
