"""Web pages and web archives: what is read, what is passed over, and what translation machines leave in the markup."""

import gzip
import io
from typing import Any, BinaryIO, cast

import pytest

from detector.io import Options, Read, Source, Unreadable

pytest.importorskip("resiliparse", reason="the extra html is not installed")
pytest.importorskip("fastwarc", reason="the extra html is not installed")

from detector.io import html, warc

PAGE = """<!DOCTYPE html><html lang="en"><head><title>The  Harbour</title><style>p {}</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ul></nav>
<h1>The river rose</h1><p>It rained for <b>three</b> days &amp; nights.</p><script>var x = "no";</script>
<p hidden>unseen</p><div style="display:none">unseen too</div><footer>© 2021 The Harbour</footer></body></html>"""
TEXT = "Home\nNews\nThe river rose\nIt rained for three days & nights.\n© 2021 The Harbour"


def _read(raw: bytes, name: str = "a.html", **options: Any) -> list[Read | Unreadable]:  # noqa: ANN401
    module = html if name.endswith("html") else warc
    stream = cast("BinaryIO", io.BytesIO(raw))
    return list(module.read(stream, Source(name, name, name.rsplit(".", 1)[-1]), Options(**options)))


def _one(raw: bytes, name: str = "a.html", **options: Any) -> Read:  # noqa: ANN401
    (answer,) = _read(raw, name, **options)
    assert isinstance(answer, Read)
    return answer


def _response(body: bytes, kind: str = "text/html", url: str = "http://example.org/") -> bytes:
    http = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    return _record("response", http, "application/http; msgtype=response", url)


def _record(type_: str, block: bytes, kind: str, url: str) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {type_}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2021-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{abs(hash(url)) % 10**12:012d}>\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def test_a_page_without_calling_cards_has_no_translation_marks() -> None:
    assert "translation_marks" not in _one(PAGE.encode()).document.metadata


@pytest.mark.parametrize(
    "offer",
    [
        '<div id="google_translate_element"></div><script src="//translate.google.com/element.js"></script>',
        '<link rel="alternate" hreflang="de" href="/de"><meta name="generator" content="WPML ver:4.6 stt:1,3">',
        '<b class="notranslate" translate="no">Wend</b><span data-trp-gettext="wend">x</span>',
        '<p>The attribute _msttexthash="1" and _msthash="2" are written by a browser.</p>',
        '<html lang="en-t-de">',
    ],
)
def test_a_page_that_offers_translation_is_not_taken_for_translated(offer: str) -> None:
    assert "translation_marks" not in _one(PAGE.replace("<h1>", offer + "<h1>").encode()).document.metadata


def test_visible_blocks_become_lines() -> None:
    document = _one(PAGE.encode()).document
    assert document.text == TEXT
    assert document.metadata == {"title": "The Harbour", "language": "en"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('lang="en"', 'lang="en-x-mtfrom-de"'),
        ('lang="en"', 'lang="en" class="translated-ltr"'),
        ('lang="en"', 'lang="en-t-de-t0-und"'),
        ("<title>", '<link rel="alternate-machine-translated-from" hreflang="de" href="/de"><title>'),
        ("<title>", '<link rel="alternate machine-translated-from" hreflang="de" href="/de"><title>'),
        ("<title>", '<meta http-equiv="X-Translated-By" content="Google"><title>'),
        ("<title>", '<meta name="translation-stats" content="{}"><title>'),
        ("<title>", '<script src="/wp-content/plugins/gtranslate/js/x.js"></script><title>'),
        ("<b>three</b>", '<font style="vertical-align: inherit;">x</font>' * 4),
        ("<b>three</b>", '<ya-tr-span data-index="0">x</ya-tr-span>' * 2),
        ("<b>three</b>", '<b _msttexthash="12" _msthash="3">x</b>' * 2),
        ("<b>three</b>", '<b x-bergamot-translated="">x</b>' * 2),
        ("<b>three</b>", '<b data-trp-gettext="">x</b>' * 2),
        ("</body>", "</body><!-- delivered by GTranslate v8.0.11 in 96ms -->"),
    ],
)
def test_what_translation_machines_write_into_a_page_is_found(old: str, new: str) -> None:
    assert _one(PAGE.replace(old, new).encode()).document.metadata["translation_marks"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig", "cp1252"])
def test_a_page_in_another_encoding_is_read(encoding: str) -> None:
    declared = PAGE.replace("<title>", f'<meta charset="{encoding}"><title>').replace("river", "Düna")
    assert "The Düna rose" in _one(declared.encode(encoding)).document.text


@pytest.mark.parametrize("raw", [b"", b"<", b"\x00\xff\xfe<p>", b"<p>" * 2000, b"<!--", b"plain words only"])
def test_odd_bytes_are_a_page_too(raw: bytes) -> None:
    assert isinstance(_read(raw)[0], Read)


def test_a_page_that_is_too_long_is_unreadable() -> None:
    (answer,) = _read(b"<p>" + b"x" * 100, max_document_bytes=50)
    assert isinstance(answer, Unreadable)
    assert (answer.cause, answer.size) == ("too-long", 103)


def test_an_archive_gives_its_pages_and_texts_and_passes_over_the_rest() -> None:
    raw = b"".join(
        [
            _record("warcinfo", b"software: none\r\n", "application/warc-fields", "http://example.org/info"),
            _record("request", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request", "http://example.org/q"),
            _response(PAGE.encode(), url="http://example.org/a"),
            _response(b"\x89PNG", "image/png", "http://example.org/b.png"),
            _response(b"plain words", "text/plain", "http://example.org/c.txt"),
        ]
    )
    answers = _read(raw, "a.warc")
    assert [a.document.text for a in answers if isinstance(a, Read)] == [TEXT, "plain words"]
    assert [a.position for a in answers] == [0, 1]
    assert answers[0].offset == raw.index(b"WARC/1.0\r\nWARC-Type: response")
    first = answers[0]
    assert isinstance(first, Read)
    assert first.document.metadata["url"] == "http://example.org/a"
    assert first.document.metadata["title"] == "The Harbour"


def test_a_compressed_body_inside_an_archive_is_read() -> None:
    body = gzip.compress(PAGE.encode())
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    block = http + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    raw = _record("response", block, "application/http; msgtype=response", "http://example.org/z")
    assert _one(raw, "a.warc").document.text == TEXT


def test_the_texts_of_a_wet_archive_are_documents() -> None:
    raw = _record("conversion", "The Düna rose.\nIt fell.".encode(), "text/plain", "http://example.org/t")
    assert _one(raw, "a.wet").document.text == "The Düna rose.\nIt fell."


def test_a_wet_record_in_another_encoding_is_unreadable_and_the_rest_goes_on() -> None:
    raw = _record("conversion", "Düna".encode("latin-1"), "text/plain", "http://example.org/1")
    raw += _record("conversion", b"fine", "text/plain", "http://example.org/2")
    bad, good = _read(raw, "a.wet")
    assert isinstance(bad, Unreadable)
    assert bad.cause == "encoding"
    assert isinstance(good, Read)


def test_a_record_that_is_too_long_is_unreadable_and_the_rest_goes_on() -> None:
    raw = _response(b"x" * 5000, url="http://example.org/1") + _response(PAGE.encode(), url="http://example.org/2")
    bad, good = _read(raw, "a.warc", max_document_bytes=2000)
    assert isinstance(bad, Unreadable)
    assert bad.cause == "too-long"
    assert isinstance(good, Read)


@pytest.mark.parametrize("raw", [b"", b"no archive at all", b"WARC/1.0\r\nWARC-Type: resp"])
def test_what_is_no_archive_has_no_documents(raw: bytes) -> None:
    assert not any(isinstance(answer, Read) for answer in _read(raw, "a.warc"))


def test_a_cut_off_archive_gives_what_came_before_the_cut() -> None:
    whole = _response(PAGE.encode(), url="http://example.org/1")
    answers = _read(whole + whole[: len(whole) // 2], "a.warc")
    assert isinstance(answers[0], Read)
    assert answers[0].document.text == TEXT
