"""From a sentence to tokens: the pruned word-piece tokenizer and the shape of every token."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer

from detector.encoder import shape_of

PAD, UNKNOWN, START, STOP = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
SPECIAL = (PAD, UNKNOWN, START, STOP)


def prune(source: Path, texts: Iterable[str], size: int) -> tuple[dict[str, object], list[int]]:
    """
    A smaller tokenizer: the word pieces that the texts use most.

    Returns the tokenizer's JSON and, for each new id, the old id. Single
    characters stay, so that every Latin word can still be spelt.
    """
    spec = json.loads(source.read_text(encoding="utf8"))
    old = Tokenizer.from_str(json.dumps(spec | {"truncation": None, "padding": None, "post_processor": None}))
    seen: Counter[int] = Counter()
    for text in texts:
        seen.update(old.encode(text, add_special_tokens=False).ids)
    vocabulary: dict[str, int] = spec["model"]["vocab"]
    keep = [vocabulary[piece] for piece in SPECIAL]
    single = [i for piece, i in vocabulary.items() if len(piece.removeprefix("##")) == 1 and ord(piece[-1]) < 0x250]
    taken = set(keep)
    for i in single + [i for i, _ in seen.most_common()] + sorted(vocabulary.values()):
        if len(keep) >= size:
            break
        if i not in taken:
            taken.add(i)
            keep.append(i)
    names = {i: piece for piece, i in vocabulary.items()}
    spec["model"]["vocab"] = {names[i]: new for new, i in enumerate(keep)}
    special = [
        token | {"id": SPECIAL.index(token["content"])} for token in spec["added_tokens"] if token["content"] in SPECIAL
    ]
    spec["added_tokens"] = sorted(special, key=lambda token: token["id"])
    return spec | {"truncation": None, "padding": None, "post_processor": None}, keep


def tokens(tokenizer: Tokenizer, sentence: str) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    """Ids, shapes and offsets of a sentence's word pieces."""
    read = tokenizer.encode(sentence, add_special_tokens=False)
    ids, offsets, words = read.ids, read.offsets, read.word_ids
    shapes: list[int] = []
    at, n = 0, len(ids)
    while at < n:
        end = at + 1
        while end < n and words[end] == words[at]:
            end += 1
        shape = shape_of(sentence[offsets[at][0] : offsets[end - 1][1]], first=at == 0)
        shapes.extend([shape] * (end - at))
        at = end
    return ids, shapes, offsets
