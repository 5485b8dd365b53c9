"""Repetition across a site: menus recur, articles do not, and copies of one article are one article."""

import pickle

import pytest

from detector.document import Document
from detector.sites import Recurring, SiteLines, site_of

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
    return [s.of(document.text) for s in recurring.spans(document)]


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


def test_lines_that_recur_on_their_site_are_found_with_their_kind() -> None:
    recurring = _recurring(_documents())
    document = _documents()[0]
    assert _found(recurring, document) == ["Home of the Wend", "All our gardens", "Yes."]
    assert {s.detail["kind"] for s in recurring.spans(document)} == {"navigation"}


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
    ],
)
def test_a_site_is_named_by_the_document(document: Document, site: str | None) -> None:
    assert site_of(document) == site


def test_nothing_counted_is_nothing_found() -> None:
    assert _found(SiteLines().recurring(), _documents()[0]) == []
    assert _found(_recurring([Document("a", "", metadata={"site": "x"})]), _documents()[0]) == []
