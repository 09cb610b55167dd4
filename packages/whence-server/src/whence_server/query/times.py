"""Instants as the API writes them.

UTC, `2026-01-01T00:00:10Z`, with three or six digits of fraction when there are any.

Source: java.time.Instant.toString, which Marquez's clients have seen so far.
"""

from __future__ import annotations

from functools import lru_cache

from whence.errors import NamingError
from whence.model import format_event_time, parse_event_time
from whence_server.query.errors import QueryError


@lru_cache(maxsize=16_384)
def instant(micros: int) -> str:
    """Write microseconds since 1970 as an instant."""
    text = format_event_time(micros)
    if micros % 1_000_000 == 0:
        return text[:19] + "Z"
    return text if micros % 1_000 else text[:23] + "Z"


def instant_or_none(micros: int | None) -> str | None:
    """Write an instant that may be absent."""
    return None if micros is None else instant(micros)


def micros_of(text: str, parameter: str) -> int:
    """Read an instant or a day (its beginning, UTC); raises QueryError that names the parameter."""
    is_day = len(text) == len("2026-01-01") and text.count("-") == 2  # noqa: PLR2004 - two dashes
    try:
        # A plus sign before the offset arrives as a space when it was not percent-encoded.
        return parse_event_time(f"{text}T00:00:00Z" if is_day else text[:11] + text[11:].replace(" ", "+"))[0]
    except NamingError as error:
        message = (
            f"{parameter} must be a date-time such as 2026-11-21T09:30:00Z or a day such as 2026-11-21, not {text!r}"
        )
        raise QueryError(message, path=parameter) from error
