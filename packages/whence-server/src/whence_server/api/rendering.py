"""Answers as bytes: orjson, no pydantic. Must not know any answer's shape."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

MEDIA_TYPE = "application/json"


def json_answer(content: Any, status_code: int = 200) -> Response:
    """Render plain data (and `orjson.Fragment`s) to a JSON response."""
    return Response(orjson.dumps(content), status_code=status_code, media_type=MEDIA_TYPE)
