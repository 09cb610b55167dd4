"""What an answer of an OpenLineage server means for the events of the request; pure.

Must not: do I/O or wait. Sources: `spec/OpenLineage.yml` (204, 200 with `failed_events`), RFC 9110 (status codes,
Retry-After), and `facts/marquez.md` (Marquez answers 500 to events that it cannot store, so a 500 may be the event's
fault or the server's).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from whence.emit.sinks._interface import Fault, Outcome, Refused, Retry, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence.emit.sinks._exchange import Answer

_DOWN = frozenset({408, 425, 429, 502, 503, 504})
_SETTINGS = frozenset({401, 402, 403, 404, 405, 407, 410, 415, 501})
_MEANS = {
    401: ", it does not take these credentials, or wants some",
    403: ", these credentials may not do this",
    404: ", it has no such route: is it a lineage server?",
}
NO_ROUTE = frozenset({404, 405, 410, 501})
_TEXT = 300


class Kind(Enum):
    """What has to be done next."""

    DONE = "done"
    """Each event has its outcome."""
    UNCLEAR = "unclear"
    """Some events failed and the answer does not say which: ask for each."""
    REFUSED = "refused"
    """The request will never be taken: find the event that is to blame."""
    DOUBTFUL = "doubtful"
    """An event may be to blame, or the server: another event will tell."""
    DOWN = "down"
    """The server is to blame: wait."""


class Verdict(NamedTuple):
    """The kind, the outcome to give to an event that shares it, and for DONE one outcome per event."""

    kind: Kind
    outcome: Outcome
    outcomes: tuple[Outcome, ...] = ()


def judge(answer: Answer, count: int, *, now: datetime | None = None) -> Verdict:
    """Say what the answer to a request with `count` events means."""
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _judge_success(answer, count)
    reason = f"HTTP {status}{_MEANS.get(status, '')}{_said(answer)}"
    after_s = retry_after_s(answer.headers.get("retry-after"), now or datetime.now(UTC))
    if status in _DOWN or status > HTTPStatus.GATEWAY_TIMEOUT:  # 5xx beyond 504 are proxies' own
        return Verdict(Kind.DOWN, Retry(reason, after_s))
    if status in _SETTINGS or status < HTTPStatus.BAD_REQUEST:  # a redirect is not followed: it would get the key
        moved = answer.headers.get("location")
        return Verdict(
            Kind.DOUBTFUL, Retry(f"{reason}; it points to {moved}" if moved else reason, after_s, Fault.SETTINGS)
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # 500 itself: see the module's head
        return Verdict(Kind.DOUBTFUL, Retry(reason, after_s))
    return Verdict(Kind.REFUSED, Refused(reason))


def _judge_success(answer: Answer, count: int) -> Verdict:
    taken = Verdict(Kind.DONE, Taken(), (Taken(),) * count)
    if "html" in answer.headers.get("content-type", ""):
        return Verdict(
            Kind.DOUBTFUL, Retry(f"HTTP {answer.status} with a web page: no lineage endpoint", fault=Fault.SETTINGS)
        )
    try:
        report: object = json.loads(answer.body) if answer.status == HTTPStatus.OK else None
    except ValueError:
        return taken
    if not isinstance(report, dict):
        return taken
    return _judge_report(cast("dict[str, Any]", report), count) or taken


def _judge_report(report: Mapping[str, Any], count: int) -> Verdict | None:
    """Read the answer to a batch: `failed_events` say which, why and whether to try again."""
    outcomes: list[Outcome] = [Taken()] * count
    listed: object = report.get("failed_events") or []
    failed = cast("list[object]", listed) if isinstance(listed, list) else []
    named: set[int] = set()
    for each in failed:
        index = _failed(cast("dict[str, Any]", each), outcomes) if isinstance(each, dict) else None
        named.update(() if index is None else (index,))
    summary: object = report.get("summary")
    said: object = cast("dict[str, Any]", summary).get("failed", 0) if isinstance(summary, dict) else 0
    if len(named) != max(len(failed), said if isinstance(said, int) else 0):
        return Verdict(Kind.UNCLEAR, Retry("the answer does not say which events failed"))
    return Verdict(Kind.DONE, Taken(), tuple(outcomes)) if named else None


def _failed(event: Mapping[str, Any], outcomes: list[Outcome]) -> int | None:
    index: object = event.get("index")
    if not isinstance(index, int) or not 0 <= index < len(outcomes):
        return None
    reason = str(event.get("reason") or "no reason given")[:_TEXT]
    outcomes[index] = Retry(reason) if event.get("retriable") is True else Refused(reason)
    return index


def _said(answer: Answer) -> str:
    """Give what a JSON error says, or the start of a plain text; a web page says nothing to a log."""
    text = answer.body[: _TEXT * 4].decode("utf-8", "replace").strip()
    if not text or text.startswith("<"):
        return ""
    try:
        value: object = json.loads(answer.body)
    except ValueError:
        value = None
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        text = next((str(fields[name]) for name in ("message", "detail", "error") if fields.get(name)), text)
    return f": {' '.join(text.split())[:_TEXT]}"


def retry_after_s(text: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, in seconds or as an HTTP date; None when there is none or it cannot be read."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())
