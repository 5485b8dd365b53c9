"""`detector signals`."""

from typing import Annotated

import typer

from detector.cli.options import Form, FormatOption, show

__all__ = ["signals"]


def signals(
    form: FormatOption = Form.text,
    axis: Annotated[
        str | None, typer.Option("--axis", help="Only the signals of this axis.", show_default=False)
    ] = None,
) -> None:
    """List all signals: code, name, axis, what each marks."""
    from detector.errors import UsageError  # noqa: PLC0415 - heavy imports are for the command that runs
    from detector.registry import all_signals  # noqa: PLC0415
    from detector.report.catalogue import as_json, table  # noqa: PLC0415

    if axis not in (None, "garble", "typos", "boilerplate", "none"):
        msg = f"there is no axis {axis!r}: garble, typos, boilerplate, or none for signals that only inform the model"
        raise UsageError(msg)
    wanted = [s for s in all_signals() if axis is None or (s.axis or "none") == axis]
    if form is Form.json:
        typer.echo(as_json(wanted))
    else:
        show(table(wanted))
