"""Repetition across a site: menus recur, articles do not, and copies of one article are one article."""

import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector import sites
from detector.batch import cut
from detector.corpus import Job, Judging, run
from detector.corpus.piles import Chunk
from detector.document import Document
from detector.io import Options
from detector.sites import Recurring, SiteLines, gather, site_of
from tests.conservation import snapshot

MENU = "Home of the Wend\nAll our gardens"
BODIES = [
    f"The {n} bridge was closed in the night, the council of Harnley said, and nobody knew why." for n in "abcdefgh"
]


def _documents(site: str = "http://www.wend.example/") -> list[Document]:
    return [Document(str(i), f"{MENU}\n{b}\nYes.", metadata={"url": f"{site}{i}"}) for i, b in enumerate(BODIES)]


def _recurring(documents: list[Document]) -> Recurring:
    counts = SiteLines()
    for document in documents:
        counts.add([document])
    return counts.recurring()


def _found(recurring: Recurring, document: Document) -> list[str]:
    marked = recurring.lines(cut([document.text]), [document])
    return [line for line, on in zip(document.text.split("\n"), marked.tolist(), strict=True) if on]


def test_lines_of_one_document_are_not_furniture() -> None:
    assert not any(BODIES[0] in _found(_recurring(_documents()), d) for d in _documents())


def test_three_documents_prove_nothing() -> None:
    assert _found(_recurring(_documents()[:3]), _documents()[0]) == []


def test_copies_of_one_article_are_one_article() -> None:
    copies = [Document(str(i), _documents()[0].text, metadata={"url": f"http://wend.example/{i}"}) for i in range(9)]
    assert _found(_recurring(copies), copies[0]) == []


def test_another_site_is_another_count() -> None:
    mixed = _documents()[:2] + _documents("http://other.example/")[2:4]
    assert _found(_recurring(mixed), mixed[0]) == []


def test_documents_without_a_site_are_passed_over() -> None:
    plain = [Document(d.id, d.text) for d in _documents()]
    assert _found(_recurring(plain), plain[0]) == []
    assert _found(_recurring(_documents()), plain[0]) == []


def test_lines_that_recur_on_their_site_are_found() -> None:
    recurring = _recurring(_documents())
    assert _found(recurring, _documents()[0]) == ["Home of the Wend", "All our gardens", "Yes."]


def test_a_batch_of_several_sites_is_marked_line_by_line() -> None:
    documents = [_documents()[0], Document("x", "Home of the Wend"), _documents("http://other.example/")[1]]
    marked = _recurring(_documents()).lines(cut([d.text for d in documents]), documents)
    assert marked.tolist() == [True, True, False, True] + [False] * 5


def test_batches_and_pickles_make_no_difference() -> None:
    counts = SiteLines()
    counts.add(_documents())
    together = pickle.loads(pickle.dumps(counts.recurring()))  # noqa: S301 - our own
    assert together.keys.tolist() == _recurring(_documents()).keys.tolist()


@pytest.mark.parametrize(
    ("document", "site"),
    [
        (Document("a", "", metadata={"site": "Wend.Example"}), "wend.example"),
        (Document("a", "", metadata={"url": "https://www.wend.example:80/x"}), "wend.example"),
        (Document("https://wend.example/x", ""), "wend.example"),
        (Document("a", "", metadata={"url": "http://[bad"}), None),
        (Document("a", "", metadata={"site": 3, "url": None}), None),
        (Document("a", "", metadata={"site": "https://www.wend.example/x"}), "wend.example"),
    ],
)
def test_a_site_is_named_by_the_document(document: Document, site: str | None) -> None:
    assert site_of(document) == site


def test_nothing_counted_is_nothing_found() -> None:
    assert _found(SiteLines().recurring(), _documents()[0]) == []
    assert _found(_recurring([Document("a", "", metadata={"site": "x"})]), _documents()[0]) == []


@pytest.mark.parametrize(
    ("metadata", "site"),
    [
        ({"paper": "Wend"}, "wend"),
        ({"meta": {"paper": "http://www.wend.example/x"}}, None),
        ({"url": "http://wend.example/"}, None),
        ({"paper": {"name": "Wend"}}, None),
    ],
)
def test_a_field_that_is_named_is_the_only_one(metadata: dict[str, Any], site: str | None) -> None:
    assert site_of(Document("a", "", metadata=metadata), "paper") == site


def test_a_field_lies_as_deep_as_its_dots_say() -> None:
    document = Document("a", "", metadata={"meta": {"paper": "http://www.wend.example/x"}, "other": 1})
    assert site_of(document, "meta.paper") == "wend.example"
    assert site_of(document, "other.paper") is None


@pytest.mark.parametrize("part", [1 << 26, 1 << 12, 1 << 6])
def test_what_is_gathered_from_files_is_what_was_counted_in_memory(
    part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "_PART", part)
    rng = np.random.default_rng(part)
    documents = [
        Document(str(i), "\n".join(f"line {x}" for x in rng.integers(0, 40, 30)), metadata={"site": f"s{i % 7}"})
        for i in range(60)
    ]
    whole = SiteLines()
    whole.add(documents)
    folders = []
    for i in range(0, 60, 9):
        counts = SiteLines()
        counts.add(documents[i : i + 9])
        folders.append(tmp_path / str(i))
        folders[-1].mkdir()
        counts.counted().save(folders[-1])
    (tmp_path / "work").mkdir()
    found = gather(reversed(folders), tmp_path / "work")
    assert len(found.keys) > 50
    assert found.keys.tolist() == whole.recurring().keys.tolist()
    assert not list((tmp_path / "work").iterdir())


def _corpus(folder: Path, n: int = 40) -> Path:
    folder.mkdir()
    body = (
        "The committee will meet again on Thursday to discuss item {} of the budget, and few were willing to predict "
        "how it would end. Members of both parties said they expected the talks to last well into the night."
    )
    with (folder / "a.jsonl").open("w") as file:
        for i in range(n):
            site = f"http://{'wend' if i % 2 else 'other'}.example/{i}"
            text = f"The Harbour is edited in Harnley\n{body.format(i)}\nIt reopened {i} hours later."
            file.write(json.dumps({"id": i, "url": site, "text": text}) + "\n")
    return folder


def _job(tmp_path: Path, name: str, **options: Any) -> Job:  # noqa: ANN401
    options = {"judging": Judging(deep="never"), "chunk_bytes": 900, **options}
    return Job("clean", (str(tmp_path / "in"),), str(tmp_path / name), **options)


def _texts(folder: Path) -> list[str]:
    files = [f for pile in ("kept", "review") for f in (folder / pile).glob("*")]
    rows = [json.loads(line) for f in files for line in f.read_text("utf-8").splitlines()]
    return [row["text"] for row in sorted(rows, key=lambda row: row["id"])]


def test_a_corpus_is_cleaned_by_site_with_the_same_bytes_from_any_number_of_workers(tmp_path: Path) -> None:
    _corpus(tmp_path / "in")
    told: list[dict[str, Any]] = []

    def tell(what: str, **facts: Any) -> None:  # noqa: ANN401
        told.extend([facts] if what == "counted" else [])

    for jobs in (1, 3):
        run(_job(tmp_path, f"out{jobs}", by_site=True), jobs=jobs, on_event=tell)
    run(_job(tmp_path, "plain"))
    assert [facts["lines"] for facts in told] == [2, 2]
    assert snapshot(tmp_path / "out1") == snapshot(tmp_path / "out3")
    assert not any("edited in Harnley" in text for text in _texts(tmp_path / "out1"))
    assert all("edited in Harnley" in text for text in _texts(tmp_path / "plain"))
    assert len(_texts(tmp_path / "out1")) == 40
    left = ({p.name for p in (tmp_path / name).iterdir()} for name in ("out1", "plain"))
    assert set.symmetric_difference(*left) == {"removed.jsonl"}


def test_a_field_may_name_the_site_and_a_limit_counts_what_it_reads(tmp_path: Path) -> None:
    _corpus(tmp_path / "in")
    run(_job(tmp_path, "out", by_site=True, site_field="url", limit=7))
    # Of seven documents four are of one site, the even ones, and three of the other: too few to tell.
    assert ["edited" in text for text in _texts(tmp_path / "out")] == [False, True] * 3 + [False]
    run(_job(tmp_path, "none", by_site=True, site_field="paper"))
    assert all("edited in Harnley" in text for text in _texts(tmp_path / "none"))


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_a_count_that_was_interrupted_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    path = _corpus(tmp_path / "in") / "a.jsonl"
    if format_ == "parquet":
        pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        pq.write_table(pa.Table.from_pylist(rows), path.with_suffix(".parquet"))
        path.unlink()
        monkeypatch.setattr("detector.corpus.plan.ROWS", 5)
    asked = {"by_site": True, "options": Options(also=("url",)), "format": "jsonl"}
    counted: list[str] = []
    count = Chunk.count

    def few(self: Chunk, documents: Sequence[Document]) -> None:
        counted.extend(d.id for d in documents)
        if len(counted) > 20:
            raise KeyboardInterrupt
        count(self, documents)

    with monkeypatch.context() as patch:
        patch.setattr(Chunk, "count", few)
        with pytest.raises(KeyboardInterrupt):
            run(_job(tmp_path, "storm", **asked))
    before = set(counted)
    counted.clear()
    monkeypatch.setattr(Chunk, "count", lambda self, some: (counted.extend(d.id for d in some), count(self, some))[1])
    run(_job(tmp_path, "storm", **asked))
    again = before & set(counted)
    assert len(before | set(counted)) == 40
    assert len(again) <= 5  # the chunk that was interrupted
    run(_job(tmp_path, "calm", **asked))
    assert snapshot(tmp_path / "calm") == snapshot(tmp_path / "storm")
    assert not any("edited in Harnley" in text for text in _texts(tmp_path / "storm"))
