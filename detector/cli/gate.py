"""`detector gate`."""

from typing import TYPE_CHECKING

import typer

from detector.cli.options import (
    Deep,
    DeepOption,
    Dialect,
    DialectOption,
    EncodingOption,
    FailOn,
    FailOnOption,
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
)
from detector.io import MAX_DOCUMENT_BYTES, Options, Unreadable

if TYPE_CHECKING:
    from collections import Counter

    from detector.document import Document
    from detector.policy import Verdict

__all__ = ["gate"]

_SEVERITY = ("keep", "abstain", "review", "drop")


def _why(document: "Document", verdict: "Verdict") -> str:
    """The reasons, with what was found, on one line."""
    from detector.report.terminal import quotes  # noqa: PLC0415 - not for --help

    found = {m.code: m.evidence for m in verdict.assessment.measurements}
    said = []
    for reason in verdict.reasons:
        quoted = quotes(document.text, found.get(reason.code, ()), most=2)
        said.append(f"{reason.message} ({reason.code})" + (f": {quoted}" if quoted else ""))
    return "; ".join(said) or "no single reason stands out"


def gate(
    inputs: Inputs,
    fail_on: FailOnOption = FailOn.drop,
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
    """Pass or fail documents: exit code 1 if one fails, with which and why on standard error."""
    from collections import Counter  # noqa: PLC0415 - not for --help

    detector = make_detector(
        deep=deep, languagetool=languagetool, ignore=ignore, words=words, dialect=dialect, policy=policy, model=model
    )
    options = Options(text_field, id_field, encoding, max_document_bytes)
    failing = _SEVERITY[_SEVERITY.index(fail_on.value) :]
    count: Counter[str] = Counter()

    def cannot(entry: Unreadable) -> None:
        count["unreadable"] += 1
        typer.echo(f"UNREADABLE  {entry.source}: {entry.message}", err=True)

    for document, verdict in detector.stream(readable(inputs, options, limit, cannot)):
        count[verdict.action] += 1
        if verdict.action in failing:
            count["failed"] += 1
            typer.echo(f"FAIL  {document.source or document.id}: {verdict.action}: {_why(document, verdict)}", err=True)
    typer.echo(_summary(count), err=True)
    raise typer.Exit(3 if count["unreadable"] else 1 if count["failed"] else 0)


def _summary(count: "Counter[str]") -> str:
    judged = {action: count[action] for action in ("keep", "review", "drop", "abstain")}
    total = sum(judged.values())
    said = ", ".join(f"{action} {n}" for action, n in judged.items() if n)
    out = f"{total - count['failed']} passed, {count['failed']} failed" + (f" ({said})" if said else "")
    return out + (f", {count['unreadable']} unreadable" if count["unreadable"] else "")
