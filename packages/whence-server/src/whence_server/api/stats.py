"""Marquez's statistics: events, jobs, datasets and sources over a day (by hour) or a week (by day)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from whence_server.api.answers.marquez import Count, EventCounts
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.rendering import json_answer
from whence_server.query import stats

router = APIRouter(prefix="/api/v1/stats", tags=["stats"])

Period = Annotated[Literal["DAY", "WEEK"], Query(description="The last 24 hours by hour, or the last 7 days by day.")]
Zone = Annotated[str, Query(max_length=64, description="IANA time zone in which days begin.")]


@router.get("/lineage-events", response_model=list[EventCounts], responses=problems())
def lineage_events(context: Context, period: Period, timezone: Zone = "UTC") -> Response:
    """Count run events by type."""
    with context.reads.reading() as store:
        return json_answer(stats.event_counts(store, stats.intervals(period, timezone)))


def _counts(context: Context, what: stats.Counted, period: Period, timezone: str) -> Response:
    with context.reads.reading() as store:
        return json_answer(stats.counts(store, what, stats.intervals(period, timezone)))


@router.get("/jobs", response_model=list[Count], responses=problems())
def jobs(context: Context, period: Period, timezone: Zone = "UTC") -> Response:
    """Count the jobs known at the end of each interval."""
    return _counts(context, "jobs", period, timezone)


@router.get("/datasets", response_model=list[Count], responses=problems())
def datasets(context: Context, period: Period, timezone: Zone = "UTC") -> Response:
    """Count the datasets known at the end of each interval."""
    return _counts(context, "datasets", period, timezone)


@router.get("/sources", response_model=list[Count], responses=problems())
def sources(context: Context, period: Period, timezone: Zone = "UTC") -> Response:
    """Count the sources known at the end of each interval."""
    return _counts(context, "sources", period, timezone)
