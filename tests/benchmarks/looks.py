"""Whether the cascade's lines are well chosen: `python tests/benchmarks/looks.py [DATA [WORDS...]]`.

It takes minutes of one core. Documents of dev/ of 150 and of 600 words, or of WORDS (short ones of one engine are
joined to make a long one), are read whole by the neural model: machine translations all, and human texts where the fast
model leaves them in doubt. From what was read it is worked out what the cascade finds, for several lines from which a
document is doubtful; what two sentences read by themselves clear, for several lines of theirs; and, by kind, what comes
of the lines as they are. All lines are in the models' own log-odds or probabilities, so that this can be asked of any
model.
"""

import collections
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 - after the threads are set
from numpy.typing import NDArray  # noqa: E402

from detector import cascade  # noqa: E402
from detector.batch import Batch, cut  # noqa: E402
from detector.features import measure  # noqa: E402
from detector.reading import read_on  # noqa: E402
from detector.scorer import load_model  # noqa: E402
from detector.training.corpus import dev_rows  # noqa: E402
from detector.training.data import lay, sentences  # noqa: E402
from detector.training.verdict import deep_signals, fast_signals  # noqa: E402

Floats = NDArray[np.float64]

LENGTHS = (150, 600)
MACHINE, NEWS, HUMAN = 30, 1000, 80  # documents of a kind
DOUBTFUL = (0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.10, 0.15)
BOTH_LINES = (-3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0)


@dataclass(frozen=True)
class Read:
    """Documents that were read whole, and what the fast model said of them, float64 [documents]."""

    batch: Batch
    kind: NDArray[np.str_]
    fast: Floats  # their fast measurements, [documents, signals]
    garble: Floats

    @property
    def machine(self) -> NDArray[np.bool_]:
        """Which are machine translations."""
        return np.asarray(np.char.startswith(self.kind, "mt."), bool)


def documents(data: Path, words: int) -> Iterator[tuple[str, str]]:
    """Kind and text of documents of so many words."""
    rng = random.Random(words)  # noqa: S311 - a benchmark
    pools: dict[str, dict[str, list[str]]] = collections.defaultdict(lambda: collections.defaultdict(list))
    for found in dev_rows(data):
        if found.garble is not None:
            kind = found.kind.replace("native.news_other", "native.news")
            pools[kind][str(found.row.get("system"))].append(found.row["text"])
    for kind, by_system in sorted(pools.items()):
        made = []
        for _, texts in sorted(by_system.items()):
            rng.shuffle(texts)
            parts: list[str] = []
            size = 0
            for text in texts:
                for part in sentences(text):
                    parts.append(part)
                    size += len(part.split())
                    if size >= words:
                        break
                if size >= words:
                    made.append((kind, lay(parts, rng)))
                    parts, size = [], 0
        rng.shuffle(made)
        yield from made[: MACHINE if kind.startswith("mt.") else NEWS if kind == "native.news" else HUMAN]


MODEL = load_model()
FAST, DEEP = fast_signals(), deep_signals()
REVIEW = MODEL.policy["lines"]["deep"]["garble_review_above"]
DOUBTFUL_ABOVE = MODEL.policy["doubtful_above"]


def log_odds(probability: Floats | float) -> Floats:
    """The logit."""
    return np.asarray(np.log(probability) - np.log1p(-np.asarray(probability)))


def whole(found: list[tuple[str, str]]) -> tuple[Read, dict[str, int], dict[str, int]]:
    """What has to be read, read whole; how many documents there are of a kind, and how many are in doubt."""
    batch = cut([text for _, text in found])
    kind = np.asarray([kind for kind, _ in found])
    fast = measure(batch, FAST, with_evidence=False).values
    garble = MODEL.score(fast, [s.code for s in FAST], "fast").probabilities["garble"]
    doubt = cascade.to_ask(batch, garble, DOUBTFUL_ABOVE)
    at = np.flatnonzero(np.char.startswith(kind, "mt.") | doubt)
    part = cut([found[i][1] for i in at.tolist()])
    counts = collections.Counter(kind.tolist()), collections.Counter(kind[doubt].tolist())
    return Read(part, kind[at], fast[at], garble[at]), *counts


def scores(read: Read, wanted: NDArray[np.bool_]) -> Floats:
    """The log-odds of garble if these sentences are read, float64 [documents]."""
    slow = measure(read_on(read.batch, wanted), DEEP, with_evidence=False).values
    codes = [s.code for s in (*FAST, *DEEP)]
    return log_odds(MODEL.score(np.concatenate([read.fast, slow], axis=1), codes, "deep").probabilities["garble"])


Show = Callable[[str], object]


def bands(read: Read, wanted: NDArray[np.bool_], news: int, show: Show) -> None:
    """What is lost, and what is read, where another line says which documents are doubtful."""
    show("doubtful above: kept of the machine translations that reading everything finds | news in doubt")
    for above in sorted({*DOUBTFUL, DOUBTFUL_ABOVE}):
        doubt = read.garble > above
        show(
            f"  {above:.4f}: {(wanted & doubt).sum() / wanted.sum():.4f} | "
            f"{(doubt & (read.kind == 'native.news')).sum() / news:.4f}"
        )


def clearing(read: Read, wanted: NDArray[np.bool_], show: Show) -> None:
    """What is left of the finds, and of human texts in doubt, where two sentences read by themselves have to pass."""
    as_is = cascade.BOTH_ABOVE
    doubt = read.garble > DOUBTFUL_ABOVE * cascade.ASKED_SHARE
    show("two sentences by themselves above: read to the end of the finds in doubt | of human texts in doubt")
    for line in sorted({*BOTH_LINES, as_is}):
        cascade.BOTH_ABOVE = line
        whole = cascade.doubts(read.batch, read.garble, DOUBTFUL_ABOVE).whole
        kept, human = whole[wanted & doubt].mean(), whole[~read.machine & doubt].mean()
        show(f"  {line:4g}: {kept:.4f} | {human:.4f}")
    cascade.BOTH_ABOVE = as_is


def report(found: list[tuple[str, str]], show: Show) -> None:
    """Read the documents and say what several lines would have come to."""
    read, total, in_doubt = whole(found)
    line = log_odds(REVIEW)
    everything = scores(read, np.ones(len(read.batch.sentences), bool))
    flagged = everything > line
    bands(read, flagged & read.machine, total["native.news"], show)
    clearing(read, flagged & read.machine, show)

    doubt = cascade.doubts(read.batch, read.garble, DOUBTFUL_ABOVE)
    first, every = cascade.looks(read.batch, doubt)
    look = scores(read, first)
    on = look > log_odds(cascade.read_on_above(doubt, read.batch, REVIEW))
    after = np.where(on, scores(read, every), look)
    show("by kind: documents, in doubt, flagged by reading all (of human texts: all in doubt), flagged by the cascade")
    for kind in sorted(total):
        mine = read.kind == kind
        always = (mine & flagged).sum()
        show(
            f"  {kind:26} {total[kind]:5} {in_doubt[kind]:5} {always:5} {(mine & doubt.read & (after > line)).sum():5}"
        )


def main() -> None:
    """Print it all."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    for words in [int(w) for w in sys.argv[2:]] or LENGTHS:
        sys.stdout.write(f"# {words} words\n")
        report(list(documents(data, words)), lambda line: sys.stdout.write(line + "\n"))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
