"""The command line: translates a shell's world to ours and back.

A command is a module of this package with a function of its name, listed in `COMMANDS`. The modules are imported when
their command is called (all of them for `--help`), so they import what is heavy inside their functions:
`detector --help` loads no NumPy.
"""

import gc
import importlib
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from detector import __version__
from detector.cli.output import ReaderLeftError, guard_standard_output
from detector.environment import DEFAULTS
from detector.errors import DetectorError, OutputError

__all__ = ["app", "main"]

COMMANDS = ("score", "report", "clean", "gate", "signals", "explain", "evaluate")


class _Commands(TyperGroup):
    """Loads a command's module when it is asked for, and turns our errors into messages and exit codes."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - click's Context, which Typer vendors
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        if cmd_name not in COMMANDS:
            for known in COMMANDS:  # Typer suggests from those that it has seen
                self.get_command(ctx, known)
            return None
        if cmd_name not in self.commands:
            single = typer.Typer(add_completion=False)
            single.command(cmd_name)(getattr(importlib.import_module(f"detector.cli.{cmd_name}"), cmd_name))
            self.commands[cmd_name] = typer.main.get_command(single)  # type: ignore[assignment, unused-ignore]
        return self.commands[cmd_name]

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()
        except ReaderLeftError:
            raise typer.Exit(0) from None
        except DetectorError as error:
            typer.echo(f"detector: {error}", err=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            typer.echo("detector: interrupted", err=True)
            raise typer.Exit(130) from None
        return answer


app = typer.Typer(
    name="detector",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"detector {__version__}")
        raise typer.Exit


@app.callback()
def _detector(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Which English articles are low quality, why, and where: translation garble, typos, boilerplate."""


def main() -> None:
    """Run the command line.

    Exit codes: 0 done, 1 gate failed, 2 usage, 3 unreadable input, 4 account, 130 interrupted.
    """
    # What is loaded at the start stays: to look through it for garbage after every 700th object took a thirtieth of it.
    gc.set_threshold(50_000)
    for name, value in DEFAULTS.items():  # NumPy is not loaded yet; --jobs is what uses more cores
        os.environ.setdefault(name, value)
    guard_standard_output()
    try:
        try:
            app(prog_name="detector")
        finally:
            sys.stdout.flush()  # what no command has printed: the help, the version
    except ReaderLeftError:
        sys.exit(0)
    except OutputError as error:
        typer.echo(f"detector: {error}", err=True)
        sys.exit(error.exit_code)
