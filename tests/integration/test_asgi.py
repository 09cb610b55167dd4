"""FastAPI and Starlette for real: uvicorn, concurrent requests, sync and async endpoints, streams, background tasks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import httpx
import pytest
import sqlalchemy as sa
import uvicorn
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, WebSocket
from fastapi.responses import StreamingResponse
from servers import free_port, wait_until
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

import whence
from whence.integrations.asgi import WhenceMiddleware

pytestmark = pytest.mark.integration

TABLES = (
    "sync",
    "async_",
    "stream",
    "stream_sync",
    "background",
    "pool",
    "dependency",
    "nested",
    "auth",
    "socket",
    "fail",
)


@pytest.fixture
def shop(tmp_path):
    """Give the URL path of a database with a table for each way that a request can go."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/shop.db")
    with engine.begin() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"create table {table} (a int)")
    engine.dispose()
    return f"{tmp_path}/shop.db"


def application(path):  # noqa: C901  every way that a request can go
    """Return a FastAPI application in which every route reads the table of its name."""
    engine = sa.create_engine(f"sqlite:///{path}")
    async_engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    threads = ThreadPoolExecutor(4)

    def read(table):
        with engine.connect() as connection:
            return connection.exec_driver_sql(f"select count(*) from {table}").scalar()

    async def read_async(table):
        async with async_engine.connect() as connection:
            found = (await connection.exec_driver_sql(f"select count(*) from {table}")).scalar()
            await asyncio.sleep(0)
            return found

    @contextlib.asynccontextmanager
    async def life(_):
        yield
        threads.shutdown()
        engine.dispose()
        await async_engine.dispose()

    app = FastAPI(lifespan=life)
    app.add_middleware(WhenceMiddleware, flow="shop")

    @app.get("/sync/{number}")
    def sync(number: int):
        return read("sync")

    @app.get("/async/{number}")
    async def async_(number: int):
        return await read_async("async_")

    @app.get("/stream")
    async def stream():
        async def rows():
            for _ in range(3):
                await asyncio.sleep(0)
                yield str(await read_async("stream"))

        return StreamingResponse(rows())

    @app.get("/stream-sync")
    def stream_sync():
        return StreamingResponse(str(read("stream_sync")) for _ in range(3))

    @app.post("/background")
    async def background(tasks: BackgroundTasks):
        tasks.add_task(read, "background")
        tasks.add_task(read_async, "background")

    @app.get("/pool/{number}")
    async def pool(number: int):
        one = asyncio.get_running_loop().run_in_executor(threads, read, "pool")
        two = asyncio.to_thread(read, "pool")
        three = anyio.to_thread.run_sync(read, "pool")
        return await asyncio.gather(one, two, three)

    def authorised():
        read("dependency")

    @app.get("/dependency", dependencies=[Depends(authorised)])
    def dependency():
        return 1

    @app.get("/fail")
    def fail():
        read("fail")
        raise LookupError

    @app.get("/health")
    def health():
        return "well"

    @app.websocket("/socket/{room}")
    async def socket(room: str, connection: WebSocket):
        await connection.accept()
        await connection.send_text(str(await read_async("socket")))
        await connection.close()

    router = APIRouter(prefix="/deep/{level}")

    @router.get("/nested/{number}")
    def nested(level: int, number: int):
        return read("nested")

    app.include_router(router, prefix="/api/{version}")
    return app, read


@contextlib.contextmanager
def served(app):
    """Run uvicorn in a thread; give its URL."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def reads(collected):
    """Return job -> tables that its runs read, and job -> (requests, failed)."""
    tables, counts = {}, {}
    for event in collected.events():
        job = event["job"]["name"]
        tables.setdefault(job, set()).update(each["name"].rpartition(".")[2] for each in event["inputs"])
        facet = event["run"]["facets"].get("whence_requests")
        if facet:
            counts[job] = facet["requests"], facet["failed"]
    return {job: {name.rpartition("/")[2] for name in names} for job, names in tables.items()}, counts


WANTED = {
    "GET /sync/{number}": {"sync"},
    "GET /async/{number}": {"async_"},
    "GET /stream": {"stream"},
    "GET /stream-sync": {"stream_sync"},
    "POST /background": {"background"},
    "GET /pool/{number}": {"pool"},
    "GET /dependency": {"dependency"},
    "GET /api/{version}/deep/{level}/nested/{number}": {"nested"},
    "GET /fail": {"fail"},
}
ROUNDS = 12


async def test_concurrent_requests_land_in_the_jobs_of_their_routes(collected, shop):
    app, _ = application(shop)

    async def one(client, path):
        method = "POST" if path == "/background" else "GET"
        return (await client.request(method, path)).status_code

    with served(app) as url:
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            paths = [
                path
                for number in range(ROUNDS)
                for path in (
                    *(f"/sync/{number}", f"/async/{number}", f"/pool/{number}", f"/api/1/deep/2/nested/{number}"),
                    *("/stream", "/stream-sync", "/background", "/dependency", "/fail", "/health", f"/no/{number}"),
                )
            ]
            statuses = await asyncio.gather(*(one(client, path) for path in paths))
    assert sorted(set(statuses)) == [200, 404, 500]
    tables, counts = reads(collected)  # the windows ended with the server
    assert tables == WANTED
    assert counts == {job: (ROUNDS, ROUNDS if "fail" in job else 0) for job in WANTED}
    ends = [event["job"]["name"] for event in collected.events() if event["eventType"] == "COMPLETE"]
    assert sorted(ends) == sorted(WANTED)
    assert "/no/" not in collected.text()


def test_web_sockets_pass_and_tell(collected, shop):
    app, _ = application(shop)
    with TestClient(app) as client, client.websocket_connect("/socket/blue") as connection:
        assert connection.receive_text() == "0"
    tables, counts = reads(collected)
    assert tables == {"WEBSOCKET /socket/{room}": {"socket"}}
    assert counts == {"WEBSOCKET /socket/{room}": (1, 0)}


def test_middleware_before_the_routing_has_a_job_of_its_own(collected, shop):
    app, read = application(shop)

    async def authorise(request, call_next):
        read("auth")
        return await call_next(request)

    app.add_middleware(BaseHTTPMiddleware, dispatch=authorise)
    app.user_middleware.reverse()  # ours around it
    with TestClient(app) as client:
        client.get("/sync/1")
        client.get("/health")
    assert reads(collected)[0] == {"GET (no route)": {"auth"}, "GET /sync/{number}": {"sync"}}


def test_run_per_request_tells_its_failure_and_its_parent(collected, shop):
    app, _ = application(shop)
    app.user_middleware.clear()
    app.add_middleware(WhenceMiddleware, run="request")
    with TestClient(app, raise_server_exceptions=False) as client:
        with whence.job("caller") as caller:
            headers = whence.parent_headers()
        client.get("/sync/1", headers=headers)
        client.get("/sync/2")
        client.get("/fail")
    runs = [event for event in collected.events("GET /sync/{number}") if event["eventType"] == "COMPLETE"]
    parents = [event["run"]["facets"].get("parent", {}).get("run", {}).get("runId") for event in runs]
    assert sorted(parents, key=str) == sorted([caller.run_id, None], key=str)
    assert collected.end("GET /fail")["eventType"] == "FAIL"
    assert "LookupError" in collected.end("GET /fail")["run"]["facets"]["errorMessage"]["message"]


def test_mounts_and_starlette_itself(collected, shop):
    engine = sa.create_engine(f"sqlite:///{shop}")

    async def read(request):
        with engine.connect() as connection:
            connection.exec_driver_sql(f"select * from {request.path_params['table']}")
        return PlainTextResponse("x")

    inner = WhenceMiddleware(Starlette(routes=[Route("/read/{table}/{number:int}", read)]))
    tenants = Mount("/tenants/{tenant}", routes=[Mount("/v1", app=inner)])
    app = WhenceMiddleware(Starlette(routes=[Route("/{table}", read), tenants]))
    with TestClient(app) as client:
        client.get("/sync")
        client.get("/tenants/secret/v1/read/nested/007")
    app.service.close()
    engine.dispose()
    tables, counts = reads(collected)
    assert tables == {"GET /{table}": {"sync"}, "GET /tenants/{tenant}/v1/read/{table}/{number}": {"nested"}}
    assert set(counts.values()) == {(1, 0)}
    assert "secret" not in collected.text()


PROGRAM = """
import sqlalchemy as sa
from fastapi import FastAPI
import whence
from whence.integrations.asgi import WhenceMiddleware

whence.install()
engine = sa.create_engine("sqlite:///shop.db")
app = FastAPI()
app.add_middleware(WhenceMiddleware)

@app.get("/read/{number}")
def read(number: int):
    with engine.connect() as connection:
        return connection.exec_driver_sql("select count(*) from sync").scalar()
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_server_that_is_told_to_stop_tells_its_windows(tmp_path, shop, workers):
    """uvicorn ends in order on SIGTERM and then kills itself by it: nothing runs after the end of its lifespan."""
    (tmp_path / "program.py").write_text(PROGRAM)
    port = free_port()
    environment = {
        "WHENCE_SINKS": f"file:{tmp_path}/events.jsonl",
        "WHENCE_SPOOL_DIR": f"{tmp_path}/spool",
        "HOME": str(tmp_path),
    }
    command = [sys.executable, "-m", "uvicorn", "program:app", "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen([*command, "--workers", workers], cwd=Path(shop).parent, env=environment)

    def answers():
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{port}/read/1").status_code == httpx.codes.OK
        return False

    wait_until(answers, what="uvicorn answering")
    for number in range(10):
        assert httpx.get(f"http://127.0.0.1:{port}/read/{number}").text == "0"
    server.send_signal(signal.SIGTERM)
    server.wait(20)
    environment["WHENCE_DISABLED"] = "0"
    subprocess.run([sys.executable, "-m", "whence.cli", "drain"], env=environment, check=True, capture_output=True)
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    ends = [event for event in events if event["eventType"] != "START"]
    assert {event["eventType"] for event in ends} == {"COMPLETE"}
    assert sum(event["run"]["facets"]["whence_requests"]["requests"] for event in ends) == 11
    assert all(len(event["inputs"]) == 1 for event in ends)
