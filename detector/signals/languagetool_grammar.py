"""LT102 languagetool-grammar."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from detector.batch import Batch
from detector.languagetool import found_words
from detector.registry import Marks, signal

__all__ = ["languagetool_grammar"]


@signal(
    "LT102",
    axis=None,
    unit="word",
    cost="slow",
    needs="languagetool",
    joined=True,
    message="places that LanguageTool's rules of grammar, punctuation and style object to",
    flagged=["He go to the market, and they was there."],
    clean=["He goes to the market, and they were there."],
)
def languagetool_grammar(batch: Batch) -> Marks:
    """
    Places that LanguageTool's rules of grammar, punctuation or style object to.

    For an editor: each with the rule, its category, its message and what it would write.

    Evidence of no axis. Of native news it marks .3 per 1,000 words for grammar, of statistical translation 2.0, of
    learners' essays 10.9: it finds learners first, whom we do not want to fault, and neural translation not at all.

        >>> from detector.batch import cut
        >>> float(languagetool_grammar.mark(cut(["Without a server nothing is marked."])).values.sum())
        0.0
    """
    found = {**found_words(batch, "style"), **found_words(batch, "grammar")}
    values = np.zeros(len(batch.words), np.float32)
    values[list(found)] = 1

    def detail(word: int) -> Mapping[str, Any]:
        match = found[word]
        return {
            "rule": match.rule,
            "category": match.category,
            "message": match.message,
            "suggestions": list(match.suggestions),
        }

    return Marks(values, detail)
