"""Events of the log, as they came in, and the warnings noted about them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from whence_server.api.answers.events import Events, StoredEvent, WarnedEvents
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.parameters import EventKey, Limit, Offset
from whence_server.api.rendering import json_answer
from whence_server.query import events

router = APIRouter(tags=["events"])

Time = Annotated[str | None, Query(max_length=64, description="ISO 8601; without a zone it is UTC.")]
SortDirection = Annotated[Literal["asc", "desc", "ASC", "DESC"], Query(alias="sortDirection")]


@router.get("/api/v1/events/lineage", response_model=Events, responses=problems())
def list_lineage_events(
    context: Context,
    before: Time = None,
    after: Time = None,
    sort_direction: SortDirection = "desc",
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response:
    """List events of all three kinds by event time."""
    span = events.Span.between(after, before)
    with context.reads.reading() as store:
        descending = sort_direction.lower() == "desc"
        return json_answer(events.page(store, span, descending=descending, limit=limit, offset=offset))


@router.get("/api/v1/events", response_model=Events, responses=problems())
def list_events(context: Context, limit: Limit = 100, offset: Offset = 0) -> Response:
    """List events, newest first (marquez-python's `list_events`)."""
    with context.reads.reading() as store:
        return json_answer(events.page(store, events.Span(), limit=limit, offset=offset))


@router.get("/api/v1/events/{key:path}", response_model=StoredEvent | Events, responses=problems(404))
def get_event(context: Context, key: EventKey, limit: Limit = 100, offset: Offset = 0) -> Response:
    """Answer one event as it came in, with what was noted about it; or, for a namespace, a page of its events.

    The second is what marquez-python's `list_events(namespace)` asks for. An event id is 40 hexadecimal digits.
    """
    with context.reads.reading() as store:
        if events.is_event_id(key):
            return json_answer(events.one(store, key))
        return json_answer(events.page_of_namespace(store, key, limit=limit, offset=offset))


@router.get("/events/warnings", response_model=WarnedEvents, responses=problems())
def list_warnings(context: Context, limit: Limit = 100, offset: Offset = 0) -> Response:
    """List the events that were kept with a warning or could not be folded, newest receipt first."""
    with context.reads.reading() as store:
        return json_answer(events.warned(store, limit=limit, offset=offset))
