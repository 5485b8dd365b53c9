"""Making a text worse never makes it score better on the axis that was made worse."""

import pytest

from detector import Detector

# An article of our own, and its sentences as a poor translation engine would have them.
SOUND = [
    "The council of Harwick voted on Tuesday to close the old swimming pool before the winter.",
    "Its roof has leaked for years, and the boiler failed twice last month.",
    "Repairs would cost more than the town spends on all of its parks.",
    "Nearly four hundred people signed a petition that asked for more time.",
    "Some of them came to the meeting with towels around their necks.",
    "The mayor said that she had learned to swim there herself and was sorry to see it go.",
    "She promised that school classes would be taken by bus to the pool in the next town.",
    "A teacher asked who was going to pay for the driver.",
    "Nobody on the council could tell him.",
    "The building is to be sold in the spring, and the money will be spent on a new library.",
]
BROKEN = [
    "The council of Harwick it voted the Tuesday for to close the pool ancient of bath before of the winter.",
    "His roof has leaked dedi during of years, and the caldera it failed two times the month past.",
    "The repairs they would cost more of what the town it spends in all the his parks.",
    "Near of four hundred persons firmed a petition that it asked more time of the of the.",
    "Some of they came to the reunion with towels around of the his necks yapmak.",
    "The mayor said that she same had learned to swim there and that it felt it to see him go.",
    "It promised that the classes of school would be carried by bus to the pool in the next one town.",
    "A teacher asked that who was going to pay to the of the driver of it.",
    "Nobody in the council could him say he it.",
    "The building has of be sold in the spring, and the money it will be spent in a library olan new.",
]
MISSPELT = {
    "council": "counsil",
    "winter": "wintter",
    "leaked": "leakked",
    "petition": "petitoin",
    "meeting": "meetting",
    "promised": "promissed",
    "building": "biulding",
    "library": "libary",
}
FURNITURE = [
    "Sign up for our newsletter and never miss a story.",
    "We use cookies to give you the best experience. Accept all cookies",
    "![A swimming pool](https://example.org/pool.jpg)",
    "Share this article on Facebook, Twitter or WhatsApp",
    "Copyright 2021 Example Media. All rights reserved.",
]


@pytest.fixture(scope="module", params=["never", "always"])
def detector(request: pytest.FixtureRequest) -> Detector:
    """The shipped model, without and with the neural one."""
    if request.param == "always":
        pytest.importorskip("onnxruntime")
        pytest.importorskip("tokenizers")
    return Detector(deep=request.param)


def _score(detector: Detector, sentences: list[str], axis: str) -> float:
    return float(getattr(detector.judge("\n".join(sentences)).assessment, axis))


@pytest.mark.parametrize("order", [range(10), range(9, -1, -1), (3, 7, 0, 9, 5, 1, 8, 2, 6, 4)])
def test_a_sentence_broken_after_another_never_lowers_garble(detector: Detector, order: range) -> None:
    sentences = list(SOUND)
    last = _score(detector, sentences, "garble")
    first = last
    for i in order:
        sentences[i] = BROKEN[i]
        score = _score(detector, sentences, "garble")
        # A broken sentence has its own length: a rate may give way a little, the score not by more than a twentieth.
        assert score >= last * 0.95, sentences[i]
        last = score
    assert last > max(first, 0.5)


def test_a_word_misspelt_after_another_never_lowers_typos(detector: Detector) -> None:
    text = "\n".join(SOUND)
    scores = [_score(detector, [text], "typos")]
    for right, wrong in MISSPELT.items():
        text = text.replace(right, wrong, 1)
        scores.append(_score(detector, [text], "typos"))
    assert scores == sorted(scores)
    assert scores[-1] > max(10 * scores[0], 0.5)


def test_a_line_of_furniture_after_another_never_lowers_boilerplate(detector: Detector) -> None:
    lines = list(SOUND)
    scores = [_score(detector, lines, "boilerplate")]
    for line in FURNITURE:
        lines.append(line)
        scores.append(_score(detector, lines, "boilerplate"))
        # Rates are shares of a text that grows with the line: the score may give way by a twentieth, no more.
        assert scores[-1] >= scores[-2] * 0.95, line
    assert scores[-1] > scores[0]


@pytest.mark.parametrize("axis", ["typos", "boilerplate"])
def test_sound_sentences_in_another_order_have_the_other_axes_as_before(detector: Detector, axis: str) -> None:
    assert _score(detector, SOUND[::-1], axis) == pytest.approx(_score(detector, SOUND, axis), rel=0.5, abs=0.02)


def test_the_sound_article_is_kept(detector: Detector) -> None:
    assert detector.judge("\n".join(SOUND)).action == "keep"
