"""`detector score`."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from detector.io import CHUNK_BYTES, MAX_DOCUMENT_BYTES, Options, Unreadable

if TYPE_CHECKING:
    from detector.corpus import Job, Tally
    from detector.corpus.engine import Executor

__all__ = ["score"]

OutOption = Annotated[
    str | None,  # a path would take a slash out of a URL
    typer.Option("--out", "-o", metavar="OUT.jsonl", help="Write here, not to standard output.", show_default=False),
]
AttributesOption = Annotated[
    str | None,
    typer.Option(
        "--attributes",
        metavar="DIR",
        help="Write a file of scores beside each input, for clean --from-scores.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    str, typer.Option("--format", metavar="FORMAT", help="Write attributes as jsonl (in dolma's form) or parquet.")
]


def score(
    inputs: Inputs,
    out: OutOption = None,
    attributes: AttributesOption = None,
    format_: FormatOption = "jsonl",
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
    jobs: JobsOption = 1,
    engine: EngineOption = Engine.local,
    address: AddressOption = None,
    chunk_bytes: ChunkBytesOption = CHUNK_BYTES,
    log_format: LogFormatOption = LogFormat.text,
    *,
    by_site: BySiteOption = False,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
) -> None:
    """Score documents: one JSON record each, in order. What cannot be read is named on standard error (exit code 3)."""
    from detector.corpus import Job  # noqa: PLC0415 - heavy

    with Watch(log_format) as watch:
        judging = make_judging(
            deep=deep.value,
            languagetool=languagetool,
            ignore=ignore,
            words=words,
            dialect=dialect.value,
            policy=policy,
            model=model,
        )
        also = site_columns(site_field, by_site=by_site)
        options = Options(text_field, id_field, encoding, max_document_bytes, also)
        if out and attributes:
            msg = "--out and --attributes are two ways to write: choose one"
            raise UsageError(msg)
        job = Job("score", tuple(inputs), out or "", options, judging, limit=limit, chunk_bytes=chunk_bytes)
        job = replace(job, by_site=by_site, site_field=site_field)
        if attributes:
            job = replace(job, kind="attributes", out=attributes, format=format_)
        executor = make_executor(engine, address, jobs)
        try:
            if out or attributes:
                total = _to_file(job, watch, jobs, executor, force=force, dry_run=dry_run)
            elif jobs > 1 or executor or by_site:
                total = _by_many(job, watch, jobs, executor, dry_run=dry_run)
            else:
                total = _stream(job, watch, dry_run=dry_run)
        except KeyboardInterrupt:
            watch.interrupted(resumes=bool(out or attributes))
            raise typer.Exit(130) from None
    watch.summary(total, out or attributes or "")
    if total.piles["unreadable"]:
        raise typer.Exit(3)


def _to_file(
    job: "Job", watch: Watch, jobs: int, executor: "Executor | None", *, force: bool, dry_run: bool
) -> "Tally":
    from detector.corpus import run  # noqa: PLC0415

    result = run(job, jobs=jobs, force=force, dry_run=dry_run, on_event=watch, executor=executor)
    watch.unreadables(result)
    return result.total


def _by_many(job: "Job", watch: Watch, jobs: int, executor: "Executor | None", *, dry_run: bool) -> "Tally":
    """Through a file: who is first to be done is not who is first to be written; and what is read twice waits there."""
    import tempfile  # noqa: PLC0415 - not where records are streamed

    with tempfile.TemporaryDirectory(prefix="detector-") as folder:
        whole = Path(folder) / "records.jsonl"
        total = _to_file(replace(job, out=str(whole)), watch, jobs, executor, force=False, dry_run=dry_run)
        if dry_run:
            return total
        with whole.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    return total


def _stream(job: "Job", watch: Watch, *, dry_run: bool) -> "Tally":
    """One after the other, as they come."""
    from detector.corpus import Tally, judged  # noqa: PLC0415
    from detector.io.sources import check_encoding, find, records  # noqa: PLC0415
    from detector.report import wire  # noqa: PLC0415

    check_encoding(job.options.encoding)
    found = find(job.inputs)
    if found.passed_over:
        watch("passed-over", names=found.passed_over)
    total = Tally()
    answers = (answer for source in found.sources for answer in records(source, job.options))
    for answer in judged(job.judging.make(), answers, job.limit):
        total.read += 1
        if isinstance(answer, Unreadable):
            total.unreadable(answer)
            watch.unreadable(answer)
            continue
        read, verdict = answer
        total.judged(verdict, 0)
        if not dry_run:
            sys.stdout.buffer.write(wire.to_json(wire.record(read.document, verdict)) + b"\n")
    sys.stdout.buffer.flush()
    return total
