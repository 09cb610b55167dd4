"""`whence rebuild`: drop everything derived and fold the event log again.

Must not: touch the log. The graph is nothing but a fold over it, so the digest before and after is the same unless
the rules of the fold have changed.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import closing
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from whence.cli import ExitCode, flag_json, print_json, say
from whence_server.cli.folders import existing_store, flag_data

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from whence_server.cli.folders import SqliteStore

DESCRIPTION = """Derive the graph again from the event log, in one transaction. Needs the data folder for itself: stop
the server first. Says whether the graph changed, as it does when a newer Whence reads the same events otherwise."""
EXAMPLE = "  whence rebuild --data whence-data"


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    flag_data(parser, "the data folder, as for `whence serve`", required=True)
    flag_json(parser)


def run(args: Namespace) -> int:
    """Rebuild and report."""
    began = time.monotonic()
    with closing(existing_store(args.data)) as store:
        store.claim()
        before = digest_of(store)
        _rebuild(store)
        after = digest_of(store)
        with store.reading() as reader:
            counters = reader.counters()
    seconds = time.monotonic() - began
    if args.json:
        changed = before != after
        print_json({"changed": changed, "digest": after, "counters": counters, "seconds": round(seconds, 3)})
        return ExitCode.DONE
    say(
        f"folded {counters['events']:,} events in {seconds:.1f} s: the graph is "
        + ("as before" if before == after else "new")
    )
    say(f"digest {after}")
    if counters["events_not_folded"]:
        say(f"{counters['events_not_folded']:,} events are kept but not in the graph: see /events/warnings")
    return ExitCode.DONE


def digest_of(store: SqliteStore) -> str:
    """Give the SHA-256 of the canonical export: equal graphs, equal digests."""
    digest = hashlib.sha256()
    for line in store.export_canonical():
        digest.update(line + b"\n")
    return digest.hexdigest()


def _rebuild(store: SqliteStore) -> None:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("folding", total=None)
        store.rebuild(progress=lambda done, total: progress.update(task, completed=done, total=total))
