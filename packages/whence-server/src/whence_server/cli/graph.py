"""`whence graph ENTITY`: what an entity comes from and goes to, as a tree.

Must not: traverse anything itself; the server answers with a bound and says when it was reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence.cli import ExitCode, bold, flag_json, print_json, say
from whence_server.cli.asking import ENTITY_HELP, ask, entity_of
from whence_server.cli.connection import connection_from, flag_server
from whence_server.cli.trees import label, short, start_of, tree_lines

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = "Show what an entity comes from and goes to. One hop is dataset to dataset: through a job counts one."
EXAMPLE = """  whence graph model:fraud/1.0.0 --direction up
  whence graph dataset:postgres://db:5432:shop.public.orders --depth 2 --fields --json"""
DIRECTIONS = {"up": "comes from", "down": "goes to"}


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("entity", metavar="ENTITY", help=ENTITY_HELP)
    parser.add_argument("--direction", choices=["up", "down", "both"], default="both", help="default: both")
    parser.add_argument("--depth", type=int, default=5, metavar="HOPS", help="default: 5")
    parser.add_argument(
        "--max-nodes", type=int, metavar="N", help="cut the answer at so many nodes (the server's cap stands)"
    )
    parser.add_argument("--fields", action="store_true", help="also show which fields come from which")
    flag_server(parser)
    flag_json(parser)


def run(args: Namespace) -> int:
    """Ask for the graph and show it."""
    query = {
        "entity": entity_of(args.entity),
        "direction": args.direction,
        "depth": args.depth,
        "maxNodes": args.max_nodes,
        "fields": args.fields or not args.json,  # the tree needs them to tell which input of a job led to which output
    }
    with connection_from(args) as connection:
        graph = ask(connection, "/lineage/graph", query)
    if args.json:
        print_json(graph)
    else:
        show(graph, with_fields=args.fields)
    return ExitCode.DONE


def show(graph: dict[str, Any], *, with_fields: bool = False) -> None:
    """Show a graph answer to a person: one tree for each direction, then the field edges, then what was cut."""
    start = start_of(graph)
    nodes = {node["id"]: node for node in graph["nodes"]}
    name = label(nodes.get(start), start)
    for direction, words in DIRECTIONS.items():
        if graph["direction"] in {direction, "both"}:
            lines = tree_lines(graph, "up" if direction == "up" else "down")
            say(f"{bold(name)} {words}" + ("" if lines else f" nothing known within {graph['depth']} hops"))
            for line in lines:
                say(line)
            say()
    for edge in graph["fieldEdges"] if with_fields else ():
        say(f"{short(edge['origin'])}\n  -> {short(edge['destination'])}{_how(edge)}")
    if graph["truncated"]:
        say(f"cut: {graph['truncatedReason']}")


def _how(edge: dict[str, Any]) -> str:
    kinds = ["/".join(str(t[key]) for key in ("type", "subtype") if t.get(key)) for t in edge["transformations"]]
    return f"  ({', '.join(dict.fromkeys(kind for kind in kinds if kind))})" if any(kinds) else ""
