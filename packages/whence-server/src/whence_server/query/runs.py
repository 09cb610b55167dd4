"""Runs, for Marquez's run routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from whence_server.query.facets import raw
from whence_server.query.lookup import job_row, run_row
from whence_server.query.nodes import NodeBook
from whence_server.query.run_shape import RunBook
from whence_server.query.run_states import run_state
from whence_server.query.versions import uuid_text
from whence_server.stores.rows import Page

if TYPE_CHECKING:
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import RunRow

MAX_CHILDREN = 100


def page(reader: Reader, namespace: str, name: str, *, limit: int, offset: int) -> dict[str, Any]:
    """List the runs of a job, in the shape `Runs`."""
    row = job_row(reader, namespace, name)
    runs = reader.runs_of_job(row.id, Page(limit, offset)) if limit else []
    book = RunBook(reader, NodeBook(reader), runs)
    return {"runs": [book.rendered(run) for run in runs], "totalCount": row.run_count}


def one(reader: Reader, run_id: str) -> dict[str, Any]:
    """Answer one run, in the shape `RunDetail`."""
    run = run_row(reader, run_id)
    book = NodeBook(reader)
    found = RunBook(reader, book, [run]).rendered(run)
    children = reader.child_runs(run.uuid, MAX_CHILDREN)
    book.load([-run.job_id, *(-child.job_id for child in children), *(-job for job in [run.parent_job_id] if job)])
    return found | {
        "job": _job_name(book, run.job_id),
        "parentRun": _parent(book, run),
        "childRuns": [
            {"id": uuid_text(child.uuid), "job": _job_name(book, child.job_id), "state": run_state(child.state)}
            for child in children
        ],
    }


def facets(reader: Reader, run_id: str, *, of: Literal["run", "job"]) -> dict[str, Any]:
    """Answer the facets of a run, or the present ones of its job, in the shape `RunFacets`."""
    run = run_row(reader, run_id)
    if of == "run":
        found = reader.run_facets([run.id]).get(run.id, {})
    else:
        found = reader.job_facets([run.job_id]).get(run.job_id, {})
    return {"runId": uuid_text(run.uuid), "facets": raw(found)}


def _job_name(book: NodeBook, job_id: int) -> dict[str, str]:
    row = book.jobs[job_id]
    return {"namespace": row.namespace, "name": row.name}


def _parent(book: NodeBook, run: RunRow) -> dict[str, Any] | None:
    if run.parent_uuid is None:
        return None
    job = None if run.parent_job_id is None else _job_name(book, run.parent_job_id)
    return {"id": uuid_text(run.parent_uuid), "job": job}
