"""Let names hold slashes.

Route by the path as it was sent, so that `%2F` inside a name is not a slash between segments.

ASGI servers decode a path before it is routed. For the API this middleware puts the undecoded path back;
`parameters.Segment` decodes each name after routing. Source: the ASGI specification, `raw_path`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/api/"


class NamesInPaths:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route requests to the API by their undecoded path."""
        raw: bytes | None = scope.get("raw_path")
        if scope["type"] == "http" and raw is not None and scope["path"].startswith(PREFIX):
            path = raw.partition(b"?")[0].decode("ascii", "replace")
            if path.startswith(PREFIX):
                scope = {**scope, "path": path}
        await self._app(scope, receive, send)
