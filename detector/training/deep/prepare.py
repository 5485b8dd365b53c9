"""What happens before a step is taken: the pruned tokenizer, and the shards of packed rows."""

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from detector.errors import UsageError
from detector.training.deep import layout, pools, shards, start, stock, texts
from detector.training.deep.train import Rows


@dataclass(frozen=True)
class Sources:
    """Where everything is read from, and the seed. `without`: pools that are left out, to see what they are worth."""

    data: Path  # holds train/
    roundtrips: Path | None
    encoder: Path
    tokenizer: Path
    seed: int
    without: frozenset[str] = frozenset()
    damaged: Path | None = None  # made by `damaged.py`

    def read(self) -> dict[str, list[pools.Specimen]]:
        """Training documents by pool; UsageError if a pool that is to be left out does not exist."""
        found = pools.read(self.data / "train", self.roundtrips, self.damaged)
        if unknown := self.without - found.keys():
            msg = f"no pool is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(found))}"
            raise UsageError(msg)
        return {name: specimens for name, specimens in found.items() if name not in self.without}


SHARD = 3200  # rows in a shard: two hundred steps


def adopt(tokenizer: Path, published: Path, out: Path) -> None:
    """Take over the tokenizer of a shipped model, and the published ids of its pieces."""
    spec = json.loads(tokenizer.read_text("utf8"))
    old = json.loads(published.read_text("utf8"))["model"]["vocab"]
    pieces = sorted(spec["model"]["vocab"], key=spec["model"]["vocab"].__getitem__)
    (out / "tokenizer.json").write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")), encoding="utf8")
    (out / "keep.json").write_text(json.dumps([old[piece] for piece in pieces]), encoding="utf8")


def vocabulary(sources: Sources, out: Path, size: int) -> None:
    """The pruned tokenizer and the ids that it keeps, from a sample of all pools."""
    if (out / "keep.json").exists():
        return
    rng = random.Random(sources.seed)
    sample: list[str] = []
    for name, specimens in sorted(sources.read().items()):
        some = rng.sample(specimens, min(len(specimens), 250 if name.startswith("genre:") else 1200))
        sample.extend(layout.plain("\n".join(line.text for line in s.lines))[:6000] for s in some)
    spec, keep = texts.prune(sources.tokenizer, sample, size)
    (out / "tokenizer.json").write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")), encoding="utf8")
    (out / "keep.json").write_text(json.dumps(keep), encoding="utf8")


def drawers(sources: Sources, out: Path) -> Callable[[int], shards.Drawer]:
    """What draws the rows of a shard, by its number."""
    numbers = Tokenizer.from_file(str(out / "tokenizer.json")).get_vocab()
    keep = json.loads((out / "keep.json").read_text())
    pieces = sorted(numbers, key=numbers.__getitem__)
    named, _ = start.published(sources.encoder)
    vectors = next(v for n, v in named.items() if n.endswith("word_embeddings.weight"))[keep]
    read = sources.read()
    rng = random.Random(sources.seed)
    donors = [s for x in rng.sample(read["news"], 1500) for s in layout.sentences(x.lines[0].text)[:12]]
    drawn_from = stock.stock(pieces, vectors, donors, sources.seed)
    wrong = shards.misspellings(sources.data / "train")
    pairs = pools.pairs(read)
    return lambda number: shards.Drawer(read, pairs, drawn_from, wrong, sources.seed * 100_003 + number)


def write_shards(sources: Sources, out: Path, last: int) -> None:
    """Fill the folder of shards, in a process of its own beside the training."""
    tokenizer = Tokenizer.from_file(str(out / "tokenizer.json"))
    drawer = drawers(sources, out)
    for number in range(last):
        path = out / "shards" / f"{number:04d}.npz"
        if path.exists():
            continue
        part = path.with_suffix(".part.npz")
        content: dict[str, Any] = dict(shards.shard(drawer(number), tokenizer, SHARD))
        np.savez(part, **content)
        part.replace(path)


def reader(folder: Path, rows: int, steps: int, step: int) -> Iterator[Rows]:
    """Batches from a step on; waits for shards that are not written yet."""
    per = SHARD // rows
    held: tuple[int, Rows] | None = None
    for at in range(step, steps):
        number = at // per
        if held is None or held[0] != number:
            path = folder / f"{number:04d}.npz"
            while not path.exists():
                time.sleep(1)
            with np.load(path) as kept:
                held = (number, {name: kept[name] for name in kept.files})
        first = (at % per) * rows
        yield {name: values[first : first + rows] for name, values in held[1].items()}
