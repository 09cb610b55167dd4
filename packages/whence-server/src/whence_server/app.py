"""The application: the store, the committer, the routes and the web UI put together.

Besides the CLI the only module that names a store. `create_app` opens the store, so that a folder that cannot be used
is said before anything listens; the committer starts and stops with the application's lifespan, and stopping keeps
what waits.
"""

from __future__ import annotations

import gc
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvicorn
from fastapi import FastAPI

from whence_server.api import ingest as ingest_routes
from whence_server.api import system
from whence_server.api.admin import Admin
from whence_server.api.context import ApiContext
from whence_server.api.routes import install
from whence_server.api.web_ui import WebUi
from whence_server.ingest.intake import Intake
from whence_server.stores.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from whence_server.settings import ServerSettings

UI: Final = Path(__file__).parent / "ui"
# The committer and the event loop take turns at the interpreter: short turns keep answers prompt while a group is
# folded.
SWITCH_INTERVAL_S: Final = 0.001
# Events are trees of many small objects that hold no cycles; the default thresholds look through all states for each
# few hundred of them.
GC_THRESHOLDS: Final = (200_000, 50, 100)
GRACE_S: Final = 10


def create_app(settings: ServerSettings) -> FastAPI:
    """Return the application on the data folder of the settings; raises StoreError when the folder cannot be used."""
    store = open_store(settings.data_dir)
    store.claim()
    intake = Intake(store, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        intake.committer.start()
        try:
            yield
        finally:
            intake.committer.stop()
            store.close()

    app = FastAPI(title="Whence", version=system.VERSION, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.store = store
    app.state.intake = intake
    app.state.store_files = {"database": store.path, "wal": store.path.with_name(f"{store.path.name}-wal")}
    app.include_router(ingest_routes.router)
    app.include_router(system.router)
    context = ApiContext(
        reads=store,
        admin=Admin(store),
        graph_max_nodes=settings.graph_max_nodes,
        graph_time_limit_s=settings.graph_time_limit_s,
    )
    install(app, context)
    if UI.is_dir():
        app.mount("/", WebUi(UI), name="ui")
    return app


def serve(settings: ServerSettings) -> None:
    """Run the server until SIGINT or SIGTERM; what was taken in by then is kept before it ends."""
    app = create_app(settings)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
    )
    uvicorn.Server(config).run()
