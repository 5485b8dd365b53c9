"""The options that several commands share: said once, so that a word means the same everywhere.

Light on purpose: whatever stands here is imported for `detector --help`. The heavy imports are inside the functions.
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.pipeline import Detector

__all__ = [
    "Deep",
    "DeepOption",
    "DryRunOption",
    "EncodingOption",
    "FailOn",
    "FailOnOption",
    "ForceOption",
    "IdFieldOption",
    "IgnoreOption",
    "Inputs",
    "LanguageToolOption",
    "LimitOption",
    "MaxDocumentBytesOption",
    "SpellingOption",
    "TextFieldOption",
    "WordsOption",
    "make_detector",
]

# A page of 8 MB is a book: the King James Bible has 4.4 MB. Beyond that a "document" is a file that lost its line feeds.
MAX_DOCUMENT_BYTES = 8_000_000


class Deep(StrEnum):
    """When the deep (neural) model looks."""

    auto = "auto"
    always = "always"
    never = "never"


class FailOn(StrEnum):
    """The mildest verdict that fails a gate."""

    drop = "drop"
    review = "review"
    abstain = "abstain"


class Spelling(StrEnum):
    """Whose spelling is right."""

    any = "any"
    us = "us"
    gb = "gb"


def _server(value: str) -> str:
    if value not in ("auto", "always", "never") and not value.startswith(("http://", "https://")):
        msg = f"{value!r} is neither auto, always, never nor the URL of a server"
        raise typer.BadParameter(msg)
    return value


_READING = "Reading"
_JUDGING = "Judging"

Inputs = Annotated[
    list[str],
    typer.Argument(metavar="IN...", help="Files, folders, globs, or - for standard input: .txt .md .jsonl.", show_default=False),
]
TextFieldOption = Annotated[
    str, typer.Option("--text-field", metavar="FIELD", help="Where a record's text is; dots go down.", rich_help_panel=_READING)
]
IdFieldOption = Annotated[
    str, typer.Option("--id-field", metavar="FIELD", help="Where a record's id is.", rich_help_panel=_READING)
]
EncodingOption = Annotated[
    str,
    typer.Option("--encoding", help="The encoding of text files; a byte order mark is always heeded.", rich_help_panel=_READING),
]
MaxDocumentBytesOption = Annotated[
    int,
    typer.Option("--max-document-bytes", min=1, help="A longer document counts as unreadable.", rich_help_panel=_READING),
]
LimitOption = Annotated[
    int | None,
    typer.Option("--limit", min=0, metavar="N", help="Stop after N documents.", show_default=False, rich_help_panel=_READING),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Judge, but write nothing.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="CODE",
        help="Leave a signal out, by code or name; may be repeated.",
        show_default=False,
        rich_help_panel=_JUDGING,
    ),
]
DeepOption = Annotated[
    Deep,
    typer.Option("--deep", help="When the deep model looks: where the fast one doubts, at all, at none.", rich_help_panel=_JUDGING),
]
LanguageToolOption = Annotated[
    str,
    typer.Option(
        "--languagetool", metavar="auto|always|never|URL", callback=_server, help="When LanguageTool looks.", rich_help_panel=_JUDGING
    ),
]
WordsOption = Annotated[
    Path | None,
    typer.Option(
        "--words",
        metavar="FILE",
        help="Names and terms to accept, one a line.",
        show_default=False,
        rich_help_panel=_JUDGING,
    ),
]
SpellingOption = Annotated[
    Spelling, typer.Option("--spelling", help="Hold the text to American or British spelling.", rich_help_panel=_JUDGING)
]
FailOnOption = Annotated[
    FailOn, typer.Option("--fail-on", help="The mildest verdict that fails: drop, then review, then abstain.")
]


def make_detector(
    *,
    deep: Deep = Deep.auto,
    ignore: "Sequence[str] | None" = None,
    languagetool: str = "never",
    words: Path | None = None,
    spelling: Spelling = Spelling.any,
) -> "Detector":
    """The detector that the options ask for; UsageError for a signal that there is not."""
    from detector.pipeline import Detector  # noqa: PLC0415 - heavy
    from detector.registry import find_signal  # noqa: PLC0415 - heavy

    asked = {
        "ignore": tuple(find_signal(code).code for code in ignore or ()),
        "languagetool": languagetool,
        "words": words,
        "spelling": spelling.value,
    }
    defaults = {"ignore": (), "languagetool": "never", "words": None, "spelling": "any"}
    return Detector(deep=deep.value, **{k: v for k, v in asked.items() if v != defaults[k]})
