"""LG114 wordless-token."""

import numpy as np

from detector.batch import NUMBER, SYMBOL, Batch
from detector.registry import Marks, signal

__all__ = ["wordless_token"]


@signal(
    "LG114",
    axis=None,
    unit="document",
    message="numbers and signs by words",
    flagged=["12 34 56 ** 78"],
    clean=["The river rose in the night."],
)
def wordless_token(batch: Batch) -> Marks:
    """
    Numbers and loose signs by all words and signs.

    Tables and code are made of them. Gopher (Rae et al. 2021) wants a letter in at least 80 % of the tokens
    (`alpha_ratio`); since some re-implementations count punctuation as tokens and flag 5 % of BBC news for it, commas
    and full stops do not count here.

    Numbers as `detector.batch` cuts them, and signs such as "|" and "*". Sports results and recipes have many, rightly;
    this belongs to no axis.

        >>> from detector.batch import cut
        >>> wordless_token.mark(cut(["12 34 rivers *"])).values.tolist()
        [0.75]
    """
    words, n = batch.words, len(batch)
    numbers = np.bincount(words.document[(batch.types.shape == NUMBER)[words.type]], minlength=n)
    place = np.flatnonzero(batch.kind == SYMBOL)
    signs = np.bincount(np.searchsorted(batch.document_start, place, "right") - 1, minlength=n)
    return Marks((numbers + signs) / np.maximum(batch.words_per_document() + signs, 1))
