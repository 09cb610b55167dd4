"""From a set of nodes to the `nodes` and `edges` of an answer of /lineage/graph.

Reads what the nodes need in a handful of statements whatever their number. Must not walk.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from whence_server.query.run_states import run_state
from whence_server.query.times import instant
from whence_server.query.walk import chain
from whence_server.stores.rows import GUESSED, INFERRED, INPUT, RANKS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from whence_server.query.nodes import NodeBook
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import Direction, EdgeRow, JobRow, Step

SOURCES = ("inputsOutputs", "columnLineage", "lineage", "sql")
EDGES_PER_NODE = 50
NO_FIELDS = orjson.Fragment(b"[]")


class Seen(NamedTuple):
    """How an edge is known, and when it was last seen."""

    source: int
    last_seen: int


Edges = dict[tuple[int, int], Seen]


def edge_limit(nodes: int) -> int:
    """Return how many edges may be read for so many nodes."""
    return max(10_000, EDGES_PER_NODE * nodes)


class Subgraph:
    """Nodes with their distances, and the edges between them."""

    def __init__(self, reader: Reader, book: NodeBook, distances: Mapping[int, int]) -> None:
        self._reader = reader
        self._book = book
        self._distances = distances
        self._jobs = [-node for node in distances if node < 0]
        self._datasets = [node for node in distances if node > 0]
        self._rows: list[EdgeRow] = reader.edges_of_jobs(self._jobs, edge_limit(len(distances))) if self._jobs else []

    def edges(self, steps: Iterable[tuple[Step, Direction]]) -> Edges:
        """Return the edges between the nodes.

        Those of jobs, and those that steps state without a job on the way.
        """
        found: Edges = {}
        for row in self._rows:
            if row.dataset_id in self._distances:
                pair = (row.dataset_id, -row.job_id) if row.direction == INPUT else (-row.job_id, row.dataset_id)
                add_edge(found, pair, Seen(row.source, row.last_seen))
        for step, direction in steps:
            nodes = chain(step, direction)
            for pair in pairwise(nodes):
                if step.source != INFERRED or (pair[0] > 0) is (pair[1] > 0):
                    add_edge(found, pair, Seen(step.source, step.last_seen))
        return found

    def rendered_edges(self, edges: Edges) -> list[dict[str, Any]]:
        """Return the `edges` of the answer."""
        name = self._book.node_id
        return [
            {
                "origin": name(origin),
                "destination": name(destination),
                "inferred": seen.source in GUESSED,
                "source": SOURCES[seen.source],
                "lastSeen": instant(seen.last_seen),
            }
            for (origin, destination), seen in edges.items()
        ]

    def rendered_nodes(self, edges: Edges, extra_fields: Mapping[int, Collection[str]]) -> list[dict[str, Any]]:
        """Return the `nodes` of the answer, by distance, then id. `extra_fields` are fields that no schema names."""
        more = self._more(edges)
        rendered = self._rendered_datasets(more, extra_fields) + self._rendered_jobs(more)
        rendered.sort(key=lambda node: (abs(node["distance"]), node["id"]))
        return rendered

    def _more(self, edges: Edges) -> dict[int, dict[str, int]]:
        """Count the neighbours of each node that are not among the nodes."""
        shown = {node: [0, 0] for node in self._distances}
        for origin, destination in edges:
            shown[origin][1] += 1
            shown[destination][0] += 1
        totals = self._reader.degrees(self._datasets)
        for job in self._jobs:
            totals[-job] = (0, 0)
        for row in self._rows:
            up, down = totals[-row.job_id]
            totals[-row.job_id] = (up + 1, down) if row.direction == INPUT else (up, down + 1)
        return {
            node: {"up": max(0, up - shown[node][0]), "down": max(0, down - shown[node][1])}
            for node, (up, down) in totals.items()
        }

    def _rendered_datasets(
        self, more: Mapping[int, dict[str, int]], extra_fields: Mapping[int, Collection[str]]
    ) -> list[dict[str, Any]]:
        members = self._reader.members(self._datasets, edge_limit(len(self._datasets)))
        self._book.load(alias for aliases in members.values() for alias in aliases)
        rendered: list[dict[str, Any]] = []
        for node in self._datasets:
            row = self._book.datasets[node]
            rendered.append(
                {
                    "id": self._book.node_id(node),
                    "type": "DATASET",
                    "namespace": row.namespace,
                    "name": row.name,
                    "aliases": [self._book.node_id(alias) for alias in members.get(node, ())],
                    "distance": self._distances[node],
                    "fields": self._fields(node, members.get(node, ()), extra_fields.get(node, ())),
                    "more": more.get(node, {"up": 0, "down": 0}),
                }
            )
        return rendered

    def _fields(self, node: int, members: Iterable[int], extra: Collection[str]) -> Any:
        """Return the fields as JSON that is not read, unless fields have to be added or an alias knows them."""
        known = self._book.datasets[node].fields
        for alias in members:
            known = known or self._book.datasets[alias].fields
        if not extra:
            return NO_FIELDS if known is None else orjson.Fragment(known)
        fields: list[dict[str, Any]] = [] if known is None else orjson.loads(known)
        named = {field["name"] for field in fields}
        fields += [{"name": name, "type": None, "description": None} for name in sorted(set(extra) - named)]
        return fields

    def _rendered_jobs(self, more: Mapping[int, dict[str, int]]) -> list[dict[str, Any]]:
        rows = [self._book.jobs[job] for job in self._jobs]
        runs = self._reader.runs([row.latest_run_id for row in rows if row.latest_run_id is not None])
        kinds = self._reader.job_facets(self._jobs, keys=("jobType",))
        self._book.load(-row.parent_job_id for row in rows if row.parent_job_id is not None)
        rendered: list[dict[str, Any]] = []
        for row in rows:
            run = None if row.latest_run_id is None else runs.get(row.latest_run_id)
            kind = kinds.get(row.id, {}).get("jobType")
            rendered.append(
                {
                    "id": self._book.node_id(-row.id),
                    "type": "JOB",
                    "namespace": row.namespace,
                    "name": row.name,
                    "distance": self._distances[-row.id],
                    "lastRunState": None if run is None else run_state(run.state),
                    "parent": self._parent(row),
                    "jobType": None if kind is None else orjson.Fragment(kind),
                    "more": more[-row.id],
                }
            )
        return rendered

    def _parent(self, row: JobRow) -> dict[str, str] | None:
        parent = None if row.parent_job_id is None else self._book.jobs.get(row.parent_job_id)
        return None if parent is None else {"namespace": parent.namespace, "name": parent.name}


def add_edge(edges: Edges, pair: tuple[int, int], seen: Seen) -> None:
    """Add an edge; of two between the same nodes the better known and the later sight stay."""
    before = edges.get(pair)
    if before is not None:
        seen = Seen(max(before.source, seen.source, key=RANKS.__getitem__), max(before.last_seen, seen.last_seen))
    edges[pair] = seen
