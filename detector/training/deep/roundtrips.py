"""
Rule-based garble: English sent through Apertium and back.

`python -m detector.training.deep.roundtrips --data DIR --out FILE.jsonl.zst`
needs the Debian packages apertium, apertium-eng-spa, apertium-eng-cat and
apertium-spa-cat. Galician is the test's, Esperanto and Serbo-Croatian are kept
for an outside check: none of them is used here.
"""

import argparse
import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import zstandard

from detector.training.deep import layout

CHAINS = (
    ("eng-spa", "spa-eng"),
    ("eng-cat", "cat-eng"),
    ("eng-spa", "spa-cat", "cat-eng"),
    ("eng-spa", "spa-eng"),
)
SENTENCES = 18  # of a document
TOGETHER = 60  # documents in one call of the engine, which takes half a second to start
SHARES = (("human_news_a", 0.16), ("human_news_b", 0.16), ("human_genres", 0.09))

Part = tuple[str, int, list[str]]  # file, row, sentences


def chosen(data: Path, rng: random.Random) -> list[Part]:
    """The documents to send: never those that are kept apart for dev."""
    found: list[Part] = []
    for name, share in SHARES:
        for number, row in enumerate(layout.rows(data / "train" / f"{name}.jsonl.zst")):
            if layout.apart(row) or rng.random() >= share:
                continue
            kept = layout.sentences(row["text"])
            at = rng.randrange(max(1, len(kept) - SENTENCES)) if name == "human_genres" else 0
            if len(kept[at : at + SENTENCES]) >= 3:
                found.append((name, number, kept[at : at + SENTENCES]))
    rng.shuffle(found)
    return found


def there_and_back(lines: list[str], chain: tuple[str, ...]) -> list[str] | None:
    """The lines after all hops, or None if the engine lost count of them."""
    text = "\n\n".join(lines) + "\n\n"
    for mode in chain:
        command = ["apertium", "-u", mode]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603 - fixed
    back = text.split("\n\n")
    while back and not back[-1].strip():
        back.pop()
    return [layout.plain(line.replace("\n", " ")) for line in back] if len(back) == len(lines) else None


def made(data: Path, seed: int) -> Iterator[dict[str, object]]:
    """Records with the file and row of the original, the chain, and both sides sentence by sentence."""
    parts = chosen(data, random.Random(seed))
    for number, at in enumerate(range(0, len(parts), TOGETHER)):
        chain, batch = CHAINS[number % len(CHAINS)], parts[at : at + TOGETHER]
        back = there_and_back([line for _, _, lines in batch for line in lines], chain)
        if back is None:
            continue
        first = 0
        for name, row, lines in batch:
            kept = back[first : first + len(lines)]
            yield {"file": name, "row": row, "chain": ">".join(chain), "sents": kept, "orig": lines}
            first += len(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m detector.training.deep.roundtrips", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds train/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with zstandard.open(options.out, "wt", encoding="utf8") as out:
        for record in made(options.data, options.seed):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
