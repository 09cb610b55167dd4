"""Reads of runs and of the versions that they made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from whence_server.stores.rows import DatasetVersionRow, JobVersionRow, RunDatasetRow, RunRow
from whence_server.stores.sqlite.reads import Reads, array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence_server.stores.rows import Page

_END_OF_TIME: Final = 1 << 62
_NO_RUN: Final = 0


class RunReads(Reads):
    """The parts of `stores.base.Reader` about runs and versions."""

    def runs(self, ids: Sequence[int]) -> dict[int, RunRow]:
        """Return runs by id."""
        return {row[0]: RunRow(*row) for row in self._rows_of("runs", ids)}

    def runs_with_uuid(self, uuid: bytes) -> list[RunRow]:
        """Return the runs with this run id: one for each job that used it."""
        return [RunRow(*row) for row in self._rows("runs_with_uuid", uuid=uuid)]

    def child_runs(self, uuid: bytes, limit: int) -> list[RunRow]:
        """Return runs whose parent facet names this run id, by start."""
        return [RunRow(*row) for row in self._rows("child_runs", uuid=uuid, limit=limit)]

    def runs_of_job(self, job_id: int, page: Page) -> list[RunRow]:
        """List runs of a job, latest start first."""
        return [RunRow(*row) for row in self._rows("runs_of_job", job=job_id, limit=page.limit, offset=page.offset)]

    def latest_runs(self, job_ids: Sequence[int], count: int) -> dict[int, list[RunRow]]:
        """Return the latest `count` runs of each job, latest start first."""
        found: dict[int, list[RunRow]] = {}
        for row in self._rows_of("latest_runs", job_ids, count=count):
            found.setdefault(row[1], []).append(RunRow(*row))
        return found

    def run_datasets(self, run_ids: Sequence[int], limit: int) -> dict[int, list[RunDatasetRow]]:
        """Return what runs read and wrote."""
        found: dict[int, list[RunDatasetRow]] = {}
        for row in self._rows_of("run_datasets", run_ids, limit=limit):
            found.setdefault(row[0], []).append(RunDatasetRow(*row))
        return found

    def dataset_versions(self, dataset_id: int, page: Page) -> list[DatasetVersionRow]:
        """List the versions of a dataset, latest first: outputs of runs and DatasetEvents."""
        rows = self._rows("dataset_versions", dataset=dataset_id, limit=page.limit, offset=page.offset)
        return [DatasetVersionRow(dataset_id, *row) for row in rows]

    def latest_versions(self, dataset_ids: Sequence[int]) -> dict[int, DatasetVersionRow]:
        """Return the latest version of each dataset that has one."""
        found = self.versions_before([(each, _END_OF_TIME, _NO_RUN) for each in dataset_ids])
        return {each.dataset_id: each for each in found if each is not None}

    def versions_before(self, asked: Sequence[tuple[int, int, int]]) -> list[DatasetVersionRow | None]:
        """Return, for each (dataset, time, run) asked, the latest version made by then and not by that run."""
        found: list[DatasetVersionRow | None] = [None for _ in asked]
        if not asked:
            return found
        parameter = array(asked)
        for index, at, run_id, uuid in self._rows("versions_before", asked=parameter):
            found[index] = DatasetVersionRow(asked[index][0], at, run_id, uuid, None)
        for index, at, seq in self._rows("descriptions_before", asked=parameter):
            written = found[int(index)]
            if written is None or written.at < at:
                found[index] = DatasetVersionRow(asked[index][0], at, None, None, seq)
        return found

    def readers_of_version(self, dataset_id: int, after: int, before: int, page: Page) -> list[RunDatasetRow]:
        """List runs that read a dataset first in [after, before), latest first."""
        rows = self._rows(
            "readers_of_version", dataset=dataset_id, after=after, before=before, limit=page.limit, offset=page.offset
        )
        return [RunDatasetRow(*row) for row in rows]

    def job_versions(self, job_id: int, page: Page) -> list[JobVersionRow]:
        """List the versions of a job, latest first."""
        return [
            JobVersionRow(*row) for row in self._rows("job_versions", job=job_id, limit=page.limit, offset=page.offset)
        ]

    def job_version(self, job_id: int, version: bytes) -> JobVersionRow | None:
        """Return one version of a job."""
        rows = self._rows("job_version", job=job_id, version=version)
        return JobVersionRow(*rows[0]) if rows else None
