"""Django: one line in the settings, first in `MIDDLEWARE`: "whence.integrations.django.WhenceMiddleware".

Under WSGI and ASGI, sync and async views, streamed responses. Options are the setting `WHENCE`, a dictionary with `run`
("window" or "request"), `window_s`, `flow`, `namespace`. What other middleware does before Django has resolved the URL
belongs to the job `<method> (no route)`.
"""

from __future__ import annotations

from functools import cache

from whence.integrations._requests import Service
from whence.integrations._routes import job_name
from whence.integrations._templates import from_angles, from_pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from typing import Any

    from whence.integrations._requests import Request, Untold

_ERROR = "_whence_error"


class WhenceMiddleware:
    """Makes requests runs: per route and window of time, or one each."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[..., Any]) -> None:
        from importlib import import_module  # noqa: PLC0415  as light as can be

        tell: Any = import_module("asgiref.sync")  # how Django marks and asks, in every Python
        settings: Any = import_module("django.conf").settings
        self.get_response = get_response
        self.service = Service(**getattr(settings, "WHENCE", {}))
        self._is_async: bool = tell.iscoroutinefunction(get_response)
        if self._is_async:
            tell.markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        """Serve one request."""
        if self._is_async:
            return self._serve_async(request)
        mine = self._begin(request)
        try:
            response = self.get_response(request)
        except BaseException as error:
            mine.suspend()
            mine.end(error)
            raise
        mine.suspend()
        return _answered(mine, request, response)

    async def _serve_async(self, request: Any) -> Any:
        mine = self._begin(request)
        try:
            response = await self.get_response(request)
        except BaseException as error:
            mine.suspend()
            mine.end(error)
            raise
        mine.suspend()
        return _answered(mine, request, response)

    def process_exception(self, request: Any, exception: BaseException) -> None:
        """Remember what a view raised: Django makes a response of it."""
        setattr(request, _ERROR, exception)

    def _begin(self, request: Any) -> Request | Untold:
        return self.service.begin(
            lambda: job_name(request.method or "", _template_of(request)),
            None if self.service.is_windowed else request.headers,
        )


def _answered(mine: Request | Untold, request: Any, response: Any) -> Any:
    error: BaseException | None = getattr(request, _ERROR, None)
    if error is not None:
        delattr(request, _ERROR)  # no cycle through its trace stays
    if not getattr(response, "streaming", False):
        mine.end(error, response.status_code)
    elif getattr(response, "is_async", False):
        response.streaming_content = _async_steps(mine, response.streaming_content, response.status_code)
    else:
        response.streaming_content = _steps(mine, response.streaming_content, response.status_code)
    return response


def _steps(mine: Request | Untold, content: Iterable[Any], status: int) -> Iterator[Any]:
    error: BaseException | None = None
    content = iter(content)
    try:
        while True:
            before = mine.step_in()
            try:
                item = next(content)
            except StopIteration:
                return
            finally:
                mine.step_out(before)
            yield item
    except Exception as raised:
        error = raised
        raise
    finally:
        mine.end(error, status)


async def _async_steps(mine: Request | Untold, content: Any, status: int) -> AsyncIterator[Any]:
    error: BaseException | None = None
    content = aiter(content)
    try:
        while True:
            before = mine.step_in()
            try:
                item = await anext(content)
            except StopAsyncIteration:
                return
            finally:
                mine.step_out(before)
            yield item
    except Exception as raised:
        error = raised
        raise
    finally:
        mine.end(error, status)


def _template_of(request: Any) -> str | None:
    match = getattr(request, "resolver_match", None)
    route = getattr(match, "route", None)
    return None if route is None else _read(route)


@cache
def _read(route: str) -> str:
    is_pattern = any(sign in route for sign in ("^", "$", "(?", "\\"))
    return "/" + from_angles(from_pattern(route) if is_pattern else route).lstrip("/")
