"""FineWeb's filters as a baseline: how many of their rules a document breaks.

The rules and their defaults are those of datatrove 0.10 (Gopher quality and repetition of Rae et al. 2021, C4 of Raffel
et al. 2020, FineWeb of Penedo et al. 2024), written anew: words are what stands between white space (spaCy's
tokens there), sentences are counted by their stops, and duplicate paragraphs, which are lines here, are left out.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rules", "broken"]

_STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
_LINE_ENDS = (".", "!", "?", '"', "'", "”", "’", "…")
_BULLETS = ("•", "-", "*", "‣")
# n: the share of characters that the most frequent n-gram, and that all repeated n-grams, may take.
_TOP = {2: 0.20, 3: 0.18, 4: 0.16}
_REPEATED = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}


def _quality(words: Sequence[str], lines: Sequence[str]) -> list[str]:
    n = len(words)
    rules = {
        "gopher-short": n < 50,
        "gopher-long": n > 100_000,
        "gopher-word-length": not 3 <= sum(map(len, words)) / n <= 10,
        "gopher-hash": sum(w.count("#") for w in words) / n > 0.1,
        "gopher-ellipsis": sum(w.count("...") + w.count("…") for w in words) / n > 0.1,
        "gopher-bullets": sum(x.lstrip().startswith(_BULLETS) for x in lines) / len(lines) > 0.9,
        "gopher-ellipsis-lines": sum(x.rstrip().endswith(("...", "…")) for x in lines) / len(lines) > 0.3,
        "gopher-alpha": sum(any(c.isalpha() for c in w) for w in words) / n < 0.8,
        "gopher-stop-words": len(_STOP_WORDS & {w.lower() for w in words}) < 2,
    }
    return [name for name, failed in rules.items() if failed]


def _repetition(words: Sequence[str], lines: Sequence[str], size: int) -> list[str]:
    out = []
    count = Counter(x.strip() for x in lines)
    if sum(k - 1 for k in count.values()) / len(lines) > 0.3:
        out.append("gopher-duplicate-lines")
    if sum((k - 1) * len(x) for x, k in count.items()) / size > 0.2:
        out.append("gopher-duplicate-line-characters")
    for n, share in _TOP.items():
        grams = Counter(zip(*(words[i:] for i in range(n)), strict=False))
        gram, times = grams.most_common(1)[0] if grams else ((), 0)
        if times > 1 and times * len(" ".join(gram)) / size > share:
            out.append(f"gopher-top-{n}-gram")
    out += [f"gopher-repeated-{n}-gram" for n, share in _REPEATED.items() if _said_again(words, n) / size > share]
    return out


def _said_again(words: Sequence[str], n: int) -> int:
    """How many characters of n-grams stood before; after one, reading goes on behind it."""
    known: set[str] = set()
    out = at = 0
    while at <= len(words) - n:
        gram = "".join(words[at : at + n])
        if gram in known:
            out += len(gram)
            at += n
        else:
            known.add(gram)
            at += 1
    return out


def _web(lines: Sequence[str], size: int, text: str) -> list[str]:
    count = Counter(lines)
    repeated = sum((k - 1) * len(x) for x, k in count.items())
    sentences = sum(text.count(c) for c in ".!?")
    low = text.lower()
    rules = {
        "c4-sentences": sentences < 5,
        "c4-lorem-ipsum": "lorem ipsum" in low,
        "c4-curly-bracket": "{" in text,
        "c4-javascript": "javascript" in low,
        "fineweb-line-ends": sum(x.rstrip().endswith(_LINE_ENDS) for x in lines) / len(lines) < 0.12,
        "fineweb-short-lines": sum(len(x) <= 30 for x in lines) / len(lines) > 0.67,
        "fineweb-repeated-characters": repeated / size > 0.01,
        "fineweb-lists": (len(lines) - 1) / max(1, len(text.split())) > 0.3,
    }
    return [name for name, failed in rules.items() if failed]


def broken(text: str) -> list[str]:
    """The names of the rules that a text breaks."""
    words, lines = text.split(), [x for x in text.split("\n") if x.strip()]
    if not words:
        return ["gopher-short"]
    size = sum(map(len, lines))
    return [*_quality(words, lines), *_repetition(words, lines, size), *_web(lines, size, text)]


class Rules:
    """The baseline: how many rules are broken."""

    name = "FineWeb rules"

    def score(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One number a text, float64 [texts]."""
        return np.asarray([len(broken(t)) for t in texts], np.float64)
