"""Search by name: Marquez's /search and, in its shape, the v2beta search."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from whence_server.api.answers.marquez import OpenSearchHits, SearchHits
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.parameters import Limit, Offset
from whence_server.api.rendering import json_answer
from whence_server.query import search as searching

router = APIRouter(prefix="/api", tags=["search"])

Text = Annotated[str, Query(max_length=65_536, description="Part of a name, any case.")]
OnlyKind = Annotated[
    Literal["DATASET", "JOB", "dataset", "job"] | None, Query(alias="filter", description="Only datasets, only jobs.")
]
Sort = Literal["NAME", "UPDATE_AT", "name", "update_at", "updated_at", "UPDATED_AT"]
InNamespace = Annotated[str | None, Query(max_length=65_536, description="Only this namespace.")]
Day = Annotated[str | None, Query(max_length=64, description="YYYY-MM-DD: updated before / after this day, UTC.")]


@router.get("/v1/search", response_model=SearchHits, responses=problems())
def search(  # noqa: PLR0913, PLR0917 - one argument a query parameter
    context: Context,
    q: Text,
    kind: OnlyKind = None,
    sort: Sort = "NAME",
    limit: Limit = 10,
    offset: Offset = 0,
    namespace: InNamespace = None,
    before: Day = None,
    after: Day = None,
) -> Response:
    """Find datasets and jobs whose name holds the text; exact matches first, then names that begin with it."""
    question = searching.Question(
        text=q, kind=kind, sort=sort, limit=limit, offset=offset, namespace=namespace, before=before, after=after
    )
    with context.reads.reading() as store:
        return json_answer(searching.answer(store, question))


@router.get("/v2beta/search/jobs", response_model=OpenSearchHits, responses=problems())
def search_jobs(context: Context, q: Text) -> Response:
    """Find jobs, in the shape of Marquez's full-text search."""
    with context.reads.reading() as store:
        return json_answer(searching.open_search(store, q, kind="JOB"))


@router.get("/v2beta/search/datasets", response_model=OpenSearchHits, responses=problems())
def search_datasets(context: Context, q: Text) -> Response:
    """Find datasets, in the shape of Marquez's full-text search."""
    with context.reads.reading() as store:
        return json_answer(searching.open_search(store, q, kind="DATASET"))
