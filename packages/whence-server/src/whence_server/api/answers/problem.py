"""The one shape of every error answer.

`code` and `message` are what Marquez's clients read; `error` is a stable word for programs; `path` points into the
posted document or names the parameter.
"""

from __future__ import annotations

from .shape import Answer, JsonObject


class Problem(Answer):
    """An error: what happened, where, and what would have been allowed."""

    code: int
    error: str
    message: str
    path: str | None
    details: JsonObject | None
