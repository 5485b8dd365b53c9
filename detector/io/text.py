"""Text files: one document a file."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from detector.document import Document
from detector.io import Options, Read, Source, Unreadable
from detector.io.compression import damage

__all__ = ["decode", "encoding_message", "mark", "read"]

# The longer marks first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLOCK = 1 << 20


def mark(raw: bytes) -> tuple[bytes, str]:
    """The byte order mark that bytes begin with and the encoding that it means; (b"", "") if there is none."""
    return next(((bom, encoding) for bom, encoding in _MARKS if raw.startswith(bom)), (b"", ""))


def decode(raw: bytes, encoding: str) -> tuple[str, str, bytes]:
    """Bytes as text, unchanged but for the byte order mark: (text, encoding, mark). Raises UnicodeDecodeError."""
    bom, marked = mark(raw)
    encoding = marked or encoding
    return raw[len(bom) :].decode(encoding), encoding, bom


def encoding_message(error: UnicodeDecodeError) -> str:
    """What to tell a person whose file is in another encoding."""
    byte = error.object[error.start : error.start + 1].hex() or "end"
    return (
        f"not {error.encoding}: byte {error.start} (0x{byte}), {error.reason}; "
        "if the text is in another encoding, name it with --encoding"
    )


def rest(stream: BinaryIO) -> int:
    """How many bytes are left, read and forgotten."""
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
    return size


def read(
    stream: BinaryIO, source: Source, options: Options, offset: int = 0, position: int = 0
) -> Iterator[Read | Unreadable]:
    """Yield the one document of a text file."""
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
    try:
        text, encoding, bom = decode(raw, options.encoding)
    except UnicodeDecodeError as error:
        yield Unreadable(source.path, position, offset, "encoding", encoding_message(error), raw, len(raw))
        return
    yield Read(Document(source.name, text, source.path), position, offset, raw, encoding, bom)
