"""
The training documents, by kind, with what each is a specimen of.

Classes: native, human translation, learner, fluent machine translation,
garble. Where people judged a machine translation (DA, HTER, MQM) their
judgement divides it between the last two; else chrF and the engine's tier do.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from detector.training.deep import layout
from detector.training.deep.layout import Row

CLASSES = ("native", "human_translation", "learner", "fluent_mt", "garble")
Target = tuple[float, float, float, float, float]
NATIVE: Target = (1, 0, 0, 0, 0)
TRANSLATED: Target = (0, 1, 0, 0, 0)
LEARNER: Target = (0, 0, 1, 0, 0)
MIXED: Target = (0.5, 0.5, 0, 0, 0)
CROWD: Target = (0, 0.5, 0.5, 0, 0)
FIXED: Target = (0, 0.6, 0, 0.4, 0)
Span = tuple[int, int, float]  # start, end, how broken


def machine(garble: float) -> Target:
    """A machine translation that is broken to this degree."""
    garble = min(0.95, max(0.03, garble))
    return (0, 0, 0, 1 - garble, garble)


def toward_garble(target: Target, degree: float) -> Target:
    """What a text of this class becomes when it is broken to this degree."""
    native, translated, learner, fluent, garble = ((1 - degree) * x for x in target)
    return (native, translated, learner, fluent, garble + degree)


@dataclass(frozen=True)
class Line:
    """A line of a document: what it is, and which of its words are broken (None: nobody knows)."""

    text: str
    target: Target
    spans: tuple[Span, ...] | None = None


@dataclass(frozen=True)
class Specimen:
    """A document for training; a text that is one line holds whole paragraphs. `beside`: the human text of each line
    of a machine translation, where it is known.
    """

    pool: str
    lines: tuple[Line, ...]
    weight: float = 1.0
    beside: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A machine translation and the human text beside it, line by line."""

    good: tuple[Line, ...]
    bad: tuple[Line, ...]


# The chrF at which an engine's output counts as fluent: weak engines get less credit for the same overlap.
FLUENT_AT = {"argos": 82, "nllb": 80, "opusmt": 75, "bergamot-tiny": 68}
UNKNOWN_QUALITY = {"argos": 0.75, "nllb": 0.7, "opusmt": 0.55, "bergamot-tiny": 0.35, "google": 0.08, "microsoft": 0.1}


def web_garble(row: Row) -> float:
    """How broken a row of `mt_web_engines` is, from chrF and the engine's tier."""
    engine = str(row.get("system"))
    if row.get("chrf") is None:
        return UNKNOWN_QUALITY.get(engine, 0.2)
    return (FLUENT_AT.get(engine, 66) - float(row["chrf"])) / 30


def overlap(line: str, reference: str) -> float:
    """F-score of character 4-grams, a quick chrF."""
    a = {line[i : i + 4] for i in range(len(line) - 3)}
    b = {reference[i : i + 4] for i in range(len(reference) - 3)}
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def graded(row: Row, garble: float, references: dict[str, list[str]]) -> tuple[Line, ...]:
    """
    The lines of a machine translation. Those that are further from the
    reference than the document is on average are held to be more broken.
    """
    lines = row["text"].split("\n")
    reference = references.get(str(row["group"]), [])
    if len(reference) != len(lines):
        return tuple(Line(line, machine(garble)) for line in lines)
    near = [overlap(a, b) for a, b in zip(lines, reference, strict=True)]
    mean = sum(near) / len(near)
    return tuple(Line(line, machine(garble + 0.7 * (mean - x))) for line, x in zip(lines, near, strict=True))


def beside(row: Row, references: dict[str, list[str]], target: Target = MIXED) -> tuple[Line, ...]:
    """The human text of a machine translation's lines, or nothing where the two do not run line by line."""
    lines = references.get(str(row["group"]), [])
    return tuple(Line(line, target) for line in lines) if len(lines) == row["text"].count("\n") + 1 else ()


def read_pair(path: Path) -> tuple[list[Row], dict[str, list[str]]]:
    """The rows of a file that may be trained on, and the lines of the human text of each group."""
    kept = [row for row in layout.rows(path) if not layout.apart(row)]
    return kept, {str(row["group"]): row["text"].split("\n") for row in kept if row["label"] != "mt"}


def wmt21(data: Path) -> Iterator[Specimen]:
    """News of 2021, rated by people."""
    kept, references = read_pair(data / "mt_wmt21_23.jsonl.zst")
    for row in kept:
        lines = row["text"].split("\n")
        rated = [x for x in row.get("da_raw") or [] if x is not None]
        if row["label"] != "mt":
            yield Specimen("translated", tuple(Line(line, TRANSLATED) for line in lines))
        elif len(rated) >= 5 and len(row["da_raw"]) == len(lines):
            mean = sum(rated) / len(rated)
            each = [0.65 * mean + 0.35 * (mean if x is None else x) for x in row["da_raw"]]
            poor = mean < 55
            targets = [machine((82 - x) / (40 if poor else 60)) for x in each]
            yield Specimen(
                "news21_poor" if poor else "news21",
                tuple(Line(s, t) for s, t in zip(lines, targets, strict=True)),
                beside=beside(row, references, TRANSLATED),
            )
        else:
            garble = (60 - float(row.get("chrf") or 60)) / 40
            yield Specimen("news21", graded(row, garble, references), 0.5)


def wmt12(data: Path) -> Iterator[Specimen]:
    """Phrase-based systems of 2012, whole articles."""
    kept, references = read_pair(data / "mt_wmt12.jsonl.zst")
    for row in kept:
        if row["label"] == "mt":
            garble = 0.85 + (55 - float(row.get("chrf") or 55)) / 60
            human = beside(row, references, NATIVE if row.get("origlang") == "en" else TRANSLATED)
            yield Specimen("statistical", graded(row, garble, references), beside=human)
        else:
            target = NATIVE if row["label"] == "human_original" else TRANSLATED
            yield Specimen("translated_2012", tuple(Line(line, target) for line in row["text"].split("\n")))


def web(data: Path) -> Iterator[Specimen]:
    """Seven engines, sixty languages."""
    kept, references = read_pair(data / "mt_web_engines.jsonl.zst")
    for row in kept:
        if row["label"] != "mt":
            # FLORES was written in English, in the manner of an encyclopaedia: the only such text we have.
            original = row["label"] == "human_original"
            lines = tuple(Line(line, NATIVE if original else MIXED) for line in row["text"].split("\n"))
            yield Specimen("encyclopaedic" if original else "mixed", lines)
            continue
        garble = web_garble(row)
        turkic = row["lp"] in ("tr-en", "az-en")
        weak = row["system"] in ("argos", "nllb", "opusmt")
        poor = (row.get("chrf") or 100) < 50
        human = NATIVE if "flores" in row["source"] else MIXED
        pool = "turkic_weak" if turkic and weak else "web_poor" if poor else "web_weak" if weak else "web_strong"
        yield Specimen(pool, graded(row, garble, references), beside=beside(row, references, human))


def mafand(data: Path) -> Iterator[Specimen]:
    """African-English news, and what it became on a round trip."""
    kept, references = read_pair(data / "mt_mafand_news.jsonl.zst")
    for row in kept:
        if row["label"] != "mt":
            yield Specimen("mafand", tuple(Line(line, NATIVE) for line in row["text"].split("\n")))
        else:
            chrf = float(row.get("chrf") or 100 * float(row.get("sys_wordoverlap") or 0.5))
            pool = "mafand_poor" if chrf < 50 else "mafand_mt"
            yield Specimen(pool, graded(row, (76 - chrf) / 30, references), beside=beside(row, references, NATIVE))


def tagged(row: Row) -> tuple[Span, ...] | None:
    """The broken words of an MLQE sentence, found again in its untokenised text."""
    words, tags = str(row.get("mt_tok") or "").split(), str(row.get("tags") or "")
    if len(tags) != 2 * len(words) + 1:
        return None
    spans, at = [], 0
    for word, tag in zip(words, tags[1::2], strict=True):
        found = row["text"].find(word, at)
        if found < 0 or found > at + 3:
            return None
        at = found + len(word)
        if tag == "B":
            spans.append((found, at, 0.8))
    return tuple(spans)


def opinion(row: Row) -> float:
    """How broken people held a sentence to be: by direct assessment, by how much they changed, by both."""
    opinions = []
    if row.get("da_mean") is not None:
        opinions.append((72 - float(row["da_mean"])) / 45)
    if row.get("hter") is not None:
        opinions.append((float(row["hter"]) - 0.12) / 0.5)
    return sum(opinions) / len(opinions) if opinions else 0.3


# A post-edit is better for certain where this share of the words was changed (Huang et al., ACL 2023).
MUCH_EDITED = 0.3


def mlqe(data: Path) -> Iterator[Specimen]:
    """Sentences of Wikipedia and Reddit with direct assessments, post-edits and word tags."""
    runs: dict[tuple[str, str], list[Line]] = defaultdict(list)
    machine_text: dict[str, str] = {}
    edited: dict[str, Line] = {}  # translations of which people changed much
    for row in layout.rows(data / "mt_mlqe_sentences.jsonl.zst"):
        if layout.apart(row):
            continue
        key = (str(row["group"]), str(row["label"]))
        if row["label"] == "mt":
            machine_text[row["id"]] = str(row.get("mt_tok"))
            garble = opinion(row)
            spans = tagged(row)
            if spans is not None:
                spans = tuple((a, b, x * min(1.0, 0.25 + garble)) for a, b, x in spans)
            line = Line(row["text"], machine(garble), spans)
            runs[key].append(line)
            if float(row.get("hter") or 0) > MUCH_EDITED:
                edited[row["id"]] = line
        elif row["text"] != machine_text.get(str(row["id"]).removesuffix(":pe")):
            mended = Line(layout.detokenised(row["text"]), TRANSLATED, ())
            runs[key].append(mended)
            before = edited.get(str(row["id"]).removesuffix(":pe"))
            if before is not None:
                yield Specimen("mlqe_edited", (before,), beside=(mended,))
    for (_, label), lines in runs.items():
        for at in range(0, len(lines), 8):
            yield Specimen("mlqe" if label == "mt" else "postedit", tuple(lines[at : at + 8]))


def error_spans(data: Path) -> Iterator[Specimen]:  # noqa: C901 - one branch a source
    """Sentences with marked errors, hallucinations, and their human counterparts."""
    runs: dict[tuple[str, str], list[Line]] = defaultdict(list)
    seen = set()
    for row in layout.rows(data / "mt_error_spans.jsonl.zst"):
        if layout.apart(row) or row["text"] in seen:
            continue
        seen.add(row["text"])
        source, label, text = row["source"], row["label"], row["text"]
        if source == "WeTS":
            if "<NULL_REP>" not in text:
                yield Specimen("wets", (Line(layout.detokenised(text), FIXED, ()),), 0.5)
        elif source == "deepspin-hallucinations":
            target = machine(0.95 if row.get("errors") else 0.45) if label == "mt" else MIXED
            yield Specimen("hallucination" if label == "mt" else "mixed_sentence", (Line(text, target),))
        elif source.startswith("ms-human"):
            target = machine(0.12) if label == "mt" else TRANSLATED
            lines = tuple(Line(line, target) for line in text.split("\n"))
            yield Specimen("news21" if label == "mt" else "translated", lines)
        elif label != "mt":
            runs[row["group"], str(row.get("system"))].append(Line(text, TRANSLATED))
        elif row.get("error_spans") is not None:
            marked = tuple((a, b, 0.9 if kind == "major" else 0.35) for a, b, kind in row["error_spans"])
            major = sum(kind == "major" for *_, kind in row["error_spans"])
            garble = 0.06 + 0.2 * major + 0.05 * (len(marked) - major)
            runs[row["group"], str(row.get("system"))].append(Line(text, machine(min(garble, 0.75)), marked))
    for run in runs.values():
        for at in range(0, len(run), 10):
            pool = "mqm" if run[0].target[1] == 0 else "translated"
            yield Specimen(pool, tuple(run[at : at + 10]))


def learners(data: Path) -> Iterator[Specimen]:
    """Essays of learners and of students."""
    for row in layout.rows(data / "learner_docs.jsonl.zst"):
        if not layout.apart(row):
            yield Specimen("learner", (Line(row["text"], LEARNER, ()),))
    run: list[Line] = []
    for row in layout.rows(data / "learner_sentences.jsonl.zst"):
        if layout.apart(row):
            continue
        if row["label"] == "human_L2":
            run.append(Line(layout.detokenised(row["text"]), LEARNER, ()))
            if len(run) == 8:
                yield Specimen("learner_run", tuple(run))
                run = []
        elif row["label"] == "human_nonnative_translation":
            yield Specimen("crowd", (Line(row["text"], CROWD),), 0.5)
        elif row["label"] == "acceptable":
            yield Specimen("mixed_sentence", (Line(row["text"], NATIVE, ()),))


def native(data: Path) -> Iterator[Specimen]:
    """English as it was written: news, genres, sources of translations, web pages."""
    for name, pool in (
        ("human_news_a", "news"),
        ("human_news_b", "news"),
        ("human_news_other", "news_other"),
        ("human_wmt_sources", "source"),
        ("human_genres", "genre"),
    ):
        for row in layout.rows(data / f"{name}.jsonl.zst"):
            if not layout.apart(row):
                label = f"genre:{row.get('source')}" if pool == "genre" else pool
                yield Specimen(label, (Line(row["text"], NATIVE, ()),))
    for name in ("boilerplate_pages", "boilerplate_pages_2006_2012"):
        for row in layout.rows(data / f"{name}.jsonl.zst"):
            if not layout.apart(row):
                lines = tuple(Line(line, NATIVE, ()) for line in row["lines"][:200] if line.strip())
                yield Specimen("page", lines, 0.6)


def roundtrips(data: Path, made: Path | None) -> Iterator[Specimen]:
    """Rule-based round trips: those of the data folder, and those made by `roundtrips.py`."""
    for row in layout.rows(data / "mt_apertium_roundtrip.jsonl.zst"):
        if not layout.apart(row):
            yield Specimen("apertium", tuple(Line(line, machine(0.95)) for line in row["text"].split("\n")))
    if made is None or not made.exists():
        return
    for row in layout.rows(made):
        lines = []
        for text, original in zip(row["sents"], row["orig"], strict=True):
            changed = 1 - overlap(text.lower(), original.lower())
            lines.append(Line(text, machine(0.97 if changed > 0.25 else 0.6 if changed > 0.1 else 0.15)))
        human = NATIVE
        yield Specimen("apertium", tuple(lines), beside=tuple(Line(text, human) for text in row["orig"]))


# The overlap of a sentence that came back from sound engines, and how much less is broken through and through.
SOUND, BROKEN = 0.88, 0.38


def damaged(made: Path | None) -> Iterator[Specimen]:
    """Round trips through damaged engines (`damaged.py`): the less is left of a sentence, the more it is broken."""
    if made is None:
        return
    for row in layout.rows(made):
        lines = tuple(
            Line(text, machine((SOUND - overlap(text, original)) / BROKEN))
            for text, original in zip(row["sents"], row["orig"], strict=True)
        )
        yield Specimen("damaged", lines, beside=tuple(Line(text, NATIVE) for text in row["orig"]))


def read(data: Path, made: Path | None = None, broken: Path | None = None) -> dict[str, list[Specimen]]:
    """
    All training documents by pool. `data` is the folder with the training files; `made` and `broken` are the files of
    `roundtrips.py` and `damaged.py`.
    """
    pools: dict[str, list[Specimen]] = defaultdict(list)
    for source in (wmt21, wmt12, web, mafand, mlqe, error_spans, learners, native):
        for specimen in source(data):
            pools[specimen.pool].append(specimen)
    for specimen in chain(roundtrips(data, made), damaged(broken)):
        pools[specimen.pool].append(specimen)
    return dict(pools)


def pairs(pools: dict[str, list[Specimen]]) -> dict[str, list[Pair]]:
    """What stands beside its human text, by pool."""
    found = {
        name: [Pair(s.beside, s.lines) for s in specimens if s.beside and len(s.beside) == len(s.lines)]
        for name, specimens in pools.items()
    }
    return {name: some for name, some in found.items() if some}
