"""What made-up breakage draws from: foreign words, neighbours in meaning, other sentences."""

import random
from collections.abc import Sequence

import numpy as np
import wordfreq

from detector.training.deep.breakage import Stock

# Latin script, and languages that people translate from; `zipf` is wordfreq's log10 frequency per billion words.
LANGUAGES = tuple("tr tr tr de fr es it pt nl pl cs fi hu ro sv da nb id ms lv lt sk sl vi ca hr".split())
CYRILLIC = ("ru", "uk", "bg", "mk")
TRANSLITERATED = str.maketrans(
    dict(
        zip(
            "абвгдезийклмнопрстуфхъыьэіїєѓќљњџј",
            "a b v g d e z i y k l m n o p r s t u f h a y ' e i yi ye g k lj nj dz j".split(),
            strict=True,
        )
    )
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ё": "yo", "ѕ": "dz", "ґ": "g"}
)


def foreign_words(rng: random.Random) -> list[list[str]]:
    """Common and less common words of many languages that are not English words."""
    found = []
    for language in (*LANGUAGES, *CYRILLIC):
        words = [w for w in wordfreq.top_n_list(language, 12000) if w.isalpha() and len(w) > 2]
        words = [w for w in words if wordfreq.zipf_frequency(w, "en") < 2.6]
        if language in CYRILLIC and rng.random() < 0.7:
            words = [w.translate(TRANSLITERATED) for w in words]
        # A third of the draws come from the commonest thousand, where function words and verbs are.
        found.append(words[:1000] * 4 + words)
    return found


def neighbours(pieces: Sequence[str], vectors: np.ndarray) -> dict[str, list[str]]:
    """For each common whole word, the words nearest to it in the encoder's own table, less its own forms."""
    at = [
        i
        for i, piece in enumerate(pieces)
        if piece.isalpha() and piece.isascii() and len(piece) > 3 and wordfreq.zipf_frequency(piece, "en") > 3.0
    ]
    words = [pieces[i] for i in at]
    table = vectors[at].astype(np.float32)
    table = table - table.mean(0)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    near: dict[str, list[str]] = {}
    for start in range(0, len(words), 512):
        close = table[start : start + 512] @ table.T
        best = np.argsort(-close, axis=1)[:, 1:26]
        for word, row in zip(words[start : start + 512], best, strict=True):
            others = [words[j] for j in row if words[j][:4] != word[:4]]
            if len(others) > 5:
                near[word] = others[2:]
    return near


def stock(pieces: Sequence[str], vectors: np.ndarray, donors: Sequence[str], seed: int) -> Stock:
    """Everything that `breakage` draws from."""
    return Stock(foreign_words(random.Random(seed)), neighbours(pieces, vectors), donors)
