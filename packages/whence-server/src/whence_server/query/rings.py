"""Marquez's lineage graph: rings of jobs around a node, in both directions, with all their datasets.

Depth 0 is the adjacent jobs (a job's own ring is itself); each step adds the jobs that share a dataset with the ring
before. Flows without a job are not in it: Marquez has none. Unlike Marquez the answer is bounded and says when it was
cut. Source: facts measured on Marquez 0.51.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence_server.query.dataset_shape import DatasetSummaries
from whence_server.query.job_shape import JobSummaries
from whence_server.query.node_ids import find_node
from whence_server.query.nodes import NodeBook
from whence_server.stores.rows import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whence_server.query.limits import Budget, Limits
    from whence_server.stores.base import Reader

RenderedEdges = dict[int, list[dict[str, str]]]


class _Rings:
    """One walk: jobs and datasets in the order in which they were reached, and the edges read on the way."""

    def __init__(self, reader: Reader, book: NodeBook, budget: Budget) -> None:
        self._reader = reader
        self._book = book
        self._budget = budget
        self.jobs: dict[int, None] = {}
        self.datasets: dict[int, None] = {}
        self.edges: list[tuple[int, int, int]] = []  # (job, direction, dataset)

    def start(self, node: int) -> list[int]:
        """Take the first node in and return the first ring."""
        if node < 0:
            return self._take([-node], self.jobs, -1, 0)
        return self._around(self._take([node], self.datasets, 1, 0), 0)

    def walk(self, node: int, depth: int) -> None:
        """Walk ring by ring until `depth` or a bound is reached, or nothing is left."""
        ring = self.start(node)
        for hop in range(depth + 1):
            datasets = self._datasets_of(ring, hop)
            if not datasets or hop == depth or self._budget.is_exhausted or not self._budget.is_in_time(hop + 1):
                return
            ring = self._around(datasets, hop + 1)

    def _datasets_of(self, ring: list[int], hop: int) -> list[int]:
        """Take in all datasets of the jobs of a ring and return those that are new."""
        if not ring:
            return []
        edges = self._reader.datasets_of_jobs(ring, self._budget.row_limit)
        self._budget.note_rows(len(edges), hop)
        self.edges += edges
        return self._take((edge[2] for edge in edges), self.datasets, 1, hop)

    def _around(self, datasets: list[int], hop: int) -> list[int]:
        """Take in the jobs around datasets and return those that are new."""
        jobs = self._reader.jobs_around(datasets, self._budget.row_limit)
        self._budget.note_rows(len(jobs), hop)
        return self._take(jobs, self.jobs, -1, hop)

    def _take(self, ids: Iterable[int], taken: dict[int, None], sign: int, hop: int) -> list[int]:
        """Take in the datasets (sign 1) or jobs (-1) that are new and shown, as far as the budget goes.

        Read no row beyond it.
        """
        waiting = [each for each in dict.fromkeys(ids) if each not in taken]
        new: list[int] = []
        while waiting:
            some = waiting[: self._budget.nodes_left + 1]
            self._book.load(sign * each for each in some)
            for each in some:
                if not self._book.is_shown(sign * each):
                    continue
                if not self._budget.take_node(hop):
                    return new
                taken[each] = None
                new.append(each)
            waiting = waiting[len(some) :]
        return new


def answer(reader: Reader, node_id: str, *, depth: int, limits: Limits) -> dict[str, Any]:
    """Answer the rings around a node, in the shape `Lineage`."""
    ref = find_node(reader, node_id, kinds=("dataset", "job"))
    node = ref.node if ref.node < 0 else reader.canonical([ref.node]).get(ref.node, ref.node)
    book, budget = NodeBook(reader), limits.budget()
    rings = _Rings(reader, book, budget)
    rings.walk(node, depth)
    nodes = _rendered(reader, book, rings)
    return {"graph": nodes, "truncated": budget.is_exhausted, "truncatedReason": budget.reason}


def _rendered(reader: Reader, book: NodeBook, rings: _Rings) -> list[dict[str, Any]]:
    datasets = [book.datasets[node] for node in rings.datasets]
    jobs = [book.jobs[job] for job in rings.jobs]
    dataset_shapes = DatasetSummaries(reader, datasets)
    job_shapes = JobSummaries(reader, book, jobs, rings.edges)
    order = sorted((*rings.datasets, *(-job for job in rings.jobs)), key=book.node_id)
    into, out_of = _edges(book, rings, order)
    return [
        {
            "id": book.node_id(node),
            "type": "DATASET" if node > 0 else "JOB",
            "data": dataset_shapes.summary(book.datasets[node]) if node > 0 else job_shapes.summary(book.jobs[-node]),
            "inEdges": into.get(node, []),
            "outEdges": out_of.get(node, []),
        }
        for node in order
    ]


def _edges(book: NodeBook, rings: _Rings, order: list[int]) -> tuple[RenderedEdges, RenderedEdges]:
    """Return (edges into each node, edges out of each node), sorted as the nodes are: the origin is always upstream.

    Both ends are in the answer.
    """
    rank = {node: place for place, node in enumerate(order)}  # numbers sort several times faster than node ids
    pairs: set[tuple[int, int]] = set()
    for job, direction, dataset in rings.edges:
        of_dataset, of_job = rank.get(dataset), rank.get(-job)
        if of_dataset is not None and of_job is not None:
            pairs.add((of_dataset, of_job) if direction == INPUT else (of_job, of_dataset))
    into: RenderedEdges = {}
    out_of: RenderedEdges = {}
    ids = [book.node_id(node) for node in order]
    for origin, destination in sorted(pairs):
        rendered = {"origin": ids[origin], "destination": ids[destination]}
        out_of.setdefault(order[origin], []).append(rendered)
        into.setdefault(order[destination], []).append(rendered)
    return into, out_of
