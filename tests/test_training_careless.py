"""Careless writing and damaged engines: the manner changes, what is known of the text does not."""

import random
import struct
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

pytest.importorskip("tokenizers", reason="the extra [deep] is not installed")
pytest.importorskip("zstandard", reason="the extra [corpus] is not installed")

from detector.training.deep import careless, damaged, shards
from detector.training.deep.pools import NATIVE, Line, machine

if TYPE_CHECKING:
    from detector.training.deep.stock import Stock

TEXT = "I don't think we're going to see Orum before Friday, and he has other plans."
SPAN = ((33, 37, 0.9),)  # Orum


def test_both_sides_of_a_pair_get_the_same_habits() -> None:
    """What a habit does whatever is drawn shows on both sides, or on neither."""
    texts = ("Nobody knows why it's raining in Orum today.", "He didn't say that Orum will pay for the bridge.")
    seen = set()
    for seed in range(300):
        drawer = shards.Drawer({}, {}, cast("Stock", None), {}, seed)
        sides = drawer.careless([[shards.Sentence(Line(text, machine(0.9)), 1.0)] for text in texts])
        one, other = (side[0].line.text for side in sides)
        assert ("'" in one) == ("'" in other)
        seen.add("'" in one)
        assert all(side[0].line.target == machine(0.9) for side in sides)
    assert seen == {True, False}


def test_every_short_form_is_used() -> None:
    for forms in (careless.SHORT, careless.COLLOQUIAL):
        habit = careless.replacing(forms, 1.0)
        for word, form in forms.items():
            assert habit(f"{word.capitalize()} now", random.Random(1)) == f"{form} now"  # noqa: S311


def test_marked_words_stay_where_they_are() -> None:
    for seed in range(60):
        habits = careless.somebody(random.Random(seed))  # noqa: S311
        line = careless.carelessly(Line(TEXT, machine(0.9), SPAN), habits, seed)
        (start, end, _), *_ = line.spans or ()
        assert line.text[start:end].lower() == "orum"


def test_nothing_is_written_away() -> None:
    for seed in range(200):
        habits = careless.somebody(random.Random(seed))  # noqa: S311
        assert careless.carelessly(Line("No.", NATIVE, ()), habits, seed).text.strip()


def marian(matrices: dict[str, np.ndarray]) -> bytes:
    """A file as Marian writes it: heads, names, shapes, padding, data."""
    heads, names, shapes, data = b"", b"", b"", b""
    for name, values in matrices.items():
        written = name.encode() + b"\0"
        heads += struct.pack("<QQQQ", len(written), damaged.QUANTISED, values.ndim, values.size + 4)
        names += written
        shapes += struct.pack(f"<{values.ndim}i", *values.shape)
        data += values.tobytes() + struct.pack("<f", 127.0)  # the scale that follows a matrix
    return struct.pack("<QQ", 1, len(matrices)) + heads + names + shapes + struct.pack("<Q", 0) + data


def test_only_the_named_part_is_damaged_and_scales_stay() -> None:
    rng = np.random.default_rng(1)
    whole = {
        name: rng.integers(-90, 90, (16, 32)).astype(np.int8) for name in ("Wemb", "encoder_l1_Wq", "decoder_l1_Wq")
    }
    model = marian(whole)
    found = {name: (at, size) for name, at, size in damaged.matrices(model)}
    assert set(found) == set(whole)
    noisy = damaged.damaged(model, "decoder", 0.5, 3)
    assert len(noisy) == len(model)
    for name, (at, size) in found.items():
        same = noisy[at : at + size] == model[at : at + size]
        assert same == (name != "decoder_l1_Wq")
        assert noisy[at + size : at + size + 4] == struct.pack("<f", 127.0)
    assert noisy == damaged.damaged(model, "decoder", 0.5, 3)


def test_noise_in_the_middle_language_leaves_a_sentence() -> None:
    rng = random.Random(2)  # noqa: S311
    words = "as negociações duraram três dias".split()
    for _ in range(100):
        assert damaged.noisy("eu comprei este telefone", 0.5, words, rng).strip()
