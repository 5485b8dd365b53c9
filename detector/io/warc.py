"""Web archives: WARC (pages as they were served) and WET (their text, one record each)."""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from detector.document import Document
from detector.io import Options, Read, Source, Unreadable
from detector.io.html import decode_page, page
from detector.io.text import decode, encoding_message

__all__ = ["read"]

_PAGES = ("text/html", "application/xhtml+xml")
_TEXTS = ("text/plain",)
_BLOCK = 1 << 20


class _Forward(io.RawIOBase):
    """A stream that can only be read on, and knows how far it was: fastwarc asks where it stands."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        block = self._stream.read(size)
        self._at += len(block)
        return block

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        target = offset + (self._at if whence == io.SEEK_CUR else 0)
        if whence == io.SEEK_END or target < self._at:
            msg = "this stream can only be read on"
            raise io.UnsupportedOperation(msg)
        while self._at < target and self.read(min(target - self._at, _BLOCK)):
            pass
        return self._at


def _facts(record: WarcRecord) -> dict[str, Any]:
    """What the archive says of a record, under the names of Common Crawl's own extractions."""
    named = (("url", "WARC-Target-URI"), ("date", "WARC-Date"), ("record_id", "WARC-Record-ID"))
    return {name: record.headers[key] for name, key in named if record.headers.get(key)}


def _kind(record: WarcRecord) -> str:
    """What a record says it holds, "text/html" where a server forgot to say."""
    if record.record_type == WarcRecordType.conversion:
        return _TEXTS[0]
    if record.is_http:
        return record.http_content_type or _PAGES[0]
    return str(record.headers.get("Content-Type") or "").split(";")[0].strip().lower()


def _document(record: WarcRecord, raw: bytes, name: str, source: Source, options: Options) -> tuple[Document, str]:
    """A record's document and its encoding. Raises UnicodeDecodeError for plain text in another encoding."""
    facts = _facts(record)
    odds: tuple[float, ...] = ()
    if _kind(record) in _TEXTS:
        text, encoding, _ = decode(raw, options.encoding)
    else:
        markup, encoding, _ = decode_page(raw, options.encoding, record.http_charset)
        text, more, odds = page(markup)
        facts = {**facts, **more}
    return Document(facts.get("record_id") or facts.get("url") or name, text, source.path, facts, odds), encoding


def read(
    stream: BinaryIO, source: Source, options: Options, offset: int = 0, position: int = 0
) -> Iterator[Read | Unreadable]:
    """Yield the pages and texts of a web archive in order; requests, images and other records are no documents.

    A document's metadata holds the address, the date and the record's id, and what `detector.io.html.page` found. A
    response that says of itself that it is no page of text (its content type) is passed over, as are revisits.
    """
    del offset
    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    limit = options.max_document_bytes
    place = 0
    archive = iter(ArchiveIterator(_Forward(stream), record_types=kinds, parse_http=True, auto_decode="all"))
    while True:
        try:
            record = next(archive)
        except StopIteration:
            return
        except (OSError, ValueError, RuntimeError) as error:
            yield Unreadable(
                source.path, position, place, "damaged", f"the rest of the archive cannot be read: {error}"
            )
            return
        place = int(record.stream_pos)
        if _kind(record) not in _PAGES + _TEXTS:
            continue
        try:
            raw = record.reader.read(limit + 1)
        except (OSError, ValueError, RuntimeError) as error:
            yield Unreadable(source.path, position, place, "damaged", f"a record breaks off: {error}")
            position += 1
            continue
        name = f"{source.name}:{position}"
        if len(raw) > limit:
            size = int(record.content_length)
            message = f"{size:,} bytes long; the longest that is read has {limit:,} (--max-document-bytes)"
            yield Unreadable(source.path, position, place, "too-long", message, raw[:limit], size)
        else:
            try:
                document, encoding = _document(record, raw, name, source, options)
            except UnicodeDecodeError as error:
                yield Unreadable(source.path, position, place, "encoding", encoding_message(error), raw, len(raw))
            else:
                yield Read(document, position, place, raw, encoding)
        position += 1
