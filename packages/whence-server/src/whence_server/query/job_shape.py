"""Jobs in Marquez's shape. Rendered many at a time.

A job keeps its own name: `simpleName` is the same as `name`, the parent is told in fields of its own (Marquez puts it
into the name).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence_server.query.facets import description, job_type, location, raw
from whence_server.query.run_shape import RunBook, rendered_brief_run
from whence_server.query.tags import TagBook
from whence_server.query.times import instant
from whence_server.query.versions import job_uuid, uuid_text
from whence_server.stores.rows import INPUT, OUTPUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whence_server.query.nodes import NodeBook
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import JobRow

SUMMARY_FACETS = ("documentation", "jobType", "sourceCodeLocation", "tags")
MAX_EDGES = 50_000
LATEST_RUNS = 10


class JobSummaries:
    """What the lineage graph shows of jobs, read in a few statements.

    Latest runs are brief: no dataset versions, no facets.
    """

    def __init__(
        self, reader: Reader, book: NodeBook, rows: Sequence[JobRow], edges: Iterable[tuple[int, int, int]]
    ) -> None:
        self._book = book
        self._facets = self._facets_of(reader, [row.id for row in rows])
        self._io: dict[tuple[int, int], set[int]] = {}
        for job, direction, dataset in edges:
            self._io.setdefault((job, direction), set()).add(dataset)
        book.load_names(dataset for datasets in self._io.values() for dataset in datasets)
        book.load({-row.parent_job_id for row in rows if row.parent_job_id is not None})
        runs = reader.runs([row.latest_run_id for row in rows if row.latest_run_id is not None])
        self._latest = {run.job_id: run for run in runs.values()}

    def _facets_of(self, reader: Reader, ids: list[int]) -> dict[int, dict[str, bytes]]:
        return reader.job_facets(ids, keys=SUMMARY_FACETS)

    def _latest_run(self, row: JobRow) -> Any:
        run = self._latest.get(row.id)
        return None if run is None else rendered_brief_run(run, row.namespace, row.name)

    def summary(self, row: JobRow) -> dict[str, Any]:
        """Return a job as the lineage graph shows it."""
        facets = self._facets.get(row.id)
        parent = None if row.parent_job_id is None else self._book.jobs.get(row.parent_job_id)
        return {
            "id": {"namespace": row.namespace, "name": row.name},
            "type": job_type(facets) if facets else "BATCH",
            "name": row.name,
            "simpleName": row.name,
            "parentJobName": None if parent is None else parent.name,
            "parentJobUuid": None if parent is None else job_uuid(parent.namespace, parent.name),
            "createdAt": instant(row.first_seen),
            "updatedAt": instant(row.last_seen),
            "namespace": row.namespace,
            "inputs": self._book.dataset_names(self._io.get((row.id, INPUT), ())),
            "outputs": self._book.dataset_names(self._io.get((row.id, OUTPUT), ())),
            "location": location(facets) if facets else None,
            "description": description(facets) if facets else None,
            "latestRun": self._latest_run(row),
        }


class JobBook(JobSummaries):
    """What jobs show in full: all facets, tags and the latest runs, of which each job shows up to `runs_each`."""

    def __init__(self, reader: Reader, book: NodeBook, rows: Sequence[JobRow], *, runs_each: int = LATEST_RUNS) -> None:
        ids = [row.id for row in rows]
        super().__init__(reader, book, rows, reader.datasets_of_jobs(ids, MAX_EDGES))
        self._tags = TagBook(reader)
        self._runs = reader.latest_runs(ids, runs_each)
        self._run_book = RunBook(reader, book, (run for runs in self._runs.values() for run in runs))

    def _facets_of(self, reader: Reader, ids: list[int]) -> dict[int, dict[str, bytes]]:
        return reader.job_facets(ids)

    def _latest_run(self, row: JobRow) -> Any:
        runs = self._runs.get(row.id)
        return self._run_book.rendered(runs[0]) if runs else None

    def job(self, row: JobRow) -> dict[str, Any]:
        """Return a job."""
        facets = self._facets.get(row.id, {})
        runs = self._runs.get(row.id, [])
        found = self.summary(row)
        rendered = [found["latestRun"], *(self._run_book.rendered(run) for run in runs[1:])] if runs else None
        version = next((run.job_version for run in runs if run.job_version is not None), None)
        return found | {
            "latestRuns": rendered,
            "facets": raw(facets),
            "currentVersion": None if version is None else uuid_text(version),
            "labels": [],
            "tags": self._tags.of_job(row, facets),
        }
