"""The wire format, version 1: one JSON object a document, the same from the command line, the API and the service.

`wire.schema.json` beside this file is its published schema; the tests validate every kind of record against it.
"""

import functools
import json
import operator
from typing import TYPE_CHECKING, Any

import orjson

from detector import __version__

if TYPE_CHECKING:
    from detector.document import Document
    from detector.policy import Verdict

__all__ = ["SCHEMA", "record", "schema", "to_json"]

SCHEMA = "detector/1"

_PLACE = operator.itemgetter("start", "end", "code")


def record(document: "Document", verdict: "Verdict") -> dict[str, Any]:
    """The record of one judged document. Spans are code points of the text as read, end exclusive, sorted by place."""
    assessment = verdict.assessment
    axes = _axes()
    found = [m for m in assessment.measurements if m.evidence]
    shown = {m.code: len(m.evidence) for m in found}
    spans = [
        {
            "start": span.start,
            "end": span.end,
            "axis": axes.get(measurement.code),
            "code": measurement.code,
            "mark": float(span.mark),
            "detail": dict(span.detail),
        }
        for measurement in found
        for span in measurement.evidence
    ]
    spans.sort(key=_PLACE)
    return {
        "schema": SCHEMA,
        "id": document.id,
        "source": document.source,
        "verdict": verdict.action,
        "p_low_quality": assessment.p_low_quality,
        "scores": {"garble": assessment.garble, "typos": assessment.typos, "boilerplate": assessment.boilerplate},
        "reasons": [
            {
                "code": reason.code,
                "name": reason.name,
                "axis": reason.axis,
                "message": reason.message,
                "value": reason.value,
                "contribution": reason.contribution,
                "detail": {"spans": shown.get(reason.code, 0)},
            }
            for reason in verdict.reasons
        ],
        "spans": spans,
        "measurements": {m.code: m.value for m in assessment.measurements},
        "ran": list(verdict.ran),
        "model": assessment.model,
        "version": __version__,
    }


def to_json(content: Any) -> bytes:  # noqa: ANN401 - JSON
    """One line of UTF-8 without its line feed. Lone surrogates, which UTF-8 cannot hold, are written escaped."""
    try:
        return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return json.dumps(content, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> Any:  # noqa: ANN401 - what NumPy left in a detail
    return value.tolist() if hasattr(value, "tolist") else str(value)


@functools.cache
def schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of a record."""
    import importlib.resources  # noqa: PLC0415 - only for who asks

    text = importlib.resources.files("detector.report").joinpath("wire.schema.json").read_text("utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


@functools.cache
def _axes() -> dict[str, str | None]:
    from detector.registry import all_signals  # noqa: PLC0415 - registers every signal

    return {s.code: s.axis for s in all_signals()}
