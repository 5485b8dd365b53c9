"""From what the user names (files, folders, globs, URLs, `-`) to sources, and from a source to its records."""

import codecs
import glob
import importlib
import io
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from detector.errors import MissingExtraError, OutputError, UsageError
from detector.io import Options, Read, Reader, Source, Unreadable
from detector.io.compression import COMPRESSIONS, damage, decompressed

__all__ = [
    "FORMATS",
    "STDIN",
    "Found",
    "check_encoding",
    "find",
    "holds",
    "identify",
    "is_url",
    "open_source",
    "reader",
    "records",
    "sniff",
    "upload",
]

STDIN = "-"

# The module of each format; and the suffixes that mean one.
FORMATS = {
    "txt": "text",
    "md": "text",
    "jsonl": "jsonl",
    "json": "json_array",
    "csv": "table_csv",
    "parquet": "parquet",
    "arrow": "arrow",
    "html": "html",
    "warc": "warc",
    "wet": "warc",
}
_SUFFIXES = {
    **{f: f for f in FORMATS},
    "ndjson": "jsonl",
    "htm": "html",
    "markdown": "md",
    "feather": "arrow",
    "ipc": "arrow",
}
_MAGIC = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst"}
_BLOCK = 1 << 20
# How formats begin: a lone brace on its line begins an object that is laid out over many lines.
_BOM = rb"(?:\xef\xbb\xbf)?\s*"
_BEGINNINGS = {
    "json": re.compile(_BOM + rb"(?:\[\s*\{|\{\s*\n)"),
    "jsonl": re.compile(_BOM + rb"\{"),
    "parquet": re.compile(rb"PAR1"),
    "arrow": re.compile(rb"ARROW1|\xff\xff\xff\xff"),
    "warc": re.compile(rb"WARC/\d"),
}
# Formats whose records are found by their bytes, which in these encodings are others.
_RECORDS = ("jsonl", "json", "csv")
_WIDE = {"UTF-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "UTF-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)}


@dataclass(frozen=True, slots=True)
class Found:
    """What the user's words mean: the sources, and the files passed over because nothing reads their format."""

    sources: tuple[Source, ...]
    passed_over: tuple[str, ...]


def check_encoding(name: str) -> None:
    """UsageError for an encoding that there is not."""
    try:
        codecs.lookup(name)
    except LookupError:
        msg = f"--encoding {name}: there is no such encoding"
        raise UsageError(msg) from None


def is_url(path: str) -> bool:
    """Whether fsspec is to open it."""
    return "://" in path


def _kind(name: str) -> tuple[str, str] | None:
    """Format and compression by a file's suffixes; None if they mean nothing to us."""
    parts = PurePosixPath(name).name.lower().split(".")[1:]
    compression = ""
    if parts and parts[-1] in COMPRESSIONS:
        compression = parts.pop()
    return (_SUFFIXES[parts[-1]], compression) if parts and parts[-1] in _SUFFIXES else None


def find(inputs: Sequence[str]) -> Found:
    """Turn arguments into sources, sorted within each argument, each file once.

    A file named by the user is read whatever its suffix (as text if that says nothing); in folders and globs, files of
    unknown suffix and hidden ones are passed over. Raises UsageError for what does not exist and for a folder with
    nothing to read.
    """
    sources: list[Source] = []
    passed: list[str] = []
    seen: set[str] = set()
    for argument in inputs:
        if argument == STDIN:
            found = [Source(STDIN, "stdin", "")]
        elif is_url(argument):
            found = _remote(argument, passed)
        else:
            found = _local(argument, passed)
        for source in found:
            same = os.path.realpath(source.path) if not is_url(source.path) and source.path != STDIN else source.path
            if same not in seen:
                seen.add(same)
                sources.append(source)
    if not sources:
        msg = "no input given"
        raise UsageError(msg)
    return Found(tuple(_apart(sources)), tuple(passed))


def _local(argument: str, passed: list[str]) -> list[Source]:
    path = Path(argument)
    if path.is_dir():
        names = [os.path.join(folder, f) for folder, _, files in os.walk(path) for f in files]  # noqa: PTH118 - as named
        found = _known(names, argument, passed)
        if not found:
            msg = f"{argument}: no file in this folder that can be read ({', '.join('.' + f for f in FORMATS)})"
            raise UsageError(msg)
        return found
    if os.path.lexists(path):
        kind = _kind(path.name) or ("txt", "")
        return [Source(argument, path.name, *kind)]
    if glob.has_magic(argument):  # type: ignore[attr-defined, unused-ignore] # undocumented, but there since 1.5
        names = [n for n in glob.glob(argument, recursive=True) if not Path(n).is_dir()]  # noqa: PTH207 - keeps the words
        literal = list(Path(argument).parts)
        stem = next(i for i, part in enumerate(literal) if glob.has_magic(part))  # type: ignore[attr-defined, unused-ignore]
        found = _known(names, str(Path(*literal[:stem])) if stem else ".", passed)
        if found:
            return found
    msg = f"{argument}: no such file or folder"
    raise UsageError(msg)


def _known(names: Sequence[str], root: str, passed: list[str]) -> list[Source]:
    """Sources for files below a root, without hidden ones and those of unknown formats."""
    out = []
    for path in sorted(names):
        name = PurePosixPath(Path(os.path.relpath(path, root)).as_posix())
        kind = _kind(name.name)
        if any(part.startswith(".") for part in name.parts if part not in (".", "..")):
            continue
        if kind:
            out.append(Source(path, str(name), *kind))
        else:
            passed.append(path)
    return out


def _filesystem(url: str) -> tuple[Any, str]:
    try:
        import fsspec  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = f"{url}: reading URLs needs fsspec: pip install 'detector[remote]'"
        raise MissingExtraError(msg) from error
    try:
        filesystem, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        msg = f"{url}: {error}"
        raise MissingExtraError(msg) from error
    except ValueError as error:
        msg = f"{url}: {error}"
        raise UsageError(msg) from error
    return filesystem, path


def holds(url: str) -> bool:
    """Whether something lies there already."""
    filesystem, path = _filesystem(url)
    return bool(filesystem.exists(path)) and (not filesystem.isdir(path) or bool(filesystem.ls(path)))


def upload(folder: Path, url: str, without: str = "", last: str = "") -> None:
    """Put the files below a folder, or one file, under a URL. `without`: the name of a folder that is not sent; `last`:
    the name of a file that is sent when the others are there.
    """
    filesystem, root = _filesystem(url)
    files = [p for p in folder.rglob("*") if p.is_file() and without not in p.relative_to(folder).parts]
    for path in sorted(files, key=lambda p: (p.name == last, p)) if folder.is_dir() else [folder]:
        name = path.relative_to(folder).as_posix() if folder.is_dir() else ""
        target = f"{root.rstrip('/')}/{name}".rstrip("/")
        filesystem.makedirs(target.rpartition("/")[0], exist_ok=True)
        filesystem.put_file(str(path), target)


def _remote(url: str, passed: list[str]) -> list[Source]:
    filesystem, path = _filesystem(url)
    try:
        if glob.has_magic(path):  # type: ignore[attr-defined, unused-ignore]
            names = sorted(filesystem.glob(path))
            root = path[: min(path.index(c) for c in "*?[" if c in path)].rpartition("/")[0]
        elif filesystem.isdir(path):
            names, root = sorted(filesystem.find(path)), path
        elif filesystem.exists(path):
            return [Source(url, PurePosixPath(path).name, *(_kind(path) or ("txt", "")))]
        else:
            names, root = [], path
    except OSError as error:
        msg = f"{url}: {error}"
        raise UsageError(msg) from error
    out = []
    for name in names:
        kind = _kind(name)
        if kind:
            relative = name[len(root.rstrip("/")) :].lstrip("/")
            out.append(Source(filesystem.unstrip_protocol(name), relative, *kind))
        else:
            passed.append(name)
    if not out:
        msg = f"{url}: nothing there that can be read"
        raise UsageError(msg)
    return out


def _apart(sources: Sequence[Source]) -> Iterator[Source]:
    """Give sources whose outputs would have the same name longer ones: their paths, then a number."""
    count = Counter(s.name for s in sources)
    taken: set[str] = set()
    for source in sources:
        name = source.name
        if count[name] > 1 or name.startswith(".."):
            whole = source.path.partition("://")[2] or source.path
            name = "/".join(
                part for part in PurePosixPath(Path(whole).as_posix()).parts if part not in ("/", ".", "..")
            )
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{number}-{name}"
        taken.add(free)
        yield replace(source, name=free)


def open_source(source: Source) -> BinaryIO:
    """The bytes of a source as they lie there, compressed if they are; OSError if it cannot be opened."""
    if source.path == STDIN:
        return sys.stdin.buffer
    if is_url(source.path):
        filesystem, path = _filesystem(source.path)
        return cast("BinaryIO", filesystem.open(path, "rb"))
    return Path(source.path).open("rb")


def identify(source: Source) -> tuple[int, str]:
    """Size of a URL and what its store calls its version."""
    filesystem, path = _filesystem(source.path)
    try:
        facts = filesystem.info(path)
    except OSError as error:
        return 0, f"cannot be read: {error}"
    known = next(
        (str(facts[k]) for k in ("ETag", "etag", "md5Hash", "mtime", "LastModified", "created") if k in facts), ""
    )
    return int(facts.get("size") or 0), known.strip('"')


def sniff(stream: Any, text_field: str) -> tuple[str, str]:  # noqa: ANN401 - a buffered reader over whatever
    """Format and compression of a stream that has no name, by its first bytes: JSON lines if it begins with a brace,
    CSV if its first line names the text column among others.
    """
    head = stream.peek(_BLOCK)[:4096]
    compression = _MAGIC.get(head[:2]) or _MAGIC.get(head[:4]) or ""
    if compression:
        inner = decompressed(io.BytesIO(head), compression)
        head = inner.read(1024)
    for format_, magic in _BEGINNINGS.items():
        if magic.match(head):
            return format_, compression
    first = head.removeprefix(codecs.BOM_UTF8).partition(b"\n")[0].rstrip(b"\r").decode("utf-8", "replace")
    columns = [column.strip('"') for column in first.split(",")]
    return "csv" if len(columns) > 1 and text_field in columns else "txt", compression


def reader(format_: str) -> Reader:
    """The `read` of a format; MissingExtraError if it needs a library that is not installed."""
    try:
        return cast("Reader", importlib.import_module(f"detector.io.{FORMATS[format_]}").read)
    except ImportError as error:
        extra = _EXTRAS.get(format_, "all")
        msg = f"reading .{format_} needs {error.name}, which is not installed: pip install 'detector[{extra}]'"
        raise MissingExtraError(msg) from error


_EXTRAS = {"parquet": "parquet", "arrow": "parquet", "html": "html", "warc": "html", "wet": "html"}


def records(
    source: Source, options: Options, offset: int = 0, position: int = 0, *, local: str | None = None
) -> Iterator[Read | Unreadable]:
    """Yield the records of a source in order, from a place where one begins. `local`: where a copy of it lies.

    What a file system refuses is an answer too: one `Unreadable` for the source, or for the rest of it.
    """
    at, place = (position, offset) if source.format == "jsonl" else (0, 0)
    told = False  # that the data are damaged, by the last answer
    try:
        outer = Path(local).open("rb") if local else open_source(source)  # noqa: SIM115 - closed with what it is wrapped in
        if not source.format:
            outer = outer if isinstance(outer, io.BufferedReader) else io.BufferedReader(outer)  # type: ignore[type-var, assignment, unused-ignore]
            format_, compression = sniff(outer, options.text_field)
            source = replace(source, format=format_, compression=compression)
        read = reader(source.format)
        wide = not source.compression and _wide(outer, source, options)  # before anyone goes to the middle of it
        if offset and not source.compression and source.format == "jsonl":
            outer.seek(offset)
        with decompressed(outer, source.compression) as packed, _seekable(packed, source) as stream:
            if source.compression:
                wide = _wide(packed, source, options)
            if wide:
                if not offset:  # said once
                    message = f"records in {wide} are not read; convert them first: iconv -f {wide} -t UTF-8"
                    yield Unreadable(source.path, 0, 0, "encoding", message)
                return
            for answer in read(stream, source, options, offset, position):
                at, place = answer.position + 1, answer.offset
                told = isinstance(answer, Unreadable) and answer.cause == "damaged"
                yield answer
            broken = damage(packed)
    except OSError as error:
        broken, cause = f"{error.strerror or error}", _CAUSES.get(type(error), "input-output")
        yield Unreadable(source.path, at, place, cause, broken)
        return
    if broken and not (told and source.format in ("parquet", "arrow")) and source.format not in ("txt", "md"):
        yield Unreadable(source.path, at, place, "damaged", broken)


def _wide(stream: BinaryIO, source: Source, options: Options) -> str:
    """The encoding of records that hides where they end, by name or by a byte order mark; "" if it is none."""
    if source.format not in _RECORDS:
        return ""
    asked = codecs.lookup(options.encoding).name
    if asked.upper().startswith(tuple(_WIDE)):
        return asked.upper().replace("-LE", "LE").replace("-BE", "BE")
    if isinstance(stream, io.BufferedReader):
        head = stream.peek(4)[:4]
    elif stream.tell():
        return ""
    else:
        head = stream.read(4)
        stream.seek(0)
    return next((name for name, marks in _WIDE.items() if head.startswith(marks)), "")


@contextmanager
def _seekable(stream: BinaryIO, source: Source) -> Iterator[BinaryIO]:
    """The stream; of a table that is compressed or comes out of a pipe, which is not read from its beginning to its
    end, a copy on disk.
    """
    if source.format not in ("parquet", "arrow") or (not source.compression and stream.seekable()):
        yield stream
        return
    try:
        copy = tempfile.TemporaryFile(prefix="detector-")  # noqa: SIM115 - closed below
    except OSError as error:
        raise _no_copy(source, error) from error
    with copy:
        while block := stream.read(_BLOCK):
            try:
                copy.write(block)
                copy.flush()
            except OSError as error:
                raise _no_copy(source, error) from error
        copy.seek(0)
        yield cast("BinaryIO", copy)


def _no_copy(source: Source, error: OSError) -> OutputError:
    """It is no fault of the source that there is no room for a copy."""
    return OutputError(f"{tempfile.gettempdir()}: {source.path} cannot be copied there: {error.strerror}")


_CAUSES: dict[type, str] = {
    FileNotFoundError: "missing",
    PermissionError: "permission",
    IsADirectoryError: "not-a-file",
}
