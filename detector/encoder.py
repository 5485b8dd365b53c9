"""The deep sentence model at run time: how broken each sentence is, and which of its words.

Needs the extra `[deep]` (onnxruntime and tokenizers), imported when a model is loaded and not before. A
document is cut into chunks of consecutive sentences, and a chunk is one call of the model at its exact length: what a
sentence scores depends on its own chunk and on nothing else, so it is the same alone and in any batch.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.assets import check_folder, find_folder
from detector.errors import MissingExtraError, ModelError

__all__ = ["CLASSES", "Encoder", "Opened", "Reading", "Words"]

FORMAT = "detector-deep"
VERSION = 1
CLASSES = ("native", "human_translation", "learner", "fluent_mt", "garble")
START, STOP = 2, 3  # the markers of a chunk's beginning and of a sentence's end

# Emoji and the like, of which the model knows none: what it does not know are words of another language to it.
_EMOJI = (*range(0x2600, 0x27C0), *range(0x2B00, 0x2C00), *range(0x1F000, 0x1FB00))
# One character for one, so that offsets hold: what training folded on all sides, and lone surrogates.
_FOLD = str.maketrans(
    {
        **dict.fromkeys("’‘`", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("–—", "-"),
        **dict.fromkeys("\xa0#@*", " "),
        **dict.fromkeys(map(chr, (*_EMOJI, 0x200D, 0xFE0E, 0xFE0F)), " "),
        "…": ".",
        **dict.fromkeys(("\ufffd", *map(chr, range(0xD800, 0xE000))), '"'),
    }
)


@dataclass(frozen=True)
class Words:
    """The words of a sentence: code points inside it, end exclusive, and the logit that a word is broken."""

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    logit: NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """What the model says of a document: logits [sentences, CLASSES] (NaN where not wanted), words by sentence."""

    classes: NDArray[np.float32]
    words: tuple[Words, ...]


@dataclass(frozen=True)
class _Piece:
    """A sentence, or a part of one that is too long to be read at once."""

    sentence: int
    ids: list[int]
    shapes: list[int]
    owner: list[int]  # the word that a token belongs to, -1 for punctuation


_Answer = tuple[NDArray[np.float32], NDArray[np.float32]]  # class logits of each piece, the logit of every token
_Call = Callable[[list[_Piece]], _Answer]


@functools.lru_cache(32768)
def shape_of(word: str, *, first: bool) -> int:
    """What an uncased tokenizer hides of a word.

    1 lower, 2 Capital, 3 CAPITALS, 4 mIxed, 5 and 6 lower and other with a letter outside ASCII, 7 digits,
    8 punctuation, 9 Capital at the start of a sentence; 0 is for markers.

        >>> [shape_of(w, first=False) for w in ("dedi", "Dedi", "UN", "şey", "2nd", ",")]
        [1, 2, 3, 5, 7, 8]
    """
    if not any(c.isalnum() for c in word):
        return 8
    if any(c.isdigit() for c in word):
        return 7
    if not word.isascii():
        return 5 if word.islower() else 6
    if len(word) == 1 or word[1:].islower():
        capital = 9 if first else 2
        return 1 if word.islower() else capital
    return 3 if word.isupper() else 1 if word.islower() else 4


class Encoder:
    """The sentence model; one instance may read any number of documents, in one thread."""

    def __init__(self, folder: Path | None = None, *, threads: int = 1) -> None:
        """Load a model folder (by default the bundled one); ModelError if a file is missing or altered."""
        folder = find_folder("deep") if folder is None else folder
        try:
            import onnxruntime  # noqa: PLC0415 - the extra
            import tokenizers  # noqa: PLC0415 - the extra
        except ImportError as error:
            msg = "deep reading needs onnxruntime and tokenizers; install detector[deep]"
            raise MissingExtraError(msg) from error
        self.manifest: dict[str, Any] = check_folder(folder, FORMAT, VERSION)
        self.room: int = self.manifest["tokens"]
        self._cut = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            msg = f"{folder / 'model.onnx'}: onnxruntime cannot load it ({error})"
            raise ModelError(msg) from error

    def read(
        self, documents: Sequence[Sequence[str]], wanted: Sequence[NDArray[np.bool_]] | None = None
    ) -> list[Reading]:
        """Read documents, each the list of its sentences in order.

        `wanted` holds a mask of sentences for each document; a sentence that is not wanted has NaN logits and no
        words, and a chunk in which none is wanted is not read. The result does not depend on what else is asked.
        """
        if wanted is None:
            wanted = [np.ones(len(sentences), dtype=bool) for sentences in documents]
        return [self.open(s).read(w) for s, w in zip(documents, wanted, strict=True)]

    def open(self, sentences: Sequence[str]) -> "Opened":
        """Cut a document, the list of its sentences, into chunks, to be read by and by."""
        bounds: list[list[tuple[int, int]]] = [[] for _ in sentences]
        chunks = tuple(self._chunks(sentences, bounds))
        return Opened(chunks, bounds, self._call)

    def _chunks(self, sentences: Sequence[str], bounds: list[list[tuple[int, int]]]) -> Iterator[list[_Piece]]:
        """Pieces in order, as many to a chunk as there is room for; fills in where the words are."""
        chunk: list[_Piece] = []
        free = self.room - 1
        for i, sentence in enumerate(sentences):
            for piece in self._pieces(i, sentence, bounds[i]):
                if chunk and len(piece.ids) + 1 > free:
                    yield chunk
                    chunk, free = [], self.room - 1
                chunk.append(piece)
                free -= len(piece.ids) + 1
        if chunk:
            yield chunk

    def _pieces(self, number: int, sentence: str, bounds: list[tuple[int, int]]) -> Iterator[_Piece]:
        """A sentence as tokens, cut between words where it does not fit."""
        text = sentence.translate(_FOLD)
        read = self._cut.encode(text, add_special_tokens=False)
        ids, offsets, parts = read.ids, read.offsets, read.word_ids
        piece = _Piece(number, [], [], [])
        at, n, limit = 0, len(ids), self.room - 2
        last_end, last_word = -1, -1
        while at < n:
            end = at + 1
            while end < n and parts[end] == parts[at] and end - at < limit:
                end += 1
            start, stop = offsets[at][0], offsets[end - 1][1]
            word = text[start:stop]
            shape = shape_of(word, first=at == 0)
            if len(piece.ids) + end - at > limit:
                yield piece
                piece = _Piece(number, [], [], [])
                last_word = -1
            if shape == 8:  # punctuation: it may still join two parts of a word, as in don't
                owner = -1
            elif last_word >= 0 and start - last_end <= 1 and not text[last_end:start].isspace():
                owner = last_word
                bounds[owner] = (bounds[owner][0], stop)
            else:
                owner = len(bounds)
                bounds.append((start, stop))
            if owner >= 0:
                last_word, last_end = owner, stop
            piece.ids.extend(ids[at:end])
            piece.shapes.extend([shape] * (end - at))
            piece.owner.extend([owner] * (end - at))
            at = end
        yield piece

    def _call(self, chunk: list[_Piece]) -> _Answer:
        """One call of the model: class logits of each piece, and the logit of every token."""
        ids, shapes = [START], [0]
        member = np.zeros((1, len(chunk), 1 + sum(len(piece.ids) + 1 for piece in chunk)), np.float32)
        for k, piece in enumerate(chunk):
            member[0, k, len(ids) : len(ids) + len(piece.ids) + 1] = 1
            ids += [*piece.ids, STOP]
            shapes += [*piece.shapes, 0]
        classes, broken = self._session.run(
            None, {"ids": np.array([ids]), "shapes": np.array([shapes]), "member": member}
        )
        return classes[0], broken[0]


class Opened:
    """A document that is cut into chunks, of which no more are read than are asked for, and each once."""

    def __init__(self, chunks: Sequence[list[_Piece]], bounds: list[list[tuple[int, int]]], call: _Call) -> None:
        self._chunks, self._bounds, self._call = chunks, bounds, call
        self._known: dict[int, _Answer] = {}

    def __len__(self) -> int:
        """How many chunks there are."""
        return len(self._chunks)

    def chunk_of(self) -> NDArray[np.int64]:
        """The chunk in which each sentence begins, int64 [sentences]."""
        out = np.zeros(len(self._bounds), np.int64)
        for number in reversed(range(len(self._chunks))):
            out[[piece.sentence for piece in self._chunks[number]]] = number
        return out

    def read(self, wanted: NDArray[np.bool_]) -> Reading:
        """What the model says of the sentences that are wanted, bool [sentences]; the others have NaN and no words."""
        n = len(self._bounds)
        classes = np.full((n, len(CLASSES)), np.nan, np.float32)
        tokens = [0] * n
        marks: list[list[float]] = [[] for _ in range(n)]
        for number, chunk in enumerate(self._chunks):
            if not any(wanted[piece.sentence] for piece in chunk):
                continue
            if number not in self._known:
                self._known[number] = self._call(chunk)
            logits, broken = self._known[number]
            at = 1
            for piece, row in zip(chunk, logits, strict=True):
                i, length = piece.sentence, len(piece.ids)
                if not wanted[i]:  # it was context; parts of it may be in chunks that nobody read
                    at += length + 1
                    continue
                # A sentence in several pieces scores their mean, weighted by tokens.
                share = length / (tokens[i] + length) if tokens[i] + length else 1.0
                classes[i] = row if not tokens[i] else classes[i] + (row - classes[i]) * np.float32(share)
                tokens[i] += length
                marks[i].extend(_by_word(piece.owner, broken[at : at + length]))
                at += length + 1
        words = tuple(_words(b if w else [], m) for b, m, w in zip(self._bounds, marks, wanted, strict=True))
        return Reading(classes, words)


def _by_word(owner: list[int], broken: NDArray[np.float32]) -> list[float]:
    """The mean logit of each word's tokens, in the order of the words."""
    sums: dict[int, tuple[float, int]] = {}
    for word, logit in zip(owner, broken.tolist(), strict=True):
        if word >= 0:
            total, count = sums.get(word, (0.0, 0))
            sums[word] = (total + logit, count + 1)
    return [total / count for total, count in sums.values()]


def _words(bounds: list[tuple[int, int]], marks: list[float]) -> Words:
    """Words as arrays."""
    where = np.array(bounds, np.int32).reshape(-1, 2)
    return Words(where[:, 0], where[:, 1], np.array(marks, np.float32))
