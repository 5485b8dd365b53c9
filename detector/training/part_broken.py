"""Documents that are broken in part: of an article somebody had a half translated, or readers wrote below it.

Every garbled document of the labelled data is broken from end to end. A model that has seen no others waits for a
whole document to be odd.
"""

import random
from collections.abc import Sequence

import numpy as np

from detector.scorer import AXES
from detector.training.verdict import PART, Documents

__all__ = ["beside_news", "broken_in_part", "joined"]

# How much of the words is sound, and how many documents of a kind are made: the drawn ones of DEEP_CAPS are 260.
SHARES = (0.5, 0.5, 2 / 3, 0.75)
EACH = 45
SEED = 9


def beside_news(text: str, articles: Sequence[str], share: float, rng: random.Random) -> str:
    """The text with paragraphs of sound articles before or behind it, until this share of the words is theirs."""
    wanted = share / (1 - share) * len(text.split())
    lines: list[str] = []
    while wanted > 0:
        for line in rng.choice(articles).split("\n"):
            if wanted > 0:
                lines.append(line)
                wanted -= len(line.split())
    return "\n".join([text, *lines] if rng.random() < 0.5 else [*lines, text])


def broken_in_part(documents: Documents) -> Documents:
    """Up to EACH garbled documents of every kind with news of the same fold beside them, by the seed alone."""
    rng = random.Random(SEED)
    garbled, news = documents.truth["garble"] == 1, documents.kinds == "native.news"
    texts: list[str] = []
    fold: list[int] = []
    for kind in np.unique(documents.kinds[garbled]):
        mine = np.flatnonzero(garbled & (documents.kinds == kind)).tolist()
        for i in rng.sample(mine, min(EACH, len(mine))):
            articles = [documents.texts[j] for j in np.flatnonzero(news & (documents.fold == documents.fold[i]))]
            texts.append(beside_news(documents.texts[i], articles, rng.choice(SHARES), rng))
            fold.append(int(documents.fold[i]))
    n = len(texts)
    truth = {"garble": np.ones(n), "typos": np.full(n, np.nan), "boilerplate": np.zeros(n)}
    return Documents(texts, np.full(n, PART), np.asarray(fold, np.int64), truth)


def joined(one: Documents, other: Documents) -> Documents:
    """The documents of both."""
    return Documents(
        [*one.texts, *other.texts],
        np.concatenate([one.kinds, other.kinds]),  # strings of the longer of both lengths
        np.concatenate([one.fold, other.fold]),
        {axis: np.concatenate([one.truth[axis], other.truth[axis]]) for axis in AXES},
    )
