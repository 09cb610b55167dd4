"""`whence export`: events, the derived graph in canonical form, or a drawing of an entity's surroundings.

Must not: hold more than a page in memory; what is exported may be larger.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from whence.cli import CliError, ExitCode, flag_json, print_json
from whence_server.cli.asking import ENTITY_HELP, ask, entity_of
from whence_server.cli.connection import connection_from, flag_server
from whence_server.cli.drawings import dot, mermaid
from whence_server.cli.folders import existing_store, flag_data

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Generator, Iterable, Iterator

    from whence.cli import Connection

DESCRIPTION = """Give out what the server knows.
--events: every event, one a line, as it came in, fit for `whence import`.
--canonical: the derived graph as sorted JSON lines without receipt times or generated ids: equal graphs, equal bytes.
--mermaid and --dot: a drawing of what surrounds an entity."""
EXAMPLE = """  whence export --events --data whence-data --output events.jsonl
  whence export --canonical --data whence-data | sha256sum
  whence export --mermaid model:fraud/1.0.0 --direction up"""
PAGE = 500


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--events", action="store_true", help="all events, from --data or from the server")
    what.add_argument("--canonical", action="store_true", help="the derived graph (needs --data)")
    what.add_argument("--mermaid", metavar="ENTITY", help=f"a Mermaid flowchart around {ENTITY_HELP}")
    what.add_argument("--dot", metavar="ENTITY", help="a Graphviz DOT digraph around an entity")
    parser.add_argument(
        "--direction", choices=["up", "down", "both"], default="both", help="of a drawing; default: both"
    )
    parser.add_argument("--depth", type=int, default=5, metavar="HOPS", help="of a drawing; default: 5")
    parser.add_argument("--output", metavar="FILE", help="write there (default: standard output)")
    flag_data(parser, "read this data folder, also while a server uses it, instead of asking one")
    flag_server(parser)
    flag_json(parser)


def run(args: Namespace) -> int:
    """Write out what was asked for."""
    entity = args.mermaid or args.dot
    if entity:
        _draw(args, entity, mermaid if args.mermaid else dot)
    elif args.canonical and not args.data:
        raise CliError(
            "--canonical reads the data folder itself",
            code=ExitCode.WRONG_USE,
            advice="add --data DIR, as for `whence serve`",
        )
    elif args.data:
        with closing(existing_store(args.data)) as store:
            _write(args, store.export_canonical() if args.canonical else store.export_events())
    else:
        with connection_from(args) as connection:
            _write(args, events_of(connection))
    return ExitCode.DONE


def _draw(args: Namespace, entity: str, draw: Callable[[dict[str, Any]], str]) -> None:
    query = {"entity": entity_of(entity), "direction": args.direction, "depth": args.depth}
    with connection_from(args) as connection:
        graph = ask(connection, "/lineage/graph", query)
    if args.json:
        print_json(graph)
        return
    if graph["truncated"]:
        sys.stderr.write(f"whence: the drawing was cut: {graph['truncatedReason']}\n")
    with _target(args.output) as out:
        out.write(draw(graph).encode() + b"\n")


def events_of(connection: Connection) -> Iterator[bytes]:
    """Yield all events of a server, oldest event time first, page by page."""
    offset = 0
    while True:
        query = {"limit": PAGE, "offset": offset, "sortDirection": "asc"}
        events = connection.get("/api/v1/events/lineage", query)["events"]
        yield from (json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() for event in events)
        offset += len(events)
        if len(events) < PAGE:
            return


def _write(args: Namespace, lines: Iterable[bytes]) -> None:
    """Write JSON documents, one a line; with --json as one array."""
    with _target(args.output) as out:
        if not args.json:
            out.writelines(line + b"\n" for line in lines)
            return
        mark = b"["
        for line in lines:
            out.write(mark + line)
            mark = b",\n"
        out.write(b"[]\n" if mark == b"[" else b"]\n")


@contextmanager
def _target(path: str | None) -> Generator[IO[bytes]]:
    """Open the output; a file is there under its name only when it is whole."""
    if path is None:
        yield sys.stdout.buffer
        return
    part = Path(f"{path}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
