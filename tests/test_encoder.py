"""The deep sentence model at run time, with the bundled model or the one that ENCODER_MODEL names."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from detector.errors import ModelError

pytest.importorskip("onnxruntime", reason="the extra [deep] is not installed")
pytest.importorskip("tokenizers", reason="the extra [deep] is not installed")

from detector.encoder import CLASSES, Encoder, Reading

BUNDLED = Path(__file__).parent.parent / "models" / "deep"
FOLDER = Path(os.environ.get("ENCODER_MODEL", BUNDLED))

ARTICLE = [
    "The council said on Tuesday that the bridge would stay closed until the spring.",
    "Engineers found cracks in two of its supports after the flood in November.",
    '"We will not take a risk with people\'s lives," said the mayor, Anna Reeve.',
    "Drivers have to take the road through Milton, which adds half an hour to the way into town.",
    "Repairs are expected to cost £4m.",
    "Shops on the north bank say that they have lost a third of their customers since it was closed.",
    "The council will meet again in January to decide who pays for the work.",
    "A petition for a temporary crossing has been signed by 3,000 people.",
]
BROKEN = "Orum bridge of the repair it will to be made until there was the spring, dedi he said the council of money."


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(FOLDER)


def same(a: Reading, b: Reading) -> bool:
    """Bit for bit."""
    pairs = zip(a.words, b.words, strict=True)
    return a.classes.tobytes() == b.classes.tobytes() and all(
        x.logit.tobytes() == y.logit.tobytes() and (x.start == y.start).all() and (x.end == y.end).all()
        for x, y in pairs
    )


def garble(reading: Reading) -> np.ndarray:
    logits = reading.classes.astype(float)
    return logits[:, CLASSES.index("garble")] - np.logaddexp.reduce(logits[:, :3], axis=1)


def test_a_clean_article_scores_below_zero_on_average_and_far_below_a_broken_one(encoder: Encoder) -> None:
    broken = [" ".join(reversed(sentence.split())) for sentence in ARTICLE]
    clean, worse = encoder.read([ARTICLE, broken])
    assert garble(clean).mean() < 0
    assert garble(worse).min() > garble(clean).max()


def test_a_broken_sentence_stands_out_and_its_foreign_words_too(encoder: Encoder) -> None:
    (reading,) = encoder.read([[*ARTICLE[:3], BROKEN, *ARTICLE[3:]]])
    assert garble(reading).argmax() == 3
    words = {BROKEN[a:b]: x for a, b, x in zip(*vars(reading.words[3]).values(), strict=True)}
    assert words["dedi"] > words["council"]


def test_a_document_reads_the_same_alone_and_in_a_batch(encoder: Encoder) -> None:
    documents = [ARTICLE, [BROKEN], ARTICLE[::-1], [], [BROKEN] * 20]
    together = encoder.read(documents)
    assert all(same(a, encoder.read([d])[0]) for a, d in zip(together, documents, strict=True))
    assert all(same(a, b) for a, b in zip(together, encoder.read(documents[::-1])[::-1], strict=True))


@pytest.mark.parametrize("sign", ["\N{FACE WITH TEARS OF JOY}", "\N{HEAVY BLACK HEART}\ufe0f", "\N{WHITE MEDIUM STAR}"])
def test_emoji_say_nothing(encoder: Encoder, sign: str) -> None:
    plain, with_sign = encoder.read([ARTICLE, [f"{sentence} {sign}" for sentence in ARTICLE]])
    assert plain.classes.tobytes() == with_sign.classes.tobytes()


def test_what_is_not_wanted_is_not_read_and_changes_nothing(encoder: Encoder) -> None:
    long = ARTICLE * 4
    wanted = np.zeros(len(long), dtype=bool)
    wanted[9] = True
    (part,) = encoder.read([long], [wanted])
    (whole,) = encoder.read([long])
    assert part.classes[9].tobytes() == whole.classes[9].tobytes()
    assert part.words[9].logit.tobytes() == whole.words[9].logit.tobytes()
    assert np.isnan(part.classes[[0, -1]]).all()
    assert len(part.words[0].logit) == 0


def test_words_are_where_they_are_said_to_be(encoder: Encoder) -> None:
    sentence = "Don't say “naïve” of the three-way meeting’s 1,000 guests… dedi!"
    words = encoder.read([[sentence]])[0].words[0]
    found = [sentence[a:b] for a, b in zip(words.start, words.end, strict=True)]
    assert found == ["Don't", "say", "naïve", "of", "the", "three-way", "meeting’s", "1,000", "guests", "dedi"]


def test_every_word_of_a_huge_sentence_is_read(encoder: Encoder) -> None:
    sentence = " ".join(f"word{i} said" for i in range(700))
    reading = encoder.read([[sentence, "It was late."]])[0]
    assert len(reading.words[0].logit) == 1400
    assert np.isfinite(reading.classes).all()


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        " ",
        "\n",
        "!!!",
        "\x00",
        "\ud800",
        "a\udfffb c",
        "مرحبا بالعالم",
        "日本語の文です。",
        "👩‍👩‍👧 ok",
        "e\u0301" * 300,
        "x" * 5000,
    ],
)
def test_any_text_gives_finite_logits_and_spans_inside(encoder: Encoder, sentence: str) -> None:
    (reading,) = encoder.read([[ARTICLE[0], sentence, ARTICLE[1]]])
    assert reading.classes.shape == (3, len(CLASSES))
    assert reading.classes.dtype == np.float32
    assert np.isfinite(reading.classes).all()
    words = reading.words[1]
    assert len(words.start) == len(words.end) == len(words.logit)
    assert (words.start < words.end).all()
    assert (words.end <= len(sentence)).all()


def test_no_document_and_no_sentence(encoder: Encoder) -> None:
    assert encoder.read([]) == []
    (reading,) = encoder.read([[]])
    assert reading.classes.shape == (0, len(CLASSES))
    assert reading.words == ()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "deep"
    shutil.copytree(FOLDER, folder)
    return folder


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_changed_file_is_refused_by_name(copied: Path, name: str) -> None:
    with (copied / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match=name):
        Encoder(copied)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        Encoder(tmp_path)


def test_by_itself_a_sentence_owes_nothing_to_its_neighbours() -> None:
    from detector.batch import cut  # noqa: PLC0415
    from detector.reading import by_itself, reading  # noqa: PLC0415

    sound = ARTICLE[1]
    batch = cut([f"{BROKEN} {sound} {BROKEN}", sound])
    texts = [batch.string(a, b) for a, b in zip(batch.sentences.start, batch.sentences.end, strict=True)]
    assert texts == [BROKEN, sound, BROKEN, sound]
    alone = by_itself(batch, np.arange(4))
    assert alone[1] == alone[3]
    assert alone[0] == alone[2] > alone[1]
    assert reading(batch).garble[1] > reading(batch).garble[3]
    assert by_itself(batch, np.zeros(0, np.int64)).shape == (0,)


def test_a_run_of_sentences_is_read_without_what_stands_around_it() -> None:
    from detector.batch import cut  # noqa: PLC0415
    from detector.reading import apart, reading  # noqa: PLC0415

    run = f"{BROKEN} {ARTICLE[1]}"
    batch = cut([f"{ARTICLE[0]} {run} {ARTICLE[2]}", run])
    (inside, _), (by_itself, alone), *_ = apart(batch, [(1, 3), (4, 6), (1, 3)])
    assert inside.tolist() == by_itself.tolist() == reading(batch).garble[4:6].tolist()
    assert alone.tolist() == reading(batch).alone[4:6].tolist()
    assert apart(batch, []) == []


def test_runs_begin_and_end_where_nothing_stands_out_and_never_cross_documents() -> None:
    from detector.broken import IN_RUN_ABOVE, RUN_ABOVE, _runs  # noqa: PLC0415

    low, some, high = IN_RUN_ABOVE - 1, (IN_RUN_ABOVE + RUN_ABOVE) / 2, RUN_ABOVE + 1
    values = np.array([some, high, low, some, some, high, high, high, -np.inf])
    document = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1])
    assert _runs(values, document) == [(0, 2), (3, 6), (6, 8)]
    assert _runs(np.array([some, low]), np.zeros(2, int)) == []
    assert _runs(np.zeros(0), np.zeros(0, int)) == []


def test_the_rest_of_a_text_is_sound_where_little_is_broken_and_not_where_most_is_without_a_hard_end() -> None:
    from detector.batch import cut  # noqa: PLC0415
    from detector.broken import broken_sentences  # noqa: PLC0415

    sound = [*ARTICLE, *ARTICLE]
    texts = ["\n".join([BROKEN] * n + sound[n:]) for n in range(len(sound) + 1)]
    found = broken_sentences(cut(texts)).sound
    assert found[0] == 1
    assert found[1:4].min() > 0.5
    assert ((found > 0) & (found < 1)).sum() > 2
    assert not found[9:].any()
    assert broken_sentences(cut(["Too short."])).sound.tolist() == [1]
