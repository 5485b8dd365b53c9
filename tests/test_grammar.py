"""The grammar model: broken word order of any origin makes the cascade ask, and weighs nothing in a verdict."""

import random

import numpy as np
import pytest

from detector.batch import cut
from detector.grammar import document_oddness

# As a rule-based engine writes that nothing was trained on: no loop, next to no foreign word, no misspelling.
ODD = (
    "The council beaten asked on give its answer until Friday, but the member who ima voted not could agree on what "
    "date and when. Ace the mayor said, the money will beaten free by the state if the plan and finished in time.\n"
    "People who live near of the river to not know where they will beaten sent, and many from them ima already packed "
    "theirs things on leave. The school and closed, anyhow, because the teacher not came on work."
)
SOUND = (
    "The council was asked to give its answer by Friday, but the members who had voted could not agree on a date. As "
    "the mayor said, the money will be released by the state if the plan is finished in time.\n"
    "People who live near the river do not know where they will be sent, and many of them have already packed their "
    "things to leave. The school is closed, anyway, because the teachers did not come to work."
)


def seeded(seed: int) -> random.Random:
    """Draws that come again."""
    return random.Random(seed)  # noqa: S311 - not for secrets


def test_broken_order_is_odder_than_the_same_text_sound() -> None:
    odd, sound = document_oddness(cut([ODD, SOUND]))
    assert odd > sound + 0.5


def test_a_document_is_as_odd_alone_as_beside_others() -> None:
    together = document_oddness(cut([SOUND, "", ODD, "Two words."]))
    alone = [float(document_oddness(cut([text]))[0]) for text in (SOUND, "", ODD, "Two words.")]
    assert together.tolist() == alone
    assert np.isneginf(together[[1, 3]]).all()  # no sentence that counts


def test_the_cascade_asks_of_what_is_odd_though_the_fast_score_is_low() -> None:
    pytest.importorskip("onnxruntime", reason="the extra [deep] is not installed")
    pytest.importorskip("tokenizers", reason="the extra [deep] is not installed")
    from detector.cascade import doubts  # noqa: PLC0415 - the extra

    doubt = doubts(cut([ODD, SOUND]), np.zeros(2), 0.1)
    assert doubt.read.tolist() == [True, False]
    assert doubt.whole.tolist() == [True, False]


def test_what_breaks_training_sentences_leaves_short_ones_and_changes_others() -> None:
    pytest.importorskip("sklearn", reason="the extra [train] is not installed")
    from detector.training.grammar import broken  # noqa: PLC0415 - the extra

    drawn = ["table", "quickly", "of"]
    assert broken("He left early.", drawn, seeded(1)) == "He left early."
    sentence = SOUND.split("\n", maxsplit=1)[0].split(". ", maxsplit=1)[0]
    made = {broken(sentence, drawn, seeded(seed)) for seed in range(30)}
    assert len(made) > 25
    assert sum(m == sentence for m in made) <= 1
    assert broken(sentence, drawn, seeded(3)) == broken(sentence, drawn, seeded(3))


def test_a_model_fitted_on_a_few_texts_tells_them_from_the_same_ones_broken() -> None:
    pytest.importorskip("sklearn", reason="the extra [train] is not installed")
    pytest.importorskip("scipy", reason="the extra [train] is not installed")
    from detector.fluency import logits  # noqa: PLC0415 - the extra
    from detector.training.fluency import Example  # noqa: PLC0415
    from detector.training.grammar import broken, fit  # noqa: PLC0415

    examples = [Example(SOUND, kind, fold) for kind in ("genre", "native.news") for fold in range(4) for _ in range(8)]
    model = fit(examples)
    worse = "\n".join(broken(s, ["table"], seeded(4)) for s in SOUND.split("\n"))
    assert logits(cut([worse]), model).mean() > logits(cut([SOUND]), model).mean() + 1
