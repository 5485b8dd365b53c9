"""The wire format: one schema for every record, wherever it comes from."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from detector import Detector, Document
from detector.document import Span
from detector.features import Measurement
from detector.policy import Reason, Verdict
from detector.report.wire import record, schema, to_json
from detector.scorer import Assessment

TEXTS = {
    "clean": "The minister said on Monday that the talks would go on. Nobody was hurt.",
    "empty": "",
    "loop": "It is the use of the use of the use of the water in the house.",
    "picture": "![a picture](https://example.org/a.jpg)\nThe minister said on Monday that the talks would go on.",
    "surrogate": "\ud800 dedi that \udfff",
}


def _verdict(spans: tuple[Span, ...] = (), **changed: Any) -> Verdict:  # noqa: ANN401 - any field
    assessment = Assessment(0.9, 0.1, 0.2, 0.8, (Measurement("MT102", 1.5, spans),), {"MT102": 2.0}, -1.0, "toy@0")
    reason = Reason("MT102", "oscillation", "garble", "a phrase said over and over", 1.5, 2.0)
    return Verdict(**{"action": "drop", "reasons": (reason,), "assessment": assessment, "ran": ("fast",), **changed})


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", list(TEXTS))
def test_a_record_obeys_the_schema(toy: Detector, name: str) -> None:
    jsonschema.validate(record(Document(name, TEXTS[name]), toy.judge(TEXTS[name])), schema())


def test_a_record_has_the_published_fields_in_order() -> None:
    answer = record(Document("1", "a b", "x.txt"), _verdict((Span(0, 1, 0.5, {"kind": "loop"}),)))
    assert list(answer) == (
        "schema id source verdict p_low_quality scores reasons spans measurements ran model version".split()
    )
    assert list(answer["scores"]) == ["garble", "typos", "boilerplate"]
    assert list(answer["reasons"][0]) == ["code", "name", "axis", "message", "value", "contribution", "detail"]
    assert answer["spans"] == [
        {"start": 0, "end": 1, "axis": "garble", "code": "MT102", "mark": 0.5, "detail": {"kind": "loop"}}
    ]
    assert answer["reasons"][0]["detail"] == {"spans": 1}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("verdict", "maybe"),
        ("p_low_quality", 1.1),
        ("scores", {"garble": 0.1, "typos": 0.1}),
        ("ran", []),
        ("schema", "detector/2"),
        ("spans", [{"start": -1, "end": 2, "axis": "garble", "code": "MT102", "mark": 1, "detail": {}}]),
        ("spans", [{"start": 0, "end": 2, "axis": "style", "code": "MT102", "mark": 1, "detail": {}}]),
        ("measurements", {"nonsense": 1.0}),
        ("extra", 1),
    ],
)
def test_the_schema_refuses_what_is_wrong(field: str, value: object) -> None:
    answer = record(Document("1", "a b"), _verdict())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**answer, field: value}, schema())


def test_scores_are_written_unrounded() -> None:
    verdict = _verdict()
    assert json.loads(to_json(record(Document("1", "a"), verdict)))["scores"]["garble"] == verdict.assessment.garble
    p = 0.1234567890123456
    again = _verdict(assessment=Assessment(p, p, p, p, (), {}, 0.0, "toy@0"))
    assert json.loads(to_json(record(Document("1", "a"), again)))["p_low_quality"] == p


def test_spans_are_sorted_by_place() -> None:
    spans = (Span(0, 1), Span(2, 3))
    other = Measurement("BP101", 1.0, (Span(1, 2),))
    base = _verdict(spans)
    assessment = Assessment(0.9, 0.1, 0.2, 0.8, (*base.assessment.measurements, other), {}, 0.0, "toy@0")
    answer = record(Document("1", "abc"), _verdict(assessment=assessment))
    assert [s["start"] for s in answer["spans"]] == [0, 1, 2]


def test_lone_surrogates_survive_the_trip_through_json() -> None:
    answer = record(Document("\ud800", "a \udfff b", "\ud800.txt"), _verdict())
    line = to_json(answer)
    line.decode("utf-8")
    assert json.loads(line)["id"] == "\ud800"


def _score(tmp_path: Path, toy_model: Path, texts: dict[str, str]) -> list[dict[str, Any]]:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps({"id": k, "text": v}) + "\n" for k, v in texts.items()), "utf-8")
    command = [sys.executable, "-m", "detector", "score", str(path), "--deep", "never", "--model", str(toy_model)]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_command_line_says_what_the_api_says(tmp_path: Path, toy_model: Path, toy: Detector) -> None:
    for answer in _score(tmp_path, toy_model, TEXTS):
        text = TEXTS[answer["id"]]
        expected = json.loads(to_json(record(Document(answer["id"], text, answer["source"]), toy.judge(text))))
        assert answer == expected
