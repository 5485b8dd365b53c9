"""From labelled JSON lines to items: a document, what is true of it, and the places where something is wrong."""

import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from detector.document import Document
from detector.errors import UsageError
from detector.io import Options, Read, Unreadable
from detector.io.jsonl import parse
from detector.io.sources import find, records
from detector.training.evaluation.tiers import role, truth

__all__ = ["FIELDS", "RATINGS", "Facts", "Item", "items", "keyed", "ratings", "table"]

# What a fact is called in a record, unless `--field` says otherwise; the first name that is there.
FIELDS: dict[str, tuple[str, ...]] = {
    "tier": ("tier", "kind"),
    "label": ("garble", "label"),
    "group": ("group", "doc"),
    "engine": ("system", "engine"),
    "pair": ("lp", "language_pair"),
    "year": ("year", "date"),
    "genre": ("genre",),
}
# People's judgements, and which way is bad: direct assessment and MQM (error points below 0) go down, edits go up.
RATINGS = {"da_raw": -1, "da_mean": -1, "da": -1, "da_z": -1, "mqm": -1, "hter": 1}
_YES = {"1", "true", "garble", "garbled", "bad", "drop", "low"}
_NO = {"0", "false", "clean", "good", "ok", "keep", "high"}
# Years hide in dates ("2016-03-15") and in names ("wmt20-ruen:113", "newstest2017"), where other numbers do not count.
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?:wmt|newstest|[ms]t_)((?:20)?\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a document. `truth`: 1 garble, 0 sound, NaN unknown; `ratings`: people's judgements by field.

    `task`: "garble" counts in the tables of tiers; "splice", "typos", "boilerplate" have gold places.
    """

    tier: str
    truth: float
    group: str = ""
    engine: str = ""
    pair: str = ""
    year: str = ""
    genre: str = ""
    task: str = "garble"
    ratings: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A document with its facts and its gold: `gold` (lines or spans, by task), `labels` of lines, `errors` (spans)."""

    document: Document
    facts: Facts
    gold: Sequence[Any] | None = None
    labels: str = ""
    errors: Sequence[tuple[int, int]] | None = None
    seed: str = ""


def _first(record: Mapping[str, Any], names: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
    return next((record[n] for n in names if record.get(n) is not None), None)


def _stem(source: str) -> str:
    name = PurePath(source.rpartition(":")[0] or source).name
    return name.partition(".")[0] or "input"


def _tier(label: Any, record: Mapping[str, Any], stem: str) -> str:  # noqa: ANN401 - JSON
    """A tier for a record that names none, from its label."""
    said = str(label).lower()
    if said == "mt":
        return f"mt.{stem.removeprefix('mt_')}"
    if said in _YES:
        return f"garble.{stem}"
    if said in _NO:
        return f"clean.{stem}"
    if said.startswith(("human_l2", "human_native_")) or "acceptable" in said:
        return f"learner.{record.get('source') or stem}"
    if said == "human_original":
        genre = record.get("genre")
        return f"native.{stem.removeprefix('human_')}" if genre in (None, "news") else f"genre.{genre}"
    return f"ref.{stem.removeprefix('mt_')}" if said.startswith("human") or "ref" in said else f"other.{stem}"


def _year(record: Mapping[str, Any], names: Sequence[str], tier: str) -> str:
    dates = (_DATE.search(str(record.get(n))) for n in names)
    named = (_YEAR.search(str(value)) for value in (record.get("source"), record.get("group"), tier))
    found = next((m[1] for m in (*dates, *named) if m), "")
    return f"20{found}" if len(found) == 2 else found


def _rated(record: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    out = {}
    for name in RATINGS:
        value = record.get(name)
        some = value if isinstance(value, list) else [value]
        numbers = tuple(float(x) for x in some if isinstance(x, int | float) and not isinstance(x, bool))
        if numbers:
            out[name] = numbers
    return out


def _facts(record: Mapping[str, Any], source: str, fields: Mapping[str, Sequence[str]]) -> Facts:
    label = _first(record, fields["label"])
    tier = _first(record, fields["tier"])
    tier = str(tier) if tier is not None else _tier(label, record, _stem(source))
    said = str(label).lower()
    known = math.nan if label is None else 1.0 if said in _YES else 0.0 if said in _NO else math.nan
    group, engine, pair = (sys.intern(str(_first(record, fields[n]) or "")) for n in ("group", "engine", "pair"))
    return Facts(
        sys.intern(tier),
        truth(tier) if math.isnan(known) else known,
        group,
        engine,
        pair,
        year=_year(record, fields["year"], tier),
        genre=str(_first(record, fields["genre"]) or (tier.partition(".")[2] if role(tier) == "genre" else "")),
        task=str(record.get("task") or "garble"),
        ratings=_rated(record),
    )


def _tagged(text: str, tokens: str, tags: str) -> list[tuple[int, int]]:
    """The words of a text that MLQE-PE's tags call bad: 2N + 1 tags are gap, word, gap, ..., N are words."""
    words = tokens.split()
    of_words = tags[1::2] if len(tags) == 2 * len(words) + 1 else tags
    out, at = [], 0
    for word, tag in zip(words, of_words, strict=False):
        found = text.find(word, at)
        if found >= 0:
            if tag in "Bb":
                out.append((found, found + len(word)))
            at = found + len(word)
    return out


def _errors(record: Mapping[str, Any], text: str) -> list[tuple[int, int]] | None:
    """Where people saw an error, sorted; None if nobody looked."""
    spans = record.get("error_spans")
    if isinstance(spans, list):
        ends = [(s["start"], s["end"]) if isinstance(s, Mapping) else (s[0], s[1]) for s in spans]
        return sorted((int(a), int(b)) for a, b in ends)
    if isinstance(record.get("tags"), str) and isinstance(record.get("mt_tok"), str):
        return _tagged(text, record["mt_tok"], record["tags"])
    return None


def _lines(inputs: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The objects of JSON lines that need have no text."""
    for source in find(inputs).sources:
        for answer in records(source, Options()):
            # Without a text a record is no document, but it has its bytes.
            found = parse(answer.raw) if answer.raw else None
            if isinstance(found, Mapping):
                yield found


def table(assignments: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`FIELDS` with what `--field fact=name` says; UsageError for a fact that there is not."""
    out = dict(FIELDS)
    for assignment in assignments:
        fact, _, name = assignment.partition("=")
        if fact not in out or not name:
            msg = f"--field {assignment}: say FACT=FIELD, where FACT is one of {', '.join(FIELDS)}"
            raise UsageError(msg)
        out[fact] = (name,)
    return out


def keyed(inputs: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The records of a key by id."""
    return {str(r["id"]): r for r in _lines(inputs) if "id" in r}


def ratings(inputs: Sequence[str]) -> dict[tuple[str, str], dict[str, tuple[float, ...]]]:
    """People's judgements of other files, by group and engine: to join with documents that were cut from them."""
    out: dict[tuple[str, str], dict[str, tuple[float, ...]]] = {}
    for record in _lines(inputs):
        found = _rated(record)
        if found:
            mine = out.setdefault((str(record.get("group")), str(record.get("system"))), {})
            for name, numbers in found.items():
                mine[name] = (*mine.get(name, ()), *numbers)
    return out


def items(  # noqa: PLR0913, PLR0917 - what may be said about the input
    inputs: Sequence[str],
    options: Options,
    fields: Mapping[str, Sequence[str]],
    unreadable: Callable[[Unreadable], None],
    key: Mapping[str, Mapping[str, Any]] | None = None,
    judged: Mapping[tuple[str, str], Mapping[str, tuple[float, ...]]] | None = None,
) -> Iterator[Item]:
    """The documents of all inputs with what is known of them, from their own fields and from a key; one at a time."""
    for answer in _answers(inputs, options):
        if isinstance(answer, Unreadable):
            unreadable(answer)
            continue
        document = answer.document
        record = document.metadata if key is None else {**document.metadata, **key.get(document.id, {})}
        facts = _facts(record, document.source, fields)
        if judged and not facts.ratings and (facts.group, facts.engine) in judged:
            facts = replace(facts, ratings=judged[facts.group, facts.engine])
        labels = record.get("labels")
        yield Item(
            Document(document.id, document.text, document.source, markup=document.markup),
            facts,
            record["gold"] if isinstance(record.get("gold"), list) else None,
            labels if isinstance(labels, str) else "",
            _errors(record, document.text),
            str(record.get("seed") or ""),
        )


def _answers(inputs: Sequence[str], options: Options) -> Iterable[Read | Unreadable]:
    for source in find(inputs).sources:
        yield from records(source, options)
