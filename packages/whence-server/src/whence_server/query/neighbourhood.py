"""The answer of /lineage/graph: what surrounds a dataset, a job or a field, up to a depth, within bounds.

Source: the seed `openlineage-mvp.md`, section 7.2. Hops are dataset to dataset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from whence.model import field_node_id
from whence_server.query.entities import Found, resolve
from whence_server.query.field_walk import Field, FieldLink, FieldLinks, FieldWalker
from whence_server.query.nodes import NodeBook
from whence_server.query.subgraph import Subgraph
from whence_server.query.walk import Walker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whence_server.query.limits import Budget, Limits
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import Direction, Step

MAX_FIELD_EDGES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked."""

    entity: str
    direction: Literal["up", "down", "both"] = "both"
    depth: int = 5
    with_fields: bool = False

    @property
    def directions(self) -> list[Direction]:
        """Return the directions to walk."""
        return ["up", "down"] if self.direction == "both" else [self.direction]


class _Surroundings:
    """One answer in the making."""

    def __init__(self, reader: Reader, question: Question, limits: Limits) -> None:
        self.reader = reader
        self.question = question
        self.book = NodeBook(reader)
        self.budget: Budget = limits.budget()
        self.budget.take_node(0)
        self.distances: dict[int, int] = {}
        self.steps: list[tuple[Step, Direction]] = []
        self.field_links: dict[FieldLink, None] = {}

    def walk(self, found: Found) -> None:
        """Walk from a dataset or a job; of two directions, in turn, so that the nearest nodes come first."""
        self.book.load([found.node])
        walkers = [
            Walker(self.reader, self.book, self.budget, direction).start([found.node])
            for direction in self.question.directions
        ]
        _in_turn(walkers, self.question.depth)
        for walker in walkers:
            sign = -1 if walker.direction == "up" else 1
            for node, hops in walker.distances.items():
                before = self.distances.get(node)
                if before is None or hops < abs(before):
                    self.distances[node] = sign * hops
            direction: Direction = walker.direction
            self.steps.extend((step, direction) for step in walker.steps)
        if self.question.with_fields:
            self._read_field_links()

    def _read_field_links(self) -> None:
        """Read the links whose both ends are among the nodes."""
        links = FieldLinks(self.reader, self.book, self.budget)
        links.read([node for node in self.distances if node > 0], "up", self.question.depth)
        for found in links.up.values():
            for link in found:
                if link.origin[0] in self.distances:
                    self.field_links[link] = None

    def walk_fields(self, found: Found) -> None:
        """Walk from a field; the nodes are the datasets of the fields reached and the jobs on the way."""
        start: Field = (found.node, found.field or "")
        self.book.load([found.node])
        links = FieldLinks(self.reader, self.book, self.budget)
        walkers = {
            direction: FieldWalker(links, self.budget, direction).start([start])
            for direction in self.question.directions
        }
        _in_turn(list(walkers.values()), self.question.depth)
        for direction, walker in walkers.items():
            self.field_links |= walker.links
            self._place(walker, -1 if direction == "up" else 1)
        if any(not link.job_id for link in self.field_links):
            datasets = [node for node in self.distances if node > 0]
            steps = self.reader.steps(datasets, "down", self.budget.row_limit)
            self.steps.extend((step, "down") for step in steps if not step.job_id and step.far in self.distances)

    def _place(self, walker: FieldWalker, sign: int) -> None:
        for (dataset, _), hops in walker.distances.items():
            self._nearer(dataset, sign * hops)
        for link in walker.links:
            far = link.origin if sign < 0 else link.target
            if link.job_id:
                self._nearer(-link.job_id, sign * walker.distances[far])

    def _nearer(self, node: int, distance: int) -> None:
        before = self.distances.get(node)
        if before is None or abs(distance) < abs(before):
            self.distances[node] = distance

    def answer(self, found: Found) -> dict[str, Any]:
        """Render everything."""
        subgraph = Subgraph(self.reader, self.book, self.distances)
        edges = subgraph.edges(self.steps)
        reason = self.budget.reason
        if len(self.field_links) > MAX_FIELD_EDGES:
            reason = reason or f"field edge cap {MAX_FIELD_EDGES} reached"
        return {
            "entity": found.as_entity(),
            "direction": self.question.direction,
            "depth": self.question.depth,
            "nodes": subgraph.rendered_nodes(edges, self._fields_in_links()),
            "edges": subgraph.rendered_edges(edges),
            "fieldEdges": self._rendered_links(list(self.field_links)[:MAX_FIELD_EDGES]),
            "truncated": reason is not None,
            "truncatedReason": reason,
        }

    def _fields_in_links(self) -> dict[int, set[str]]:
        fields: dict[int, set[str]] = {}
        for link in self.field_links:
            for dataset, field in (link.origin, link.target):
                fields.setdefault(dataset, set()).add(field)
        return fields

    def _rendered_links(self, links: Iterable[FieldLink]) -> list[dict[str, Any]]:
        return [
            {
                "origin": self._field_id(link.origin),
                "destination": self._field_id(link.target),
                "job": self.book.node_id(-link.job_id) if link.job_id else None,
                "transformations": list(link.transformations),
            }
            for link in links
        ]

    def _field_id(self, field: Field) -> str:
        row = self.book.datasets[field[0]]
        return field_node_id(row.namespace, row.name, field[1])


def _in_turn(walkers: Sequence[Walker] | Sequence[FieldWalker], depth: int) -> None:
    """Advance walkers hop by hop, so that a budget they share goes to the nearest nodes of all."""
    for _ in range(depth):
        for walker in walkers:
            if not walker.is_done:
                if isinstance(walker, Walker):
                    walker.advance([other.distances for other in walkers if isinstance(other, Walker)])
                else:
                    walker.advance()
        if all(walker.is_done for walker in walkers):
            return


def answer(reader: Reader, question: Question, limits: Limits) -> dict[str, Any]:
    """Answer a question about the surroundings of an entity, in the shape `api.answers.graph.Graph`."""
    found = resolve(reader, question.entity, parameter="entity")
    surroundings = _Surroundings(reader, question, limits)
    if found.field is None:
        surroundings.walk(found)
    else:
        surroundings.walk_fields(found)
    return surroundings.answer(found)
