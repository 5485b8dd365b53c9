"""JSON lines: one record a line. A record is written back by changing the bytes of its text and no others."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, BinaryIO

import orjson

from detector.document import Document
from detector.io import Options, Read, Source, Unreadable
from detector.io.text import encoding_message

__all__ = ["NoDocument", "add_field", "document", "get", "parse", "put", "read", "record", "replace_text", "skip_line"]

_PIECE = 1 << 20
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_VALUE = re.compile(rb'\s*:\s*"')
_BACKSLASH = 0x5C
_UTF8 = ("utf-8", "utf8", "utf-8-sig")


def parse(raw: bytes) -> Any:  # noqa: ANN401 - JSON
    """JSON as Python objects; ValueError if it is broken. What orjson refuses but Python reads (lone surrogates)
    is read.
    """
    try:
        return orjson.loads(raw)
    except ValueError as error:
        # orjson is the judge of what is broken, but for lone surrogates and numbers beyond 64 bits, which are legal
        # JSON.
        try:
            return json.loads(raw.decode("utf-8"), parse_constant=_refuse)
        except ValueError:
            raise error from None
        except RecursionError:
            raise ValueError("nested too deep") from None  # noqa: EM101, TRY003


def _refuse(name: str) -> Any:  # noqa: ANN401
    msg = f"{name} is not JSON"
    raise ValueError(msg)


def get(record: Any, field: str) -> Any:  # noqa: ANN401 - JSON
    """A field of a record, the name itself before a path by dots; KeyError if there is none."""
    known = isinstance(record, (dict, Mapping))  # to ask for a Mapping alone takes longer than all else here
    if known and field in record:
        return record[field]
    head, dot, tail = field.partition(".")
    if dot and known and head in record:
        return get(record[head], tail)
    raise KeyError(field)


def put(record: Mapping[str, Any], field: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A record with another value where `get` finds the field (or with the field at its end, if it finds none)."""
    head, dot, tail = field.partition(".")
    if field not in record and dot and isinstance(record.get(head), Mapping):
        return {**record, head: put(record[head], tail, value)}
    return {**record, field: value}


class NoDocument(Exception):  # noqa: N818 - never leaves this package
    """A record without a document: a cause and a message."""

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause


def document(record: Any, source: Source, options: Options, position: int, place: str = "") -> Document:  # noqa: ANN401
    """The document in a record; NoDocument if there is none."""
    if not isinstance(record, (dict, Mapping)):
        cause, msg = "not-a-record", f"a record is a JSON object, this is {_kind(record)}"
        raise NoDocument(cause, msg)
    try:
        text = get(record, options.text_field)
    except KeyError:
        names = ", ".join(list(map(str, record))[:8]) or "none at all"
        cause, msg = "no-text", f"no field {options.text_field!r} (--text-field); there are {names}"
        raise NoDocument(cause, msg) from None
    if not isinstance(text, str):
        cause, msg = "text-type", f"the field {options.text_field!r} holds {_kind(text)}, not text"
        raise NoDocument(cause, msg)
    place = place or f"{source.path}:{position + 1}"
    try:
        known = get(record, options.id_field)
    except KeyError:
        known = None
    if known is None:
        id_ = place
    else:
        id_ = known if isinstance(known, str) else str(known) if type(known) is int else json.dumps(known, default=str)
    return Document(id_, text, place, {k: v for k, v in record.items() if k != options.text_field})


def _kind(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return "true or false"
    return {dict: "an object", list: "a list", str: "text", int: "a number", float: "a number", type(None): "null"}.get(
        type(value), type(value).__name__
    )


def skip_line(stream: BinaryIO) -> int:
    """Go behind the next line feed, however far it is, holding little: how many bytes that were."""
    size = 0
    while piece := stream.readline(_PIECE):
        size += len(piece)
        if piece.endswith(b"\n"):
            break
    return size


def read(
    stream: BinaryIO, source: Source, options: Options, offset: int = 0, position: int = 0
) -> Iterator[Read | Unreadable]:
    """Yield the records of JSON lines; lines of nothing but white space are no records."""
    limit = options.max_document_bytes
    while raw := stream.readline(limit + 1):
        size = len(raw)
        if size > limit and not raw.endswith(b"\n"):
            size += skip_line(stream)
            message = f"{size:,} bytes long; the longest that is read has {limit:,} (--max-document-bytes)"
            yield Unreadable(f"{source.path}:{position + 1}", position, offset, "too-long", message, raw[:limit], size)
        elif answer := record(raw, source, options, offset, position):
            yield answer
        offset += size
        position += 1


def record(line: bytes, source: Source, options: Options, offset: int, position: int) -> Read | Unreadable | None:
    """The answer for the bytes of one record; None for white space."""
    raw = line.removesuffix(b"\n")
    bom = b""
    if offset == 0 and raw.startswith(b"\xef\xbb\xbf"):
        bom, raw = raw[:3], raw[3:]
    if not raw.strip():
        return None
    place = f"{source.path}:{position + 1}"
    try:
        # A record in another encoding is held, and written back, as UTF-8, which JSON must be (RFC 8259).
        text = raw
        if options.encoding.lower() not in _UTF8:
            text = raw.decode(options.encoding).encode("utf-8", "surrogatepass")
        return Read(document(parse(text), source, options, position, place), position, offset, text, bom=bom)
    except NoDocument as error:
        cause, message = error.cause, str(error)
    except UnicodeDecodeError as error:
        cause, message = "encoding", encoding_message(error)
    except ValueError as error:
        cause, message = "json", f"broken JSON: {error}"
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as undecodable:
            cause, message = "encoding", encoding_message(undecodable)
    return Unreadable(place, position, offset, cause, message, raw, len(raw))


def replace_text(raw: bytes, field: str, text: str) -> bytes:
    """A record's bytes with another text in its text field, all else as it stood."""
    start, end = _find_alone(raw, field) or _find_value(raw, field)
    return raw[:start] + _string(text) + raw[end:]


def _string(text: str) -> bytes:
    try:
        return orjson.dumps(text)
    except TypeError:  # lone surrogates
        return json.dumps(text).encode("ascii")


def add_field(raw: bytes, name: str, value: Any) -> bytes:  # noqa: ANN401 - JSON
    """A record's bytes with one more field at the end, under the name or, if that is taken, with `_` appended to it."""
    taken = parse(raw)
    while name in taken:
        name += "_"
    body = raw.rstrip()
    added = _string(name) + b":" + orjson.dumps(value)
    return body[:-1].rstrip() + (b"," if taken else b"") + added + b"}" + raw[len(body) :]


def _find_alone(raw: bytes, field: str) -> tuple[int, int] | None:
    """Where the text stands if its name stands but once, in the outermost object and before any other: nearly always.

    Nothing else can look like the name: a quotation mark inside a string has a backslash before it.
    """
    name = b'"' + field.encode("utf-8", "surrogatepass") + b'"'
    at = raw.find(name)
    if at < 0 or raw.find(name, at + 1) >= 0 or raw.count(b"{", 0, at) != 1 or raw.find(b"\\", 0, at) >= 0:
        return None
    value = _VALUE.match(raw, at + len(name))
    if value is None:
        return None
    start = end = value.end() - 1
    while (end := raw.find(b'"', end + 1)) >= 0:
        slashes = end
        while raw[slashes - 1] == _BACKSLASH:
            slashes -= 1
        if (end - slashes) % 2 == 0:
            return start, end + 1
    return None


def _find_value(raw: bytes, field: str) -> tuple[int, int]:  # noqa: C901 - a parser has cases
    """Where the text stands. Of equal names the last counts, as in every JSON parser that we know."""
    spans: dict[tuple[str, ...], tuple[int, int]] = {}
    path: list[str] = []  # the names of the open objects; "" for a list
    kinds: list[bytes] = []
    name: str | None = None
    waits_for_name = False
    for token in _TOKEN.finditer(raw):
        what = token.group()
        first = what[:1]
        if first in b"{[":
            if kinds and kinds[-1] == b"{":
                path.append(name or "")
            elif kinds:
                path.append("")
            kinds.append(first)
            waits_for_name = first == b"{"
        elif first in b"}]":
            kinds.pop()
            if path:
                path.pop()
        elif first == b",":
            waits_for_name = kinds[-1] == b"{"
        elif first == b":":
            waits_for_name = False
        elif first == b'"' and waits_for_name:
            name = parse(what)
        elif first == b'"' and kinds and kinds[-1] == b"{":
            spans[(*path, name or "")] = token.span()
    return next(spans[p] for p in _paths(field) if p in spans)


@cache
def _paths(field: str) -> tuple[tuple[str, ...], ...]:
    """The ways down that `get` tries, in its order: "a.b.c" is the field a.b.c, or b.c of a, or c of b of a."""
    parts = field.split(".")
    return tuple((*parts[:i], ".".join(parts[i:])) for i in range(len(parts)))
