"""Signals that read what is not in the text: the markup of a page, and the other documents of its site."""

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector.batch import cut
from detector.document import Document
from detector.features import measure
from detector.pipeline import Detector
from detector.policy import Verdict
from detector.registry import all_signals, find_signal
from detector.sites import Recurring, SiteLines
from detector.strip import strip

TEXT = (
    "The committee will meet again on Thursday to discuss the budget for the coming year.\n"
    "Members of both parties said they expected the talks to last well into the night, and few were willing to predict "
    "how they would end.\n"
    "The chairman declined to comment on Tuesday, but two of his aides said that he would not accept further cuts to "
    "the program."
)
MARKS = ["html class=translated-ltr", "ya-tr-span"]


def _verdict(text: str, metadata: dict[str, object], recurring: Recurring | None = None) -> Verdict:
    detector = Detector(deep="never", site_lines=recurring)
    (verdict,) = detector.judge_batch([Document("a", text, metadata=metadata)])
    return verdict


def test_the_text_alone_says_nothing_to_them() -> None:
    beyond = [s for s in all_signals() if s.beyond is not None]
    assert [s.code for s in beyond] == ["BP117", "MT117"]
    assert not measure(cut([TEXT, ""]), beyond).values.any()


@pytest.mark.parametrize("marks", [None, [], "html", {"a": 1}])
def test_a_document_without_translation_marks_has_no_reason(marks: object) -> None:
    assert _verdict(TEXT, {"translation_marks": marks}).reasons == ()


def test_translation_marks_are_measured_and_named_and_change_no_score() -> None:
    plain, marked = _verdict(TEXT, {}), _verdict(TEXT, {"translation_marks": MARKS})
    (reason,) = [r for r in marked.reasons if r.code == "MT117"]
    assert (reason.axis, reason.value, reason.name) == ("garble", 2.0, "translation-mark")
    assert marked.assessment.garble == plain.assessment.garble
    assert marked.action == plain.action


def test_an_ignored_mark_is_not_named() -> None:
    detector = Detector(deep="never", ignore=["translation-mark"])
    (verdict,) = detector.judge_batch([Document("a", TEXT, metadata={"translation_marks": MARKS})])
    assert verdict.reasons == ()


def test_a_document_is_measured_alike_alone_and_among_others() -> None:
    facts = ({"translation_marks": MARKS}, {}, {"translation_marks": MARKS[:1]})
    batch = replace(cut([TEXT, "", TEXT]), facts=facts)
    assert find_signal("MT117").mark(batch).values.tolist() == [2.0, 0.0, 1.0]


def _site(n: int = 6) -> list[Document]:
    lines = TEXT.split("\n")
    return [
        Document(str(i), f"The Harbour is edited in Harnley\n{lines[i % 3]} It was {i}.", metadata={"site": "harbour"})
        for i in range(n)
    ]


def test_recurring_lines_are_evidence_that_strip_takes_out() -> None:
    documents = _site()
    counts = SiteLines()
    counts.add(documents)
    found = counts.recurring()
    for document, verdict in Detector(deep="never", site_lines=found).stream(documents):
        (measured,) = [m for m in verdict.assessment.measurements if m.code == "BP117"]
        assert [s.of(document.text) for s in measured.evidence] == ["The Harbour is edited in Harnley"]
        assert measured.evidence[0].detail == {"kind": "navigation"}
        assert "Harbour" not in strip(document, verdict).text


def test_lines_of_documents_without_a_site_are_not_marked() -> None:
    counts = SiteLines()
    counts.add(_site())
    verdict = _verdict(_site()[0].text, {}, counts.recurring())
    assert [m.value for m in verdict.assessment.measurements if m.code == "BP117"] == [0.0]


def test_what_a_pass_saved_is_used_from_its_file(tmp_path: Path) -> None:
    counts = SiteLines("paper.name")
    documents = [replace(d, metadata={"paper": {"name": "The Harbour"}}) for d in _site()]
    counts.add(documents)
    counts.recurring().save(tmp_path / "lines.npy")
    detector = Detector(deep="never", site_lines=tmp_path / "lines.npy", site_field="paper.name")
    values = [v.assessment.measurements for v in detector.judge_batch(documents)]
    assert all(m.value > 0 for row in values for m in row if m.code == "BP117")
    again = pickle.loads(pickle.dumps(Recurring.load(tmp_path / "lines.npy")))  # noqa: S301 - our own
    assert np.array_equal(again.keys, counts.recurring().keys)
