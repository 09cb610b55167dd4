"""Event to bytes: compact UTF-8 JSON in the event's own key order, the same bytes for the same event.

Must not: fail because of one odd value. What JSON cannot hold is replaced and counted: dates and times by their ISO
form, UUIDs, paths, decimals by their text, sets by sorted arrays, NaN and infinities by null, anything else by
{"notSerialisable": "<type>"}. A repr is never written: it might hold a secret, be huge, or raise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

DEEPEST = 100
"""Levels of nesting that are kept in an event that needs repair; deeper parts, and cycles, are replaced."""

# A cycle runs into the recursion limit instead of a look-up per container: 17 % less time for an event without one.
_encode = JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")).encode
_CONTAINERS = (Mapping, list, tuple, AbstractSet)
_TIME_TYPES = frozenset({"datetime.datetime", "datetime.date", "datetime.time"})
_TEXT_TYPES = frozenset({
    *("uuid.UUID", "decimal.Decimal", "pathlib.PosixPath", "pathlib.PurePosixPath"),
    *("pathlib._local.PosixPath", "pathlib._local.PurePosixPath"),  # Python 3.13
})  # fmt: skip


def encode_event(event: Mapping[str, Any]) -> tuple[bytes, bool]:
    """Return the event's bytes, and whether values had to be replaced."""
    try:
        return _encode(event).encode(), False
    except (TypeError, ValueError, RecursionError):
        return _encode(_plain(event, DEEPEST)).encode(), True


def _plain(value: Any, depth: int) -> Any:
    """Give a copy that JSON can hold, with at most so many levels of nesting."""
    if isinstance(value, _CONTAINERS):
        return _container(value, depth - 1) if depth else {"notSerialisable": "too deep"}
    return _leaf(value)


def _container(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, Any]", value).items()
        return {_key(key): _plain(each, depth) for key, each in pairs}
    parts = [_plain(each, depth) for each in cast("Iterable[Any]", value)]
    return sorted(parts, key=_encode) if isinstance(value, AbstractSet) else parts


def _leaf(value: Any) -> float | str | dict[str, str] | None:
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value if value is None or isinstance(value, int) else _text(value)


def _key(key: object) -> str:
    """Give an object's key as the standard encoder would, or the name of a type that it refuses."""
    plain = _leaf(key)
    if isinstance(plain, str):
        return plain
    return " ".join(["notSerialisable", *plain.values()]) if isinstance(plain, dict) else _encode(plain)


def _text(value: Any) -> str | dict[str, str]:
    kind = _name(value)
    if kind in _TIME_TYPES:
        return value.isoformat()
    return str(value) if kind in _TEXT_TYPES else {"notSerialisable": kind}


def _name(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"
