"""What furniture, or sound news, around them does to the scores of broken and sound articles.

    python tests/benchmarks/furnished.py build DATA REFEREE dev|test OUT [--news]
    detector score OUT/docs.jsonl -o OUT/scores.jsonl
    python tests/benchmarks/furnished.py grade OUT OUT/scores.jsonl

`DATA`: the labelled data. `REFEREE`: the folder that the project's referee has built from the same part. Documents of
its tiers of machine translation and of human text are written three times: as they are, and with lines of furniture of
another page before, behind and between their paragraphs, until 15 or 30 % of the characters are furniture. The pages
are those that the line model has not learnt from. Furniture that is torn from its page is harder to know than what
stands there. With `--news` paragraphs of sound news articles of the same part stand before or behind instead, until a
half or three quarters of the words are theirs: articles that are broken in part.
"""

import argparse
import hashlib
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard

from detector import Detector
from detector.training.part_broken import beside_news

PAGES = ("boilerplate_pages", "boilerplate_pages_2006_2012")
KINDS = ("mt.", "native.", "ref.")
SHARES = (0.0, 0.15, 0.3)
NEWS, NEWS_SHARES = "native.news", (0.0, 0.5, 0.75)
EACH = 100  # documents of a tier
LINE = 400  # a longer line of furniture is cut
LEAST = 150  # characters of furniture that a page must have
SEED = 5


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file of JSON lines, compressed or not."""
    with path.open("rb") as raw:
        plain = zstandard.ZstdDecompressor().stream_reader(raw) if path.suffix == ".zst" else raw
        for line in io.TextIOWrapper(plain, encoding="utf-8"):
            yield json.loads(line)


def furniture(data: Path, part: str) -> Iterator[list[list[str]]]:
    """Of each page its furniture above the article (nearest last), below and inside it."""
    # Dev borrows a tenth of train's groups, which no model has learnt from.
    folder = "train" if part == "dev" else part
    for name in PAGES:
        for page in records(data / folder / f"{name}.jsonl.zst"):
            group = int(hashlib.sha1(page["group"].encode()).hexdigest(), 16)  # noqa: S324 - the data's own rule
            if part == "dev" and group % 10:
                continue
            lines, labels = page["lines"], page["line_labels"]
            content = [i for i, label in enumerate(labels) if label == "C"]
            if not content:
                continue
            places = range(content[0]), range(content[-1], len(lines)), range(content[0], content[-1])
            found = [[lines[i] for i in place if labels[i] == "B" and lines[i].strip()] for place in places]
            if sum(len(line) for lines in found for line in lines) > LEAST:
                yield found


def furnished(text: str, page: list[list[str]], share: float, rng: random.Random) -> str:
    """The text with so much of a page's furniture, what stands nearest to the page's article first."""
    above, below, inside = list(reversed(page[0])), list(page[1]), list(page[2])
    taken: list[list[str]] = [[], [], []]
    size, wanted = 0, share / (1 - share) * len(text)
    while size < wanted and (left := [i for i, lines in enumerate((above, below, inside)) if lines]):
        at = rng.choice(left)
        line = (above, below, inside)[at].pop(0)[:LINE]
        taken[at].append(line)
        size += len(line)
    paragraphs = text.split("\n")
    for line in taken[2]:
        paragraphs.insert(rng.randint(1, len(paragraphs)), line)
    return "\n".join([*reversed(taken[0]), *paragraphs, *taken[1]])


def build(data: Path, referee: Path, part: str, out: Path, *, news: bool) -> None:
    """Write docs.jsonl and key.jsonl."""
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)  # noqa: S311 - no secret
    pages = [] if news else list(furniture(data, part))
    tier = {record["id"]: record["tier"] for record in records(referee / "key.jsonl")}
    texts: dict[str, list[tuple[str, str]]] = {}
    for record in records(referee / "docs.jsonl"):
        if tier[record["id"]].startswith(KINDS):
            texts.setdefault(tier[record["id"]], []).append((record["id"], record["text"]))
    with (out / "docs.jsonl").open("w", encoding="utf-8") as docs, (out / "key.jsonl").open("w") as key:
        for name in sorted(texts):
            rng.shuffle(texts[name])
            for id_, text in texts[name][:EACH]:
                for share in NEWS_SHARES if news else SHARES:
                    if not share:
                        whole = text
                    elif news:
                        whole = beside_news(text, [other for _, other in texts[NEWS] if other != text], share, rng)
                    else:
                        whole = furnished(text, rng.choice(pages), share, rng)
                    docs.write(json.dumps({"id": f"{id_}.{share}", "text": whole}) + "\n")
                    key.write(json.dumps({"id": f"{id_}.{share}", "tier": name, "share": share}) + "\n")


def grade(folder: Path, scores: Path) -> None:
    """Print for each tier how many documents lie above the review line of garble, by the share of what is around."""
    lines = {name: x.garble_review_above for name, x in Detector(deep="never").policy.lines.items()}
    key = {record["id"]: record for record in records(folder / "key.jsonl")}
    shares = sorted({record["share"] for record in key.values()})
    above: dict[str, dict[float, list[bool]]] = {}
    for record in records(scores):
        line = lines["deep" if "deep" in record["ran"] else "fast"]
        of = above.setdefault(key[record["id"]]["tier"], {share: [] for share in shares})
        of[key[record["id"]]["share"]].append(record["scores"]["garble"] > line)
    print("above the review line of garble, %".ljust(36) + "".join(f"{share:>8.0%}" for share in shares))  # noqa: T201
    for name in sorted(above):
        found = [100 * sum(x) / len(x) for x in above[name].values()]
        print(f"{name:28}{len(above[name][0.0]):>8}" + "".join(f"{x:8.1f}" for x in found))  # noqa: T201


def main() -> None:
    """Build or grade."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("build")
    for name in ("data", "referee"):
        one.add_argument(name, type=Path)
    one.add_argument("part", choices=["dev", "test"])
    one.add_argument("out", type=Path)
    one.add_argument("--news", action="store_true", help="sound news in the place of furniture")
    other = commands.add_parser("grade")
    other.add_argument("folder", type=Path)
    other.add_argument("scores", type=Path)
    asked = parser.parse_args()
    if asked.command == "build":
        build(asked.data, asked.referee, asked.part, asked.out, news=asked.news)
    else:
        grade(asked.folder, asked.scores)


if __name__ == "__main__":
    main()
