"""marquez-python 0.50.0, unmodified: every call that it has works against the server, those that Marquez fails, too."""

from __future__ import annotations

import warnings
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

pytestmark = [
    pytest.mark.integration,
    # the client uses utcnow, pytz and its own deprecated calls
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

NS, STORE = "marquez python", "postgres://db:5432"
TABLE, OUT = "shop.public.orders", "shop.public.report"


@pytest.fixture(scope="module")
def marquez() -> Any:
    """Give the client's module, imported here because importing it warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import marquez_client  # noqa: PLC0415

        return marquez_client


@pytest.fixture(scope="module")
def client(marquez, whence_server) -> Any:
    """Give a client of a server that knows one run with column lineage."""
    facet = {"_producer": "https://example.com", "_schemaURL": "https://example.com/facet.json"}
    fields = {"total": {"inputFields": [{"namespace": STORE, "name": TABLE, "field": "amount"}]}}
    schema = {"schema": facet | {"fields": [{"name": "amount", "type": "INT"}]}}
    event = {
        "eventType": "COMPLETE",
        "eventTime": "2026-01-01T00:00:00Z",
        "producer": "https://example.com",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=1, version=4))},
        "job": {"namespace": NS, "name": "report"},
        "inputs": [{"namespace": STORE, "name": TABLE, "facets": schema}],
        "outputs": [{"namespace": STORE, "name": OUT, "facets": {"columnLineage": facet | {"fields": fields}}}],
    }
    assert httpx.post(f"{whence_server.url}/api/v1/lineage", json=event).status_code == 201
    return marquez.MarquezClient(url=whence_server.url)


def test_namespaces(client):
    assert client.create_namespace("mp", "owner", "d")["ownerName"] == "owner"
    assert client.get_namespace("mp")["description"] == "d"
    assert {NS, STORE, "mp"} <= {each["name"] for each in client.list_namespaces()["namespaces"]}


def test_datasets(client):
    assert client.get_dataset(STORE, TABLE)["fields"][0]["name"] == "amount"
    assert {each["name"] for each in client.list_datasets(STORE)["datasets"]} == {TABLE, OUT}
    versions = client.list_dataset_versions(STORE, OUT)["versions"]
    found = client.get_dataset_version(STORE, OUT, versions[0]["version"])
    assert found["createdByRun"]["jobVersion"]["name"] == "report"


def test_jobs_and_runs(client):
    assert client.get_job(NS, "report")["outputs"] == [{"namespace": STORE, "name": OUT}]
    assert [job["name"] for job in client.list_jobs(NS)["jobs"]] == ["report"]
    runs = client.list_job_runs(NS, "report")["runs"]
    assert client.get_job_run(runs[0]["id"])["state"] == "COMPLETED"


def test_column_lineage(client):
    version = client.list_dataset_versions(STORE, OUT)["versions"][0]["version"]
    for graph in (
        client.get_column_lineage_by_dataset(STORE, OUT, depth=5),
        client.get_column_lineage_by_dataset(STORE, OUT, depth=5, version=version),
        client.get_column_lineage_by_dataset_field(STORE, TABLE, "amount", depth=5, with_downstream=True),
        client.get_column_lineage_by_job(NS, "report"),
    ):
        assert [node["data"]["field"] for node in graph["graph"]] == ["amount", "total"]


def test_events_which_marquez_itself_does_not_answer(client):
    assert client.list_events()["events"]
    assert [event["job"]["name"] for event in client.list_events("mp")["events"]] == []
    assert [event["job"]["name"] for event in client.list_events(NS)["events"]] == ["report"]


def test_sources_and_tags(client):
    client.create_source("src", "postgresql", "jdbc:postgresql://h:5432/d", "d")
    assert client.get_source("src")["type"] == "POSTGRESQL"
    assert [source["name"] for source in client.list_sources()["sources"]] == ["src"]
    assert client.create_tag("NEW", "d") == {"name": "NEW", "description": "d"}
    assert client.create_tag("BARE")["description"] is None
    assert {"NEW", "BARE"} <= {tag["name"] for tag in client.list_tags()["tags"]}
    assert "NEW" in client.tag_dataset(STORE, TABLE, "NEW")["tags"]
    assert client.tag_dataset_field(STORE, TABLE, "amount", "PII")["fields"][0]["tags"] == ["PII"]


def test_datasets_jobs_and_runs_made_through_the_client(client, marquez):
    kind, job = marquez.models.DatasetType.DB_TABLE, marquez.models.JobType.BATCH
    made = client.create_dataset(
        "mp", "t", kind, "public.t", "src", fields=[{"name": "a", "type": "INT"}], tags=["PII"]
    )
    assert (made["physicalName"], made["tags"]) == ("public.t", ["PII"])
    table = marquez.models.DatasetId("mp", "t")
    made = client.create_job("mp", "j", job, location="https://example.com/x", inputs=[table], description="d")
    assert made["inputs"] == [{"namespace": "mp", "name": "t"}]
    run = client.create_job_run("mp", "j", run_id=str(uuid4()), run_args={"k": "v"}, mark_as_running=True)
    assert (run["state"], run["args"]) == ("RUNNING", {"k": "v"})
    assert client.mark_job_run_as_completed(run["id"])["state"] == "COMPLETED"
    assert client.mark_job_run_as_failed(run["id"])["state"] == "FAILED"
    assert client.mark_job_run_as_aborted(run["id"])["state"] == "ABORTED"
    for make, state in ((client.mark_job_run_as_started, "RUNNING"), (client.mark_job_run_as_failed, "FAILED")):
        other = client.create_job_run("mp", "j")
        assert make(other["id"])["state"] == state


def test_what_is_unknown_is_the_clients_own_error(client, marquez):
    with pytest.raises(marquez.errors.APIError):
        client.get_dataset(STORE, "nothing")
