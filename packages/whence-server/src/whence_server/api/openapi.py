"""Write the OpenAPI document: `python -m whence_server.api.openapi > openapi.json`.

The web UI's types are made from it.
"""

from __future__ import annotations

import sys
from typing import Any

import orjson
from fastapi import FastAPI

from whence_server.api import ingest, system
from whence_server.api.routes import ROUTERS


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of the routes, without a store behind them."""
    app = FastAPI(title="Whence", version=system.VERSION)
    for router in (ingest.router, system.router, *ROUTERS):
        app.include_router(router)
    return app.openapi()


if __name__ == "__main__":
    sys.stdout.write(orjson.dumps(openapi_document(), option=orjson.OPT_INDENT_2).decode() + "\n")
