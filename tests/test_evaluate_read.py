"""Labelled JSON lines become items, whatever their fields are called."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detector.errors import UsageError
from detector.io import Options, Unreadable
from detector.training.evaluation.read import FIELDS, Item, items, keyed, ratings, table


def _write(path: Path, *records: Mapping[str, Any]) -> str:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    return str(path)


def _read(path: str, **more: Any) -> list[Item]:  # noqa: ANN401 - the arguments of items
    unread: list[Unreadable] = []
    found = list(items([path], Options(), more.pop("fields", FIELDS), unread.append, **more))
    assert not unread
    return found


def _one(tmp_path: Path, name: str = "texts.jsonl", **record: Any) -> Item:  # noqa: ANN401 - JSON
    return _read(_write(tmp_path / name, {"id": "a", "text": "A cat sat.", **record}))[0]


def test_a_record_without_facts_is_of_no_known_kind(tmp_path: Path) -> None:
    facts = _one(tmp_path).facts
    assert (facts.tier, facts.group, facts.year, facts.ratings) == ("other.texts", "", "", {})
    assert facts.truth != facts.truth


@pytest.mark.parametrize(
    ("record", "tier", "truth"),
    [
        ({"garble": 1}, "garble.texts", 1.0),
        ({"garble": False}, "clean.texts", 0.0),
        ({"label": "clean"}, "clean.texts", 0.0),
        ({"label": "human_original", "genre": "news"}, "native.texts", 0.0),
        ({"label": "human_original", "genre": "law"}, "genre.law", 0.0),
        ({"label": "human_L2", "source": "FCE"}, "learner.FCE", 0.0),
        ({"label": "human_translation"}, "ref.texts", 0.0),
        ({"tier": "mt.apertium", "label": "mt"}, "mt.apertium", 1.0),
        ({"tier": "mt.web", "garble": 1}, "mt.web", 1.0),
    ],
)
def test_a_label_is_understood(record: Mapping[str, Any], tier: str, truth: float, tmp_path: Path) -> None:
    facts = _one(tmp_path, **record).facts
    assert (facts.tier, facts.truth) == (tier, truth)


def test_machine_translation_is_called_by_its_file(tmp_path: Path) -> None:
    assert _one(tmp_path, "mt_mine.jsonl", label="mt").facts.tier == "mt.mine"


@pytest.mark.parametrize(
    ("record", "year"),
    [
        ({"year": 2019}, "2019"),
        ({"date": "2016-03-15"}, "2016"),
        ({"group": "wmt20-ruen:113"}, "2020"),
        ({"group": "wmt2021:ja-en"}, "2021"),
        ({"tier": "mt.smt_2012"}, "2012"),
        ({"group": "essays:1995"}, ""),
    ],
)
def test_the_year_is_where_it_may_be(record: Mapping[str, Any], year: str, tmp_path: Path) -> None:
    assert _one(tmp_path, **record).facts.year == year


def test_facts_may_have_other_names(tmp_path: Path) -> None:
    path = _write(tmp_path / "x.jsonl", {"text": "A cat.", "made_by": "babel", "kind": "mt.web"})
    facts = _read(path, fields=table(["engine=made_by"]))[0].facts
    assert (facts.engine, facts.tier) == ("babel", "mt.web")


@pytest.mark.parametrize("wrong", ["colour=x", "engine", "engine="])
def test_a_fact_that_there_is_not_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="FACT=FIELD"):
        table([wrong])


def test_a_key_adds_what_the_texts_do_not_say(tmp_path: Path) -> None:
    texts = _write(tmp_path / "docs.jsonl", {"id": "a", "text": "A cat."}, {"id": "b", "text": "A dog."})
    key = keyed([_write(tmp_path / "key.jsonl", {"id": "b", "tier": "splice.garbled", "gold": [0], "task": "splice"})])
    first, second = _read(texts, key=key)
    assert (first.facts.task, first.gold) == ("garble", None)
    assert (second.facts.task, second.gold) == ("splice", [0])


def test_ratings_are_joined_by_group_and_engine(tmp_path: Path) -> None:
    rated = ratings(
        [
            _write(
                tmp_path / "r.jsonl",
                {"text": "x", "group": "g", "system": "s", "da_raw": [80.0, None, 60.0], "hter": 0.5},
            )
        ]
    )
    path = _write(tmp_path / "x.jsonl", *({"text": "A cat.", "group": "g", "system": s} for s in "st"))
    assert [item.facts.ratings for item in _read(path, judged=rated)] == [{"da_raw": (80.0, 60.0), "hter": (0.5,)}, {}]


def test_error_spans_and_tags_become_places(tmp_path: Path) -> None:
    assert _one(tmp_path, error_spans=[[6, 9, "major"], [2, 5, "minor"]]).errors == [(2, 5), (6, 9)]
    assert _one(tmp_path, error_spans=[{"start": 2, "end": 5}]).errors == [(2, 5)]
    # Gap, word, gap, ...: the second word is bad. With N tags, those of the words.
    assert _one(tmp_path, mt_tok="A cat sat .", tags="oooBooooo").errors == [(2, 5)]
    assert _one(tmp_path, mt_tok="A cat sat .", tags="oBoo").errors == [(2, 5)]
    assert _one(tmp_path).errors is None
