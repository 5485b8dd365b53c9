"""How fast: `python tests/benchmarks/speed.py [DATA]` writes `speed.json`, which the README shows.

Everything is one thread's processor time in one process, as a share of what `str.split` takes for the same texts in the
same run: a ratio tells of the code, seconds of the machine. The documents were never seen before, as in a corpus.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from detector import Detector, Document  # noqa: E402 - after the threads are set
from detector.batch import cut  # noqa: E402
from detector.features import measure  # noqa: E402
from detector.registry import all_signals  # noqa: E402
from detector.report.wire import record, to_json  # noqa: E402
from detector.training.data import rows  # noqa: E402

DOCUMENTS = 1500
BATCH = 256
WARM = 128


def processor(function: Callable[[], object]) -> float:
    """Processor seconds of a call."""
    began = time.process_time()
    function()
    return time.process_time() - began


def in_batches(texts: Sequence[str], work: Callable[[list[str]], object]) -> float:
    """Processor seconds for all texts, a batch at a time."""
    return sum(processor(lambda i=i: work(list(texts[i : i + BATCH]))) for i in range(0, len(texts), BATCH))  # type: ignore[misc]


def cold_start() -> float:
    """Processor seconds of the command line on one article, the interpreter's start included."""
    command = [sys.executable, "-m", "detector", "score", "--deep", "never", "seeds/001_ce914893bfcb5cc2.txt"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(5):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 5


def main() -> None:
    """Measure and write."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    texts = [
        row["text"]
        for _, row in zip(range(DOCUMENTS + WARM), rows(data / "dev" / "human_news.jsonl.zst"), strict=False)
    ]
    warm, texts = texts[:WARM], texts[WARM:]
    fast = [s for s in all_signals() if s.cost == "fast"]
    by_axis = {axis: [s for s in fast if s.axis == axis] for axis in ("garble", "typos", "boilerplate")}
    detector = Detector(deep="never")
    # Models are loaded and the processor is awake before the clock runs.
    list(detector.judge_many(warm))
    words = sum(len(t.split()) for t in texts)
    split = min(in_batches(texts, lambda b: [t.split() for t in b]) for _ in range(5))

    def judge(batch: list[str]) -> object:
        documents = [Document(str(i), t) for i, t in enumerate(batch)]
        return [to_json(record(d, v)) for d, v in zip(documents, detector.judge_batch(documents), strict=True)]

    found = {
        "cut into words, lines, sentences": in_batches(texts, cut),
        **{
            f"cut, and the {axis} signals ({len(signals)})": in_batches(
                texts,
                lambda b, s=signals: measure(cut(b), s),  # type: ignore[misc]
            )
            for axis, signals in by_axis.items()
        },
        "the fast path whole: judged, with evidence and JSON": in_batches(texts, judge),
    }
    table = [[name, f"1/{seconds / split:.0f}", f"{words / seconds:,.0f}"] for name, seconds in found.items()]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = (
        f"{len(texts)} unseen news articles, {words:,} words. `str.split`: {words / split:,.0f} words/s. "
        f"One article from a cold start, command line included: {cold_start():.2f} s of processor. "
        f"Memory at the end: {memory:.0f} MB, the articles and NumPy included."
    )
    content = {"tables": [{"header": ["on one core", "of `str.split`", "words/s here"], "rows": table, "note": note}]}
    (ROOT / "tests" / "benchmarks" / "speed.json").write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
