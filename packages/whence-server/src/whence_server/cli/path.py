"""`whence path FROM TO`: the shortest way that data takes from one entity to another.

Must not: search anything itself. No way is an answer (exit code 1), not an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence.cli import ExitCode, bold, flag_json, print_json, say
from whence_server.cli.asking import ENTITY_HELP, ask, entity_of
from whence_server.cli.connection import connection_from, flag_server
from whence_server.cli.trees import label, short

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = "Show the shortest way downstream from one entity to another. Exit code 1 when there is none."
EXAMPLE = "  whence path shop.public.customers model:fraud/1.0.0"


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("frm", metavar="FROM", help=ENTITY_HELP)
    parser.add_argument("to", metavar="TO", help="another entity")
    parser.add_argument("--depth", type=int, default=10, metavar="HOPS", help="give up after so many hops; default: 10")
    flag_server(parser)
    flag_json(parser)


def run(args: Namespace) -> int:
    """Ask for the path and show it."""
    query = {"frm": entity_of(args.frm), "to": entity_of(args.to), "depth": args.depth}
    with connection_from(args) as connection:
        answer = ask(connection, "/lineage/path", query)
    if args.json:
        print_json(answer)
    else:
        show(answer)
    return ExitCode.DONE if answer["found"] else ExitCode.NO


def show(answer: dict[str, Any]) -> None:
    """Show a path answer to a person, one node a line."""
    frm, to = short(answer["from"]["name"]), short(answer["to"]["name"])
    if not answer["found"]:
        say(f"no way leads from {frm} to {to}")
        if answer.get("reverseExists"):
            say(f"but one leads back: `whence path` from {to} to {frm} finds it")
        if answer["truncated"]:
            say(f"the search was cut: {answer['truncatedReason']}")
        return
    hops = answer["length"]
    say(bold(f"{hops} hop{'' if hops == 1 else 's'} from {frm} to {to}"))
    for step, node in enumerate(answer["nodes"]):
        say(("-> " if step else "   ") + label(node, node["id"]))
