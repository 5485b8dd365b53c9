"""Careless writing and damaged engines: the manner changes, what is known of the text does not."""

import random
import struct

import numpy as np
import pytest

pytest.importorskip("zstandard", reason="the extra [corpus] is not installed")

from detector.training.deep import careless, damaged
from detector.training.deep.pools import NATIVE, Line, machine

TEXT = "I don't think we're going to see Orum before Friday, and he has other plans."
SPAN = ((33, 37, 0.9),)  # Orum


def test_both_sides_of_a_pair_get_the_same_habits() -> None:
    changed = 0
    for seed in range(60):
        habits = careless.somebody(random.Random(seed))  # noqa: S311
        one, other = (careless.carelessly(Line(TEXT, target), habits, seed) for target in (NATIVE, machine(0.9)))
        assert one.text == other.text
        assert other.target == machine(0.9)
        changed += one.text != TEXT
    assert changed > 40


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
