"""Events of the log as they came in, and what was noted about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from whence_server.query.errors import UnknownError
from whence_server.query.lookup import namespace_row
from whence_server.query.times import instant, micros_of
from whence_server.stores.rows import Page

if TYPE_CHECKING:
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import EventRow

KINDS = ("run", "job", "dataset")
ID_DIGITS = 40
SCAN = 1_000
MAX_SCANNED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which events: after <= event time < before, None for no bound."""

    after: int | None = None
    before: int | None = None

    @classmethod
    def between(cls, after: str | None, before: str | None) -> Span:
        """Read the bounds; raises QueryError."""
        return cls(
            after=None if after is None else micros_of(after, "after"),
            before=None if before is None else micros_of(before, "before"),
        )


def is_event_id(text: str) -> bool:
    """Tell whether a text looks like the id of an event."""
    return len(text) == ID_DIGITS and all(letter in "0123456789abcdef" for letter in text.lower())


def page(reader: Reader, span: Span, *, limit: int, offset: int, descending: bool = True) -> dict[str, Any]:
    """List events of all three kinds by event time, in the shape `Events`."""
    rows = (
        reader.events_page(Page(limit, offset), after=span.after, before=span.before, oldest_first=not descending)
        if limit
        else []
    )
    return {
        "events": [orjson.Fragment(row.body) for row in rows],
        "totalCount": reader.event_total(after=span.after, before=span.before),
    }


def page_of_namespace(reader: Reader, namespace: str, *, limit: int, offset: int) -> dict[str, Any]:
    """List the events of a namespace's jobs (of its datasets, for dataset events), latest event time first.

    The log has no index for it: at most MAX_SCANNED of the latest events are looked at, and the total counts what was
    found there.
    """
    namespace_row(reader, namespace)
    found: list[bytes] = []
    for start in range(0, MAX_SCANNED, SCAN):
        rows = reader.events_page(Page(SCAN, start))
        found += (row.body for row in rows if _namespace_of(row) == namespace)
        if len(rows) < SCAN:
            break
    return {"events": [orjson.Fragment(body) for body in found[offset : offset + limit]], "totalCount": len(found)}


def _namespace_of(row: EventRow) -> str:
    event = orjson.loads(row.body)
    return (event.get("job") or event.get("dataset"))["namespace"]


def one(reader: Reader, event_id: str) -> dict[str, Any]:
    """Answer one event with what was noted about it, in the shape `StoredEvent`."""
    row = reader.event(bytes.fromhex(event_id)) if is_event_id(event_id) else None
    if row is None:
        message = f"Event '{event_id}' not found."
        raise UnknownError(message, path="eventId")
    return _noted(row) | {"event": orjson.Fragment(row.body)}


def warned(reader: Reader, *, limit: int, offset: int) -> dict[str, Any]:
    """List events kept with warnings or not folded, last received first, in the shape `WarnedEvents`."""
    rows = reader.events_with_warnings(Page(limit, offset)) if limit else []
    counters = reader.counters()
    answer: list[dict[str, Any]] = []
    for row in rows:
        event: dict[str, Any] = orjson.loads(row.body)
        named: dict[str, Any] = event.get("job") or event.get("dataset") or {}
        name = f"{named.get('namespace')}:{named.get('name')}"
        answer.append(_noted(row) | {"eventTime": instant(row.event_time), "about": f"{_subject(row)}:{name}"})
    return {"events": answer, "totalCount": counters.get("events_with_warnings", 0)}


def _subject(row: EventRow) -> str:
    return "dataset" if KINDS[row.kind] == "dataset" else "job"


def _noted(row: EventRow) -> dict[str, Any]:
    return {
        "id": row.id.hex(),
        "receivedAt": instant(row.received_at),
        "kind": KINDS[row.kind],
        "warnings": [] if row.warnings is None else orjson.Fragment(row.warnings),
        "foldError": row.fold_error,
    }
