"""Routes that take events in: POST /api/v1/lineage and /api/v1/lineage/batch.

The body never meets pydantic or dependency injection: `PlainRoute` hands the request to the function as it is, which
is what makes a thousand events a second possible. The OpenAPI document is written out beside it; tests hold the two
together. Source: OpenLineage's HTTP contract, spec/OpenLineage.yml 2.0.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import anyio.to_thread
import orjson
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from whence.errors import EventError
from whence_server.api.answers.problem import Problem
from whence_server.api.rendering import json_answer
from whence_server.errors import RequestError
from whence_server.ingest.bodies import read_body
from whence_server.ingest.events import Batch, decode_batch, decode_event, has_sql, read_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from whence_server.ingest.intake import Intake
    from whence_server.stores.base import Incoming, Kept

LARGE: Final = 1024 * 1024  # a body from this size on is decoded beside the event loop
CHUNK: Final = 250  # events of a batch that are submitted together


class PlainRoute(APIRoute):
    """A documented route whose function takes the request and answers a response, with nothing in between."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's own function."""
        return cast("Callable[[Request], Coroutine[Any, Any, Response]]", self.endpoint)


router = APIRouter(prefix="/api/v1", tags=["lineage"], route_class=PlainRoute)

_EVENT_SCHEMA: Final = {
    "type": "object",
    "description": "A RunEvent, JobEvent or DatasetEvent of OpenLineage 2-0-2; unknown keys and facets are kept.",
    "required": ["eventTime", "producer"],
    "properties": {
        "eventTime": {"type": "string", "format": "date-time"},
        "producer": {"type": "string"},
        "schemaURL": {"type": "string"},
        "eventType": {"type": "string", "description": "START, RUNNING, COMPLETE, ABORT, FAIL or OTHER"},
        "run": {"type": "object"},
        "job": {"type": "object"},
        "dataset": {"type": "object"},
        "inputs": {"type": "array", "items": {"type": "object"}},
        "outputs": {"type": "array", "items": {"type": "object"}},
    },
}
_WARNINGS_SCHEMA: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"code": {"type": "string"}, "path": {"type": "string"}, "message": {"type": "string"}},
    },
}
_KEPT_SCHEMA: Final = {
    "type": "object",
    "description": "Only when the event was kept with warnings; else the body is empty.",
    "properties": {"id": {"type": "string"}, "warnings": _WARNINGS_SCHEMA},
}
_BATCH_SCHEMA: Final = {
    "type": "object",
    "required": ["status", "summary"],
    "properties": {
        "status": {"type": "string", "enum": ["success", "partial_success"]},
        "summary": {
            "type": "object",
            "properties": {
                name: {"type": "integer"} for name in ("received", "successful", "failed", "retriable", "non_retriable")
            },
        },
        "failed_events": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "index": {"type": "integer"},
                    "reason": {"type": "string"},
                    "path": {"type": "string"},
                    "retriable": {"type": "boolean"},
                },
            },
        },
        "warnings": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "index": {"type": "integer"},
                    "id": {"type": "string"},
                    "warnings": _WARNINGS_SCHEMA,
                },
            },
        },
    },
}
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": Problem, "description": "The body is no JSON document, or cannot be decompressed."},
    413: {"model": Problem, "description": "The body or an event in it is too large."},
    415: {"model": Problem, "description": "The Content-Encoding or charset is not known."},
    422: {"model": Problem, "description": "The document cannot be kept as an event: what, where and what to do."},
    503: {"model": Problem, "description": "Nothing was kept: the disk or too many waiting events. Send again later."},
}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


@router.post(
    "/lineage",
    status_code=201,
    response_class=Response,
    responses={201: {"description": "The event is on disk and in the graph.", **_json(_KEPT_SCHEMA)}, **_PROBLEMS},
    openapi_extra={"requestBody": {"required": True, **_json(_EVENT_SCHEMA)}},
    summary="Send an event",
)
async def post_event(request: Request) -> Response:
    """Keep one event and fold it into the graph; answer when it is on disk. Sending it again changes nothing."""
    intake: Intake = request.app.state.intake
    try:
        body = await read_body(request.stream(), request.scope["headers"], intake.max_event_bytes)
        event = decode_event(body) if len(body) < LARGE else await anyio.to_thread.run_sync(decode_event, body)
    except (RequestError, EventError):
        intake.meter.refused()
        raise
    kept = (await _commit(intake, [event]))[0]
    if kept.warnings is None:
        return Response(status_code=201)
    return json_answer(_with_warnings(kept), 201)


def _with_warnings(kept: Kept, **more: Any) -> dict[str, Any]:
    return {**more, "id": kept.id.hex(), "warnings": orjson.Fragment(kept.warnings or b"[]")}


@router.post(
    "/lineage/batch",
    status_code=204,
    response_class=Response,
    responses={
        200: {"description": "Kept, but not all, or with warnings: see the body.", **_json(_BATCH_SCHEMA)},
        204: {"description": "All events are on disk and in the graph."},
        **_PROBLEMS,
    },
    openapi_extra={"requestBody": {"required": True, **_json({"type": "array", "items": _EVENT_SCHEMA})}},
    summary="Send a batch of events",
)
async def post_batch(request: Request) -> Response:
    """Keep an array of events. Each stands for itself: those that cannot be kept are named, the others are kept."""
    intake: Intake = request.app.state.intake
    try:
        body = await read_body(request.stream(), request.scope["headers"], intake.max_body_bytes)
        if len(body) < LARGE:
            batch, kept = await intake.commit_batch(body)
        else:
            batch, kept = await anyio.to_thread.run_sync(decode_batch, body, intake.max_event_bytes), []
        if not kept:
            kept = await _commit_in_chunks(intake, batch.events)
    except (RequestError, EventError):
        intake.meter.refused()
        raise
    intake.meter.refused(len(batch.refused))
    answer = _batch_answer(batch, kept)
    return Response(status_code=204) if answer is None else json_answer(answer)


async def _commit_in_chunks(intake: Intake, events: Sequence[Incoming]) -> list[Kept]:
    """Submit a batch in parts, so that one huge batch does not hold up everybody else's events."""
    kept: list[Kept] = []
    for start in range(0, len(events), CHUNK):
        kept.extend(await _commit(intake, events[start : start + CHUNK]))
    return kept


async def _commit(intake: Intake, events: Sequence[Incoming]) -> list[Kept]:
    """Keep events; new SQL is read before, on a thread of the request, so that nobody else's events wait for it."""
    if has_sql(events):
        await anyio.to_thread.run_sync(read_sql, events)
    return await intake.commit(events)


def _batch_answer(batch: Batch, kept: list[Kept]) -> dict[str, Any] | None:
    """Return what to say about a batch; None when all went well and there is nothing to say."""
    warned = [
        _with_warnings(each, index=index)
        for index, each in zip(batch.indices, kept, strict=True)
        if each.warnings is not None
    ]
    if not warned and not batch.refused:
        return None
    failed = [
        {"index": each.place, "reason": each.reason, "path": each.path, "retriable": False} for each in batch.refused
    ]
    return {
        "status": "partial_success" if failed else "success",
        "summary": {
            "received": batch.received,
            "successful": batch.received - len(failed),
            "failed": len(failed),
            "retriable": 0,
            "non_retriable": len(failed),
        },
        "failed_events": failed,
        "warnings": warned,
    }
