"""How often each signal fires on each clean genre of the labelled data: `python -m tests.ledger` writes `ledger.json`.

Counts only, never a text. What is counted is false alarms, nearly: people wrote these documents. A signal that fires
more than it did is seen here before it is felt elsewhere.
"""

import collections
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detector.batch import cut
from detector.features import measure
from detector.registry import all_signals
from detector.training.data import rows
from tests.conftest import DATA

LEDGER = Path(__file__).with_name("ledger.json")

# Enough for a signal that fires once in a thousand words to show; few enough to be read in seconds.
DOCUMENTS = 40
CHARACTERS = 6000
FILES = ("human_news", "human_news_other", "human_genres", "learner_docs")


def _genre(file: str, row: dict[str, Any]) -> str:
    return file if file.startswith("human_news") else f"{file}: {row.get('genre') or row['source']}"


def genres(data: Path) -> dict[str, list[str]]:
    """The first documents of each genre of dev/, cut to a length, at the end of a line where there is one."""
    out: dict[str, list[str]] = collections.defaultdict(list)
    for file in FILES:
        for row in rows(data / "dev" / f"{file}.jsonl.zst"):
            found = out[_genre(file, dict(row))]
            if len(found) < DOCUMENTS and row["text"].strip():
                text = row["text"][:CHARACTERS]
                found.append(text if len(row["text"]) <= CHARACTERS or "\n" not in text else text[: text.rindex("\n")])
    return dict(sorted(out.items()))


def _lines(texts: list[str]) -> Iterator[tuple[str, list[int]]]:
    signals = [s for s in all_signals() if s.cost == "fast"]
    table = measure(cut(texts), signals)
    for i, declared in enumerate(signals):
        documents = int((table.values[:, i] > 0).sum())
        if documents:
            yield declared.code, [documents, sum(map(len, table.evidence[i]))]


def count(data: Path) -> dict[str, Any]:
    """By genre: documents, words, and for each signal that fires [documents with a mark, spans]."""
    return {
        genre: {"documents": len(texts), "words": sum(len(t.split()) for t in texts), "signals": dict(_lines(texts))}
        for genre, texts in genres(data).items()
    }


def main() -> None:
    """Write the ledger anew."""
    parts = [f" {json.dumps(genre)}: {json.dumps(facts)}" for genre, facts in count(DATA).items()]
    LEDGER.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")
    sys.stdout.write(f"{LEDGER.name}: {len(parts)} genres\n")


if __name__ == "__main__":
    main()
