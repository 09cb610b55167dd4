"""The answer of /lineage/impact: everything downstream of a dataset, a job or a field, nearest first.

A change of a field reaches the fields that come from it. Where a job reads the dataset and says nothing about its
fields, the change may reach whatever that job writes: those datasets and jobs are listed, too, marked `inferred`.
Nothing that may break is left out silently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence.model import field_node_id
from whence_server.query.entities import Found, resolve
from whence_server.query.field_names import known_fields
from whence_server.query.field_walk import Field, FieldLinks, FieldWalker
from whence_server.query.nodes import NodeBook
from whence_server.query.run_states import run_state
from whence_server.query.walk import Walker
from whence_server.stores.rows import GUESSED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whence_server.query.limits import Limits
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import Step


class _Impact:
    """One answer in the making."""

    def __init__(self, reader: Reader, found: Found, limits: Limits) -> None:
        self.reader = reader
        self.found = found
        self.book = NodeBook(reader)
        self.book.load([found.node])
        self.budget = limits.budget()
        self.nodes: dict[int, int] = {}
        self.certain: set[int] = set()
        self.fields: dict[Field, int] = {}
        self.direct: set[Field] = set()

    def of_node(self, depth: int) -> None:
        """Walk from a dataset or a job; every field of a dataset is taken to change."""
        walker = Walker(self.reader, self.book, self.budget, "down").start([self.found.node]).finish(depth)
        self.nodes = walker.distances
        self.certain = _certain(walker.steps, self.found.node)
        if self.found.node > 0 and not self.budget.is_exhausted:
            names = sorted(known_fields(self.reader, self.found.node))
            self._walk_fields([(self.found.node, name) for name in names], depth)

    def of_field(self, depth: int) -> None:
        """Walk from a field.

        Then from the datasets of the fields reached through the jobs that say nothing about fields.
        """
        walker = self._walk_fields([(self.found.node, self.found.field or "")], depth)
        for (dataset, _), hops in self.fields.items():
            self.nodes.setdefault(dataset, hops)
        for link in walker.links:
            if link.job_id:
                self.nodes.setdefault(-link.job_id, walker.distances[link.target])
        self.certain = set(self.nodes)
        self._walk_what_is_silent(depth)

    def _walk_fields(self, start: list[Field], depth: int) -> FieldWalker:
        links = FieldLinks(self.reader, self.book, self.budget)
        walker = FieldWalker(links, self.budget, "down").start(start).finish(depth)
        self.fields = walker.distances
        self.direct = set(start)
        for link in walker.links:  # in the order of the walk: an origin comes before what it leads to
            if link.direct and link.origin in self.direct:
                self.direct.add(link.target)
        return walker

    def _walk_what_is_silent(self, depth: int) -> None:
        reached = [node for node in self.nodes if node > 0]
        steps = self.reader.steps(reached, "down", self.budget.row_limit)
        self.budget.note_rows(len(steps), 1)
        silent = [step for step in steps if step.source in GUESSED]
        self.book.load({-step.job_id for step in silent} | {step.far for step in silent})
        start: dict[int, int] = {}
        for step in silent:
            hops = self.nodes[step.near] + 1
            if not self._add(-step.job_id, hops) or not self._add(step.far, hops):
                continue
            if step.far > 0 and step.far not in self.certain:
                start.setdefault(step.far, hops)
        self._walk_from(start, depth)

    def _add(self, node: int, hops: int) -> bool:
        if not node or node in self.nodes:
            return True
        if not self.book.is_shown(node) or not self.budget.take_node(hops):
            return False
        self.nodes[node] = hops
        return True

    def _walk_from(self, start: dict[int, int], depth: int) -> None:
        if not start or self.budget.is_exhausted:
            return
        walker = Walker(self.reader, self.book, self.budget, "down").start(start).finish(depth - 1)
        nearest = min(start.values())
        for node, hops in walker.distances.items():
            self.nodes.setdefault(node, nearest + hops)

    def answer(self) -> dict[str, Any]:
        """Render everything."""
        others = {node: hops for node, hops in self.nodes.items() if node != self.found.node}
        start: set[Field] = {(self.found.node, self.found.field)} if self.found.field else set()
        fields = {field: hops for field, hops in self.fields.items() if hops > 0 and field not in start}
        return {
            "entity": self.found.as_entity(),
            "datasets": [self._dataset(node, hops) for node, hops in _nearest(others) if node > 0],
            "jobs": self._jobs([(-node, hops) for node, hops in _nearest(others) if node < 0]),
            "fields": [self._field(field, hops) for field, hops in sorted(fields.items(), key=lambda item: item[1])],
            "truncated": self.budget.reason is not None,
            "truncatedReason": self.budget.reason,
        }

    def _dataset(self, node: int, hops: int) -> dict[str, Any]:
        row = self.book.datasets[node]
        return {
            "id": self.book.node_id(node),
            "namespace": row.namespace,
            "name": row.name,
            "distance": hops,
            "inferred": node not in self.certain,
        }

    def _jobs(self, jobs: list[tuple[int, int]]) -> list[dict[str, Any]]:
        rows = [self.book.jobs[job] for job, _ in jobs]
        runs = self.reader.runs([row.latest_run_id for row in rows if row.latest_run_id is not None])
        answer: list[dict[str, Any]] = []
        for row, (job, hops) in zip(rows, jobs, strict=True):
            run = runs.get(row.latest_run_id or 0)
            answer.append(
                {
                    "id": self.book.node_id(-job),
                    "namespace": row.namespace,
                    "name": row.name,
                    "distance": hops,
                    "inferred": -job not in self.certain,
                    "lastRunState": None if run is None else run_state(run.state),
                }
            )
        return answer

    def _field(self, field: Field, hops: int) -> dict[str, Any]:
        row = self.book.datasets[field[0]]
        return {
            "id": field_node_id(row.namespace, row.name, field[1]),
            "namespace": row.namespace,
            "dataset": row.name,
            "field": field[1],
            "distance": hops,
            "direct": field in self.direct,
        }


def _nearest(nodes: dict[int, int]) -> list[tuple[int, int]]:
    return sorted(nodes.items(), key=lambda item: item[1])


def _certain(steps: Iterable[Step], start: int) -> set[int]:
    """Return the nodes that explicit sources alone lead to. A job that reads a certain dataset is certain itself."""
    outgoing: dict[int, list[Step]] = {}
    for step in steps:
        outgoing.setdefault(step.near, []).append(step)
    certain, waiting = {start}, [start]
    while waiting:
        for step in outgoing.get(waiting.pop(), ()):
            certain.add(-step.job_id)
            if step.far and step.far not in certain and (step.source not in GUESSED or step.near < 0):
                certain.add(step.far)
                waiting.append(step.far)
    return certain


def answer(reader: Reader, entity: str, *, depth: int, limits: Limits) -> dict[str, Any]:
    """List what lies downstream, in the shape `api.answers.graph.Impact`."""
    impact = _Impact(reader, resolve(reader, entity, parameter="entity"), limits)
    if impact.found.field is None:
        impact.of_node(depth)
    else:
        impact.of_field(depth)
    return impact.answer()
