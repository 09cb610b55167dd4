"""Marquez's job routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from whence_server.api.answers.graph import RunState
from whence_server.api.answers.marquez import Job, JobDetail, Jobs, JobVersion, JobVersions
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.orders import JobOrder
from whence_server.api.parameters import JobName, Limit, NamespaceName, Offset, Version
from whence_server.api.rendering import json_answer
from whence_server.query import jobs

router = APIRouter(prefix="/api/v1", tags=["jobs"])

LastRunStates = Annotated[
    list[RunState] | None, Query(alias="lastRunStates", description="Only jobs whose latest run is in one of these.")
]


@router.get("/jobs", response_model=Jobs, responses=problems())
def list_all_jobs(
    context: Context, limit: Limit = 100, offset: Offset = 0, last_run_states: LastRunStates = None
) -> Response:
    """List the jobs of every namespace, the last one to run first."""
    with context.reads.reading() as store:
        return json_answer(jobs.page(store, None, states=last_run_states, limit=limit, offset=offset))


@router.get("/namespaces/{namespace}/jobs", response_model=Jobs, responses=problems(404))
def list_jobs(
    context: Context,
    namespace: NamespaceName,
    limit: Limit = 100,
    offset: Offset = 0,
    last_run_states: LastRunStates = None,
) -> Response:
    """List the jobs of a namespace, the last one to run first."""
    with context.reads.reading() as store:
        return json_answer(jobs.page(store, namespace, states=last_run_states, limit=limit, offset=offset))


@router.get("/namespaces/{namespace}/jobs/{job}", response_model=JobDetail, responses=problems(404))
def get_job(context: Context, namespace: NamespaceName, job: JobName) -> Response:
    """Answer one job with its datasets, facets and latest runs."""
    with context.reads.reading() as store:
        return json_answer(jobs.one(store, namespace, job))


@router.put("/namespaces/{namespace}/jobs/{job}", response_model=Job, responses=problems(404))
def put_job(context: Context, namespace: NamespaceName, job: JobName, order: JobOrder) -> Response:
    """Tell of a job, as a JobEvent in the log."""
    context.admin.put_job(namespace, job, order)
    return get_job(context, namespace, job)


@router.delete("/namespaces/{namespace}/jobs/{job}", response_model=Job, responses=problems(404))
def delete_job(context: Context, namespace: NamespaceName, job: JobName) -> Response:
    """Hide a job; the next event that names it shows it again."""
    with context.reads.reading() as store:
        before = jobs.one(store, namespace, job)
    context.admin.hide_job(namespace, job)
    return json_answer(before)


@router.get("/namespaces/{namespace}/jobs/{job}/versions", response_model=JobVersions, responses=problems(404))
def list_job_versions(
    context: Context, namespace: NamespaceName, job: JobName, limit: Limit = 100, offset: Offset = 0
) -> Response:
    """List the versions of a job (its datasets and location), newest first."""
    with context.reads.reading() as store:
        return json_answer(jobs.versions(store, namespace, job, limit=limit, offset=offset))


@router.get("/namespaces/{namespace}/jobs/{job}/versions/{version}", response_model=JobVersion, responses=problems(404))
def get_job_version(context: Context, namespace: NamespaceName, job: JobName, version: Version) -> Response:
    """Answer one version of a job."""
    with context.reads.reading() as store:
        return json_answer(jobs.version(store, namespace, job, version))
