"""Writes Parquet and Arrow: rows go back with all their columns, as they were. A part is an Arrow stream."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from detector.document import Document
from detector.errors import OutputError
from detector.io import Options, Read, Source, Unreadable
from detector.io.jsonl import NoDocument, document, put
from detector.io.output import Output

__all__ = ["merge", "open_part", "record", "rows"]

# Rows are written in groups of so many, held, joined and compressed at once: 1,000 articles of news are 3.5 MB. (Groups
# of 2,000 took 12 MB more.)
GROUP = 1_000
_FLUSH = 256


def rows(batch: pa.RecordBatch, source: Source, options: Options, first: int) -> Iterator[Read | Unreadable]:
    """Yield the documents in a batch whose first row is number `first`."""
    asked = (options.text_field, options.id_field, *options.also)
    names = {*asked, *(field.partition(".")[0] for field in asked)}
    kept = [name for field in options.also for name in dict.fromkeys((field, field.partition(".")[0]))]
    wanted = [name for name in batch.schema.names if name in names]
    known = ", ".join(batch.schema.names[:8])
    for i, fields in enumerate(batch.select(wanted).to_pylist()):
        position, place = first + i, f"{source.path}:{first + i + 1}"
        try:
            found = document(fields, source, options, position, place)
        except NoDocument as error:
            message = (
                str(error)
                if error.cause != "no-text"
                else (f"no column {options.text_field!r} (--text-field); there are {known}")
            )
            yield Unreadable(place, position, position, error.cause, message, _bytes(batch, i))
            continue
        size = len(found.text)
        limit = options.max_document_bytes
        if size > limit // 4 and (size := len(found.text.encode("utf-8", "surrogatepass"))) > limit:
            message = f"{size:,} bytes long; the longest that is read has {limit:,} (--max-document-bytes)"
            raw = found.text.encode("utf-8", "surrogatepass")[:limit]
            yield Unreadable(place, position, position, "too-long", message, raw, size)
            continue
        facts = {name: found.metadata[name] for name in kept if name in found.metadata}
        yield Read(Document(found.id, found.text, place, facts), position, position, native=(batch, i))


def record(native: tuple[pa.RecordBatch, int]) -> dict[str, Any]:
    """A row as a record."""
    batch, i = native
    out: dict[str, Any] = batch.slice(i, 1).to_pylist()[0]
    return out


def _bytes(batch: pa.RecordBatch, i: int) -> bytes:
    """A row as JSON: it has no bytes of its own."""
    return json.dumps(record((batch, i)), default=str).encode()


class _Part:
    """Rows on their way into an Arrow stream."""

    def __init__(self, path: Path, source: Source, options: Options) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._options = options
        self._source = source
        self._own = source.format in ("parquet", "arrow")
        self._waiting: list[tuple[Read, str, Mapping[str, Any] | None]] = []
        self._records: list[dict[str, Any]] = []
        self._stream: pa.RecordBatchStreamWriter | None = None

    def add(self, read: Read, text: str, extra: Mapping[str, Any] | None) -> None:
        """Write a row."""
        if not self._own:
            # The columns of a table that is made out of records are known when the last record is.
            from detector.io.jsonl_out import as_record  # noqa: PLC0415 - needed for conversions only

            told = None if extra is None else json.dumps(extra)
            self._records.append(as_record(read, text, self._source, self._options, told))
            return
        self._waiting.append((read, text, extra))
        if len(self._waiting) >= _FLUSH:
            self._flush()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        start = 0
        for end in range(1, len(waiting) + 1):
            if end == len(waiting) or waiting[end][0].native[0] is not waiting[start][0].native[0]:
                self._write(self._rows(waiting[start:end]))
                start = end

    def _rows(self, waiting: Sequence[tuple[Read, str, Mapping[str, Any] | None]]) -> pa.RecordBatch:
        batch = _pick(waiting[0][0].native[0], [read.native[1] for read, _, _ in waiting])
        if any(text is not read.document.text for read, text, _ in waiting):
            batch = _with_texts(batch, self._options.text_field, [text for _, text, _ in waiting])
        if waiting[0][2] is not None:
            name = "detector"
            while name in batch.schema.names:
                name += "_"
            told = pa.array([json.dumps(extra) for _, _, extra in waiting], pa.string())
            batch = batch.append_column(name, told)
        return batch

    def _write(self, batch: pa.RecordBatch) -> None:
        if self._stream is None:
            self._stream = pa.ipc.new_stream(str(self._path), batch.schema)
        self._stream.write_batch(batch)

    def close(self) -> None:
        """Finish the part."""
        if self._records:
            try:
                for batch in pa.Table.from_pylist(_same_names(self._records)).to_batches():
                    self._write(batch)
            except pa.ArrowException as error:
                msg = f"{self._path.name}: these records do not make a table ({error}); choose --format jsonl"
                raise OutputError(msg) from error
        self._flush()
        if self._stream is not None:
            self._stream.close()


def _pick(batch: pa.RecordBatch, rows: Sequence[int]) -> pa.RecordBatch:
    """Some rows of a batch, in order. (`take` would import pyarrow.compute, a quarter of a second.)"""
    edges = [0, *(i for i in range(1, len(rows)) if rows[i] != rows[i - 1] + 1), len(rows)]
    runs = [batch.slice(rows[a], b - a) for a, b in pairwise(edges)]
    if len(runs) == 1:
        return runs[0]
    return pa.Table.from_batches(runs).combine_chunks().to_batches()[0]


def _same_names(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """All records with all names, in the order in which they were met."""
    names = dict.fromkeys(name for r in records for name in r)
    return [{name: r.get(name) for name in names} for r in records]


def _with_texts(batch: pa.RecordBatch, field: str, texts: Sequence[str]) -> pa.RecordBatch:
    """A batch with other texts in its text column, which may lie inside another."""
    name = field if field in batch.schema.names else field.partition(".")[0]
    at = batch.schema.get_field_index(name)
    column = batch.schema.field(at)
    if name == field:
        values: list[Any] = list(texts)
    else:
        values = batch.column(at).to_pylist()
        inner = field.removeprefix(f"{name}.")
        values = [put(value, inner, text) for value, text in zip(values, texts, strict=True)]
    return batch.set_column(at, column, pa.array(values, column.type))


def open_part(path: Path, source: Source, out: Output, options: Options) -> _Part:  # noqa: ARG001 - a Writer's way
    """Begin a part."""
    return _Part(path, source, options)


def merge(parts: Sequence[Path], target: Path, out: Output) -> None:
    """Put parts together, in groups of rows that depend on nothing but the rows."""
    try:
        schema = pa.unify_schemas([_schema(part) for part in parts], promote_options="permissive")
    except pa.ArrowException as error:
        msg = f"{target.name}: these records do not make a table ({error}); choose --format jsonl"
        raise OutputError(msg) from error
    sink = (
        pq.ParquetWriter(target, schema, compression="zstd")
        if out.format == "parquet"
        else pa.ipc.new_file(str(target), schema)
    )
    with sink:
        waiting: list[pa.Table] = []
        for part in parts:
            for batch in _batches(part):
                table = _fit(pa.Table.from_batches([batch]), schema)
                waiting.append(table)
                while sum(t.num_rows for t in waiting) >= GROUP:
                    joined = pa.concat_tables(waiting)
                    _write(sink, joined.slice(0, GROUP))
                    waiting = [joined.slice(GROUP)]
        if waiting:
            _write(sink, pa.concat_tables(waiting))


def _schema(part: Path) -> pa.Schema:
    with pa.OSFile(str(part)) as file:  # opened by name, it would be mapped into memory
        return pa.ipc.open_stream(file).schema


def _batches(part: Path) -> Iterator[pa.RecordBatch]:
    with pa.OSFile(str(part)) as file:
        yield from pa.ipc.open_stream(file)


def _fit(table: pa.Table, schema: pa.Schema) -> pa.Table:
    if table.schema.equals(schema):
        return table
    for name in schema.names:
        if name not in table.schema.names:
            table = table.append_column(name, pa.nulls(table.num_rows, schema.field(name).type))
    return table.select(schema.names).cast(schema)


def _write(sink: Any, table: pa.Table) -> None:  # noqa: ANN401 - two writers with the same ways
    if table.num_rows:
        table = table.combine_chunks()
        sink.write_table(table, **({"row_group_size": GROUP} if isinstance(sink, pq.ParquetWriter) else {}))
