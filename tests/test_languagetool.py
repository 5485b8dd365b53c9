"""LanguageTool: offsets, pieces, cache, failures against a server of our own making; then the real one.

The real server's jars come from Maven, by `tests/languagetool/pom.xml`, into the folder that
`DETECTOR_LANGUAGETOOL_LIB` names; without them, or without Java, its tests skip.
"""

import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

import detector.languagetool as lt
from detector.batch import cut
from detector.errors import MissingExtraError
from detector.pipeline import Detector
from detector.registry import find_signal, spans

LIB = os.environ.get("DETECTOR_LANGUAGETOOL_LIB")
REAL = pytest.mark.skipif(
    not LIB or not shutil.which("java"),
    reason="needs the server's jars (DETECTOR_LANGUAGETOOL_LIB, tests/languagetool/pom.xml) and Java",
)
TEXT = "🎉 They teh met."


class _Fake(BaseHTTPRequestHandler):
    """Objects to every "teh", in UTF-16 units as the real one does; "SLOW", "CRASH" and "NONSENSE" misbehave."""

    asked: list[str] = []  # noqa: RUF012 - one fake at a time

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        text = parse_qs(body)["text"][0]
        self.asked.append(text)
        if "SLOW" in text:
            time.sleep(1.5)
        if "CRASH" in text:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        units = text.encode("utf-16-le")
        at = units.find("teh".encode("utf-16-le"))
        found = [] if at < 0 else [
            {"offset": at // 2, "length": 3, "message": "spelling",
             "replacements": [{"value": "the"}, {"value": "ten"}],
             "rule": {"id": "MORFOLOGIK", "category": {"id": "TYPOS"}}}
        ]  # fmt: skip
        answer = b"<html>" if "NONSENSE" in text else json.dumps(
            {"software": {"version": "0.1", "buildDate": "today"}, "matches": found}
        ).encode()  # fmt: skip
        self.send_response(500 if "ERROR" in text else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def fake() -> Iterator[str]:
    _Fake.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Fake)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    lt.disconnect()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(fake: str) -> Iterator[lt.Client]:
    made = lt.Client(fake, timeout=1.0, at_once=2)
    yield made
    made.close()


def test_without_a_server_nothing_is_marked() -> None:
    assert lt.connected() is None
    assert lt.matches(cut([TEXT])) == [[]]


def test_empty_texts_are_not_sent(client: lt.Client) -> None:
    assert client.check(["", " \n", "Fine."]) == [[], [], []]
    assert "Fine." in _Fake.asked
    assert not [t for t in _Fake.asked if not t.strip()]


def test_offsets_come_back_in_code_points(client: lt.Client) -> None:
    ((match,),) = client.check([TEXT])
    assert TEXT[match.start : match.end] == "teh"
    assert match.suggestions == ("the", "ten")


@pytest.mark.parametrize("text", ["abc", "aé中", "🎉a👍🏽b", "\ud800x"])
def test_utf16_offsets_are_code_points(text: str) -> None:
    units = [len(text[:i].encode("utf-16-le", "surrogatepass")) // 2 for i in range(len(text) + 1)]
    assert lt.code_points(text, units) == list(range(len(text) + 1))


def test_a_lone_surrogate_keeps_the_offsets(client: lt.Client) -> None:
    text = "\ud800 and teh \udfff"
    ((match,),) = client.check([text])
    assert text[match.start : match.end] == "teh"


def test_long_texts_go_in_pieces_and_come_back_whole(client: lt.Client) -> None:
    text = "word " * 3000 + "\n" + "more " * 2000 + "teh end."
    ((match,),) = client.check([text])
    assert text[match.start : match.end] == "teh"
    assert max(map(len, _Fake.asked)) <= lt.PIECE
    assert "".join(t for t in _Fake.asked if t != "Yes.") != ""


def test_answers_are_cached_by_text_and_version(fake: str, tmp_path: Path) -> None:
    for _ in range(2):
        made = lt.Client(fake, cache=lt.Cache(tmp_path / "cache.sqlite"))
        assert len(made.check([TEXT])[0]) == 1
        made.close()
    assert _Fake.asked.count(TEXT) == 1
    later = lt.Client(fake, cache=lt.Cache(tmp_path / "cache.sqlite"))
    later.version = "0.2"
    later.check([TEXT])
    later.close()
    assert _Fake.asked.count(TEXT) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SLOW", "did not answer within 1 s"),
        ("CRASH", "cannot be reached"),
        ("NONSENSE", "does not answer as LanguageTool does"),
        ("ERROR", "answered 500"),
    ],
)
def test_what_goes_wrong_is_said(client: lt.Client, text: str, said: str) -> None:
    with pytest.raises(lt.LanguageToolError, match=said):
        client.check([text])


def test_an_address_without_a_server_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(lt.LanguageToolError, match=f"no server answers at http://127.0.0.1:{port}"):
        lt.connect(f"http://127.0.0.1:{port}")


def test_no_address_is_refused() -> None:
    with pytest.raises(lt.LanguageToolError, match="no address of a server"):
        lt.Client("localhost:8081")


def test_a_missing_java_is_said() -> None:
    with pytest.raises(lt.LanguageToolError, match="needs Java 17"):
        lt.start(java="no-such-java")


def test_missing_jars_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_LANGUAGETOOL_LIB", str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/true")
    with pytest.raises(lt.LanguageToolError, match="no languagetool-server jar"):
        lt.start()


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DETECTOR_LANGUAGETOOL_LIB", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/true")
    monkeypatch.setitem(__import__("sys").modules, "language_tool_python.download_lt", None)
    with pytest.raises(MissingExtraError, match=r"detector\[languagetool\]"):
        lt.start()


def test_spelling_marks_what_nobody_knows_and_spares_names(fake: str, tmp_path: Path) -> None:
    lt.connect(fake, cache=tmp_path / "cache.sqlite")
    declared = find_signal("LT101")
    batch = cut([TEXT, "Teh teh", "Nothing."])
    found = [[s.of(t) for s in spans(declared, batch, declared.mark(batch))[i]] for i, t in enumerate(batch.texts)]
    assert found == [["teh"], ["teh"], []]
    (span,) = spans(declared, batch, declared.mark(batch))[0]
    assert span.detail["rule"] == "MORFOLOGIK"


def test_the_verdict_says_that_languagetool_ran_and_its_scores_stay(
    fake: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    text = "They met teh minister in the morning. " * 12
    told = Detector(deep="never", languagetool=fake).judge(text)
    plain = Detector(deep="never").judge(text)
    assert told.ran[-1] == "languagetool"
    assert told.assessment.p_low_quality == plain.assessment.p_low_quality
    assert [m.code for m in told.assessment.measurements if m.code.startswith("LT")] == ["LT101", "LT102"]
    assert [bool(m.evidence) for m in told.assessment.measurements if m.code == "LT101"] == [True]
    without = Detector(deep="never", languagetool=fake, ignore=["LT101"]).judge(text)
    assert [bool(m.evidence) for m in without.assessment.measurements if m.code == "LT101"] == [False]


def test_a_dead_server_warns_and_the_verdict_comes_without_it() -> None:
    lt.disconnect()
    judge = Detector(deep="never", languagetool="http://127.0.0.1:9")
    with pytest.warns(lt.LanguageToolWarning, match="verdicts are given without it"):
        verdict = judge.judge("They met the minister in the morning. " * 12)
    assert "languagetool" not in verdict.ran


@pytest.fixture(scope="module")
def real() -> Iterator[lt.Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = lt.start(port)
    made = lt.Client(server.url)
    yield made
    made.close()
    server.stop()
    assert server.process.poll() is not None


@REAL
def test_the_real_server_is_silent_on_clean_sentences(real: lt.Client) -> None:
    assert real.check(["The committee met yesterday, and it agreed on the plan."]) == [[]]


@REAL
def test_the_real_server_finds_spelling_and_grammar_behind_an_emoji(real: lt.Client) -> None:
    text = "🎉 He go to teh market. 👍🏽 They was here."
    (found,) = real.check([text])
    assert [(text[m.start : m.end], lt.kind_of(m.category)) for m in found] == [
        ("go", "grammar"),
        ("teh", "spelling"),
        ("was", "grammar"),
    ]
    assert real.version.startswith("6.")


@REAL
def test_the_real_server_answers_many_at_once_in_order(real: lt.Client) -> None:
    texts = [f"Sentence number {i} has teh word." if i % 3 == 0 else "This one is fine." for i in range(30)]
    found = real.check(texts)
    assert [bool(f) for f in found] == [i % 3 == 0 for i in range(30)]


@REAL
def test_a_server_that_is_running_is_reused_and_ours_is_stopped(real: lt.Client, tmp_path: Path) -> None:
    version = lt.connect(real.url, cache=tmp_path / "cache.sqlite")
    assert version == real.version
    assert lt.connect(real.url) == version
    lt.disconnect()
    assert real.alive()
