"""The worst stretch of a text is what trying all of them finds, and a text broken for a half is found by it."""

import numpy as np
import pytest

from detector import Detector
from detector.stretches import worst_stretch


def tried(values: np.ndarray, weight: np.ndarray, at_least: float) -> float:
    """The worst stretch by trying all."""
    at_least = min(at_least, float(weight.sum()))
    n = len(values)
    runs = [slice(a, b) for a in range(n) for b in range(a + 1, n + 1) if weight[a:b].sum() >= at_least]
    return max(float(values[run] @ weight[run] / weight[run].sum()) for run in runs)


def test_it_is_what_trying_all_finds() -> None:
    generator = np.random.default_rng(1)
    for _ in range(300):
        n = int(generator.integers(1, 30))
        values, weight = generator.normal(size=n), generator.integers(4, 31, n).astype(np.float64)
        at_least = float(generator.integers(1, 200))
        assert worst_stretch(values, weight, at_least) == pytest.approx(tried(values, weight, at_least), abs=1e-12)


def test_of_nothing_there_is_none_and_of_equals_any() -> None:
    assert worst_stretch(np.zeros(0), np.zeros(0), 100) == -np.inf
    assert worst_stretch(np.full(7, 2.5), np.full(7, 12.0), 30) == 2.5


def test_it_never_falls_when_a_sentence_gets_worse() -> None:
    generator = np.random.default_rng(2)
    values, weight = generator.normal(size=40), generator.integers(4, 31, 40).astype(np.float64)
    before = worst_stretch(values, weight, 100)
    for at in range(40):
        worse = values.copy()
        worse[at] += 1
        assert worst_stretch(worse, weight, 100) >= before


BROKEN = (
    "Hurricane at the height of its destructive force it has left whole quarters under the waters of the river. "
    "The trees are exploited from buildings to the sky, dedi the minister of the exterior with a hand jamming. "
    "The most severe percentage of the muscles it was said to the shopping of the region the other week. "
    "Of the houses that were it remain the walls only, and the persons they make the row for to have the bread. "
    "It has asked the government that the helps they come fast, but of the helps nobody has seen still the color. "
)
SOUND = (
    "The committee will meet again on Thursday to discuss the budget for the coming year. Members of both parties "
    "said they expected the talks to last well into the night, and few were willing to predict how they would end. "
    "Two years ago a similar dispute closed the city's libraries for a month before a compromise was found. This "
    "time, officials say, the reserves are large enough to keep them open until the spring at the very least. "
    "The mayor, who is not seeking another term, has promised to stay out of the argument until it is settled. "
)


def test_a_text_that_is_broken_for_a_half_is_no_sound_one() -> None:
    pytest.importorskip("onnxruntime", reason="the extra [deep] is not installed")
    detector = Detector(deep="always")
    verdicts = detector.judge_many([BROKEN, BROKEN + SOUND, SOUND + BROKEN, SOUND + SOUND])
    assert [verdict.action for verdict in verdicts] == ["drop", "drop", "drop", "keep"]
