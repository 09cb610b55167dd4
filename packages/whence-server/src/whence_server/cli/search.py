"""`whence search TEXT`: datasets and jobs by a part of their name.

Must not: rank anything itself. No hit is an answer (exit code 1), not an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence.cli import ExitCode, flag_json, print_json, print_table, say
from whence_server.cli.connection import connection_from, flag_server

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = "Find datasets and jobs by a part of their name, in any case. Exit code 1 when there is none."
EXAMPLE = "  whence search customers --kind dataset"


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("text", metavar="TEXT", help="a part of a name")
    parser.add_argument("--kind", choices=["dataset", "job"], help="only datasets, or only jobs")
    parser.add_argument("--namespace", help="only this namespace")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="default: 20")
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="leave out the first N; default: 0")
    flag_server(parser)
    flag_json(parser)


def run(args: Namespace) -> int:
    """Ask for the hits and show them."""
    query = {
        "q": args.text,
        "filter": args.kind,
        "namespace": args.namespace,
        "limit": args.limit,
        "offset": args.offset,
    }
    with connection_from(args) as connection:
        answer = connection.get("/api/v1/search", query)
    if args.json:
        print_json(answer)
    else:
        show(answer, args.text)
    return ExitCode.DONE if answer["results"] else ExitCode.NO


def show(answer: dict[str, Any], text: str) -> None:
    """Show hits to a person; the node id in the last column is what the other commands take."""
    hits = answer["results"]
    if not hits:
        say(f"nothing has {text!r} in its name" + (", or all of it was left out" if answer["totalCount"] else ""))
        return
    print_table(["kind", "node id", "updated"], [[h["type"].lower(), h["nodeId"], h["updatedAt"]] for h in hits])
    if answer["totalCount"] > len(hits):
        say(f"\n{len(hits)} of {answer['totalCount']}; more with --limit and --offset")
