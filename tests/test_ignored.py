"""A signal that the user leaves out does not count, does not show, and takes nothing out of a text."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from detector import Detector
from detector.cli import app
from detector.document import Document
from detector.registry import Signal, all_signals
from detector.strip import strip

SENTENCE = "The river rose by two metres in the night, and the old bridge was closed to all traffic, the council said."
NOTICE = "© 2021 Harbour News Ltd. All rights reserved."
TEXT = f"{SENTENCE}\n{NOTICE}\n"
FURNITURE = [s.code for s in all_signals() if s.axis == "boilerplate"]


@pytest.mark.parametrize(
    "declared", [s for s in all_signals() if s.cost == "fast" and not s.beyond], ids=lambda s: s.code
)
def test_what_is_left_out_does_not_show(declared: Signal) -> None:
    code = declared.code
    verdict = Detector(deep="never", ignore=[code]).judge(declared.flagged[0])
    measured = {m.code: m for m in verdict.assessment.measurements}
    assert code not in measured or (measured[code].value == 0 and not measured[code].evidence)
    assert code not in {r.code for r in verdict.reasons}
    assert code not in verdict.assessment.contributions


def test_furniture_that_is_left_out_stays_in_the_text(tmp_path: Path) -> None:
    assert NOTICE not in strip(Document("", TEXT), Detector(deep="never").judge(TEXT)).text
    assert strip(Document("", TEXT), Detector(deep="never", ignore=FURNITURE).judge(TEXT)).text == TEXT
    source, out = tmp_path / "a.txt", tmp_path / "out"
    source.write_text(TEXT, "utf-8")
    options = [x for code in FURNITURE for x in ("--ignore", code)]
    done = CliRunner().invoke(app, ["clean", str(source), "--out", str(out), "--deep", "never", *options])
    assert done.exit_code == 0, done.output
    assert (out / "kept" / "a.txt").read_text("utf-8") == TEXT
    shown = CliRunner().invoke(app, ["score", str(source), "--deep", "never", *options])
    spans = orjson.loads(shown.stdout)["spans"]
    assert not [s for s in spans if s["code"] in FURNITURE]
