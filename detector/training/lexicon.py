"""Compile the lexicon: `python -m detector.training.lexicon --out models/lexicon --data DIR`.

Sources, all named in `models/lexicon/README.md`: the SCOWL word lists (Debian package `scowl`), wordfreq, and counts
over the native news of `DIR/train` (which words, names and pairs of words stand in how many documents: no texts). Rows
kept apart for dev are left out. The same sources give the same bytes.
"""

import argparse
import collections
import gzip
import json
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.assets import write_manifest
from detector.batch import hash_words
from detector.lexicon import (
    ABBREVIATION,
    CAPITALISED,
    FORMAT,
    GB,
    KNOWN,
    LANGUAGES,
    NAME,
    PERSON,
    RARE,
    US,
    VERSION,
    ZIPF_STEPS,
    use_folder,
)
from detector.training.meant import fit, planted_lists
from detector.training.news import News, count_contexts, count_news
from detector.training.speller import (
    learn_edits,
    learn_trigrams,
    learn_unknown,
    listed_misspellings,
    misspellings,
    spelling_block,
)

__all__ = ["compile_lexicon", "main"]

# SCOWL's sizes: up to 70 is what a large desk dictionary has (Debian's "large"); 80 and 95 ("huge", "insane") hold
# words that are more often typing errors than meant ("calender", "suprise" are not in them, but "hight", "thru", "teh"
# nearly).
_DESK, _LARGEST = 70, 95
_SCOWL = Path("/usr/share/dict/scowl")

# Foreign words: the most frequent of each language, and of those only what is more frequent there than in English.
_FOREIGN_TOP = 22_000
# wordfreq's English list below this is names and typing errors, seen a handful of times in its corpora.
_ENGLISH_ZIPF = 1.5
# Places for counts of neighbouring words: two bytes each, three quarters of them taken.
_CONTEXTS = 1 << 20
# In so many documents of edited news a word in small letters is one, in fewer if the largest dictionaries have it.
_WITNESSES, _WITNESSES_RARE = 10, 3
# No rarer word is suggested: who writes a rare word knows how, and its neighbours are typing errors of frequent ones.
_SUGGESTED_ZIPF = 1.5
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
# Lists of the words of programmers, by hand (the packages `@cspell/dict-*`); those of C++ and Python are gathered from
# sources and hold misspellings, so they are not among these.
_TERMS = (
    "software-terms/dict/*.txt* rust/dict/*.txt* typescript/dict/*.txt golang/dict/go.txt "
    "python/dict/python-common.txt data-science/dict/*.txt filetypes/*.txt* fullstack/dict/*.txt shell/dict/*.txt"
).split()


@dataclass
class Entry:
    """One word, while the table is being built."""

    flags: int = 0
    zipf: float = 0.0
    foreign_zipf: float = 0.0
    foreign_language: int = 0


def _scowl(folder: Path) -> Iterator[tuple[str, str, int, str]]:
    """(spelling region, kind, size, word) for every entry of SCOWL that is no possessive."""
    for path in sorted(folder.iterdir()):
        match = re.fullmatch(r"([a-z_0-9]+)-(words|upper|proper-names|abbreviations|contractions)\.(\d+)", path.name)
        if not match:
            continue
        region, kind, size = match[1], match[2], int(match[3])
        for line in path.read_text("latin-1").splitlines():
            word = line.strip()
            if word and not word.endswith("'s"):
                yield region, kind, size, word


def _add_scowl(table: dict[str, Entry], folder: Path, rarely: set[str]) -> None:
    american, british = {"english", "american"}, {"english", "british", "british_z"}
    for region, kind, size, word in _scowl(folder):
        for part in _WORD.findall(word):
            entry = table[part.lower()]
            if kind == "abbreviations":
                entry.flags |= ABBREVIATION | (NAME if part != part.lower() else 0)
            elif kind in {"upper", "proper-names"} or part != part.lower():
                entry.flags |= NAME
            elif size <= _DESK:
                entry.flags |= KNOWN
                if part == word:  # not the halves of "center stage", which a British list has too
                    entry.flags |= (US if region in american else 0) | (GB if region in british else 0)
            elif size < _LARGEST or part in rarely:
                entry.flags |= RARE
    # A part of "vice versa" or "faux pas" that is no word by itself stays known: the phrase is not looked up as one.


def _terms(folder: Path) -> Iterator[str]:
    """The words in small letters of the lists of `_TERMS`."""
    for pattern in _TERMS:
        for path in sorted(folder.glob(f"dict-{pattern}")):
            data = path.read_bytes()
            text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
            for line in text.splitlines():
                entry = line.split("#")[0].strip()
                if not entry.startswith("!"):  # "!": a word that the list forbids
                    yield from (w.lower() for w in re.findall("[A-Za-z]{3,}", entry))


def _add_news(table: dict[str, Entry], news: News) -> None:
    """Names and new words that many documents of edited news agree on."""
    for word, (lower, capital) in news.documents.items():
        entry = table.get(word) or Entry()
        dictionary = entry.flags & (KNOWN | RARE)
        if not dictionary & KNOWN and capital >= 3 and capital > 5 * lower:
            entry.flags = (entry.flags | NAME) & ~RARE
        elif dictionary and capital >= 20 and capital > lower:
            entry.flags |= NAME
        elif (
            not dictionary & KNOWN
            and lower > capital
            and lower >= (_WITNESSES_RARE if dictionary else _WITNESSES)
            and not _looks_misspelt(word, lower, news)
        ):
            entry.flags |= KNOWN
        if entry.flags:
            table[word] = entry
    for word in [w for w, e in table.items() if "'" in w and e.flags & KNOWN]:
        bare = table.get(word.replace("'", ""))
        if bare and not bare.flags & (US | GB):
            bare.flags &= ~(KNOWN | RARE)  # "dont", "didnt": often written, and slips all the same
    for word in news.people:
        if table[word].flags & NAME:
            table[word].flags |= PERSON


def _neighbours(word: str) -> set[str]:
    """All strings one edit away (insertion, deletion, substitution, transposition)."""
    letters = string.ascii_lowercase + "'"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    near = {a + b[1:] for a, b in cuts if b}
    near |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    near |= {a + c + b[1:] for a, b in cuts if b for c in letters}
    near |= {a + c + b for a, b in cuts for c in letters}
    return near - {word}


def _looks_misspelt(word: str, documents: int, news: News) -> bool:
    """Whether a neighbour is so much more frequent that the word may be its misspelling ("recieve", "definately")."""
    best = max((news.documents.get(n, (0, 0))[0] for n in _neighbours(word)), default=0)
    # Typos in edited news are below one in 1,000 uses of the right word, and a few documents may share one by chance.
    return best > (20 if documents < 2 * _WITNESSES else 300) * documents


def _add_frequencies(table: dict[str, Entry]) -> None:
    import wordfreq  # noqa: PLC0415 - a tool of the build, not of the package

    english = {w: _zipf(f) for w, f in wordfreq.get_frequency_dict("en", wordlist="large").items()}
    for word, zipf in english.items():
        if word in table or (zipf >= _ENGLISH_ZIPF and _WORD.fullmatch(word)):
            table[word].zipf = zipf
    for number, language in enumerate(LANGUAGES, 1):
        frequencies = wordfreq.get_frequency_dict(language, wordlist="best")
        top = sorted(frequencies.items(), key=lambda item: (-item[1], item[0]))[:_FOREIGN_TOP]
        for word, frequency in top:
            zipf = _zipf(frequency)
            if _WORD.fullmatch(word) and len(word) > 1 and zipf > english.get(word, 0.0):
                entry = table[word]
                if zipf > entry.foreign_zipf:
                    entry.foreign_zipf, entry.foreign_language = zipf, number


def _name_pairs(table: dict[str, Entry], news: News) -> dict[str, NDArray[Any]]:
    """The arrays of `detector.names`."""
    pairs: collections.Counter[tuple[str, str]] = collections.Counter()
    for (first, second), documents in news.pairs.items():
        pair = (first, second.removesuffix("'s"))
        if all(w in table and table[w].flags & NAME and w.isalpha() and len(w) > 1 for w in pair):
            pairs[pair] += documents
    # Two words of the dictionary ("White House") need no help from here; one may be one ("Brown", "Rice").
    kept = {p: n for p, n in pairs.items() if not all(table[w].flags & KNOWN for w in p)}
    names = sorted({w for p in kept for w in p})
    number = {w: i for i, w in enumerate(names)}
    arrays: dict[str, NDArray[Any]] = {"names": np.frombuffer("\n".join(names).encode(), np.uint8)}
    for label, own, other in (("after", 0, 1), ("before", 1, 0)):
        keys = hash_words([p[own] for p in kept])
        order = np.lexsort((np.array([number[p[other]] for p in kept]), keys))
        arrays[f"{label}_keys"] = keys[order]
        arrays[f"{label}_names"] = np.array([number[p[other]] for p in kept], np.uint16)[order]
        arrays[f"{label}_documents"] = np.array(list(kept.values())).clip(0, 255).astype(np.uint8)[order]
    return arrays


def _zipf(frequency: float) -> float:
    return round(float(np.log10(frequency)) + 9, 2)


def _english_words() -> set[str]:
    import wordfreq  # noqa: PLC0415 - a tool of the build

    return set(wordfreq.get_frequency_dict("en", wordlist="large"))


def _terms_table(folder: Path, data: Path, known: set[str]) -> NDArray[np.uint64]:
    """The keys of the terms that are no words and that no list of misspellings has, sorted."""
    wrong = {w for w, _, _ in misspellings(data)}
    return np.sort(hash_words(sorted(set(_terms(folder)) - known - wrong)))


def compile_lexicon(out: Path, data: Path, terms: Path, scowl: Path = _SCOWL) -> None:
    """Write the tables and their manifest into `out`."""
    table: dict[str, Entry] = collections.defaultdict(Entry)
    _add_scowl(table, scowl, _english_words())
    news = count_news(data)
    _add_news(table, news)
    _add_frequencies(table)
    for entry in table.values():
        if entry.flags & KNOWN:
            entry.flags &= ~RARE
        elif entry.flags & NAME and not entry.flags & RARE:
            entry.flags |= CAPITALISED
    table = {w: e for w, e in table.items() if e.flags or e.zipf or e.foreign_zipf}
    words = sorted(table)
    keys = hash_words(words)
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(np.diff(keys[order]) == 0)
    if len(same):
        msg = f"two words share a key: {[(words[order[i]], words[order[i + 1]]) for i in same[:9]]}"
        raise ValueError(msg)

    def column(values: Iterable[float]) -> NDArray[np.uint8]:
        return np.fromiter(values, np.float64, len(words)).round().clip(0, 255).astype(np.uint8)[order]

    entries = [table[w] for w in words]
    arrays: dict[str, NDArray[Any]] = {
        "keys": keys[order],
        "flags": column(e.flags for e in entries),
        "zipf": column(e.zipf * ZIPF_STEPS for e in entries),
        "foreign_zipf": column(e.foreign_zipf * ZIPF_STEPS for e in entries),
        "foreign_language": column(e.foreign_language for e in entries),
    }
    spellings = [
        (w, e.zipf)
        for w, e in table.items()
        if e.flags & KNOWN and e.zipf >= _SUGGESTED_ZIPF and w.isascii() and (w.isalpha() or "'" in w)
    ]
    blob, counts, zipfs = spelling_block(spellings)
    arrays |= {
        "spellings": blob,
        "spelling_counts": counts,
        "spelling_zipf": (zipfs * ZIPF_STEPS).round().astype(np.uint8),
        "edits": learn_edits(data),
        "trigrams": learn_trigrams(spellings),
    }
    arrays |= _name_pairs(table, news)
    listed = hash_words(sorted(set(listed_misspellings(data)) - {w for w, e in table.items() if e.flags & ~RARE}))
    arrays["misspellings"] = np.sort(listed)
    arrays["terms"] = _terms_table(terms, data, {w for w, e in table.items() if e.flags & KNOWN})
    arrays["contexts"] = count_contexts(data, _CONTEXTS)
    out.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(out / f"{name}.npy", array, allow_pickle=False)
    facts_ = {"languages": list(LANGUAGES), "words": len(words)}
    write_manifest(out, FORMAT, VERSION, **facts_)
    # The speller's model is learned with the tables just written, wherever they are.
    use_folder(out)
    (out / "speller.json").write_text(json.dumps(learn_unknown(data), indent=1) + "\n", "utf-8")
    write_manifest(out, FORMAT, VERSION, **facts_)
    (out / "meant.json").write_text(json.dumps(fit(list(planted_lists(data)))) + "\n", "utf-8")
    write_manifest(out, FORMAT, VERSION, **facts_)


def main() -> None:
    """Compile from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--scowl", type=Path, default=_SCOWL)
    parser.add_argument("--terms", type=Path, default=Path("node_modules/@cspell"), help="where npm put @cspell/dict-*")
    given = parser.parse_args()
    compile_lexicon(given.out, given.data, given.terms, given.scowl)


if __name__ == "__main__":
    main()
