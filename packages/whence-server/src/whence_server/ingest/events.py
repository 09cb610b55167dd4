"""Bytes to checked events: what the log will keep, and what it refuses.

A single event is kept as the very bytes received; an event of a batch as orjson writes it again (same keys, same
order, same values; only whole numbers beyond 64 bits lose digits, in either form, when they are read back).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import orjson

from whence.errors import EventError
from whence.model import check_event
from whence_server.errors import RequestError
from whence_server.graph.event_id import event_id
from whence_server.graph.saying import read_event
from whence_server.graph.sql_inference import KEY as SQL
from whence_server.graph.sql_inference import has_sql_alone
from whence_server.stores.base import Incoming

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOM: Final = b"\xef\xbb\xbf"
_NONE: Final[dict[str, Any]] = {}


class Refused(NamedTuple):
    """An event of a batch that cannot be kept (`place`: its index), and why; sending it again does not help."""

    place: int
    path: str
    reason: str


class Batch(NamedTuple):
    """A batch: events to keep with their places, and events refused.

    With `has_sql` it is not to be kept before `read_sql` has seen the events: that takes its time.
    """

    received: int
    indices: Sequence[int]
    events: Sequence[Incoming]
    refused: Sequence[Refused]
    has_sql: bool = False


def decode_event(body: bytes) -> Incoming:
    """Return the event in a body. Raises RequestError (no JSON) or EventError (no event that can be kept)."""
    document = parse_json(body)
    if isinstance(document, list):
        message = "an event must be an object, not an array; send arrays of events to /api/v1/lineage/batch"
        raise EventError("$", cast("list[Any]", document), message)
    return _incoming(document, body.removeprefix(_BOM))


def decode_batch(body: bytes, max_event_bytes: int) -> Batch:
    """Return the events in a body that holds an array. Raises RequestError (no JSON), EventError (no array)."""
    document = parse_json(body)
    if not isinstance(document, list):
        message = "a batch must be an array of events; send a single event to /api/v1/lineage"
        raise EventError("$", document, message)
    items = cast("list[Any]", document)
    indices: list[int] = []
    events: list[Incoming] = []
    refused: list[Refused] = []
    for index, item in enumerate(items):
        try:
            events.append(_item(item, max_event_bytes))
            indices.append(index)
        except EventError as error:
            refused.append(Refused(index, error.path, str(error)))
    return Batch(len(items), indices, events, refused, has_sql(events))


def _item(item: Any, max_event_bytes: int) -> Incoming:
    body = orjson.dumps(item) if isinstance(item, dict) else b""
    if len(body) > max_event_bytes:
        message = (
            f"the event is too large: at most {max_event_bytes:,} bytes are taken, it has {len(body):,}; send less"
        )
        raise EventError("$", None, message)
    return _incoming(item, body)


def _incoming(document: Any, body: bytes) -> Incoming:
    checked = check_event(document)
    try:
        identifier = event_id(checked.event_time, document)
    except TypeError as error:  # orjson reads 1,024 levels and writes 254
        message = f"the event cannot be kept: {error}; nest it less deeply"
        raise EventError("$", None, message) from error
    return Incoming(identifier, body, document, checked)


def has_sql(events: Sequence[Incoming]) -> bool:
    """Tell whether the fold will read SQL for one of these events: some ms of CPU each, when the text is new."""
    return any(map(_has_sql, events))


def _has_sql(incoming: Incoming) -> bool:
    event = incoming.event
    if event.get("eventType") == "START":
        return False
    facets = (event.get("job") or _NONE).get("facets") or _NONE
    return SQL in facets and has_sql_alone(facets, (each.get("facets") or _NONE for each in event.get("outputs") or ()))


def read_sql(events: Sequence[Incoming]) -> None:
    """Read the SQL of events ahead of the fold, which then finds it in the engine's memory. Not for the event loop."""
    for incoming in events:
        if _has_sql(incoming):
            with suppress(Exception):  # the fold will meet it again, and note it with the event
                read_event(incoming.id, incoming.event, incoming.checked)


def parse_json(body: bytes) -> Any:
    """Return the JSON document in a body."""
    if not body:
        raise RequestError(400, "empty_body", "the body is empty; send a JSON document")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if body.startswith(_BOM):
            return parse_json(body.removeprefix(_BOM))
        message = f"the body is no JSON document: {error}"
        raise RequestError(400, "invalid_json", message) from error
