"""CSV (RFC 4180, with a header): quoted line feeds and all. A row that was not changed is written back as it stood."""

import csv
import io
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from detector.document import Document
from detector.io import Options, Read, Source, Unreadable
from detector.io.compression import compress, damage
from detector.io.jsonl import skip_line
from detector.io.output import Output
from detector.io.text import encoding_message

__all__ = ["merge", "open_part", "read"]

_PIECE = 1 << 20
_HEAD = 12  # the first bytes of a part: how long its header is


class _TooLong(Exception):  # noqa: N818 - never leaves this module
    """A row that is longer than what may be held."""


class _Lines:
    """Hands lines to the csv module and remembers the bytes of those that the current row is made of."""

    def __init__(self, stream: BinaryIO, options: Options) -> None:
        self._stream = stream
        self._limit = options.max_document_bytes
        self._encoding = options.encoding
        self.raw: list[bytes] = []
        self.size = 0
        self.at = 0  # where the current row begins

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._limit + 1)
        if not line:
            raise StopIteration
        if self.at == 0 and not self.raw and line.startswith(b"\xef\xbb\xbf"):
            line, self.at = line[3:], 3
        self.size += len(line)
        self.raw.append(line)
        if self.size > self._limit:
            if not line.endswith(b"\n"):
                self.size += skip_line(self._stream)
            raise _TooLong
        return line.decode(self._encoding, "surrogateescape")

    def next_row(self) -> None:
        """Forget the row."""
        self.at += self.size
        self.raw, self.size = [], 0


def _rows(lines: _Lines, limit: int) -> Iterator[list[str] | str]:
    """Rows, or for one that cannot be parsed, why; parsing goes on with the line after it."""
    csv.field_size_limit(limit + 1)
    while True:
        reader = csv.reader(lines, strict=True)
        try:
            yield from reader
            break
        except csv.Error as error:
            yield f"csv:broken CSV: {error}"
        except _TooLong:
            words = f"{lines.size:,} bytes long; the longest that is read has {limit:,} (--max-document-bytes)"
            yield f"too-long:{words}; is there a quote that is not closed?"


def read(
    stream: BinaryIO, source: Source, options: Options, offset: int = 0, position: int = 0
) -> Iterator[Read | Unreadable]:
    """Yield the rows below the header."""
    del offset, position  # a row cannot be told from the inside of a quoted field: always from the beginning
    lines = _Lines(stream, options)
    header: list[str] | None = None
    header_raw = b""
    number = 0
    for row in _rows(lines, options.max_document_bytes):
        raw = b"".join(lines.raw)
        last = not raw.endswith(b"\n")
        if header is None and not isinstance(row, str):
            try:
                raw.decode(options.encoding)
            except UnicodeDecodeError as error:
                message = f"no CSV: its header is {encoding_message(error)}"
                yield Unreadable(source.path, 0, 0, "encoding", message, raw, len(raw))
                return
            header, header_raw = row, raw.rstrip(b"\r\n")
        elif row:
            header = header or []  # a header that cannot be parsed leaves no columns
            answer = _answer(source, options, header, row, raw, (number, lines.at, lines.size))
            if last and damage(stream) and isinstance(answer, Read):
                words = "the data end in the middle of this row"
                answer = Unreadable(answer.document.source, number, lines.at, "damaged", words, raw, len(raw))
            if isinstance(answer, Read):
                native = (header_raw, header, row)
                answer = Read(answer.document, number, lines.at, answer.raw, native=native)
            yield answer
            number += 1
        lines.next_row()


def _answer(  # noqa: PLR0913, PLR0917 - what makes an answer
    source: Source,
    options: Options,
    header: list[str] | None,
    row: list[str] | str,
    raw: bytes,
    place: tuple[int, int, int],
) -> Read | Unreadable:
    position, offset, size = place
    name = f"{source.path}:{position + 1}"
    raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    if isinstance(row, str):
        cause, _, message = row.partition(":")
        return Unreadable(name, position, offset, cause, message, raw[: options.max_document_bytes], size)
    try:
        raw.decode(options.encoding)
    except UnicodeDecodeError as error:
        return Unreadable(name, position, offset, "encoding", encoding_message(error), raw, len(raw))
    if header is None or len(row) != len(header):
        message = f"{len(row)} fields where the header has {len(header or ())}"
        return Unreadable(name, position, offset, "columns", message, raw, len(raw))
    fields = dict(zip(header, row, strict=True))
    if options.text_field not in fields:
        message = f"no column {options.text_field!r} (--text-field); there are {', '.join(header[:8])}"
        return Unreadable(name, position, offset, "no-text", message, raw, len(raw))
    text = fields.pop(options.text_field)
    return Read(Document(fields.get(options.id_field, name), text, name, fields), position, offset, raw)


class _Part:
    """Rows, plain; their header stands before them, and before that how long it is."""

    def __init__(self, path: Path, options: Options) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._options = options
        self._begun = False

    def add(self, read: Read, text: str, extra: Mapping[str, Any] | None) -> None:
        """Write a row."""
        header_raw, header, row = read.native
        if not self._begun:
            if extra is not None:
                name = "detector"
                while name in header:
                    name += "_"
                header_raw += b"," + name.encode()
            self._file.write(f"{len(header_raw) + 1:>{_HEAD - 1}}\n".encode() + header_raw + b"\n")
            self._begun = True
        raw = read.raw
        if text is not read.document.text:
            changed = list(row)
            changed[header.index(self._options.text_field)] = text
            raw = self._line(changed)
        if extra is not None:
            raw += b"," + self._line([json.dumps(extra)])
        self._file.write(raw + b"\n")

    def _line(self, row: Sequence[str]) -> bytes:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow(row)  # what stands in the line terminator is quoted
        return out.getvalue().removesuffix("\r\n").encode(self._options.encoding)

    def close(self) -> None:
        """Finish the part."""
        self._file.close()


def open_part(path: Path, source: Source, out: Output, options: Options) -> _Part:  # noqa: ARG001 - a Writer's way
    """Begin a part."""
    return _Part(path, options)


def merge(parts: Sequence[Path], target: Path, out: Output) -> None:
    """Put parts together under one header."""
    with target.open("wb") as whole:
        for i, part in enumerate(parts):
            with part.open("rb") as file:
                header = file.read(int(file.read(_HEAD)))
                if i == 0:
                    whole.write(compress(header, out.compression))
                if out.compression:
                    while block := file.read(_PIECE):
                        whole.write(compress(block, out.compression))
                else:
                    shutil.copyfileobj(file, whole, _PIECE)
