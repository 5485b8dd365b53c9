"""Bad input, tried as a user would: through the command, with what it prints, leaves behind, and exits with."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ARTICLE = (
    "The council met on Tuesday evening to talk about the old bridge. Its members agreed that the work should begin "
    "in spring, when the river is low and the farmers do not need the road. Nobody spoke against it. Anna Miller, who "
    "has run the bakery beside the church for thirty years, asked whether her customers would still find a place to "
    "park. They would, the mayor promised, and he showed her a drawing. After an hour the chairman thanked everyone "
    "for coming. Outside it had started to rain, and most people walked home together under a few umbrellas.\n"
)
# What becomes of sound texts under any model: lines that no probability is above.
LENIENT = {f"{axis}_{line}_above": 1.0 for axis in ("garble", "typos", "boilerplate") for line in ("review", "drop")}
POLICY: list[str] = []


@pytest.fixture(autouse=True, scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A policy that keeps whatever is not abstained from: these tests are not about the model."""
    path = tmp_path_factory.mktemp("policy") / "lenient.json"
    path.write_text(json.dumps({"fast": LENIENT, "deep": LENIENT}))
    POLICY.append(str(path))
    yield
    POLICY.clear()


def detector(*args: object, **options: Any) -> "subprocess.CompletedProcess[bytes]":  # noqa: ANN401
    """Run the command; standard input is empty unless given."""
    options.setdefault("input", b"")
    root = str(Path(__file__).parent.parent)
    env = {**os.environ, "PYTHONPATH": root, **options.pop("env", {})}
    command = [sys.executable, "-m", "detector", *map(str, args), "--policy", POLICY[0], "--deep", "never"]
    return subprocess.run(command, capture_output=True, env=env, timeout=300, check=False, **options)  # noqa: S603


def lines(content: "list[Any]") -> bytes:
    return b"".join(json.dumps(c).encode() + b"\n" if not isinstance(c, bytes) else c + b"\n" for c in content)


def account(out: Path) -> dict[str, Any]:
    """The account in total, after checking that it adds up and that the piles hold what it says."""
    total: dict[str, Any] = json.loads((out / "manifest.json").read_bytes())["total"]
    piles = ("kept", "review", "dropped", "abstained", "unreadable")
    assert total["read"] == sum(total[p] for p in piles)
    return total


def records(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_what_is_well_is_kept_and_nothing_is_said_on_standard_output(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    run = detector("clean", tmp_path / "a.txt", "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    assert run.stdout == b""
    assert b"1 read = 1 kept" in run.stderr
    assert (tmp_path / "out/kept/a.txt").read_text() == ARTICLE


def test_a_folder_of_odd_texts_is_answered_for_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(ARTICLE)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "word.txt").write_text("Bridge")
    (folder / "symbols.txt").write_text("*** --- ### !!! ??? ///\n" * 30)
    (folder / "german.txt").write_text("Der Rat trat am Dienstag zusammen, um über die neue Brücke zu sprechen. " * 20)
    (folder / "latin.txt").write_bytes("Das café ist geöffnet".encode("latin-1"))
    (folder / "utf16.txt").write_bytes(ARTICLE.encode("utf-16"))
    (folder / "nul.txt").write_bytes(ARTICLE.encode() + b"\0 and on. " + ARTICLE.encode())
    (folder / "bom.md").write_bytes(b"\xef\xbb\xbf" + ARTICLE.encode())
    (folder / "crlf.txt").write_bytes(ARTICLE.encode().replace(b". ", b".\r\n"))
    run = detector("clean", folder, "--out", tmp_path / "out", "--keep-boilerplate")
    out = tmp_path / "out"
    assert run.returncode == 3, run.stderr
    assert b"latin.txt: not utf-8: byte 7 (0xe9)" in run.stderr
    assert b"--encoding" in run.stderr
    total = account(out)
    assert total["read"] == 10
    assert total["unreadable_by"] == {"encoding": 1}
    for name in ("empty.txt", "word.txt", "symbols.txt", "german.txt"):
        assert (out / "abstained" / name).read_bytes() == (folder / name).read_bytes()
    assert (out / "unreadable/latin.txt").read_bytes() == (folder / "latin.txt").read_bytes()
    for name in ("good.txt", "utf16.txt", "bom.md", "crlf.txt"):
        assert (out / "kept" / name).read_bytes() == (folder / name).read_bytes()
    assert sum((out / pile / "nul.txt").exists() for pile in ("kept", "review", "dropped", "abstained")) == 1


def test_latin_1_is_read_when_it_is_named_and_written_as_it_was(tmp_path: Path) -> None:
    raw = (ARTICLE + "They met in the café.").encode("latin-1")
    (tmp_path / "a.txt").write_bytes(raw)
    run = detector("clean", tmp_path / "a.txt", "--out", tmp_path / "out", "--encoding", "latin-1")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out/kept/a.txt").read_bytes() == raw


def test_an_encoding_that_there_is_not_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    for command in (["score"], ["clean", "--out", tmp_path / "out"]):
        run = detector(*command, tmp_path / "a.txt", "--encoding", "latin-99")
        assert run.returncode == 2
        assert b"latin-99" in run.stderr
        assert b"Traceback" not in run.stderr


def test_broken_lines_cost_themselves_and_nothing_else(tmp_path: Path) -> None:
    content: list[Any] = [{"id": "same", "text": ARTICLE, "n": i, "price": 1.10} for i in range(1000)]
    content[500] = b'{"id": "x", "text": "broken'
    content[501] = {"id": "no text"}
    content[502] = {"id": "number", "text": 12}
    content[503] = {"id": "null", "text": None}
    content[504] = b'{"id": "latin", "text": "caf\xe9"}'
    content[505] = [1, 2]
    content[506] = b""
    content[507] = b'{"id": "surrogate", "text": "' + ARTICLE.strip().encode() + b'\\ud800 and on"}'
    content[508] = {"id": "big", "text": ARTICLE, "n": 2**70}
    raw = lines(content)
    (tmp_path / "a.jsonl").write_bytes(raw)
    out = tmp_path / "out"
    run = detector("clean", tmp_path / "a.jsonl", "--out", out, "--keep-boilerplate")
    assert run.returncode == 3, run.stderr
    assert b"Traceback" not in run.stderr
    for place in (501, 502, 503, 504, 505, 506):
        assert f"a.jsonl:{place}: ".encode() in run.stderr
    total = account(out)
    assert total["read"] == 999  # an empty line is no record
    assert total["unreadable_by"] == {"encoding": 1, "json": 1, "no-text": 1, "not-a-record": 1, "text-type": 2}
    entries = records(out / "unreadable.jsonl")
    assert [e["position"] for e in entries] == [500, 501, 502, 503, 504, 505]
    for entry in entries:
        assert raw[entry["offset"] :].startswith(raw.split(b"\n")[entry["position"]])
    held = (out / "unreadable/a.jsonl").read_bytes().splitlines()
    assert held == raw.split(b"\n")[500:506]
    kept = (out / "kept/a.jsonl").read_bytes().splitlines()
    assert kept[:500] == raw.split(b"\n")[:500]  # byte for byte, prices and all


def test_duplicate_ids_are_kept_apart_by_position(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        lines([{"id": 7, "text": ARTICLE + f"It was the {n} of May."} for n in (1, 2, 3)])
    )
    run = detector("score", tmp_path / "a.jsonl")
    assert run.returncode == 0, run.stderr
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [a["id"] for a in answers] == ["7", "7", "7"]
    assert [a["source"] for a in answers] == [f"{tmp_path}/a.jsonl:{n}" for n in (1, 2, 3)]


def test_fields_are_found_by_dots_and_without_an_id_the_place_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines([{"doc": {"body": {"text": ARTICLE}}}]))
    run = detector("score", tmp_path / "a.jsonl", "--text-field", "doc.body.text")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["id"] == f"{tmp_path}/a.jsonl:1"


def test_a_line_of_100_megabytes_is_unreadable_in_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("wb") as file:
        file.write(lines([{"text": ARTICLE}]) + b'{"text": "')
        for _ in range(100):
            file.write(b"word " * 200_000)
        file.write(b'"}\n' + lines([{"text": ARTICLE}]))
    (tmp_path / "b.txt").write_bytes(b"word " * 20_000_000)

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (600 * 2**20, 600 * 2**20))

    run = detector("clean", tmp_path / "a.jsonl", tmp_path / "b.txt", "--out", tmp_path / "out", preexec_fn=bounded)
    assert run.returncode == 3, run.stderr
    total = account(tmp_path / "out")
    assert (total["read"], total["kept"], total["unreadable_by"]) == (4, 2, {"too-long": 2})
    assert b"a.jsonl:2: 100,000,013 bytes long" in run.stderr
    assert b"--max-document-bytes" in run.stderr


def test_nothing_to_read_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for what in (tmp_path / "empty", tmp_path / "missing.txt", tmp_path / "*.jsonl"):
        for command in (["score"], ["clean", "--out", tmp_path / "out"]):
            run = detector(*command, what)
            assert run.returncode == 2, run.stderr
            assert str(what).encode() in run.stderr
            assert b"Traceback" not in run.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "b.txt").write_text(ARTICLE)
    (tmp_path / "a.txt").chmod(0)
    run = detector("clean", tmp_path / "a.txt", tmp_path / "b.txt", "--out", tmp_path / "out")
    assert run.returncode == 3
    assert account(tmp_path / "out")["unreadable_by"] == {"permission": 1}


def test_a_dangling_link_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "b.txt").write_text(ARTICLE)
    run = detector("clean", tmp_path / "a.txt", tmp_path / "b.txt", "--out", tmp_path / "out")
    assert run.returncode == 3, run.stderr
    total = account(tmp_path / "out")
    assert (total["kept"], total["unreadable_by"]) == (1, {"missing": 1})


def test_an_output_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "file").write_text("I am no folder")
    run = detector("clean", tmp_path / "a.txt", "--out", tmp_path / "file" / "out")
    assert run.returncode == 2
    assert b"cannot be written" in run.stderr
    run = detector("score", tmp_path / "a.txt", "-o", "/proc/nowhere/out.jsonl")
    assert run.returncode == 2
    assert b"cannot be written" in run.stderr
    assert b"Traceback" not in run.stderr


def test_nothing_is_overwritten_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/precious.txt").write_text("mine")
    (tmp_path / "o.jsonl").write_text("mine")
    for command in (["clean", "--out", tmp_path / "out"], ["score", "-o", tmp_path / "o.jsonl"]):
        run = detector(*command, tmp_path / "a.txt")
        assert run.returncode == 2
        assert b"--force" in run.stderr
        run = detector(*command, tmp_path / "a.txt", "--force")
        assert run.returncode == 0, run.stderr
    assert (tmp_path / "out/precious.txt").read_text() == "mine"
    assert (tmp_path / "out/kept/a.txt").exists()


def test_a_full_disk_is_said_in_words_and_the_run_goes_on_when_there_is_room(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines([{"text": ARTICLE, "n": i} for i in range(400)]))

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    command = ["clean", tmp_path / "a.jsonl", "--out", tmp_path / "out", "--chunk-bytes", 50_000]
    for jobs in (1, 2):
        run = detector(*command, "--jobs", jobs, preexec_fn=full)
        assert run.returncode == 2, run.stderr
        assert b"Traceback" not in run.stderr
        assert b"too large" in run.stderr
        assert not (tmp_path / "out/manifest.json").exists()
    run = detector(*command)
    assert run.returncode == 0, run.stderr
    assert account(tmp_path / "out")["read"] == 400
    with Path("/dev/full").open("wb") as full_:
        root = str(Path(__file__).parent.parent)
        score = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "detector", "score", str(tmp_path / "a.jsonl")],
            stdout=full_, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": root}, check=False,
        )  # fmt: skip
    assert score.returncode == 2
    assert b"No space left" in score.stderr
    assert b"Traceback" not in score.stderr


def test_a_reader_who_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines([{"text": ARTICLE, "n": i} for i in range(500)]))
    root = str(Path(__file__).parent.parent)
    command = f"{sys.executable} -m detector score {tmp_path}/a.jsonl | head -n 1 | wc -l; echo ${{PIPESTATUS[0]}}"
    run = subprocess.run(  # noqa: S603
        ["bash", "-c", command],  # noqa: S607 - whichever bash is here
        capture_output=True,
        env={**os.environ, "PYTHONPATH": root},
        check=True,
    )
    assert run.stdout.split() == [b"1", b"0"]
    assert b"Traceback" not in run.stderr
    assert b"Broken" not in run.stderr


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(tmp_path: Path, jobs: int) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines([{"text": ARTICLE * 10, "n": i} for i in range(3000)]))
    root = str(Path(__file__).parent.parent)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "detector", "clean", str(tmp_path / "a.jsonl"), "--out", str(out)]
    command += ["--chunk-bytes", "100000", "--jobs", str(jobs), "--policy", POLICY[0], "--deep", "never"]
    process = subprocess.Popen(  # noqa: S603
        command, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": root}
    )
    parts = out / ".unfinished/parts"
    deadline = time.monotonic() + 120
    while not (parts.exists() and any(not p.name.startswith(".") for p in parts.iterdir())):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert b"the same command goes on where it stopped" in said
    assert b"Traceback" not in said
    run = detector(*command[3:-4], "--limit", 5)
    assert run.returncode == 2  # not the same command
    assert b"options.limit" in run.stderr


def test_standard_input_is_read_and_records_alone_go_to_standard_output(tmp_path: Path) -> None:
    run = detector("score", "-", input=lines([{"id": "a", "text": ARTICLE}, b"broken"]))
    assert run.returncode == 3
    assert [json.loads(line)["id"] for line in run.stdout.splitlines()] == ["a"]
    assert b"UNREADABLE" in run.stderr
    run = detector("score", "-", input=ARTICLE.encode())
    assert (run.returncode, len(run.stdout.splitlines())) == (0, 1)
    run = detector("clean", "-", "--out", tmp_path / "out", input=lines([{"id": "a", "text": ARTICLE}]))
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out/kept/stdin.jsonl").read_bytes() == lines([{"id": "a", "text": ARTICLE}])


def test_limit_and_dry_run_try_things_out(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines([{"text": ARTICLE, "n": i} for i in range(30)]))
    run = detector("clean", tmp_path / "a.jsonl", "--out", tmp_path / "out", "--limit", 10, "--dry-run")
    assert run.returncode == 0, run.stderr
    assert b"10 read = 10 kept" in run.stderr
    assert not (tmp_path / "out").exists()
    run = detector("score", tmp_path / "a.jsonl", "--limit", 10)
    assert len(run.stdout.splitlines()) == 10
    run = detector("score", tmp_path / "a.jsonl", "-o", tmp_path / "o.jsonl", "--limit", 10)
    assert len((tmp_path / "o.jsonl").read_bytes().splitlines()) == 10
    assert detector("score", tmp_path / "a.jsonl", "--dry-run").stdout == b""


def test_a_line_on_stored_scores_drops_what_lies_above_it(tmp_path: Path) -> None:
    texts = [ARTICLE, ARTICLE.replace("the", "teh"), ARTICLE.replace("and", "adn adn"), "too short"]
    (tmp_path / "a.jsonl").write_bytes(lines([{"id": i, "text": text} for i, text in enumerate(texts)]))
    assert detector("score", tmp_path / "a.jsonl", "--attributes", tmp_path / "scores").returncode == 0
    scores = {
        r["id"]: r["attributes"]["detector__p_low_quality"][0][2] for r in records(tmp_path / "scores/a.jsonl.jsonl")
    }
    judged = sorted({scores[i] for i in "012"})
    assert len(judged) == 3
    for line in (judged[0], judged[1], 1.0):
        done = detector(
            "clean", tmp_path / "a.jsonl", "--from-scores", tmp_path / "scores", "--drop-above", line,
            "-o", tmp_path / f"out{line}",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        above = sum(p > line for p in judged)
        total = account(tmp_path / f"out{line}")
        assert (total["kept"], total["dropped"], total["abstained"]) == (3 - above, above, 1)
    assert detector("clean", tmp_path / "a.jsonl", "--drop-above", 0.5, "-o", tmp_path / "out").returncode == 2
    assert not (tmp_path / "out").exists()


def test_the_output_may_be_a_url(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    (tmp_path / "a.txt").write_text(ARTICLE)
    for command, out in (("clean", "cleaned"), ("score", "scores.jsonl")):
        done = detector(command, "a.txt", "-o", f"file://{tmp_path / out}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / out).exists()
    assert (tmp_path / "cleaned/kept/a.txt").read_text() == ARTICLE
    assert records(tmp_path / "scores.jsonl")[0]["verdict"] == "keep"
    assert {p.name for p in tmp_path.iterdir()} == {"a.txt", "cleaned", "scores.jsonl"}


def test_the_output_folder_may_lie_in_the_input_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    for _ in range(2):
        run = detector("clean", tmp_path, "--out", tmp_path / "out", "--force")
        assert run.returncode == 0, run.stderr
        assert account(tmp_path / "out")["read"] == 1
