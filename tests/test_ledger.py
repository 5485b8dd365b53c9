"""What the signals say of clean text of every genre is on record, and does not change unseen."""

import json
from pathlib import Path
from typing import Any

import pytest

from detector.registry import all_signals
from tests.ledger import LEDGER, count


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    """The committed counts."""
    content: dict[str, Any] = json.loads(LEDGER.read_text("utf-8"))
    return content


def test_the_ledger_holds_counts_and_no_texts(recorded: dict[str, Any]) -> None:
    codes = {s.code for s in all_signals()}
    for facts in recorded.values():
        assert set(facts) == {"documents", "words", "signals"}
        assert set(facts["signals"]) <= codes, "a signal is gone: python -m tests.ledger"
        assert all(isinstance(n, int) for counts in facts["signals"].values() for n in counts)


def test_no_evidence_against_native_news_is_common(recorded: dict[str, Any]) -> None:
    """Garble and typo evidence in the news: a word or a sentence in a thousand words, no more, from any one signal."""
    axes = {s.code: s.axis for s in all_signals()}
    news = recorded["human_news"]
    common = {
        code: spans
        for code, (_, spans) in news["signals"].items()
        if axes[code] in ("garble", "typos") and spans > news["words"] / 1000
    }
    assert common == {}


@pytest.mark.data
def test_the_ledger_is_what_the_signals_say_today(data: Path, recorded: dict[str, Any]) -> None:
    today = count(data)
    assert today == recorded, "if the change is meant, look at the difference and run python -m tests.ledger"
