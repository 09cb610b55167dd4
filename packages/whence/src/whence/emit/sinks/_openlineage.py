"""The sink for every OpenLineage server: Whence, Marquez, and any other that takes `POST /api/v1/lineage`.

A batch goes to `/api/v1/lineage/batch`; where a server has no such route (Marquez) each event is posted alone. A batch
that is refused or fails is divided until the events to blame are found, so that one poisonous event holds nobody else
up.

Must not: wait between tries, keep events, or take longer than `_ROUNDS` time-outs for one batch.
"""

from __future__ import annotations

import random
import time
from gzip import compress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from whence.emit.sinks._exchange import Answer, ExchangeError, HttpPost
from whence.emit.sinks._interface import Fault, Outcome, Retry, SinkSpec
from whence.emit.sinks._verdict import NO_ROUTE, Kind, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence.emit._settings import SinkSettings

_ROUNDS = 6
_GZIP_FROM_BYTES = 1024
_GZIP_LEVEL = 1
_LINEAGE = "/api/v1/lineage"
_NOT_TRIED = Retry("the batch took too long and goes on later")


class OpenLineageSink:
    """Sends to one server over one connection."""

    def __init__(self, settings: SinkSettings) -> None:
        self._http = HttpPost(settings.url, timeout_s=settings.timeout_s)
        self._path = lineage_path(settings.url)
        self._budget_s = settings.timeout_s * _ROUNDS
        self._headers = {"Content-Type": "application/json", "User-Agent": "whence", "Connection": "keep-alive"}
        if settings.authorization:
            self._headers["Authorization"] = settings.authorization
        self._gzip = settings.gzip
        self._gzip_is_proven = False
        self._has_batch = True
        self._halt: Outcome | None = None
        self._has_passed = False
        self._end = 0.0

    def send(self, batch: Sequence[bytes]) -> list[Outcome]:
        """Post the events and find out about each of them."""
        self._halt = None
        self._has_passed = False
        self._end = time.monotonic() + self._budget_s
        return self._deliver(batch) if self._has_batch else self._deliver_singly(batch)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _deliver(self, events: Sequence[bytes]) -> list[Outcome]:
        if self._is_halted():
            return [self._halt or _NOT_TRIED] * len(events)
        status, verdict = self._post(f"{self._path}/batch", b"[" + b",".join(events) + b"]", len(events))
        if verdict.kind is Kind.DONE:
            self._has_passed = True
            return list(verdict.outcomes)
        if status in NO_ROUTE:
            outcomes = self._deliver_singly(events)
            self._has_batch = all(isinstance(outcome, Retry) for outcome in outcomes)
            return outcomes
        if verdict.kind is Kind.UNCLEAR:
            return self._deliver_singly(events)
        if verdict.kind is Kind.DOWN:
            self._halt = verdict.outcome
        if len(events) == 1 or verdict.kind is Kind.DOWN:
            return [verdict.outcome] * len(events)
        is_well = verdict.kind is Kind.REFUSED or self._has_passed
        return self._divide(events) if is_well else self._doubt(events, verdict)

    def _divide(self, events: Sequence[bytes]) -> list[Outcome]:
        half = len(events) // 2
        return [*self._deliver(events[:half]), *self._deliver(events[half:])] if half else self._deliver(events)

    def _doubt(self, events: Sequence[bytes], verdict: Verdict) -> list[Outcome]:
        """Ask about one event, any: if it passes, the server is well and the rest is divided; if not, all wait."""
        chosen = random.randrange(len(events))  # noqa: S311 - no secret
        (outcome,) = self._deliver(events[chosen : chosen + 1])
        if isinstance(outcome, Retry):
            return [verdict.outcome] * len(events)
        rest = self._divide([*events[:chosen], *events[chosen + 1 :]])
        return [*rest[:chosen], outcome, *rest[chosen:]]

    def _deliver_singly(self, events: Sequence[bytes]) -> list[Outcome]:
        """Post each event alone. As long as none has passed, the second failure of any ends the attempt."""
        outcomes: dict[int, Outcome] = {}
        left = list(range(len(events)))
        passed = failed = 0
        while left and not self._is_halted():
            number = left.pop(0 if passed or not failed else random.randrange(len(left)))  # noqa: S311 - no secret
            _, verdict = self._post(self._path, events[number], 1)
            outcomes[number] = verdict.outcomes[0] if verdict.outcomes else verdict.outcome
            passed += verdict.kind in {Kind.DONE, Kind.REFUSED}
            failed += isinstance(outcomes[number], Retry)
            if verdict.kind is Kind.DOWN or (failed > 1 and not passed):
                self._halt = verdict.outcome
        rest = self._halt or _NOT_TRIED
        return [outcomes.get(number, rest) for number in range(len(events))]

    def _is_halted(self) -> bool:
        """Say whether the attempt is over: the server is down, or a batch has had its time."""
        if self._halt is None and time.monotonic() > self._end:
            self._halt = _NOT_TRIED
        return self._halt is not None

    def _post(self, path: str, body: bytes, count: int) -> tuple[int, Verdict]:
        """Post once; a server that refuses compressed bodies gets plain ones from then on."""
        if not self._gzip or len(body) < _GZIP_FROM_BYTES:
            return self._try(path, body, count, self._headers)
        packed = compress(body, _GZIP_LEVEL, mtime=0)
        status, verdict = self._try(path, packed, count, self._headers | {"Content-Encoding": "gzip"})
        if verdict.kind is Kind.DONE:
            self._gzip_is_proven = True
        elif not self._gzip_is_proven and (verdict.kind is Kind.REFUSED or status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE):
            status, plain = self._try(path, body, count, self._headers)
            self._gzip = plain.kind is not Kind.DONE
            return status, plain
        return status, verdict

    def _try(self, path: str, body: bytes, count: int, headers: dict[str, str]) -> tuple[int, Verdict]:
        try:
            answer: Answer = self._http.post(path, body, headers)
        except ExchangeError as fault:
            if fault.is_slow:
                return 0, Verdict(Kind.DOUBTFUL, Retry(fault.reason))
            return 0, Verdict(Kind.DOWN, Retry(fault.reason, fault=Fault.SETTINGS if fault.is_settings else Fault.DOWN))
        return answer.status, judge(answer, count)


def lineage_path(url: str) -> str:
    """Give the path of the lineage endpoint: a URL may name the server, its base path, or the endpoint itself."""
    path = urlsplit(url).path.rstrip("/")
    if path.endswith("/lineage"):
        return path
    return f"{path}/lineage" if path.endswith("/api/v1") else path + _LINEAGE


SPEC = SinkSpec(name="openlineage", schemes=("http", "https"), open=OpenLineageSink)
