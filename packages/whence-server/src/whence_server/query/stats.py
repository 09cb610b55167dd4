"""Statistics over a day by hour, or a week by day, in Marquez's shapes.

Times are those of the events, not of their receipt.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from whence_server.query.errors import QueryError
from whence_server.query.times import instant

if TYPE_CHECKING:
    from whence_server.stores.base import Reader

Counted = Literal["jobs", "datasets", "sources"]
Bounds = list[int]
TYPES = {"FAIL": "fail", "START": "start", "COMPLETE": "complete", "ABORT": "abort"}


def intervals(period: str, timezone: str, now: datetime | None = None) -> Bounds:
    """Return the bounds of the intervals of a period that ends now.

    24 hours, or 7 days that begin at midnight in the time zone.
    """
    zone = _zone(timezone)
    present = (now or datetime.now(UTC)).astimezone(zone)
    if period == "DAY":
        end = present.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        bounds = [end - timedelta(hours=hours) for hours in range(24, -1, -1)]
    else:
        midnight = present.replace(hour=0, minute=0, second=0, microsecond=0)
        # Days of a zone may have 23 or 25 hours: add days to the local date, then convert.
        bounds = [midnight + timedelta(days=days) for days in range(-6, 2)]
    return [int(bound.timestamp()) * 1_000_000 for bound in bounds]


def _zone(name: str) -> tzinfo:
    if name.upper() in {"UTC", "Z", "GMT"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"timezone must be an IANA time zone such as Europe/Berlin, not {name!r}"
        raise QueryError(message, path="timezone") from error


def event_counts(reader: Reader, bounds: Bounds) -> list[dict[str, Any]]:
    """Count run events by type in each interval, in the shape `EventCounts`."""
    rows = reader.event_counts(bounds[0], bounds[-1])
    answer: list[dict[str, Any]] = []
    for start, end in pairwise(bounds):
        counts = dict.fromkeys(TYPES.values(), 0)
        for row in rows:
            if start <= row.hour < end and row.type in TYPES:
                counts[TYPES[row.type]] += row.value
        answer.append({"startInterval": instant(start), "endInterval": instant(end), **counts})
    return answer


def counts(reader: Reader, what: Counted, bounds: Bounds) -> list[dict[str, Any]]:
    """Count what was known at the end of each interval, in the shape `Count`."""
    found = reader.created_counts(what, bounds[1:])
    return [
        {"startInterval": instant(start), "endInterval": instant(end), "count": count}
        for start, end, count in zip(bounds, bounds[1:], found, strict=False)
    ]
