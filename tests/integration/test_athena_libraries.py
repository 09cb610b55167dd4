"""Athena through the libraries on top of botocore: PyAthena, awswrangler, aiobotocore. One query is one fact."""

from __future__ import annotations

import io

import awswrangler
import boto3
import pandas as pd
import pyathena
import pytest
import sqlalchemy as sa
from aiobotocore.session import get_session
from athena_queries import NAMESPACE, OUTPUT, aliases, table, wait_for_query
from pyathena.async_cursor import AsyncCursor
from pyathena.pandas.cursor import PandasCursor

import whence
from whence.hooks._aws.athena import ATHENA

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),  # of the libraries
]
ORDERS = ({table("sales.orders")}, set())


@pytest.fixture
def results(aws, collected):
    """Give an AWS whose next query has one row as its result."""
    aws.bucket("athena-results", "lake")
    aws.results({"id": "integer"}, (1,))
    ATHENA.begin()
    return aws


def connect(**more):
    return pyathena.connect(
        s3_staging_dir=OUTPUT["OutputLocation"],
        region_name="us-east-1",
        schema_name="sales",
        poll_interval=0.01,
        **more,
    )


def test_pyathena_cursor(results, collected):
    with whence.job("reads"), connect() as connection:
        assert connection.cursor().execute("SELECT id FROM orders").fetchall() == [(1,)]
    assert collected.names("reads") == ORDERS


def test_pyathena_cursor_that_reads_the_result_from_s3(results, collected):
    with whence.job("reads"), connect(cursor_class=PandasCursor) as connection:
        assert len(connection.cursor().execute("SELECT id FROM orders").fetchall()) == 1
    assert collected.names("reads") == ORDERS


def test_pyathena_cursor_of_a_thread_pool(results, collected):
    with whence.job("reads"), connect(cursor_class=AsyncCursor) as connection:
        cursor = connection.cursor(max_workers=2)
        _, future = cursor.execute("SELECT id FROM orders")
        assert future.result().fetchall() == [(1,)]
        cursor.close()
    assert collected.names("reads") == ORDERS


async def test_pyathena_cursor_of_asyncio(results, collected):
    with whence.job("reads"):
        async with await pyathena.aio_connect(
            s3_staging_dir=OUTPUT["OutputLocation"], region_name="us-east-1", schema_name="sales", poll_interval=0.01
        ) as connection:
            cursor = connection.cursor()
            await cursor.execute("SELECT id FROM orders")
            assert await cursor.fetchall() == [(1,)]
    assert collected.names("reads") == ORDERS


def test_pyathena_tells_rows_of_an_insert(results, collected):
    results.athena(update_count=12)
    with whence.job("writes"), connect() as connection:
        assert connection.cursor().execute("INSERT INTO out SELECT id FROM orders").rowcount == 12
    assert collected.rows("writes", table("sales.out")) == 12


def test_pyathena_below_sqlalchemy_is_told_once(results, collected):
    host = "athena.us-east-1.amazonaws.com:443"
    engine = sa.create_engine(f"awsathena+rest://@{host}/sales?s3_staging_dir={OUTPUT['OutputLocation']}")
    with whence.job("writes"), engine.connect() as connection:
        connection.execute(sa.text("INSERT INTO out (id) SELECT id FROM orders WHERE id = :id"), {"id": 4711})
    engine.dispose()
    assert collected.names("writes") == (*ORDERS[:1], {table("sales.out")})
    end = collected.end("writes")
    assert end["job"]["facets"]["sql"]["query"].lower().count("insert into") == 1
    assert "4711" not in collected.text()


@pytest.fixture
def frame():
    return pd.DataFrame({"id": [1, 2], "name": ["a", "b"]})


@pytest.fixture
def orders(results, frame):
    """Give awswrangler, and a Glue table of two rows that was written before the run."""
    boto3.client("glue").create_database(DatabaseInput={"Name": "sales"})
    awswrangler.s3.to_parquet(frame, path="s3://lake/sales/orders/", dataset=True, database="sales", table="orders")
    return awswrangler


def test_awswrangler_query_with_the_result_as_csv(orders, collected):
    with whence.job("reads"):
        read = orders.athena.read_sql_query(
            "SELECT id FROM orders", database="sales", ctas_approach=False, s3_output="s3://athena-results/wr/"
        )
    assert len(read) == 1
    assert collected.names("reads") == ORDERS


def test_awswrangler_query_over_a_temporary_table(results, orders, frame, collected):
    body = io.BytesIO()
    frame.to_parquet(body)
    results.athena(data={"part-0": body.getvalue().decode("latin-1")})
    with whence.job("reads"):
        read = orders.athena.read_sql_query(
            "SELECT id, name FROM orders",
            database="sales",
            ctas_approach=True,
            keep_files=False,
            s3_output="s3://athena-results/wr/",
        )
    assert len(read) == 2
    assert collected.names("reads") == ORDERS


def test_awswrangler_reads_and_writes_parquet(orders, frame, collected):
    with whence.job("reads"):
        assert len(orders.s3.read_parquet("s3://lake/sales/orders/", dataset=True)) == 2
    with whence.job("writes"):
        orders.s3.to_parquet(frame, path="s3://lake/sales/new/", dataset=True, database="sales", table="new")
    assert collected.names("reads") == ({"sales/orders"}, set())
    assert collected.names("writes") == (set(), {"sales/new"})
    assert aliases(collected.output("writes", "sales/new")) >= {(NAMESPACE, table("sales.new"))}


def test_awswrangler_writes_iceberg_over_a_temporary_table(orders, frame, collected):
    with whence.job("writes"):
        orders.athena.to_iceberg(
            frame,
            database="sales",
            table="ice",
            temp_path="s3://lake/tmp/",
            table_location="s3://lake/ice/",
            s3_output="s3://athena-results/wr/",
        )
    assert collected.names("writes") == (set(), {table("sales.ice")})
    output = collected.output("writes", table("sales.ice"))
    assert output["facets"]["storage"]["storageLayer"] == "iceberg"
    assert ("s3://lake", "ice") in aliases(output)


def test_awswrangler_unloads_and_creates_tables(orders, collected):
    with whence.job("unloads"):
        orders.athena.unload("SELECT id FROM orders", path="s3://lake/unloaded/", database="sales")
    with whence.job("creates"):
        orders.athena.create_ctas_table(
            "SELECT id FROM orders", database="sales", ctas_table="kept", s3_output="s3://lake/ctas/", wait=True
        )
    assert collected.names("unloads") == (*ORDERS[:1], {"unloaded"})
    assert collected.names("creates") == (*ORDERS[:1], {table("sales.kept")})
    assert ("s3://lake", "ctas/kept") in aliases(collected.output("creates", table("sales.kept")))


def test_table_that_awswrangler_read_about_has_its_other_names(orders, collected):
    with whence.job("reads"):
        orders.s3.read_parquet_table(database="sales", table="orders")
        orders.athena.read_sql_query(
            "SELECT * FROM orders", database="sales", ctas_approach=False, s3_output="s3://athena-results/wr/"
        )
    event = collected.end("reads")
    (dataset,) = (each for each in event["inputs"] if each["name"] == table("sales.orders"))
    assert aliases(dataset) == {
        ("s3://lake", "sales/orders"),
        ("arn:aws:glue:us-east-1:123456789012", "table/sales/orders"),
    }
    assert [field["name"] for field in dataset["facets"]["schema"]["fields"]] == ["id", "name"]


@pytest.mark.parametrize("is_polled", [True, False])
async def test_aiobotocore(results, collected, is_polled):
    with whence.job("writes"):
        async with get_session().create_client("athena", region_name="us-east-1") as athena:
            answer = await athena.start_query_execution(
                QueryString="INSERT INTO out SELECT id FROM orders",
                QueryExecutionContext={"Database": "sales"},
                ResultConfiguration=OUTPUT,
            )
            if is_polled:
                await athena.get_query_execution(QueryExecutionId=answer["QueryExecutionId"])
    assert collected.names("writes") == (*ORDERS[:1], {table("sales.out")})


def test_client_of_a_session_of_its_own_is_seen(results, collected):
    athena = boto3.Session(region_name="eu-west-1").client("athena")
    with whence.job("writes"):
        query_id = athena.start_query_execution(
            QueryString="INSERT INTO b SELECT id FROM a", QueryExecutionContext={"Database": "d"}
        )["QueryExecutionId"]
        wait_for_query(athena, query_id)
    assert collected.end("writes")["outputs"][0]["namespace"] == "awsathena://athena.eu-west-1.amazonaws.com"
