"""The lexicon: what is known of each word type, and that its builder and its reader agree."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from detector.assets import check_folder, find_folder
from detector.batch import Taught, cut, hash_words
from detector.errors import ModelError
from detector.lexicon import FORMAT, LANGUAGES, VERSION, facts, find_rows, lexicon

ROOT = Path(__file__).resolve().parent.parent


def _known(text: str, taught: Taught | None = None) -> dict[str, bool]:
    batch = cut([text], taught)
    known = facts(batch).known
    return {batch.word(i): bool(known[batch.words.type[i]]) for i in range(len(batch.words))}


def test_english_in_both_spellings_is_known() -> None:
    text = (
        "The colour of a color, organised or organized, travelled and traveled, judgement and judgment, weren't they?"
    )
    assert all(_known(text).values())


def test_names_places_brands_numbers_and_new_words_are_known() -> None:
    text = (
        "Obama's Brexit in Kyiv, Microsoft, Macron, 1,000 smartphones, 3.5 podcasts, the 1990s, a blog, selfies at 5pm"
    )
    assert [w for w, known in _known(text).items() if not known] == []


def test_misspellings_are_not_known_however_often_they_are_written() -> None:
    assert not any(_known("recieve definately seperate untilll goverment occured negotiaitons").values())


def test_a_name_in_small_letters_is_a_name_but_not_known() -> None:
    batch = cut(["london starmer"])
    found = facts(batch)
    assert found.name.all()
    assert found.capitalised.all()
    assert not found.known.any()


def test_american_and_british_spellings_are_told_apart() -> None:
    batch = cut(["color colour center centre house organize organise"])
    found, order = facts(batch), batch.words.type
    assert found.us[order].tolist() == [True, False, True, False, True, True, False]
    assert found.gb[order].tolist() == [False, True, False, True, True, True, True]


def test_foreign_words_name_their_language() -> None:
    batch = cut(["dedi obwohl aujourd"])
    found, order = facts(batch), batch.words.type
    languages = [LANGUAGES[n - 1] for n in found.foreign_language[order].tolist()]
    assert languages == ["tr", "de", "fr"]
    assert (found.foreign_zipf - found.zipf > 1.5).all()


def test_a_possessive_is_as_known_as_its_stem() -> None:
    assert _known("Obama's negotiaiton's they'd Xqzzy'll") == {
        "Obama's": True,
        "negotiaiton's": False,
        "they'd": True,
        "Xqzzy'll": False,
    }


def test_curly_apostrophes_case_and_neighbours_change_no_key() -> None:
    words = ["don't", "o'clock", "naïve", "İstanbul", "x" * 60]
    batch = cut(["Don’t O’CLOCK Naïve İSTANBUL " + "X" * 60])
    assert batch.types.key[batch.words.type].tolist() == hash_words(words).tolist()


def test_builder_and_reader_agree_on_the_keys_of_common_words() -> None:
    words = "the of and government parliament yesterday don't café Washington ukraine".split()
    rows = lexicon().rows(hash_words(words))
    assert (rows >= 0).all()
    assert (lexicon().zipf[rows] > 50).all()


def test_keys_are_sorted_and_unique() -> None:
    keys = np.asarray(lexicon().keys)
    assert (keys[1:] > keys[:-1]).all()


def test_what_a_user_teaches_is_accepted_in_any_case_and_as_possessive() -> None:
    taught = Taught.from_words(["frobnicator", "Xqzzy-Qzzx"])
    assert all(_known("frobnicator Frobnicator's FROBNICATOR xqzzy Qzzx", taught).values())
    assert not _known("frobnicators", taught)["frobnicators"]


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "👍", "''' ’ '", "a'", "'s"])
def test_facts_of_nearly_nothing(text: str) -> None:
    assert len(facts(cut([text])).known) <= 1


def test_an_empty_table_has_no_rows() -> None:
    assert find_rows(np.zeros(0, np.uint64), hash_words(["a"])).tolist() == [-1]


def test_facts_do_not_depend_on_the_company() -> None:
    alone = facts(cut(["Obama's colour dedi"]))
    batch = cut(["Something else entirely, with other words.", "Obama's colour dedi"])
    order = batch.words.type[batch.words.document == 1]
    own = cut(["Obama's colour dedi"]).words.type
    for field in ("zipf", "known", "us", "gb", "foreign_zipf"):
        assert getattr(facts(batch), field)[order].tolist() == getattr(alone, field)[own].tolist()


def test_damaged_tables_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "lexicon"
    shutil.copytree(find_folder("lexicon"), folder)
    with (folder / "zipf.npy").open("r+b") as file:
        file.seek(500)
        file.write(b"\xff\xfe")
    with pytest.raises(ModelError, match=r"zipf\.npy: was changed or damaged"):
        check_folder(folder, FORMAT, VERSION)


def test_the_tables_are_small_enough_to_ship_and_hold_no_text_of_others() -> None:
    folder = find_folder("lexicon")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert sum(f["bytes"] for f in manifest["files"].values()) < 13_500_000
    names = bytes(np.load(folder / "names.npy")).decode().split("\n")
    assert all(" " not in name for name in names)


@pytest.mark.data
def test_no_misspelling_that_is_set_aside_ships(data: Path) -> None:
    from detector.training.news import read_rows  # noqa: PLC0415 - training's libraries may not be here
    from detector.training.speller import set_aside  # noqa: PLC0415

    table = np.load(find_folder("lexicon") / "misspellings.npy")
    kept: set[str] = set()
    aside: set[str] = set()
    for row in read_rows(data / "train" / "misspelling_pairs.jsonl.zst"):
        rights = [w.strip() for w in row["corrections"].split(",")]
        (aside if any(set_aside(w) for w in rights) else kept).add(row["text"].lower())
    only = sorted(w for w in aside - kept if w.isalpha())
    assert len(only) > 10_000
    assert (find_rows(table, hash_words(only)) < 0).all()
