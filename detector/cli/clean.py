"""`detector clean`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from detector.cli.jobs import (
    AddressOption,
    BySiteOption,
    ChunkBytesOption,
    Engine,
    EngineOption,
    JobsOption,
    LogFormat,
    LogFormatOption,
    SiteFieldOption,
    Watch,
    make_executor,
    make_judging,
    site_columns,
)
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
from detector.errors import UsageError
from detector.io import CHUNK_BYTES, MAX_DOCUMENT_BYTES, Options

__all__ = ["clean"]

_WRITING = "Writing"

OutOption = Annotated[
    str,  # a path would take a slash out of a URL
    typer.Option("--out", "-o", metavar="DIR", help="A folder for kept, review, dropped, abstained and unreadable."),
]
KeepBoilerplateOption = Annotated[
    bool, typer.Option("--keep-boilerplate", help="Leave boilerplate in.", rich_help_panel=_WRITING)
]
KeepOption = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        metavar="KINDS",
        help="Leave kinds of boilerplate in, such as caption,byline; may be repeated.",
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
FromScoresOption = Annotated[
    Path | None,
    typer.Option(
        "--from-scores",
        metavar="DIR",
        help="Decide by what score --attributes has written; no model is read.",
        show_default=False,
        rich_help_panel="Judging",
    ),
]
BudgetOption = Annotated[
    str | None,
    typer.Option(
        "--budget",
        metavar="SHARE",
        help="With --from-scores: 'drop 1%' at most, or 'keep 90%' at least, of what is judged.",
        show_default=False,
        rich_help_panel="Judging",
    ),
]
DropAboveOption = Annotated[
    float | None,
    typer.Option(
        "--drop-above",
        metavar="P",
        min=0.0,
        max=1.0,
        help="With --from-scores: drop what has a higher p_low_quality, keep the rest.",
        show_default=False,
        rich_help_panel="Judging",
    ),
]


def clean(
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
    site_field: SiteFieldOption = "",
    format_: FormatOption = "",
    keep: KeepOption = None,
    from_scores: FromScoresOption = None,
    budget: BudgetOption = None,
    drop_above: DropAboveOption = None,
    jobs: JobsOption = 1,
    engine: EngineOption = Engine.local,
    address: AddressOption = None,
    chunk_bytes: ChunkBytesOption = CHUNK_BYTES,
    log_format: LogFormatOption = LogFormat.text,
    *,
    by_site: BySiteOption = False,
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

    with Watch(log_format) as watch:
        if (budget or drop_above is not None) and not from_scores:
            msg = "--budget and --drop-above draw a line on scores: score --attributes first, then clean --from-scores"
            raise UsageError(msg)
        if by_site and from_scores:
            msg = "--by-site changes the scores: give it to score --attributes, then clean --from-scores"
            raise UsageError(msg)
        also = site_columns(site_field, by_site=by_site)
        if budget:
            drop_above = _line(tuple(inputs), from_scores, budget, watch)
        judging = make_judging(
            deep=deep.value,
            languagetool=languagetool,
            ignore=ignore,
            words=words,
            dialect=dialect.value,
            policy=policy,
            model=model,
            scores=from_scores,
        )
        job = Job(
            "clean",
            tuple(inputs),
            out,
            Options(text_field, id_field, encoding, max_document_bytes, also),
            judging,
            format=format_,
            keep=None if keep_boilerplate else _kinds(keep or ()),
            limit=limit,
            chunk_bytes=chunk_bytes,
            scores=str(from_scores or ""),
            drop_above=drop_above,
            by_site=by_site,
            site_field=site_field,
        )
        executor = make_executor(engine, address, jobs)
        try:
            result = run(job, jobs=jobs, force=force, dry_run=dry_run, on_event=watch, executor=executor)
        except KeyboardInterrupt:
            watch.interrupted(resumes=True)
            raise typer.Exit(130) from None
    watch.unreadables(result)
    watch.summary(result.total, "" if dry_run else out)
    if result.total.piles["unreadable"]:
        raise typer.Exit(3)


def _kinds(keep: Sequence[str]) -> tuple[str, ...]:
    """The kinds to keep, each once, sorted; UsageError for one that does not exist, before anything is read."""
    from detector.strip import check_kinds  # noqa: PLC0415 - heavy

    kinds = sorted({kind.strip().lower() for words in keep for kind in words.split(",") if kind.strip()})
    check_kinds(kinds)
    return tuple(kinds)


def _line(inputs: tuple[str, ...], scores: Path | None, budget: str, watch: Watch) -> float:
    """The line for a budget, with what it means."""
    from detector.corpus.attributes import find_line, trust  # noqa: PLC0415 - heavy
    from detector.io.sources import find  # noqa: PLC0415

    assert scores is not None  # noqa: S101 - asked for above
    trust(scores)
    found = find_line(scores, find(inputs).sources, budget)
    watch.say(
        "budget",
        f"budget {budget}: drop above p_low_quality {found.drop_above:.6g}: {found.share:.2%} of {found.sample:,} "
        f"judged documents; expected precision {found.precision:.1%} (under the mix in the model card)",
        **found.facts(),
    )
    return found.drop_above
