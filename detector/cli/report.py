"""`detector report`."""

import os
import shutil
from pathlib import Path
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
    from detector.io import Read, Source
    from detector.pipeline import Detector
    from detector.policy import Policy, Verdict

__all__ = ["report"]

BriefOption = Annotated[bool, typer.Option("--brief", help="Verdict, scores and reasons only.")]
FixOption = Annotated[bool, typer.Option("--fix", help="Instead: the sure typos corrected, as a diff.")]
WriteOption = Annotated[bool, typer.Option("--write", help="With --fix: correct the file itself. Text files only.")]


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


def _write(path: Path, content: bytes) -> None:
    """Replace a file's content at once, or not at all; its permissions stay."""
    from detector.errors import OutputError  # noqa: PLC0415 - not for --help

    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_bytes(content)
        shutil.copymode(path, new)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        msg = f"{path}: cannot be written ({error.strerror})"
        raise OutputError(msg) from error


def _correct(detector: "Detector", source: "Source", read: "Read", *, write: bool) -> None:
    """Print the diff of a document with its sure typos corrected; write it back if that is wanted."""
    from detector.errors import OutputError, UsageError  # noqa: PLC0415 - not for --help
    from detector.report.fix import apply, corrections, diff  # noqa: PLC0415

    if write and (source.format not in ("txt", "md") or source.compression or not Path(source.path).is_file()):
        msg = f"{source.path}: --write corrects plain text files only"
        raise UsageError(msg)
    text = read.document.text
    fixed = apply(text, corrections(detector.judge_batch([read.document])[0]))
    typer.echo(diff(text, fixed, source.path.lstrip("/")), nl=False)
    if write and fixed != text:
        try:
            content = read.bom + fixed.encode(read.encoding)
        except UnicodeEncodeError as error:
            msg = f"{source.path}: a correction does not exist in {read.encoding}"
            raise OutputError(msg) from error
        _write(Path(source.path), content)


def _fix(
    detector: "Detector", inputs: list[str], options: Options, limit: int | None, *, write: bool
) -> list[Unreadable]:
    """Correct documents; what could not be read."""
    from detector.io import Read  # noqa: PLC0415 - not for --help
    from detector.io.sources import find, records  # noqa: PLC0415

    unread, done = [], 0
    for source in find(inputs).sources:
        for answer in records(source, options):
            if not isinstance(answer, Read):
                unread.append(answer)
            elif limit is None or done < limit:
                _correct(detector, source, answer, write=write)
                done += 1
    return unread


def report(
    inputs: Inputs,
    form: FormatOption = Form.text,
    brief: BriefOption = False,
    fix: FixOption = False,
    write: WriteOption = False,
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
    """Show a document with its evidence marked: scores, reasons in plain words, worst sentences first, readability.

    With --fix: its sure typos corrected, as a diff that `patch` understands.
    """
    if write and not fix:
        msg = "--write goes with --fix"
        raise typer.BadParameter(msg)
    detector = make_detector(
        deep=deep, languagetool=languagetool, ignore=ignore, words=words, dialect=dialect, policy=policy, model=model
    )
    options = Options(text_field, id_field, encoding, max_document_bytes)
    unread: list[Unreadable] = []
    if fix:
        unread = _fix(detector, inputs, options, limit, write=write)
    else:
        documents = readable(inputs, options, limit, unread.append)
        for number, (document, verdict) in enumerate(detector.stream(documents)):
            if form is Form.json:
                typer.echo(_as_json(document, verdict))
            else:
                if number:
                    typer.echo("\n")
                _print(document, verdict, detector.policy, brief=brief)
    for entry in unread:
        typer.echo(f"UNREADABLE  {entry.source}: {entry.message}", err=True)
    if unread:
        raise typer.Exit(3)
