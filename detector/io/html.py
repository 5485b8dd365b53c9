"""Web pages: the visible text, a line for each block, and the traces that translation machines leave in the markup."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding
from resiliparse.parse.html import HTMLTree

from detector.document import Document
from detector.io import Options, Read, Source, Unreadable
from detector.io.compression import damage
from detector.io.markup import evidence, is_readable, log_odds, mark_blocks
from detector.io.text import decode, mark, rest

__all__ = ["Page", "line_evidence", "page", "read", "translation_marks", "visible_text"]

# What machine-translating plug-ins and browsers write into a page, as (tag, attribute, pattern of its value). The
# first five are warc2text's tag filter (HPLT's list for it has the link in two words, as Google once asked for it); the
# rest is what Google Translate writes into pages that it shows or saves, the language tags of RFC 6497 (field t0) and
# of Google ("-x-mtfrom-"), and class names of plug-ins that serve translated copies.
# A page that merely offers translation (Google's drop-down list, Weglot's or WPML's menu of languages, hreflang links)
# is not translated: those marks are not here. GTranslate's are, although the originals of such a site have them too.
_CALLING_CARDS = (
    ("link", "rel", re.compile(r"\bmachine-translated-from\b", re.IGNORECASE)),
    ("link", "id", re.compile(r"^gtranslate-style-css$", re.IGNORECASE)),
    ("meta", "name", re.compile(r"^translation-stats$", re.IGNORECASE)),
    ("script", "src", re.compile(r"gtranslate", re.IGNORECASE)),
    ("aside", "id", re.compile(r"^gtranslate", re.IGNORECASE)),
    ("html", "lang", re.compile(r"-x-(?:mtfrom|machine-?translated)\b|-t-(?:.+-)?t0-", re.IGNORECASE)),
    ("html", "class", re.compile(r"\btranslated-(?:ltr|rtl)\b", re.IGNORECASE)),
    ("meta", "http-equiv", re.compile(r"^x-translated-by$", re.IGNORECASE)),
    ("meta", "name", re.compile(r"^(?:x-)?machine-?translat(?:ed|ion)", re.IGNORECASE)),
    (
        "body",
        "class",
        re.compile(r"\b(?:gtranslate-translated|transposh-translated|weglot-translated)\b", re.IGNORECASE),
    ),
    (
        "div",
        "class",
        re.compile(r"\b(?:conveythis-translated|machine-translat(?:ed|ion)(?:-notice)?)\b", re.IGNORECASE),
    ),
)

# What they write onto elements of any kind, as (name, pattern of the markup, least number of times, letters that it
# has: where the markup has them not, the pattern is not tried, which would take some milliseconds). Google Translate
# wraps each piece of text twice in <font style="vertical-align: inherit">, Yandex in <ya-tr-span>; Microsoft's
# translator, Firefox's and TranslatePress (where a machine did it) leave attributes; GTranslate's proxy signs with a
# comment.
_TRACES = (
    (
        "font style=vertical-align: inherit",
        re.compile(r"<font\b[^>]*vertical-align:\s*inherit", re.IGNORECASE),
        4,
        "vertical-align",
    ),
    ("ya-tr-span", re.compile(r"<ya-tr-span\b", re.IGNORECASE), 2, "ya-tr-span"),
    ("_msttexthash", re.compile(r"<[a-z][^<>]*\s_mst(?:text)?hash=", re.IGNORECASE), 2, "_mst"),
    ("x-bergamot-translated", re.compile(r"<[a-z][^<>]*\sx-bergamot-translated\b", re.IGNORECASE), 2, "x-bergamot"),
    ("data-trp-gettext", re.compile(r"<[a-z][^<>]*\sdata-trp-gettext=(?:\"\"|'')", re.IGNORECASE), 2, "data-trp"),
    ("delivered by GTranslate", re.compile(r"<!--\s*delivered by GTranslate\b", re.IGNORECASE), 1, "GTranslate"),
)

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_HEAD = 4096  # where browsers look for a declared encoding, and some more (HTML standard: 1024)
_HIDDEN = (
    "script",
    "style",
    "template",
    "svg",
    "[hidden]",
    "[style*='display:none']",
    "[style*='display: none']",
    "[style*='visibility:hidden']",
)


def _elements(tree: HTMLTree, selector: str) -> list[Any]:
    """All elements of a page that a CSS selector selects."""
    # A slice of a collection is one walk over the page; its iterator is one for each element.
    return list(tree.document.query_selector_all(selector)[:]) if tree.document is not None else []


def translation_marks(tree: HTMLTree, markup: str) -> list[str]:
    """What in a page's markup says that a machine translated it, such as `tag attribute=value`, in a fixed order."""
    found = []
    for tag, attribute, pattern in _CALLING_CARDS:
        among = tag if tag == "html" else f"{tag}[{attribute}*='translat' i]"
        for element in _elements(tree, among):
            value = element.getattr(attribute)
            if value and pattern.search(value):
                found.append(f"{tag} {attribute}={value[:80]}")
                break
    found += [
        name for name, pattern, least, letters in _TRACES if letters in markup and len(pattern.findall(markup)) >= least
    ]
    return found


def _lines(text: str) -> list[str]:
    return [line for line in (" ".join(x.split()) for x in text.split("\n")) if line]


def visible_text(tree: HTMLTree) -> str:
    """The text that a reader of the page sees: a line for each block, no space around it, no empty lines."""
    return "\n".join(
        _lines(
            extract_plain_text(
                tree, preserve_formatting=True, list_bullets=False, alt_texts=False, skip_elements=list(_HIDDEN)
            )
        )
    )


def line_evidence(tree: HTMLTree, text: str) -> NDArray[np.bool_] | None:
    """What a page's markup says of each line of its visible text (see `detector.io.markup`). The page is changed."""
    if not is_readable(tree):
        return None
    main = extract_plain_text(tree, preserve_formatting=True, list_bullets=False, alt_texts=False, main_content=True)
    blocks = mark_blocks(tree)
    return evidence(text.split("\n"), _lines(main), visible_text(tree), blocks)


class Page(NamedTuple):
    """What is read of a web page.

    `text`: what is visible. `facts`: what else it says, `title`, `language`, and `translation_marks` where some are.
    `markup`: for each line of the text, the log-odds that its markup adds to its being furniture; empty if it says
    nothing.
    """

    text: str
    facts: dict[str, Any]
    markup: tuple[float, ...]


def page(markup: str) -> Page:
    """Read a web page."""
    tree = HTMLTree.parse(markup)
    facts: dict[str, Any] = {}
    title = " ".join((tree.title or "").split())
    if title:
        facts["title"] = title
    root = _elements(tree, "html")
    language = root[0].getattr("lang") if root else None
    if language:
        facts["language"] = language
    marks = translation_marks(tree, markup)
    if marks:
        facts["translation_marks"] = marks
    text = visible_text(tree)
    return Page(text, facts, log_odds(line_evidence(tree, text)))


def decode_page(raw: bytes, wanted: str, declared: str | None = None) -> tuple[str, str, bytes]:
    """Bytes of a page as text: (markup, encoding, mark).

    In this order: the byte order mark; UTF-8 if the bytes are that; what HTTP or the page declares; a guess. Pages are
    decoded as browsers do it, so a wrong byte becomes U+FFFD, which a signal reports, and never loses the page.
    """
    bom, marked = mark(raw)
    if marked:
        return raw[len(bom) :].decode(marked, "replace"), marked, bom
    try:
        return decode(raw, wanted)
    except UnicodeDecodeError:
        pass
    named = _DECLARED.search(raw[:_HEAD])
    encoding = declared or (named.group(1).decode("ascii") if named else None) or detect_encoding(raw) or "utf-8"
    return bytes_to_str(raw, encoding, "replace"), encoding.lower(), b""


def read(
    stream: BinaryIO, source: Source, options: Options, offset: int = 0, position: int = 0
) -> Iterator[Read | Unreadable]:
    """Yield the one document of a web page; its title, language and translation marks are its metadata."""
    limit = options.max_document_bytes
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        size = len(raw) + rest(stream)
        message = f"{size:,} bytes long; the longest that is read has {limit:,} (--max-document-bytes)"
        yield Unreadable(source.path, position, offset, "too-long", message, raw[:limit], size)
        return
    broken = damage(stream)
    if broken:
        yield Unreadable(source.path, position, offset, "damaged", broken, raw, len(raw))
        return
    markup, encoding, bom = decode_page(raw, options.encoding)
    text, facts, odds = page(markup)
    yield Read(Document(source.name, text, source.path, facts, odds), position, offset, raw, encoding, bom)
