"""ASGI: requests of FastAPI, Starlette and whatever else speaks ASGI 3.

    app.add_middleware(WhenceMiddleware)            or       app = WhenceMiddleware(app)

Pure ASGI: the request is current in the task that serves it, so in async and sync endpoints, streamed bodies and
background tasks alike. Web sockets are requests that last long. It must not touch messages, and of the scope it only
reads: the framework writes its route there.
"""

from __future__ import annotations

from whence.integrations._requests import Service
from whence.integrations._routes import job_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from whence.integrations._requests import Request, Untold

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

_MARK = "whence.request"


class WhenceMiddleware:
    """Makes requests runs: per route and window of time, or one each with `run="request"`.

    `window_s` is the setting of that name by default; `flow` and `namespace` are those of the jobs.
    """

    def __init__(
        self,
        app: App,
        *,
        run: str = "window",
        window_s: float | None = None,
        flow: str | None = None,
        namespace: str | None = None,
    ) -> None:
        self.app = app
        self.service = Service(run=run, window_s=window_s, flow=flow, namespace=namespace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] not in ("http", "websocket") or _MARK in scope:
            await self.app(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def observe(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        request = self._begin(scope)
        try:
            await self.app(scope, receive, observe)
        except BaseException as error:
            request.suspend()
            request.end(error)
            raise
        request.suspend()
        request.end(None, status)

    def _begin(self, scope: Scope) -> Request | Untold:
        headers: dict[Any, Any] | None = None if self.service.is_windowed else dict(scope.get("headers", ()))
        request = self.service.begin(lambda: _name_of(scope), headers)
        scope[_MARK] = request
        return request

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """End the windows when the server shuts down."""

        async def observe(message: Any) -> None:
            if message["type"] in ("lifespan.shutdown.complete", "lifespan.shutdown.failed"):
                self.service.finish()
            await send(message)

        await self.app(scope, receive, observe)


def _name_of(scope: Scope) -> str:
    return job_name("WEBSOCKET" if scope["type"] == "websocket" else scope.get("method", ""), template_of(scope))


def template_of(scope: Scope) -> str | None:
    """Return the template of the route that the framework chose, with what it is mounted on; None before it chose."""
    of_fastapi: Any = scope.get("fastapi")
    chosen: Any = (of_fastapi and of_fastapi.get("effective_route_context")) or scope.get("route")
    template: Any = getattr(chosen, "path_format", None)
    if template is None:
        template = _by_endpoint(scope)
    if not isinstance(template, str):
        return None
    root = scope.get("root_path", "")[len(scope.get("app_root_path", scope.get("root_path", ""))) :]
    return _without_values(root, scope.get("path_params") or {}, template) + template


def _without_values(root: str, values: dict[str, Any], template: str) -> str:
    """Return the path of a mount with the names of its parameters in place of their values."""
    left = {str(value): name for name, value in values.items() if f"{{{name}}}" not in template}
    if not left:
        return root
    parts = [f"{{{left.pop(part)}}}" if part in left else part for part in root.split("/")]
    return "/{...}" if left else "/".join(parts)  # a value that was converted cannot be found again


def _by_endpoint(scope: Scope) -> str | None:
    """Return the template of the only route with the chosen endpoint: older Starlette does not tell the route."""
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return None
    found = {
        each.path_format
        for each in getattr(scope.get("router"), "routes", ())
        if getattr(each, "endpoint", None) is endpoint and hasattr(each, "path_format")
    }
    return found.pop() if len(found) == 1 else None
