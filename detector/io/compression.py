"""Compressed inputs and outputs: gzip members and Zstandard frames, one after the other.

A damaged or cut-off input gives all that can be had from it and then ends; `damage` tells what was wrong. (An
exception in the middle would take the last, whole records along that a buffer still holds.)
"""

import io
import zlib
from typing import BinaryIO, Protocol

from detector.errors import UsageError

__all__ = ["COMPRESSIONS", "compress", "damage", "decompressed"]

COMPRESSIONS = ("", "gz", "zst")
_SMALL = 4096  # compressed bytes at a time: a Zstandard block of 4 bytes can be 128 KiB long
_PIECE = 1 << 18
# Level 3 is zstd's own default; 6 is gzip's.
_ZSTD_LEVEL = 3
_GZIP_LEVEL = 6


class _Decoder(Protocol):
    """What zlib's and Zstandard's decompressors share."""

    eof: bool

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class _Decompressed(io.RawIOBase):
    """The bytes inside a compressed stream, member by member; never raises for what they are."""

    def __init__(self, stream: BinaryIO, compression: str) -> None:
        self._stream = stream
        self._compression = compression
        self._decoder: _Decoder | None = None
        self._input = b""
        self._output = b""
        self._end = False
        self.damage: str | None = None
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        while not self._output and not self._end:
            self._output = self._more()
        size = min(len(buffer), len(self._output))
        buffer[:size] = self._output[:size]
        self._output = self._output[size:]
        return size

    def close(self) -> None:
        self._stream.close()
        super().close()

    def _fail(self, why: str) -> bytes:
        self._end = True
        name = {"gz": "gzip", "zst": "Zstandard"}[self._compression]
        self.damage = f"the {name} data are damaged or cut off near byte {self._at:,} of the file ({why})"
        return b""

    def _more(self) -> bytes:
        if not self._input:
            try:
                self._input = self._stream.read(_SMALL)
            except OSError as error:
                return self._fail(str(error))
            self._at += len(self._input)
            if not self._input:
                if self._decoder is not None:
                    return self._fail("it ends in the middle")
                self._end = True
                return b""
        if self._decoder is None:
            if self._compression == "gz" and not self._input.strip(b"\0"):
                self._input = b""  # zeros after the last member are padding (gzip(1))
                return b""
            self._decoder = _decoder(self._compression)
        try:
            return self._decode(self._decoder)
        except Exception as error:  # noqa: BLE001 - zlib.error or zstandard.ZstdError, and the latter is heavy to import
            return self._fail(str(error))

    def _decode(self, decoder: _Decoder) -> bytes:
        if isinstance(decoder, _Gzip):
            out = decoder.decompress(self._input)
            self._input = decoder.left
        else:
            out = decoder.decompress(self._input)
            self._input = b""
        if decoder.eof:
            self._input = decoder.unused_data
            self._decoder = None
        return out


class _Gzip:
    """One gzip member, a bounded piece at a time."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)
        self.left = b""

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, /) -> bytes:
        out = self._zlib.decompress(data, _PIECE)
        self.left = self._zlib.unconsumed_tail
        return out


def _decoder(compression: str) -> _Decoder:
    if compression == "gz":
        return _Gzip()  # type: ignore[return-value]
    import zstandard  # noqa: PLC0415 - 10 ms that plain input does without

    decoder: _Decoder = zstandard.ZstdDecompressor().decompressobj()  # type: ignore[assignment]
    return decoder


def decompressed(stream: BinaryIO, compression: str) -> BinaryIO:
    """What is inside a stream; the stream itself if it is not compressed."""
    if not compression:
        return stream
    return io.BufferedReader(_Decompressed(stream, compression), _PIECE)


def damage(stream: BinaryIO) -> str | None:
    """What was wrong with a decompressed stream that has come to its end, in words; None if nothing was."""
    return getattr(getattr(stream, "raw", None), "damage", None)


def compress(data: bytes, compression: str) -> bytes:
    """Bytes as one whole member or frame, so that pieces can be put together by concatenation. No clock in it."""
    if not compression or not data:
        return data
    if compression == "gz":
        packer = zlib.compressobj(_GZIP_LEVEL, wbits=31)
        return packer.compress(data) + packer.flush()
    if compression == "zst":
        import zstandard  # noqa: PLC0415

        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True).compress(data)
    msg = f"unknown compression {compression!r}: there are gz and zst"
    raise UsageError(msg)
