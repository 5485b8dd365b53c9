"""What the commands that go through whole corpora share: their options, and how they show what goes on."""

import importlib
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import orjson
import typer

from detector.cli.options import read_words
from detector.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from detector.corpus import Judging, Tally
    from detector.corpus.engine import Executor
    from detector.io import Unreadable

__all__ = [
    "BySiteOption",
    "ChunkBytesOption",
    "JobsOption",
    "LogFormat",
    "LogFormatOption",
    "SiteFieldOption",
    "Watch",
    "make_judging",
    "name_unreadable",
    "site_columns",
]


class LogFormat(StrEnum):
    """How the standard error tells what goes on."""

    text = "text"
    json = "json"


_RUNNING = "Running"

JobsOption = Annotated[
    int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Worker processes.", rich_help_panel=_RUNNING)
]
BySiteOption = Annotated[
    bool,
    typer.Option(
        "--by-site",
        help="Read all twice: first count the lines that documents of one site share; they are boilerplate.",
        rich_help_panel="Judging",
    ),
]
SiteFieldOption = Annotated[
    str,
    typer.Option(
        "--site-field",
        metavar="FIELD",
        help="With --by-site: where a record's site, or its address, is.",
        show_default="site, or the host of url or id",
        rich_help_panel="Reading",
    ),
]
ChunkBytesOption = Annotated[
    int,
    typer.Option(
        "--chunk-bytes",
        min=1,
        metavar="N",
        help="How much is done at a time, and done again after a kill.",
        rich_help_panel=_RUNNING,
    ),
]
LogFormatOption = Annotated[
    LogFormat,
    typer.Option("--log-format", help="How to tell on standard error what goes on.", rich_help_panel=_RUNNING),
]


class Engine(StrEnum):
    """What does the work."""

    local = "local"
    ray = "ray"


EngineOption = Annotated[
    Engine,
    typer.Option(
        "--engine", help="Work with processes of this machine, or on a Ray cluster.", rich_help_panel=_RUNNING
    ),
]
AddressOption = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="ADDRESS",
        help="The Ray cluster; without it one is started here.",
        show_default=False,
        rich_help_panel=_RUNNING,
    ),
]


def make_executor(engine: Engine, address: str | None, jobs: int) -> "Executor | None":
    """What does the work elsewhere; None for this machine. MissingExtraError if it is not installed."""
    if engine is Engine.local:
        if address:
            msg = "--address is of a Ray cluster: say --engine ray"
            raise UsageError(msg)
        return None
    try:
        made: Executor = importlib.import_module("detector.adapters.ray").executor(address, jobs)
    except ImportError as error:
        msg = "--engine ray needs Ray: pip install 'detector[ray]'"
        raise MissingExtraError(msg) from error
    return made


# The running commentary of --log-format json: a line at most so often (seconds).
_PACE = 2.0
# Compressed inputs are about a third of what is in them (../reference: text at zlib -6 and zstd -3 is 34-38 %).
_COMPRESSED = 3.0
# So many unreadable records are named on the standard error; the side file names all.
NAMED = 20


def make_judging(
    *,
    deep: str,
    languagetool: str,
    ignore: Sequence[str] | None,
    words: Path | None,
    dialect: str,
    policy: Path | None,
    model: Path | None,
    scores: Path | None = None,
) -> "Judging":
    """How to judge, as the options ask for it, in a form that worker processes can be told."""
    from dataclasses import asdict  # noqa: PLC0415 - not for --help

    from detector.corpus import Judging  # noqa: PLC0415
    from detector.corpus.attributes import policy_of  # noqa: PLC0415
    from detector.pipeline import Detector  # noqa: PLC0415
    from detector.policy import Policy  # noqa: PLC0415

    lines = None
    if policy:
        default = policy_of(scores) if scores else Detector(deep="never", model=model).policy
        read = Policy.from_file(policy, default)
        lines = {profile: asdict(line) for profile, line in read.lines.items()}
    accepted = tuple(read_words(words)) if words else ()
    where = str(model.resolve()) if model else None
    return Judging(deep, languagetool, tuple(ignore or ()), accepted, dialect, lines, where)


def site_columns(site_field: str, *, by_site: bool) -> tuple[str, ...]:
    """Which columns of tables are read for the sites' sake. UsageError for a field without a use."""
    if site_field and not by_site:
        msg = "--site-field goes with --by-site"
        raise UsageError(msg)
    return () if not by_site else (site_field,) if site_field else ("site", "url")


def name_unreadable(entry: "Unreadable | Mapping[str, Any]") -> None:
    """Say on standard error that a record could not be read, and why."""
    get = entry.get if isinstance(entry, Mapping) else lambda k: getattr(entry, k)
    typer.echo(f"UNREADABLE  {get('source')}: {get('message')}", err=True)


class Watch:
    """Listens to a run and shows it: a bar on a terminal, lines of JSON if asked for, else nothing until the end."""

    def __init__(self, log_format: LogFormat) -> None:
        self._json = log_format is LogFormat.json
        self._bar: Progress | None = None
        self._row: TaskID | None = None
        self._open: dict[str, Mapping[str, int]] = {}
        self._piles: Counter[str] = Counter()
        self._documents = self._bytes = self._total = 0
        self._start = time.monotonic()
        self._last = 0.0

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._json:
            from rich.console import Console  # noqa: PLC0415 - heavy
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

            self._bar = Progress(
                BarColumn(bar_width=24),
                TextColumn("{task.percentage:>3.0f} %"),
                TextColumn("{task.description}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._row = self._bar.add_task("looking at the input", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, what: str, **facts: Any) -> None:  # noqa: ANN401 - whatever the engine tells
        """Take notice of an event."""
        getattr(self, f"_on_{what.replace('-', '_')}")(**facts)

    def _say(self, event: str, words: str, **facts: Any) -> None:  # noqa: ANN401
        if self._json:
            sys.stderr.write(orjson.dumps({"event": event, **facts}).decode() + "\n")
        elif words and self._bar:
            self._bar.console.print(words, highlight=False, markup=False)
        elif words:
            typer.echo(words, err=True)

    def _on_passed_over(self, names: Sequence[str]) -> None:
        words = f"passed over {len(names):,} files whose suffix means nothing to us, such as {names[0]}"
        self._say("passed-over", words, names=list(names[:NAMED]), count=len(names))

    def _on_already_done(self) -> None:
        self._say("already-done", "this was done already, nothing has changed since")

    def _on_plan(self, bytes: int, inputs: int, compressed: int = 0) -> None:  # noqa: A002 - as the engine says it
        self._total = bytes + int(compressed * (_COMPRESSED - 1))
        self._say("plan", "", bytes=bytes, inputs=inputs)
        if self._bar and self._row is not None:
            self._bar.update(self._row, total=self._total or None)

    def _on_batch(self, id: str, done: int, bytes: int, piles: Mapping[str, int]) -> None:  # noqa: A002
        self._documents += done
        self._bytes += bytes
        self._open[id] = piles
        self._show()

    def _on_chunk(self, id: str, account: Mapping[str, Any]) -> None:  # noqa: A002
        self._open.pop(id, None)
        for tally in account["sources"].values():
            for pile in ("kept", "review", "dropped", "abstained", "unreadable"):
                self._piles[pile] += tally[pile]

    def _on_counted(self, lines: int) -> None:
        self._say("counted", f"{lines:,} different lines recur on their sites", lines=lines)

    def _on_engine_failed(self, words: str) -> None:
        self._say("engine-failed", f"the cluster gave up ({words}); the rest is done on this machine", why=words)

    def _on_death(self, id: str, code: int, quarantined: tuple[int, int] | None) -> None:  # noqa: A002
        self._open.pop(id, None)
        after = f"; record {quarantined[1] + 1:,} of its input is put in quarantine" if quarantined else ""
        words = f"a worker died (exit status {code}) over chunk {id}, which is done again{after}"
        self._say("death", words, chunk=id, status=code, quarantined=quarantined)

    def _show(self) -> None:
        counts = Counter(self._piles)
        for piles in self._open.values():
            counts.update(piles)
        passed = max(time.monotonic() - self._start, 1e-3)
        if self._bar and self._row is not None:
            said = " ".join(f"{pile} {n:,}" for pile, n in counts.items() if n)
            words = f"{self._documents:,} documents, {self._documents / passed:,.0f}/s  {said}"
            self._bar.update(self._row, completed=min(self._bytes, self._total), description=words)
        elif self._json and time.monotonic() - self._last > _PACE:
            self._last = time.monotonic()
            left = passed * (self._total - self._bytes) / self._bytes if self._bytes else None
            self._say(
                "progress", "", documents=self._documents, per_second=round(self._documents / passed, 1),
                seconds_left=round(left) if left is not None and left > 0 else None, **counts,
            )  # fmt: skip

    def summary(self, total: "Tally", where: str) -> None:
        """The account, at the end."""
        facts = {k: v for k, v in total.as_json().items() if k != "unreadable_at"}
        if self._json:
            self._say("end", "", **facts, seconds=round(time.monotonic() - self._start, 2), out=where)
            return
        parts = " + ".join(f"{n:,} {pile}" for pile, n in total.piles.items())
        typer.echo(f"{total.read:,} read = {parts}", err=True)
        for name, by in (
            ("dropped", total.dropped_by),
            ("abstained", total.abstained_by),
            ("unreadable", total.unreadable_by),
        ):
            if by:
                most = sorted(by.items(), key=lambda kv: (-kv[1], kv[0]))
                typer.echo(f"  {name} by: " + ", ".join(f"{k} {n:,}" for k, n in most), err=True)
        if total.removed_characters:
            typer.echo(f"  {total.removed_characters:,} characters of boilerplate removed", err=True)
        if where:
            typer.echo(f"  written to {where}", err=True)
