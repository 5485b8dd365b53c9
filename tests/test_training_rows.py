"""The rows that the sentence model and its teacher learn from: the same sentences in two tokenizers."""

import random
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

tokenizers = pytest.importorskip("tokenizers", reason="the extra [deep] is not installed")
pytest.importorskip("zstandard", reason="the extra [corpus] is not installed")

from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402

from detector.assets import find_folder  # noqa: E402
from detector.training.deep import shards  # noqa: E402
from detector.training.deep.pools import NATIVE, Line, Specimen, machine  # noqa: E402

if TYPE_CHECKING:
    from detector.training.deep.stock import Stock

TEXTS = ("The cat sat on the mat today.", "Orum he said dedi at the end.", "Nobody knew why it had rained so much.")
BROKEN = ((0, 4, 0.9), (13, 17, 0.9))  # Orum, dedi


def large() -> Tokenizer:
    """A byte-level tokenizer that knows single bytes alone."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    cut = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(["<start>", *sorted(alphabet)])}, merges=[]))
    cut.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    return cut


def laid_out() -> tuple[dict[str, np.ndarray], list[shards.Laid]]:
    """One row: two segments, the first of a sound and a broken sentence."""
    rows = {
        "ids": np.zeros((1, shards.TOKENS), np.uint16),
        "shape": np.zeros((1, shards.TOKENS), np.uint8),
        "place": np.zeros((1, shards.TOKENS), np.uint8),
        "segment": np.full((1, shards.TOKENS), shards.NOBODY, np.uint8),
        "sentence": np.full((1, shards.TOKENS), shards.NOBODY, np.uint8),
        "word": np.full((1, shards.TOKENS), -1, np.float16),
        "target": np.zeros((1, shards.SENTENCES, 5), np.float16),
        "weight": np.zeros((1, shards.SENTENCES), np.float16),
    }
    small = Tokenizer.from_file(str(Path(find_folder("deep")) / "tokenizer.json"))
    row = shards.Row(0)
    sound, last = (shards.Sentence(Line(text, NATIVE, ()), 1.0) for text in (TEXTS[0], TEXTS[2]))
    worse = shards.Sentence(Line(TEXTS[1], machine(0.9), BROKEN), 1.0)
    shards.pack(rows, row, [sound, worse], small, random.Random(1))  # noqa: S311
    shards.pack(rows, row, [last], small, random.Random(1))  # noqa: S311
    return rows, row.laid


def test_what_is_left_out_is_not_spliced_in_either() -> None:
    sound = Specimen("news", (Line(f"{TEXTS[0]} {TEXTS[2]}", NATIVE, ()),))
    worse = Specimen("apertium", (Line(TEXTS[1], machine(0.9), BROKEN),))
    stock = cast("Stock", None)  # nothing is made up here
    drawer = shards.Drawer({"news": [sound], "apertium": [worse]}, {}, stock, {}, 1)
    assert set(drawer.garbled) == {"apertium", "made_up"} < set(shards.GARBLED)


def test_a_row_remembers_the_text_of_every_sentence_in_it() -> None:
    _, laid = laid_out()
    assert [(one.segment, one.sentence, one.text) for one in laid] == [
        (0, 0, TEXTS[0]),
        (0, 1, TEXTS[1]),
        (1, 2, TEXTS[2]),
    ]
    assert [one.human for one in laid] == [True, False, True]


def test_the_teacher_reads_the_same_sentences_and_knows_the_same_words_to_be_broken() -> None:
    _, laid = laid_out()
    length = 160
    read = shards.reread([laid], large(), length)
    names = {i: c for c, i in large().get_vocab().items()}
    for number, text in enumerate(TEXTS):
        mine = read["t_sentence"][0] == number
        assert "".join(names[i] for i in read["t_ids"][0][mine]).replace("Ġ", " ") == " " + text
    marked = read["t_word"][0] > 0
    assert "".join(names[i] for i in read["t_ids"][0][marked]) == "Orumdedi"
    assert (read["t_segment"][0][read["t_sentence"][0] == 2] == 1).all()
    assert read["t_human"][0][read["t_sentence"][0] == 1].sum() == 0


@pytest.mark.parametrize("length", [1, 8, 29, 30, 31, 61, 92])
def test_what_has_no_room_for_the_teacher_is_left_out(length: int) -> None:
    _, laid = laid_out()
    whole, short = shards.reread([laid], large(), 160), shards.reread([laid], large(), length)
    for name, values in short.items():
        assert np.array_equal(values[0], whole[name][0, :length]), name


def test_a_sentence_that_is_cut_keeps_the_right_words_broken() -> None:
    rows, _ = laid_out()
    small = Tokenizer.from_file(str(Path(find_folder("deep")) / "tokenizer.json"))
    for seed in range(8):
        row = shards.Row(0, end=9)
        long = shards.Sentence(Line(TEXTS[1], machine(0.9), BROKEN), 1.0)
        shards.pack(rows, row, [long], small, random.Random(seed))  # noqa: S311
        (one,) = row.laid
        assert one.text in TEXTS[1]
        assert one.spans is not None
        kept = [one.text[max(0, a) : max(0, b)] for a, b, _ in one.spans]
        assert "Orum".endswith(kept[0])
        assert "dedi".startswith(kept[1])


def test_the_rate_rises_and_falls_to_nothing_by_steps_or_by_the_clock() -> None:
    distil = pytest.importorskip("detector.training.deep.distil", reason="PyTorch is not installed")
    phase = distil.Phase(100, 1e-4, 1e-3)
    heights = [phase.height(phase.share(step, 1e12)) for step in range(101)]
    assert max(heights) > 0.9
    assert heights[0] == 0
    assert heights[100] == 0
    hurried = distil.Phase(100, 1e-4, 1e-3, minutes=1e-9)
    assert hurried.share(1, 0.0) > 1


def test_the_teacher_foretells_without_looking_ahead() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    from detector.training.deep import teacher as module  # noqa: PLC0415 - needs torch

    torch.manual_seed(1)
    layer = module.Layer()
    n = 12
    where = torch.arange(n)
    angle = where[:, None] / module.BASE ** (torch.arange(0, module.WIDE, 2) / module.WIDE)
    x = torch.randn(1, n, module.CHANNELS)
    causal = (where[:, None] >= where[None, :])[None, None]
    with torch.no_grad():
        before = layer(x, causal, angle.cos(), angle.sin())
        x[:, 8:] += 1
        after = layer(x, causal, angle.cos(), angle.sin())
    assert torch.allclose(before[:, :8], after[:, :8], atol=1e-5)
    assert not torch.allclose(before[:, 8:], after[:, 8:], atol=1e-2)


def small_rows() -> tuple[dict[str, np.ndarray], list[shards.Laid]]:
    rows, laid = laid_out()
    rows["better"] = np.full((1, shards.SENTENCES), shards.NOBODY, np.uint8)
    rows["better"][0, 1] = 0
    return rows, laid


def test_a_training_that_was_killed_goes_on_and_students_learn_what_the_teacher_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distil = pytest.importorskip("detector.training.deep.distil", reason="PyTorch is not installed")
    import torch  # noqa: PLC0415 - of training alone

    from detector.training.deep import teacher as module  # noqa: PLC0415
    from detector.training.deep.network import Network, Size  # noqa: PLC0415

    for name, value in {"VOCABULARY": 300, "LAYERS": 1, "MIXERS": 1, "INNER": 64}.items():
        monkeypatch.setattr(module, name, value)
    rows, laid = small_rows()
    whole = rows | shards.reread([laid], large(), distil.LENGTH)
    torch.manual_seed(3)
    device = torch.device("cpu")

    def course() -> "distil.Course":
        mill = distil.Mill(lambda _: whole, tmp_path / "rows", 1)
        mill.begin()
        return distil.Course(mill, device, distil.Weights(), tmp_path)

    first = course()
    teacher = module.Teacher()
    assert distil.teach(teacher, first, distil.Phase(3, 1e-3, 3e-3)) == 3
    first.mill.end()
    again = module.Teacher()
    second = course()
    assert distil.teach(again, second, distil.Phase(120, 1e-3, 3e-3)) == 120
    said = torch.softmax(distil.said(again, distil.on_device(whole, device)).classes[0, :3], -1)
    assert said.argmax(-1).tolist() == [0, 4, 0]  # native, garble, native
    student = Network(Size(24000, 1, hidden=24, heads=2, inner=32))
    assert distil.learn(again, [(student, 1.0)], second, distil.Phase(40, 1e-2, 1e-2)) == 40
    second.mill.end()
    batch = distil.on_device(whole, device)
    x = student.encode(batch["ids"], batch["shape"], batch["place"], batch["mask"])
    learnt = torch.softmax(student.judge(x, batch["member"])[0][0, :3], -1)
    assert torch.allclose(learnt, said, atol=0.2)


def test_the_mean_of_networks_is_the_mean_of_their_weights() -> None:
    distil = pytest.importorskip("detector.training.deep.distil", reason="PyTorch is not installed")
    from detector.training.deep.network import Network, Size  # noqa: PLC0415 - of training alone

    size = Size(30, 1, hidden=24, heads=2, inner=32)
    one, other = Network(size), Network(size)
    mixed = distil.mean([one, other], [0.25, 0.75])
    wanted = 0.25 * one.words.weight + 0.75 * other.words.weight
    assert (mixed.words.weight - wanted).abs().max() < 1e-6
