"""Jobs and their versions, for Marquez's job routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence_server.query.errors import UnknownError
from whence_server.query.job_shape import JobBook
from whence_server.query.lookup import job_row, namespace_row
from whence_server.query.nodes import NodeBook
from whence_server.query.run_shape import RunBook
from whence_server.query.times import instant
from whence_server.query.versions import uuid_bytes, uuid_text
from whence_server.stores.rows import INPUT, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence_server.stores.base import Reader
    from whence_server.stores.rows import JobRow, JobVersionRow

MAX_RUN_DATASETS = 50_000


def page(
    reader: Reader, namespace: str | None, *, states: Sequence[str] | None, limit: int, offset: int
) -> dict[str, Any]:
    """List jobs, of one namespace or all, in the shape `Jobs`."""
    if namespace is not None:
        namespace_row(reader, namespace)
    wanted = _stored_states(states)
    rows = reader.jobs_page(Page(limit, offset), namespace=namespace, states=wanted) if limit else []
    shapes = JobBook(reader, NodeBook(reader), rows)
    return {
        "totalCount": reader.job_total(namespace=namespace, states=wanted),
        "jobs": [shapes.job(row) for row in rows],
    }


def _stored_states(states: Sequence[str] | None) -> list[str]:
    """Return the states as they are stored: a run shown as RUNNING may be stored as OTHER."""
    return [*(states or ()), *(["OTHER"] if states and "RUNNING" in states else [])]


def one(reader: Reader, namespace: str, name: str) -> dict[str, Any]:
    """Answer one job, in the shape `JobDetail`."""
    row = job_row(reader, namespace, name)
    book = NodeBook(reader)
    found = JobBook(reader, book, [row]).job(row)
    parent = None if row.parent_job_id is None else book.jobs.get(row.parent_job_id)
    return found | {"parent": None if parent is None else {"namespace": parent.namespace, "name": parent.name}}


def versions(reader: Reader, namespace: str, name: str, *, limit: int, offset: int) -> dict[str, Any]:
    """List the versions of a job, in the shape `JobVersions`."""
    row = job_row(reader, namespace, name)
    found = reader.job_versions(row.id, Page(limit, offset)) if limit else []
    return {"versions": _rendered(reader, row, found)}


def version(reader: Reader, namespace: str, name: str, version_id: str) -> dict[str, Any]:
    """Answer one version of a job, in the shape `JobVersion`."""
    row = job_row(reader, namespace, name)
    uuid = uuid_bytes(version_id)
    found = None if uuid is None else reader.job_version(row.id, uuid)
    if found is None:
        message = f"Job version '{version_id}' not found."
        raise UnknownError(message, path="version")
    return _rendered(reader, row, [found])[0]


def _rendered(reader: Reader, row: JobRow, found: Sequence[JobVersionRow]) -> list[dict[str, Any]]:
    """Render versions: each has the datasets and the location of its latest run."""
    book = NodeBook(reader)
    runs = reader.runs([each.latest_run_id for each in found])
    run_book = RunBook(reader, book, runs.values())
    io = reader.run_datasets(list(runs), MAX_RUN_DATASETS)
    rendered: list[dict[str, Any]] = []
    for each in found:
        run = runs[each.latest_run_id]
        datasets = io.get(run.id, [])
        uuid = uuid_text(each.version)
        rendered.append(
            {
                "id": {"namespace": row.namespace, "name": row.name, "version": uuid},
                "name": row.name,
                "createdAt": instant(each.created_at),
                "version": uuid,
                "namespace": row.namespace,
                "location": run.location,
                "inputs": book.dataset_names(io.dataset_id for io in datasets if io.direction == INPUT),
                "outputs": book.dataset_names(io.dataset_id for io in datasets if io.direction != INPUT),
                "latestRun": run_book.rendered(run),
            }
        )
    return rendered
