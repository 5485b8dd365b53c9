"""What holds of any string at all (Hypothesis): an answer in range, evidence inside the text, the same in company."""

import json
import math
import pickle

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector import Detector, Document, Verdict
from detector.report.wire import record, schema, to_json

_PIECES = [
    "The minister said that the talks would go on.",
    "Orum dedi that it is of the use of the use of the use of the",
    "Sign up for our newsletter",
    "![a picture](https://example.org/a.jpg)",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "“",
    "”",
    "\ud800",
    "\x00",
    "é",
    "🇬🇧",
    "teh negotiaitons",
    "Zelensky",
    "1,000.5",
    "-",
    "...",
]
any_text = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=300),
    st.lists(st.sampled_from(_PIECES), max_size=40).map("".join),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=12)), max_size=30).map(" ".join),
)
sometimes = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _judged(detector: Detector, text: str) -> Verdict:
    return detector.judge(text)


@sometimes
@given(any_text)
def test_any_string_gets_finite_scores_in_range(toy: Detector, text: str) -> None:
    assessment = _judged(toy, text).assessment
    for p in (assessment.garble, assessment.typos, assessment.boilerplate, assessment.p_low_quality):
        assert 0 <= p <= 1
    assert all(math.isfinite(m.value) and m.value >= 0 for m in assessment.measurements)
    assert all(math.isfinite(x) for x in assessment.contributions.values())


@sometimes
@given(any_text)
def test_contributions_sum_to_the_log_odds(toy: Detector, text: str) -> None:
    assessment = _judged(toy, text).assessment
    log_odds = assessment.base + sum(assessment.contributions.values())
    assert assessment.p_low_quality == pytest.approx(0.5 * (1 + math.tanh(log_odds / 2)))


@sometimes
@given(any_text)
def test_spans_are_inside_the_text_sorted_and_apart(toy: Detector, text: str) -> None:
    answer = record(Document("x", text), _judged(toy, text))
    assert answer["spans"] == sorted(answer["spans"], key=lambda s: (s["start"], s["end"], s["code"]))
    last: dict[tuple[str | None, str], int] = {}
    for span in answer["spans"]:
        key = (span["axis"], span["code"])
        assert last.get(key, 0) <= span["start"] < span["end"] <= len(text)
        last[key] = span["end"]


@sometimes
@given(any_text)
def test_the_record_obeys_the_schema_and_is_one_line_of_json(toy: Detector, text: str) -> None:
    answer = record(Document(text[:20], text), _judged(toy, text))
    line = to_json(answer)
    assert b"\n" not in line
    jsonschema.validate(json.loads(line), schema())


@sometimes
@given(any_text, st.lists(any_text, max_size=3), st.lists(any_text, max_size=3))
def test_a_text_is_judged_alike_alone_and_among_others(
    toy: Detector, text: str, before: list[str], after: list[str]
) -> None:
    among = list(toy.judge_many([*before, text, *after]))[len(before)]
    assert among == _judged(toy, text)


@sometimes
@given(any_text)
def test_a_verdict_survives_pickling(toy: Detector, text: str) -> None:
    verdict = _judged(toy, text)
    assert pickle.loads(pickle.dumps(verdict)) == verdict  # noqa: S301 - our own bytes
