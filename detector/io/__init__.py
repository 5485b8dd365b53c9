"""Readers and writers, one per format. What could not be read is an answer too.

A format is a module of this package with one function,

    read(stream, source, options, offset=0, position=0) -> Iterator[Read | Unreadable]

that yields the records of an input in order, each exactly once. `stream` is binary, already decompressed, and stands at
`offset`, where record number `position` begins; a format that cannot start in the middle (HTML, WARC, CSV, JSON
arrays) is only ever called with 0, 0. A reader raises nothing for what the data are: a record that cannot be read is
yielded as `Unreadable`, and so is the rest of an input after which nothing more can be read. It holds one record in
memory at a time, and of one that is longer than `Options.max_document_bytes` no more than that.

Records are told apart by their position in the input, never by their id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from detector.document import Document

__all__ = ["CHUNK_BYTES", "MAX_DOCUMENT_BYTES", "Options", "Read", "Reader", "Source", "Unreadable"]

# The King James Bible has 4.4 MB, War and Peace 3.2 MB: what is longer is not an article but a file that lost its line
# feeds. A batch needs some 30 times its text in memory, so this also bounds a worker.
MAX_DOCUMENT_BYTES = 4 * 2**20
# A corpus is done in chunks of so much: two seconds of a core's work, which is what a kill costs, and what the other
# workers wait for in the end (where a source is read from its beginning; a plain one ends in smaller chunks). Of a
# quarter of it, a chunk held but 156 articles of a batch's 256, and its eight folders and ten files cost a fifth of
# all reading and writing.
CHUNK_BYTES = 2**22


@dataclass(frozen=True, slots=True)
class Options:
    """How to read. `text_field` and `id_field` go down into records by dots; a byte order mark outweighs `encoding`.

    `also`: which other columns of a table (Parquet, Arrow) a document's metadata shall hold.
    """

    text_field: str = "text"
    id_field: str = "id"
    encoding: str = "utf-8"
    max_document_bytes: int = MAX_DOCUMENT_BYTES
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """An input: `path` as the user wrote it (or found below what he wrote), `-` for standard input, or a URL.

    `name` is the relative name (POSIX) under which its outputs are filed. `format`: "txt", "md", "jsonl", "json",
    "csv", "parquet", "arrow", "html", "warc", "wet"; `compression`: "", "gz" or "zst".
    """

    path: str
    name: str
    format: str
    compression: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A record that was read: the document, and what is needed to write it back.

    - `position`: the how-manieth record of its input, from 0 (in a file of lines, the line).
    - `offset`: where it begins in the decompressed input, in bytes (in a table, the row).
    - `raw`: its bytes as they stood, without the line feed that ends a line; b"" where a record has no bytes of its own
      (a table's row).
    - `encoding`: how its text was encoded ("utf-8", "latin-1", "utf-16-le", ...), `bom` the byte order mark taken off
      it.
    - `native`: the record in its format's own form, for the writer of that format (a table's batch and row).
    - `document.metadata`: all fields of the record but the text, in order, untouched, where the format has fields;
      for a table's row only `Options.also`, since its other columns stay where they are.
    """

    document: Document
    position: int
    offset: int
    raw: bytes = b""
    encoding: str = "utf-8"
    bom: bytes = b""
    native: Any = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record, or the rest of an input, that could not be read.

    `cause` is one short word for the account ("encoding", "json", "no-text", "text-type", "too-long", "damaged",
    "missing", "permission", ...), `message` a sentence for a person. `raw` holds its bytes, at most
    `Options.max_document_bytes` of them; `size` is how many there were (0: unknown).
    """

    source: str
    position: int
    offset: int
    cause: str
    message: str
    raw: bytes = b""
    size: int = 0


class Reader(Protocol):
    """What a format's `read` is."""

    def __call__(
        self, stream: BinaryIO, source: Source, options: Options, offset: int = 0, position: int = 0
    ) -> Iterator[Read | Unreadable]:
        """Yield the records in order."""
