"""What the cascade reads of a doubtful document: the worst part first, and on only where that leaves it in doubt."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="the extra [deep] is not installed")
pytest.importorskip("tokenizers", reason="the extra [deep] is not installed")

from detector import Detector, Document, Policy, Verdict
from detector.assets import find_folder, write_manifest
from detector.batch import Batch, cut
from detector.cascade import MARKED, SPREAD, WORST, Doubts, doubts, looks, suspicion
from detector.encoder import Encoder
from detector.fluency import sentence_logits
from detector.reading import chunks, read_on, reading
from detector.registry import find_signal, marked_by
from detector.scorer import FORMAT, VERSION

SOUND = (
    "The council said on Tuesday that the bridge would stay closed until the spring. "
    "Engineers found cracks in two of its supports after the flood in November, and the mayor, Anna Reeve, said that "
    "she would not take a risk with people's lives. "
    "Drivers have to take the road through Milton, which adds half an hour to the way into town. "
    "Shops on the north bank say that they have lost a third of their customers since it was closed."
)
BROKEN = (
    "Orum bridge of the repair it will to be made until there was the spring, dedi he said the council of money. "
    "The most severe percentage of the muscles it was said to the shopping of the region of the hurricane trees."
)
# Broken without a single wrong word.
CRABBED = (
    "The most severe part of the damage it was said to the part of the water of the bridge. "
    "It is to be hoped that the money of the council it comes to the hands of those who have the need of it. "
    "The mayor she has made knowledge that the works of the repair would not be of easy."
)
LONG = "\n".join([*[SOUND] * 4, BROKEN, *[SOUND] * 3])
TEXTS = [LONG, SOUND, BROKEN, "", "\n".join([BROKEN] * 9), "\n".join([SOUND] * 30), "word " * 900]


def nothing(batch: Batch) -> Doubts:
    """Every document is read, and none for a reason."""
    return Doubts(np.ones(len(batch), bool), np.zeros(len(batch), bool), np.zeros(len(batch.sentences), bool))


def look(batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """What is read first, and what on."""
    return looks(batch, nothing(batch))


def standing_out(batch: Batch, garble: float = 0.0) -> np.ndarray:
    """The sentences that stand out of documents of this fast score."""
    return doubts(batch, np.full(len(batch), garble), 0.1).out


def read_chunks(batch: Batch, look: np.ndarray) -> list[set[int]]:
    """The chunks that a look takes in, by document."""
    of, _ = chunks(batch)
    return [set(of[look & (batch.sentences.document == i)].tolist()) for i in range(len(batch))]


@pytest.fixture(scope="module")
def all_doubtful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled document models, but every document is taken for doubtful."""
    folder = tmp_path_factory.mktemp("all-doubtful")
    content = json.loads((find_folder("verdict") / "model.json").read_text("utf-8"))
    content["policy"]["doubtful_above"] = -1.0
    (folder / "model.json").write_text(json.dumps(content), "utf-8")
    write_manifest(folder, FORMAT, VERSION, name="all-doubtful")
    return folder


def article(seeds: Path) -> str:
    """A sound article of seven chunks."""
    return next(seeds.glob("001_*")).read_text("utf-8")


def share_read(verdict: Verdict) -> float:
    """What the verdict says of how much was read deeply."""
    (value,) = (m.value for m in verdict.assessment.measurements if m.code == "LG119")
    return value


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many sentences each call of the neural model saw."""
    seen: list[int] = []
    call = Encoder._call  # noqa: SLF001 - the one door to onnxruntime

    def counted(self: Encoder, chunk: list) -> tuple[np.ndarray, np.ndarray]:
        seen.append(len(chunk))
        return call(self, chunk)

    monkeypatch.setattr(Encoder, "_call", counted)
    return seen


def chunks_in(calls: list[int]) -> int:
    """How many of the calls were chunks and no sentences by themselves."""
    return sum(n > 1 for n in calls)


def test_the_first_look_takes_the_chunk_with_the_worst_sentence() -> None:
    batch = cut(TEXTS)
    first, every = look(batch)
    of, _ = chunks(batch)
    assert not (first & ~every).any()
    for i, taken in enumerate(read_chunks(batch, first)):
        mine = batch.sentences.document == i
        assert len(taken) == min(1, mine.sum())
        assert (first[mine] == np.isin(of[mine], list(taken))).all()
        if mine.any():
            assert first[mine][sentence_logits(batch)[mine].argmax()]


def test_what_is_not_cleared_is_read_to_its_end_at_once() -> None:
    batch = cut(TEXTS)
    first, every = looks(batch, replace(nothing(batch), whole=np.ones(len(TEXTS), bool)))
    assert (first == every).all()


def test_sentences_read_by_themselves_clear_sound_documents_and_no_broken_ones(calls: list[int], seeds: Path) -> None:
    texts = [LONG, article(seeds), "\n".join([CRABBED] * 9), "word " * 900, ""]
    batch = cut(texts)
    found = doubts(batch, np.full(5, 0.09), 0.1)
    assert found.whole.tolist()[1:4] == [False, True, True]  # the fourth has but one endless sentence: not asked
    assert not found.read[1]
    assert len(calls) <= 2 * 3 + WORST
    calls.clear()
    assert not doubts(cut(texts), np.full(5, 0.04), 0.1).whole.any()  # below half the line nobody asks
    assert doubts(cut(texts), np.full(5, 0.21), 0.1).read.all()  # above twice the line all are read
    calls.clear()
    assert doubts(cut(texts), np.full(5, 0.9), 0.1).whole.all()
    assert not calls


def test_a_long_document_is_read_in_part_and_a_shorter_one_to_its_end() -> None:
    batch = cut(TEXTS)
    _, count = chunks(batch)
    read = read_chunks(batch, look(batch)[1])
    most = WORST + SPREAD
    assert max(count) > most
    assert [len(r) for r in read[:6]] == [min(most, n) for n in count[:6]]


def test_what_is_read_of_a_document_does_not_depend_on_the_others() -> None:
    together = cut(TEXTS)
    for nth, of_all in enumerate(look(together)):
        for i, text in enumerate(TEXTS):
            assert look(cut([text]))[nth].tolist() == of_all[together.sentences.document == i].tolist()


def test_reading_on_gives_what_reading_at_once_gives_and_reads_nothing_twice(calls: list[int]) -> None:
    batch = cut([LONG, BROKEN])
    whole = reading(batch)
    at_once = len(calls)
    calls.clear()
    batch = cut([LONG, BROKEN])
    first, every = look(batch)
    part = reading(read_on(batch, first))
    assert (part.garble[first] == whole.garble[first]).all()
    assert np.isneginf(part.garble[~first]).all()
    part_read = len(calls)
    on = reading(read_on(read_on(batch, first), every))
    assert 0 < part_read < len(calls) == at_once
    for name in ("garble", "alone", "words"):
        assert (getattr(on, name) == getattr(whole, name)).all()


def test_a_document_that_its_worst_part_clears_is_read_no_further(
    calls: list[int], seeds: Path, all_doubtful: Path
) -> None:
    text = article(seeds)
    verdict = Detector(model=all_doubtful).judge(text)
    _, (count,) = chunks(cut([text]))
    assert verdict.action == "keep"
    assert verdict.ran == ("fast", "deep")
    assert chunks_in(calls) == 1
    assert share_read(verdict) == pytest.approx(1 / count, abs=0.1)


def test_how_much_was_read_is_told(seeds: Path, all_doubtful: Path) -> None:
    texts = [article(seeds), "\n".join([BROKEN, SOUND, BROKEN] * 3)]
    part, whole = map(share_read, Detector(model=all_doubtful).judge_many(texts))
    assert 0 < part < whole == 1
    assert [share_read(v) for v in Detector(deep="always").judge_many(texts)] == [1, 1]
    assert "LG119" not in {m.code for m in Detector(deep="never").judge(texts[0]).assessment.measurements}


def test_a_document_that_it_does_not_clear_gets_the_verdict_of_reading_everything() -> None:
    text = "\n".join([BROKEN, SOUND, BROKEN] * 3)
    assert Detector().judge(text).assessment == Detector(deep="always").judge(text).assessment


def test_the_cascade_judges_alike_alone_and_in_any_batch(all_doubtful: Path) -> None:
    detector = Detector(model=all_doubtful)
    together = detector.judge_batch([Document("", t) for t in TEXTS])
    assert [detector.judge(t) for t in TEXTS] == together
    assert detector.judge_batch([Document("", t) for t in TEXTS[::-1]])[::-1] == together


@pytest.mark.parametrize(("review", "read"), [(0.0, "whole"), (1.0, "part")])
def test_where_to_read_on_follows_the_policy_in_force(
    calls: list[int], seeds: Path, all_doubtful: Path, review: float, read: str
) -> None:
    lines = Detector(deep="never").policy.lines
    mine = Policy({**lines, "deep": replace(lines["deep"], garble_review_above=review, garble_drop_above=1.0)})
    text = article(seeds)
    Detector(policy=mine, model=all_doubtful).judge(text)
    _, (count,) = chunks(cut([text]))
    assert chunks_in(calls) == (count if read == "whole" else 1)


def spliced(seeds: Path) -> str:
    """Two sound articles, and between them three sentences of a kind that machine translations have."""
    return "\n".join([article(seeds), CRABBED, next(seeds.glob("002_*")).read_text("utf-8")])


def test_broken_sentences_in_a_sound_article_are_read_and_found(seeds: Path) -> None:
    text = spliced(seeds)
    fast = Detector(deep="never").judge(text)
    assert fast.assessment.garble < Detector()._model.policy["doubtful_above"]  # noqa: SLF001 - what this is about
    found = Detector().judge(text)
    assert found.ran == ("fast", "deep")
    (marks,) = (m.evidence for m in found.assessment.measurements if m.code == "MT131")
    assert "\n".join(text[s.start : s.end] for s in marks) == CRABBED.replace(". ", ".\n")
    assert Detector().judge(article(seeds)).ran == ("fast",)


def test_a_word_that_garble_marks_makes_its_sentence_more_suspicious_unless_its_signal_is_ignored() -> None:
    batch = cut([f"{SOUND}\nOrum the mayor has to wait, dedi he said to the council.\n{SOUND}"])
    left_out = replace(batch, ignored=frozenset({"MT101"}), memory={})
    marked = np.zeros(len(batch.sentences), bool)
    marked[batch.words.sentence[marked_by(find_signal("MT101"), batch)]] = True
    assert marked.sum() == 1
    assert not len(marked_by(find_signal("MT101"), left_out))
    assert (suspicion(batch) - suspicion(left_out)).tolist() == pytest.approx((MARKED * marked).tolist())


def test_sentences_stand_out_alone_as_in_any_batch_and_not_in_what_is_read_anyway(seeds: Path) -> None:
    texts = [spliced(seeds), article(seeds), *TEXTS]
    together = cut(texts)
    out = standing_out(together)
    assert out[together.sentences.document == 0].any()
    assert not out[together.sentences.document == 1].any()
    for i, text in enumerate(texts):
        assert standing_out(cut([text])).tolist() == out[together.sentences.document == i].tolist()
    assert not standing_out(together, 0.9).any()


def test_a_document_of_odd_sentences_is_not_asked_about_all_of_them(calls: list[int]) -> None:
    batch = cut(["\n".join([SOUND, CRABBED] * 30)])
    assert standing_out(batch).any()
    assert len(calls) == WORST


def test_what_is_read_around_sentences_that_stand_out_is_their_chunks(seeds: Path) -> None:
    batch = cut([spliced(seeds)])
    doubt = doubts(batch, np.zeros(1), 0.1)
    assert doubt.read.all()
    assert not doubt.whole.any()
    first, every = looks(batch, doubt)
    of, (count,) = chunks(batch)
    (out,) = np.nonzero(doubt.out)
    assert set(of[first]) == {i for k in (-1, 0, 1) for i in of[out + k].tolist()}
    assert count > WORST + SPREAD == len(set(of[every]))
    assert not (first & ~every).any()
