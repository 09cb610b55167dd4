"""Hot answers are rendered without pydantic; here each is held against the model that its route declares."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from made_events import columns, dataset, facet, run_event, run_id
from pydantic import TypeAdapter

from whence_server.api.routes import ROUTERS

FOLDER = Path(os.environ.get("WHENCE_CORPUS", "/work/shared/corpus")) / "marquez_answers"
DATASET = "/api/v1/namespaces/db/datasets/out"
JOB = "/api/v1/namespaces/jobs/jobs/job"
RUN = run_id("job")

URLS = [
    "/lineage/graph?entity=in&fields=true",
    "/lineage/graph?entity=datasetField:db:in:a",
    "/lineage/path?frm=in&to=out",
    "/lineage/path?frm=out&to=in",
    "/lineage/impact?entity=in",
    "/lineage/impact?entity=datasetField:db:in:a",
    "/api/v1/lineage?nodeId=job:jobs:job",
    "/api/v1/lineage?nodeId=dataset:db:in",
    "/api/v1/column-lineage?nodeId=dataset:db:out",
    "/api/v1/column-lineage?nodeId=datasetField:db:in:a&withDownstream=True",
    f"/api/v1/runlineage/upstream?runId={RUN}",
    "/api/v1/namespaces",
    "/api/v1/namespaces/db",
    "/api/v1/sources",
    "/api/v1/sources/default",
    "/api/v1/namespaces/db/datasets",
    DATASET,
    f"{DATASET}/versions",
    "/api/v1/jobs",
    "/api/v1/jobs?lastRunStates=COMPLETED",
    "/api/v1/namespaces/jobs/jobs",
    JOB,
    f"{JOB}/versions",
    f"{JOB}/runs",
    f"/api/v1/jobs/runs/{RUN}",
    f"/api/v1/jobs/runs/{RUN}/facets?type=run",
    f"/api/v1/jobs/runs/{RUN}/facets?type=job",
    "/api/v1/tags",
    "/api/v1/search?q=o",
    "/api/v2beta/search/jobs?q=job",
    "/api/v2beta/search/datasets?q=out",
    "/api/v1/stats/lineage-events?period=DAY",
    "/api/v1/stats/jobs?period=WEEK&timezone=UTC",
    "/api/v1/stats/datasets?period=DAY",
    "/api/v1/stats/sources?period=DAY",
    "/api/v1/events/lineage",
    "/api/v1/events",
    "/api/v1/events/jobs",
    "/events/warnings",
]


@pytest.fixture(scope="module")
def full(shared_api):
    """Give a server where every kind of answer has something in it."""
    parent = facet(run={"runId": run_id("flow")}, job={"namespace": "jobs", "name": "flow"})
    lineage = columns({"x": [("in", "a")]})
    lineage["fields"]["x"]["inputFields"][0]["transformations"] = [{"type": "DIRECT", "subtype": "IDENTITY"}]
    source = dataset("in", "a", dataSource=facet(name="db", uri="postgres://h:5432"))
    first = run_event("job", [source], [dataset("out", "x", columnLineage=lineage)], run_facets={"parent": parent})
    first["inputs"][0]["inputFacets"] = {"inputStatistics": facet(rowCount=1)}
    shared_api.tell(run_event("flow", kind="START"), first, run_event("after", ["out"], [], kind="FAIL", at=5))
    warned = run_event("odd", at=9)
    del warned["schemaURL"]
    assert shared_api.post("/api/v1/lineage", json=warned).json()["warnings"]
    shared_api.put("/api/v1/tags/GOLD", json={})
    shared_api.post(f"{DATASET}/tags/GOLD")
    if FOLDER.is_dir():
        shared_api.tell(*json.loads((FOLDER / "SEED_EVENTS.json").read_text()))
    return shared_api


def model_of(path: str, method: str = "GET"):
    """Return the model that the route of a path declares."""
    scope = {"type": "http", "path": path.partition("?")[0], "method": method}
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.matches(scope)[0].name == "FULL":
                return route.response_model
    raise LookupError(path)


@pytest.mark.parametrize("url", URLS)
def test_answers_fit_their_models(full, url):
    answer = full.get(url)
    assert answer.status_code == 200, answer.text
    TypeAdapter(model_of(url)).validate_json(answer.content, strict=True, extra="forbid")


def test_versions_and_single_events_fit_their_models(full):
    version = full.answer(f"{DATASET}/versions")["versions"][0]["version"]
    job_version = full.answer(f"{JOB}/versions")["versions"][0]["version"]
    event = full.answer("/events/warnings")["events"][0]["id"]
    for url in (f"{DATASET}/versions/{version}", f"{JOB}/versions/{job_version}", f"/api/v1/events/{event}"):
        answer = full.get(url)
        assert answer.status_code == 200, answer.text
        TypeAdapter(model_of(url)).validate_json(answer.content, strict=True, extra="forbid")


def test_every_get_route_is_tried():
    """A new route must be added to URLS."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    tried = {id(model_of(url)): url for url in URLS}
    untried = [r.path for r in routes if "GET" in (r.methods or ()) and id(r.response_model) not in tried]
    assert [path for path in untried if "{version}" not in path and "{key:path}" not in path] == []


def test_the_openapi_document_is_whole(full):
    document = full.answer("/openapi.json")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (method, path)
            assert any(code.startswith("2") for code in operation["responses"]), (method, path)
    assert {"Graph", "GraphPath", "Impact", "DatasetDetail", "Job", "RunDetail", "SearchHits", "Problem"} <= set(
        document["components"]["schemas"]
    )
    assert "HTTPValidationError" not in json.dumps(document)  # FastAPI's own error shape is nowhere promised
