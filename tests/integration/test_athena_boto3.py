"""Athena through plain boto3 on a real (moto) server: the seed's examples, and what nobody polls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from athena_queries import NAMESPACE, OUTPUT, aliases, start, table, wait_for_query
from collected import collecting

import whence
from whence.hooks._aws.athena import ATHENA

pytestmark = pytest.mark.integration
CTAS = """
    CREATE TABLE order_summary
    WITH (
        format = 'PARQUET',
        external_location = 's3://data-lake/order_summary/'
    )
    AS SELECT user_id, COUNT(*) AS cnt, SUM(amount) AS total
       FROM orders
       GROUP BY user_id
"""
UNLOAD = """
    UNLOAD (
        SELECT o.id, o.amount, u.name
        FROM orders o
        JOIN users u ON o.user_id = u.id
    )
    TO 's3://data-lake/exports/orders/'
    WITH (format = 'PARQUET', compression = 'SNAPPY')
"""


@pytest.fixture
def athena(aws, collected):
    aws.bucket("athena-results", "data-lake")
    ATHENA.begin()
    return boto3.client("athena")


def test_create_order_summary(aws, athena, collected):
    aws.athena(states=["QUEUED", "RUNNING", "RUNNING", "SUCCEEDED"])

    @whence.job("create-order-summary", flow="daily-etl-pipeline")
    def create_order_summary():
        wait_for_query(athena, start(athena, CTAS))

    create_order_summary()
    assert collected.names("create-order-summary") == (
        {table("sales_db.orders")},
        {table("sales_db.order_summary")},
    )
    output = collected.output("create-order-summary", table("sales_db.order_summary"))
    assert output["namespace"] == NAMESPACE
    assert ("s3://data-lake", "order_summary") in aliases(output)
    assert collected.fields("create-order-summary", table("sales_db.order_summary"))["total"] == {
        table("sales_db.orders.amount")
    }
    assert len(aws.calls("BatchGetQueryExecution")) == 0
    assert "whence-secret" not in collected.text()


def test_export_orders(athena, collected):
    with whence.job("export-orders-parquet"):
        wait_for_query(athena, start(athena, UNLOAD))
    assert collected.names("export-orders-parquet") == (
        {table("sales_db.orders"), table("sales_db.users")},
        {"exports/orders"},
    )


def test_several_steps_add_up(athena, collected):
    with whence.job("multi-step-etl", flow="pipeline"):
        wait_for_query(athena, start(athena, "INSERT INTO staging.orders SELECT * FROM raw.orders"))
        join = "CREATE TABLE dw.order_items AS SELECT o.id FROM staging.orders o JOIN raw.products p ON o.p = p.id"
        wait_for_query(athena, start(athena, join))
        wait_for_query(athena, start(athena, "UNLOAD (SELECT * FROM dw.order_items) TO 's3://export/all/'"))
    assert collected.names("multi-step-etl") == (
        {table("raw.orders"), table("staging.orders"), table("raw.products"), table("dw.order_items")},
        {table("staging.orders"), table("dw.order_items"), "all"},
    )


def test_queries_in_threads_belong_to_their_run(athena, collected):
    statements = [
        "INSERT INTO staging.orders SELECT * FROM raw.orders",
        "CREATE TABLE dw.items AS SELECT o.id FROM staging.orders o",
        "UNLOAD (SELECT * FROM dw.items) TO 's3://export/items/'",
    ]

    @whence.job("export-orders-parquet")
    def run():
        task = whence.propagate(lambda text: wait_for_query(athena, start(athena, text)))
        with ThreadPoolExecutor(max_workers=3) as executor:
            return list(executor.map(task, statements))

    run()
    assert collected.names("export-orders-parquet")[1] == {table("staging.orders"), table("dw.items"), "items"}


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
@pytest.mark.parametrize("is_polled", [True, False])
def test_query_that_did_not_succeed_is_nothing(aws, athena, collected, state, is_polled):
    aws.athena(states=["RUNNING", state])
    with whence.job("load"):
        query_id = start(athena, CTAS)
        if is_polled:
            wait_for_query(athena, query_id)
    assert collected.names("load") == (set(), set())


def test_statement_belongs_to_the_run_that_started_it(athena, collected):
    with whence.job("starts"):
        query_id = start(athena, CTAS)
        with whence.job("polls"):
            wait_for_query(athena, query_id)
    assert collected.names("polls") == (set(), set())
    assert collected.names("starts")[1] == {table("sales_db.order_summary")}


def test_fire_and_forget_is_told_with_the_end_of_the_run(aws, collected):
    ATHENA.begin()
    with whence.job("forgets"):
        start(boto3.client("athena"), CTAS)  # nobody holds this client when the run ends
    assert collected.names("forgets") == ({table("sales_db.orders")}, {table("sales_db.order_summary")})
    assert len(aws.calls("BatchGetQueryExecution")) == 1


def test_fire_and_forget_that_runs_on_is_told_later(aws, athena, collected):
    aws.athena(states=["QUEUED", "RUNNING", "SUCCEEDED"])
    with whence.job("forgets"):
        start(athena, CTAS)
    assert collected.names("forgets") == (set(), set())
    (late,) = (event for event in collected.events("forgets") if event["eventType"] == "OTHER")
    assert {each["name"] for each in late["outputs"]} == {table("sales_db.order_summary")}
    assert late["run"]["runId"] == collected.end("forgets")["run"]["runId"]


def test_read_that_nobody_waited_for_is_told_later(aws, athena, collected):
    aws.athena(states=["RUNNING", "SUCCEEDED"])
    with whence.job("forgets"):
        start(athena, "SELECT id FROM orders")
    (late,) = (event for event in collected.events("forgets") if event["eventType"] == "OTHER")
    assert {each["name"] for each in late["inputs"]} == {table("sales_db.orders")}


def test_polling_of_results_only_is_told(aws, athena, collected):
    with whence.job("reads"):
        query_id = start(athena, "SELECT id FROM orders")
        for _ in athena.get_paginator("get_query_results").paginate(QueryExecutionId=query_id):
            pass
    assert collected.names("reads") == ({table("sales_db.orders")}, set())


def test_role_that_may_not_ask_for_several_asks_singly(aws, athena, collected):
    aws.athena(denied=["BatchGetQueryExecution"])
    with whence.job("forgets"):
        start(athena, CTAS)
    assert collected.names("forgets")[1] == {table("sales_db.order_summary")}


def test_role_that_may_not_ask_at_all_is_told_so_once(aws, athena, collected, caplog):
    aws.athena(denied=["BatchGetQueryExecution", "GetQueryExecution"])
    for job in ("one", "two"):
        with whence.job(job):
            start(athena, CTAS)
    assert collected.names("one") == collected.names("two") == (set(), set())
    assert len([each for each in caplog.records if "not told" in each.getMessage()]) == 1


def test_sixty_queries_are_asked_for_in_two_calls(aws, athena, collected):
    with whence.job("forgets"):
        for n in range(60):
            start(athena, f"INSERT INTO out_{n} SELECT a FROM orders")
    assert len(collected.names("forgets")[1]) == 60
    assert len(aws.calls("BatchGetQueryExecution")) == 2


def test_results_of_the_own_query_are_no_input(aws, athena, collected):
    aws.put("data-lake", "events/a.json", b"{}")
    aws.results({"n": "integer"}, (1,))
    s3 = boto3.client("s3")
    with whence.job("reads"):
        query_id = start(athena, "SELECT n FROM orders")
        wait_for_query(athena, query_id)
        s3.get_object(Bucket="athena-results", Key=f"tmp/{query_id}.csv")["Body"].read()
        s3.get_object(Bucket="data-lake", Key="events/a.json")["Body"].read()
    assert collected.names("reads") == ({table("sales_db.orders"), "events/a.json"}, set())


def test_other_catalogues_are_named(athena, collected):
    with whence.job("federated"):
        wait_for_query(athena, start(athena, 'INSERT INTO out SELECT a FROM "lambda:mysql"."shop"."orders"'))
        wait_for_query(athena, start(athena, "SELECT a FROM t", "d", Catalog="hbase"))
        wait_for_query(athena, start(athena, "SELECT a FROM t", "d", Catalog="AwsDataCatalog"))
    assert collected.names("federated") == (
        {"lambda:mysql.shop.orders", "hbase.d.t", table("d.t")},
        {table("sales_db.out")},
    )


def test_view_has_its_tables_as_inputs(athena, collected):
    with whence.job("view"):
        wait_for_query(athena, start(athena, "CREATE OR REPLACE VIEW v AS SELECT id FROM orders"))
    assert collected.names("view") == ({table("sales_db.orders")}, {table("sales_db.v")})


def test_external_table_declares_and_reads_nothing(athena, collected):
    ddl = "CREATE EXTERNAL TABLE raw.t (id int) STORED AS PARQUET LOCATION 's3://data-lake/raw/t/'"
    with whence.job("declares"):
        wait_for_query(athena, start(athena, ddl))
        wait_for_query(athena, start(athena, "CREATE TABLE out AS SELECT * FROM raw.t"))
    assert collected.names("declares") == ({table("raw.t")}, {table("sales_db.out")})
    (read,) = collected.end("declares")["inputs"]
    assert aliases(read) == {("s3://data-lake", "raw/t")}
    assert collected.fields("declares", table("sales_db.out")) == {"id": {table("raw.t.id")}}


def test_prepared_statement_that_was_seen_is_read(athena, collected):
    athena.create_prepared_statement(
        StatementName="by_id", WorkGroup="primary", QueryStatement="INSERT INTO out SELECT a FROM orders WHERE id = ?"
    )
    with whence.job("executes"):
        wait_for_query(athena, start(athena, "EXECUTE by_id USING 4711"))
    assert collected.names("executes") == ({table("sales_db.orders")}, {table("sales_db.out")})
    assert "4711" not in collected.text()


def test_prepared_statement_that_was_not_seen_is_not_understood(athena, collected):
    with whence.job("executes"):
        wait_for_query(athena, start(athena, "EXECUTE gone USING 4711"))
    end = collected.end("executes")
    assert end["run"]["facets"]["extractionError"]["failedTasks"] == 1
    assert "4711" not in collected.text()


def test_parameters_are_not_told(athena, collected):
    with whence.job("parameters"):
        query_id = athena.start_query_execution(
            QueryString="INSERT INTO out SELECT a FROM orders WHERE id = ?",
            QueryExecutionContext={"Database": "sales_db"},
            ResultConfiguration=OUTPUT,
            ExecutionParameters=["'hidden-value'"],
        )["QueryExecutionId"]
        wait_for_query(athena, query_id)
    assert collected.names("parameters") == ({table("sales_db.orders")}, {table("sales_db.out")})
    assert "hidden-value" not in collected.text()


@pytest.mark.parametrize("is_on", [True, False])
def test_tables_are_looked_up_where_a_setting_says_so(aws, tmp_path, is_on):
    glue = aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "d"})
    columns = [{"Name": "id", "Type": "int"}]
    place = {"Location": "s3://data-lake/t/", "Columns": columns}
    glue.create_table(DatabaseName="d", TableInput={"Name": "t", "StorageDescriptor": place})
    ATHENA.begin()
    with collecting(tmp_path, aws_lookup=is_on) as collected:
        athena = boto3.client("athena")
        with whence.job("reads"):
            for _ in range(2):
                wait_for_query(athena, start(athena, "CREATE TABLE out AS SELECT * FROM t", "d"))
        (read,) = collected.end("reads")["inputs"]
        fields = collected.fields("reads", table("d.out"))
    assert len(aws.calls("GetTable")) == (2 if is_on else 0)  # each table once
    glue_name = ("arn:aws:glue:us-east-1:123456789012", "table/d/t")
    assert aliases(read) == ({("s3://data-lake", "t"), glue_name} if is_on else set())
    assert fields == ({"id": {table("d.t.id")}} if is_on else {})
