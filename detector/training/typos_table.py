"""What the typo axis is worth, in one run: planted misspellings, names, confusions, learners' errors, marks by genre.

    python -m detector.training.typos_table REFEREE_DIR --data DATA --split dev [--only planted,confusions,...]

`REFEREE_DIR` holds the referee's docs.jsonl and key.jsonl (`referee.py build`) for that split. All five WD signals that
mark misspelt words are run together, and once more each without one of them: what it adds. The model's score is not
asked: this is about marks.

- `planted`: precision, recall, marks on clean news, documents told apart by marks per word, names; by source of the
  pairs also how often the first suggestion, and one of three, is the word that stood there.
- `confusions`: one real word in 200 of clean news replaced by one of its set.
- `learners`: people's own corrections of FCE, Holbrook and W&I (see `detector.training.learners`).
- `genres`: marks per 1,000 words.
"""

import argparse
import collections
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from detector.batch import cut
from detector.confusions import SETS
from detector.document import Span
from detector.registry import find_signal, spans
from detector.training.data import plain, rows
from detector.training.learners import grade_learners

__all__ = ["CODES", "main", "marks"]

CODES = ("WD101", "WD102", "WD103", "WD104", "WD105")
_BATCH = 256
_WORD = re.compile(r"[A-Za-z]+")


def marks(texts: Sequence[str], codes: Sequence[str] = CODES) -> list[dict[str, list[Span]]]:
    """For each text the evidence of each signal."""
    found: list[dict[str, list[Span]]] = [{} for _ in texts]
    for first in range(0, len(texts), _BATCH):
        batch = cut(texts[first : first + _BATCH])
        for code in codes:
            declared = find_signal(code)
            for i, own in enumerate(spans(declared, batch, declared.mark(batch))):
                found[first + i][code] = list(own)
    return found


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return min(a[1], b[1]) - max(a[0], b[0]) >= 0.5 * max(a[1] - a[0], b[1] - b[0])


def _merged(found: Mapping[str, Sequence[Span]], codes: Sequence[str]) -> list[tuple[int, int]]:
    """Places of all signals' spans; overlapping ones count once, as the referee counts."""
    out: list[tuple[int, int]] = []
    for start, end in sorted((s.start, s.end) for c in codes for s in found[c]):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _first_lines(row: Mapping[str, object]) -> str:
    return plain("\n".join([line for line in str(row["text"]).split("\n") if line.strip()][:25]))


def _originals(news: Path) -> dict[str, str]:
    """Every line of the news that typos are planted in, with the whole text that it stands in."""
    out: dict[str, str] = {}
    for row in rows(news):
        base = _first_lines(row)
        out |= dict.fromkeys(base.split("\n"), base)
    return out


def right_words(text: str, gold: Sequence[tuple[int, int]], lines: Mapping[str, str]) -> list[str | None]:
    """What stood where a misspelling was planted, by the untouched lines of its text; None where there is none."""
    for base in {lines[line] for line in text.split("\n") if line in lines}:
        here, there = list(_WORD.finditer(text)), list(_WORD.finditer(base))
        if len(here) == len(there):
            by_place = {m.span(): o.group() for m, o in zip(here, there, strict=True)}
            return [by_place.get(place) for place in gold]
    return [None] * len(gold)


def _auc(low: Sequence[float], high: Sequence[float]) -> float:
    wins = sum((h > x) + 0.5 * (h == x) for h in high for x in low)
    return wins / max(len(low) * len(high), 1)


Row = Mapping[str, object]


def _planted_row(key: Sequence[Mapping[str, object]], texts: Sequence[str], places: list[list[tuple[int, int]]]) -> str:
    tp = fp = fn = clean = words = names = named = 0
    share: dict[str, list[float]] = collections.defaultdict(list)
    for k, text, found in zip(key, texts, places, strict=True):
        tier, n = str(k["tier"]), max(len(text.split()), 1)
        share[tier].append(len(found) / n)
        gold = [(s, e) for s, e, _ in k["gold"]]  # type: ignore[attr-defined]
        if tier == "typos.names":
            named += 1
            names += any(min(e, y) - max(s, x) >= (e - s) / 2 for s, e in gold for x, y in found)
        elif tier == "typos.0":
            clean, words = clean + len(found), words + n
        else:
            hit = sum(any(_overlap(g, f) for f in found) for g in gold)
            tp, fp, fn = tp + hit, fp + len(found) - hit, fn + len(gold) - hit
    none = share["typos.0"]
    return (
        f"P {tp / max(tp + fp, 1):.4f}  R {tp / max(tp + fn, 1):.4f}  clean {1000 * clean / max(words, 1):.2f}  "
        f"names {names} of {named}  AUC 1 % {_auc(none, share['typos.0.01']):.4f}  "
        f"3 % {_auc(none, share['typos.0.03']):.4f}"
    )


def planted(folder: Path, news: Path) -> Iterator[str]:
    """The table of planted misspellings."""
    keys = {k["id"]: k for k in map(json.loads, (folder / "key.jsonl").open(encoding="utf-8"))}
    documents = [
        r for r in map(json.loads, (folder / "docs.jsonl").open(encoding="utf-8")) if keys[r["id"]]["task"] == "typos"
    ]
    texts, key = [r["text"] for r in documents], [keys[r["id"]] for r in documents]
    found = marks(texts)
    yield "all five".ljust(16) + _planted_row(key, texts, [_merged(f, CODES) for f in found])
    for code in CODES:
        rest = [c for c in CODES if c != code]
        yield f"without {code}".ljust(16) + _planted_row(key, texts, [_merged(f, rest) for f in found])
    lines = _originals(news)
    tally: dict[str, list[int]] = collections.defaultdict(lambda: [0] * 5)
    for k, text, own in zip(key, texts, found, strict=True):
        if k["tier"] == "typos.names" or not k["gold"]:
            continue
        right = right_words(text, [(s, e) for s, e, _ in k["gold"]], lines)
        for (start, end, source), word in zip(k["gold"], right, strict=True):
            near = [s for c in CODES for s in own[c] if _overlap((start, end), (s.start, s.end))]
            for t in (tally[source], tally["all"]):
                t[0] += 1
                t[1] += bool(near)
                if near and word:
                    offered = [str(s).lower() for s in near[0].detail.get("suggestions", ())]
                    t[2] += 1
                    t[3] += offered[:1] == [word.lower()]
                    t[4] += word.lower() in offered
    for source, (n, hit, asked, first, three) in sorted(tally.items(), key=lambda x: -x[1][0]):
        shares = f"first {first / max(asked, 1):.3f}, among three {three / max(asked, 1):.3f}"
        yield f"  {source:12}{n:5} planted, recall {hit / n:.3f}; suggestions right (of {asked}): {shares}"


def confused(folder: Path, rate: float = 0.005) -> Iterator[str]:
    """Real words put in the place of others of their set, in clean news: WD104 and all five."""
    others: dict[str, set[str]] = collections.defaultdict(set)
    for s in SETS:
        for w in s:
            others[w] |= {x for x in s if x != w and x.isalpha()}
    keys = {k["id"]: k for k in map(json.loads, (folder / "key.jsonl").open(encoding="utf-8"))}
    rng = random.Random(4)
    texts, gold = [], []
    for r in map(json.loads, (folder / "docs.jsonl").open(encoding="utf-8")):
        if keys[r["id"]]["tier"] != "typos.0":
            continue
        free = [m for m in re.finditer(r"(?<![\w'’])[a-z]+(?![\w'’])", r["text"]) if others.get(m.group())]
        chosen = sorted(
            rng.sample(free, min(len(free), max(1, round(rate * len(r["text"].split()))))), key=lambda m: m.start()
        )
        parts, last, size, here = [], 0, 0, []
        for m in chosen:
            wrong = rng.choice(sorted(others[m.group()]))
            parts += [r["text"][last : m.start()], wrong]
            size += m.start() - last
            here.append((size, size + len(wrong)))
            size, last = size + len(wrong), m.end()
        texts.append("".join([*parts, r["text"][last:]]))
        gold.append(here)
    found = marks(texts)
    for name, codes in (("WD104 alone", ("WD104",)), ("all five", CODES)):
        tp = fp = fn = 0
        for own, here in zip(found, gold, strict=True):
            places = _merged(own, codes)
            hit = sum(any(_overlap(g, p) for p in places) for g in here)
            tp, fp, fn = tp + hit, fp + len(places) - hit, fn + len(here) - hit
        yield f"{name:16}P {tp / max(tp + fp, 1):.3f}  R {tp / max(tp + fn, 1):.3f}  of {tp + fn} planted"


def genres(data: Path, split: str) -> Iterator[str]:
    """Marks per 1,000 words by genre, human texts only."""
    pools: dict[str, list[str]] = collections.defaultdict(list)
    for name in ("human_news", "human_news_other", "human_genres", "mt_web_engines", "mt_wmt21_23"):
        path = data / split / f"{name}.jsonl.zst"
        for row in rows(path) if path.exists() else ():
            kind = str(row["label"])
            if kind in {"human_original", "human_translation"} and (name[:2] != "mt" or kind == "human_translation"):
                genre = {"human_news": "news", "human_news_other": "news_other"}.get(
                    name, "human translations" if name[:2] == "mt" else str(row.get("genre"))
                )
                pools[genre].append(row["text"])
    rng = random.Random(1)
    for genre, texts in sorted(pools.items()):
        rng.shuffle(texts)
        chosen, words = [], 0
        for text in texts:
            chosen.append(text)
            words += len(text.split())
            if words > 300_000:
                break
        if words < 1000:
            continue
        found = marks(chosen)
        counts = {c: sum(len(f[c]) for f in found) for c in CODES}
        yield f"{genre:22}{1000 * sum(len(_merged(f, CODES)) for f in found) / words:6.2f}  of {words:7} words; " + (
            " ".join(f"{c} {1000 * n / words:.2f}" for c, n in counts.items() if n)
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("referee", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    parser.add_argument("--only", default="planted,confusions,learners,genres")
    given = parser.parse_args(arguments)
    tables = {
        "planted": lambda: planted(given.referee, given.data / given.split / "human_news.jsonl.zst"),
        "confusions": lambda: confused(given.referee),
        "learners": lambda: grade_learners(given.data, given.split, marks),
        "genres": lambda: genres(given.data, given.split),
    }
    for name in given.only.split(","):
        print(name)
        for line in tables[name]():
            print("  " + line, flush=True)


if __name__ == "__main__":
    main()
