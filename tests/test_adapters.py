"""Other engines give the same verdicts and the same account as a local run."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from detector.adapters.rows import COLUMNS, Rows, account
from detector.corpus import Job, Judging, Tally, run
from tests.conservation import snapshot

ROOT = Path(__file__).resolve().parent.parent
FAKE = Judging(judge="tests.fake_judge:Judge")
TEXTS: list[Any] = [
    "one two three four",
    "one two DROP three",
    "short",
    "one two three\n[ad] buy this\nfour",
    "one two REVIEW three",
    "one CRASH two three",
    None,
] * 40


def local(tmp_path: Path) -> Tally:
    """The account of a local run."""
    with (tmp_path / "local.jsonl").open("w") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text in TEXTS)
    return run(Job("clean", (str(tmp_path / "local.jsonl"),), str(tmp_path / "local"), judging=FAKE)).total


def same(found: Tally, tmp_path: Path) -> None:
    """Causes of their own aside, the account is that of a local run."""
    wanted = local(tmp_path)
    assert found.as_json() == {**wanted.as_json(), "unreadable_at": {}}


def test_rows_have_the_verdicts_and_the_account_of_a_local_run(tmp_path: Path) -> None:
    columns = Rows(FAKE).columns(TEXTS)
    assert list(columns) == [f"detector_{name}" for name in COLUMNS]
    same(account([dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]), tmp_path)
    assert columns["detector_cleaned"][3] == "one two three\nfour"


def test_a_hugging_face_dataset_is_annotated(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the extra: pip install 'detector[huggingface]'")
    from detector.adapters.huggingface import annotator  # noqa: PLC0415

    datasets.disable_progress_bars()
    table = datasets.Dataset.from_dict({"n": list(range(len(TEXTS))), "text": TEXTS})
    judged = table.map(annotator(judging=FAKE), batched=True, batch_size=64)
    assert judged["n"] == table["n"]
    same(account(list(judged)), tmp_path)


def test_a_datatrove_filter_keeps_and_drops_the_same(tmp_path: Path) -> None:
    pytest.importorskip("datatrove", reason="needs the extra: pip install 'detector[datatrove]'")
    from datatrove.data import Document  # noqa: PLC0415

    from detector.adapters.datatrove import DetectorAnnotator, DetectorFilter  # noqa: PLC0415

    def documents() -> list[Any]:
        return [Document(text, str(i)) for i, text in enumerate(TEXTS) if text is not None]

    wanted = local(tmp_path)
    block = DetectorFilter(FAKE)
    passed = list(block.run(documents()))
    assert len(passed) == wanted.piles["kept"] + wanted.piles["review"]
    assert passed[1].text == "one two three\nfour"
    assert passed[1].metadata["detector_verdict"] == "keep"
    assert block.stats["dropped_drop_MT102"].total == wanted.piles["dropped"]
    annotated = list(DetectorAnnotator(FAKE).run(documents()))
    assert [d.text for d in annotated] == [t for t in TEXTS if t is not None]
    assert sum(d.metadata["detector_verdict"] == "drop" for d in annotated) == wanted.piles["dropped"]


@pytest.mark.filterwarnings("ignore")  # the library's own affairs
def test_spark_gives_the_same_account(tmp_path: Path) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="needs the extra: pip install 'detector[spark]'")
    from detector.adapters import spark  # noqa: PLC0415

    master = os.environ.get("DETECTOR_SPARK_MASTER", "local-cluster[2,1,1024]" if os.environ.get("CI") else "local[2]")
    builder = sql.SparkSession.builder.master(master).appName("detector-test").config("spark.ui.enabled", "false")
    builder = builder.config("spark.executorEnv.PYTHONPATH", str(ROOT)).config("spark.driver.bindAddress", "127.0.0.1")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    os.environ["PYSPARK_PYTHON"] = sys.executable  # not whichever python3 is first on the path
    session = builder.config("spark.driver.host", "127.0.0.1").config("spark.executor.memory", "1g").getOrCreate()
    try:
        frame = session.createDataFrame(list(enumerate(TEXTS)), "n int, text string").repartition(3)
        judged = spark.judge(frame, judging=FAKE).cache()
        same(spark.account_of(judged), tmp_path)
        rows = judged.where("n = 3").collect()
        assert rows[0]["detector_cleaned"] == "one two three\nfour"
    finally:
        session.stop()


def _ray_cluster(ray: Any) -> Any:  # noqa: ANN401
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    ray.init(address=cluster.address, runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}}, log_to_driver=False)
    return cluster


@pytest.mark.filterwarnings("ignore")
def test_ray_gives_the_same_bytes_though_a_node_is_killed(tmp_path: Path) -> None:
    ray = pytest.importorskip("ray", reason="needs the extra: pip install 'detector[ray]'")
    pytest.importorskip("ray.data")
    from detector.adapters.ray import executor  # noqa: PLC0415

    (tmp_path / "in").mkdir()
    with (tmp_path / "in/a.jsonl").open("w") as file:
        file.writelines(
            json.dumps({"id": i, "text": f"{text} SLOW" if text else text}) + "\n" for i, text in enumerate(TEXTS)
        )
    (tmp_path / "in/b.json").write_text(json.dumps([{"text": "one two three SLOW"}] * 100))
    (tmp_path / "in/c.txt").write_text("one two three")
    job = Job("clean", (str(tmp_path / "in"),), str(tmp_path / "local"), judging=FAKE, chunk_bytes=400)
    wanted = run(job, jobs=2)
    cluster = _ray_cluster(ray)
    try:
        second = cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        chunks = 0
        events: set[str] = set()

        def on_event(what: str, **_: object) -> None:
            nonlocal chunks
            chunks += what == "chunk"
            events.add(what)
            if what == "chunk" and chunks == 5:
                cluster.remove_node(second, allow_graceful=False)

        there = Job.from_json({**job.as_json(), "out": str(tmp_path / "ray")})
        found = run(there, jobs=2, executor=executor("auto", 2), on_event=on_event)
    finally:
        ray.shutdown()
        cluster.shutdown()
    assert chunks >= 5
    assert "engine-failed" not in events  # Ray itself did what the node left undone
    assert found.total == wanted.total
    assert snapshot(tmp_path / "ray") == snapshot(tmp_path / "local")


@pytest.mark.filterwarnings("ignore")
def test_a_document_that_kills_rays_workers_is_put_in_quarantine(tmp_path: Path) -> None:
    ray = pytest.importorskip("ray", reason="needs the extra: pip install 'detector[ray]'")
    pytest.importorskip("ray.data")
    from detector.adapters.ray import executor  # noqa: PLC0415

    with (tmp_path / "a.jsonl").open("w") as file:
        file.writelines(json.dumps({"text": f"one two {'KILL' if i == 30 else i}"}) + "\n" for i in range(60))
    events: list[str] = []
    job = Job("clean", (str(tmp_path / "a.jsonl"),), str(tmp_path / "out"), judging=FAKE, chunk_bytes=300)
    found = run(job, executor=executor(None, 1), on_event=lambda what, **_: events.append(what))
    assert not ray.is_initialized()
    assert "death" in events  # Ray left the chunk, and this machine found out why
    assert found.total.unreadable_by == {"quarantined": 1}
    assert found.total.piles["kept"] == 59
    (entry,) = [json.loads(line) for line in (tmp_path / "out/unreadable.jsonl").read_text().splitlines()]
    assert entry["position"] == 30
