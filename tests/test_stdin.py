"""What comes out of a pipe has no name: its format is known by its first bytes."""

import gzip
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from detector.corpus import Job, Judging, run
from detector.io import Options, Read, Unreadable
from detector.io.sources import find, records, sniff

ROWS = [{"id": "a", "text": "one two three"}, {"id": "b", "text": "one two DROP"}]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (LINES, "jsonl"),
        (b"\xef\xbb\xbf" + LINES, "jsonl"),
        (json.dumps(ROWS).encode(), "json"),
        (json.dumps(ROWS, indent=2).encode(), "json"),
        (json.dumps(ROWS[0], indent=2).encode(), "json"),
        (b"id,text\r\n1,one two\r\n", "csv"),
        (b'"text","id"\n"one, two",1\n', "csv"),
        (b"PAR1\x15\x04", "parquet"),
        (b"ARROW1\0\0", "arrow"),
        (b"WARC/1.0\r\n", "warc"),
        (b"text\n\nThe first line of an article.", "txt"),
        (b"The text, the whole text, and nothing else.\n", "txt"),
        (b"[Applause.] Thank you.", "txt"),
        (b"", "txt"),
    ],
)
@pytest.mark.parametrize("compression", ["", "gz"])
def test_the_format_is_known_by_the_first_bytes(content: bytes, format_: str, compression: str) -> None:
    stream = io.BufferedReader(io.BytesIO(gzip.compress(content) if compression else content))  # type: ignore[arg-type]
    assert sniff(stream, "text") == (format_, compression)


@contextmanager
def piped(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    out, into = os.pipe()
    os.write(into, content)
    os.close(into)
    with os.fdopen(out) as stream:
        monkeypatch.setattr("sys.stdin", stream)
        yield


def test_a_table_out_of_a_pipe_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pytest.importorskip("pyarrow").Table.from_pylist(ROWS)
    parquet.write_table(table, tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    with piped(content, monkeypatch):
        (source,) = find(["-"]).sources
        answers = list(records(source, Options()))
    assert [a.document.text for a in answers if isinstance(a, Read)] == [row["text"] for row in ROWS]
    with piped(content, monkeypatch):
        run(Job("clean", ("-",), str(tmp_path / "out"), judging=Judging(judge="tests.fake_judge:Judge")))
    assert parquet.read_table(tmp_path / "out/kept/stdin.parquet").to_pylist() == ROWS[:1]


@pytest.mark.parametrize("compression", ["", "gz"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_records_in_an_encoding_that_hides_where_they_end_are_refused_once_and_in_words(
    tmp_path: Path, name: str, compression: str
) -> None:
    text = {"a.json": json.dumps(ROWS), "a.csv": "id,text\n1,one two three\n"}.get(name, LINES.decode() * 50)
    path = tmp_path / (name + ("." if compression else "") + compression)
    for encoding, asked in (("utf-16", "utf-8"), ("utf-32", "utf-8"), ("utf-16-le", "utf-16-le")):
        content = text.encode(encoding)
        path.write_bytes(gzip.compress(content) if compression else content)
        (source,) = find([str(path)]).sources
        (answer,) = records(source, Options(encoding=asked))
        assert isinstance(answer, Unreadable)
        assert answer.cause == "encoding"
        assert f"iconv -f {encoding.upper().replace('-LE', 'LE')} -t UTF-8" in answer.message


def test_of_many_chunks_in_such_an_encoding_one_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes((LINES.decode() * 50).encode("utf-16"))
    judging = Judging(judge="tests.fake_judge:Judge")
    result = run(Job("clean", (str(path),), str(tmp_path / "out"), judging=judging, chunk_bytes=500))
    assert result.total.unreadable_by == {"encoding": 1}
    assert result.total.read == 1


def test_a_line_in_the_middle_that_begins_like_another_encoding_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES + b"\xff\xfe" + LINES)
    (source,) = find([str(path)]).sources
    answers = list(records(source, Options(), len(LINES), 2))
    assert [type(a) for a in answers] == [Unreadable, Read]
