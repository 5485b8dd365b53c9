"""`detector explain CODE`."""

from typing import Annotated

import typer

from detector.cli.options import Form, FormatOption, show

__all__ = ["explain"]


def explain(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="Code or name of a signal: MT102 or oscillation.", show_default=False)
    ],
    form: FormatOption = Form.text,
) -> None:
    """Explain a signal: what it marks and why, what it leaves alone and misses, what it weighs, samples."""
    from detector.registry import find_signal  # noqa: PLC0415 - heavy imports are for the command that runs
    from detector.report.catalogue import as_json, explanation  # noqa: PLC0415
    from detector.scorer import load_model  # noqa: PLC0415

    declared = find_signal(code)
    if form is Form.json:
        typer.echo(as_json([declared])[1:-1])
    else:
        show(explanation(declared, load_model()))
