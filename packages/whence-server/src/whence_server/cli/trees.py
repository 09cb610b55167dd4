"""A graph answer as a tree of text: the start, and below it what it comes from or goes to.

Must not: ask the server or print. A node met again is named and not unfolded again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal

from whence.cli import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Json = dict[str, Any]


def tree_lines(graph: Json, direction: Literal["up", "down"]) -> list[str]:
    """Draw what lies in one direction of the start; an empty list when nothing does."""
    nodes = {node["id"]: node for node in graph["nodes"]}
    here, there = ("destination", "origin") if direction == "up" else ("origin", "destination")
    steps: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for edge in graph["edges"]:
        steps[edge[here]].append((edge[there], edge["inferred"]))
    start = start_of(graph)
    return list(_branches(start, nodes, steps, {start}, ""))


def start_of(graph: Json) -> str:
    """Give the node id that the answer starts from: for a field, its dataset's."""
    entity = graph["entity"]
    kind = "JOB" if entity["type"] == "JOB" else "DATASET"
    nearest = [node for node in graph["nodes"] if node["distance"] == 0 and node["type"] == kind]
    named = [node for node in nearest if node["name"] == entity["name"]]
    return str(next(iter([*named, *nearest, entity]))["id"])


def _branches(
    at: str, nodes: Mapping[str, Json], steps: Mapping[str, Sequence[tuple[str, bool]]], seen: set[str], margin: str
) -> Iterator[str]:
    """Yield the lines below a node; depth is bounded by the answer's depth, as no node is unfolded twice."""
    pending = [(margin, iter(_ordered(at, nodes, steps)))]
    while pending:
        margin, children = pending[-1]
        child = next(children, None)
        if child is None:
            pending.pop()
            continue
        node, inferred, last = child
        again = node in seen and bool(steps.get(node))
        seen.add(node)
        notes = [*(["inferred"] if inferred else []), *(["shown above"] if again else [])]
        yield margin + ("└─ " if last else "├─ ") + label(nodes.get(node), node) + _noted(notes)
        if not again:
            pending.append((margin + ("   " if last else "│  "), iter(_ordered(node, nodes, steps))))


def _ordered(
    at: str, nodes: Mapping[str, Json], steps: Mapping[str, Sequence[tuple[str, bool]]]
) -> list[tuple[str, bool, bool]]:
    known = sorted({(node, inferred) for node, inferred in steps.get(at, ()) if node in nodes})
    return [(node, inferred, i == len(known) - 1) for i, (node, inferred) in enumerate(known)]


def _noted(notes: list[str]) -> str:
    return f"  ({', '.join(notes)})" if notes else ""


def label(node: Json | None, node_id: str) -> str:
    """Name a node for a person: a job with its last run's state, a dataset with its namespace."""
    if node is None:
        return clean(node_id)
    name, namespace = clean(node["name"]), clean(node["namespace"])
    if node["type"] == "JOB":
        state = node.get("lastRunState")
        return f"job {name} [{namespace}]" + (f" {state}" if state and state != "COMPLETED" else "")
    return name if namespace == "file" else f"{name} [{namespace}]"
