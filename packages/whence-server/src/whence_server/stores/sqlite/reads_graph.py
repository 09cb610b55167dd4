"""Reads of the graph: one step at a time, edges, derivations.

Aliases are resolved here: canonical datasets in, canonical datasets out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from whence_server.graph.derivations import only_from
from whence_server.graph.event_id import LENGTH, event_time_of
from whence_server.stores.rows import FROM_LINEAGE, INFERRED, INPUT, OUTPUT, RANKS, DerivationRow, EdgeRow, Step
from whence_server.stores.sqlite.reads import array
from whence_server.stores.sqlite.reads_names import NameReads

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whence_server.stores.rows import Direction
    from whence_server.stores.sqlite.reads import Row

MAX_MEMBERS: Final = 100_000
NO_DEGREE: tuple[int, int] = (0, 0)


class _Side(NamedTuple):
    """Which way a step leads.

    The direction of the edges at the near datasets, of those at the far ones, and the passages.
    """

    near: int
    far: int
    passages: str


_SIDES: Final[dict[Direction, _Side]] = {
    "down": _Side(INPUT, OUTPUT, "passages_from"),
    "up": _Side(OUTPUT, INPUT, "passages_into"),
}


class GraphReads(NameReads):
    """The part "the graph" of `stores.base.Reader`."""

    def steps(self, nodes: Sequence[int], direction: Direction, limit: int) -> list[Step]:
        """Return the neighbours of a frontier, one hop away; at most `limit` rows."""
        side = _SIDES[direction]
        raw = self._with_members([node for node in nodes if node > 0])
        found = _Found(limit)
        around = self._rows_of("jobs_around", raw, direction=side.near, limit=limit)
        asked_jobs = [-node for node in nodes if node < 0]
        jobs = dict.fromkeys([*(row[1] for row in around), *asked_jobs])
        far_edges = self._rows("datasets_around", jobs=array(jobs), direction=side.far, limit=limit) if jobs else []
        frontier = array([*raw, *(node for node in nodes if node < 0)])
        passages = self._rows(side.passages, nodes=frontier, limit=limit)
        stands_for = self._canonical_of((*raw, *(row[1] for row in far_edges), *(abs(row[2]) for row in passages)))
        found.add_passages(passages, self._passage_times(passages, far_edges), stands_for)
        found.add_inferred(around, far_edges, direction, stands_for)
        found.add_jobs(asked_jobs, far_edges, stands_for)
        if direction == "up" and asked_jobs:
            found.add_jobs_behind(self._rows("jobs_behind", jobs=array(asked_jobs), limit=limit))
        return found.steps()

    def _passage_times(self, passages: list[Row], far_edges: list[Row]) -> dict[tuple[int, int], int]:
        """Return when passages were last seen: (near or far, job) -> time; what no edge tells, the node itself does."""
        times = {(dataset, job): last_seen for job, dataset, _, last_seen in far_edges}
        missing = {node for near, job, far, _ in passages for node in (near, far) if (far, job) not in times}
        if missing:
            times |= {(node, 0): last_seen for node, last_seen in self._rows("last_seen", nodes=array(missing))}
        return times

    def _with_members(self, datasets: list[int]) -> list[int]:
        members = self.members(datasets, MAX_MEMBERS)
        return [*datasets, *(member for each in members.values() for member in each)] if members else datasets

    def _canonical_of(self, datasets: Iterable[int]) -> dict[int, int]:
        """Return canonical ids of those that are not their own."""
        return self.canonical(list(set(datasets))) if self._has_aliases else {}

    def edges_of_jobs(self, job_ids: Sequence[int], limit: int, *, current: bool = True) -> list[EdgeRow]:
        """Return the edges of jobs; `current=False` adds history. Dataset ids are canonical."""
        return self._edges(self._rows_of("edges_of_jobs", job_ids, current=int(current), limit=limit))

    def datasets_of_jobs(self, job_ids: Sequence[int], limit: int) -> list[tuple[int, int, int]]:
        """Return (job, direction, canonical dataset) of the current edges of jobs: what is on them, and no more."""
        rows: list[Any] = self._rows_of("datasets_of_jobs", job_ids, limit=limit)
        stands_for = self._canonical_of(row[2] for row in rows)
        if not stands_for:
            return rows
        return [(job, direction, _standing(stands_for, dataset)) for job, direction, dataset in rows]

    def edges_of_datasets(self, dataset_ids: Sequence[int], limit: int, *, current: bool = True) -> list[EdgeRow]:
        """Return the edges of canonical datasets and of their aliases. Dataset ids are canonical."""
        raw = self._with_members(list(dataset_ids))
        return self._edges(self._rows_of("edges_of_datasets", raw, current=int(current), limit=limit))

    def _edges(self, rows: list[Row]) -> list[EdgeRow]:
        found = list(map(EdgeRow._make, rows))
        stands_for = self._canonical_of(row[2] for row in rows)
        if not stands_for:
            return found
        return [edge._replace(dataset_id=stands_for.get(edge.dataset_id, edge.dataset_id)) for edge in found]

    def jobs_around(self, dataset_ids: Sequence[int], limit: int, *, directions: Sequence[int] = (0, 1)) -> list[int]:
        """Return the jobs that read (direction 0) or write (1) canonical datasets or their aliases, each once."""
        raw = self._with_members(list(dataset_ids))
        return [row[0] for row in self._rows_of("jobs_beside", raw, directions=array(directions), limit=limit)]

    def degrees(self, nodes: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return how many current steps lie (up, down) of each canonical dataset, counting jobs.

        Writers and readers.
        """
        raw = self._with_members([node for node in nodes if node > 0])
        stands_for = self._canonical_of(raw)
        found = dict.fromkeys(nodes, NO_DEGREE)
        for dataset, direction, count in self._rows_of("degrees", raw):
            node = _standing(stands_for, dataset)
            up, down = found.get(node, NO_DEGREE)
            found[node] = (up + count, down) if direction == OUTPUT else (up, down + count)
        return found

    def derivations_of(self, nodes: Sequence[int], limit: int) -> list[DerivationRow]:
        """Return where the fields of these nodes come from: live ones only.

        Canonical datasets in, members' rows out.
        """
        return self._derivations("derivations_of", nodes, limit)

    def derivations_from(self, nodes: Sequence[int], limit: int) -> list[DerivationRow]:
        """Return derivations that have one of these nodes among their origins: live ones only."""
        return self._derivations("derivations_from", nodes, limit)

    def _derivations(self, statement: str, nodes: Sequence[int], limit: int) -> list[DerivationRow]:
        if not nodes:
            return []
        raw = self._with_members([node for node in nodes if node > 0]) + [node for node in nodes if node < 0]
        return [_derivation(row) for row in self._rows(statement, nodes=array(raw), limit=limit)]

    def derivations_of_jobs(self, job_ids: Sequence[int], limit: int) -> list[DerivationRow]:
        """Return live derivations said through these jobs."""
        return [_derivation(row) for row in self._rows_of("derivations_of_jobs", job_ids, limit=limit)]


class _Found:
    """Steps being collected: each (near, job, far) once, the better known one stays; never more than the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._steps: dict[tuple[int, int, int], Step] = {}
        self._led_on: set[tuple[int, int]] = set()

    def steps(self) -> list[Step]:
        """Return what was collected."""
        return list(self._steps.values())

    def _add(self, step: Step) -> None:
        key = (step.near, step.job_id, step.far)
        known = self._steps.get(key)
        if known is None:
            if len(self._steps) < self._limit:
                self._steps[key] = step
        elif (RANKS[step.source], step.last_seen) > (RANKS[known.source], known.last_seen):
            self._steps[key] = step

    def add_passages(self, passages: list[Row], times: dict[tuple[int, int], int], stands_for: dict[int, int]) -> None:
        """Add explicit passages.

        A job that is its own origin generates, one that is its own target keeps: nothing is beyond it.
        """
        for raw_near, job, raw_far, source in passages:
            near, far = _standing(stands_for, raw_near), _standing(stands_for, raw_far)
            seen = (
                times.get((raw_far, job))
                or times.get((raw_near, job))
                or times.get((raw_far, 0))
                or times.get((raw_near, 0), 0)
            )
            if far == -job:
                far = 0
            if near == -job and far == 0:
                continue
            if far != near:
                self._add(Step(near, job, far, source, seen))
                self._led_on.add((near, job))

    def add_inferred(
        self, around: list[Row], far_edges: list[Row], direction: Direction, stands_for: dict[int, int]
    ) -> None:
        """Add inputs x outputs of jobs whose outputs say nothing about their sources.

        And jobs with nothing on the far side.
        """
        open_far: dict[int, list[tuple[int, int]]] = {}
        for job, dataset, source, last_seen in far_edges:
            if direction == "up" or source == INFERRED:
                open_far.setdefault(job, []).append((_standing(stands_for, dataset), last_seen))
        for dataset, job, source, last_seen in around:
            near = _standing(stands_for, dataset)
            if direction == "down" or source == INFERRED:
                for far, seen in open_far.get(job, ()):
                    if far != near:
                        self._add(Step(near, job, far, INFERRED, max(seen, last_seen) if direction == "up" else seen))
                        self._led_on.add((near, job))
                    if len(self._steps) >= self._limit:
                        return
            if (near, job) not in self._led_on:
                self._led_on.add((near, job))
                self._add(Step(near, job, 0, source, last_seen))

    def add_jobs(self, jobs: list[int], far_edges: list[Row], stands_for: dict[int, int]) -> None:
        """Add what lies beside the jobs of the frontier themselves."""
        asked = set(jobs)
        for job, dataset, source, last_seen in far_edges:
            if job in asked:
                self._add(Step(-job, job, _standing(stands_for, dataset), source, last_seen))

    def add_jobs_behind(self, rows: list[Row]) -> None:
        """Add jobs that feed the jobs of the frontier."""
        for job, origin, last_seen in rows:
            self._add(Step(-job, job, origin, FROM_LINEAGE, last_seen))


def _standing(stands_for: dict[int, int], node: int) -> int:
    """Return the canonical node of a node; jobs and most datasets stand for themselves."""
    return stands_for.get(node, node)


def _derivation(row: Row) -> DerivationRow:
    """Make a row of what is alive: origins that no passage bears out any more are left out, of the fields, too."""
    target, job, source, stamp, stored, fields, passing = row
    time = event_time_of(stamp) if stamp is not None and len(stamp) == LENGTH else 0
    origins: list[int] = orjson.loads(stored)
    alive = {-job, *orjson.loads(passing)}
    if not alive.issuperset(origins):
        origins = [node for node in origins if node in alive]
        fields = only_from(fields, set(origins))
    return DerivationRow(target, job, source, time, orjson.dumps(origins), fields)
