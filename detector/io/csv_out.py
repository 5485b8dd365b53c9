"""Writes CSV out of records of other formats. Their columns are known when the last record is: parts are JSON lines."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from detector.io import Options, Read, Source
from detector.io.jsonl import parse
from detector.io.jsonl_out import as_record, to_json
from detector.io.output import Output, Pieces

__all__ = ["merge", "open_part"]


class _Part:
    def __init__(self, path: Path, source: Source, options: Options) -> None:
        self._pieces = Pieces(path, "")
        self._source = source
        self._options = options

    def add(self, read: Read, text: str, extra: Mapping[str, Any] | None) -> None:
        """Write a record."""
        self._pieces.write(to_json(as_record(read, text, self._source, self._options, extra)) + b"\n")

    def close(self) -> None:
        """Finish the part."""
        self._pieces.close()


def open_part(path: Path, source: Source, out: Output, options: Options) -> _Part:  # noqa: ARG001 - a Writer's way
    """Begin a part."""
    return _Part(path, source, options)


def _records(parts: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for part in parts:
        with part.open("rb") as file:
            for line in file:
                yield parse(line)


def _cell(value: Any) -> str:  # noqa: ANN401 - JSON
    """Text as it is, nothing for null, anything else as JSON."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def merge(parts: Sequence[Path], target: Path, out: Output) -> None:
    """Put parts together under a header that has every field, in the order in which they were met."""
    names = list(dict.fromkeys(name for record in _records(parts) for name in record))
    pieces = Pieces(target, out.compression)

    def write(row: Sequence[str]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow(row)
        pieces.write(line.getvalue().encode("utf-8", "backslashreplace"))

    write(names)
    for record in _records(parts):
        write([_cell(record.get(name)) for name in names])
    pieces.close()
