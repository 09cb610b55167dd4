"""Marquez's run routes."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from whence_server.api.answers.marquez import Run, RunDetail, RunFacets, Runs
from whence_server.api.context import ApiContext, Context
from whence_server.api.documented import problems
from whence_server.api.orders import RunOrder
from whence_server.api.parameters import JobName, Limit, NamespaceName, Offset, RunId
from whence_server.api.rendering import json_answer
from whence_server.query import runs

router = APIRouter(prefix="/api/v1", tags=["runs"])

OF_JOB = "/namespaces/{namespace}/jobs/{job}/runs"
FacetType = Annotated[Literal["run", "job"], Query(alias="type", description="Whose facets.")]
At = Annotated[str | None, Query(max_length=64, description="When, ISO 8601 with a zone; now when absent.")]


@router.get(OF_JOB, response_model=Runs, responses=problems(404))
def list_runs(
    context: Context, namespace: NamespaceName, job: JobName, limit: Limit = 100, offset: Offset = 0
) -> Response:
    """List the runs of a job, newest first."""
    with context.reads.reading() as store:
        return json_answer(runs.page(store, namespace, job, limit=limit, offset=offset))


@router.post(OF_JOB, status_code=201, response_model=Run, responses=problems(404))
def create_run(context: Context, namespace: NamespaceName, job: JobName, order: RunOrder) -> Response:
    """Announce a run of a job; its state is NEW until it is started."""
    run_id = context.admin.create_run(namespace, job, order)
    with context.reads.reading() as store:
        return json_answer(runs.one(store, run_id), status_code=201)


@router.get("/jobs/runs/{run_id}", response_model=RunDetail, responses=problems(404))
def get_run(context: Context, run_id: RunId) -> Response:
    """Answer one run with its dataset versions and facets."""
    with context.reads.reading() as store:
        return json_answer(runs.one(store, run_id))


@router.get("/jobs/runs/{run_id}/facets", response_model=RunFacets, responses=problems(404))
def get_run_facets(context: Context, run_id: RunId, facet_type: FacetType) -> Response:
    """Answer the facets of a run, or those of its job."""
    with context.reads.reading() as store:
        return json_answer(runs.facets(store, run_id, of=facet_type))


def _marked(context: ApiContext, run_id: str, transition: str, at: str | None) -> Response:
    context.admin.mark_run(run_id, transition, at=at)
    with context.reads.reading() as store:
        return json_answer(runs.one(store, run_id))


@router.post("/jobs/runs/{run_id}/start", response_model=Run, responses=problems(404))
def start_run(context: Context, run_id: RunId, at: At = None) -> Response:
    """Start a run, as a RunEvent in the log."""
    return _marked(context, run_id, "start", at)


@router.post("/jobs/runs/{run_id}/complete", response_model=Run, responses=problems(404))
def complete_run(context: Context, run_id: RunId, at: At = None) -> Response:
    """End a run that went well."""
    return _marked(context, run_id, "complete", at)


@router.post("/jobs/runs/{run_id}/fail", response_model=Run, responses=problems(404))
def fail_run(context: Context, run_id: RunId, at: At = None) -> Response:
    """End a run that failed."""
    return _marked(context, run_id, "fail", at)


@router.post("/jobs/runs/{run_id}/abort", response_model=Run, responses=problems(404))
def abort_run(context: Context, run_id: RunId, at: At = None) -> Response:
    """End a run that was aborted."""
    return _marked(context, run_id, "abort", at)
