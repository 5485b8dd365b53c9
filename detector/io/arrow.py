"""Arrow IPC: files and streams."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from detector.io import Options, Read, Source, Unreadable
from detector.io.table import rows

__all__ = ["read"]

_FILE_MAGIC = b"ARROW1"
# A batch is looked at in slices of so many rows.
_ROWS = 128


def _batches(stream: BinaryIO) -> Iterator[Any]:
    if stream.seekable():
        head = stream.read(len(_FILE_MAGIC))
        stream.seek(0)
        if head == _FILE_MAGIC:
            file = pa.ipc.open_file(stream)
            for i in range(file.num_record_batches):
                yield file.get_batch(i)
            return
    yield from pa.ipc.open_stream(stream)


def read(
    stream: BinaryIO, source: Source, options: Options, offset: int = 0, position: int = 0
) -> Iterator[Read | Unreadable]:
    """Yield the rows."""
    del offset, position
    at = 0
    try:
        for batch in _batches(stream):
            for start in range(0, batch.num_rows, _ROWS):
                piece = batch.slice(start, _ROWS)
                yield from rows(piece, source, options, at)
                at += piece.num_rows
    except (pa.ArrowException, OSError, EOFError) as error:
        place = f"{source.path}: from row {at + 1:,}"
        yield Unreadable(place, at, at, "damaged", f"not Arrow data that can be read: {error}")
