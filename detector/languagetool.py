"""LanguageTool: a server that is started, reused or remote; its matches as places of a batch.

    connect("auto")                      # or "always", or the URL of a server
    matches(batch)                       # one list a document, offsets in code points

A server on this machine is started from the jars in `DETECTOR_LANGUAGETOOL_LIB`, or from what language-tool-python
has downloaded (or downloads now); one that answers at the same port is reused. Answers are cached on disk by text and
version. What goes wrong is a `LanguageToolError` with the reason in a sentence: no Java, no jars, a crash, a time-out.
"""

import atexit
import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detector.batch import Batch, per_batch
from detector.errors import DetectorError, MissingExtraError

if TYPE_CHECKING:
    import http.client
    from concurrent.futures import ThreadPoolExecutor

__all__ = [
    "Cache",
    "Client",
    "LanguageToolError",
    "LanguageToolWarning",
    "Match",
    "connect",
    "connected",
    "disconnect",
    "found_words",
    "matches",
    "start",
]

PORT = 8081
LANGUAGE = "en-US"
# One check for every core, and one more in the queue so that none idles. Measured on two busy cores, words/s: 2 clients
# 790, 3 clients 1,370 to 1,500, 4 clients 1,660.
AT_ONCE = (os.cpu_count() or 2) + 1
# The first check loads the rules (5 to 6 s on an idle machine); a minute is a server in trouble.
TIMEOUT = 60.0
START_WITHIN = 60.0
# Longer texts are sent in pieces, cut at line ends: one huge text would keep one core busy and the others waiting.
PIECE = 8_000
# Rules that fault only the blanks, dashes and quotation marks of plain text files: no evidence of anything.
DISABLED = "WHITESPACE_RULE,DASH_RULE,EN_QUOTES,APOSTROPHE_IN_DATES"

# Measured side by side on the same 36,000 words of news, servers warm from 25,000 others, in words a second of
# processor: Java's own choice (G1) 1,304, the parallel collector 1,507, the serial one 1,376. Without the server's
# cache of sentences, which news hardly fills (whole texts are cached here), 1,435; with both 1,522, G1 then 1,389.
_JAVA = ["-Xms512m", "-Xmx2g", "-XX:+UseParallelGC"]

_PROPERTIES = {
    "pipelineCaching": "true",  # the default builds all rules anew for every request
    "maxPipelinePoolSize": "10",
    "pipelineExpireTimeInSeconds": "3600",
    "maxCheckThreads": str(max(os.cpu_count() or 2, 2)),
    "skipLoggingChecks": "true",
    "maxSpellingSuggestions": "3",
    "maxTextLength": "200000",
}


class LanguageToolError(DetectorError):
    """LanguageTool cannot be started, reached or understood; the verdict goes on without it."""


class LanguageToolWarning(UserWarning):
    """LanguageTool was asked for and fails; what it would have added is missing from the verdicts."""


@dataclass(frozen=True, slots=True)
class Match:
    """One complaint: code points of the text, the rule and its category, what it says, what it would write."""

    start: int
    end: int
    rule: str
    category: str
    message: str
    suggestions: tuple[str, ...]


def code_points(text: str, offsets: Sequence[int]) -> list[int]:
    """Offsets in UTF-16 units, ascending or not, as offsets in code points."""
    if text.isascii() or max(map(ord, text)) < 0x10000:
        return list(offsets)
    place = [i for i, c in enumerate(text) for _ in range(2 if ord(c) > 0xFFFF else 1)]
    place.append(len(text))
    return [place[min(o, len(place) - 1)] for o in offsets]


class Cache:
    """Answers by text and version, in one SQLite file that several processes may share."""

    def __init__(self, path: Path) -> None:
        import sqlite3  # noqa: PLC0415 - every cold start would pay for it

        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(path, timeout=10, check_same_thread=False)
        self._base.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer TEXT) WITHOUT ROWID")

    def get(self, key: bytes) -> str | None:
        """The answer kept under a key."""
        with self._lock:
            row = self._base.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def put(self, key: bytes, answer: str) -> None:
        """Keep an answer."""
        with self._lock, self._base:
            self._base.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, answer))

    def close(self) -> None:
        """Close the file."""
        self._base.close()


class Client:
    """Talks to one server: several texts at a time, each connection kept open by its thread."""

    def __init__(
        self, url: str, *, cache: Cache | None = None, timeout: float = TIMEOUT, at_once: int = AT_ONCE
    ) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            msg = f"LanguageTool: {url!r} is no address of a server (http://host:port)"
            raise LanguageToolError(msg)
        self.url = url.rstrip("/")
        self._parts, self._timeout, self._cache = parts, timeout, cache
        self._local = threading.local()
        self._open: list[http.client.HTTPConnection] = []
        self._at_once = at_once
        self._workers: ThreadPoolExecutor | None = None
        self.version = ""

    def alive(self) -> bool:
        """Whether the server answers."""
        try:
            self.version = self._ask_version()
        except LanguageToolError:
            return False
        return True

    def _ask_version(self) -> str:
        # Of all requests only a check names the version and build.
        answer = self._post(b"language=en-US&text=Yes.")
        software = answer.get("software", {})
        return f"{software.get('version', '?')} {software.get('buildDate', '')}".strip()

    def check(self, texts: Sequence[str]) -> list[list[Match]]:
        """The matches of each text; LanguageToolError if the server fails on one."""
        if not self.version:
            self.version = self._ask_version()
        pieces = [(i, offset, piece) for i, text in enumerate(texts) for offset, piece in _pieces(text)]
        if self._workers is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - every cold start would pay for it

            self._workers = ThreadPoolExecutor(self._at_once, thread_name_prefix="languagetool")
        found: list[list[Match]] = [[] for _ in texts]
        for (i, offset, _), answer in zip(
            pieces, self._workers.map(self._check_piece, [p for *_, p in pieces]), strict=True
        ):
            found[i] += [
                Match(m.start + offset, m.end + offset, m.rule, m.category, m.message, m.suggestions) for m in answer
            ]
        return found

    def _check_piece(self, text: str) -> list[Match]:
        if not text.strip():
            return []
        # A lone surrogate cannot be sent; a replacement of the same length keeps the offsets.
        sent = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text) if _broken(text) else text
        key = hashlib.sha256(f"{self.version}\0{LANGUAGE}\0{DISABLED}\0{sent}".encode()).digest()
        kept = self._cache.get(key) if self._cache else None
        if kept is None:
            body = urllib.parse.urlencode({"language": LANGUAGE, "text": sent, "disabledRules": DISABLED}).encode()
            raw = [
                [m["offset"], m["length"], m["rule"]["id"], m["rule"]["category"]["id"], m["message"],
                 [r["value"] for r in m["replacements"][:3]]]
                for m in self._post(body)["matches"]
            ]  # fmt: skip
            kept = json.dumps(raw, ensure_ascii=False)
            if self._cache:
                self._cache.put(key, kept)
        rows = json.loads(kept)
        starts = code_points(sent, [r[0] for r in rows])
        ends = code_points(sent, [r[0] + r[1] for r in rows])
        return [Match(s, e, r[2], r[3], r[4], tuple(r[5])) for s, e, r in zip(starts, ends, rows, strict=True)]

    def _connection(self) -> "http.client.HTTPConnection":
        import http.client  # noqa: PLC0415 - brings in TLS, which every cold start would pay for

        known: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if known is None:
            kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
            known = kind(self._parts.hostname or "", self._parts.port, timeout=self._timeout)
            self._local.connection = known
            self._open.append(known)
        return known

    def _post(self, body: bytes) -> dict[str, Any]:
        import http.client  # noqa: PLC0415

        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        path = f"{self._parts.path.rstrip('/').removesuffix('/v2')}/v2/check"
        for attempt in (1, 2):  # a kept connection may have been closed meanwhile
            connection = self._connection()
            try:
                connection.request("POST", path, body, headers)
                response = connection.getresponse()
                content = response.read()
            except TimeoutError as error:
                connection.close()
                msg = f"LanguageTool at {self.url} did not answer within {self._timeout:g} s"
                raise LanguageToolError(msg) from error
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if attempt == 1:
                    continue
                msg = f"LanguageTool at {self.url} cannot be reached ({error or type(error).__name__})"
                raise LanguageToolError(msg) from error
            if response.status != http.client.OK:
                msg = (
                    f"LanguageTool at {self.url} answered {response.status}: {content[:200].decode('utf-8', 'replace')}"
                )
                raise LanguageToolError(msg)
            try:
                answer: dict[str, Any] = json.loads(content)
            except ValueError as error:
                msg = f"{self.url} does not answer as LanguageTool does"
                raise LanguageToolError(msg) from error
            return answer
        raise AssertionError

    def close(self) -> None:
        """Close all connections."""
        if self._workers:
            self._workers.shutdown()
        for connection in self._open:
            connection.close()
        if self._cache:
            self._cache.close()


def _broken(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """A text in pieces of about `PIECE` characters, cut behind line feeds (or anywhere, if a line is longer than
    that).
    """
    start = 0
    while start < len(text):
        end = min(start + PIECE, len(text))
        if end < len(text):
            feed = text.rfind("\n", start + PIECE // 2, end)
            space = text.rfind(" ", start + PIECE // 2, end)
            end = feed + 1 if feed > 0 else space + 1 if space > 0 else end
        yield start, text[start:end]
        start = end


class Server:
    """A LanguageTool server of our own, stopped when the process ends."""

    def __init__(self, process: "subprocess.Popen[bytes]", url: str, folder: Path) -> None:
        self.process, self.url, self._folder = process, url, folder
        atexit.register(self.stop)

    def stop(self) -> None:
        """Stop the server and remove its files."""
        atexit.unregister(self.stop)
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _jars() -> str:
    """The class path of the server: from `DETECTOR_LANGUAGETOOL_LIB`, else language-tool-python's download."""
    given = os.environ.get("DETECTOR_LANGUAGETOOL_LIB")
    if given:
        if not any(Path(given).glob("languagetool-server*.jar")):
            msg = f"LanguageTool: there is no languagetool-server jar in {given} (DETECTOR_LANGUAGETOOL_LIB)"
            raise LanguageToolError(msg)
        return str(Path(given) / "*")
    try:
        from language_tool_python.download_lt import LocalLanguageTool  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "LanguageTool needs its extra: pip install 'detector[languagetool]', or the URL of a running server"
        raise MissingExtraError(msg) from error
    try:
        local = LocalLanguageTool.from_version_name()
        local.download()
        folder = Path(local.get_directory_path())
    except Exception as error:  # whatever the download meets: no network, a full disk, a broken archive
        msg = f"LanguageTool could not be downloaded ({error}); give the URL of a running server instead"
        raise LanguageToolError(msg) from error
    return os.pathsep.join([str(folder / "*"), str(folder / "libs" / "*")])


def start(port: int = PORT, *, java: str = "java", within: float = START_WITHIN) -> Server:
    """Start a server on this machine and wait until it answers."""
    program = shutil.which(java)
    if not program:
        msg = "LanguageTool needs Java 17 or newer, and there is no java on this machine; or give the URL of a server"
        raise LanguageToolError(msg)
    classes = _jars()
    import tempfile  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="detector-languagetool-"))
    properties = folder / "server.properties"
    properties.write_text("".join(f"{k}={v}\n" for k, v in _PROPERTIES.items()), "utf-8")
    log = folder / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - a fixed command line
            [program, *_JAVA, "-cp", classes, "org.languagetool.server.HTTPServer",
             "--port", str(port), "--config", str(properties)],
            stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    server = Server(process, f"http://127.0.0.1:{port}", folder)
    end = time.monotonic() + within
    client = Client(server.url, timeout=within)
    try:
        while time.monotonic() < end:
            if process.poll() is not None:
                said = log.read_text("utf-8", "replace").strip().splitlines()
                server.stop()
                msg = f"LanguageTool's server stopped at its start: {said[-1] if said else 'it said nothing'}"
                raise LanguageToolError(msg)
            if client.alive():
                return server
            time.sleep(0.2)
    finally:
        client.close()
    server.stop()
    msg = f"LanguageTool's server did not answer within {within:g} s of its start"
    raise LanguageToolError(msg)


@dataclass
class _Connection:
    client: Client | None = None
    server: Server | None = None


_CURRENT = _Connection()


def connect(where: str = "auto", *, cache: Path | None = None) -> str:
    """Reach a server, by its URL or on this machine, starting one if none runs; its version.

    LanguageToolError if not.
    """
    if _CURRENT.client and (where in {"auto", "always"} or where.rstrip("/") == _CURRENT.client.url):
        return _CURRENT.client.version
    disconnect()
    url = f"http://127.0.0.1:{PORT}" if where in {"auto", "always"} else where
    client = Client(url, cache=_cache(cache))
    if not client.alive():
        if where not in {"auto", "always"}:
            client.close()
            msg = f"LanguageTool: no server answers at {where}"
            raise LanguageToolError(msg)
        try:
            _CURRENT.server = start()
        except DetectorError:
            client.close()
            raise
        client.alive()
    _CURRENT.client = client
    return client.version


def _cache(path: Path | None) -> Cache | None:
    import sqlite3  # noqa: PLC0415

    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    try:
        return Cache(path or Path(home) / "detector" / "languagetool.sqlite")
    except (OSError, sqlite3.Error):
        return None  # no home, a full disk: it works without


def connected() -> Client | None:
    """The client in use, None before `connect`."""
    return _CURRENT.client


def disconnect() -> None:
    """Close the connection, and stop the server if we started it."""
    if _CURRENT.client:
        _CURRENT.client.close()
    if _CURRENT.server:
        _CURRENT.server.stop()
    _CURRENT.client = _CURRENT.server = None


@per_batch
def matches(batch: Batch) -> list[list[Match]]:
    """What LanguageTool says of each document; nothing while no server is connected."""
    client = connected()
    return client.check(batch.texts) if client else [[] for _ in batch.texts]


def kind_of(category: str) -> str:
    """The kind of one of LanguageTool's categories: "spelling", "grammar" or "style"."""
    if category == "TYPOS":
        return "spelling"
    return "grammar" if category in {"GRAMMAR", "CONFUSED_WORDS", "COLLOCATIONS", "NONSTANDARD_PHRASES"} else "style"


def found_words(batch: Batch, kind: str) -> dict[int, Match]:
    """The words that a match of this kind covers (or, if it covers none, the one before it), by index."""
    words = batch.words
    out: dict[int, Match] = {}
    for document, found in enumerate(matches(batch)):
        offset = int(batch.document_start[document])
        for match in found:
            if kind_of(match.category) != kind:
                continue
            first = int(np.searchsorted(words.end, offset + match.start, "right"))
            last = int(np.searchsorted(words.start, offset + match.end, "left"))
            for word in range(first, last) if last > first else range(max(first - 1, 0), first):
                if words.document[word] == document:
                    out.setdefault(word, match)
    return out
