"""Learners' and pupils' real spelling errors, as people corrected them: what the marks find, and how many are right.

FCE essays (`likely_spelling`), W&I sentences (`spell_edits`) and Holbrook's pupils (`misspellings`). A *non-word* is a
single word of letters that neither the American nor the British dictionary has; what people corrected besides ("then"
for "than", "some times", morphology) is counted in a row of its own, since it is no spelling that a look-up can doubt.
A mark is right where people changed that word, for whatever reason.
"""

import ast
import collections
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detector.batch import hash_words
from detector.document import Span
from detector.lexicon import GB, US, lexicon
from detector.training.data import apart, rows

__all__ = ["Corrected", "grade_learners", "learners"]

Place = tuple[int, int]
Found = Sequence[Mapping[str, Sequence[Span]]]


@dataclass
class Corrected:
    """A text, the places that people changed, and of those the misspelt words with what they should be."""

    source: str
    text: str
    changed: list[Place] = field(default_factory=list)
    spelling: list[tuple[Place, str]] = field(default_factory=list)


def _list(value: object) -> list[Any]:
    out: list[Any] = value if isinstance(value, list) else ast.literal_eval(str(value or "[]"))
    return out


def _fce(row: Mapping[str, Any]) -> Corrected:
    made = Corrected("FCE", row["text"])
    made.changed = [(e[0], e[1]) for e in _list(row["edits"])]
    made.spelling = [((s, e), right) for s, e, right in _list(row["likely_spelling"]) if right]
    return made


def _wi(row: Mapping[str, Any]) -> Corrected:
    made = Corrected("W&I", row["text"])
    tokens = list(re.finditer(r"\S+", row["text"]))

    def place(edit: Sequence[Any]) -> Place:
        return tokens[edit[0]].start(), tokens[edit[1] - 1].end()

    made.changed = [place(e) for e in _list(row["edits"]) if e[1] > e[0]]
    made.spelling = [(place(e), e[3]) for e in _list(row["spell_edits"]) if e[1] > e[0] and e[3]]
    return made


def _holbrook(row: Mapping[str, Any]) -> Corrected:
    """The list gives no places: each misspelling is looked for behind the one before it."""
    made, last = Corrected("Holbrook", row["text"]), 0
    for wrong, right in _list(row["misspellings"]):
        match = re.compile(rf"(?<!\w){re.escape(wrong)}(?!\w)").search(row["text"], last)
        if match:
            last = match.end()
            made.changed.append(match.span())
            made.spelling.append((match.span(), right))
    return made


def learners(data: Path, split: str) -> Iterator[Corrected]:
    """Every corrected text of a split; dev has W&I sentences of the tenth of train/ that is kept apart."""
    for row in rows(data / split / "learner_docs.jsonl.zst"):
        if row["source"].startswith("FCE"):
            yield _fce(row)
        elif row["source"] == "Holbrook":
            yield _holbrook(row)
    folder = data / ("train" if split == "dev" else split)
    for row in rows(folder / "learner_sentences.jsonl.zst"):
        if "spell_edits" in row and (split != "dev" or apart(row)):
            yield _wi(row)


def _no_words(words: Sequence[str]) -> set[str]:
    """Of some words those of letters alone that no dictionary has, in whatever case."""
    plain = sorted({w for w in words if re.fullmatch(r"[A-Za-z]{2,}", w)})
    if not plain:
        return set()
    table = lexicon()
    at = table.rows(hash_words([w.lower() for w in plain]))
    return {w for w, i in zip(plain, at.tolist(), strict=True) if i < 0 or not table.flags[i] & (US | GB)}


def _touch(a: Place, b: Place) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def grade_learners(
    data: Path, split: str, marks: Callable[[Sequence[str]], Found], missed: list[tuple[str, str]] | None = None
) -> Iterator[str]:
    """Lines of the table; `missed` gathers what was not found, as (wrong, right)."""
    given = list(learners(data, split))
    found = marks([g.text for g in given])
    bad = _no_words([g.text[s:e] for g in given for (s, e), _ in g.spelling])
    tally: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for g, own in zip(given, found, strict=True):
        places = sorted({(s.start, s.end) for f in own.values() for s in f})
        shown = {(s.start, s.end): s.detail.get("suggestions", ()) for f in own.values() for s in f}
        for t in (tally[g.source], tally["all"]):
            t["words"] += len(g.text.split())
            t["marks"] += len(places)
            t["right"] += sum(any(_touch(p, c) for c in g.changed) for p in places)
            for (start, end), right in g.spelling:
                word = g.text[start:end]
                kind = "non-words" if word in bad else "others"
                hit = next((p for p in places if _touch(p, (start, end))), None)
                t[kind] += 1
                t[f"{kind} found"] += hit is not None
                if hit and kind == "non-words":
                    t["first"] += [str(s).lower() for s in shown[hit]][:1] == [right.lower()]
        if missed is not None:
            missed += [
                (g.text[s:e], right)
                for (s, e), right in g.spelling
                if g.text[s:e] in bad and not any(_touch(p, (s, e)) for p in places)
            ]
    for source, t in sorted(tally.items()):
        yield (
            f"{source:9} {t['words']:7} words  P {t['right'] / max(t['marks'], 1):.3f} of {t['marks']} marks  "
            f"R {t['non-words found'] / max(t['non-words'], 1):.3f} of {t['non-words']} non-words, first suggestion "
            f"{t['first'] / max(t['non-words found'], 1):.3f};  real words and spaces "
            f"R {t['others found'] / max(t['others'], 1):.3f} of {t['others']}"
        )
