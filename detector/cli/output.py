"""Standard output that says in words when it cannot be written, and says it once.

Python writes most of what is printed when its buffer is full or when the interpreter ends. What fails then has no
command around it any more: it was a traceback with exit code 1 (which means that the gate failed a document), or
"Exception ignored" with 120.
"""

import io
import os
import sys
from typing import Any

from detector.errors import OutputError

__all__ = ["ReaderLeftError", "guard_standard_output"]


class ReaderLeftError(Exception):
    """Whoever reads our standard output has seen enough (`| head`): no error of ours.

    Not an OSError: the libraries that print for us end the program with 1 on a broken pipe.
    """


class _StandardOutput(io.FileIO):
    """The file below the buffer."""

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - any buffer: named only from Python 3.12 on
        """Write, or raise OutputError, or ReaderLeftError."""
        try:
            return super().write(data)
        except OSError as error:
            # What is still in the buffers goes nowhere: it would fail again at the next flush.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if isinstance(error, BrokenPipeError):
                raise ReaderLeftError from error
            msg = f"standard output cannot be written: {error.strerror}"
            raise OutputError(msg) from error


class _Closed(io.RawIOBase):
    """What stands for a standard output that the shell has closed (`>&-`)."""

    told = False

    def writable(self) -> bool:
        """It looks like any other until something is written."""
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401
        """Raise OutputError, once: what is still in the buffers goes nowhere."""
        if not self.told:
            self.told = True
            msg = "standard output cannot be written: it is closed"
            raise OutputError(msg)
        return len(data)


def guard_standard_output() -> None:
    """Put a guarded file under `sys.stdout`, if that is a plain stream of a Unix system; what is no text of its
    encoding is escaped.
    """
    plain = sys.stdout
    if plain is None:
        os.open(os.devnull, os.O_WRONLY)  # takes the number, which the next file that is opened would get
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Closed()), encoding="utf-8", errors="backslashreplace")
    elif isinstance(plain, io.TextIOWrapper):
        plain.reconfigure(errors="backslashreplace")  # a name with bytes that are no UTF-8, a poor locale
        if os.name == "posix":
            plain.flush()
            sys.stdout = io.TextIOWrapper(
                io.BufferedWriter(_StandardOutput(plain.fileno(), "w", closefd=False)),
                encoding=plain.encoding,
                errors=plain.errors,
                line_buffering=plain.line_buffering,
                write_through=plain.write_through,
            )
