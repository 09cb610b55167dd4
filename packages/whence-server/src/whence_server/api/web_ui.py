"""The web UI's files, as `npm run build` leaves them: what browsers may keep, and gzip where it was made beforehand.

Files in `assets/` have the hash of their content in their names, so they may be kept for ever; everything else is asked
for again each time, and answered 304 while it is the same. An address that is no file is 404 in the one shape of
errors: the UI keeps its view in the query, so there is nothing to fall back to.
"""

from __future__ import annotations

import os
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.staticfiles import StaticFiles

from whence_server.api.compression import is_gzip_wanted

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"


class WebUi(StaticFiles):
    """Serves a folder; beside a file lies the same as `<name>.gz` when it is worth it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True)
        self._assets = (folder / "assets").resolve()

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer a file, or that the browser has it."""
        packed = Path(f"{os.fspath(full_path)}.gz")
        is_packed = packed.is_file()
        is_sent_packed = is_packed and is_gzip_wanted(Headers(scope=scope))
        path, stat = (packed, packed.stat()) if is_sent_packed else (full_path, stat_result)
        response = super().file_response(path, stat, scope, status_code)
        is_asset = Path(full_path).resolve().is_relative_to(self._assets)
        response.headers["cache-control"] = FOR_EVER if is_asset else ASK_AGAIN
        if is_packed:
            response.headers["vary"] = "Accept-Encoding"
        if is_sent_packed and response.status_code != HTTPStatus.NOT_MODIFIED:
            response.headers["content-encoding"] = "gzip"
        return response
