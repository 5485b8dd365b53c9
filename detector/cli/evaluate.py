"""`detector evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from detector.cli.options import (
    Deep,
    DeepOption,
    ForceOption,
    IdFieldOption,
    IgnoreOption,
    LimitOption,
    ModelOption,
    TextFieldOption,
    make_detector,
)

__all__ = ["evaluate"]

DataArgument = Annotated[
    list[str],
    typer.Argument(metavar="DATA...", help="Labelled JSON lines: files, folders or globs.", show_default=False),
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="DIR", help="Where the JSON, the tables and the page go.")
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="FILE", help="More facts about the documents, as JSON lines, by id.", show_default=False
    ),
]
FieldOption = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="FACT=FIELD",
        help="Where a fact is: tier, label, group, engine, pair, year or genre; may be repeated.",
        show_default=False,
    ),
]
ScoresOption = Annotated[
    str | None,
    typer.Option("--scores", metavar="FILE", help="Take these scores instead of judging.", show_default=False),
]
RatingsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ratings",
        metavar="FILE",
        help="Records with people's judgements, joined by group and system; may be repeated.",
        show_default=False,
    ),
]
BaselineTrainOption = Annotated[
    list[str] | None,
    typer.Option(
        "--baseline-train",
        metavar="PATH",
        help="What the baselines learn from: labelled JSON lines, or a folder with train/; may be repeated.",
        show_default=False,
    ),
]
LengthsOption = Annotated[
    str, typer.Option("--lengths", metavar="WORDS,...", help="Judge documents cut to so many words, too; or none.")
]


def _lengths(value: str) -> tuple[int, ...]:
    if value in ("", "none"):
        return ()
    parts = value.split(",")
    if not all(p.strip().isdigit() and int(p) for p in parts):
        msg = f"--lengths {value}: numbers of words with commas between them, or none"
        raise typer.BadParameter(msg)
    return tuple(sorted({int(p) for p in parts}))


def evaluate(
    data: DataArgument,
    out: OutOption = Path("evaluation"),
    key: KeyOption = None,
    field: FieldOption = None,
    scores: ScoresOption = None,
    ratings: RatingsOption = None,
    baseline_train: BaselineTrainOption = None,
    lengths: LengthsOption = "50,100,200,400",
    force: ForceOption = False,
    text_field: TextFieldOption = "text",
    id_field: IdFieldOption = "id",
    limit: LimitOption = None,
    deep: DeepOption = Deep.auto,
    ignore: IgnoreOption = None,
    model: ModelOption = None,
) -> None:
    """Say what the scores are worth on labelled text, beside baselines: figures as JSON, tables, a page with plots."""
    from detector.errors import MissingExtraError  # noqa: PLC0415 - not for --help

    try:
        from detector.training.evaluation.run import Request, run  # noqa: PLC0415 - needs its extra
    except ImportError as error:
        msg = f"evaluating needs {error.name}, which is not installed: pip install 'detector[evaluate]'"
        raise MissingExtraError(msg) from error
    cut = _lengths(lengths)
    request = Request(
        inputs=tuple(data),
        out=out,
        key=key,
        fields=tuple(field or ()),
        scores=scores,
        ratings=tuple(ratings or ()),
        baseline_train=tuple(baseline_train or ()),
        lengths=() if scores else cut,
        force=force,
        text_field=text_field,
        id_field=id_field,
        limit=limit,
    )
    judge = None if scores else make_detector(deep=deep, ignore=ignore, model=model)
    base = make_detector(deep=Deep.never, ignore=ignore, model=model) if judge and judge.deep != "never" else None
    answer = run(request, judge, base, lambda said: typer.echo(said, err=True))
    typer.echo(answer.markdown)
    for path in answer.files:
        typer.echo(f"wrote {path}", err=True)
    for entry in answer.unreadable:
        typer.echo(f"UNREADABLE  {entry.source}: {entry.message}", err=True)
    if answer.unreadable:
        raise typer.Exit(3)
