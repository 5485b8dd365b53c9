"""Parquet: row group by row group; one that is damaged costs its own rows and no others."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from detector.io import Options, Read, Source, Unreadable
from detector.io.table import rows

__all__ = ["read"]

# Rows decoded at a time: what a batch of documents holds.
_ROWS = 128
_BUFFER = 1 << 18


def read(
    stream: BinaryIO, source: Source, options: Options, offset: int = 0, position: int = 0
) -> Iterator[Read | Unreadable]:
    """Yield the rows from number `position` on; `offset` is the same number."""
    del offset
    try:
        # A column of a row group is read through a small buffer, not whole: row groups may be larger than memory.
        file = pq.ParquetFile(stream, pre_buffer=False, buffer_size=_BUFFER)
    except (pa.ArrowException, OSError) as error:
        # Wherever we were to begin: it is one and the same fault.
        yield Unreadable(source.path, 0, 0, "damaged", f"not a Parquet file that can be read: {error}")
        return
    first = 0
    for group in range(file.num_row_groups):
        count = file.metadata.row_group(group).num_rows
        at = first
        first += count
        if first <= position:
            continue
        try:
            for batch in file.iter_batches(_ROWS, row_groups=[group], use_threads=False):
                if at + batch.num_rows > position:
                    skip = max(position - at, 0)
                    yield from rows(batch.slice(skip) if skip else batch, source, options, at + skip)
                at += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            place = f"{source.path}: rows {at + 1:,} to {first:,}"
            yield Unreadable(place, at, at, "damaged", f"row group {group} cannot be read: {error}")
