"""`whence import FILE...`: take in events from files, over HTTP or straight into a data folder.

Must not: stop at a bad line. Each is reported with its number and the reason, the good ones are kept, the exit code
says so. Importing a file twice changes nothing: an event is one event.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from whence.cli import CliError, ExitCode, clean, flag_json, print_json, say
from whence_server.cli.connection import flag_server, server_of
from whence_server.cli.event_files import Bad, Found, Source, checked, read_events
from whence_server.cli.folders import FolderTaker, flag_data
from whence_server.cli.posting import Poster, Refusal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

DESCRIPTION = """Take in OpenLineage events from files: one event a line, a JSON array, or objects one after another;
plain or gzip; - is standard input. A line that is no event is reported with its number and left out (exit code 1), the
others are kept. Doing it twice changes nothing."""
EXAMPLE = """  whence import events.jsonl archive/*.jsonl.gz
  whence export --events | whence import - --url http://other:8300
  whence import events.jsonl --data whence-data     (no server needed)"""
BATCH_EVENTS = 500
BATCH_BYTES = 4 << 20
SHOWN = 20


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="a file of events, a folder of them, or - for standard input"
    )
    flag_data(parser, "write straight into this data folder, while no server uses it, instead of asking one")
    flag_server(parser)
    flag_json(parser)


class Taker(Protocol):
    """Whatever takes events in."""

    def post(self, events: Sequence[bytes]) -> list[Refusal]:
        """Take these events in durably and say which were refused."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Refused(NamedTuple):
    """A line that was left out."""

    file: str
    line: int
    reason: str


class Tally:
    """What became of the events so far, and the batch that waits to be sent."""

    def __init__(self, taker: Taker) -> None:
        self.read = self.imported = 0
        self.refused: list[Refused] = []
        self.done: tuple[str, int] | None = None
        self._taker = taker
        self._waiting: list[Found] = []
        self._waiting_bytes = 0

    def add(self, source: str, item: Found | Bad) -> None:
        """Count an item, and send when a batch is full."""
        self.read += 1
        if isinstance(item, Bad):
            self.refused.append(Refused(source, item.line, item.reason))
            return
        self._waiting.append(item)
        self._waiting_bytes += len(item.event)
        if len(self._waiting) >= BATCH_EVENTS or self._waiting_bytes >= BATCH_BYTES:
            self.flush(source)

    def flush(self, source: str) -> None:
        """Send what waits; all of it belongs to this source."""
        if not self._waiting:
            return
        refused = self._taker.post([item.event for item in self._waiting])
        self.refused += [Refused(source, self._waiting[place].line, reason) for place, reason in refused]
        self.imported += len(self._waiting) - len(refused)
        self.done = source, self._waiting[-1].line
        self._waiting, self._waiting_bytes = [], 0


def run(args: Namespace) -> int:
    """Take in the files and report."""
    sources = checked(args.files)
    names = [source.name for source in sources]
    began = time.monotonic()
    with closing(FolderTaker(args.data) if args.data else _poster(args)) as taker:
        tally = Tally(taker)
        try:
            with _progress() as progress:
                for source in sources:
                    take(source, tally, progress)
        except (CliError, KeyboardInterrupt) as stop:
            _say_how_far(tally)
            if isinstance(stop, CliError):
                raise
            return ExitCode.INTERRUPTED
    tally.refused.sort(key=lambda each: (names.index(each.file), each.line))
    report(tally, len(sources), time.monotonic() - began, as_json=args.json)
    return ExitCode.NO if tally.refused else ExitCode.DONE


def _poster(args: Namespace) -> Poster:
    url, api_key = server_of(args)
    return Poster(url, api_key=api_key)


def take(source: Source, tally: Tally, progress: Progress) -> None:
    """Take in one source, showing how far it is."""
    task = progress.add_task(clean(source.name), total=source.size)
    with source.opened() as stream:
        for item in read_events(stream):
            before = tally.done
            tally.add(source.name, item)
            if tally.done is not before:
                progress.update(task, completed=source.position)
        tally.flush(source.name)
    progress.update(task, completed=source.size or 0)


def _progress() -> Progress:
    """Make the progress bar: on standard error, and only where a person looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)


def report(tally: Tally, files: int, seconds: float, *, as_json: bool) -> None:
    """Say what was taken in and what was not."""
    if as_json:
        print_json(
            {
                "files": files,
                "read": tally.read,
                "imported": tally.imported,
                "refused": [each._asdict() for each in tally.refused],
                "seconds": round(seconds, 3),
            }
        )
        return
    for each in tally.refused[:SHOWN]:
        sys.stderr.write(f"{clean(each.file)}:{each.line}: {clean(each.reason)}\n")
    if len(tally.refused) > SHOWN:
        sys.stderr.write(f"... and {len(tally.refused) - SHOWN:,} more (all of them with --json)\n")
    rate = f" ({tally.imported / seconds:,.0f} a second)" if tally.imported > BATCH_EVENTS else ""
    say(f"{tally.imported:,} of {tally.read:,} events taken in, in {seconds:.1f} s{rate}")


def _say_how_far(tally: Tally) -> None:
    where = f", up to {clean(tally.done[0])}:{tally.done[1]}" if tally.done else ""
    sys.stderr.write(f"stopped after {tally.imported:,} events{where}; starting again from the beginning is safe\n")
