"""The FastAPI recipe of aileron-meta-collector's README under real concurrent requests, on uvicorn and PostgreSQL."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pandas as pd
import pytest
import uvicorn
from aileron_service import service
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from servers import free_port, wait_until
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from whence.aileron import get_job, install_all_hooks
from whence.aileron.context import clear_job, set_job

pytestmark = pytest.mark.integration


def urn(name):
    return f"urn:li:dataset:(urn:li:dataPlatform:postgres,{name},PROD)"


def application(engine, async_engine):
    app = FastAPI()

    @app.middleware("http")
    async def datahub_lineage_middleware(request: Request, call_next):
        set_job(
            job_id=f"{request.method}:{request.url.path}:{uuid.uuid4().hex[:8]}",
            flow="order-processing-service",
        )
        try:
            return await call_next(request)
        finally:
            clear_job()

    @app.post("/orders/summarize")
    def summarize_orders():
        df = pd.read_sql("SELECT * FROM orders", engine)
        df.to_sql("order_summary", engine, if_exists="replace")

    @app.get("/read/{table}")
    async def read(table: str):
        async with async_engine.connect() as connection:
            await connection.execute(text("select pg_sleep(0.02)"))
            await connection.execute(text(f"select * from t{table}"))
        return get_job().job_id

    @app.get("/stream/{table}")
    def stream(table: str):
        def rows():
            with engine.connect() as connection:
                for row in connection.execute(text(f"select * from t{table}")):
                    yield str(row)

        return StreamingResponse(rows())

    @app.get("/fail")
    def fail():
        raise RuntimeError("broken")

    return app


@pytest.fixture
def datahub(tmp_path, monkeypatch):
    with service(tmp_path, monkeypatch) as gms:
        install_all_hooks()
        yield gms


@pytest.fixture
def engine(postgres_url):
    made = create_engine(postgres_url)
    with made.begin() as connection:
        for table in ("orders", "t0", "t1", "t2"):
            connection.execute(text(f"create table {table} (id integer)"))
            connection.execute(text(f"insert into {table} values (1)"))
    yield made
    made.dispose()


@pytest.fixture
def client(datahub, engine):
    async_engine = create_async_engine(engine.url.set(drivername="postgresql+psycopg"))
    port = free_port()
    config = uvicorn.Config(application(engine, async_engine), port=port, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started, what="uvicorn")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as made:
        yield made
    server.should_exit = True
    thread.join()


def runs_of(datahub, path):
    return [run for run in datahub.arrived().runs() if f":{path}:" in run.job]


def test_middleware_sees_a_plain_endpoint(client, datahub, engine):
    assert client.post("/orders/summarize").status_code == 200
    (run,) = runs_of(datahub, "/orders/summarize")
    assert run.job.startswith(
        "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,order-processing-service,PROD),POST:/orders/summarize:"
    )
    database = f"{engine.url.database}.public"
    assert (run.inputs, run.outputs) == ({urn(f"{database}.orders")}, {urn(f"{database}.order_summary")})
    assert run.states == ["STARTED", "SUCCESS"]


def test_concurrent_requests_stay_apart(client, datahub, engine):
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: client.get(f"/read/{n % 3}"), range(60)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json() for answer in answers}) == 60
    catalogue = datahub.arrived()
    for n in range(3):
        runs = [run for run in catalogue.runs() if f":/read/{n}:" in run.job]
        assert len(runs) == 20
        assert {frozenset(run.inputs) for run in runs} == {frozenset([urn(f"{engine.url.database}.public.t{n}")])}


def test_an_endpoint_that_raises_is_a_failed_run(client, datahub):
    assert client.get("/fail").status_code == 500
    (run,) = runs_of(datahub, "/fail")
    assert run.states == ["STARTED", "FAILURE"]


def test_no_job_is_left_behind(client, datahub):
    client.get("/read/0")
    assert get_job() is None
    assert all(len(run.states) == 2 for run in datahub.arrived().runs())


def test_what_a_stream_reads_after_the_middleware_is_not_another_requests(client, datahub, engine):
    """The recipe clears the job before the body is sent; what is read then is nobody's, or late, never another's."""
    client.get("/stream/1")
    client.get("/read/0")
    (run,) = runs_of(datahub, "/read/0")
    assert run.inputs == {urn(f"{engine.url.database}.public.t0")}
