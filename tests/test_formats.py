"""Formats: what is read, what is written back, what damage costs."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from detector.corpus import Job, Judging, Result, run
from detector.errors import UsageError
from detector.io import Options, Read, Unreadable
from detector.io.jsonl import _find_alone, _find_value, add_field, replace_text
from detector.io.sources import find, records

GOOD = "one two three four"
AD = "[ad] buy this\n"


def clean(inputs: Path, out: Path, **options: Any) -> Result:  # noqa: ANN401
    options.setdefault("judging", Judging(judge="tests.fake_judge:Judge"))
    return run(Job("clean", (str(inputs),), str(out), **options))


def read(path: Path, **options: Any) -> list[Read | Unreadable]:  # noqa: ANN401
    return [a for source in find([str(path)]).sources for a in records(source, Options(**options))]


def packed(data: bytes, compression: str) -> bytes:
    """Bytes as two members or frames one after the other."""
    middle = len(data) // 2
    if compression == "gz":
        return gzip.compress(data[:middle]) + gzip.compress(data[middle:])
    if compression == "zst":
        return zstandard.compress(data[:middle]) + zstandard.compress(data[middle:])
    return data


def unpacked(path: Path) -> bytes:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(path.read_bytes(), read_across_frames=True).read()
    return path.read_bytes()


ROWS = [
    {"id": "a", "n": 1, "text": GOOD, "meta": {"x": [1.10, None]}},
    {"id": "b", "n": 2, "text": f"{GOOD}\n{AD}five", "meta": {"x": []}},
    {"id": "c", "n": 3, "text": f"DROP, {GOOD} “said” she", "meta": {"x": []}},
    {"id": "d", "n": 4, "text": "short", "meta": {"x": []}},
]


def as_bytes(format_: str, rows: list[dict[str, Any]]) -> bytes:
    if format_ == "jsonl":
        return b"".join(json.dumps(r).encode() + b"\n" for r in rows)
    if format_ == "json":
        return json.dumps(rows, indent=2).encode()
    if format_ == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, ["id", "n", "text", "meta"], lineterminator="\r\n")
        writer.writeheader()
        writer.writerows([{**r, "meta": json.dumps(r["meta"])} for r in rows])
        return out.getvalue().encode()
    pa = pytest.importorskip("pyarrow")
    table, sink = pa.Table.from_pylist(rows), io.BytesIO()
    if format_ == "parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

        pq.write_table(table, sink, row_group_size=2)
    else:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=3)
    return sink.getvalue()


def as_rows(path: Path) -> list[dict[str, Any]]:
    format_ = path.name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
    if format_ == "jsonl":
        return [json.loads(line) for line in unpacked(path).splitlines()]
    if format_ == "json":
        rows: list[dict[str, Any]] = json.loads(unpacked(path))
        return rows
    if format_ == "csv":
        found = list(csv.DictReader(io.StringIO(unpacked(path).decode(), newline="")))
        return [{**r, "n": int(r["n"]), "meta": json.loads(r["meta"])} for r in found]
    pa = pytest.importorskip("pyarrow")
    if format_ == "parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

        out: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    else:
        out = pa.ipc.open_file(path).read_all().to_pylist()
    return out


FORMATS = ["jsonl", "json", "csv", "parquet", "arrow"]
PLAIN_OR_PACKED = [(f, c) for f in FORMATS[:3] for c in ("", "gz", "zst")] + [
    (f, c) for f in FORMATS[3:] for c in ("", "gz", "zst")
]


@pytest.mark.parametrize(("format_", "compression"), PLAIN_OR_PACKED)
def test_records_come_back_with_all_their_fields_in_order(tmp_path: Path, format_: str, compression: str) -> None:
    name = f"a.{format_}" + (f".{compression}" if compression else "")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(packed(as_bytes(format_, ROWS), compression))
    result = clean(tmp_path / "in", tmp_path / "out")
    assert result.total.piles == {"kept": 2, "review": 0, "dropped": 1, "abstained": 1, "unreadable": 0}
    written = name if format_ in FORMATS[:3] else f"a.{format_}"  # tables are compressed inside
    kept = as_rows(tmp_path / "out/kept" / written)
    assert kept == [ROWS[0], {**ROWS[1], "text": f"{GOOD}\nfive"}]
    assert list(kept[0]) == list(ROWS[0])
    (dropped,) = as_rows(tmp_path / "out/dropped" / written)
    said = dropped.pop("detector")
    said = json.loads(said) if isinstance(said, str) else said
    assert dropped == ROWS[2]
    assert said["reasons"][0]["code"] == "MT102"
    assert [json.loads(x)["id"] for x in (tmp_path / "out/reasons.jsonl").read_bytes().splitlines()] == ["c", "d"]
    (removed,) = [json.loads(x) for x in (tmp_path / "out/removed.jsonl").read_bytes().splitlines()]
    (span,) = removed["removed"]
    assert removed["file"] == f"kept/{written}"
    assert kept[1]["text"][: span["start"]] + span["text"] + kept[1]["text"][span["start"] :] == ROWS[1]["text"]


@pytest.mark.parametrize("format_", FORMATS)
def test_an_output_is_read_again(tmp_path: Path, format_: str) -> None:
    (tmp_path / f"a.{format_}").write_bytes(as_bytes(format_, ROWS))
    clean(tmp_path / f"a.{format_}", tmp_path / "out")
    again = clean(tmp_path / "out/kept", tmp_path / "again")
    assert again.total.piles["kept"] == 2
    assert as_rows(tmp_path / f"again/kept/a.{format_}") == as_rows(tmp_path / f"out/kept/a.{format_}")


@pytest.mark.parametrize("to", ["jsonl", "json", "csv", "parquet", "arrow"])
@pytest.mark.parametrize("format_", FORMATS)
def test_a_format_becomes_another(tmp_path: Path, format_: str, to: str) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / f"a.{format_}").write_bytes(as_bytes(format_, ROWS))
    clean(tmp_path / f"a.{format_}", tmp_path / "out", format=to)
    (path,) = (tmp_path / "out/kept").iterdir()
    rows = as_rows(path)
    assert [r["id"] for r in rows] == ["a", "b"]
    assert rows[1]["text"] == f"{GOOD}\nfive"


@pytest.mark.parametrize("to", ["jsonl", "json", "csv", "parquet"])
@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_a_text_inside_a_record_is_replaced_where_it_stood_in_another_format(
    tmp_path: Path, format_: str, to: str
) -> None:
    pytest.importorskip("pyarrow")
    rows = [{"n": r["n"], "doc": {"k": 1, "text": r["text"], "z": 2}, "id": r["id"]} for r in ROWS]
    (tmp_path / f"a.{format_}").write_bytes(as_bytes(format_, rows))
    clean(tmp_path / f"a.{format_}", tmp_path / "out", format=to, options=Options(text_field="doc.text"))
    (path,) = (tmp_path / "out/kept").iterdir()
    if to == "csv":
        (_, row) = csv.DictReader(io.StringIO(path.read_text(), newline=""))
        row = {**row, "n": int(row["n"]), "doc": json.loads(row["doc"])}
    else:
        (_, row) = as_rows(path)
    assert row == {"n": 2, "doc": {"k": 1, "text": f"{GOOD}\nfive", "z": 2}, "id": "b"}
    assert list(row) == ["n", "doc", "id"]


def test_a_csv_of_records_has_every_field_and_quotes_what_needs_it(tmp_path: Path) -> None:
    texts = [f'{GOOD}, "five"\r\nsix', f"{GOOD} \ud800", GOOD]
    rows = [{"text": texts[0], "a": None}, {"text": texts[1], "b": [1, "é"]}, {"b": 1.5, "text": texts[2], "c": True}]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(as_bytes("jsonl", rows)))
    clean(tmp_path / "a.jsonl.gz", tmp_path / "out", format="csv", chunk_bytes=60)
    found = unpacked(tmp_path / "out/kept/a.jsonl.csv.gz").decode()
    assert list(csv.reader(io.StringIO(found, newline=""))) == [
        ["text", "a", "b", "c"],
        [texts[0], "", "", ""],
        [f"{GOOD} \\ud800", "", '[1, "é"]', ""],
        [GOOD, "", "1.5", "true"],
    ]


def test_outputs_that_would_have_one_name_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(GOOD)
    (tmp_path / "in/a.txt.jsonl").write_text(json.dumps({"text": f"{GOOD} five"}) + "\n")
    result = clean(tmp_path / "in", tmp_path / "out", format="jsonl")
    assert result.total.piles["kept"] == 2
    texts = {p.name: json.loads(p.read_text())["text"] for p in (tmp_path / "out/kept").iterdir()}
    assert texts == {"a.txt.jsonl": GOOD, "2-a.txt.jsonl": f"{GOOD} five"}


def test_a_format_that_cannot_be_written_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(as_bytes("jsonl", ROWS))
    for format_, words in (("txt", "many records"), ("docx", "can write jsonl, json, csv")):
        with pytest.raises(UsageError, match=words):
            clean(tmp_path / "a.jsonl", tmp_path / "out", format=format_)
    assert not (tmp_path / "out").exists()


def test_a_table_is_entered_at_any_row(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from detector.corpus.job import Task  # noqa: PLC0415
    from detector.corpus.work import Worker  # noqa: PLC0415

    (tmp_path / "a.parquet").write_bytes(as_bytes("parquet", [{"text": f"{GOOD} {i}"} for i in range(50)]))
    (source,) = find([str(tmp_path / "a.parquet")]).sources
    judging = Judging(judge="tests.fake_judge:Judge")
    (tmp_path / "parts").mkdir()
    worker = Worker(Job("score", (), "", judging=judging), judging.make(), tmp_path / "parts", lambda _: None)
    # Read on over a gap, entered again before and far behind where it stands, and read to its end.
    for begin, end in ((0, 11), (33, 44), (44, 55), (11, 22), (22, 33), (2, 4), (30, 32)):
        task = Task(f"0-{begin}", ((0, source, ""),), begin, end, sequential=True)
        account = worker.do(task)
        assert account["ended"] == (end > 50)
        assert account["sources"]["0"]["read"] == min(end, 50) - begin
        records_ = [json.loads(x) for x in (tmp_path / f"parts/0-{begin}/records.jsonl").read_text().splitlines()]
        assert [r["source"].rpartition(":")[2] for r in records_] == [str(i + 1) for i in range(begin, min(end, 50))]


def test_bytes_outside_the_text_never_change() -> None:
    raw = b'{ "n" : 1.10, "text":"a\\u00e9\\"b" , "big":123456789012345678901234567890, "o":{"text":"not this"} }\r'
    assert replace_text(raw, "text", "x") == raw.replace(b'"a\\u00e9\\"b"', b'"x"')
    assert replace_text(raw, "o.text", "x") == raw.replace(b'"not this"', b'"x"')
    assert add_field(raw, "n", 1).endswith(b'"o":{"text":"not this"},"n_":1}\r')
    assert replace_text(b'{"text":"a","text":"b"}', "text", "x") == b'{"text":"a","text":"x"}'
    assert replace_text(b'{"l":[{"text":"a"}],"a.b":"c"}', "a.b", "x") == b'{"l":[{"text":"a"}],"a.b":"x"}'


WORD = st.text(st.sampled_from('a"\\\n:,{}é text'), max_size=8) | st.just("text")
VALUE = st.recursive(WORD | st.integers(), lambda v: st.lists(v, max_size=2) | st.dictionaries(WORD, v, max_size=2))


@given(st.dictionaries(WORD, VALUE, max_size=4), WORD, WORD, st.booleans(), st.sampled_from([None, 1]))
def test_a_text_is_found_by_its_name_alone_where_that_stands_once(
    others: dict[str, Any],
    name: str,
    text: str,
    ascii_: bool,  # noqa: FBT001
    indent: int | None,
) -> None:
    fields = [*others.items(), (name, text)]
    record = dict(fields[1:] + fields[:1]) | {name: text}
    raw = json.dumps(record, ensure_ascii=ascii_, indent=indent).encode()
    found = _find_alone(raw, name)
    assert found is None or found == _find_value(raw, name)
    assert json.loads(replace_text(raw, name, "new")) == {**record, name: "new"}


def test_a_csv_field_holds_line_feeds_and_quotes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'\xef\xbb\xbfid,text\r\n1,"one ""two""\r\nthree four"\r\n2,five six seven\r\n')
    answers = read(tmp_path / "a.csv")
    assert [a.document.text for a in answers if isinstance(a, Read)] == ['one "two"\r\nthree four', "five six seven"]
    whole = (tmp_path / "a.csv").read_bytes()
    assert [whole[a.offset :][:2] for a in answers] == [b"1,", b"2,"]


def test_bad_rows_of_a_csv_cost_themselves(tmp_path: Path) -> None:
    raw = b'id,text\n1,a b c\n2\n3,"x"y\n4,caf\xe9\n5,"' + b"long " * 300 + b'"\n6,d e f\n7,"open\n8,g h i\n'
    (tmp_path / "a.csv").write_bytes(raw)
    answers = read(tmp_path / "a.csv", max_document_bytes=1000)
    assert [a.cause if isinstance(a, Unreadable) else a.document.id for a in answers] == [
        "1", "columns", "csv", "encoding", "too-long", "6", "csv",
    ]  # fmt: skip
    assert [raw[a.offset : a.offset + 1] for a in answers] == [b"1", b"2", b"3", b"4", b"5", b"6", b"7"]


def test_bad_records_of_an_array_cost_themselves(tmp_path: Path) -> None:
    raw = (
        b'[{"text":"a b c"}, {"text" 1}, 3, {"text":"'
        + b"x" * 2000
        + b'"},\n {"text":"] , [ \\" } d e"}, {"text":"open'
    )
    (tmp_path / "a.json").write_bytes(raw)
    for block in (1, 7, 1 << 18):
        from detector.io import json_array  # noqa: PLC0415

        json_array._BLOCK = block  # noqa: SLF001
        answers = read(tmp_path / "a.json", max_document_bytes=1000)
        assert [a.cause if isinstance(a, Unreadable) else a.document.text for a in answers] == [
            "a b c", "json", "not-a-record", "too-long", '] , [ " } d e', "json",
        ]  # fmt: skip
        assert [a.position for a in answers] == list(range(6))


def test_records_one_after_the_other_are_json_too(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"text": "a"}\n{"text":\n"b"} {"text": "c"}')
    assert [a.document.text for a in read(tmp_path / "a.json") if isinstance(a, Read)] == ["a", "b", "c"]
    (tmp_path / "b.json").write_bytes(b"[]")
    assert read(tmp_path / "b.json") == []
    (tmp_path / "c.json").write_bytes(b"[")
    assert [a.cause for a in read(tmp_path / "c.json") if isinstance(a, Unreadable)] == ["json"]


@pytest.mark.parametrize("format_", ["jsonl", "json", "csv", "txt"])
@pytest.mark.parametrize("compression", ["gz", "zst"])
def test_a_cut_off_input_gives_what_can_be_had_and_says_so(tmp_path: Path, format_: str, compression: str) -> None:
    rows = [{"id": str(i), "n": i, "text": f"{GOOD} {i * 7919 % 1000}", "meta": i} for i in range(3000)]
    data = b"text " * 9999 if format_ == "txt" else as_bytes(format_, rows)
    whole = gzip.compress(data) if compression == "gz" else zstandard.compress(data)
    path = tmp_path / f"a.{format_}.{compression}"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    answers = read(path)
    assert isinstance(answers[-1], Unreadable)
    assert answers[-1].cause == "damaged"
    good = [a.document.text for a in answers if isinstance(a, Read)]
    assert good == [r["text"] for r in rows[: len(good)]]
    if compression == "gz":
        assert (len(good) > 0) == (format_ != "txt")


@pytest.mark.parametrize("format_", ["parquet", "arrow"])
def test_a_compressed_table_that_is_cut_off_is_one_fault(tmp_path: Path, format_: str) -> None:
    pytest.importorskip("pyarrow")
    whole = zstandard.compress(as_bytes(format_, ROWS * 500))
    (tmp_path / f"a.{format_}.zst").write_bytes(whole[: len(whole) // 2])
    (answer,) = read(tmp_path / f"a.{format_}.zst")
    assert isinstance(answer, Unreadable)
    assert answer.cause == "damaged"


@pytest.mark.parametrize(("suffix", "name"), [("txt", "a.txt"), ("md", "a.md"), ("html", "a.html.txt")])
@pytest.mark.parametrize("compression", ["gz", "zst"])
def test_texts_and_pages_are_read_out_of_members_one_after_the_other(
    tmp_path: Path, suffix: str, name: str, compression: str
) -> None:
    if suffix == "html":
        pytest.importorskip("resiliparse", exc_type=ImportError)
    body = f"<html><body><p>{GOOD} five six seven eight nine.</p></body></html>" if suffix == "html" else GOOD
    (tmp_path / f"a.{suffix}.{compression}").write_bytes(packed(body.encode(), compression))
    assert clean(tmp_path / f"a.{suffix}.{compression}", tmp_path / "out").total.piles["kept"] == 1
    assert unpacked(tmp_path / f"out/kept/{name}.{compression}").decode().startswith(GOOD)


@pytest.mark.parametrize("compression", ["", "gz", "zst"])
def test_a_wet_file_is_read_whole_whatever_its_compression(tmp_path: Path, compression: str) -> None:
    pytest.importorskip("fastwarc", exc_type=ImportError)
    head = "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://x/{}\r\nContent-Type: text/plain\r\n"
    records_ = [f"{head.format(i)}Content-Length: {len(GOOD) + 2}\r\n\r\n{GOOD} {i}\r\n\r\n".encode() for i in range(3)]
    pack = {"": bytes, "gz": gzip.compress, "zst": zstandard.compress}[compression]
    path = tmp_path / ("a.wet" + (f".{compression}" if compression else ""))
    path.write_bytes(b"".join(map(pack, records_)))
    clean(path, tmp_path / "out")
    (written,) = (tmp_path / "out/kept").iterdir()
    assert [(r["id"], r["text"]) for r in as_rows(written)] == [(f"http://x/{i}", f"{GOOD} {i}") for i in range(3)]


@pytest.mark.parametrize("format_", FORMATS)
def test_noise_is_unreadable_and_never_an_exception(tmp_path: Path, format_: str) -> None:
    whole = as_bytes(format_, ROWS * 50)
    (tmp_path / f"a.{format_}").write_bytes(whole[: len(whole) // 2] + bytes(range(256)) * 3)
    (tmp_path / f"b.{format_}").write_bytes(b"\x00\xff" * 100)
    (tmp_path / f"c.{format_}.gz").write_bytes(b"\x1f\x8b" + b"\x00" * 100)
    (tmp_path / f"d.{format_}.zst").write_bytes(b"no frame")
    (tmp_path / f"e.{format_}").write_bytes(b"")
    for name in "abcd":
        (path,) = tmp_path.glob(f"{name}.*")
        assert any(isinstance(a, Unreadable) for a in read(path)), name
    read(tmp_path / f"e.{format_}")


def test_a_damaged_row_group_costs_its_own_rows(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    texts = [f"{GOOD} {i}" for i in range(300)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", row_group_size=100, use_dictionary=False)
    column = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(1).column(0)
    raw = bytearray((tmp_path / "a.parquet").read_bytes())
    raw[column.data_page_offset : column.data_page_offset + column.total_compressed_size] = (
        b"\xff" * column.total_compressed_size
    )
    (tmp_path / "a.parquet").write_bytes(raw)
    answers = read(tmp_path / "a.parquet")
    assert [a.document.text for a in answers if isinstance(a, Read)] == texts[:100] + texts[200:]
    (bad,) = [a for a in answers if isinstance(a, Unreadable)]
    assert (bad.cause, bad.position, "rows 101 to 200" in bad.source) == ("damaged", 100, True)


def test_a_damaged_table_is_one_fault_for_any_number_of_workers(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + b"x" * 100 + b"PAR1")
    for jobs in (1, 3):
        job = Job(
            "clean",
            (str(tmp_path / "a.parquet"),),
            str(tmp_path / f"out{jobs}"),
            judging=Judging(judge="tests.fake_judge:Judge"),
        )
        assert run(job, jobs=jobs).total.unreadable_by == {"damaged": 1}


def test_a_text_inside_a_struct_is_found_and_replaced(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    rows = [{"doc": {"text": r["text"], "n": r["n"]}, "k": None} for r in ROWS]
    (tmp_path / "a.parquet").write_bytes(as_bytes("parquet", rows))
    clean(tmp_path / "a.parquet", tmp_path / "out", options=Options(text_field="doc.text"))
    assert [r["doc"] for r in as_rows(tmp_path / "out/kept/a.parquet")] == [
        {"text": GOOD, "n": 1}, {"text": f"{GOOD}\nfive", "n": 2},
    ]  # fmt: skip


def test_sources_with_one_name_are_kept_apart(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(f"{GOOD} {folder}")
    found = find([str(tmp_path / "x"), str(tmp_path / "y"), str(tmp_path / "x" / "a.txt")]).sources
    assert len(found) == 2  # each file once
    assert len({s.name for s in found}) == 2
    (tmp_path / "x" / "b.unknown").write_text("")
    assert find([str(tmp_path / "x")]).passed_over == (str(tmp_path / "x" / "b.unknown"),)
    assert [s.name for s in find([str(tmp_path / "*" / "a.txt")]).sources] == ["x/a.txt", "y/a.txt"]


def test_urls_are_read_through_fsspec(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/corpus/a/x.jsonl", as_bytes("jsonl", ROWS))
    memory.pipe("/corpus/y.txt.gz", gzip.compress(GOOD.encode()))
    result = run(
        Job("clean", ("memory://corpus",), str(tmp_path / "out"), judging=Judging(judge="tests.fake_judge:Judge"))
    )
    assert result.total.read == 5
    assert (tmp_path / "out/kept/a/x.jsonl").exists()
    assert gzip.decompress((tmp_path / "out/kept/y.txt.gz").read_bytes()) == GOOD.encode()


@pytest.mark.filterwarnings("ignore")
def test_an_s3_server_is_read_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moto = pytest.importorskip("moto.server", reason="needs moto[server] and s3fs")
    s3fs = pytest.importorskip("s3fs", reason="needs moto[server] and s3fs")
    server = moto.ThreadedMotoServer(port=0)
    server.start()
    try:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        host, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        store = s3fs.S3FileSystem(endpoint_url=f"http://{host}:{port}", key="x", secret="x")  # noqa: S106
        store.mkdir("corpus")
        store.pipe("corpus/a/x.jsonl.gz", gzip.compress(as_bytes("jsonl", ROWS)))
        store.pipe("corpus/y.txt", GOOD.encode())
        monkeypatch.chdir(tmp_path)
        job = Job("clean", ("s3://corpus",), "s3://corpus-out/run", judging=Judging(judge="tests.fake_judge:Judge"))
        store.mkdir("corpus-out")
        assert run(job, jobs=2).total.read == 5
        assert store.cat("corpus-out/run/kept/y.txt") == GOOD.encode()
        assert json.loads(store.cat("corpus-out/run/manifest.json"))["total"]["kept"] == 3
        with pytest.raises(UsageError, match="--force"):
            run(job)
        assert list(tmp_path.iterdir()) == []
    finally:
        server.stop()
