"""Jobs in Marquez's shape. Rendered many at a time.

A job keeps its own name: `simpleName` is the same as `name`, the parent is told in fields of its own (Marquez puts it into the name).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence_server.query.facets import description, job_type, location, raw
from whence_server.query.run_shape import RunBook
from whence_server.query.tags import TagBook
from whence_server.query.times import instant
from whence_server.query.versions import job_uuid, uuid_text
from whence_server.stores.rows import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from whence_server.query.nodes import NodeBook
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import EdgeRow, JobRow, RunRow

SUMMARY_FACETS = ("documentation", "jobType", "sourceCodeLocation", "tags")
MAX_EDGES = 50_000
LATEST_RUNS = 10

Io = tuple[list[dict[str, str]], list[dict[str, str]]]


class JobBook:
    """What the jobs of one answer need, read in a few statements. `runs_each` is how many latest runs each job shows."""

    def __init__(
        self,
        reader: Reader,
        book: NodeBook,
        rows: Sequence[JobRow],
        *,
        runs_each: int,
        all_facets: bool,
        edges: Sequence[EdgeRow] | None = None,
    ) -> None:
        ids = [row.id for row in rows]
        self._book = book
        self._tags = TagBook(reader)
        self._facets = reader.job_facets(ids) if all_facets else reader.job_facets(ids, keys=SUMMARY_FACETS)
        self._edges: dict[int, list[EdgeRow]] = {}
        for edge in reader.edges_of_jobs(ids, MAX_EDGES) if edges is None else edges:
            self._edges.setdefault(edge.job_id, []).append(edge)
        book.load(edge.dataset_id for found in self._edges.values() for edge in found)
        book.load(-row.parent_job_id for row in rows if row.parent_job_id is not None)
        self._runs = self._latest(reader, rows, runs_each)
        self._run_book = RunBook(reader, book, (run for runs in self._runs.values() for run in runs))

    @staticmethod
    def _latest(reader: Reader, rows: Sequence[JobRow], runs_each: int) -> dict[int, list[RunRow]]:
        if runs_each > 1:
            return reader.latest_runs([row.id for row in rows], runs_each)
        runs = reader.runs([row.latest_run_id for row in rows if row.latest_run_id is not None])
        return {run.job_id: [run] for run in runs.values()}

    def summary(self, row: JobRow) -> dict[str, Any]:
        """Return a job as the lineage graph shows it."""
        facets = self._facets.get(row.id, {})
        inputs, outputs = self._io(row.id)
        runs = self._runs.get(row.id)
        return {
            "id": {"namespace": row.namespace, "name": row.name},
            "type": job_type(facets) if facets else "BATCH",
            "name": row.name,
            "simpleName": row.name,
            **self._parent(row),
            "createdAt": instant(row.first_seen),
            "updatedAt": instant(row.last_seen),
            "namespace": row.namespace,
            "inputs": inputs,
            "outputs": outputs,
            "location": location(facets),
            "description": description(facets),
            "latestRun": self._run_book.rendered(runs[0]) if runs else None,
        }

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

    def _parent(self, row: JobRow) -> dict[str, str | None]:
        parent = None if row.parent_job_id is None else self._book.jobs.get(row.parent_job_id)
        if parent is None:
            return {"parentJobName": None, "parentJobUuid": None}
        return {"parentJobName": parent.name, "parentJobUuid": job_uuid(parent.namespace, parent.name)}

    def _io(self, job_id: int) -> Io:
        edges = self._edges.get(job_id, [])
        inputs = {edge.dataset_id: None for edge in edges if edge.direction == INPUT}
        outputs = {edge.dataset_id: None for edge in edges if edge.direction != INPUT}
        return dataset_names(self._book, inputs), dataset_names(self._book, outputs)


def dataset_names(book: NodeBook, ids: Iterable[int]) -> list[dict[str, str]]:
    """Return datasets as {namespace, name}, sorted; those that are hidden or gone are left out."""
    rows: Mapping[int, Any] = book.datasets
    names = sorted((rows[each].namespace, rows[each].name) for each in ids if book.is_shown(each))
    return [{"namespace": namespace, "name": name} for namespace, name in names]
