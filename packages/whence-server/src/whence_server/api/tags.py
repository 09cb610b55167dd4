"""Marquez's tag routes, and putting tags on datasets, fields and jobs."""

from __future__ import annotations

from fastapi import APIRouter, Response

from whence_server.api.answers.marquez import Dataset, Job, Tag, Tags
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.orders import TagOrder
from whence_server.api.parameters import DatasetName, FieldName, JobName, Limit, NamespaceName, Offset, TagName
from whence_server.api.rendering import json_answer
from whence_server.query import catalogue, datasets, jobs

router = APIRouter(prefix="/api/v1", tags=["tags"])

OF_DATASET = "/namespaces/{namespace}/datasets/{dataset}/tags/{tag}"
OF_FIELD = "/namespaces/{namespace}/datasets/{dataset}/fields/{field}/tags/{tag}"
OF_JOB = "/namespaces/{namespace}/jobs/{job}/tags/{tag}"


@router.get("/tags", response_model=Tags, responses=problems())
def list_tags(context: Context, limit: Limit = 100, offset: Offset = 0) -> Response:
    """List tags by name: those made here and those that events carry."""
    with context.reads.reading() as store:
        return json_answer(catalogue.tags(store, limit=limit, offset=offset))


@router.put("/tags/{tag}", response_model=Tag, responses=problems())
def put_tag(context: Context, tag: TagName, order: TagOrder) -> Response:
    """Make a tag known, or change its description."""
    context.admin.put_tag(tag, description=order.description)
    return json_answer({"name": tag, "description": order.description})


def _dataset(context: Context, namespace: str, dataset: str) -> Response:
    with context.reads.reading() as store:
        return json_answer(datasets.one(store, namespace, dataset))


def _job(context: Context, namespace: str, job: str) -> Response:
    with context.reads.reading() as store:
        return json_answer(jobs.one(store, namespace, job))


@router.post(OF_DATASET, response_model=Dataset, responses=problems(404))
def tag_dataset(context: Context, namespace: NamespaceName, dataset: DatasetName, tag: TagName) -> Response:
    """Put a tag on a dataset."""
    context.admin.tag_dataset(namespace, dataset, tag)
    return _dataset(context, namespace, dataset)


@router.delete(OF_DATASET, response_model=Dataset, responses=problems(404))
def untag_dataset(context: Context, namespace: NamespaceName, dataset: DatasetName, tag: TagName) -> Response:
    """Take a tag off a dataset."""
    context.admin.untag_dataset(namespace, dataset, tag)
    return _dataset(context, namespace, dataset)


@router.post(OF_FIELD, response_model=Dataset, responses=problems(404))
def tag_field(
    context: Context, namespace: NamespaceName, dataset: DatasetName, field: FieldName, tag: TagName
) -> Response:
    """Put a tag on a field."""
    context.admin.tag_dataset(namespace, dataset, tag, field=field)
    return _dataset(context, namespace, dataset)


@router.delete(OF_FIELD, response_model=Dataset, responses=problems(404))
def untag_field(
    context: Context, namespace: NamespaceName, dataset: DatasetName, field: FieldName, tag: TagName
) -> Response:
    """Take a tag off a field."""
    context.admin.untag_dataset(namespace, dataset, tag, field=field)
    return _dataset(context, namespace, dataset)


@router.post(OF_JOB, response_model=Job, responses=problems(404))
def tag_job(context: Context, namespace: NamespaceName, job: JobName, tag: TagName) -> Response:
    """Put a tag on a job."""
    context.admin.tag_job(namespace, job, tag)
    return _job(context, namespace, job)


@router.delete(OF_JOB, response_model=Job, responses=problems(404))
def untag_job(context: Context, namespace: NamespaceName, job: JobName, tag: TagName) -> Response:
    """Take a tag off a job."""
    context.admin.untag_job(namespace, job, tag)
    return _job(context, namespace, job)
