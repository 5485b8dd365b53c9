"""Training measures documents the same with any number of processes, and again when anything is another."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector.fluency import load_fluency
from detector.registry import find_signal
from detector.training import measuring
from detector.training.verdict import Documents

SIGNALS = [find_signal("MT120"), find_signal("WD102")]


def documents(n: int) -> Documents:
    texts = ["The council met on Monday and said of the that it would negotiaitons."] * n
    return Documents(texts, np.asarray(["native.news"] * n), np.arange(n) % 2, {})


def test_what_is_measured_does_not_depend_on_the_processes() -> None:
    bundled = load_fluency()
    other = replace(bundled, base=bundled.base + 1)
    alone = measuring.measure_documents(documents(9), SIGNALS, [bundled, other])
    assert np.array_equal(alone, measuring.measure_documents(documents(9), SIGNALS, [bundled, other], jobs=2))
    # Each document by the model of its own fold.
    assert np.allclose(alone[1::2, 0] - alone[0, 0], 1)


def test_what_was_measured_is_kept_until_anything_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, runs = tmp_path / "kept.npz", []
    real = measuring.measure_documents

    def counted(*args: object) -> object:
        runs.append(args)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(measuring, "measure_documents", counted)
    first = measuring.measure_once(documents(4), SIGNALS, None, kept=kept)
    again = measuring.measure_once(documents(4), SIGNALS, None, kept=kept)
    assert len(runs) == 1
    assert np.array_equal(first, again)
    measuring.measure_once(documents(5), SIGNALS, None, kept=kept)
    measuring.measure_once(documents(5), SIGNALS[:1], None, kept=kept)
    measuring.measure_once(documents(5), SIGNALS[:1], [load_fluency()] * 2, kept=kept)
    assert len(runs) == 4
