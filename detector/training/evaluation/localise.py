"""Did it mark the right places? Lines, sentences, words, misspellings and furniture against gold: counts, no texts.

The rules are the referee's: a garbled line is found when garble spans cover more than 30 % of it, a line of furniture
at 50 %, a misspelling at half of its letters.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from detector.batch import cut
from detector.training.evaluation.read import Item

__all__ = ["Localisation", "f1"]

GARBLED_LINE = 0.3
FURNITURE_LINE = 0.5
MISSPELLING = 0.5
CLEAN = "typos.0"  # the tier into which no misspelling was planted

Place = tuple[int, int]


def f1(found: float, wrong: float, missed: float) -> dict[str, float]:
    """Precision, recall and their harmonic mean from true positives, false positives and false negatives."""
    precision, recall = found / max(1, found + wrong), found / max(1, found + missed)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(1e-9, precision + recall)}


def _places(spans: Sequence[Mapping[str, Any]], axis: str) -> list[Place]:
    """The places of an axis, sorted; overlapping ones count once."""
    out: list[Place] = []
    for start, end in sorted((s["start"], s["end"]) for s in spans if s.get("axis") == axis):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _covered(places: Sequence[Place], start: int, end: int) -> int:
    first = max(0, bisect_left(places, (start, start)) - 1)
    return sum(max(0, min(e, end) - max(s, start)) for s, e in places[first : bisect_left(places, (end, end))])


def _lines(text: str) -> list[Place]:
    out, at = [], 0
    for line in text.split("\n"):
        out.append((at, at + len(line)))
        at += len(line) + 1
    return out


class Localisation:
    """Counts by tier, one document after another."""

    def __init__(self, word_codes: frozenset[str]) -> None:
        self._word_codes = word_codes
        self._counts: dict[str, dict[str, dict[str, float]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(float))
        )
        self._sources: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, item: Item, spans: Sequence[Mapping[str, Any]]) -> None:
        """Count one document."""
        task = item.facts.task
        if task == "splice" and item.gold is not None:
            self._splice(item, spans)
        elif task == "typos" and item.gold is not None:
            self._typos(item, spans)
        elif task == "boilerplate" and item.labels:
            self._boilerplate(item, spans)
        elif task == "garble" and item.errors is not None:
            self._errors(item, spans)

    def _count(self, what: str, tier: str, **counts: float) -> None:
        mine = self._counts[what][tier]
        for name, n in counts.items():
            mine[name] += n

    def _splice(self, item: Item, spans: Sequence[Mapping[str, Any]]) -> None:
        places = _places(spans, "garble")
        gold = set(item.gold or ())
        for j, (start, end) in enumerate(_lines(item.document.text)):
            hit = _covered(places, start, end) > GARBLED_LINE * (end - start)
            self._count("lines", item.facts.tier, **_confusion(hit=hit, gold=j in gold), units=1)

    def _typos(self, item: Item, spans: Sequence[Mapping[str, Any]]) -> None:
        places, gold, tier = _places(spans, "typos"), item.gold or (), item.facts.tier
        if tier == CLEAN:
            self._count("clean", tier, marks=len(places), words=len(item.document.text.split()))
            return
        used: set[int] = set()
        for start, end, *source in gold:
            overlaps = (
                j
                for j, (s, e) in enumerate(places)
                if j not in used and min(end, e) - max(start, s) >= MISSPELLING * self._size(tier, (start, end), (s, e))
            )
            match = next(overlaps, None)
            self._sources[str(source[0]) if source else ""][match is not None] += 1
            self._count("typos", tier, **_confusion(hit=match is not None, gold=True))
            if match is not None:
                used.add(match)
        self._count("typos", tier, wrong=len(places) - len(used))

    @staticmethod
    def _size(tier: str, gold: Place, place: Place) -> int:
        """A name counts as found when half of it is marked, a misspelling when the longer of both is half the other."""
        if tier == "typos.names":
            return gold[1] - gold[0]
        return max(gold[1], place[1]) - min(gold[0], place[0])

    def _boilerplate(self, item: Item, spans: Sequence[Mapping[str, Any]]) -> None:
        places, tier = _places(spans, "boilerplate"), item.facts.tier
        for (start, end), label in zip(_lines(item.document.text), item.labels, strict=False):
            if label in "BC":
                size, gold = end - start, label == "B"
                hit = _covered(places, start, end) > FURNITURE_LINE * size
                self._count("furniture", tier, **_confusion(hit=hit, gold=gold))
                by_size = {name: n * size for name, n in _confusion(hit=hit, gold=gold).items()}
                self._count("furniture characters", tier, **by_size, content=0 if gold else size)

    def _errors(self, item: Item, spans: Sequence[Mapping[str, Any]]) -> None:
        gold = list(item.errors or ())
        merged = _places([{"start": s, "end": e, "axis": "gold"} for s, e in gold], "gold")
        places = _places(spans, "garble")
        words = _places([s for s in spans if s.get("code", "") in self._word_codes or "code" not in s], "garble")
        batch = cut([item.document.text])
        offset, tier = int(batch.document_start[0]), item.facts.tier
        for start, end in zip((batch.words.start - offset).tolist(), (batch.words.end - offset).tolist(), strict=True):
            hit, bad = _covered(words, start, end) > 0, _covered(merged, start, end) > 0
            self._count("words", tier, **_confusion(hit=hit, gold=bad), units=1)
        sentences = batch.sentences
        for start, end in zip((sentences.start - offset).tolist(), (sentences.end - offset).tolist(), strict=True):
            hit = _covered(places, start, end) > GARBLED_LINE * (end - start)
            self._count("sentences", tier, **_confusion(hit=hit, gold=_covered(merged, start, end) > 0), units=1)

    def as_json(self) -> dict[str, Any]:
        """What was counted, as precision, recall and F1 by kind of place and tier."""
        out: dict[str, Any] = {}
        for what, tiers in sorted(self._counts.items()):
            out[what] = {tier: _figures(counts) for tier, counts in sorted(tiers.items())}
        if self._sources:
            out["recall of misspellings by source"] = {
                s: found / (missed + found) for s, (missed, found) in self._sources.items()
            }
        return out

    def pooled(self, what: str, tiers: Sequence[str]) -> dict[str, float]:
        """Precision, recall and F1 over several tiers."""
        mine = [self._counts[what][tier] for tier in tiers if tier in self._counts[what]]
        return f1(*(sum(c[name] for c in mine) for name in ("found", "wrong", "missed")))


def _confusion(*, hit: bool, gold: bool) -> dict[str, int]:
    return {"found": int(hit and gold), "wrong": int(hit and not gold), "missed": int(gold and not hit)}


def _figures(counts: Mapping[str, float]) -> dict[str, float]:
    if "marks" in counts:
        return {"marks_per_1000_words": 1000 * counts["marks"] / max(1, counts["words"]), "words": counts["words"]}
    out = {**f1(counts["found"], counts["wrong"], counts["missed"]), "n": counts["found"] + counts["missed"]}
    if counts.get("units"):
        out["wrong_share"] = counts["wrong"] / counts["units"]
        out["units"] = counts["units"]
    if counts.get("content"):
        out["content_lost"] = counts["wrong"] / counts["content"]
    return out
