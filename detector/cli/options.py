"""The options that several commands share: said once, so that a word means the same everywhere.

Light on purpose: whatever stands here is imported for `detector --help`. The heavy imports are inside the functions.
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import RenderableType

    from detector.document import Document
    from detector.io import Options, Unreadable
    from detector.pipeline import Detector

__all__ = [
    "Deep",
    "DeepOption",
    "Dialect",
    "DialectOption",
    "DryRunOption",
    "EncodingOption",
    "FailOn",
    "FailOnOption",
    "ForceOption",
    "Form",
    "FormatOption",
    "IdFieldOption",
    "IgnoreOption",
    "Inputs",
    "LanguageToolOption",
    "LimitOption",
    "MaxDocumentBytesOption",
    "ModelOption",
    "PolicyOption",
    "TextFieldOption",
    "WordsOption",
    "make_detector",
    "read_words",
    "readable",
    "show",
]

# Tables that nobody watches being made are not wrapped: grep reads lines.
_PIPED_WIDTH = 10_000


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


class Dialect(StrEnum):
    """Whose spelling is right."""

    any = "any"
    us = "us"
    gb = "gb"


class Form(StrEnum):
    """How a command answers."""

    text = "text"
    json = "json"


def _server(value: str) -> str:
    if value not in ("auto", "always", "never") and not value.startswith(("http://", "https://")):
        msg = f"{value!r} is neither auto, always, never nor the URL of a server"
        raise typer.BadParameter(msg)
    return value


_READING = "Reading"
_JUDGING = "Judging"

Inputs = Annotated[
    list[str],
    typer.Argument(metavar="IN", help="Files, folders, globs, or - for standard input.", show_default=False),
]
TextFieldOption = Annotated[
    str,
    typer.Option(
        "--text-field", metavar="FIELD", help="Where a record's text is; dots go down.", rich_help_panel=_READING
    ),
]
IdFieldOption = Annotated[
    str, typer.Option("--id-field", metavar="FIELD", help="Where a record's id is.", rich_help_panel=_READING)
]
EncodingOption = Annotated[
    str,
    typer.Option(
        "--encoding", help="The encoding of text files; a byte order mark is always heeded.", rich_help_panel=_READING
    ),
]
MaxDocumentBytesOption = Annotated[
    int,
    typer.Option(
        "--max-document-bytes", min=1, help="A longer document counts as unreadable.", rich_help_panel=_READING
    ),
]
LimitOption = Annotated[
    int | None,
    typer.Option(
        "--limit", min=0, metavar="N", help="Stop after N documents.", show_default=False, rich_help_panel=_READING
    ),
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
    typer.Option(
        "--deep",
        help="When the deep model looks: where the fast one doubts, at all, at none.",
        rich_help_panel=_JUDGING,
    ),
]
LanguageToolOption = Annotated[
    str,
    typer.Option(
        "--languagetool",
        metavar="auto|always|never|URL",
        callback=_server,
        help="When LanguageTool looks.",
        rich_help_panel=_JUDGING,
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
DialectOption = Annotated[
    Dialect, typer.Option("--dialect", help="Hold the text to American or British spelling.", rich_help_panel=_JUDGING)
]
PolicyOption = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="FILE",
        help='Lines that differ from the default, as JSON: {"fast": {"garble_drop_above": 0.5}}.',
        show_default=False,
        rich_help_panel=_JUDGING,
    ),
]
ModelOption = Annotated[
    Path | None,
    typer.Option("--model", metavar="DIR", help="A model of one's own.", show_default=False, rich_help_panel=_JUDGING),
]
FormatOption = Annotated[Form, typer.Option("--format", help="For people or for programs.")]
FailOnOption = Annotated[
    FailOn, typer.Option("--fail-on", help="The mildest verdict that fails: drop, then review, then abstain.")
]


def show(page: "RenderableType") -> None:
    """Print what Rich can render: styled and wrapped on a terminal, else plain and unwrapped."""
    from rich.console import Console  # noqa: PLC0415 - heavy

    console = Console(highlight=False)
    if console.is_terminal:
        console.print(page)
        return
    console = Console(highlight=False, width=_PIPED_WIDTH)
    with console.capture() as capture:
        console.print(page)
    for line in capture.get().splitlines():
        typer.echo(line.rstrip())


def readable(
    inputs: "Sequence[str]", options: "Options", limit: int | None, unreadable: "Callable[[Unreadable], None]"
) -> "Iterator[Document]":
    """The documents of all inputs, in order, at most `limit`; what cannot be read is handed over as it is met."""
    from detector.io import Read  # noqa: PLC0415 - not for --help
    from detector.io.sources import find, records  # noqa: PLC0415

    left = limit
    for source in find(inputs).sources:
        for answer in records(source, options):
            if left == 0:
                return
            if isinstance(answer, Read):
                yield answer.document
                left = None if left is None else left - 1
            else:
                unreadable(answer)


def read_words(words: Path) -> list[str]:
    """The lines of a word list; what follows a # is a comment."""
    from detector.errors import ConfigurationError  # noqa: PLC0415

    try:
        lines = words.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{words}: the word list cannot be read ({error})"
        raise ConfigurationError(msg) from error
    return [word for line in lines if (word := line.partition("#")[0].strip())]


def make_detector(
    *,
    deep: Deep = Deep.auto,
    languagetool: str = "never",
    ignore: "Sequence[str] | None" = None,
    words: Path | None = None,
    dialect: Dialect = Dialect.any,
    policy: Path | None = None,
    model: Path | None = None,
) -> "Detector":
    """The detector that the options ask for; UsageError for a signal that there is not."""
    from detector.pipeline import Detector  # noqa: PLC0415 - heavy, and nothing judges before it
    from detector.policy import Policy  # noqa: PLC0415

    asked: dict[str, Any] = {
        "deep": deep.value,
        "languagetool": languagetool,
        "ignore": tuple(ignore or ()),
        "words": read_words(words) if words else (),
        "dialect": dialect.value,
        "model": model,
    }
    if policy:
        asked["policy"] = Policy.from_file(policy, Detector(deep="never", model=model).policy)
    return Detector(**asked)
