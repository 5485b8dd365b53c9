"""
Packed training rows: documents are drawn by pool, spliced, broken, misspelt,
tokenised and packed into rows of a fixed number of tokens. A shard depends on
its number and the seed alone, so a run that was killed goes on as it would have.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from detector.training.deep import layout
from detector.training.deep.breakage import Stock, broken, misspelt
from detector.training.deep.careless import carelessly, somebody
from detector.training.deep.naming import renamed, renaming
from detector.training.deep.pools import Line, Pair, Span, Specimen, toward_garble
from detector.training.deep.texts import tokens

TOKENS = 128
SENTENCES = 24  # at most, in a row
NOBODY = 255

# The share of segments that each pool gives; genres share one weight.
SHARES = {
    "news": 15.0,
    "news_other": 2.0,
    "source": 1.5,
    "genre": 12.0,
    "encyclopaedic": 1.5,
    "page": 1.5,
    "mafand": 5.0,
    "mixed": 8.0,
    "translated": 8.0,
    "translated_2012": 2.0,
    "postedit": 4.0,
    "wets": 1.0,
    "mixed_sentence": 0.4,
    "learner": 4.5,
    "learner_run": 5.0,
    "crowd": 0.5,
    "statistical": 10.0,
    "turkic_weak": 5.0,
    "web_poor": 3.0,
    "web_weak": 7.0,
    "web_strong": 5.0,
    "mafand_poor": 6.0,
    "mafand_mt": 2.0,
    "news21": 4.0,
    "news21_poor": 3.5,
    "mlqe": 5.5,
    "mqm": 1.5,
    "hallucination": 0.7,
    "apertium": 6.0,
    "damaged": 7.0,
    "made_up": 13.0,
}
HUMAN = (
    "news",
    "news_other",
    "source",
    "genre",
    "encyclopaedic",
    "mafand",
    "mixed",
    "translated",
    "postedit",
    "learner",
    "learner_run",
)
GARBLED = (
    "statistical",
    "turkic_weak",
    "web_poor",
    "web_weak",
    "mafand_poor",
    "news21_poor",
    "apertium",
    "damaged",
    "made_up",
)
SPLICED = ("translated", "mixed", "postedit", "news", "learner", "mafand")

# The share of rows that begin with a pair: the same passage broken and sound, each read by itself. What tells the two
# apart is not the topic.
PAIRED = 0.4
PAIR_SHARES = {
    "statistical": 5.0,
    "turkic_weak": 3.0,
    "web_poor": 3.0,
    "web_weak": 5.0,
    "web_strong": 1.5,
    "mafand_poor": 3.0,
    "mafand_mt": 1.5,
    "news21": 2.0,
    "news21_poor": 3.0,
    "mlqe_edited": 3.0,
    "apertium": 2.0,
    "damaged": 3.0,
    "made_up": 3.0,
}
PAIR_TOKENS = 62  # of one side
AROUND = 3000  # characters of a long text among which a run is looked for
# The share of segments whose names are put in place of others, the same share in all kinds: whom a text speaks of, and
# whether the name is a known one, tells nothing.
RENAMED = 0.3
# The share of segments, and of pairs on both sides, that somebody wrote without care.
CARELESS = 0.22


@dataclass
class Sentence:
    """A sentence on its way into a row; sentences of one `twin` say the same thing, and `worse` is the broken one."""

    line: Line
    weight: float
    twin: int = -1
    worse: bool = False


class Drawer:
    """Draws segments (runs of sentences) from the pools."""

    def __init__(
        self,
        pools: Mapping[str, Sequence[Specimen]],
        pairs: Mapping[str, Sequence[Pair]],
        stock: Stock,
        misspellings: Mapping[str, Sequence[str]],
        seed: int,
    ) -> None:
        self.pools = pools
        self.pairs = pairs
        self.stock = stock
        self.misspellings = misspellings
        self.rng = random.Random(seed)
        self.genres = sorted(name for name in pools if name.startswith("genre:"))
        # The square root of what there is: small genres count for more than their size.
        self.genre_weights = [len(pools[name]) ** 0.5 for name in self.genres]
        self.names = sorted(name for name in SHARES if name in pools or name in ("genre", "made_up"))
        self.shares = [SHARES[name] for name in self.names]
        self.pair_names = sorted(name for name in PAIR_SHARES if name in pairs or name == "made_up")
        self.pair_shares = [PAIR_SHARES[name] for name in self.pair_names]
        self.garbled = [name for name in GARBLED if name in self.names]

    def specimen(self, name: str) -> Specimen:
        """Some document of a pool."""
        if name == "genre":
            name = self.rng.choices(self.genres, self.genre_weights)[0]
        return self.rng.choice(self.pools[name])

    def run(self, name: str, words: int) -> list[Sentence]:
        """Consecutive sentences of some document of a pool, about so many words."""
        rng = self.rng
        if name == "made_up":
            return self.made_up(words)
        specimen = self.specimen(name)
        lines, middle = specimen.lines, False
        if len(lines) == 1 and len(lines[0].text) > AROUND + 1000:
            text = lines[0].text
            at = rng.randrange(len(text) - AROUND)
            lines, middle = (Line(text[at : at + AROUND], lines[0].target, lines[0].spans),), True
        elif len(lines) > 30:
            at = rng.randrange(len(lines) - 20)
            lines = lines[at : at + 20]
        found = [sentence for line in lines for sentence in self.cut(line, specimen.weight)]
        if middle:  # the first and the last are parts of sentences
            found = found[1:-1]
        if not found:
            return []
        total = sum(s.line.text.count(" ") + 1 for s in found)
        start = rng.randrange(len(found)) if total > words else 0
        run, count = [], 0
        for sentence in found[start:]:
            run.append(sentence)
            count += sentence.line.text.count(" ") + 1
            if count >= words:
                break
        return run

    def cut(self, line: Line, weight: float) -> list[Sentence]:
        """The sentences of a line, laid out like everybody's."""
        at_least = 1 if self.rng.random() < 0.1 else 3
        if line.spans:  # spans hold in the text as it is: one sentence, characters folded one for one
            return [Sentence(line, weight)]
        titles = self.rng.random() < 0.85
        text = line.text
        if len(layout.TOKENISED.findall(text)) > len(text) / 400:
            text = "\n".join(layout.detokenised(part) for part in text.split("\n"))
        return [
            Sentence(Line(piece, line.target, line.spans), weight)
            for piece in layout.sentences(text, at_least=at_least, titles=titles)
        ]

    def made_up(self, words: int) -> list[Sentence]:
        """A run of which all or some sentences are broken on purpose."""
        rng = self.rng
        name = rng.choices(("news", "genre", "mafand", "translated", "mixed"), (9, 4, 2, 1, 1))[0]
        run = self.run(name, words)
        share = rng.choice((1.0, 1.0, 0.6, 0.3))
        out = []
        for sentence in run:
            if rng.random() >= share or len(sentence.line.text.split()) < 4:
                out.append(sentence)
                continue
            text, spans, degree = broken(sentence.line.text, self.stock, rng)
            if not spans:
                out.append(sentence)
                continue
            target = toward_garble(sentence.line.target, degree)
            out.append(Sentence(Line(text, target, spans), sentence.weight))
        return out

    def segment(self, *, short: bool = False) -> list[Sentence]:
        """A run of sentences to be read together; a short one is for the end of a row."""
        rng = self.rng
        kind = rng.random()
        words = (
            rng.choice((100, 110, 120)) if kind < 0.65 else rng.randint(30, 80) if kind < 0.85 else rng.randint(1, 30)
        )
        name = rng.choices(self.names, self.shares)[0]
        run = self.run(name, 8 if short else words)
        if name in HUMAN and len(run) >= 2 and rng.random() < 0.3:
            other = rng.choices(self.garbled, k=1)[0] if rng.random() < 0.6 else rng.choice(SPLICED)
            at = rng.randrange(len(run) + 1)
            run = run[:at] + self.run(other, rng.randint(1, 45)) + run[at:]
        elif name in GARBLED and len(run) >= 2 and rng.random() < 0.08:
            at = rng.randrange(len(run) + 1)
            run = run[:at] + self.run(rng.choice(SPLICED), rng.randint(1, 40)) + run[at:]
        return [self.noisy(sentence) for sentence in self.careless(self.renamed([run]))[0]]

    def careless(self, runs: list[list[Sentence]]) -> list[list[Sentence]]:
        """Now and then, as somebody would write it who does not care: the same habits in all runs."""
        if self.rng.random() >= CARELESS:
            return runs
        habits, seed = somebody(self.rng), self.rng.randrange(2**31)
        return [[replace(s, line=carelessly(s.line, habits, seed + k)) for k, s in enumerate(run)] for run in runs]

    def renamed(self, runs: list[list[Sentence]]) -> list[list[Sentence]]:
        """Now and then, other names: the same ones in all runs."""
        if self.rng.random() >= RENAMED:
            return runs
        changes = renaming([s.line.text for run in runs for s in run], self.stock, self.rng)
        return [
            [
                replace(s, line=replace(s.line, text=text, spans=spans))
                for s in run
                for text, spans in [renamed(s.line, changes)]
            ]
            for run in runs
        ]

    def pair(self) -> list[list[Sentence]]:
        """The same few lines broken and sound, as two segments in any order; empty where a draw gives none."""
        rng = self.rng
        name = rng.choices(self.pair_names, self.pair_shares)[0]
        sides = self.broken_pair() if name == "made_up" else self.aligned(rng.choice(self.pairs[name]))
        sides = self.careless(self.renamed(sides))
        rng.shuffle(sides)
        return sides

    def broken_pair(self) -> list[list[Sentence]]:
        """A passage, and what we made of it."""
        sound: list[Sentence] = []
        worse: list[Sentence] = []
        for k, sentence in enumerate(self.run("news" if self.rng.random() < 0.6 else "mixed", 30)):
            text, spans, degree = broken(sentence.line.text, self.stock, self.rng)
            target = toward_garble(sentence.line.target, degree)
            sound.append(replace(sentence, twin=k if spans else -1))
            worse.append(Sentence(Line(text, target, spans), sentence.weight, k if spans else -1, worse=True))
        return [sound, worse]

    def aligned(self, found: Pair) -> list[list[Sentence]]:
        """Some consecutive lines of a translation and of the human text beside it."""
        at = self.rng.randrange(len(found.good))
        sound: list[Sentence] = []
        worse: list[Sentence] = []
        words = 0
        for k, (good, bad) in enumerate(zip(found.good[at:], found.bad[at:], strict=True)):
            words += max(good.text.count(" "), bad.text.count(" ")) + 1
            if k and words > 45:
                break
            sides = [self.cut(line, 1.0) for line in (good, bad)]
            for side, out, is_worse in zip(sides, (sound, worse), (False, True), strict=True):
                one = len(sides[0]) == len(sides[1]) == 1 and good.text != bad.text and bad.target[4] > 0.2
                out.extend(replace(s, twin=k if one else -1, worse=is_worse) for s in side)
        return [sound, worse]

    def noisy(self, sentence: Sentence) -> Sentence:
        """What may happen to any text, good or bad: typing errors, capitals, a lost full stop."""
        rng, line = self.rng, sentence.line
        if line.spans or rng.random() > 0.12:
            return sentence
        kind, text = rng.random(), line.text
        if kind < 0.5:
            text = misspelt(text, self.misspellings, rng)
        elif kind < 0.62:
            text = text.lower()
        elif kind < 0.70:
            text = text.upper()
        elif kind < 0.78:
            text = text.title()
        else:
            text = text.rstrip(".!?\"'")
        return Sentence(Line(text or line.text, line.target, line.spans), sentence.weight)


def misspellings(data: Path) -> dict[str, list[str]]:
    """Right word -> wrong spellings, less the words that dev and test use."""
    found: dict[str, list[str]] = {}
    for row in layout.rows(data / "misspelling_pairs.jsonl.zst"):
        for right in row["corrections"].lower().split(","):
            word = right.strip()
            kept = int.from_bytes(layout.digest(word), "big") % 5
            if kept > 1 and word.isalpha() and row["text"].isalpha():
                found.setdefault(word, []).append(row["text"].lower())
    return found


@dataclass(frozen=True)
class Laid:
    """A sentence as it lies in a row: its segment, its number in the row, the text that had room, what is known."""

    segment: int
    sentence: int
    text: str
    spans: tuple[Span, ...] | None
    human: bool


@dataclass
class Row:
    """Where the row that is being packed stands: tokens, segments and sentences so far, its twins and its texts."""

    number: int
    end: int = TOKENS  # where the segment that is being laid has to end
    at: int = 0
    segments: int = 0
    sentences: int = 0
    twins: dict[tuple[int, bool], int] = field(default_factory=dict)
    laid: list[Laid] = field(default_factory=list)

    def full(self) -> bool:
        """Whether another segment is not worth while."""
        return TOKENS - self.at < 16 or self.sentences >= SENTENCES


def shard(drawer: Drawer, tokenizer: Tokenizer, count: int) -> dict[str, np.ndarray]:
    """So many packed rows: the arrays of `packed`."""
    return packed(drawer, tokenizer, count)[0]


def packed(drawer: Drawer, tokenizer: Tokenizer, count: int) -> tuple[dict[str, np.ndarray], list[list[Laid]]]:
    """
    So many packed rows, and the texts that they hold. ids, shape, place, segment, sentence: [count, TOKENS];
    word: how broken a token is, -1 where nobody knows; target: [count,
    SENTENCES, classes]; weight: [count, SENTENCES], 0 where there is none;
    better: [count, SENTENCES], the sentence of the row that says the same and is sound, or NOBODY.
    """
    rows: dict[str, np.ndarray] = {
        "ids": np.zeros((count, TOKENS), np.uint16),
        "shape": np.zeros((count, TOKENS), np.uint8),
        "place": np.zeros((count, TOKENS), np.uint8),
        "segment": np.full((count, TOKENS), NOBODY, np.uint8),
        "sentence": np.full((count, TOKENS), NOBODY, np.uint8),
        "word": np.full((count, TOKENS), -1, np.float16),
        "target": np.zeros((count, SENTENCES, 5), np.float16),
        "weight": np.zeros((count, SENTENCES), np.float16),
        "better": np.full((count, SENTENCES), NOBODY, np.uint8),
    }
    laid: list[list[Laid]] = []
    for number in range(count):
        row = Row(number)
        laid.append(row.laid)
        if drawer.rng.random() < PAIRED:
            for run in drawer.pair():
                row.end = min(TOKENS, row.at + PAIR_TOKENS)
                pack(rows, row, run, tokenizer, drawer.rng)
            row.end = TOKENS
        while not row.full():
            pack(rows, row, drawer.segment(short=TOKENS - row.at < 48), tokenizer, drawer.rng)
        for (twin, worse), at in row.twins.items():
            if worse and (twin, False) in row.twins:
                rows["better"][number, at] = row.twins[twin, False]
    return rows, laid


def reread(laid: Sequence[Sequence[Laid]], tokenizer: Tokenizer, length: int) -> dict[str, np.ndarray]:
    """
    The same rows in the tokens of another tokenizer, which marks no ends: a segment begins with token 0, a sentence
    with its space. t_ids, t_segment, t_sentence, t_human, t_word: [rows, length]. What has no room is left out.
    """
    count = len(laid)
    rows: dict[str, np.ndarray] = {
        "t_ids": np.zeros((count, length), np.uint16),
        "t_segment": np.full((count, length), NOBODY, np.uint8),
        "t_sentence": np.full((count, length), NOBODY, np.uint8),
        "t_human": np.zeros((count, length), np.bool_),
        "t_word": np.full((count, length), -1, np.float16),
    }
    read = iter(tokenizer.encode_batch([" " + one.text for row in laid for one in row], add_special_tokens=False))
    for number, row in enumerate(laid):
        at, segment = 0, -1
        for one in row:
            cut = next(read)
            if one.segment != segment:
                segment = one.segment
                rows["t_segment"][number, at : at + 1] = segment
                at = min(at + 1, length)
            ids = cut.ids[: length - at]
            end = at + len(ids)
            rows["t_ids"][number, at:end] = ids
            rows["t_segment"][number, at:end] = segment
            rows["t_sentence"][number, at:end] = one.sentence
            rows["t_human"][number, at:end] = one.human
            if one.spans is not None:
                places = cut.offsets[: len(ids)]
                rows["t_word"][number, at:end] = [
                    max((x for s, e, x in one.spans if a - 1 < e and b - 1 > s), default=0.0) for a, b in places
                ]
            at = end
    return rows


def pack(rows: dict[str, np.ndarray], row: Row, run: list[Sentence], tokenizer: Tokenizer, rng: random.Random) -> None:
    """Lay a run of sentences into a row as a segment, as far as there is room before its end."""
    if not run or row.end - row.at < 8:
        return
    start, number = row.at, row.number
    rows["ids"][number, row.at], rows["segment"][number, row.at] = 2, row.segments
    row.at += 1
    for sentence in run:
        if row.sentences >= SENTENCES or row.end - row.at < 3:
            break
        text = sentence.line.text
        ids, shapes, offsets = tokens(tokenizer, text)
        room = row.end - row.at - 1
        if len(ids) > room and row.at > start + 1:
            break
        if not ids:
            continue
        skip = rng.randrange(len(ids) - room + 1) if len(ids) > room else 0
        kept = slice(skip, skip + room)
        ids, shapes, offsets = ids[kept], shapes[kept], offsets[kept]
        end = row.at + len(ids)
        rows["ids"][number, row.at : end], rows["shape"][number, row.at : end] = ids, shapes
        rows["ids"][number, end] = 3
        rows["segment"][number, row.at : end + 1] = row.segments
        rows["sentence"][number, row.at : end + 1] = row.sentences
        spans = sentence.line.spans
        if spans is not None:
            for k, (a, b) in enumerate(offsets):
                rows["word"][number, row.at + k] = max((x for s, e, x in spans if a < e and b > s), default=0.0)
        first, last = offsets[0][0], offsets[-1][1]
        shifted = None if spans is None else tuple((a - first, b - first, x) for a, b, x in spans)
        row.laid.append(
            Laid(row.segments, row.sentences, text[first:last], shifted, human=sum(sentence.line.target[:3]) > 0.9)
        )
        rows["target"][number, row.sentences] = sentence.line.target
        rows["weight"][number, row.sentences] = sentence.weight * min(1.0, 0.25 + len(ids) / 16)
        if sentence.twin >= 0:
            row.twins[sentence.twin, sentence.worse] = row.sentences
        row.at, row.sentences = end + 1, row.sentences + 1
    rows["place"][number, start : row.at] = np.arange(row.at - start)
    row.segments += 1


__all__ = ["SENTENCES", "TOKENS", "Drawer", "Laid", "Sentence", "misspellings", "packed", "reread", "shard"]
