"""`detector gate`."""

import typer

from detector.cli.options import (
    MAX_DOCUMENT_BYTES,
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
    PolicyOption,
    TextFieldOption,
    WordsOption,
)

__all__ = ["gate"]

_SEVERITY = ("keep", "abstain", "review", "drop")


def gate() -> None:
    """Stub."""
