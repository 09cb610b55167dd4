"""How many requests came to which route, how they ended and how long they took.

ASGI middleware and Prometheus collector in one.

Routes are counted by their template, so that the names in paths do not make series without end. Sits inside
`NamesInPaths`.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client.metrics_core import Metric
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
NO_ROUTE: Final = "none"

Key = tuple[str, str]


class RequestMeter(Collector):
    """Counters that only grow, since the application was made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, str, int], int] = {}
        self._buckets: dict[Key, list[int]] = {}
        self._sums: dict[Key, float] = {}

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        key = (method, route)
        with self._lock:
            self._requests[*key, status] = self._requests.get((*key, status), 0) + 1
            self._buckets.setdefault(key, [0] * (len(SECONDS) + 1))[bisect_left(SECONDS, seconds)] += 1
            self._sums[key] = self._sums.get(key, 0.0) + seconds

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics."""
        with self._lock:
            requests = dict(self._requests)
            buckets = {key: list(counts) for key, counts in self._buckets.items()}
            sums = dict(self._sums)
        counted = CounterMetricFamily("whence_http_requests", "Requests answered", labels=["method", "route", "status"])
        for (method, route, status), count in requests.items():
            counted.add_metric([method, route, str(status)], count)
        yield counted
        timed = HistogramMetricFamily("whence_http_request_seconds", "Time to answer", labels=["method", "route"])
        for (method, route), counts in buckets.items():
            timed.add_metric([method, route], _cumulative(counts), sums[method, route])
        yield timed


def _cumulative(counts: list[int]) -> list[tuple[str, float]]:
    total = 0
    rows: list[tuple[str, float]] = []
    for bound, count in zip([*map(str, SECONDS), "+Inf"], counts, strict=True):
        total += count
        rows.append((bound, total))
    return rows


class MeterRequests:
    """ASGI middleware that tells the meter about every request."""

    def __init__(self, app: ASGIApp, meter: RequestMeter) -> None:
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begin = time.perf_counter()
        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            method = scope["method"] if route != NO_ROUTE else NO_ROUTE
            self._meter.note(method, route, status, time.perf_counter() - begin)
