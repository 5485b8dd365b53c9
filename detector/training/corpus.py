"""Which labelled document stands for what: kinds, classes and weights for training."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detector.training.data import Row, apart, poor, rated_below, rows

__all__ = ["Labelled", "dev_rows", "roundtrip_rows", "training_rows"]

# Engines whose output is garble as a rule; the others' output is used only where it is known to be poor.
WEAK_ENGINES = ("argos", "nllb", "opusmt")


@dataclass(frozen=True)
class Labelled:
    """A row of the data, the kind of text it is, and whether it is garble (None: too good to be called so)."""

    kind: str
    garble: bool | None
    row: Row


def _machine(file: str, row: Row) -> Labelled:
    if file == "mt_wmt12":
        return Labelled("mt.smt", garble=True, row=row)
    if file == "mt_wmt21_23":
        bad = rated_below(row, 50) or poor(row, 45)
        return Labelled("mt.nmt_poor" if bad else "mt.nmt", garble=True if bad else None, row=row)
    if file == "mt_mafand_news":
        bad = poor(row, 50)
        return Labelled("mt.mafand_poor" if bad else "mt.mafand_good", garble=True if bad else None, row=row)
    if file == "mt_apertium_roundtrip":
        return Labelled("mt.apertium", garble=True, row=row)
    weak = row.get("system") in WEAK_ENGINES and row.get("lp") in ("tr-en", "az-en")
    bad = weak or poor(row, 50)
    kind = (
        "mt.turkish_weak"
        if weak
        else "mt.web_poor"
        if bad
        else "mt.web_weak"
        if row.get("system") in WEAK_ENGINES
        else "mt.web"
    )
    return Labelled(kind, garble=True if bad or kind == "mt.web_weak" else None, row=row)


_MIXED = ("mt_wmt12", "mt_wmt21_23", "mt_web_engines", "mt_mafand_news", "mt_apertium_roundtrip")
_HUMAN = {
    "human_news": "native.news",
    "human_news_a": "native.news",
    "human_news_b": "native.news",
    "human_news_other": "native.news_other",
    "human_wmt_sources": "native.wmt_src",
    "human_genres": "genre",
    "learner_docs": "learner",
}


def _label(file: str, row: Row) -> Labelled:
    if row["label"] == "mt":
        return _machine(file, row)
    if file == "mt_mafand_news":
        return Labelled("native.mafand_src", garble=False, row=row)
    return Labelled("ref." + file.removeprefix("mt_"), garble=False, row=row)


def _human(file: str, row: Row) -> Labelled:
    kind = _HUMAN[file]
    name = f"{kind}.{row.get('genre') or row.get('source')}" if kind in ("genre", "learner") else kind
    return Labelled(name, garble=False, row=row)


def roundtrip_rows(file: Path) -> Iterator[Labelled]:
    """Native articles of train/ that a rule-based engine translated there and back, over more pivots than the data has.

    `python -m detector.training.deep.roundtrips` writes the file.
    """
    for row in rows(file):
        yield Labelled(
            "mt.apertium_more",
            garble=True,
            row={"text": "\n".join(row["sents"]), "group": f"{row['file']}:{row['row']}"},
        )


def training_rows(data: Path, roundtrips: Path | None = None) -> Iterator[Labelled]:
    """The documents of train/ but those that are set aside for dev; then the round trips, if there are any."""
    if roundtrips is not None:
        yield from roundtrip_rows(roundtrips)
    for file in _MIXED:
        for row in rows(data / "train" / f"{file}.jsonl.zst"):
            if not apart(row) and row["text"].strip():
                yield _label(file, row)
    for file in _HUMAN:
        if (data / "train" / f"{file}.jsonl.zst").exists():
            for row in rows(data / "train" / f"{file}.jsonl.zst"):
                if not apart(row) and row["text"].strip():
                    yield _human(file, row)


def dev_rows(data: Path) -> Iterator[Labelled]:  # noqa: C901 - one loop a kind of file
    """The documents of dev/, and the machine translations of train/ that are set aside for it."""
    for file in _MIXED:
        for row in rows(data / "train" / f"{file}.jsonl.zst"):
            # The set-aside rows of train/ stand in where dev/ has no such engine; its human originals do not need to.
            if apart(row) and row["text"].strip() and (file != "mt_mafand_news" or row["label"] == "mt"):
                yield _label(file, row)
        if (data / "dev" / f"{file}.jsonl.zst").exists():
            for row in rows(data / "dev" / f"{file}.jsonl.zst"):
                if row["text"].strip():
                    yield _label(file, row)
    for file in ("human_news", *_HUMAN):
        if (data / "dev" / f"{file}.jsonl.zst").exists():
            for row in rows(data / "dev" / f"{file}.jsonl.zst"):
                if row["text"].strip():
                    yield _human(file, row)
