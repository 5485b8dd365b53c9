"""`detector evaluate` from end to end: any labelled JSON lines in; JSON, tables and a page out."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from detector.cli import app
from detector.io import Options
from detector.pipeline import Detector
from detector.training.evaluation.baselines import Length, Perplexity, Regression
from detector.training.evaluation.collect import Given, Judge, collect
from detector.training.evaluation.read import FIELDS, items, keyed
from detector.training.evaluation.results import evaluate
from detector.training.evaluation.rules import broken
from detector.training.evaluation.tables import markdown
from tests.evaluated import Labelled, labelled_set

CLEAN = "The farmer opened the gate and went into the house to look for the letter.\n" * 2
ARTICLE = (
    "The council met in the old hall on Monday and agreed to repair the bridge before winter comes.\n"
    "Nobody spoke against the plan, which had been drawn up by two engineers from the next town.\n"
    "It will cost a good deal of money, and the mayor said that he would ask the county for half of it.\n"
    "Work is to begin after Easter. Until then lorries have to take the longer road along the river.\n"
    "A farmer who lives on the other side told us that he had waited ten years for this day."
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Labelled:
    """A labelled set with ready scores."""
    return labelled_set(tmp_path_factory.mktemp("set"))


def _run(*args: object) -> Result:
    return CliRunner().invoke(app, ["evaluate", *map(str, args)])


def _figures(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "evaluation.json").read_text("utf-8"))
    return content


def test_nothing_is_overwritten_unasked(small: Labelled, tmp_path: Path) -> None:
    (tmp_path / "evaluation.md").write_text("mine", "utf-8")
    done = _run(small.docs, "--key", small.key, "--scores", small.scores, "--out", tmp_path)
    assert done.exit_code == 2
    assert "--force" in done.stderr
    assert (tmp_path / "evaluation.md").read_text("utf-8") == "mine"


def test_scores_of_other_documents_are_refused(small: Labelled, tmp_path: Path) -> None:
    other = tmp_path / "scores.jsonl"
    other.write_text('{"id": "unheard-of", "garble": 0.5}\n', "utf-8")
    done = _run(small.docs, "--scores", other, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "nothing to grade" in done.stderr


@pytest.mark.parametrize("lengths", ["fifty", "0", "50,,100"])
def test_lengths_are_numbers(lengths: str, small: Labelled, tmp_path: Path) -> None:
    done = _run(small.docs, "--scores", small.scores, "--lengths", lengths, "--out", tmp_path / "out")
    assert done.exit_code == 2


def test_ready_scores_give_json_tables_and_page(small: Labelled, tmp_path: Path) -> None:
    done = _run(small.docs, "--key", small.key, "--scores", small.scores, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    assert "| mt.web_weak | 40 |" in done.stdout
    content = _figures(tmp_path / "out")
    assert content["scorers"] == ["detector", "length", "FineWeb rules"]
    assert content["missing"] == 0
    assert [r["name"] for r in content["by"]["engine"]] == ["babel"]
    assert [r["name"] for r in content["by"]["year"]] == ["2020"]
    assert content["seeds"][0]["name"] == "000.txt"
    markdown = (tmp_path / "out" / "evaluation.md").read_text("utf-8")
    assert all(f"**{t['title']}**" in markdown for t in content["tables"])


def test_the_page_needs_nothing_else(small: Labelled, tmp_path: Path) -> None:
    _run(small.docs, "--key", small.key, "--scores", small.scores, "--out", tmp_path / "out")
    page = (tmp_path / "out" / "evaluation.html").read_text("utf-8")
    assert page.count("<svg") == 4  # there is no picture of short texts: ready scores are of whole ones
    assert "<script" not in page
    assert not re.findall(r"<(?:img|link|iframe)\b|@import|url\((?!#)", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', page)) <= set(ids)


def test_the_same_input_gives_the_same_bytes(small: Labelled, tmp_path: Path) -> None:
    for name in ("a", "b"):
        _run(small.docs, "--key", small.key, "--scores", small.scores, "--out", tmp_path / name)
    for name in ("evaluation.json", "evaluation.md", "evaluation.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_compressed_texts_are_judged_whole_and_cut_beside_what_was_learnt(
    small: Labelled, toy_model: Path, tmp_path: Path
) -> None:
    records = {r["id"]: r for r in map(json.loads, small.docs.read_text("utf-8").splitlines())}
    for line in small.key.read_text("utf-8").splitlines():
        records[json.loads(line)["id"]].update(json.loads(line))
    packed = tmp_path / "all.jsonl.gz"
    packed.write_bytes(gzip.compress("".join(json.dumps(r) + "\n" for r in records.values()).encode()))
    done = _run(
        packed,
        "--baseline-train",
        packed,
        "--lengths",
        "50",
        "--deep",
        "never",
        "--model",
        toy_model,
        "--out",
        tmp_path,
    )
    assert done.exit_code == 0, done.stderr
    content = _figures(tmp_path)
    assert content["scorers"][3:] == ["n-gram perplexity", "word n-grams", "character n-grams"]
    assert [r["words"] for r in content["cut"]] == [50]
    assert content["calibration"]["detector"]["n"] > 300
    weak = next(t for t in content["tiers"] if t["tier"] == "mt.web_weak")
    assert weak["word n-grams"]["auc_human"] == 1.0  # "dedi": it was trained on them


def test_what_cannot_be_read_is_named_and_the_rest_is_done(small: Labelled, tmp_path: Path) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_text(small.docs.read_text("utf-8") + '{"id": "torn', "utf-8")
    done = _run(torn, "--key", small.key, "--scores", small.scores, "--out", tmp_path / "out")
    assert done.exit_code == 3
    assert "UNREADABLE" in done.stderr
    assert _figures(tmp_path / "out")["unreadable"] == 1


def test_ratings_rank_documents_that_have_five(toy_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "rated.jsonl"
    rows = [
        {"text": ARTICLE + " the of the" * i, "tier": "mt.web", "group": f"g{i}", "da_raw": [100.0 - i] * n}
        for i in range(24)
        for n in ((5,) if i else (4,))
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    done = _run(path, "--lengths", "none", "--deep", "never", "--model", toy_model, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    (row,) = (r for r in _figures(tmp_path / "out")["ratings"] if r["unit"] == "document")
    assert (row["rating"], row["n"]) == ("da_raw", 23)
    assert row["length"] == pytest.approx(1.0)


def test_single_sentences_are_ranked_by_their_one_rating(toy_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "rated.jsonl"
    rows = [{"text": "The cat sat." + " It sat." * i, "tier": "mt.web", "hter": i / 30} for i in range(24)]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    _run(path, "--lengths", "none", "--deep", "never", "--model", toy_model, "--out", tmp_path / "out")
    row = next(r for r in _figures(tmp_path / "out")["ratings"] if r["unit"] == "sentence")
    assert (row["rating"], row["n"], row["length"]) == ("hter", 24, pytest.approx(1.0))


def test_the_base_install_has_a_column_of_its_own(small: Labelled, toy: Detector) -> None:
    labelled = items([str(small.docs)], Options(), FIELDS, print, keyed([str(small.key)]))
    content = evaluate(collect(labelled, Given(str(small.scores)), base=Judge(toy)))
    assert content["scorers"] == ["detector", "base install"]
    assert all("base install" in tier for tier in content["tiers"])
    assert content["calibration"]["base install"]["ece"] >= 0
    assert "| base install |" in markdown(content)


def test_a_plain_article_breaks_no_rule() -> None:
    assert broken(ARTICLE) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "gopher-short"),
        ("Short.", "gopher-short"),
        (ARTICLE + "\n" + "lorem ipsum dolor", "c4-lorem-ipsum"),
        ("Home page\n" * 60, "fineweb-short-lines"),
        ("Home page\n" * 60, "gopher-duplicate-lines"),
        (" ".join(f"{i}" for i in range(100)), "gopher-alpha"),
        ("It is the use of the " + "use of the " * 60, "gopher-top-3-gram"),
    ],
)
def test_a_faulty_text_breaks_its_rule(text: str, rule: str) -> None:
    assert rule in broken(text)


def test_perplexity_is_higher_for_words_never_seen_together() -> None:
    model = Perplexity([CLEAN] * 50)
    same, shuffled, nothing = model.score([CLEAN, " ".join(reversed(CLEAN.split())), ""])
    assert nothing == 0
    assert same < shuffled


def test_a_baseline_says_the_same_alone_and_in_company() -> None:
    texts = [CLEAN, ARTICLE, "", "Dedi the of the."]
    for baseline in (Length(), Perplexity([CLEAN]), Regression("word", texts, [0, 0, 1, 1])):
        together = baseline.score(texts)
        assert np.isfinite(together).all()
        assert together == pytest.approx([float(baseline.score([t])[0]) for t in texts])
