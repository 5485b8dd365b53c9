"""The numbers by which signals earn their place, and the table of sequences, on toy documents."""

import json
from pathlib import Path

import numpy as np
import pytest

from detector.batch import hash_words
from detector.registry import find_signal
from detector.surroundings import run_together
from detector.training import ablation, sequences
from detector.training.ablation import area, main, values_of, wilson
from detector.training.corpus import Labelled


def test_equal_values_part_nothing() -> None:
    assert area(np.zeros(3), np.zeros(4)) == 0.5


@pytest.mark.parametrize(("clean", "faulty", "expected"), [([0, 0], [1, 1], 1.0), ([1], [0], 0.0), ([0, 2], [1], 0.5)])
def test_the_area_is_how_often_a_faulty_document_lies_above(
    clean: list[float], faulty: list[float], expected: float
) -> None:
    assert area(np.array(clean, float), np.array(faulty, float)) == expected


def test_the_interval_holds_the_share_and_narrows_with_more_documents() -> None:
    few, many = wilson(1, 10), wilson(100, 1000)
    assert few[0] < 0.1 < few[1]
    assert few[0] < many[0] < 0.1 < many[1] < few[1]
    assert wilson(0, 0)[0] >= -1e-9


def test_values_do_not_depend_on_how_documents_are_batched(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["the use of the use of the use of it", "It rained.", "", "a irritation"] * 3
    signals = [find_signal("MT102"), find_signal("MT107")]
    whole = values_of(texts, signals)
    monkeypatch.setattr(ablation, "BATCH", 2)
    assert (values_of(texts, signals) == whole).all()


def test_the_table_says_what_pays_and_what_is_silent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loop = "They spoke of the use of the use of the use of the water in the house on Monday."
    clean = "They spoke of the water in the house on Monday, and nobody had anything to add."
    kinds = {
        "mt.mafand_poor": loop,
        "native.news": clean,
        "native.mafand_src": clean,
        "ref.web": clean,
        "typos.0": clean,
        "typos.0.03": clean,
        "genre.law": clean,
        "learner.x": clean,
        "boilerplate.x": clean,
    }
    rows = [(tier, text) for tier, text in kinds.items() for _ in range(30)]
    for name, field, column in (("docs", "text", 1), ("key", "tier", 0)):
        lines = [json.dumps({"id": str(i), field: row[column]}) for i, row in enumerate(rows)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    main([str(tmp_path), "MT102", "EN104"])
    lines = capsys.readouterr().out.splitlines()
    told = {line.split()[0]: line.split()[2] for line in lines if line[:2] in ("MT", "EN")}
    assert told == {"MT102": "garble", "EN104": "silent"}


def test_a_sequence_is_kept_that_only_garble_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequences, "BATCH", 2)
    said = {
        "mt.smt": "It came from of the house.",
        "native.news": "It came out of the house.",
        "ref.web": "It came out of a house.",
        "genre.law": "It is of the house.",
        "learner.x": "It was in the house.",
    }
    rows = [
        Labelled(kind, garble=kind.startswith("mt."), row={"text": text, "group": f"{kind}{i}"})
        for kind, text in said.items()
        for i in range(4)
    ]
    kept, words = sequences.compile_sequences(rows)
    assert words["garble"] == 4 * 6
    expected = {
        int(run_together(hash_words(run.split()), np.array([0]), len(run.split()))[0])
        for run in ("from of", "from of the")
    }
    assert set(kept.tolist()) == expected


def test_what_is_neither_garble_nor_clean_is_not_counted() -> None:
    assert sequences._class(Labelled("mt.web", garble=None, row={})) is None  # noqa: SLF001
    assert sequences._class(Labelled("native.mafand_src", garble=False, row={})) == "translation"  # noqa: SLF001
