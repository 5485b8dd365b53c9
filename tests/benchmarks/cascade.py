"""What the cascade costs and finds: `python tests/benchmarks/cascade.py [DATA]` prints it as JSON.

Native news articles of about 600 words with 2 % of machine translation among them (WMT 2012's engines and Apertium, of
groups that nothing was trained on) are judged with `--deep auto`, in one process and on one core; time is the
processor's. What `--deep always` calls garbled among the translations is what the cascade ought to find.
"""

import itertools
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from detector import Detector, Verdict  # noqa: E402 - after the threads are set
from detector.training.data import apart, lay, rows, sentences  # noqa: E402

DOCUMENTS, WORDS = 500, 600
GARBLED_IN = 50  # one document in so many: 2 %
MISSES_AMONG = 60  # translations on which the cascade is compared with reading everything


def article(text: str, rng: random.Random) -> str:
    """The first sentences of a text, of `WORDS` words in all, laid out as all training texts are."""
    counts = itertools.accumulate(len(s.split()) for s in sentences(text))
    kept = [s for s, before in zip(sentences(text), itertools.chain([0], counts), strict=False) if before < WORDS]
    return lay(kept, rng)


def native(data: Path) -> Iterator[str]:
    """News articles that are long enough."""
    return (r["text"] for r in rows(data / "dev" / "human_news.jsonl.zst") if len(r["text"].split()) >= WORDS)


def translated(data: Path) -> Iterator[str]:
    """Translations by the two kinds of engine in turn."""
    files = ("mt_wmt12", "mt_apertium_roundtrip")
    kinds = [
        (r["text"] for r in rows(data / "train" / f"{f}.jsonl.zst") if r["label"] == "mt" and apart(r)) for f in files
    ]
    return (text for pair in zip(*kinds, strict=False) for text in pair)


def found(verdict: Verdict) -> bool:
    """Whether the document is held back for garble."""
    return any(r.axis == "garble" for r in verdict.reasons) and verdict.action in {"review", "drop"}


def main() -> None:
    """Measure and print."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    rng = random.Random(1)  # noqa: S311 - a benchmark
    garbled = [article(t, rng) for t in itertools.islice(translated(data), MISSES_AMONG)]
    sound = [article(t, rng) for t in itertools.islice(native(data), DOCUMENTS - DOCUMENTS // GARBLED_IN)]
    mix = [*sound, *garbled[: DOCUMENTS // GARBLED_IN]]
    rng.shuffle(mix)
    cascade, everything = Detector(deep="auto"), Detector(deep="always")
    list(cascade.judge_many(sound[:4] + garbled[:4]))  # the models are loaded before the clock runs
    began = time.process_time()
    judged = list(cascade.judge_many(mix))
    seconds = time.process_time() - began
    began = time.process_time()
    all_read = list(everything.judge_many(garbled))
    reading = time.process_time() - began
    wanted = [found(v) for v in all_read]
    got = [found(v) for v in cascade.judge_many(garbled)]
    both = sum(w and g for w, g in zip(wanted, got, strict=True))
    content = {
        "documents": len(mix),
        "words": sum(len(t.split()) for t in mix),
        "documents_per_second": round(len(mix) / seconds, 1),
        "read_by_the_neural_model": round(sum("deep" in v.ran for v in judged) / len(judged), 3),
        "documents_per_second_if_all_were_read": round(len(garbled) / reading, 1),
        "translations": len(garbled),
        "found_when_all_is_read": sum(wanted),
        "of_these_found_by_the_cascade": both,
    }
    sys.stdout.write(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
