"""Every error as one JSON shape, `answers.problem.Problem`: {code, error, message, path, details}.

The table of errors is here; the application registers it. Must not hide what is not in the table: that is a 500,
logged by the server.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from whence.errors import EventError
from whence_server.api.rendering import MEDIA_TYPE
from whence_server.errors import RequestError, StoreError, StoreUnavailableError
from whence_server.query.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI, Request

MAX_SHOWN = 100
_HINTS = {
    404: "; names with slashes in a path must be percent-encoded (%2F)",
}


def problem(
    code: int,
    error: str,
    message: str,
    *,
    path: str | None = None,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Render a problem."""
    body = {"code": code, "error": error, "message": message, "path": path, "details": details}
    return Response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), code, dict(headers or {}), MEDIA_TYPE)


async def on_query_error(_: Request, error: Exception) -> Response:
    """Answer a question that was refused."""
    refused = cast("QueryError", error)
    return problem(refused.code, refused.error, refused.message, path=refused.path, details=refused.details)


async def on_event_error(_: Request, error: Exception) -> Response:
    """Answer an event that cannot be kept."""
    refused = cast("EventError", error)
    return problem(422, "unprocessable_event", str(refused), path=refused.path)


async def on_request_error(_: Request, error: Exception) -> Response:
    """Answer a request that cannot be read."""
    refused = cast("RequestError", error)
    return problem(refused.status, refused.error, str(refused), path=refused.path)


async def on_unavailable(_: Request, error: Exception) -> Response:
    """Answer that the store cannot do it now."""
    unavailable = cast("StoreUnavailableError", error)
    headers = {"Retry-After": str(unavailable.retry_after_s)}
    return problem(503, "store_unavailable", str(unavailable), headers=headers)


async def on_store_error(_: Request, error: Exception) -> Response:
    """Answer that the store failed: damaged, or of another version."""
    return problem(500, "store_failed", str(error))


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: unknown routes, methods that a route does not have."""
    refused = cast("HTTPException", error)
    phrase = HTTPStatus(refused.status_code).phrase
    message = str(refused.detail or phrase)
    if refused.status_code == HTTPStatus.NOT_FOUND and message == phrase:
        message = f"no such route: {request.method} {request.url.path[:MAX_SHOWN]}{_HINTS[404]}"
    if refused.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (refused.headers or {}).get("Allow", "")
        message = f"{request.method} is not allowed here; allowed: {allowed}"
    word = phrase.lower().replace(" ", "_")
    return problem(refused.status_code, word, message, headers=refused.headers)


async def on_invalid(_: Request, error: Exception) -> Response:
    """Answer parameters and bodies that do not fit: the first one in the message, all of them in the details."""
    invalid = cast("RequestValidationError", error)
    found = [_invalid(each) for each in cast("Sequence[Mapping[str, Any]]", invalid.errors())]
    message = "; ".join(f"{each['path']}: {each['message']}" for each in found[:3])
    return problem(400, "bad_request", message, path=found[0]["path"], details={"errors": found[:20]})


def _invalid(error: Mapping[str, Any]) -> dict[str, Any]:
    place, *rest = error["loc"]
    name = ".".join(str(part) for part in rest)
    value = error.get("input")
    if error["type"] == "extra_forbidden":
        return {"path": f"$.{name}", "message": "there is no such field"}
    shown = (
        "null" if value is None else repr(value) if isinstance(value, (str, int, float, bool)) else type(value).__name__
    )
    path = f"$.{name}".rstrip(".") if place == "body" else name
    given = "" if error["type"] == "missing" else f", not {shown[:MAX_SHOWN]}"
    return {"path": path, "message": f"{error['msg']}{given}"}


async def on_anything_else(_: Request, error: Exception) -> Response:
    """Answer an error of ours. The server logs it with its traceback; the answer shows nothing of the inside."""
    return problem(500, "internal", f"the server failed with {type(error).__name__}; its log says why")


HANDLERS = {
    QueryError: on_query_error,
    EventError: on_event_error,
    RequestError: on_request_error,
    StoreUnavailableError: on_unavailable,
    StoreError: on_store_error,
    HTTPException: on_http_error,
    RequestValidationError: on_invalid,
    Exception: on_anything_else,
}


def register_problems(app: FastAPI) -> None:
    """Make the application answer every error in the one shape."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
