"""The answer of /lineage/path: a shortest way downstream, searched from both ends.

Two ends walk towards each other, the one with the smaller frontier first; they may meet only at datasets (and at the
two ends), because which way leads on through a job depends on where one comes from.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from whence_server.query.entities import resolve
from whence_server.query.nodes import NodeBook
from whence_server.query.subgraph import Edges, Seen, Subgraph
from whence_server.query.walk import Walker, chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence_server.query.limits import Budget, Limits
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import Step


class Way(NamedTuple):
    """A way: its nodes in the direction of the data, and the edge between each two of them."""

    nodes: list[int]
    edges: Edges
    length: int


class _Search:
    """One search, from `start` downstream and from `end` upstream."""

    def __init__(self, reader: Reader, book: NodeBook, budget: Budget, ends: tuple[int, int]) -> None:
        book.load(ends)
        self._ends = set(ends)
        self._down = Walker(reader, book, budget, "down").start([ends[0]])
        self._up = Walker(reader, book, budget, "up").start([ends[1]])

    def run(self, depth: int) -> Way | None:
        """Return a shortest way of at most `depth` hops."""
        meeting = self._meeting()
        while (
            meeting is None and self._down.hop + self._up.hop < depth and not (self._down.is_done or self._up.is_done)
        ):
            walker = min(self._down, self._up, key=lambda each: each.frontier_size)
            walker.advance()
            meeting = self._meeting()
        return None if meeting is None else self._way(meeting)

    def _meeting(self) -> int | None:
        """Return the node where both walks are and the way is shortest."""
        fewer, more = sorted((self._down.distances, self._up.distances), key=len)
        met = [node for node in fewer if node in more and (node > 0 or node in self._ends)]
        return min(met, key=lambda node: fewer[node] + more[node], default=None)

    def _way(self, meeting: int) -> Way:
        before = self._steps_back(self._down, meeting)[::-1]
        after = self._steps_back(self._up, meeting)
        nodes = [meeting] if not before else []
        edges: Edges = {}
        for steps, walker in ((before, self._down), (after, self._up)):
            for step in steps:
                part = chain(step, walker.direction)
                for pair in pairwise(part):
                    edges[pair] = Seen(step.source, step.last_seen)
                nodes += part if not nodes else part[1:]
        return Way(nodes, edges, self._down.distances[meeting] + self._up.distances[meeting])

    @staticmethod
    def _steps_back(walker: Walker, node: int) -> list[Step]:
        """Return the steps that led to a node, the last one first."""
        steps: list[Step] = []
        while node in walker.through:
            step = walker.through[node]
            steps.append(step._replace(far=node if node == step.far else 0))
            node = step.near
        return steps


def answer(reader: Reader, frm: str, to: str, *, depth: int, limits: Limits) -> dict[str, Any]:
    """Find a shortest way, in the shape `api.answers.graph.GraphPath`."""
    start, end = resolve(reader, frm, parameter="frm"), resolve(reader, to, parameter="to")
    book, budget = NodeBook(reader), limits.budget()
    way = _Search(reader, book, budget, (start.node, end.node)).run(depth)
    reverse: bool | None = None
    if way is None:
        back = limits.budget()
        reverse = _Search(reader, book, back, (end.node, start.node)).run(depth) is not None
        reverse = None if not reverse and back.is_exhausted else reverse
    reason = budget.reason if way is None else None
    nodes, edges = _rendered(reader, book, way)
    return {
        "found": way is not None,
        "from": start.as_entity(),
        "to": end.as_entity(),
        "length": None if way is None else way.length,
        "nodes": nodes,
        "edges": edges,
        "reverseExists": reverse,
        "truncated": reason is not None,
        "truncatedReason": reason,
    }


def _rendered(reader: Reader, book: NodeBook, way: Way | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if way is None:
        return [], []
    distances = _hops(way.nodes)
    subgraph = Subgraph(reader, book, distances)
    order = {book.node_id(node): place for place, node in enumerate(way.nodes)}
    nodes = sorted(subgraph.rendered_nodes(way.edges, {}), key=lambda node: order[node["id"]])
    return nodes, subgraph.rendered_edges(way.edges)


def _hops(nodes: Sequence[int]) -> dict[int, int]:
    """Return how far each node is from the first one: a job has the distance of the dataset it leads to."""
    hops = {nodes[0]: 0}
    for place, (before, node) in enumerate(pairwise(nodes)):
        leads_here = before < 0 < node and place > 0
        hops[node] = hops[before] if leads_here else hops[before] + 1
    return hops
