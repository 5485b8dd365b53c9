"""Fill the generated blocks of README.md, or say that they are stale: `python .ci/readme.py [--check]`.

A block stands between `<!-- generated: WHAT -->` and `<!-- end -->`. WHAT is one of

- `commands`: every command with its options, from the command line itself;
- `signals`: every signal, from the registry;
- `numbers FILE`: the tables that a JSON file holds;
- `run ARGUMENTS`: what `detector ARGUMENTS` prints, standard error below standard output.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- generated: (?P<what>.+?) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)
WIDTH = 100
HAIR = 0.02
CLOCK = re.compile(r"^ *[\d.]+ seconds, .*documents/s")  # another number at every run: left out


def _option(parameter: Any) -> tuple[str, str]:  # noqa: ANN401 - click's, which Typer vendors
    """How an option or argument is written, and what it does, with its default."""
    aliases = [o for o in (*parameter.opts, *parameter.secondary_opts) if o.startswith("-")]
    shown = ", ".join(f"`{o}`" for o in aliases) or f"`{parameter.metavar or parameter.name}`"
    plain = getattr(parameter.default, "value", parameter.default)
    note = f" ({plain})" if isinstance(plain, str | int) and not isinstance(plain, bool) and plain != "" else ""
    return shown, (getattr(parameter, "help", "") or "").replace("|", "\\|") + note


def commands() -> str:
    """What each command does, with its own options; then the options that several share."""
    import typer  # noqa: PLC0415

    from detector.cli import COMMANDS, app  # noqa: PLC0415

    group: Any = typer.main.get_command(app)
    made = {name: group.get_command(None, name) for name in COMMANDS}
    options = {name: [_option(p) for p in c.params if p.name != "help"] for name, c in made.items()}
    users: dict[tuple[str, str], list[str]] = {}
    for name, own in options.items():
        for option in own:
            users.setdefault(option, []).append(name)
    out = []
    for name, command in made.items():
        out += [f"**`detector {name}`** {' '.join((command.help or '').split())}", ""]
        own = [option for option in options[name] if len(users[option]) == 1]
        out += [f"- {shown}: {said}" for shown, said in own] + ([""] if own else [])
    out += ["| shared | | by |", "|---|---|---|"]
    out += [f"| {shown} | {said} | {', '.join(by)} |" for (shown, said), by in users.items() if len(by) > 1]
    return "\n".join(out) + "\n"


def signals() -> str:
    """The table of signals."""
    from detector.registry import all_signals  # noqa: PLC0415
    from detector.report.catalogue import markdown  # noqa: PLC0415

    return markdown(all_signals())


def numbers(file: str) -> str:
    """The tables of a file: `{"tables": [{"title", "header": [...], "rows": [[...]], "note"}]}`."""
    path = ROOT / file
    if not path.exists():
        return f"Not measured yet: there is no {file}.\n"
    out = []
    for table in json.loads(path.read_text("utf-8"))["tables"]:
        out += [f"**{table['title']}**", ""] if table.get("title") else []
        header = table["header"]
        out += [f"| {' | '.join(map(str, header))} |", "|" + "---|" * len(header)]
        out += [f"| {' | '.join(map(str, row))} |" for row in table["rows"]]
        out += ["", table["note"]] if table.get("note") else []
        out.append("")
    return "\n".join(out)


def run(arguments: str) -> str:
    """What a command prints, as a reader would see it."""
    env = {**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": "1", "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    done = subprocess.run(  # noqa: S603 - from our own README
        [sys.executable, "-m", "detector", *shlex.split(arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )
    said = "\n".join(line.rstrip() for line in (done.stdout + done.stderr).splitlines() if not CLOCK.match(line))
    status = f"\n(exit code {done.returncode})" if done.returncode else ""
    return f"```text\n$ detector {arguments}\n{said}{status}\n```\n"


def fill(text: str) -> str:
    """The text with every generated block made anew."""
    makers: dict[str, Callable[..., str]] = {"commands": commands, "signals": signals, "numbers": numbers, "run": run}

    def block(match: re.Match[str]) -> str:
        what, _, rest = match["what"].partition(" ")
        made = makers[what](rest) if rest else makers[what]()
        return f"{match[1]}{made.rstrip()}\n{match[4]}"

    return BLOCK.sub(block, text)


def alike(one: str, other: str) -> bool:
    """Whether two pages say the same. A score may differ by a hair: 8-bit arithmetic depends on the processor."""
    a, b = (re.split(r"([+-]?\d+\.\d+)", re.sub("[█▏]+", "█", page)) for page in (one, other))
    if len(a) != len(b) or a[::2] != b[::2]:
        return False
    return all(abs(float(x) - float(y)) <= HAIR for x, y in zip(a[1::2], b[1::2], strict=True))


def main() -> int:
    """Fill the README, or with `--check` compare."""
    before = README.read_text("utf-8")
    after = fill(before)
    if "--check" in sys.argv:
        stale = not alike(before, after)
        if stale:
            sys.stderr.write("README.md: generated blocks are stale; run python .ci/readme.py\n")
        return int(stale)
    README.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
