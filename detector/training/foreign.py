"""Learn how words of other languages are told from slips: `python -m detector.training.foreign --out models/foreign`.

Against each other stand the misspellings of train/ (no pair that is set aside) and words of other languages, of both
those alone that the speller, asked without a text, thinks likely to be slips: what it knows already need not be learned
again. Its own log-odds are a column of the fit, and what is kept is what the letters say besides.
"""

import argparse
import random
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.assets import write_manifest
from detector.batch import hash_words
from detector.foreign import BUCKETS, FORMAT, STEPS, VERSION, buckets
from detector.lexicon import GB, KNOWN, LANGUAGES, US, lexicon
from detector.spelling import LONGEST
from detector.training.latin import latin_forms
from detector.training.speller import misspellings
from detector.unknown import features_of_each, judge

__all__ = ["learn", "main"]

_TOP = 22_000  # of the words of a language, as in the lexicon
_EACH, _SLIPS = 4_000, 30_000  # words drawn of each language, and misspellings
_LIKELY = 0.3  # from here on the speller may mark a word once it stands in a text
# How much of each language English quotes; the others weigh .6.
_WEIGHTS = {"la": 4.0, "fr": 2.0, "de": 2.0, "es": 2.0, "it": 2.0, "pt": 1.5, "nl": 1.0, "sv": 1.0}
_OTHERS = 0.6
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ı": "i"})


def _plain(word: str) -> str:
    """A word as English prints it: without accents."""
    parts = unicodedata.normalize("NFKD", word)
    return "".join(c for c in parts if not unicodedata.combining(c)).translate(_LETTERS)


def _unknown(words: Iterable[str]) -> list[str]:
    """Those of letters alone that no desk dictionary has, each once, sorted."""
    table = lexicon()
    asked = sorted({w for w in words if w.isascii() and w.isalpha() and 3 <= len(w) <= LONGEST})
    rows = table.rows(hash_words(asked))
    known = (rows >= 0) & (table.flags[rows] & (KNOWN | US | GB) > 0)
    return [w for w, k in zip(asked, known.tolist(), strict=True) if not k]


def _foreign(rng: random.Random) -> dict[str, list[str]]:
    """For each language some of its frequent words that English lacks."""
    import wordfreq  # noqa: PLC0415 - a tool of the build, not of the package

    drawn = {}
    for language in LANGUAGES:
        frequencies = wordfreq.get_frequency_dict(language, wordlist="best")
        top = sorted(frequencies.items(), key=lambda item: (-item[1], item[0]))[:_TOP]
        drawn[language] = _unknown(_plain(word) for word, _ in top)
    drawn["la"] = _unknown(latin_forms())
    return {language: rng.sample(words, min(_EACH, len(words))) for language, words in drawn.items()}


def _slips(data: Path, rng: random.Random) -> list[str]:
    near = (w for w, r, _ in misspellings(data) if len(r) > 3 and abs(len(w) - len(r)) < 3)
    words = _unknown(near)
    rng.shuffle(words)
    return words[:_SLIPS]


def _odds(words: Sequence[str], *, out_of_place: bool) -> list[float]:
    """What the speller thinks of words without a text: log-odds for a slip."""
    for first in range(0, len(words), 2000):
        features_of_each(words[first : first + 2000])
    sure = np.array([judge(word, out_of_place=out_of_place) for word in words])
    odds: list[float] = np.log(sure / (1 - sure + 1e-12)).clip(-5, 12).tolist()
    return odds


def _gather(data: Path) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Words, the speller's log-odds, which are slips, and weights: both sides weigh the same."""
    rng = random.Random(3)
    sides: Mapping[str, list[str]] = {**_foreign(rng), "": _slips(data, rng)}
    words: list[str] = []
    odds: list[float] = []
    slip: list[bool] = []
    weight: list[float] = []
    for language, own in sides.items():
        judged = _odds(own, out_of_place=bool(language))
        likely = [(w, o) for w, o in zip(own, judged, strict=True) if o >= np.log(_LIKELY / (1 - _LIKELY))]
        words += [w for w, _ in likely]
        odds += [o for _, o in likely]
        slip += [not language] * len(likely)
        weight += [_WEIGHTS.get(language, _OTHERS) / len(likely)] * len(likely)
    is_slip, weights = np.array(slip), np.array(weight)
    for side in (is_slip, ~is_slip):
        weights[side] *= len(words) / 2 / weights[side].sum()
    return words, np.array(odds), is_slip, weights


def learn(data: Path) -> NDArray[np.int16]:
    """int16 [BUCKETS + 1]: what each run of letters says for another language, and the constant; x STEPS."""
    from scipy import sparse  # noqa: PLC0415 - a tool of the build
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    words, odds, slip, weights = _gather(data)
    places = [list(buckets(word)) for word in words]
    ends = np.cumsum([0, *map(len, places)])
    at = np.concatenate([np.array(p) for p in places])
    runs = sparse.csr_matrix((np.ones(len(at)), at, ends), shape=(len(words), BUCKETS))
    model = LogisticRegression(C=0.1, max_iter=500)
    model.fit(sparse.hstack([runs, sparse.csr_matrix(odds[:, None])]).tocsr(), slip, sample_weight=weights)
    table: NDArray[np.int16] = (
        (-np.concatenate([model.coef_[0, :-1], model.intercept_]) * STEPS).round().astype(np.int16)
    )
    return table


def main() -> None:
    """Learn from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    table = learn(given.data)
    given.out.mkdir(parents=True, exist_ok=True)
    np.save(given.out / "runs.npy", table, allow_pickle=False)
    write_manifest(given.out, FORMAT, VERSION, languages=[*LANGUAGES, "la"])


if __name__ == "__main__":
    main()
