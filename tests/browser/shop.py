"""Events of a small shop: what its flows would send, so that the browser tests (and the README's picture) have a graph.

Three loads, an aggregation, a training file, a model, a newsletter and a report; one job failed, one runs, one was
aborted; two jobs do not say which input a column comes from, so their edges are inferred.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from servers import WhenceServer

Event = dict[str, Any]
Columns = dict[str, str]

PRODUCER = "https://example.com/shop/1.0.0"
FACETS = "https://openlineage.io/spec/facets/"
DATABASE = "postgres://shop-db:5432"
LAKE = "s3://shop-lake"
JOBS = "shop"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)

CUSTOMERS: Columns = {
    "customer_id": "BIGINT",
    "email": "VARCHAR(255)",
    "full_name": "VARCHAR(120)",
    "birth_date": "DATE",
    "city": "VARCHAR(80)",
}
ORDERS: Columns = {
    "order_id": "BIGINT",
    "customer_id": "BIGINT",
    "amount": "DECIMAL(18,2)",
    "currency": "CHAR(3)",
    "ordered_at": "TIMESTAMP",
}
PAYMENTS: Columns = {
    "payment_id": "BIGINT",
    "order_id": "BIGINT",
    "card_country": "CHAR(2)",
    "chargeback": "BOOLEAN",
}
SPEND: Columns = {
    "customer_id": "BIGINT",
    "email_domain": "VARCHAR(120)",
    "orders": "BIGINT",
    "total_amount": "DECIMAL(18,2)",
    "last_order": "TIMESTAMP",
    "chargebacks": "BIGINT",
}
TRAINING: Columns = {"customer_id": "BIGINT", "orders": "BIGINT", "total_amount": "DOUBLE", "label": "BOOLEAN"}

SPEND_SQL = (
    "insert into customer_spend select c.customer_id, split_part(c.email, ?, 2), count(o.order_id), sum(o.amount), "
    "max(o.ordered_at), sum(p.chargeback) from customers c join orders o using (customer_id) "
    "left join payments p using (order_id) group by 1, 2"
)


def facet(path: str, **body: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": FACETS + path, **body}


PERSONAL = facet(
    "1-0-0/TagsDatasetFacet.json",
    tags=[
        {"key": "personal", "value": "e-mail", "source": "SHOP", "field": "email"},
        {"key": "personal", "value": "name", "source": "SHOP", "field": "full_name"},
        {"key": "personal", "value": "birth date", "source": "SHOP", "field": "birth_date"},
    ],
)


def dataset(namespace: str, name: str, columns: Columns | None = None, **facets: Any) -> dict[str, Any]:
    if columns:
        fields = [{"name": column, "type": kind} for column, kind in columns.items()]
        facets["schema"] = facet("1-1-1/SchemaDatasetFacet.json", fields=fields)
    return {"namespace": namespace, "name": name, "facets": facets}


def comes_from(**sources: tuple[dict[str, Any], str]) -> dict[str, Any]:
    """Write a columnLineage facet: output column -> (input dataset, its column)."""
    fields = {}
    for column, (source, of) in sources.items():
        how = "IDENTITY" if column == of else "AGGREGATION"
        step = {
            "namespace": source["namespace"],
            "name": source["name"],
            "field": of,
            "transformations": [{"type": "DIRECT", "subtype": how}],
        }
        fields[column] = {"inputFields": [step]}
    return facet("1-2-0/ColumnLineageDatasetFacet.json", fields=fields)


def copied(source: dict[str, Any], columns: Columns) -> dict[str, Any]:
    return comes_from(**{column: (source, column) for column in columns})


def run(
    job: str,
    inputs: list[dict[str, Any]],
    outputs: list[dict[str, Any]],
    *,
    minutes_ago: float,
    seconds: float = 4.2,
    end: str | None = "COMPLETE",
    sql: str | None = None,
    error: str | None = None,
    run_id: str | None = None,
    parent: tuple[str, str] | None = None,
) -> list[Event]:
    """Write the events of one run: START, and its end unless it still runs."""
    run_id = run_id or str(uuid.uuid4())
    start = NOW - dt.timedelta(minutes=minutes_ago)
    job_facets = {
        "jobType": facet("2-0-3/JobTypeJobFacet.json", processingType="BATCH", integration="PYTHON", jobType="TASK")
    }
    if sql:
        job_facets["sql"] = facet("1-1-0/SQLJobFacet.json", query=sql, dialect="postgres")
    run_facets: dict[str, Any] = {}
    if parent:
        run_facets["parent"] = facet(
            "1-1-0/ParentRunFacet.json",
            run={"runId": parent[1]},
            job={"namespace": JOBS, "name": parent[0]},
        )

    def event(kind: str, at: dt.datetime, facets: dict[str, Any]) -> Event:
        return {
            "eventType": kind,
            "eventTime": at.isoformat(),
            "producer": PRODUCER,
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": run_id, "facets": facets},
            "job": {"namespace": JOBS, "name": job, "facets": job_facets},
            "inputs": inputs,
            "outputs": outputs,
        }

    events = [event("START", start, run_facets)]
    if end:
        ended = run_facets
        if error:
            message = facet("1-0-1/ErrorMessageRunFacet.json", message=error, programmingLanguage="python")
            ended = run_facets | {"errorMessage": message}
        events.append(event(end, start + dt.timedelta(seconds=seconds), ended))
    return events


def post(server: WhenceServer, events: list[dict[str, object]]) -> None:
    """Post events in batches, as a sender would."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for start in range(0, len(events), 100):
            answer = client.post("/api/v1/lineage/batch", json=events[start : start + 100])
            assert answer.status_code in (httpx.codes.OK, httpx.codes.NO_CONTENT), answer.text
            if answer.status_code == httpx.codes.OK:
                assert answer.json()["summary"]["failed"] == 0, answer.text


def shop_events() -> list[Event]:
    """Write every event of the shop, oldest first."""
    customers_csv = dataset("file", "/srv/shop/in/customers.csv", CUSTOMERS)
    orders_csv = dataset("file", "/srv/shop/in/orders.csv", ORDERS)
    payments_raw = dataset(LAKE, "raw/payments/part-0001.parquet", PAYMENTS)
    customers = dataset(DATABASE, "shop.public.customers", CUSTOMERS, tags=PERSONAL)
    orders = dataset(DATABASE, "shop.public.orders", ORDERS)
    payments = dataset(DATABASE, "shop.public.payments", PAYMENTS)
    spend = dataset(DATABASE, "shop.public.customer_spend", SPEND)
    training = dataset("file", "/srv/shop/out/training.csv", TRAINING)
    model = dataset(JOBS, "model:fraud/1.0.0")
    newsletter = dataset(
        DATABASE,
        "shop.marketing.recipients_of_the_newsletter_for_returning_customers",
        {"email": "VARCHAR(255)", "full_name": "VARCHAR(120)"},
    )
    revenue = dataset(DATABASE, "shop.finance.daily_revenue", {"day": "DATE", "revenue": "DECIMAL(18,2)"})

    def told(output: dict[str, Any], lineage: dict[str, Any]) -> dict[str, Any]:
        return output | {"facets": output["facets"] | {"columnLineage": lineage}}

    nightly = str(uuid.uuid4())
    flow = ("nightly", nightly)
    spend_lineage = comes_from(
        customer_id=(customers, "customer_id"),
        email_domain=(customers, "email"),
        orders=(orders, "order_id"),
        total_amount=(orders, "amount"),
        last_order=(orders, "ordered_at"),
        chargebacks=(payments, "chargeback"),
    )
    training_lineage = comes_from(
        customer_id=(spend, "customer_id"),
        orders=(spend, "orders"),
        total_amount=(spend, "total_amount"),
        label=(spend, "chargebacks"),
    )
    revenue_lineage = comes_from(day=(orders, "ordered_at"), revenue=(orders, "amount"))
    newsletter_lineage = copied(customers, {"email": "", "full_name": ""})
    failed = {"end": "FAIL", "error": "part-0001.parquet: column chargeback holds 'maybe'", "seconds": 1.1}
    return [
        *run("nightly", [], [], minutes_ago=63, seconds=900, run_id=nightly),
        *run(
            "load_customers",
            [customers_csv],
            [told(customers, copied(customers_csv, CUSTOMERS))],
            minutes_ago=62,
            parent=flow,
        ),
        *run(
            "load_orders",
            [orders_csv],
            [told(orders, copied(orders_csv, ORDERS))],
            minutes_ago=61,
            seconds=63,
            parent=flow,
        ),
        *run("load_payments", [payments_raw], [payments], minutes_ago=1500),
        *run("load_payments", [payments_raw], [payments], minutes_ago=60, parent=flow, **failed),
        *run(
            "aggregate_customer_spend",
            [customers, orders, payments],
            [told(spend, spend_lineage)],
            minutes_ago=50,
            seconds=205,
            sql=SPEND_SQL,
            parent=flow,
        ),
        *run("export_training_file", [spend], [told(training, training_lineage)], minutes_ago=40),
        *run("train_fraud_model", [training], [model], minutes_ago=1400, seconds=3000),
        *run("train_fraud_model", [training], [model], minutes_ago=5, end=None),
        *run("select_newsletter", [customers], [told(newsletter, newsletter_lineage)], minutes_ago=30, end="ABORT"),
        *run("select_newsletter", [customers], [told(newsletter, newsletter_lineage)], minutes_ago=3000),
        *run("daily_revenue", [orders], [told(revenue, revenue_lineage)], minutes_ago=20),
    ]


def warehouse_events(jobs: int) -> list[Event]:
    """Write a layered graph of `jobs` jobs in a namespace of its own, each reading two tables and writing one."""
    events: list[Event] = []
    tables = [f"wide.layer0.t{number}" for number in range(30)]
    for number in range(jobs):
        near = tables[-60:]
        chosen = [near[(number * 7) % len(near)], near[(number * 13 + 5) % len(near)]]
        if number < 30:
            chosen[0] = tables[0]
        output = f"wide.layer{number // 40 + 1}.t{number}"
        inputs = [dataset("warehouse", name, ORDERS) for name in chosen]
        events += run(f"warehouse.step_{number:04}", inputs, [dataset("warehouse", output, ORDERS)], minutes_ago=90)[1:]
        tables.append(output)
    return events
