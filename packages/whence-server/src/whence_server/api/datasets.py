"""Marquez's dataset routes."""

from __future__ import annotations

from fastapi import APIRouter, Response

from whence_server.api.answers.marquez import Dataset, DatasetDetail, Datasets, DatasetVersion, DatasetVersions
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.orders import DatasetOrder
from whence_server.api.parameters import DatasetName, Limit, NamespaceName, Offset, Version
from whence_server.api.rendering import json_answer
from whence_server.query import datasets

router = APIRouter(prefix="/api/v1/namespaces/{namespace}/datasets", tags=["datasets"])


@router.get("", response_model=Datasets, responses=problems(404))
def list_datasets(context: Context, namespace: NamespaceName, limit: Limit = 100, offset: Offset = 0) -> Response:
    """List the datasets of a namespace by name."""
    with context.reads.reading() as store:
        return json_answer(datasets.page(store, namespace, limit=limit, offset=offset))


@router.get("/{dataset}", response_model=DatasetDetail, responses=problems(404))
def get_dataset(context: Context, namespace: NamespaceName, dataset: DatasetName) -> Response:
    """Answer one dataset with its fields, facets, tags, and the jobs that write and read it."""
    with context.reads.reading() as store:
        return json_answer(datasets.one(store, namespace, dataset))


@router.put("/{dataset}", response_model=Dataset, responses=problems(404))
def put_dataset(context: Context, namespace: NamespaceName, dataset: DatasetName, order: DatasetOrder) -> Response:
    """Tell of a dataset, as a DatasetEvent in the log."""
    context.admin.put_dataset(namespace, dataset, order)
    return get_dataset(context, namespace, dataset)


@router.delete("/{dataset}", response_model=Dataset, responses=problems(404))
def delete_dataset(context: Context, namespace: NamespaceName, dataset: DatasetName) -> Response:
    """Hide a dataset; the next event that names it shows it again."""
    with context.reads.reading() as store:
        before = datasets.one(store, namespace, dataset)
    context.admin.hide_dataset(namespace, dataset)
    return json_answer(before | {"deleted": True})


@router.get("/{dataset}/versions", response_model=DatasetVersions, responses=problems(404))
def list_dataset_versions(
    context: Context, namespace: NamespaceName, dataset: DatasetName, limit: Limit = 100, offset: Offset = 0
) -> Response:
    """List what runs left behind in a dataset, newest first."""
    with context.reads.reading() as store:
        return json_answer(datasets.versions(store, namespace, dataset, limit=limit, offset=offset))


@router.get("/{dataset}/versions/{version}", response_model=DatasetVersion, responses=problems(404))
def get_dataset_version(context: Context, namespace: NamespaceName, dataset: DatasetName, version: Version) -> Response:
    """Answer one version of a dataset."""
    with context.reads.reading() as store:
        return json_answer(datasets.version(store, namespace, dataset, version))
