"""What is to be done, in a form that can be written down, compared and sent to another process."""

import importlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from detector.document import Document
from detector.io import CHUNK_BYTES, Options, Source
from detector.policy import Policy, Verdict

__all__ = ["Job", "Judge", "Judging", "Task"]


class Judge(Protocol):
    """What judges: `detector.pipeline.Detector`, or something with its ways."""

    @property
    def model(self) -> str:
        """Name and hash of the model."""

    @property
    def policy(self) -> Policy:
        """Where the lines are."""

    @property
    def deep(self) -> str:
        """Whether the neural model reads."""

    def judge_batch(self, documents: list[Document]) -> list[Verdict]:
        """Judge documents together."""


@dataclass(frozen=True)
class Judging:
    """How to judge: the arguments of `Detector`, in plain types. `judge`: module and name of what makes the judge."""

    deep: str = "auto"
    languagetool: str = "never"
    ignore: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    dialect: str = "any"
    policy: Mapping[str, Mapping[str, float]] | None = None
    model: str | None = None
    site_lines: str | None = None
    site_field: str = ""
    judge: str = "detector.pipeline:Detector"

    def make(self) -> Judge:
        """Load what judges."""
        module, _, name = self.judge.partition(":")
        asked: dict[str, Any] = asdict(self)
        del asked["judge"]
        asked["policy"] = Policy.from_json(self.policy) if self.policy is not None else None
        asked["model"] = Path(self.model) if self.model else None
        asked["site_lines"] = Path(self.site_lines) if self.site_lines else None
        return cast("Judge", getattr(importlib.import_module(module), name)(**asked))


@dataclass(frozen=True)
class Job:
    """A corpus to clean or to score.

    `kind`: "clean" (sort documents into piles), "score" (one wire record a document) or "attributes" (a file of scores
    beside each input), or "count" (what of its sites each chunk says; the first pass of the others, never asked for
    alone). `out`: a folder, for "score" a file. `format`: of the outputs, "" for that of each input.
    `keep`: the kinds of furniture to leave in, None to leave all in. `by_site`: count first which lines recur on their
    sites; `site_field`: the field that names a document's site. `chunk_bytes`: how much is done, and redone after
    a kill, at a time; the outputs depend on it (where compressed frames begin), so it is part of what must stay the
    same.
    """

    kind: Literal["clean", "score", "attributes", "count"]
    inputs: tuple[str, ...]
    out: str
    options: Options = field(default_factory=Options)
    judging: Judging = field(default_factory=Judging)
    format: str = ""
    keep: tuple[str, ...] | None = ()
    limit: int | None = None
    chunk_bytes: int = CHUNK_BYTES
    scores: str = ""
    drop_above: float | None = None
    by_site: bool = False
    site_field: str = ""

    def as_json(self) -> dict[str, Any]:
        """In plain types."""
        return cast("dict[str, Any]", json.loads(json.dumps(asdict(self))))

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Job":
        """Read the form that `as_json` writes."""
        judging = dict(content["judging"])
        judging["ignore"], judging["words"] = tuple(judging["ignore"]), tuple(judging["words"])
        keep = content["keep"]
        changed = {
            "inputs": tuple(content["inputs"]),
            "options": Options(**{**content["options"], "also": tuple(content["options"]["also"])}),
            "judging": Judging(**judging),
            "keep": None if keep is None else tuple(keep),
        }
        return cls(**{**content, **changed})


@dataclass(frozen=True)
class Task:
    """One chunk: the records of some sources that begin at offsets from `begin` up to `end` (-1: to the end).

    `sources`: (index, source, path of a local copy or "") each; more than one only for text files. `position`: of the
    record at `begin`; `sequential`: the sources cannot be entered in the middle, so whoever reads begins at the
    beginning. `limit`: read no more records than that. `suspects`: two (source, position) pairs, a range whose
    documents are judged one by one, because a worker died over them; `quarantine`: the pairs of those that are not
    judged at all.
    """

    id: str
    sources: tuple[tuple[int, Source, str], ...]
    begin: int = 0
    end: int = -1
    position: int = 0
    sequential: bool = False
    limit: int = -1
    suspects: tuple[tuple[int, int], tuple[int, int]] | None = None
    quarantine: tuple[tuple[int, int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """In plain types."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Task":
        """Read the form that `as_json` writes."""
        suspects = content["suspects"]
        changed = {
            "sources": tuple((i, Source(**source), local) for i, source, local in content["sources"]),
            "suspects": (tuple(suspects[0]), tuple(suspects[1])) if suspects else None,
            "quarantine": tuple(tuple(pair) for pair in content["quarantine"]),
        }
        return cls(**{**content, **changed})
