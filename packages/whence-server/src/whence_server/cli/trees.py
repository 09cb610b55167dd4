"""A graph answer as a tree of text: the start, and below it what it comes from or goes to.

Must not: ask the server or print. A node met again is named and not unfolded again. Where the answer has field edges,
a job is unfolded for the dataset it was reached from: of a job that loads two files into two tables, each table shows
its own file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal

from whence.cli import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
_CONTENT = re.compile(r"(@sha256:[0-9a-f]{12})[0-9a-f]{52}\b")
_FROM_COLUMNS = "columnLineage"


def tree_lines(graph: Json, direction: Literal["up", "down"]) -> list[str]:
    """Draw what lies in one direction of the start; an empty list when nothing does."""
    return list(_Tree(graph, direction).lines())


class _Tree:
    """The nodes of an answer and the steps between them in one direction."""

    def __init__(self, graph: Json, direction: Literal["up", "down"]) -> None:
        self._start = start_of(graph)
        self._goes_up = direction == "up"
        self._nodes: dict[str, Json] = {node["id"]: node for node in graph["nodes"]}
        self._flows = _flows_of(graph, self._nodes)
        self._steps: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        near, far = ("destination", "origin") if self._goes_up else ("origin", "destination")
        for edge in graph["edges"]:
            self._steps[edge[near]].append((edge[far], edge["inferred"]))

    def lines(self) -> Iterator[str]:
        """Yield the lines below the start. No recursion: a chain may be longer than the stack is deep."""
        seen = {(self._start, "")}
        pending = [("", iter(self._children(self._start, "")), self._start)]
        while pending:
            margin, children, parent = pending[-1]
            child = next(children, None)
            if child is None:
                pending.pop()
                continue
            node, inferred, is_last = child
            came_from = parent if self._nodes[node]["type"] == "JOB" else ""
            below = self._children(node, came_from)
            again = (node, came_from) in seen and bool(below)
            seen.add((node, came_from))
            notes = [*(["inferred"] if inferred else []), *(["shown above"] if again else [])]
            yield f"{margin}{'└─ ' if is_last else '├─ '}{label(self._nodes[node], node)}{_noted(notes)}"
            if not again:
                pending.append((margin + ("   " if is_last else "│  "), iter(below), node))

    def _children(self, node: str, came_from: str) -> list[tuple[str, bool, bool]]:
        known = sorted(
            {
                step
                for step in self._steps.get(node, ())
                if step[0] in self._nodes and self._leads(came_from, node, step[0])
            }
        )
        return [(far, inferred, place == len(known) - 1) for place, (far, inferred) in enumerate(known)]

    def _leads(self, came_from: str, job: str, far: str) -> bool:
        """Tell whether data goes through the job between these two datasets, as far as the answer says."""
        origin, destination = (far, came_from) if self._goes_up else (came_from, far)
        told = self._flows.get((job, destination))
        return not came_from or told is None or origin in told


def _flows_of(graph: Json, nodes: dict[str, Json]) -> dict[tuple[str, str], set[str]]:
    """Give, for a job and an output that columns are known of, the datasets that these come from."""
    by_columns = {(e["origin"], e["destination"]) for e in graph["edges"] if e.get("source") == _FROM_COLUMNS}
    flows: dict[tuple[str, str], set[str]] = {}
    for edge in graph["fieldEdges"]:
        origin, destination = _dataset_of(edge["origin"], nodes), _dataset_of(edge["destination"], nodes)
        if (edge["job"], destination) in by_columns:
            flows.setdefault((edge["job"], destination), set()).add(origin)
    return flows


def _dataset_of(field_id: str, nodes: dict[str, Json]) -> str:
    """Give the dataset's node id of a field's, whose name may hold colons itself."""
    dataset = field_id.replace("datasetField:", "dataset:", 1)
    while dataset not in nodes and ":" in dataset:
        dataset = dataset.rpartition(":")[0]
    return dataset


def start_of(graph: Json) -> str:
    """Give the node id that the answer starts from: for a field, its dataset's."""
    entity = graph["entity"]
    kind = "JOB" if entity["type"] == "JOB" else "DATASET"
    nearest = [node for node in graph["nodes"] if node["distance"] == 0 and node["type"] == kind]
    named = [node for node in nearest if node["name"] == entity["name"]]
    return str(next(iter([*named, *nearest, entity]))["id"])


def _noted(notes: list[str]) -> str:
    return f"  ({', '.join(notes)})" if notes else ""


def short(name: str) -> str:
    """Show a name to a person: of a file's SHA-256 only the beginning."""
    return clean(_CONTENT.sub(r"\1…", name))


def label(node: Json | None, node_id: str) -> str:
    """Name a node for a person: a job with its last run's state, a dataset with its namespace."""
    if node is None:
        return short(node_id)
    name, namespace = short(node["name"]), clean(node["namespace"])
    if node["type"] == "JOB":
        state = node.get("lastRunState")
        return f"job {name} [{namespace}]" + (f" {state}" if state and state != "COMPLETED" else "")
    return name if namespace == "file" else f"{name} [{namespace}]"
