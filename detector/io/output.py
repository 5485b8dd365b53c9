"""Outputs are written in parts and put together afterwards, so that many can write and a killed run can go on.

A part holds records of one source, in order. Parts of one output, put together in order, give the same bytes whoever
wrote them.
"""

import importlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from detector.errors import MissingExtraError, UsageError
from detector.io import Options, Read, Source
from detector.io.compression import compress

__all__ = ["OUTPUT_FORMATS", "Output", "Part", "Pieces", "TextPart", "concatenate", "output", "writer"]

# How outputs are framed depends on nothing but what was written: a compressed piece ends at the first write beyond
# this.
_PIECE = 1 << 20

OUTPUT_FORMATS = ("jsonl", "json", "csv", "parquet", "arrow", "txt", "md")
_AS_TEXT = ("txt", "md")
# Formats that texts are taken out of are not written: a page becomes a text file, a crawl's archive becomes JSON lines.
_BECOMES = {"html": "txt", "warc": "jsonl", "wet": "jsonl"}


@dataclass(frozen=True, slots=True)
class Output:
    """What a source's documents are written as."""

    name: str
    format: str
    compression: str


class Part(Protocol):
    """A part of an output, being written."""

    def add(self, read: Read, text: str, extra: Mapping[str, Any] | None) -> None:
        """Write a record back with this text and, if there are any, with extra facts in a field `detector`."""

    def close(self) -> None:
        """Finish the part."""


class Writer(Protocol):
    """What a format's module offers to write."""

    def open_part(self, path: Path, source: Source, out: Output, options: Options) -> Part:
        """Begin a part."""

    def merge(self, parts: Sequence[Path], target: Path, out: Output) -> None:
        """Put parts together."""


def output(source: Source, format_: str) -> Output:
    """What a source's documents are written as, if the user asked for a format ("" if not); UsageError if it
    cannot be.
    """
    own = _BECOMES.get(source.format, source.format)
    wanted = format_ or own
    if wanted not in OUTPUT_FORMATS:
        msg = f"--format {format_}: can write {', '.join(OUTPUT_FORMATS)}"
        raise UsageError(msg)
    if wanted in _AS_TEXT and own not in _AS_TEXT:
        msg = f"{source.path}: has many records, which a .{wanted} file cannot hold; choose another --format"
        raise UsageError(msg)
    if wanted == source.format and not (source.compression and wanted in ("parquet", "arrow")):
        return Output(source.name, wanted, source.compression)
    packed = source.compression if wanted not in ("parquet", "arrow") else ""
    stem = source.name.removesuffix(f".{source.compression}") if source.compression else source.name
    stem = stem.removesuffix(f".{wanted}")
    return Output(f"{stem}.{wanted}" + (f".{packed}" if packed else ""), wanted, packed)


_MODULES = {"jsonl": "jsonl_out", "json": "jsonl_out", "csv": "table_csv", "parquet": "table", "arrow": "table"}


def writer(format_: str, source: Source) -> Writer:
    """What writes a source's records in a format; MissingExtraError if it needs a library that is not installed."""
    if format_ in _AS_TEXT:
        return cast("Writer", TextWriter())
    module = "csv_out" if format_ == "csv" != source.format else _MODULES[format_]
    try:
        return cast("Writer", importlib.import_module(f"detector.io.{module}"))
    except ImportError as error:
        msg = f"writing .{format_} needs {error.name}, which is not installed: pip install 'detector[parquet]'"
        raise MissingExtraError(msg) from error


class Pieces:
    """A file of bytes, each piece compressed by itself so that files can be put together by concatenation."""

    def __init__(self, path: Path, compression: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("wb")
        self._compression = compression
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _PIECE:
            self._flush()

    def _flush(self) -> None:
        self._file.write(compress(b"".join(self._waiting), self._compression))
        self._waiting, self._size = [], 0

    def close(self) -> None:
        """Write what is left."""
        with self._file:
            self._flush()


class TextPart:
    """A text file: the bytes that were read if nothing was taken out, else the text in the encoding that it came in."""

    def __init__(self, path: Path, compression: str) -> None:
        self._pieces = Pieces(path, compression)

    def add(self, read: Read, text: str, extra: Mapping[str, Any] | None) -> None:  # noqa: ARG002 - text has no fields
        """Write the text."""
        encoding = read.encoding
        self._pieces.write(
            read.bom + text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "strict")
        )

    def close(self) -> None:
        """Finish the file."""
        self._pieces.close()


class TextWriter:
    """Writes text files."""

    def open_part(self, path: Path, source: Source, out: Output, options: Options) -> TextPart:  # noqa: ARG002
        """Begin a file."""
        return TextPart(path, out.compression)

    def merge(self, parts: Sequence[Path], target: Path, out: Output) -> None:  # noqa: ARG002
        """Put parts together (there is only one)."""
        concatenate(parts, target)


def concatenate(
    parts: Sequence[Path], target: Path, head: bytes = b"", tail: bytes = b"", between: bytes = b""
) -> None:
    """Write files one after the other."""
    with target.open("wb") as out:
        out.write(head)
        for i, part in enumerate(parts):
            if i:
                out.write(between)
            with part.open("rb") as file:
                shutil.copyfileobj(file, out, _PIECE)
        out.write(tail)
