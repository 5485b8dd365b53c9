"""Scores beside the data: a policy can be applied, and changed, without judging again.

A file of attributes goes with each input, under its name. As JSON lines it has the form of dolma's attributes: spans
`[start, end, score]` under names that begin with `detector__`; a second object, `detector`, holds what spans cannot. As
Parquet it has the scores in columns of their own.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from detector.document import Span
from detector.errors import ConfigurationError, MissingExtraError, UsageError
from detector.features import Measurement
from detector.io import Read, Source
from detector.io.jsonl_out import to_json
from detector.policy import Policy, Verdict, decide
from detector.registry import all_signals, by_code
from detector.scorer import AXES, Assessment

__all__ = ["FORMATS", "Budget", "Stored", "attribute", "find_line", "name_of", "policy_of", "to_parquet", "trust"]

FORMATS = ("jsonl", "parquet")
SCHEMA = "detector-attributes/1"
_PREFIX = "detector__"
_ROWS = 2_000
# A line is found on so many records, evenly spaced: a share of 1 % then has a standard error of 0.01 percentage points.
SAMPLE = 1_000_000


def name_of(source: Source, format_: str) -> str:
    """The file of attributes that goes with a source."""
    return f"{source.name}.{format_ or FORMATS[0]}"


def _finger(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def attribute(read: Read, verdict: Verdict) -> bytes:
    """What is stored of a judged document, as a line of JSON."""
    assessment, text = verdict.assessment, read.document.text
    axes = {axis: getattr(assessment, axis) for axis in (*AXES, "p_low_quality")}
    attributes: dict[str, Any] = {f"{_PREFIX}{axis}": [[0, len(text), p]] for axis, p in axes.items()}
    details: dict[str, Any] = {}
    for measured in assessment.measurements:
        if measured.evidence:
            attributes[_PREFIX + measured.code] = [[s.start, s.end, s.mark] for s in measured.evidence]
            if any(s.detail for s in measured.evidence):
                details[measured.code] = [dict(s.detail) for s in measured.evidence]
    stored = {
        "schema": SCHEMA,
        "position": read.position,
        "text": _finger(text),
        "verdict": verdict.action,
        "ran": list(verdict.ran),
        "measurements": {m.code: m.value for m in assessment.measurements},
        "contributions": dict(assessment.contributions),
        "base": assessment.base,
        "details": details,
    }
    document = read.document
    return to_json({"id": document.id, "source": document.source, "attributes": attributes, "detector": stored})


def to_parquet(parts: Sequence[Path], target: Path) -> None:
    """Turn lines of attributes into a Parquet file."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        msg = "writing .parquet needs pyarrow: pip install 'detector[parquet]'"
        raise MissingExtraError(msg) from error
    numbers = [pa.field(name, pa.float64()) for name in (*AXES, "p_low_quality")]
    texts = [pa.field(name, pa.string()) for name in ("id", "source", "verdict", "attributes", "detector")]
    schema = pa.schema([pa.field("position", pa.int64()), *texts, *numbers])
    lines = (line for part in parts for line in _lines(part))
    with pq.ParquetWriter(target, schema, compression="zstd") as sink:
        while rows := [_row(line) for line in islice(lines, _ROWS)]:
            sink.write_table(pa.Table.from_pylist(rows, schema))


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _row(line: bytes) -> dict[str, Any]:
    record = orjson.loads(line)
    stored = record["detector"]
    return {
        "position": stored["position"],
        "id": record["id"],
        "source": record["source"],
        "verdict": stored["verdict"],
        "attributes": json.dumps(record["attributes"]),
        "detector": json.dumps(stored),
        **{axis: record["attributes"][_PREFIX + axis][0][2] for axis in (*AXES, "p_low_quality")},
    }


def _records(folder: Path, source: Source) -> Iterator[dict[str, Any]]:
    """The stored records that go with a source, in order."""
    for format_ in FORMATS:
        path = folder / name_of(source, format_)
        if path.exists():
            break
    else:
        return
    if format_ == "jsonl":
        for line in _lines(path):
            yield orjson.loads(line)
        return
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    for batch in pq.ParquetFile(path).iter_batches(_ROWS, columns=["id", "source", "attributes", "detector"]):
        for row in batch.to_pylist():
            yield {**row, "attributes": orjson.loads(row["attributes"]), "detector": orjson.loads(row["detector"])}


def _failed(folder: Path) -> Iterator[tuple[tuple[str, int], str]]:
    """The documents over which judging failed when a folder was written: source and position, and why."""
    path = folder / "unreadable.jsonl"
    for line in _lines(path) if path.exists() else ():
        entry = orjson.loads(line)
        if entry["cause"] == "quarantined":
            yield (entry["source"], entry["position"]), entry["message"]


def trust(folder: Path) -> dict[str, Any]:
    """The manifest of a folder of attributes; ConfigurationError if it is none."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
        known = manifest["options"]["kind"] == "attributes"
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{folder}: no folder that detector score --attributes has written ({error})"
        raise ConfigurationError(msg) from error
    if not known:
        msg = f"{folder}: no folder that detector score --attributes has written"
        raise ConfigurationError(msg)
    return manifest


def policy_of(folder: Path) -> Policy:
    """The policy that was the default when a folder of attributes was written."""
    return Policy.from_json(trust(folder)["policy"])


class Stored:
    """Gives the verdicts that a policy draws from stored scores, in the ways of a judge.

    `drop_above`: what has a higher `p_low_quality` is dropped and the rest is kept, whatever the policy says.
    """

    def __init__(
        self, folder: Path, policy: Policy | None, ignore: Sequence[str] = (), drop_above: float | None = None
    ) -> None:
        self._folder = folder
        manifest = trust(folder)
        self._policy = policy or Policy.from_json(manifest["policy"])
        self._ignore = frozenset(s.code for s in all_signals() if {s.code, s.name} & set(ignore))
        self._drop_above = drop_above
        self._signals = by_code(all_signals())
        self._failed = dict(_failed(folder))
        self._open: tuple[str, Iterator[dict[str, Any]]] | None = None
        self._at = -1
        self.model: str = manifest["model"]
        self.deep: str = manifest["deep"]
        self.policy = self._policy

    def judge_reads(self, source: Source, reads: Sequence[Read]) -> list[Verdict | str]:
        """The verdicts on records of a source, in order; for one over which judging failed, why. UsageError if what is
        stored is not about them.
        """
        return [self._failed.get((r.document.source, r.position)) or self._verdict(source, r) for r in reads]

    def _verdict(self, source: Source, read: Read) -> Verdict:
        if self._open is None or self._open[0] != source.name or self._at >= read.position:
            self._open = (source.name, _records(self._folder, source))
        for record in self._open[1]:
            self._at = record["detector"]["position"]
            if self._at >= read.position:
                break
        else:
            self._at = -1
        if self._at != read.position or record["detector"]["text"] != _finger(read.document.text):
            msg = f"{read.document.source}: {self._folder} has no scores for this text; score the input again"
            raise UsageError(msg)
        return self._decide(record)

    def _decide(self, record: Mapping[str, Any]) -> Verdict:
        stored, attributes = record["detector"], record["attributes"]
        codes = [code for code in stored["measurements"] if code in self._signals]
        measurements = tuple(
            Measurement(code, stored["measurements"][code], tuple(_spans(code, attributes, stored))) for code in codes
        )
        p = {axis: attributes[_PREFIX + axis][0][2] for axis in (*AXES, "p_low_quality")}
        assessment = Assessment(
            **p,
            measurements=measurements,
            contributions=stored["contributions"],
            base=stored["base"],
            model=self.model,
        )
        signals = [self._signals[code] for code in codes]
        verdict = decide(assessment, self._policy, signals, tuple(stored["ran"]), self._ignore)
        if self._drop_above is None or verdict.action == "abstain":
            return verdict
        return replace(verdict, action="drop" if p["p_low_quality"] > self._drop_above else "keep")


def _spans(code: str, attributes: Mapping[str, Any], stored: Mapping[str, Any]) -> Iterator[Span]:
    spans = attributes.get(_PREFIX + code, ())
    details = stored["details"].get(code) or [{}] * len(spans)
    for (start, end, mark), detail in zip(spans, details, strict=True):
        yield Span(start, end, mark, detail)


@dataclass(frozen=True, slots=True)
class Budget:
    """A line that was found for a budget.

    `drop_above`: the line; `share`: of the sample that lies above it; `precision`: the expected share of low quality
    among those, which is their mean probability (it is calibrated, under the published mix); `sample`: how many
    documents it was found on.
    """

    drop_above: float
    share: float
    precision: float
    sample: int

    def facts(self) -> dict[str, Any]:
        """In plain types."""
        return asdict(self)


_BUDGET = re.compile(r"(drop|keep)\s+(\d+(?:\.\d+)?)\s*%")


def find_line(folder: Path, sources: Sequence[Source], budget: str) -> Budget:
    """The line that drops at most, or keeps at least, a share of what is judged ("drop 1%", "keep 90%")."""
    parsed = _BUDGET.fullmatch(budget.strip())
    if parsed is None or float(parsed[2]) > 100:
        msg = f"--budget {budget}: say 'drop 1%' or 'keep 90%'"
        raise UsageError(msg)
    share = float(parsed[2]) / 100 if parsed[1] == "drop" else 1 - float(parsed[2]) / 100
    sample = _sample(folder, sources)
    if not sample:
        msg = f"{folder}: has no scores to find a line on"
        raise UsageError(msg)
    sample.sort(reverse=True)
    line = sample[min(int(len(sample) * share + 1e-9), len(sample) - 1)]
    above = [p for p in sample if p > line]
    return Budget(line, len(above) / len(sample), sum(above) / len(above) if above else 0.0, len(sample))


def _sample(folder: Path, sources: Sequence[Source]) -> list[float]:
    """Scores of judged documents, every n-th, n doubled whenever there are too many."""
    sample: list[float] = []
    every, number = 1, 0
    for source in sources:
        for record in _records(folder, source):
            if record["detector"]["verdict"] == "abstain":
                continue
            if number % every == 0:
                sample.append(record["attributes"][f"{_PREFIX}p_low_quality"][0][2])
                if len(sample) > SAMPLE:
                    sample, every = sample[::2], every * 2
            number += 1
    return sample
