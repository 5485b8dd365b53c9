"""`detector report`."""

from typing import TYPE_CHECKING, Annotated

import typer

from detector.cli.options import (
    Deep,
    DeepOption,
    Dialect,
    DialectOption,
    EncodingOption,
    Form,
    FormatOption,
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
    make_detector,
    readable,
    show,
)
from detector.io import MAX_DOCUMENT_BYTES, Options, Unreadable

if TYPE_CHECKING:
    from detector.document import Document
    from detector.policy import Policy, Verdict

__all__ = ["report"]

BriefOption = Annotated[bool, typer.Option("--brief", help="Verdict, scores and reasons only.")]


def _as_json(document: "Document", verdict: "Verdict") -> bytes:
    from detector.report.readability import readability  # noqa: PLC0415 - textstat is slow to load
    from detector.report.wire import record, to_json  # noqa: PLC0415

    return to_json({**record(document, verdict), "readability": readability(document.text)})


def _print(document: "Document", verdict: "Verdict", policy: "Policy", *, brief: bool) -> None:
    from detector.report.terminal import page, summary  # noqa: PLC0415 - not for --help

    lines = policy.lines["deep" if "deep" in verdict.ran else "fast"]
    if brief:
        show(summary(document, verdict, lines))
    else:
        from detector.report.readability import readability  # noqa: PLC0415 - textstat is slow to load

        show(page(document, verdict, lines, readability(document.text)))


def report(
    inputs: Inputs,
    form: FormatOption = Form.text,
    brief: BriefOption = False,
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
) -> None:
    """Show a document with its evidence marked: scores, reasons in plain words, worst sentences first, readability."""
    detector = make_detector(
        deep=deep, languagetool=languagetool, ignore=ignore, words=words, dialect=dialect, policy=policy, model=model
    )
    unread: list[Unreadable] = []
    options = Options(text_field, id_field, encoding, max_document_bytes)
    first = True
    for document, verdict in detector.stream(readable(inputs, options, limit, unread.append)):
        if form is Form.json:
            typer.echo(_as_json(document, verdict))
        else:
            if not first:
                typer.echo("\n")
            _print(document, verdict, detector.policy, brief=brief)
        first = False
    for entry in unread:
        typer.echo(f"UNREADABLE  {entry.source}: {entry.message}", err=True)
    if unread:
        raise typer.Exit(3)
