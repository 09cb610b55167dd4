"""Event to bytes: compact UTF-8 JSON in the event's own key order, the same bytes for the same event.

Must not: fail because of one odd value. What JSON cannot hold is replaced and counted: dates and times by their ISO
form, UUIDs, paths, decimals by their text, sets by sorted arrays, NaN and infinities by null, anything else by
{"notSerialisable": "<type>"}. A repr is never written: it might hold a secret, be huge, or raise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

DEEPEST = 100
"""Levels of nesting that are kept in an event that needs repair; deeper parts, and cycles, are replaced."""

_encode = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_TIME_TYPES = frozenset({"datetime.datetime", "datetime.date", "datetime.time"})
_TEXT_TYPES = frozenset({"uuid.UUID", "decimal.Decimal", "pathlib.PosixPath", "pathlib.PurePosixPath"})


def encode_event(event: Mapping[str, Any]) -> tuple[bytes, bool]:
    """Return the event's bytes, and whether values had to be replaced."""
    try:
        return _encode(event).encode(), False
    except (TypeError, ValueError, RecursionError):
        return _encode(_plain(event, DEEPEST)).encode(), True


def _plain(value: Any, depth: int) -> Any:
    """Give a copy that JSON can hold."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if depth == 0:
        return {"notSerialisable": "too deep"}
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, Any]", value).items()
        return {_key(key): _plain(each, depth - 1) for key, each in pairs}
    if isinstance(value, (list, tuple)):
        return [_plain(each, depth - 1) for each in cast("Iterable[Any]", value)]
    if isinstance(value, Set):
        return sorted((_plain(each, depth - 1) for each in cast("Iterable[Any]", value)), key=_encode)
    return _text(value)


def _key(key: object) -> str:
    """Give an object's key as the standard encoder would, or the name of a type that it refuses."""
    plain = _plain(key, 0)
    if isinstance(plain, str):
        return plain
    return f"notSerialisable {_name(key)}" if isinstance(plain, dict) else _encode(plain)


def _text(value: Any) -> Any:
    kind = _name(value)
    if kind in _TIME_TYPES:
        return value.isoformat()
    return str(value) if kind in _TEXT_TYPES else {"notSerialisable": kind}


def _name(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"
