"""How routes say in the OpenAPI document what they may answer besides success."""

from __future__ import annotations

from typing import Any

from whence_server.api.answers.problem import Problem

_MEANINGS = {
    400: "A parameter is wrong: which, and what is allowed.",
    404: "Unknown: near names are in `details`.",
    409: "Ambiguous: the candidates are in `details`.",
    422: "The document cannot be used: what and where.",
}

Responses = dict[int | str, dict[str, Any]]


def problems(*codes: int) -> Responses:
    """Declare the given error codes (and 400, which every route has) with the one error shape.

    FastAPI would document its own 422 shape for routes with parameters; ours are 400, so 422 is always redefined.
    """
    return {code: {"model": Problem, "description": _MEANINGS[code]} for code in sorted({400, 422, *codes})}
