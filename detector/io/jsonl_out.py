"""Writes JSON lines, and JSON arrays with a record a line."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import orjson

from detector.io import Options, Read, Source
from detector.io.compression import compress
from detector.io.jsonl import add_field, parse, put, replace_text
from detector.io.output import Output, Pieces, concatenate

__all__ = ["LinesPart", "as_record", "merge", "open_part", "to_json"]


def to_json(value: Any) -> bytes:  # noqa: ANN401 - JSON
    """A value as one line of JSON; lone surrogates and big integers, which orjson refuses, too."""
    try:
        return orjson.dumps(value, default=str)
    except TypeError:
        return json.dumps(value, separators=(",", ":"), default=str).encode("ascii")


def as_record(read: Read, text: str, source: Source, options: Options, extra: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The record of a document that comes from another format: its fields in their order; where it had none, id, text
    and what else is known.
    """
    fields = _fields(read, source)
    if fields is None:
        fields = {options.id_field: read.document.id, **read.document.metadata}
    record = put(fields, options.text_field, text)
    if extra is not None:
        name = "detector"
        while name in record:
            name += "_"
        record[name] = extra
    return record


def _fields(read: Read, source: Source) -> Mapping[str, Any] | None:
    """All fields of a record; None for a text or a page."""
    if source.format in ("jsonl", "json"):
        return cast("dict[str, Any]", parse(read.raw))
    if source.format == "csv":
        _, header, row = read.native
        return dict(zip(header, row, strict=True))
    if source.format in ("parquet", "arrow"):
        from detector.io.table import record as row_of  # noqa: PLC0415 - there is a table, so its library is there

        return row_of(read.native)
    return None


class LinesPart:
    """Records, one a line, with the bytes that they were read with wherever nothing was changed."""

    def __init__(self, path: Path, source: Source, out: Output, options: Options) -> None:
        self._pieces = Pieces(path, out.compression)
        self._verbatim = source.format in ("jsonl", "json")
        self._spread = source.format == "json" and out.format == "jsonl"
        self._source = source
        self._options = options
        self._array = out.format == "json"
        self._first = True

    def add(self, read: Read, text: str, extra: Mapping[str, Any] | None) -> None:
        """Write a record."""
        if self._verbatim:
            raw = read.raw
            if self._spread:  # line feeds stand between tokens only, never inside a JSON string
                raw = raw.replace(b"\n", b" ").replace(b"\r", b" ")
            if text is not read.document.text:
                raw = replace_text(raw, self._options.text_field, text)
            if extra is not None:
                raw = add_field(raw, "detector", extra)
        else:
            raw = to_json(as_record(read, text, self._source, self._options, extra))
        if self._array:
            self._pieces.write(raw if self._first else b",\n" + raw)
        else:
            self._pieces.write(raw + b"\n")
        self._first = False

    def close(self) -> None:
        """Finish the part."""
        self._pieces.close()


def open_part(path: Path, source: Source, out: Output, options: Options) -> LinesPart:
    """Begin a part."""
    return LinesPart(path, source, out, options)


def merge(parts: Sequence[Path], target: Path, out: Output) -> None:
    """Put parts together."""
    if out.format == "json":
        head, tail, between = (compress(b, out.compression) for b in (b"[\n", b"\n]\n", b",\n"))
        concatenate(parts, target, head, tail, between)
    else:
        concatenate(parts, target)
