"""A small labelled set in the form of the referee's, with scores: for tests of the evaluation. All texts are ours."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["Labelled", "labelled_set"]

_SUBJECTS = "the council|a farmer|our neighbour|the old bridge|her sister|the committee".split("|")
_VERBS = "opened|repaired|sold|painted|found|moved".split("|")
_OBJECTS = "the gate|a boat|two windows|the letter|an empty house|the last of the apples".split("|")
_WHEN = "in spring|before noon|after the storm|without a word|last year|for a week".split("|")

HIT = 0.7  # of the planted misspellings are marked, a letter too far

# Tier, how many documents, the mean of their scores.
_TIERS = (
    ("native.news", 150, 0.0),
    ("native.news_other", 12, 0.2),
    ("native.mafand_src", 25, 0.3),
    ("ref.web", 40, 0.6),
    ("genre.legal", 25, 0.1),
    ("learner.FCE", 25, 0.5),
    ("mt.web", 30, 0.8),
    ("mt.web_weak", 40, 2.0),
    ("mt.mafand_poor", 25, 2.5),
    ("mt.apertium", 22, 3.0),
)


class Labelled:
    """The files of the set: docs, key, scores."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.docs, self.key, self.scores = (folder / f"{name}.jsonl" for name in ("docs", "key", "scores"))


def _sentence(rng: random.Random, *, broken: bool = False) -> str:
    parts = [rng.choice(x) for x in (_SUBJECTS, _VERBS, _OBJECTS, _WHEN)]
    if broken:
        parts = [*parts[2:], "dedi", *parts[:2], "of the of the"]
    said = " ".join(parts)
    return said[0].upper() + said[1:] + "."


def _article(rng: random.Random, sentences: int, *, broken: bool = False) -> str:
    return "\n".join(_sentence(rng, broken=broken) for _ in range(sentences))


def _spans(text: str, rng: random.Random, axis: str, gold: list[Any]) -> list[dict[str, Any]]:
    """Marks on some places of gold, and on some lines, whole and in part, that overlap and touch."""
    out: list[dict[str, Any]] = [{"start": s, "end": e + 1, "axis": axis} for s, e, _ in gold if rng.random() < HIT]
    at = 0
    for line in text.split("\n"):
        for _ in range(rng.randrange(2 if gold else 3)):
            start = at + rng.randrange(len(line))
            end = min(at + len(line), start + rng.randrange(1, len(line)))
            if end > start:
                out.append({"start": start, "end": end, "axis": axis})
        at += len(line) + 1
    return out


def _graded(rng: random.Random) -> list[tuple[str, dict[str, Any]]]:
    out = []
    for tier, n, _ in _TIERS:
        for i in range(n):
            text = _article(rng, 12, broken=tier.startswith("mt."))
            facts = {"group": f"wmt20:{i % 40}", "system": "babel" if tier.startswith("mt.") else None, "lp": "xx-en"}
            out.append((text, {"tier": tier, **facts, "chrf": None, "task": "garble"}))
    return out


def _places(rng: random.Random) -> list[tuple[str, dict[str, Any]]]:
    out: list[tuple[str, dict[str, Any]]] = []
    for kind in ("splice.garbled", "splice.human_translation", "splice.native"):
        for _ in range(8):
            gold = [3, 4] if kind == "splice.garbled" else []
            out.append((_article(rng, 8), {"tier": kind, "gold": gold, "task": "splice"}))
    for rate in ("0", "0.01", "0.03"):
        for _ in range(8):
            text = _article(rng, 6)
            words: list[Any] = [[4, 9, "aspell"], [20, 26, "birkbeck"]] if rate != "0" else []
            out.append((text, {"tier": f"typos.{rate}", "gold": words, "task": "typos"}))
    out += [(_article(rng, 6), {"tier": "typos.names", "gold": [[4, 9, "name"]], "task": "typos"}) for _ in range(8)]
    out += [
        (_article(rng, 6), {"tier": "boilerplate.pages", "labels": "BCCB?C", "task": "boilerplate"}) for _ in range(8)
    ]
    return [*out, (_article(rng, 9), {"tier": "seed", "seed": "000.txt", "task": "seed"})]


def _write(path: Path, records: list[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")


def labelled_set(folder: Path) -> Labelled:
    """Write the set into a folder: the same every time."""
    rng = random.Random(20261124)  # noqa: S311 - not secret
    mean = {tier: score for tier, _, score in _TIERS}
    found = Labelled(folder)
    docs: list[Mapping[str, Any]] = []
    key: list[Mapping[str, Any]] = []
    scores: list[Mapping[str, Any]] = []
    for i, (text, facts) in enumerate([*_graded(rng), *_places(rng)]):
        axis = {"typos": "typos", "boilerplate": "boilerplate"}.get(facts["task"], "garble")
        # Rounded, so that there are ties.
        numbers = {a: round(rng.gauss(mean.get(facts["tier"], 0.0), 1), 1) for a in ("garble", "typos", "boilerplate")}
        docs.append({"id": f"j{i}", "text": text})
        key.append({"id": f"j{i}", **facts})
        scores.append(
            {
                "id": f"j{i}",
                "scores": numbers,
                "spans": _spans(text, rng, axis, facts["gold"] if axis == "typos" else []),
            }
        )
    for path, records in ((found.docs, docs), (found.key, key), (found.scores, scores)):
        _write(path, records)
    return found
