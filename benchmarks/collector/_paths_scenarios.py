"""The 37 ways in which a program moves data that the collectors are put through, and what is true of each.

A scenario is a generator: what stands before its `yield` happens before the hooks are installed, the rest after. It
names its jobs; `truth` says for each job what it reads and writes, as `platform:name` with the last part of a table's
name, a folder of S3, or database and table of Glue.

Must run under both collectors, whose API is `world.api`: it imports only the libraries that it is about.
"""
# ruff: noqa: PLC0415  a process loads what its scenario is about, where a program would

from __future__ import annotations

import asyncio
import io
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

LARGE = 12 << 20
Truth = dict[str, tuple[set[str], set[str]]]


class Scenario(NamedTuple):
    """One way: its name, what it does, what is true, and what may be told beside it without being wrong."""

    name: str
    play: Callable[[World], Generator[None]]
    truth: Truth
    tolerated: frozenset[str] = frozenset()


class World:
    """What scenarios work with: the collector's API, PostgreSQL with tables, S3 and Athena with objects."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.api: Any = import_module(package)
        self.url = os.environ["PATHS_DATABASE"]

    @cached_property
    def engine(self) -> Any:
        from sqlalchemy import create_engine

        return create_engine(self.url)

    def connect(self) -> Any:
        """Open a connection of the driver itself."""
        import psycopg

        return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)

    def async_engine(self) -> Any:
        from sqlalchemy.ext.asyncio import create_async_engine

        return create_async_engine(self.url)

    def sql(self, statement: str) -> None:
        """Run a statement through the engine, committed."""
        from sqlalchemy import text

        with self.engine.begin() as connection:
            connection.execute(text(statement))

    def client(self, service: str = "s3") -> Any:
        import boto3

        return boto3.client(service)

    def start_query(self, athena: Any, sql: str) -> str:
        return athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": "sales"},
            ResultConfiguration={"OutputLocation": "s3://results/tmp/"},
        )["QueryExecutionId"]

    def run_query(self, athena: Any, sql: str) -> None:
        query = self.start_query(athena, sql)
        while self.state(athena, query) not in {"SUCCEEDED", "FAILED", "CANCELLED"}:
            time.sleep(0.01)

    def state(self, athena: Any, query: str) -> str:
        return athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"]


SCENARIOS: list[Scenario] = []
COPY = "insert into summary select * from orders"
READ, WRITTEN = {"s3:lake/in"}, {"s3:lake/out"}
ORDERS, USERS, SUMMARY = {"postgres:orders"}, {"postgres:users"}, {"postgres:summary"}
GLUE = {"glue:sales.orders"}


def scenario(name: str, tolerated: frozenset[str] = frozenset(), **truth: tuple[set[str], set[str]]) -> Any:
    """Put a function into the table; the truth is by job, whose id has dashes where the keyword has underscores."""

    def add(play: Any) -> Any:
        told = {job.replace("_", "-"): ends for job, ends in truth.items()}
        SCENARIOS.append(Scenario(name, play, told, tolerated))
        return play

    return add


# --- SQL


@scenario("text SQL through an engine", text_sql=(ORDERS, SUMMARY))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("text-sql"):
        world.sql(COPY)


@scenario("outer join of SQLAlchemy Core", outer_join=(ORDERS | USERS, set()))
def _(world: World) -> Generator[None]:
    import sqlalchemy as sa

    orders = sa.table("orders", sa.column("id"))
    users = sa.table("users", sa.column("id"))
    yield
    with world.api.datahub_job("outer-join"), world.engine.connect() as connection:
        connection.execute(sa.select(orders.c.id).select_from(orders.outerjoin(users, orders.c.id == users.c.id)))


@scenario("pandas through an engine", pandas_engine=(ORDERS, SUMMARY))
def _(world: World) -> Generator[None]:
    import pandas as pd

    yield
    with world.api.datahub_job("pandas-engine"):
        pd.read_sql("SELECT id FROM orders", world.engine).to_sql(
            "summary", world.engine, if_exists="append", index=False
        )


@scenario("pandas on a raw connection", pandas_raw=(ORDERS, set()))
def _(world: World) -> Generator[None]:
    import warnings

    import pandas as pd

    yield
    with world.api.datahub_job("pandas-raw"), world.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pd.read_sql("SELECT id FROM orders", connection)


@scenario("psycopg by itself", psycopg=(ORDERS, SUMMARY))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("psycopg"), world.connect() as connection:
        connection.execute(COPY)


# --- jobs


@scenario("one task on an async engine", async_one=(ORDERS, SUMMARY))
def _(world: World) -> Generator[None]:
    yield
    asyncio.run(_in_task(world, "async-one", COPY))


@scenario("two tasks on an async engine", async_a=(ORDERS, set()), async_b=(USERS, set()))
def _(world: World) -> Generator[None]:
    async def both() -> None:
        await asyncio.gather(
            _in_task(world, "async-a", "select * from orders"), _in_task(world, "async-b", "select * from users")
        )

    yield
    asyncio.run(both())


async def _in_task(world: World, job: str, statement: str) -> None:
    from sqlalchemy import text

    engine = world.async_engine()
    with world.api.datahub_job(job):
        async with engine.begin() as connection:
            await connection.execute(text("select pg_sleep(0.05)"))
            await connection.execute(text(statement))
    await engine.dispose()


@scenario("async function as a job", async_def=(ORDERS, set()))
def _(world: World) -> Generator[None]:
    from sqlalchemy import text

    yield

    @world.api.datahub_job_fn("async-def")
    async def job() -> None:
        engine = world.async_engine()
        async with engine.connect() as connection:
            await connection.execute(text("select * from orders"))
        await engine.dispose()

    asyncio.run(job())


@scenario("generator as a job", generator=(ORDERS, set()))
def _(world: World) -> Generator[None]:
    yield

    @world.api.datahub_job_fn("generator")
    def job() -> Generator[int]:
        yield 1
        world.sql("select * from orders")
        yield 2

    assert list(job()) == [1, 2]


@scenario("nested jobs", outer=(ORDERS, SUMMARY), inner=(USERS, set()))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("outer"):
        world.sql("select * from orders")
        with world.api.datahub_job("inner"):
            world.sql("select * from users")
        world.sql("insert into summary values (1)")


@scenario("thread pool", pool=(ORDERS | USERS, set()))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("pool"), ThreadPoolExecutor(2) as pool:
        list(pool.map(world.sql, ["select * from orders", "select * from users"]))


@scenario("forked worker", before_fork=(ORDERS, set()), forked=(USERS, set()))
def _(world: World) -> Generator[None]:
    def work() -> None:
        world.engine.dispose(close=False)
        with world.api.datahub_job("forked"):
            world.sql("select * from users")

    yield
    with world.api.datahub_job("before-fork"):
        world.sql("select * from orders")
    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join(60)


# --- S3


@scenario("get and put of the default session's client", s3_client=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("s3-client"):
        _get_and_put(world.client())


def _get_and_put(client: Any) -> None:
    body = client.get_object(Bucket="lake", Key="in/rows.csv")["Body"].read()
    client.put_object(Bucket="lake", Key="out/rows.csv", Body=body)


@scenario("boto3 resource", s3_resource=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    import boto3

    yield
    with world.api.datahub_job("s3-resource"):
        bucket = boto3.resource("s3").Bucket("lake")
        bucket.put_object(Key="out/rows.csv", Body=bucket.Object("in/rows.csv").get()["Body"].read())


@scenario("client of a session of its own", s3_session=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    import boto3

    yield
    with world.api.datahub_job("s3-session"):
        _get_and_put(boto3.Session().client("s3"))


@scenario("client made before the hooks", s3_earlier=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    client = world.client()
    yield
    with world.api.datahub_job("s3-earlier"):
        _get_and_put(client)


@scenario("upload_file", s3_upload=(set(), WRITTEN))
def _(world: World) -> Generator[None]:
    yield
    with tempfile.NamedTemporaryFile() as file, world.api.datahub_job("s3-upload"):
        file.write(b"rows")
        file.flush()
        world.client().upload_file(file.name, "lake", "out/file.bin")


@scenario("multipart upload", s3_multipart=(set(), WRITTEN))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("s3-multipart"):
        world.client().upload_fileobj(io.BytesIO(b"x" * LARGE), "lake", "out/large.bin", Config=_parts())


def _parts() -> Any:
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20, max_concurrency=3)


@scenario("download in ranges", s3_ranges=(READ, set()))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("s3-ranges"):
        world.client().download_fileobj("lake", "in/large.bin", io.BytesIO(), Config=_parts())


@scenario("download_file", s3_download=(READ, set()))
def _(world: World) -> Generator[None]:
    yield
    with tempfile.TemporaryDirectory() as folder, world.api.datahub_job("s3-download"):
        world.client().download_file("lake", "in/rows.csv", f"{folder}/rows.csv")


@scenario("managed copy", s3_copy=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("s3-copy"):
        world.client().copy({"Bucket": "lake", "Key": "in/rows.csv"}, "lake", "out/copied.csv")


@scenario("CopyObject", s3_copy_object=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("s3-copy-object"):
        source = {"Bucket": "lake", "Key": "in/rows.csv"}
        world.client().copy_object(Bucket="lake", Key="out/copied.csv", CopySource=source)


@scenario("DeleteObjects", s3_delete=(set(), {"s3:lake/old"}))
def _(world: World) -> Generator[None]:
    yield
    keys = ["old/a.csv", "old/b.csv"]
    for key in keys:
        world.client().put_object(Bucket="lake", Key=key, Body=b"")
    with world.api.datahub_job("s3-delete"):
        world.client().delete_objects(Bucket="lake", Delete={"Objects": [{"Key": key} for key in keys]})


# --- files over S3


@scenario("s3fs copy", s3fs_copy=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    import s3fs

    yield
    with world.api.datahub_job("s3fs-copy"):
        s3fs.S3FileSystem().copy("lake/in/rows.csv", "lake/out/copied.csv")


@scenario("s3fs cp_file", s3fs_cp=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    import s3fs

    yield
    with world.api.datahub_job("s3fs-cp"):
        s3fs.S3FileSystem().cp_file("lake/in/rows.csv", "lake/out/copied.csv")


@scenario("s3fs open", s3fs_open=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    import s3fs

    yield
    with world.api.datahub_job("s3fs-open"):
        files = s3fs.S3FileSystem()
        with files.open("lake/in/rows.csv", "rb") as source, files.open("lake/out/rows.csv", "wb") as target:
            target.write(source.read())


@scenario("pandas on s3://", pandas_s3=(READ, WRITTEN))
def _(world: World) -> Generator[None]:
    import pandas as pd

    yield
    with world.api.datahub_job("pandas-s3"):
        pd.read_csv("s3://lake/in/rows.csv").to_csv("s3://lake/out/rows.csv", index=False)


@scenario("pyarrow's own S3", pyarrow_s3=({"s3:lake/parquet"}, WRITTEN))
def _(world: World) -> Generator[None]:
    from pyarrow import fs, parquet

    files = fs.S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"].removeprefix("http://"), scheme="http")
    yield
    with world.api.datahub_job("pyarrow-s3"):
        table = parquet.read_table("lake/parquet/rows.parquet", filesystem=files)
        parquet.write_table(table, "lake/out/rows.parquet", filesystem=files)


# --- Athena


@scenario(
    "Athena polled: CTAS and UNLOAD",
    athena_ctas=(GLUE, {"glue:sales.summary"}),
    athena_unload=(GLUE, {"s3:lake/unload"}),
)
def _(world: World) -> Generator[None]:
    yield
    athena = world.client("athena")
    with world.api.datahub_job("athena-ctas"):
        world.run_query(athena, "CREATE TABLE summary AS SELECT id FROM orders")
    with world.api.datahub_job("athena-unload"):
        world.run_query(athena, "UNLOAD (SELECT id FROM orders) TO 's3://lake/unload/' WITH (format = 'PARQUET')")


@scenario("Athena that nobody polls", athena_forgotten=(GLUE, {"glue:sales.summary"}))
def _(world: World) -> Generator[None]:
    yield
    with world.api.datahub_job("athena-forgotten"):
        world.start_query(world.client("athena"), "INSERT INTO summary SELECT id FROM orders")


@scenario("Athena of which only the results are asked", athena_results=(GLUE, set()))
def _(world: World) -> Generator[None]:
    yield
    athena = world.client("athena")
    with world.api.datahub_job("athena-results"):
        query = world.start_query(athena, "SELECT id FROM orders")
        athena.get_query_results(QueryExecutionId=query)


@scenario("PyAthena", pyathena=(GLUE, set()))
def _(world: World) -> Generator[None]:
    import pyathena

    yield
    with (
        world.api.datahub_job("pyathena"),
        pyathena.connect(s3_staging_dir="s3://results/tmp/", schema_name="sales", poll_interval=0.01) as connection,
    ):
        connection.cursor().execute("SELECT id FROM orders").fetchall()


@scenario("awswrangler: Athena query", tolerated=frozenset({"s3:results/tmp"}), wrangler_query=(GLUE, set()))
def _(world: World) -> Generator[None]:
    import awswrangler

    yield
    with world.api.datahub_job("wrangler-query"):
        awswrangler.athena.read_sql_query(
            "SELECT id FROM orders", database="sales", ctas_approach=False, s3_output="s3://results/tmp/"
        )


@scenario("awswrangler: to_parquet", wrangler_write=(set(), WRITTEN))
def _(world: World) -> Generator[None]:
    import awswrangler
    import pandas as pd

    yield
    with world.api.datahub_job("wrangler-write"):
        awswrangler.s3.to_parquet(pd.DataFrame({"id": [1]}), path="s3://lake/out/rows.parquet")


@scenario("awswrangler: read_parquet", wrangler_read=({"s3:lake/parquet"}, set()))
def _(world: World) -> Generator[None]:
    import awswrangler

    yield
    with world.api.datahub_job("wrangler-read"):
        awswrangler.s3.read_parquet("s3://lake/parquet/")


# --- services


def _application(world: World, job_of: Callable[[str], str]) -> Any:
    """Return the README's FastAPI recipe."""
    from fastapi import FastAPI, Request
    from sqlalchemy import text

    context = import_module(f"{world.package}.context")
    app = FastAPI()

    @app.middleware("http")
    async def lineage(request: Any, call_next: Any) -> Any:
        context.set_job(job_id=job_of(request.url.path), flow="service")
        try:
            return await call_next(request)
        finally:
            context.clear_job()

    lineage.__annotations__["request"] = Request

    @app.get("/plain")
    def plain() -> int:
        world.sql("select * from orders")
        return 1

    @app.get("/slow-{table}")
    async def slow(table: str) -> int:
        engine = world.async_engine()
        async with engine.connect() as connection:
            await connection.execute(text("select pg_sleep(0.05)"))
            await connection.execute(text(f"select * from {table}"))
        await engine.dispose()
        return 1

    return app


async def _ask(app: Any, *paths: str) -> None:
    import httpx

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        for answer in await asyncio.gather(*(client.get(path) for path in paths)):
            answer.raise_for_status()


@scenario("FastAPI: a plain endpoint", fastapi_plain=(ORDERS, set()))
def _(world: World) -> Generator[None]:
    yield
    asyncio.run(_ask(_application(world, lambda _: "fastapi-plain"), "/plain"))


@scenario("FastAPI: two requests at once", fastapi_slow_orders=(ORDERS, set()), fastapi_slow_users=(USERS, set()))
def _(world: World) -> Generator[None]:
    yield
    app = _application(world, lambda path: f"fastapi{path.replace('/', '-')}")
    asyncio.run(_ask(app, "/slow-orders", "/slow-users"))
