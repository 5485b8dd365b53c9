"""Compile the function-word sequences that weak engines write and people do not.

    python -m detector.training.sequences DATA OUT

Reads the training documents (never those set aside for dev), counts in how many groups (source documents) each run of
two or three function words stands, in machine translation that is garble, and in news, translations, genres and
learners' essays; keeps the runs that are many times as frequent in the first as in each of the others. Writes
`keys.npy` (sorted uint64 hashes), `manifest.json` and `README.md` into OUT.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.assets import write_manifest
from detector.batch import cut
from detector.function_words import FORMAT, VERSION, sequence_runs
from detector.training.corpus import Labelled, training_rows
from detector.training.data import plain

__all__ = ["compile_sequences", "main"]

# A run is kept when it stands in at least this many groups of garble, and its rate by words is at least so many times
# that of each clean class. Set on dev/, where about one clean document in 200 is then marked; half of each number
# doubles what is found and triples the false marks.
AT_LEAST = 3
TIMES = {"news": 8.0, "translation": 1.5, "genre": 2.0, "learner": 2.5}
BATCH = 256


def _class(labelled: Labelled) -> str | None:
    kind = labelled.kind
    if kind.startswith("mt."):
        return "garble" if labelled.garble else None
    if kind.startswith(("genre", "learner")):
        return kind.split(".")[0]
    return "translation" if kind.startswith("ref") or kind == "native.mafand_src" else "news"


def _count(
    rows: Iterable[Labelled],
) -> tuple[dict[str, NDArray[np.uint64]], dict[str, NDArray[np.int64]], dict[str, int]]:
    """By class: the hashes of all runs, in how many groups each stands, and how many words were read."""
    pairs: dict[str, list[NDArray[np.uint64]]] = {}
    words: dict[str, int] = {}
    groups: dict[str, int] = {}
    waiting: dict[str, list[Labelled]] = {}

    def flush(name: str) -> None:
        kept = waiting.pop(name, [])
        batch = cut([plain(x.row["text"]) for x in kept])
        number = np.array([groups.setdefault(str(x.row.get("group")), len(groups)) for x in kept], np.uint64)
        for _, first, key in sequence_runs(batch):
            found = np.stack([key, number[batch.words.document[first]]], axis=1)
            pairs.setdefault(name, []).append(np.unique(found, axis=0))
        words[name] = words.get(name, 0) + len(batch.words)

    for labelled in rows:
        name = _class(labelled)
        if name is None:
            continue
        waiting.setdefault(name, []).append(labelled)
        if len(waiting[name]) == BATCH:
            flush(name)
    for name in list(waiting):
        flush(name)
    keys, counts = {}, {}
    for name, found in pairs.items():
        distinct = np.unique(np.concatenate(found), axis=0)[:, 0]
        keys[name], counts[name] = np.unique(distinct, return_counts=True)
    return keys, counts, words


def compile_sequences(rows: Iterable[Labelled]) -> tuple[NDArray[np.uint64], dict[str, int]]:
    """The hashes of the runs that speak for garble, sorted, and how many words of each class were read."""
    keys, counts, words = _count(rows)
    kept = counts["garble"] >= AT_LEAST
    candidates, rate = keys["garble"][kept], counts["garble"][kept] / words["garble"]
    good = np.ones(len(candidates), bool)
    for name, times in TIMES.items():
        at = np.searchsorted(keys[name], candidates).clip(max=len(keys[name]) - 1)
        here = np.where(keys[name][at] == candidates, counts[name][at], 0)
        good &= rate >= times * here / words[name]
    return candidates[good], words


def main(arguments: Sequence[str] | None = None) -> None:
    """Compile, write, and say what was kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    keys, words = compile_sequences(training_rows(options.data))
    options.out.mkdir(parents=True, exist_ok=True)
    np.save(options.out / "keys.npy", keys)
    read = ", ".join(f"{n:,} words of {name}" for name, n in sorted(words.items()))
    (options.out / "README.md").write_text(_CARD.format(kept=len(keys), read=read), "utf-8")
    write_manifest(options.out, FORMAT, VERSION, words=dict(sorted(words.items())))
    print(f"{len(keys)} sequences from {read}")


_CARD = """# Function-word sequences

{kept} hashes of runs of two or three function words ("from of") that weak translation engines write and people do not;
used by the signal `odd-sequence` (MT109). No text: a run is a 64-bit hash of words of a closed list
(`detector/function_words.py`).

Compiled by `python -m detector.training.sequences DATA OUT` from {read}: the training part of WMT news translations
2012 and 2021-23, Mozilla's engine outputs, MAFAND, Apertium round trips; US political news 2012-20, the English genres
and learners' essays named in the model card of the verdict. Several of these are for research only.

Limits: it learns the habits of the engines in the data (Igbo, Yoruba, Hausa, Turkish and the other pairs of WMT and
FLORES), and says little of engines whose English is fluent. Measured by `python -m detector.training.ablation`.
"""


if __name__ == "__main__":
    main()
