"""The account: every record that was read is kept, in review, dropped, abstained or unreadable, and counted once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from detector.errors import AccountError
from detector.io import Unreadable
from detector.policy import Verdict

__all__ = ["PILES", "Tally", "check", "total"]

# By verdict, what becomes of a document; the fifth pile holds what could not be read.
PILES = {"keep": "kept", "review": "review", "drop": "dropped", "abstain": "abstained"}
UNREADABLE = "unreadable"

# So many places a cause and input are named in the manifest; unreadable.jsonl names all.
NAMED = 100


@dataclass
class Tally:
    """What became of the records of one source. Counting is all that it does, so it is the one type here that
    changes.
    """

    read: int = 0
    piles: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*PILES.values(), UNREADABLE), 0))
    dropped_by: dict[str, int] = field(default_factory=dict)
    abstained_by: dict[str, int] = field(default_factory=dict)
    unreadable_by: dict[str, int] = field(default_factory=dict)
    unreadable_at: dict[str, list[int]] = field(default_factory=dict)
    removed_characters: int = 0
    went_deep: int = 0

    def judged(self, verdict: Verdict, removed_characters: int) -> None:
        """Count a document that was judged; its first reason is what it was dropped by."""
        self.piles[PILES[verdict.action]] += 1
        self.removed_characters += removed_characters
        self.went_deep += "deep" in verdict.ran
        by = {"drop": self.dropped_by, "abstain": self.abstained_by}.get(verdict.action)
        if by is not None:
            code = verdict.reasons[0].code if verdict.reasons else "none"
            by[code] = by.get(code, 0) + 1

    def unreadable(self, record: Unreadable) -> None:
        """Count a record that could not be read."""
        self.piles[UNREADABLE] += 1
        self.unreadable_by[record.cause] = self.unreadable_by.get(record.cause, 0) + 1
        places = self.unreadable_at.setdefault(record.cause, [])
        if len(places) < NAMED:
            places.append(record.offset)

    def add(self, other: "Tally") -> None:
        """Add what another counted, later in the same source."""
        self.read += other.read
        self.removed_characters += other.removed_characters
        self.went_deep += other.went_deep
        for mine, theirs in (
            (self.piles, other.piles),
            (self.dropped_by, other.dropped_by),
            (self.abstained_by, other.abstained_by),
            (self.unreadable_by, other.unreadable_by),
        ):
            for key, n in theirs.items():
                mine[key] = mine.get(key, 0) + n
        for cause, places in other.unreadable_at.items():
            mine_at = self.unreadable_at.setdefault(cause, [])
            mine_at += places[: NAMED - len(mine_at)]

    def as_json(self) -> dict[str, Any]:
        """In plain types, sorted."""
        return {
            "read": self.read,
            **self.piles,
            "dropped_by": dict(sorted(self.dropped_by.items())),
            "abstained_by": dict(sorted(self.abstained_by.items())),
            "unreadable_by": dict(sorted(self.unreadable_by.items())),
            "unreadable_at": dict(sorted(self.unreadable_at.items())),
            "removed_characters": self.removed_characters,
            "went_deep": self.went_deep,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Tally":
        """Read the form that `as_json` writes."""
        piles = {pile: content[pile] for pile in (*PILES.values(), UNREADABLE)}
        return cls(piles=piles, **{k: v for k, v in content.items() if k not in piles})


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together; the places, which mean nothing without their source, left out."""
    out = Tally()
    for tally in tallies:
        out.add(tally)
    out.unreadable_at = {}
    return out


def check(tally: Tally, what: str) -> None:
    """Raise AccountError unless read = kept + review + dropped + abstained + unreadable."""
    answered = sum(tally.piles.values())
    if tally.read != answered:
        parts = " + ".join(f"{n:,} {pile}" for pile, n in tally.piles.items())
        msg = f"{what}: {tally.read:,} records were read, but {parts} = {answered:,}"
        raise AccountError(msg)
