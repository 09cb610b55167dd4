"""`whence impact ENTITY`: everything downstream of a dataset, a job or a column, nearest first.

Must not: traverse anything itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence.cli import ExitCode, bold, flag_json, print_json, print_table, say
from whence_server.cli.asking import ENTITY_HELP, ask, entity_of
from whence_server.cli.connection import connection_from, flag_server
from whence_server.cli.trees import short

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

DESCRIPTION = "Show what breaks if a dataset, a job or a column goes: everything downstream of it, nearest first."
EXAMPLE = "  whence impact datasetField:postgres://db:5432:shop.public.customers:email"
NOUNS = {"jobs": "job", "datasets": "dataset", "fields": "column"}
INDIRECT = "indirectly"
"""Said of a column that no value flows into: they only decide about it, in conditions, filters, joins or groups."""


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("entity", metavar="ENTITY", help=ENTITY_HELP)
    parser.add_argument("--depth", type=int, default=100, metavar="HOPS", help="default: 100")
    parser.add_argument(
        "--max-nodes", type=int, metavar="N", help="cut the answer at so many nodes (the server's cap stands)"
    )
    flag_server(parser)
    flag_json(parser)


def run(args: Namespace) -> int:
    """Ask for the impact and show it."""
    query = {"entity": entity_of(args.entity), "depth": args.depth, "maxNodes": args.max_nodes}
    with connection_from(args) as connection:
        answer = ask(connection, "/lineage/impact", query)
    if args.json:
        print_json(answer)
    else:
        show(answer)
    return ExitCode.DONE


def show(answer: dict[str, Any]) -> None:
    """Show an impact answer to a person: a summary, then a table."""
    rows = rows_of(answer)
    counts = [counted(len(answer[key]), noun) for key, noun in NOUNS.items()]
    say(bold(f"downstream of {short(named(answer['entity']))}: {', '.join(counts)}"))
    if rows:
        say()
        print_table(["hops", "what", "name", "namespace", ""], rows)
    if answer["truncated"]:
        say(f"\ncut: {answer['truncatedReason']}")


def counted(count: int, noun: str) -> str:
    """Say a number of things."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def named(entity: dict[str, Any]) -> str:
    """Name an entity, a column as `dataset.column`."""
    return f"{entity['name']}.{entity['field']}" if entity.get("field") else str(entity["name"])


def rows_of(answer: dict[str, Any]) -> Sequence[Sequence[object]]:
    """Give one row for each dataset, job and column, nearest first."""
    datasets = [[d["distance"], "dataset", short(d["name"]), d["namespace"], ""] for d in answer["datasets"]]
    jobs = [
        [j["distance"], "job", j["name"], j["namespace"], (j["lastRunState"] or "").lower()] for j in answer["jobs"]
    ]
    columns = [
        [
            f["distance"],
            "column",
            f"{short(f['dataset'])}.{f['field']}",
            f["namespace"],
            "" if f["direct"] else INDIRECT,
        ]
        for f in answer["fields"]
    ]
    order = {noun: place for place, noun in enumerate(NOUNS.values())}
    return sorted([*datasets, *jobs, *columns], key=lambda row: (row[0], order[str(row[1])], str(row[2])))
