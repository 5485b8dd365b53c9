"""Rows in, columns out: what the adapters to engines of tables share."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detector.corpus import PILES, Judging, Tally
from detector.corpus.work import judge_all, quarantined
from detector.document import Document
from detector.io import Read
from detector.policy import Verdict
from detector.strip import strip

if TYPE_CHECKING:
    from detector.corpus.job import Judge

__all__ = ["COLUMNS", "Rows", "account"]

# The columns that are added to a table, and what is in them: text, number or JSON.
COLUMNS = {
    "verdict": "string",
    "p_low_quality": "double",
    "garble": "double",
    "typos": "double",
    "boilerplate": "double",
    "reasons": "string",
    "cleaned": "string",
    "removed": "long",
    "ran": "string",
}


class Rows:
    """Judges the texts of rows: columns named `detector_...`.

    `verdict` is keep, review, drop, abstain, or unreadable (no text; or judging it failed: `reasons` says so).
    `reasons` is JSON, `cleaned` the text without its boilerplate, `removed` how many characters that took away. What it
    judges with is loaded at the first row, so that it can be sent to other processes.
    """

    def __init__(self, judging: Judging | None = None, *, keep: Sequence[str] = (), prefix: str = "detector_") -> None:
        self._judging = judging or Judging()
        self._keep = frozenset(keep)
        self._prefix = prefix
        self._judge: Judge | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_judge": None}

    def columns(self, texts: Sequence[Any]) -> dict[str, list[Any]]:
        """The columns for texts (str; anything else is unreadable), in their order."""
        out: dict[str, list[Any]] = {self._prefix + name: [] for name in COLUMNS}
        for values in self.judge(texts):
            for name, value in values.items():
                out[self._prefix + name].append(value)
        return out

    def judge(self, texts: Sequence[Any]) -> list[dict[str, Any]]:
        """The same, a dictionary a row, without the prefix."""
        if self._judge is None:
            self._judge = self._judging.make()
        reads = [Read(Document("", t), i, i) for i, t in enumerate(texts) if isinstance(t, str)]
        verdicts: dict[int, Verdict | str] = {}
        for start in range(0, len(reads), 256):
            some = reads[start : start + 256]
            verdicts.update(zip((r.position for r in some), judge_all(self._judge, some), strict=True))
        answers = {r.position: r for r in reads}
        return [
            self._row(answers[i], verdicts[i]) if i in answers else _unreadable("text-type", "there is no text")
            for i in range(len(texts))
        ]

    def _row(self, read: Read, verdict: Verdict | str) -> dict[str, Any]:
        if isinstance(verdict, str):
            entry = quarantined(read, verdict)
            return _unreadable(entry.cause, entry.message)
        assessment = verdict.assessment
        text, removed = read.document.text, 0
        if verdict.action in ("keep", "review"):
            stripped = strip(read.document, verdict, self._keep)
            text, removed = stripped.text, stripped.removed_characters
        reasons = [{"code": r.code, "name": r.name, "message": r.message, "axis": r.axis} for r in verdict.reasons]
        return {
            "verdict": verdict.action,
            "p_low_quality": assessment.p_low_quality,
            "garble": assessment.garble,
            "typos": assessment.typos,
            "boilerplate": assessment.boilerplate,
            "reasons": json.dumps(reasons),
            "cleaned": text,
            "removed": removed,
            "ran": ",".join(verdict.ran),
        }


def _unreadable(cause: str, message: str) -> dict[str, Any]:
    none = dict.fromkeys(COLUMNS)
    return {**none, "verdict": "unreadable", "reasons": json.dumps([{"code": cause, "message": message}]), "removed": 0}


def account(rows: Sequence[Mapping[str, Any]], prefix: str = "detector_") -> Tally:
    """The account of rows that were judged (or of groups of them: with a `count`), as that of a local run."""
    out = Tally()
    for row in rows:
        n = int(row.get("count", 1))
        verdict, reasons = row[f"{prefix}verdict"], json.loads(row[f"{prefix}reasons"])
        code = reasons[0]["code"] if reasons else "none"
        out.read += n
        out.piles[PILES.get(verdict, "unreadable")] += n
        out.removed_characters += int(row[f"{prefix}removed"])
        out.went_deep += n * ("deep" in (row[f"{prefix}ran"] or ""))
        by = {"drop": out.dropped_by, "abstain": out.abstained_by, "unreadable": out.unreadable_by}.get(verdict)
        if by is not None:
            by[code] = by.get(code, 0) + n
    return out
