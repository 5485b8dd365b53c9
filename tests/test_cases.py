"""Sentences that we wrote or broke ourselves, in `cases/<signal>.jsonl`: what each signal says of them.

A case has `text`, `expect`, `comment`, `origin`. `expect` is the list of what is marked, in order ([]: nothing); for a
signal of unit document, whether it speaks (true, false). `"known_failure": true` says that we cannot do it yet: the
case must fail, and is moved when it no longer does.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from detector.batch import cut
from detector.features import measure
from detector.registry import Signal, all_signals, find_signal, spans

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.glob("*.jsonl"))


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _parameters() -> list[Any]:
    out = []
    for path in FILES:
        for number, case in enumerate(_read(path), 1):
            known = pytest.mark.xfail(reason=case["comment"], strict=True)
            marks = [known] if case.get("known_failure") else []
            out.append(pytest.param(path.stem, case, id=f"{path.stem}-{number}", marks=marks))
    return out


def _answer(declared: Signal, text: str) -> list[str] | bool:
    batch = cut([text])
    if declared.unit != "document":
        return [s.of(text) for s in spans(declared, batch, declared.mark(batch))[0]]
    value = float(measure(batch, [declared]).values[0, 0])
    return value > 0 if declared.abstain_at is None else value >= declared.abstain_at


@pytest.mark.parametrize(("name", "case"), _parameters())
def test_a_case_is_answered_as_expected(name: str, case: dict[str, Any]) -> None:
    assert _answer(find_signal(name), case["text"]) == case["expect"], case["comment"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_cases_say_why_they_are_there_and_where_they_are_from(path: Path) -> None:
    find_signal(path.stem)
    for case in _read(path):
        assert (
            {"text", "expect", "comment", "origin"}
            <= set(case)
            <= {"text", "expect", "comment", "origin", "known_failure"}
        )
        assert case["comment"]
        assert case["origin"]


def test_every_signal_with_an_axis_has_cases_of_silence_and_of_speech() -> None:
    without = []
    for declared in all_signals():
        path = CASES / f"{declared.name.replace('-', '_')}.jsonl"
        expected = [case["expect"] for case in _read(path)] if path.exists() else []
        text_alone = declared.needs is None and declared.beyond is None
        if declared.axis is not None and text_alone and {bool(e) for e in expected} != {True, False}:
            without.append(declared.name)
    assert without == []
