"""The questions that the demo asks the server, and what the answers must hold for the demo to have worked.

Must not: know the answers from anywhere but HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from whence.cli import DEFAULT_URL, CliError, clean, say
from whence_server.cli import graph, impact, path
from whence_server.cli.asking import entity_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from whence.cli import Connection

MODEL = "model:fraud/1.0.0"
JOBS = "shop"
FAILED_SHOWN = 3
Json = dict[str, Any]


class Answered(NamedTuple):
    """A question in a person's words, the command that asks it, and the server's answer."""

    question: str
    command: str
    answer: Json
    show: Callable[[Json], None]


def ask_all(connection: Connection, files: str, url: str) -> list[Answered]:
    """Ask everything; raises `CliError` when an answer lacks what the shop's programs did.

    `files` is the shop's folder, `url` the server's as a person would type it.
    """
    there = "" if url == DEFAULT_URL else f" --url {url}"
    table = find_table(connection, "customers")
    return [
        where_from(connection, there),
        what_breaks(connection, table, there),
        which_failed(connection, url),
        which_way(connection, f"{files}/customers.csv", there),
    ]


def find_table(connection: Connection, name: str) -> Json:
    """Find the dataset of a table by the last part of its name: of several databases, the one used last."""
    hits = connection.get("/api/v1/search", {"q": name, "filter": "DATASET", "limit": 100})["results"]
    matching = [hit for hit in hits if hit["name"].split(".")[-1] == name]
    if not matching:
        raise CliError(f"the demo's graph has no table {name}", advice="please report this")
    return max(matching, key=lambda hit: hit["updatedAt"])


def where_from(connection: Connection, there: str) -> Answered:
    """Ask what the model comes from."""
    answer = connection.get("/lineage/graph", {"entity": MODEL, "direction": "up", "depth": 10, "fields": True})
    demand(answer["nodes"], "orders.csv", "customers.csv", "training.csv")
    command = f"whence graph {MODEL} --direction up --depth 10{there}"
    return Answered("What does the model come from?", command, answer, graph.show)


def what_breaks(connection: Connection, table: Json, there: str) -> Answered:
    """Ask what depends on the customers' mail addresses."""
    entity = f"{table['nodeId'].replace('dataset:', 'datasetField:', 1)}:email"
    answer = connection.get("/lineage/impact", {"entity": entity})
    demand(answer["datasets"], "training.csv", MODEL)
    return Answered("What breaks if customers.email goes?", f"whence impact {entity}{there}", answer, impact.show)


def which_failed(connection: Connection, url: str) -> Answered:
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
    address = f"{url}/api/v1/namespaces/{JOBS}/jobs/load_shop/runs"
    return Answered("Which run failed, and why?", f"curl {address}", {"failed": failed}, show_failed)


def which_way(connection: Connection, customers: str, there: str) -> Answered:
    """Ask for the way from the customers' file to the model."""
    answer = connection.get("/lineage/path", {"frm": entity_of(customers), "to": MODEL, "depth": 10})
    if not answer["found"]:
        raise CliError("the demo's graph has no way from customers.csv to the model", advice="please report this")
    command = f"whence path {customers} {MODEL}{there}"
    return Answered("How do the customers get into the model?", command, answer, path.show)


def demand(nodes: list[Json], *names: str) -> None:
    """Raise `CliError` unless each of these is a part of some node's name."""
    missing = [name for name in names if not any(name in node["name"] for node in nodes)]
    if missing:
        raise CliError(f"the demo's answer lacks {', '.join(missing)}", advice="please report this")


def show_failed(answer: Json) -> None:
    """Show the latest failed runs to a person."""
    for each in answer["failed"][:FAILED_SHOWN]:
        run, after = each["run"], each["next"]
        facet: Json = run["facets"].get("errorMessage") or {}
        say(f"job {clean(each['job'])}, run {run['id']}, started {run['startedAt']}")
        say(f"  {clean(str(facet.get('message', 'no reason given')))}   (values stay in the process: each is a ?)")
        if after:
            say(f"  the next attempt, run {after['id']}, {after['state'].lower()}")
