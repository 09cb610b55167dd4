"""The chain of runs behind a run: the runs that wrote what it read, the runs behind those, and so on.

A dataset that no run wrote has a version and no producer: the chain ends there. (Marquez answers 500.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence_server.query.lookup import run_row
from whence_server.query.nodes import NodeBook
from whence_server.query.run_shape import versions_read
from whence_server.query.run_states import run_state
from whence_server.query.times import instant_or_none
from whence_server.query.versions import dataset_version, uuid_text
from whence_server.stores.rows import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whence_server.query.limits import Budget, Limits
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import DatasetVersionRow, RunDatasetRow, RunRow

VersionsRead = dict[tuple[int, int], "DatasetVersionRow"]


class _Chain:
    """One walk over runs, ring by ring."""

    def __init__(self, reader: Reader, budget: Budget) -> None:
        self._reader = reader
        self._book = NodeBook(reader)
        self._budget = budget
        self.runs: dict[int, RunRow] = {}
        self._inputs: dict[int, list[RunDatasetRow]] = {}
        self._read: VersionsRead = {}

    def walk(self, start: RunRow, depth: int) -> None:
        """Walk until `depth` or a bound is reached, or nothing is left."""
        ring = self._take([start], 0)
        for hop in range(depth + 1):
            producers = self._producers(ring, hop)
            if not producers or hop == depth or not self._budget.is_in_time(hop + 1):
                return
            ring = self._take(self._reader.runs(producers).values(), hop + 1)

    def _take(self, runs: Iterable[RunRow], hop: int) -> dict[int, RunRow]:
        taken = {run.id: run for run in runs if run.id not in self.runs and self._budget.take_node(hop)}
        self.runs |= taken
        return taken

    def _producers(self, ring: dict[int, RunRow], hop: int) -> list[int]:
        """Read what the runs of a ring read; return the runs that wrote it and are new."""
        if not ring:
            return []
        io = self._reader.run_datasets(list(ring), self._budget.row_limit)
        self._budget.note_rows(sum(map(len, io.values())), hop)
        self._inputs |= {run: [row for row in rows if row.direction == INPUT] for run, rows in io.items()}
        self._book.load(
            [*(row.dataset_id for rows in io.values() for row in rows), *(-run.job_id for run in ring.values())]
        )
        read = versions_read(self._reader, self._book, io.values(), ring)
        self._read |= read
        found = dict.fromkeys(version.run_id for version in read.values() if version.run_id is not None)
        return [run for run in found if run not in self.runs]

    def rendered(self, run: RunRow) -> dict[str, Any]:
        """Render one run of the chain."""
        job = self._book.jobs[run.job_id]
        version = None if run.job_version is None else uuid_text(run.job_version)
        state = run_state(run.state)
        return {
            "job": {"namespace": job.namespace, "name": job.name, "version": version},
            "run": {
                "id": uuid_text(run.uuid),
                "start": instant_or_none(None if state == "NEW" else run.started_at),
                "end": instant_or_none(run.ended_at),
                "status": state,
            },
            "inputs": [self._input(run, row) for row in self._inputs.get(run.id, [])],
        }

    def _input(self, run: RunRow, row: RunDatasetRow) -> dict[str, Any]:
        read = self._read.get((run.id, row.dataset_id))
        dataset = self._book.datasets[row.dataset_id if read is None else read.dataset_id]
        producer = None if read is None or read.run_uuid is None else uuid_text(read.run_uuid)
        return {
            "namespace": dataset.namespace,
            "name": dataset.name,
            "version": dataset_version(dataset, read),
            "producedByRunId": producer,
        }


def answer(reader: Reader, run_id: str, *, depth: int, limits: Limits) -> dict[str, Any]:
    """Answer the chain of runs behind a run, in the shape `UpstreamRuns`."""
    budget = limits.budget()
    chain = _Chain(reader, budget)
    chain.walk(run_row(reader, run_id), depth)
    return {
        "runs": [chain.rendered(run) for run in chain.runs.values()],
        "truncated": budget.is_exhausted,
        "truncatedReason": budget.reason,
    }
