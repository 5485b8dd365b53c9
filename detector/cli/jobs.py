"""What the commands that go through whole corpora share: their options, and how they show what goes on."""

import importlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from detector.cli.options import read_words
from detector.errors import DetectorError, MissingExtraError, UsageError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from detector.corpus import Judging, Result, Tally
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


# The running commentary of --log-format json: a line at most so often (seconds); a terminal's bar: a picture.
_PACE = 2.0
_FRAME = 0.1
# Compressed inputs are about a third of what is in them (../reference: text at zlib -6 and zstd -3 is 34-38 %).
_COMPRESSED = 3.0
# So many of the reasons for a pile stand in the table at the end; the manifest has all.
REASONS = 8
_ENTRY = ("source", "position", "offset", "cause", "message")
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
                auto_refresh=False,  # that would be a thread, and a process with threads cannot be forked
            )
            self._bar.start()
            self._row = self._bar.add_task("looking at the input", total=None)
            self._bar.refresh()
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._bar:
            self._bar.stop()
        if self._json and isinstance(error, DetectorError):  # else told in words by whoever catches it
            self.say("error", str(error), exit_code=error.exit_code)
            raise typer.Exit(error.exit_code) from error

    def __call__(self, what: str, **facts: Any) -> None:  # noqa: ANN401 - whatever the engine tells
        """Take notice of an event."""
        getattr(self, f"_on_{what.replace('-', '_')}")(**facts)

    def say(self, event: str, words: str, **facts: Any) -> None:  # noqa: ANN401
        """Tell of an event: in words, or as JSON."""
        if self._json:
            told = {"event": event, **({"message": words} if words else {}), **facts}
            sys.stderr.write(json.dumps(told, default=str) + "\n")
        elif words and self._bar:
            self._bar.console.print(words, highlight=False, markup=False, soft_wrap=True)
        elif words:
            typer.echo(words, err=True)

    def unreadable(self, entry: "Unreadable | Mapping[str, Any]") -> None:
        """Name a record that could not be read, and say why."""
        facts = {k: entry[k] if isinstance(entry, Mapping) else getattr(entry, k) for k in _ENTRY}
        if self._json:
            self.say("unreadable", facts.pop("message"), **facts)
        else:
            self.say("unreadable", f"UNREADABLE  {facts['source']}: {facts['message']}")

    def unreadables(self, result: "Result") -> None:
        """Name the first records that could not be read, and say where the others are named."""
        for entry in result.unreadable:
            self.unreadable(entry)
        more = result.total.piles["unreadable"] - len(result.unreadable)
        if more > 0:
            self.say("more-unreadable", f"  and {more:,} more, in unreadable.jsonl", count=more)

    def interrupted(self, *, resumes: bool) -> None:
        """Say that someone pressed Ctrl-C, and how to go on."""
        self.say("interrupted", "detector: interrupted" + "; the same command goes on where it stopped" * resumes)

    def _on_passed_over(self, names: Sequence[str]) -> None:
        words = f"passed over {len(names):,} files whose suffix means nothing to us, such as {names[0]}"
        self.say("passed-over", words, names=list(names[:NAMED]), count=len(names))

    def _on_already_done(self) -> None:
        self.say("already-done", "this was done already, nothing has changed since")

    def _on_plan(self, bytes: int, inputs: int, compressed: int = 0) -> None:  # noqa: A002 - as the engine says it
        self._total = bytes + int(compressed * (_COMPRESSED - 1))
        self.say("plan", "", bytes=bytes, inputs=inputs)
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
        self.say("counted", f"{lines:,} different lines recur on their sites", lines=lines)

    def _on_engine_failed(self, words: str) -> None:
        self.say("engine-failed", f"the cluster gave up ({words}); the rest is done on this machine", why=words)

    def _on_death(self, id: str, code: int, quarantined: tuple[int, int] | None) -> None:  # noqa: A002
        self._open.pop(id, None)
        after = f"; record {quarantined[1] + 1:,} of its input is put in quarantine" if quarantined else ""
        words = f"a worker died (exit status {code}) over chunk {id}, which is done again{after}"
        self.say("death", words, chunk=id, status=code, quarantined=quarantined)

    def _show(self) -> None:
        counts = Counter(self._piles)
        for piles in self._open.values():
            counts.update(piles)
        passed = max(time.monotonic() - self._start, 1e-3)
        if self._bar and self._row is not None:
            said = " ".join(f"{pile} {n:,}" for pile, n in counts.items() if n)
            words = f"{self._documents:,} documents, {self._documents / passed:,.0f}/s  {said}"
            due = time.monotonic() - self._last > _FRAME
            self._last = time.monotonic() if due else self._last
            self._bar.update(self._row, completed=min(self._bytes, self._total), description=words, refresh=due)
        elif self._json and time.monotonic() - self._last > _PACE:
            self._last = time.monotonic()
            left = passed * (self._total - self._bytes) / self._bytes if self._bytes else None
            self.say(
                "progress", "", documents=self._documents, per_second=round(self._documents / passed, 1),
                seconds_left=round(left) if left is not None and left > 0 else None, **counts,
            )  # fmt: skip

    def summary(self, total: "Tally", where: str) -> None:
        """The account, at the end."""
        facts = {k: v for k, v in total.as_json().items() if k != "unreadable_at"}
        seconds = time.monotonic() - self._start
        if self._json:
            self.say("end", "", **facts, seconds=round(seconds, 2), out=where)
            return
        for line in _table(total, seconds, where):
            typer.echo(line, err=True)


def _table(total: "Tally", seconds: float, where: str) -> Iterator[str]:
    """The account as lines of text: a sum, then what each pile holds and why."""
    yield f"{total.read:,} read = " + " + ".join(f"{n:,} {pile}" for pile, n in total.piles.items())
    reasons = {"dropped": total.dropped_by, "abstained": total.abstained_by, "unreadable": total.unreadable_by}
    width = max(len(f"{total.read:,}"), len("documents"))
    yield f"  {'':10}  {'documents':>{width}}    share"
    for pile, n in total.piles.items():
        most = sorted(reasons.get(pile, {}).items(), key=lambda kv: (-kv[1], kv[0]))
        by = ", ".join(f"{code} {m:,}" for code, m in most[:REASONS])
        more = f", {len(most) - REASONS} more" if len(most) > REASONS else ""
        share = n / total.read if total.read else 0.0
        yield f"  {pile:10}  {n:>{width},}  {share:7.2%}" + (f"  by {by}{more}" if by else "")
    if total.went_deep:
        yield f"  {total.went_deep:,} were read by the deep model too"
    if total.removed_characters:
        yield f"  {total.removed_characters:,} characters of boilerplate removed"
    yield f"  {seconds:,.1f} seconds, {total.read / max(seconds, 1e-3):,.0f} documents/s" + (
        f"; written to {where}" if where else ""
    )
