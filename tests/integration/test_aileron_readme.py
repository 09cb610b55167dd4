"""The examples of aileron-meta-collector's README, run as they are written but for their imports.

DataHub is a recording metadata service; PostgreSQL, S3 and Athena are servers. What is looked at is the catalogue that
the requests amount to.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pandas as pd
import pytest
from aileron_service import service
from sqlalchemy import create_engine, text

from whence.aileron import (
    add_input,
    add_output,
    build_dataset_urn,
    datahub_job,
    datahub_job_fn,
    emit_lineage,
    get_job,
    install_all_hooks,
    install_boto3_hooks,
    install_sqlalchemy_hooks,
    propagate_job,
)

pytestmark = pytest.mark.integration

DATASET = "urn:li:dataset:(urn:li:dataPlatform:{},{},PROD)"


def urns(platform, *names):
    return {DATASET.format(platform, name) for name in names}


@pytest.fixture
def datahub(tmp_path, monkeypatch):
    """Give a DataHub that the environment points to, as in the document; nothing else is configured."""
    with service(tmp_path, monkeypatch) as gms:
        os.environ["DATAHUB_ENV"] = "PROD"
        install_all_hooks()
        yield gms


@pytest.fixture
def engine(postgres_url):
    made = create_engine(postgres_url)
    with made.begin() as connection:
        connection.execute(text("create table orders (id integer, user_id integer, status text)"))
        connection.execute(text("insert into orders values (1, 1, 'done'), (2, 1, 'done'), (3, 2, 'open')"))
    yield made
    made.dispose()


@pytest.fixture
def name(engine):
    """Give the name that DataHub's own ingestion has for a table: with its database and schema."""
    return lambda table: f"{engine.url.database}.public.{table}"


# --- SQLAlchemy and pandas


def test_basic_decorator(datahub, engine, name):
    @datahub_job_fn("order-daily-aggregation", flow="order-processing-service")
    def aggregate_orders():
        df = pd.read_sql("SELECT * FROM orders WHERE status = 'done'", engine)

        df_agg = df.groupby("user_id").size().reset_index(name="count")

        df_agg.to_sql("order_summary", engine, if_exists="replace", index=False)

    aggregate_orders()
    catalogue = datahub.arrived()
    run = catalogue.run("order-daily-aggregation")
    flow = "urn:li:dataFlow:(pythonSdk,order-processing-service,PROD)"
    assert run.job == f"urn:li:dataJob:({flow},order-daily-aggregation)"
    assert run.inputs == urns("postgres", name("orders"))
    assert run.outputs == urns("postgres", name("order_summary"))
    assert run.states == ["STARTED", "SUCCESS"]
    assert catalogue.aspects[flow]["dataFlowInfo"]["name"] == "order-processing-service"
    assert catalogue.aspects[run.job]["dataJobInfo"]["name"] == "order-daily-aggregation"
    assert catalogue.edges(run.job)[:2] == (run.inputs, run.outputs)
    assert catalogue.upstreams(*run.outputs) == run.inputs
    assert datahub.refused == []


def test_hooks_one_by_one(datahub, engine, name):
    install_sqlalchemy_hooks(env="PROD")
    install_boto3_hooks(env="PROD")
    with datahub_job("j"), engine.connect() as connection:
        connection.execute(text("select id from orders")).all()
    assert datahub.arrived().run("j").inputs == urns("postgres", name("orders"))


@pytest.mark.parametrize(
    ("sql", "read", "written"),
    [
        ("SELECT * FROM orders", ["orders"], []),
        ("SELECT * FROM a JOIN b ON a.id = b.id", ["a", "b"], []),
        ("INSERT INTO out SELECT id FROM a", ["a"], ["out"]),
        ("UPDATE out SET id = 2", [], ["out"]),
        ("CREATE TABLE made AS SELECT id FROM a", ["a"], ["made"]),
        ("CREATE VIEW v AS SELECT id FROM a", ["a"], ["v"]),
        ("CREATE OR REPLACE VIEW v AS SELECT id FROM b", ["b"], ["v"]),
    ],
)
def test_statement_patterns(datahub, engine, name, sql, read, written):
    with engine.begin() as connection:
        for table in ("a", "b", "out"):
            connection.execute(text(f"create table {table} (id integer)"))
    with datahub_job("j"), engine.begin() as connection:
        connection.execute(text(sql))
    run = datahub.arrived().run("j")
    assert (run.inputs, run.outputs) == (
        urns("postgres", *map(name, read)),
        urns("postgres", *map(name, written)),
    )


def test_exceptions_are_failures(datahub):
    @datahub_job_fn("risky-job", flow="daily-etl-pipeline")
    def risky_job():
        raise ValueError("something went wrong")

    with pytest.raises(ValueError, match="something went wrong"):
        risky_job()
    assert datahub.arrived().run("risky-job").states == ["STARTED", "FAILURE"]


def test_upstream_jobs(datahub):
    @datahub_job_fn("step1-extract", flow="order-etl-pipeline")
    def step1_extract(): ...

    @datahub_job_fn("step2-transform", flow="order-etl-pipeline", upstream_jobs=["step1-extract"])
    def step2_transform(): ...

    @datahub_job_fn(
        "step3-load",
        flow="order-etl-pipeline",
        upstream_jobs=["step2-transform", "step.2", "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,other,PROD),x)"],
    )
    def step3_load(): ...

    step1_extract()
    step2_transform()
    step3_load()
    catalogue = datahub.arrived()
    job = "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,order-etl-pipeline,PROD),{})"
    assert catalogue.edges(job.format("step1-extract"))[2] == set()
    assert catalogue.edges(job.format("step2-transform"))[2] == {job.format("step1-extract")}
    assert catalogue.edges(job.format("step3-load"))[2] == {
        job.format("step2-transform"),
        job.format("step.2"),  # of this flow, whatever its letters
        "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,other,PROD),x)",
    }


# --- lineage by hand


def test_datasets_in_a_job(datahub):
    @datahub_job_fn("my-etl-job", flow="daily-pipeline")
    def run():
        add_input("external_db.raw_events", platform="postgres", description="외부 시스템 원시 이벤트 테이블")
        add_input("s3://raw-bucket/feeds/", platform="s3")
        add_output("sales_db.processed_events", platform="glue", description="처리된 이벤트 집계 테이블")

        add_input(urn="urn:li:dataset:(urn:li:dataPlatform:snowflake,prod.sales.orders,PROD)")

    run()
    catalogue = datahub.arrived()
    told = catalogue.run("my-etl-job")
    assert told.inputs == {
        "urn:li:dataset:(urn:li:dataPlatform:postgres,external_db.raw_events,PROD)",
        "urn:li:dataset:(urn:li:dataPlatform:s3,raw-bucket/feeds,PROD)",
        "urn:li:dataset:(urn:li:dataPlatform:snowflake,prod.sales.orders,PROD)",
    }
    assert told.outputs == {"urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.processed_events,PROD)"}
    assert catalogue.description(*told.outputs) == "처리된 이벤트 집계 테이블"
    assert catalogue.upstreams(*told.outputs) == told.inputs


def test_emit_lineage(datahub):
    emit_lineage(
        inputs=["sales_db.orders", "sales_db.customers"],
        outputs=["sales_db.order_summary"],
        platform="glue",
    )

    emit_lineage(
        inputs=["urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.orders,PROD)"],
        outputs=["urn:li:dataset:(urn:li:dataPlatform:s3,my-bucket/out,PROD)"],
    )

    emit_lineage(
        inputs=["sales_db.orders"],
        outputs=["sales_db.order_summary"],
        platform="glue",
        descriptions={
            "sales_db.orders": "원시 주문 테이블",
            "sales_db.order_summary": "일별 주문 집계 결과",
        },
    )
    catalogue = datahub.arrived()
    orders, customers, summary = (
        f"urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.{table},PROD)"
        for table in ("orders", "customers", "order_summary")
    )
    assert catalogue.upstreams(summary) == {orders, customers}
    assert catalogue.upstreams("urn:li:dataset:(urn:li:dataPlatform:s3,my-bucket/out,PROD)") == {orders}
    assert catalogue.description(orders) == "원시 주문 테이블"
    assert catalogue.description(summary) == "일별 주문 집계 결과"
    assert catalogue.runs() == []


def test_emit_lineage_keeps_the_environment_of_each_urn(datahub):
    emit_lineage(
        inputs=["urn:li:dataset:(urn:li:dataPlatform:hive,a.b,DEV)", "urn:li:dataset:(urn:li:dataPlatform:s3,a/b,QA)"],
        outputs=["urn:li:dataset:(urn:li:dataPlatform:s3,my-bucket/out,STG)"],
    )
    assert datahub.arrived().upstreams("urn:li:dataset:(urn:li:dataPlatform:s3,my-bucket/out,STG)") == {
        "urn:li:dataset:(urn:li:dataPlatform:hive,a.b,DEV)",
        "urn:li:dataset:(urn:li:dataPlatform:s3,a/b,QA)",
    }


def test_descriptions_and_upstreams_of_others_stay(datahub):
    orders, summary = (build_dataset_urn(f"sales_db.{table}", "glue") for table in ("orders", "order_summary"))
    theirs = {"upstreams": [{"dataset": "urn:li:dataset:(urn:li:dataPlatform:glue,theirs,PROD)", "type": "COPY"}]}
    datahub.has(orders, "datasetProperties", {"description": "Written by a person."})
    datahub.has(summary, "upstreamLineage", theirs)
    for _ in range(2):
        emit_lineage([orders], [summary], descriptions={orders: "ours"})
        with datahub_job("j"):
            add_input(urn=orders)
            add_output(urn=summary)
    catalogue = datahub.arrived()
    assert catalogue.description(orders) == "Written by a person."
    assert catalogue.upstreams(summary) == {"urn:li:dataset:(urn:li:dataPlatform:glue,theirs,PROD)", orders}


def test_build_dataset_urn(datahub):
    urn = build_dataset_urn("sales_db.orders", "glue")
    assert urn == "urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.orders,PROD)"

    urn = build_dataset_urn("s3://my-bucket/data/events/", "s3", env="DEV")
    assert urn == "urn:li:dataset:(urn:li:dataPlatform:s3,my-bucket/data/events,DEV)"


def test_appending_to_the_job(datahub, engine, name):
    with datahub_job("j", flow="f"):
        get_job().inputs.append("urn:li:dataset:(urn:li:dataPlatform:glue,a.b,PROD)")
        with engine.begin() as connection:
            connection.execute(text("insert into orders values (9, 9, 'x')"))
        get_job().outputs.append("urn:li:dataset:(urn:li:dataPlatform:glue,c.d,PROD)")
    run = datahub.arrived().run("j")
    assert run.inputs == urns("glue", "a.b")
    assert run.outputs == urns("glue", "c.d") | urns("postgres", name("orders"))


# --- S3 and Athena


def wait_for_query(athena, execution_id: str) -> str:
    while True:
        result = athena.get_query_execution(QueryExecutionId=execution_id)
        state = result["QueryExecution"]["Status"]["State"]
        if state in ("SUCCEEDED", "FAILED", "CANCELLED"):
            return state
        time.sleep(0.01)


@pytest.fixture
def lake(aws, datahub):
    aws.bucket("raw-data", "processed", "results", "athena-results", "data-lake", "output", "export")
    aws.put("raw-data", "events/2024/01/data.parquet", b"rows")
    return datahub


def test_s3_decorator(lake):
    s3 = boto3.client("s3")

    def transform(body):
        return body.upper()

    @datahub_job_fn("user-event-etl", flow="user-event-service")
    def process_user_events():
        response = s3.get_object(Bucket="raw-data", Key="events/2024/01/data.parquet")

        processed = transform(response["Body"].read())

        s3.put_object(
            Bucket="processed",
            Key="user-events/2024/01/result.parquet",
            Body=processed,
        )

    process_user_events()
    run = lake.arrived().run("user-event-etl")
    assert run.inputs == {"urn:li:dataset:(urn:li:dataPlatform:s3,raw-data/events/2024/01,PROD)"}
    assert run.outputs == {"urn:li:dataset:(urn:li:dataPlatform:s3,processed/user-events/2024/01,PROD)"}


def test_s3_operations_of_the_table(lake, aws):
    aws.put("raw-data", "in/a.csv", b"a,b\n1,2\n")
    s3 = boto3.client("s3")
    with datahub_job("copy"):
        s3.copy_object(Bucket="output", Key="to/a.csv", CopySource={"Bucket": "raw-data", "Key": "in/a.csv"})
    with datahub_job("multipart"):
        upload = s3.create_multipart_upload(Bucket="output", Key="big/b.bin")
        part = s3.upload_part(Bucket="output", Key="big/b.bin", UploadId=upload["UploadId"], PartNumber=1, Body=b"x")
        s3.complete_multipart_upload(
            Bucket="output", Key="big/b.bin", UploadId=upload["UploadId"],
            MultipartUpload={"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]},
        )  # fmt: skip
    with datahub_job("delete"):
        s3.delete_object(Bucket="output", Key="to/a.csv")
    with datahub_job("resource"):
        boto3.resource("s3").Object("raw-data", "in/a.csv").get()["Body"].read()
    catalogue = lake.arrived()
    assert catalogue.run("copy")[1:3] == (urns("s3", "raw-data/in"), urns("s3", "output/to"))
    assert catalogue.run("multipart").outputs == urns("s3", "output/big")
    assert catalogue.run("delete").outputs == urns("s3", "output/to")
    assert catalogue.run("resource").inputs == urns("s3", "raw-data/in")


def test_athena_ctas(lake):
    athena = boto3.client("athena")

    @datahub_job_fn("create-order-summary", flow="daily-etl-pipeline")
    def create_order_summary():
        qid = athena.start_query_execution(
            QueryString="""
                CREATE TABLE order_summary
                WITH (
                    format = 'PARQUET',
                    external_location = 's3://data-lake/order_summary/'
                )
                AS SELECT user_id, COUNT(*) AS cnt, SUM(amount) AS total
                   FROM orders
                   GROUP BY user_id
            """,
            QueryExecutionContext={"Database": "sales_db"},
            ResultConfiguration={"OutputLocation": "s3://athena-results/tmp/"},
        )["QueryExecutionId"]

        wait_for_query(athena, qid)

    create_order_summary()
    run = lake.arrived().run("create-order-summary")
    assert run.inputs == {"urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.orders,PROD)"}
    assert run.outputs == {"urn:li:dataset:(urn:li:dataPlatform:glue,sales_db.order_summary,PROD)"}


def test_athena_unload(lake):
    athena = boto3.client("athena")

    @datahub_job_fn("export-orders-parquet", flow="daily-etl-pipeline")
    def export_orders():
        qid = athena.start_query_execution(
            QueryString="""
                UNLOAD (
                    SELECT o.id, o.amount, u.name
                    FROM orders o
                    JOIN users u ON o.user_id = u.id
                )
                TO 's3://data-lake/exports/orders/'
                WITH (format = 'PARQUET', compression = 'SNAPPY')
            """,
            QueryExecutionContext={"Database": "sales_db"},
            ResultConfiguration={"OutputLocation": "s3://athena-results/tmp/"},
        )["QueryExecutionId"]

        wait_for_query(athena, qid)

    export_orders()
    run = lake.arrived().run("export-orders-parquet")
    assert run.inputs == urns("glue", "sales_db.orders", "sales_db.users")
    assert run.outputs == {"urn:li:dataset:(urn:li:dataPlatform:s3,data-lake/exports/orders,PROD)"}


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_athena_that_did_not_succeed_is_no_lineage(lake, aws, state):
    aws.athena(states=["QUEUED", state])
    athena = boto3.client("athena")
    with datahub_job("j"):
        qid = athena.start_query_execution(
            QueryString="INSERT INTO b SELECT * FROM a",
            QueryExecutionContext={"Database": "d"},
            ResultConfiguration={"OutputLocation": "s3://athena-results/tmp/"},
        )["QueryExecutionId"]
        assert wait_for_query(athena, qid) == state
    assert lake.arrived().run("j")[1:3] == (set(), set())


STEPS = [
    ("INSERT INTO staging.orders SELECT * FROM raw.orders", "staging"),
    ("CREATE TABLE dw.items AS SELECT * FROM staging.orders JOIN raw.products ON true", "dw"),
    ("UNLOAD (SELECT * FROM dw.items) TO 's3://export/' WITH (format = 'PARQUET')", "dw"),
]
STEPS_READ = urns("glue", "raw.orders", "staging.orders", "raw.products", "dw.items")
STEPS_WRITTEN = urns("glue", "staging.orders", "dw.items") | urns("s3", "export")


def run_query(athena, sql, database):
    qid = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": database},
        ResultConfiguration={"OutputLocation": "s3://results/"},
    )["QueryExecutionId"]
    wait_for_query(athena, qid)


def test_several_queries_of_one_job(lake):
    athena = boto3.client("athena")

    @datahub_job_fn("multi-step-etl", flow="pipeline")
    def run():
        for sql, database in STEPS:
            run_query(athena, sql, database)

    run()
    catalogue = lake.arrived()
    told = catalogue.run("multi-step-etl")
    assert (told.inputs, told.outputs) == (STEPS_READ, STEPS_WRITTEN)
    # each dataset has the origins of its own statement, not those of the whole job
    assert catalogue.upstreams(DATASET.format("glue", "staging.orders")) == urns("glue", "raw.orders")
    assert catalogue.upstreams(DATASET.format("glue", "dw.items")) == urns("glue", "staging.orders", "raw.products")
    assert catalogue.upstreams(DATASET.format("s3", "export")) == urns("glue", "dw.items")


def test_pool_inside_a_block(lake):
    athena = boto3.client("athena")

    def export_orders():
        @propagate_job
        def task(sql, database):
            run_query(athena, sql, database)

        with ThreadPoolExecutor(max_workers=3) as executor:
            futures = [executor.submit(task, sql, db) for sql, db in STEPS]
            for f in futures:
                f.result()

    with datahub_job("export-orders-parquet", flow="daily-etl-pipeline"):
        export_orders()
    told = lake.arrived().run("export-orders-parquet")
    assert (told.inputs, told.outputs) == (STEPS_READ, STEPS_WRITTEN)


def test_pool_inside_a_decorated_function(lake):
    athena = boto3.client("athena")

    @datahub_job_fn("export-orders-parquet", flow="daily-etl-pipeline")
    def run():
        @propagate_job
        def task(sql, database):
            run_query(athena, sql, database)

        with ThreadPoolExecutor(max_workers=3) as executor:
            futures = [executor.submit(task, sql, db) for sql, db in STEPS]
            for f in futures:
                f.result()

    run()
    told = lake.arrived().run("export-orders-parquet")
    assert (told.inputs, told.outputs) == (STEPS_READ, STEPS_WRITTEN)


def test_mixed_use(lake, engine, name):
    athena, s3 = boto3.client("athena"), boto3.client("s3")

    @datahub_job_fn("daily-pipeline", flow="order-service")
    def run_daily_pipeline():
        fetch_from_rds()
        run_athena_summary()
        export_to_s3()

    def fetch_from_rds():
        pd.read_sql("SELECT * FROM orders", engine)

    def run_athena_summary():
        run_query(athena, "CREATE TABLE summary AS SELECT * FROM orders", "sales_db")

    def export_to_s3():
        s3.put_object(Bucket="output", Key="result/data.csv", Body=b"a,b\n")

    run_daily_pipeline()
    run = lake.arrived().run("daily-pipeline")
    assert run.inputs == urns("postgres", name("orders")) | urns("glue", "sales_db.orders")
    assert run.outputs == urns("glue", "sales_db.summary") | urns("s3", "output/result")


def test_four_steps(lake):
    """The pipeline of the section on jobs that follow each other, step by step."""
    athena = boto3.client("athena")
    flow = "order-etl-pipeline"

    @datahub_job_fn("step2-staging-ctas", flow=flow, upstream_jobs=["step1-create-raw-tables"])
    def step2():
        sql = (
            "CREATE TABLE staging.order_line_items AS SELECT * FROM raw.orders o "
            "JOIN raw.order_items i ON o.id = i.order_id JOIN raw.products p ON p.id = i.product_id"
        )
        run_query(athena, sql, "staging")

    @datahub_job_fn("step3-mart-insert", flow=flow, upstream_jobs=["step2-staging-ctas"])
    def step3():
        run_query(athena, "INSERT INTO mart.product_sales_daily SELECT * FROM staging.order_line_items", "mart")

    @datahub_job_fn("step4-export-unload", flow=flow, upstream_jobs=["step3-mart-insert"])
    def step4():
        sql = "UNLOAD (SELECT * FROM mart.product_sales_daily) TO 's3://output/export/' WITH (format = 'ORC')"
        run_query(athena, sql, "mart")

    for step in (step2, step3, step4):
        step()
    catalogue = lake.arrived()
    assert catalogue.run("step2-staging-ctas").inputs == urns("glue", "raw.orders", "raw.order_items", "raw.products")
    assert catalogue.run("step2-staging-ctas").outputs == urns("glue", "staging.order_line_items")
    assert catalogue.run("step3-mart-insert")[1:3] == (
        urns("glue", "staging.order_line_items"),
        urns("glue", "mart.product_sales_daily"),
    )
    assert catalogue.run("step4-export-unload").outputs == urns("s3", "output/export")
