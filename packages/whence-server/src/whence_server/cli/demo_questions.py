"""The questions that the demo asks the server, and what the answers must hold for the demo to have worked.

Must not: know the answers from anywhere but HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from whence.cli import CliError, clean, say
from whence_server.cli import graph, impact, path

if TYPE_CHECKING:
    from collections.abc import Callable

    from whence.cli import Connection

MODEL = "model:fraud/1.0.0"
JOBS = "shop"
Json = dict[str, Any]


class Answered(NamedTuple):
    """A question in a person's words, the command that asks it, and the server's answer."""

    question: str
    command: str
    answer: Json
    show: Callable[[Json], None]


def ask_all(connection: Connection, files: str) -> list[Answered]:
    """Ask everything; raises `CliError` when an answer lacks what the shop's programs did."""
    customers = find(connection, f"{files}/customers.csv")
    table = find(connection, "customers", ending=True)
    return [
        where_from(connection),
        what_breaks(connection, table),
        which_failed(connection),
        which_way(connection, customers),
    ]


def find(connection: Connection, name: str, *, ending: bool = False) -> Json:
    """Find the dataset of a file or table by a part of its name."""
    hits = connection.get("/api/v1/search", {"q": name, "filter": "DATASET", "limit": 100})["results"]
    matching = [hit for hit in hits if hit["name"].split(".")[-1] == name] if ending else hits
    if not matching:
        raise CliError(f"the demo's graph has no dataset {name}", advice="please report this")
    return matching[0]


def where_from(connection: Connection) -> Answered:
    """Ask what the model comes from."""
    answer = connection.get("/lineage/graph", {"entity": MODEL, "direction": "up", "depth": 10})
    demand(answer["nodes"], "orders.csv", "customers.csv", "training.csv")
    command = f"whence graph {MODEL} --direction up --depth 10"
    return Answered("What does the model come from?", command, answer, graph.show)


def what_breaks(connection: Connection, table: Json) -> Answered:
    """Ask what depends on the customers' mail addresses."""
    entity = f"{table['nodeId'].replace('dataset:', 'datasetField:', 1)}:email"
    answer = connection.get("/lineage/impact", {"entity": entity})
    demand(answer["datasets"], "training.csv", MODEL)
    return Answered("What breaks if customers.email goes?", f"whence impact {entity}", answer, impact.show)


def which_failed(connection: Connection) -> Answered:
    """Ask which runs failed, and for each the reason and what became of the next attempt."""
    failed: list[Json] = []
    jobs = connection.get(f"/api/v1/namespaces/{JOBS}/jobs", {"limit": 100})["jobs"]
    for job in jobs:
        route = f"/api/v1/namespaces/{JOBS}/jobs/{quote(job['name'], safe='')}/runs"
        runs = connection.get(route, {"limit": 100})["runs"]
        for place, run in enumerate(runs):
            if run["state"] == "FAILED":
                after = runs[place - 1] if place else None
                failed.append({"job": job["name"], "run": run, "next": after})
    if not failed:
        raise CliError("the demo's graph has no failed run", advice="please report this")
    address = f"{connection.url}/api/v1/namespaces/{JOBS}/jobs/load_shop/runs"
    return Answered("Which run failed, and why?", f"curl {address}", {"failed": failed}, show_failed)


def which_way(connection: Connection, customers: Json) -> Answered:
    """Ask for the way from the customers' file to the model."""
    answer = connection.get("/lineage/path", {"frm": customers["nodeId"], "to": MODEL, "depth": 10})
    if not answer["found"]:
        raise CliError("the demo's graph has no way from customers.csv to the model", advice="please report this")
    command = f"whence path '{customers['name']}' {MODEL}"
    return Answered("How do the customers get into the model?", command, answer, path.show)


def demand(nodes: list[Json], *names: str) -> None:
    """Raise `CliError` unless each of these is a part of some node's name."""
    missing = [name for name in names if not any(name in node["name"] for node in nodes)]
    if missing:
        raise CliError(f"the demo's answer lacks {', '.join(missing)}", advice="please report this")


def show_failed(answer: Json) -> None:
    """Show the failed runs to a person."""
    for each in answer["failed"]:
        run, after = each["run"], each["next"]
        facet: Json = run["facets"].get("errorMessage") or {}
        say(f"job {clean(each['job'])}, run {run['id']}, started {run['startedAt']}")
        say(f"  {clean(str(facet.get('message', 'no reason given')))}")
        if after:
            say(f"  the next attempt, run {after['id']}, {after['state'].lower()}")
