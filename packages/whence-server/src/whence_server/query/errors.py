"""What a question can be refused for, as data that `api.problems` turns into the one error shape.

QueryError               code 400, "bad_request"
├── UnknownError         code 404, "not_found": details hold near names
└── AmbiguousError       code 409, "ambiguous": details hold the candidates
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class QueryError(Exception):
    """A question that cannot be answered. `path` names the parameter that is wrong."""

    code = 400
    error = "bad_request"

    def __init__(self, message: str, *, path: str | None = None, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.details = details


class UnknownError(QueryError):
    """Nothing has this name or id."""

    code = 404
    error = "not_found"


class AmbiguousError(QueryError):
    """Several things have this name."""

    code = 409
    error = "ambiguous"
