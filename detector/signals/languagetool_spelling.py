"""LT101 languagetool-spelling."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from detector.batch import CAPITAL, CAPS, MIXED, Batch
from detector.languagetool import found_words
from detector.lexicon import facts
from detector.registry import Marks, signal

__all__ = ["languagetool_spelling"]


@signal(
    "LT101",
    axis="typos",
    unit="word",
    cost="slow",
    needs="languagetool",
    message="words that LanguageTool's spelling rules object to",
    flagged=["They are ready to continue the negotiaitons."],
    clean=["Volodymyr Zelensky met Ngozi Okonjo-Iweala in Ouagadougou."],
)
def languagetool_spelling(batch: Batch) -> Marks:
    """
    Words that LanguageTool's spelling rules object to and that are no names.

    LanguageTool looks words up in its own dictionaries, and knows some real-word confusions by their context. What it
    says is shown with its rule, message and suggestions.

    Left alone is what our lexicon knows, and every word with a capital: of LanguageTool's 10 marks per 1,000 words of
    clean news nearly all are names. No weight in the verdict: beside the fast speller it found 4 more of 433
    misspellings planted in news (dev/) and marked 11 right words, and parted no documents that were not parted already.

        >>> from detector.batch import cut
        >>> float(languagetool_spelling.mark(cut(["Without a server nothing is marked."])).values.sum())
        0.0
    """
    found = found_words(batch, "spelling")
    shape = batch.types.shape
    spared = (facts(batch).known | (shape == CAPITAL) | (shape == CAPS) | (shape == MIXED))[batch.words.type]
    values = np.zeros(len(batch.words), np.float32)
    values[list(found)] = 1
    values[spared] = 0

    def detail(word: int) -> Mapping[str, Any]:
        match = found[word]
        return {
            "rule": match.rule,
            "category": match.category,
            "message": match.message,
            "suggestions": list(match.suggestions),
        }

    return Marks(values, detail)
