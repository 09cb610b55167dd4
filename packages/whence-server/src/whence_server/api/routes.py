"""The table of contents: every read and administration route, and how they are put into an application.

The routes that take events in are the ingest's own (`api.ingest`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence_server.api import (
    datasets,
    events,
    graph,
    jobs,
    lineage,
    namespaces,
    runs,
    search,
    sources,
    sql,
    stats,
    tags,
)
from whence_server.api.compression import CompressAnswers
from whence_server.api.names_in_paths import NamesInPaths
from whence_server.api.problems import register_problems
from whence_server.api.request_meter import MeterRequests, RequestMeter

if TYPE_CHECKING:
    from fastapi import FastAPI

    from whence_server.api.context import ApiContext

ROUTERS = (
    graph.router,
    lineage.router,
    namespaces.router,
    sources.router,
    datasets.router,
    jobs.router,
    runs.router,
    tags.router,
    search.router,
    stats.router,
    events.router,
    sql.router,
)


def install(app: FastAPI, context: ApiContext) -> None:
    """Add the routes, what they reach, and the shape of errors."""
    app.state.context = context
    for router in ROUTERS:
        app.include_router(router)
    app.state.requests = RequestMeter()
    app.add_middleware(CompressAnswers)
    app.add_middleware(MeterRequests, meter=app.state.requests)
    app.add_middleware(NamesInPaths)  # added last: outermost
    register_problems(app)
