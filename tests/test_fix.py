"""`report --fix`: sure typos corrected, as a diff that patch applies; everything else untouched."""

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest

from detector.pipeline import Detector
from detector.report.fix import Correction, apply, corrections, diff


def _fixed(text: str) -> str:
    return apply(text, corrections(Detector(deep="never").judge(text)))


@pytest.mark.parametrize(
    "text", ["", "Nothing is wrong here.\r\n", "Volodymyr Zelenskyy\tand\u00a0Okonjo-Iweala 🎉  \n\n"]
)
def test_a_text_without_sure_typos_stays_as_it_is(text: str) -> None:
    assert _fixed(text) == text
    assert diff(text, text, "a.txt") == ""


def test_sure_typos_are_corrected_and_nothing_else() -> None:
    text = "🎉 The  goverment’s negotiaitons went to the the end.\r\nThe commmittee, says “Zhx”, recieved it."
    assert (
        _fixed(text) == "🎉 The  government’s negotiations went to the end.\r\nThe committee, says “Zhx”, received it."
    )


def test_unsure_ones_are_left_to_the_reader() -> None:
    verdict = Detector(deep="never").judge("The goverment met.")
    assert corrections(verdict, sure=1.01) == ()


def test_overlapping_corrections_are_made_once() -> None:
    verdict = Detector(deep="never").judge("The commmittee met in the commmittee room.")
    made = corrections(verdict, sure=0.1)
    assert [c.right for c in made] == ["committee", "committee"]
    assert all(a.end <= b.start for a, b in itertools.pairwise(made))


def test_corrections_are_applied_by_place() -> None:
    made = (Correction(0, 1, "AA", "WD102", 1.0), Correction(2, 3, "", "WD102", 1.0))
    assert apply("abc", made) == "AAb"


@pytest.mark.skipif(not shutil.which("patch"), reason="needs patch")
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_diff_is_one_that_patch_applies(tmp_path: Path, end: str) -> None:
    text = "One line.\nThe goverment met.\nA third\u2028line.\x0bAnd more." + end
    fixed = _fixed(text)
    (tmp_path / "a.txt").write_bytes(text.encode())
    made = diff(text, fixed, "a.txt").encode()
    subprocess.run(["patch", "--binary", "-p1"], input=made, cwd=tmp_path, check=True, capture_output=True)  # noqa: S607
    assert (tmp_path / "a.txt").read_bytes() == fixed.encode()
