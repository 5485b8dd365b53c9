"""How fast: `python tests/benchmarks/speed.py [DATA]` writes `speed.json`, which the README shows.

Everything is one thread's processor time in one process, as a share of what `str.split` takes for the same texts in the
same run: a ratio tells of the code, seconds of the machine. Shared machines change their speed within seconds, so every
batch is split just before and just after it is worked on. The documents were never seen before, and batches are
whole, as in a corpus.
"""

import functools
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
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
from detector.pipeline import BATCH_DOCUMENTS as BATCH  # noqa: E402
from detector.registry import all_signals  # noqa: E402
from detector.report.wire import record, to_json  # noqa: E402
from detector.training.data import rows  # noqa: E402

BATCHES = 3  # of each work
WARM = BATCH


def processor(function: Callable[[], object]) -> float:
    """Processor seconds of a call."""
    began = time.process_time()
    function()
    return time.process_time() - began


def split(texts: Sequence[str]) -> list[list[str]]:
    """What everything is compared with: all the words of a batch at once, as the cut has them."""
    return [text.split() for text in texts]


def in_batches(texts: Sequence[str], work: Callable[[list[str]], object]) -> tuple[float, float]:
    """Processor seconds for all texts, a batch at a time, and those of `str.split` beside it: the best of three."""
    seconds = splitting = 0.0
    for i in range(0, len(texts), BATCH):
        batch = list(texts[i : i + BATCH])
        before = min(processor(lambda b=batch: split(b)) for _ in range(3))  # type: ignore[misc]
        seconds += processor(lambda b=batch: work(b))  # type: ignore[misc]
        after = min(processor(lambda b=batch: split(b)) for _ in range(3))  # type: ignore[misc]
        splitting += (before + after) / 2
    return seconds, splitting


def cold_start() -> float:
    """Processor seconds of the command line on one article, the interpreter's start included."""
    command = [sys.executable, "-m", "detector", "score", "--deep", "never", "seeds/001_ce914893bfcb5cc2.txt"]
    # As installed: with compiled modules, which the first run leaves behind where the others find them.
    with tempfile.TemporaryDirectory() as compiled:
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        run = functools.partial(
            subprocess.run,
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**kept, "PYTHONPYCACHEPREFIX": compiled},
        )
        run(command)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(5):
            run(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 5


def main() -> None:
    """Measure and write."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    fast = [s for s in all_signals() if s.cost == "fast"]
    by_axis = {axis: [s for s in fast if s.axis == axis] for axis in ("garble", "typos", "boilerplate")}
    detector = Detector(deep="never")
    wanted = WARM + (2 + len(by_axis)) * BATCHES * BATCH
    texts = [r["text"] for r in itertools.islice(rows(data / "test" / "human_news.jsonl.zst"), wanted)]
    warm, texts = texts[:WARM], texts[WARM:]
    # Models are loaded and the processor is awake before the clock runs.
    list(detector.judge_many(warm))

    def judge(batch: list[str]) -> object:
        documents = [Document(str(i), t) for i, t in enumerate(batch)]
        return [to_json(record(d, v)) for d, v in zip(documents, detector.judge_batch(documents), strict=True)]

    works: dict[str, Callable[[list[str]], object]] = {
        "cut into words, lines, sentences": cut,
        **{
            f"cut, and the {axis} signals ({len(signals)})": lambda b, s=signals: measure(cut(b), s)  # type: ignore[misc]
            for axis, signals in by_axis.items()
        },
        "the fast path whole: judged, with evidence and JSON": judge,
    }
    table = []
    total = splitting = 0.0
    for i, (name, work) in enumerate(works.items()):
        # Each has articles of its own: what is remembered of words must not come from the same text.
        own = texts[i :: len(works)]
        seconds, beside = in_batches(own, work)
        words = sum(len(t.split()) for t in own)
        total, splitting = total + words, splitting + beside
        table.append([name, f"1/{seconds / beside:.0f}", f"{words / seconds:,.0f}"])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = (
        f"{len(texts)} unseen news articles, {total:,.0f} words. `str.split`: {total / splitting:,.0f} words/s. "
        f"One article from a cold start, command line included: {cold_start():.2f} s of processor. "
        f"Memory at the end: {memory:.0f} MB, the articles and NumPy included."
    )
    content = {"tables": [{"header": ["on one core", "of `str.split`", "words/s here"], "rows": table, "note": note}]}
    (ROOT / "tests" / "benchmarks" / "speed.json").write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
