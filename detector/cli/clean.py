"""`detector clean`."""

from pathlib import Path
from typing import Annotated

import typer

from detector.cli.jobs import ChunkBytesOption, JobsOption, LogFormat, LogFormatOption, Watch, make_judging, name_unreadable
from detector.cli.options import (
    Deep,
    DeepOption,
    Dialect,
    DialectOption,
    DryRunOption,
    EncodingOption,
    ForceOption,
    IdFieldOption,
    IgnoreOption,
    Inputs,
    LanguageToolOption,
    LimitOption,
    MaxDocumentBytesOption,
    ModelOption,
    PolicyOption,
    TextFieldOption,
    WordsOption,
)
from detector.io import MAX_DOCUMENT_BYTES, Options

__all__ = ["clean"]

_WRITING = "Writing"

OutOption = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="DIR", help="A folder for kept, review, dropped, abstained and unreadable."),
]
KeepBoilerplateOption = Annotated[
    bool, typer.Option("--keep-boilerplate", help="Leave boilerplate in.", rich_help_panel=_WRITING)
]
KeepOption = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        metavar="KIND",
        help="Leave one kind of boilerplate in, such as caption or byline; may be repeated.",
        show_default=False,
        rich_help_panel=_WRITING,
    ),
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="Write records as jsonl, json, csv, parquet or arrow.",
        show_default="that of the input",
        rich_help_panel=_WRITING,
    ),
]


def clean(  # noqa: PLR0913 - a command's options
    inputs: Inputs,
    out: OutOption,
    text_field: TextFieldOption = "text",
    id_field: IdFieldOption = "id",
    encoding: EncodingOption = "utf-8",
    max_document_bytes: MaxDocumentBytesOption = MAX_DOCUMENT_BYTES,
    limit: LimitOption = None,
    deep: DeepOption = Deep.auto,
    languagetool: LanguageToolOption = "never",
    ignore: IgnoreOption = None,
    words: WordsOption = None,
    dialect: DialectOption = Dialect.any,
    policy: PolicyOption = None,
    model: ModelOption = None,
    format_: FormatOption = "",
    keep: KeepOption = None,
    jobs: JobsOption = 1,
    chunk_bytes: ChunkBytesOption = 4 * 2**20,
    log_format: LogFormatOption = LogFormat.text,
    *,
    keep_boilerplate: KeepBoilerplateOption = False,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
) -> None:
    """
    Sort documents into kept, review, dropped, abstained and unreadable, and account for every one.

    Boilerplate is taken out of what is kept or in review; removed.jsonl tells what it was and where it stood,
    reasons.jsonl why a document was not kept. If interrupted or killed, the same command goes on where it stopped.
    Duplicates are not looked for: datatrove, text-dedup or dolma do that.
    """
    from detector.corpus import Job, run  # noqa: PLC0415 - heavy

    judging = make_judging(
        deep=deep.value, languagetool=languagetool, ignore=ignore, words=words, dialect=dialect.value, policy=policy, model=model
    )
    job = Job(
        "clean",
        tuple(inputs),
        str(out),
        Options(text_field, id_field, encoding, max_document_bytes),
        judging,
        format=format_,
        keep=None if keep_boilerplate else tuple(keep or ()),
        limit=limit,
        chunk_bytes=chunk_bytes,
    )
    with Watch(log_format) as watch:
        try:
            result = run(job, jobs=jobs, force=force, dry_run=dry_run, on_event=watch)
        except KeyboardInterrupt:
            typer.echo("detector: interrupted; the same command goes on where it stopped", err=True)
            raise typer.Exit(130) from None
    for entry in result.unreadable:
        name_unreadable(entry)
    more = result.total.piles["unreadable"] - len(result.unreadable)
    if more > 0:
        typer.echo(f"  and {more:,} more, in unreadable.jsonl", err=True)
    watch.summary(result.total, "" if dry_run else str(out))
    if result.total.piles["unreadable"]:
        raise typer.Exit(3)
