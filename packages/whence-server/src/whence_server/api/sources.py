"""Marquez's source routes: where datasets live."""

from __future__ import annotations

from fastapi import APIRouter, Response

from whence_server.api.answers.marquez import Source, Sources
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.orders import SourceOrder
from whence_server.api.parameters import Limit, Offset, SourceName
from whence_server.api.rendering import json_answer
from whence_server.query import catalogue

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])


@router.get("", response_model=Sources, responses=problems())
def list_sources(context: Context, limit: Limit = 100, offset: Offset = 0) -> Response:
    """List sources by name."""
    with context.reads.reading() as store:
        return json_answer(catalogue.sources(store, limit=limit, offset=offset))


@router.get("/{source}", response_model=Source, responses=problems(404))
def get_source(context: Context, source: SourceName) -> Response:
    """Answer one source."""
    with context.reads.reading() as store:
        return json_answer(catalogue.source(store, source))


@router.put("/{source}", response_model=Source, responses=problems())
def put_source(context: Context, source: SourceName, order: SourceOrder) -> Response:
    """Make a source known, or change it."""
    context.admin.put_source(
        source, kind=order.type, connection_url=order.connection_url, description=order.description
    )
    return get_source(context, source)
