"""The evaluation from end to end: read, score, compute, write."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from detector.errors import OutputError, UsageError
from detector.io import Options, Unreadable
from detector.pipeline import Detector
from detector.report.wire import to_json
from detector.training.evaluation.baselines import baselines
from detector.training.evaluation.collect import Given, Judge, collect
from detector.training.evaluation.page import page
from detector.training.evaluation.read import items, keyed, ratings, table
from detector.training.evaluation.results import evaluate
from detector.training.evaluation.tables import markdown, tables

__all__ = ["Answer", "Request", "run"]

NAMES = ("evaluation.json", "evaluation.md", "evaluation.html")
_EVERY = 2048  # documents between two words on how far it is


@dataclass(frozen=True)
class Request:
    """What to evaluate; the fields are the command's options."""

    inputs: tuple[str, ...]
    out: Path
    key: str | None = None
    fields: tuple[str, ...] = ()
    scores: str | None = None
    ratings: tuple[str, ...] = ()
    baseline_train: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()
    force: bool = False
    text_field: str = "text"
    id_field: str = "id"
    limit: int | None = None


@dataclass(frozen=True)
class Answer:
    """The tables, the files that were written, and what could not be read."""

    markdown: str
    files: tuple[Path, ...]
    unreadable: tuple[Unreadable, ...]


def run(request: Request, detector: Detector | None, base: Detector | None, say: Callable[[str], None]) -> Answer:
    """Evaluate, and write JSON, Markdown and HTML; UsageError if they are there already or nothing can be graded."""
    there = [request.out / name for name in NAMES if (request.out / name).exists()]
    if there and not request.force:
        msg = f"{there[0]} is there already: another --out, or --force"
        raise UsageError(msg)
    unread: list[Unreadable] = []
    beside = baselines(request.baseline_train)
    say(f"baselines: {', '.join(b.name for b in beside)}")
    found = collect(
        islice(
            items(
                request.inputs,
                Options(text_field=request.text_field, id_field=request.id_field),
                table(request.fields),
                unread.append,
                keyed([request.key]) if request.key else None,
                ratings(request.ratings) if request.ratings else None,
            ),
            request.limit,
        ),
        Judge(detector) if detector else Given(str(request.scores)),
        Judge(base) if base else None,
        beside,
        request.lengths,
        lambda n: say(f"{n:,} texts scored") if n % _EVERY == 0 else None,
    )
    content = evaluate(
        found,
        model=detector.model if detector else None,
        inputs=[Path(name).name for name in request.inputs],
        unreadable=len(unread),
    )
    if not content["graded"]:
        msg = "nothing to grade: no document has a garble score; are the ids of --scores those of the data?"
        raise UsageError(msg)
    content["tables"] = tables(content)
    said = markdown(content)
    written = (to_json(content) + b"\n", said.encode(), page(content).encode())
    try:
        request.out.mkdir(parents=True, exist_ok=True)
        for name, data in zip(NAMES, written, strict=True):
            (request.out / name).write_bytes(data)
    except OSError as error:
        msg = f"{request.out}: cannot be written ({error.strerror})"
        raise OutputError(msg) from error
    return Answer(said, tuple(request.out / name for name in NAMES), tuple(unread))
