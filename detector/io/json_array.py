"""JSON files: an array of records, or records one after the other; read piece by piece, never whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from detector.io import Options, Read, Source, Unreadable
from detector.io.compression import damage
from detector.io.jsonl import record

__all__ = ["read"]

_BLOCK = 1 << 18
_BLANK = b" \t\r\n"
_PLAIN = re.compile(rb'[^"{}\[\],]*+')
_IN_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)


@dataclass
class _Element:
    """The bytes of an element so far: at most `limit` of them, and how many there were."""

    limit: int
    start: int = -1
    size: int = 0
    held: list[bytes] = field(default_factory=list)

    def take(self, data: bytes) -> None:
        if self.size < self.limit + 1:
            self.held.append(data[: self.limit + 1 - self.size])
        self.size += len(data)


class _Splitter:
    """Finds where the elements of the outermost array (or the outermost objects) begin and end, and parses nothing."""

    def __init__(self, limit: int, at: int) -> None:
        self._limit = limit
        self._depth = 0
        self._base = -1  # 1 in an array, 0 where records follow one another; unknown before the first bracket
        self._in_string = False
        self._left = b""
        self.at = at  # the offset of the first byte of `_left`
        self._element = _Element(limit)
        self.closed = False

    def feed(self, block: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Yield (offset, size, bytes) of the elements that end in a block."""
        data = self._left + block
        at = begin = 0
        while at < len(data):
            if self._in_string:
                at = _IN_STRING.match(data, at).end()  # type: ignore[union-attr] # matches always
                if at < len(data) and data[at] == 0x5C:  # a backslash, and the block ends
                    break
                if at < len(data):
                    self._in_string, at = False, at + 1
                continue
            at = _PLAIN.match(data, at).end()  # type: ignore[union-attr]
            if at == len(data):
                break
            at, begin, whole = self._mark(data, at, begin)
            if whole:
                yield whole
        self._take(data, begin, at)
        self._left, self.at = data[at:], self.at + at

    def _mark(self, data: bytes, at: int, begin: int) -> tuple[int, int, tuple[int, int, bytes] | None]:
        """Heed a structural byte: where to go on, where the element begins, and the element that ended, if one did."""
        byte = data[at : at + 1]
        if byte == b'"':
            self._in_string = True
        elif byte in b"{[":
            self._depth += 1
            if self._base < 0:
                self._base = 1 if byte == b"[" else 0
                if self._base:
                    return at + 1, at + 1, None
        elif byte in b"}]":
            self._depth -= 1
            if self._base and self._depth <= 0:
                self.closed, self._depth, self._base = True, 0, 0
                self._take(data, begin, at)
                return at + 1, at + 1, self._end()
            if not self._base and self._depth <= 0:
                self._depth = 0
                self._take(data, begin, at + 1)
                return at + 1, at + 1, self._end()
        elif self._depth == self._base == 1:
            self._take(data, begin, at)
            return at + 1, at + 1, self._end()
        return at + 1, begin, None

    def _take(self, data: bytes, begin: int, end: int) -> None:
        if self._element.start < 0:
            while begin < end and data[begin] in _BLANK:
                begin += 1
            if begin == end:
                return
            self._element.start = self.at + begin
        self._element.take(data[begin:end])

    def _end(self) -> tuple[int, int, bytes] | None:
        element, self._element = self._element, _Element(self._limit)
        if element.start < 0:
            return None
        raw = b"".join(element.held)
        if element.size <= self._limit:
            raw = raw.rstrip(_BLANK)
        return element.start, element.size, raw

    def rest(self) -> tuple[int, int, bytes] | None:
        """What no bracket ended."""
        self._element.take(self._left)
        return self._end()

    @property
    def unfinished(self) -> bool:
        """Whether the array or an object is still open."""
        return self._depth > 0 or self._in_string


def read(
    stream: BinaryIO, source: Source, options: Options, offset: int = 0, position: int = 0
) -> Iterator[Read | Unreadable]:
    """Yield the records of a JSON file. After one whose brackets do not match, the rest may be one unreadable
    record.
    """
    limit = options.max_document_bytes
    head = stream.read(_BLOCK)
    block = head.removeprefix(b"\xef\xbb\xbf")
    splitter = _Splitter(limit, offset + len(head) - len(block))
    while block:
        for start, size, raw in splitter.feed(block):
            yield _answer(source, options, position, start, size, raw)
            position += 1
        block = stream.read(_BLOCK)
    open_ = splitter.unfinished
    left = splitter.rest()
    if left is not None:
        start, size, raw = left
        why = "damaged" if damage(stream) else "json"
        message = "the file ends in the middle of this record" if open_ else "not a record of the array"
        yield Unreadable(f"{source.path}:{position + 1}", position, start, why, message, raw[:limit], size)
    elif open_ and not damage(stream):
        message = "the array is not closed: records may be missing"
        yield Unreadable(source.path, position, splitter.at, "json", message)


def _answer(  # noqa: PLR0913, PLR0917 - a place is three numbers
    source: Source, options: Options, position: int, start: int, size: int, raw: bytes
) -> Read | Unreadable:
    limit = options.max_document_bytes
    if size > limit:
        message = f"{size:,} bytes long; the longest that is read has {limit:,} (--max-document-bytes)"
        return Unreadable(f"{source.path}:{position + 1}", position, start, "too-long", message, raw[:limit], size)
    answer = record(raw, source, options, start, position)
    assert answer is not None  # noqa: S101 - elements are not blank
    return answer
