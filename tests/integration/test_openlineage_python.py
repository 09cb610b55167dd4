"""openlineage-python, unmodified, with each of its HTTP transports: what it sends reads back as it was sent."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import httpx
import pytest
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import (
    Dataset,
    DatasetEvent,
    InputDataset,
    Job,
    JobEvent,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
)
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    documentation_dataset,
    parent_run,
    schema_dataset,
    sql_job,
)
from openlineage.client.transport.async_http import AsyncHttpConfig, AsyncHttpTransport
from openlineage.client.transport.http import HttpCompression, HttpConfig, HttpTransport

pytestmark = pytest.mark.integration

STORE = "postgres://db:5432"


def http(url: str) -> HttpTransport:
    return HttpTransport(HttpConfig(url=url))


def http_gzip(url: str) -> HttpTransport:
    return HttpTransport(HttpConfig(url=url, compression=HttpCompression.GZIP))


def async_http(url: str) -> AsyncHttpTransport:
    return AsyncHttpTransport(AsyncHttpConfig(url=url))


def now() -> str:
    return datetime.now(UTC).isoformat()


def events_of(name: str, run_id: str) -> list[RunEvent]:
    schema = schema_dataset.SchemaDatasetFacet(fields=[schema_dataset.SchemaDatasetFacetFields("a", "INT")])
    columns = column_lineage_dataset.ColumnLineageDatasetFacet(
        fields={
            "a": column_lineage_dataset.Fields(
                inputFields=[column_lineage_dataset.InputField(STORE, f"{name}.source", "a")]
            )
        }
    )
    parent = parent_run.ParentRunFacet(
        run=parent_run.Run(runId=str(uuid.uuid4())), job=parent_run.Job(namespace="jobs", name=f"{name}-flow")
    )
    run = Run(run_id, facets={"parent": parent})
    job = Job("jobs", name, facets={"sql": sql_job.SQLJobFacet(query="insert into target select a from source")})
    source = InputDataset(STORE, f"{name}.source", facets={"schema": schema})
    target = OutputDataset(STORE, f"{name}.target", facets={"schema": schema, "columnLineage": columns})
    producer = "https://example.com/openlineage-python-test"
    return [
        RunEvent(eventType=RunState.START, eventTime=now(), run=run, job=job, producer=producer, inputs=[], outputs=[]),
        RunEvent(
            eventType=RunState.COMPLETE,
            eventTime=now(),
            run=run,
            job=job,
            producer=producer,
            inputs=[source],
            outputs=[target],
        ),
    ]


@pytest.mark.parametrize("transport", [http, http_gzip, async_http])
def test_a_run_becomes_a_graph(whence_server, transport):
    name, run_id = f"copy-{transport.__name__}", str(uuid.uuid4())
    client = OpenLineageClient(transport=transport(whence_server.url))
    for event in events_of(name, run_id):
        client.emit(event)
    client.close()
    base = whence_server.url
    graph = httpx.get(f"{base}/lineage/graph", params={"entity": f"job:jobs:{name}", "fields": "true"}).json()
    assert {(n["type"], n["name"]) for n in graph["nodes"]} == {
        ("DATASET", f"{name}.source"),
        ("JOB", name),
        ("DATASET", f"{name}.target"),
    }
    assert [(e["origin"], e["destination"]) for e in graph["fieldEdges"]] == [
        (f"datasetField:{STORE}:{name}.source:a", f"datasetField:{STORE}:{name}.target:a")
    ]
    run = httpx.get(f"{base}/api/v1/jobs/runs/{run_id}").json()
    assert run["state"] == "COMPLETED"
    assert run["facets"]["parent"]["job"]["name"] == f"{name}-flow"
    job = httpx.get(f"{base}/api/v1/namespaces/jobs/jobs/{name}").json()
    assert job["parentJobName"] == f"{name}-flow"
    assert job["facets"]["sql"]["query"].startswith("insert into target")


def test_job_and_dataset_events_are_taken(whence_server):
    client = OpenLineageClient(transport=http(whence_server.url))
    producer = "https://example.com/openlineage-python-test"
    client.emit(
        JobEvent(
            eventTime=now(),
            job=Job("jobs", "declared"),
            producer=producer,
            inputs=[InputDataset(STORE, "declared.source")],
            outputs=[OutputDataset(STORE, "declared.target")],
        )
    )
    described = documentation_dataset.DocumentationDatasetFacet(description="What the declared job writes.")
    client.emit(
        DatasetEvent(
            eventTime=now(),
            dataset=Dataset(STORE, "declared.target", facets={"documentation": described}),
            producer=producer,
        )
    )
    client.close()
    path = httpx.get(
        f"{whence_server.url}/lineage/path",
        params={"frm": f"dataset:{STORE}:declared.source", "to": f"dataset:{STORE}:declared.target"},
    ).json()
    assert path["found"]
    dataset = httpx.get(
        f"{whence_server.url}/api/v1/namespaces/postgres%3A%2F%2Fdb%3A5432/datasets/declared.target"
    ).json()
    assert dataset["description"] == "What the declared job writes."


def test_the_same_event_twice_is_one_event(whence_server):
    client = OpenLineageClient(transport=http(whence_server.url))
    run_id = str(uuid.uuid4())
    for event in events_of("twice", run_id):
        client.emit(event)
        client.emit(event)
    client.close()
    runs = httpx.get(f"{whence_server.url}/api/v1/namespaces/jobs/jobs/twice/runs").json()
    assert runs["totalCount"] == 1
