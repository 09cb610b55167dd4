"""Routes about the server itself: /health for whoever watches it, /metrics for Prometheus."""

from __future__ import annotations

import time
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import anyio.to_thread
from fastapi import APIRouter
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from whence_server.api.ingest import PlainRoute
from whence_server.api.rendering import json_answer
from whence_server.errors import StoreError
from whence_server.ingest.meter import GROUP_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from prometheus_client.metrics_core import Metric

    from whence_server.ingest.intake import Intake
    from whence_server.stores.base import Store

VERSION: Final = version("whence-server")
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_STARTED: Final = time.time()


class Health(BaseModel):
    """Whether the server takes events, and how much it holds."""

    status: str = Field(description='"ok", or "unavailable" while events cannot be kept')
    version: str
    reason: str | None = Field(description="why events cannot be kept")
    events: int
    events_not_folded: int = Field(description="events that are in the log and not in the graph")
    datasets: int
    jobs: int
    runs: int
    waiting: int = Field(description="events that wait for the disk")
    lag: float = Field(description="seconds that the oldest waiting event has waited")


router = APIRouter(tags=["system"], route_class=PlainRoute)


@router.get("/health", response_model=Health, responses={503: {"model": Health}})
async def health(request: Request) -> Response:
    """Say whether the server works: 200, or 503 while it cannot keep events."""
    intake: Intake = request.app.state.intake
    counters, reason = await anyio.to_thread.run_sync(_counters, request.app.state.store)
    reason = intake.committer.trouble or reason
    document: dict[str, Any] = {
        "status": "ok" if reason is None else "unavailable",
        "version": VERSION,
        "reason": reason,
        **{name: counters.get(name, 0) for name in ("events", "events_not_folded", "datasets", "jobs", "runs")},
        "waiting": intake.committer.waiting_events,
        "lag": round(intake.committer.lag_s(), 3),
    }
    return json_answer(document, 200 if reason is None else 503)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Answer the server's counters in Prometheus' text form."""
    state = request.app.state
    counters, _ = await anyio.to_thread.run_sync(_counters, state.store)
    sizes = await anyio.to_thread.run_sync(_sizes, state.store_files)
    registry = CollectorRegistry()
    registry.register(_ServerMetrics(state.intake, counters, sizes))
    registry.register(state.requests)
    return Response(generate_latest(registry), media_type=_TEXT)


def _counters(store: Store) -> tuple[dict[str, int], str | None]:
    try:
        with store.reading() as reader:
            return reader.counters(), None
    except StoreError as error:
        return {}, str(error)


def _sizes(files: Mapping[str, Path]) -> dict[str, int]:
    """Return the size of each of the store's files; one that is not there has none."""
    sizes = dict.fromkeys(files, 0)
    for name, path in files.items():
        with suppress(OSError):
            sizes[name] = path.stat().st_size
    return sizes


class _ServerMetrics(Collector):
    """One look at the server's counters."""

    def __init__(self, intake: Intake, counters: dict[str, int], sizes: dict[str, int]) -> None:
        self._intake = intake
        self._counters = counters
        self._sizes = sizes

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics."""
        meter, committer = self._intake.meter, self._intake.committer
        events = CounterMetricFamily(
            "whence_ingest_events", "Events that came in, by what became of them", labels=["outcome"]
        )
        events.add_metric(["kept"], meter.kept_events)
        events.add_metric(["repeated"], meter.repeated_events)
        events.add_metric(["refused"], meter.refused_events)
        events.add_metric(["failed"], meter.failed_events)
        yield events
        groups = HistogramMetricFamily("whence_ingest_group_seconds", "Time to keep and fold one group of events")
        groups.add_metric([], _buckets(meter.group_seconds), meter.group_seconds_sum)
        yield groups
        yield GaugeMetricFamily(
            "whence_ingest_waiting_events", "Events that wait for the disk", committer.waiting_events
        )
        yield GaugeMetricFamily(
            "whence_ingest_lag_seconds", "How long the oldest waiting event has waited", committer.lag_s()
        )
        yield GaugeMetricFamily("whence_store_available", "1 while events can be kept", int(committer.trouble is None))
        stored = GaugeMetricFamily("whence_store_rows", "What the store holds", labels=["what"])
        for name, value in self._counters.items():
            stored.add_metric([name], value)
        yield stored
        sizes = GaugeMetricFamily("whence_store_bytes", "Size of the store's files", labels=["file"])
        for name, size in self._sizes.items():
            sizes.add_metric([name], size)
        yield sizes
        yield GaugeMetricFamily("whence_start_time_seconds", "When the server started, seconds since 1970", _STARTED)


def _buckets(counts: list[int]) -> list[tuple[str, float]]:
    total = 0
    buckets: list[tuple[str, float]] = []
    for bound, count in zip([*map(str, GROUP_SECONDS), "+Inf"], counts, strict=True):
        total += count
        buckets.append((bound, total))
    return buckets
