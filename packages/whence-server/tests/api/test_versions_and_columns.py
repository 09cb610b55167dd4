from __future__ import annotations

import pytest
from made_events import NS, columns, dataset, dataset_event, facet, run_event, run_id

OUT = f"/api/v1/namespaces/{NS}/datasets/out"


@pytest.fixture(scope="module")
def told(shared_api):
    """Give a dataset written by two runs with different fields, and described once."""
    first = dataset("out", "x", documentation=facet(description="first"), columnLineage=columns({"x": [("in", "a")]}))
    second = dataset("out", "x", "y", documentation=facet(_deleted=True), columnLineage=columns({"y": [("in", "b")]}))
    shared_api.tell(
        run_event("job", ["in"], ["out"], kind="START", at=0),
        run_event("job", ["in"], [first], at=1),
        run_event("job", ["in"], [second], at=10, run=run_id("second")),
        dataset_event(dataset("out", "x", "y", "z"), at=20),
    )
    return shared_api


def test_each_version_shows_what_was_told_then(told):
    listed = told.answer(f"{OUT}/versions")
    assert listed["totalCount"] == 3
    runs = [each["createdByRun"] and each["createdByRun"]["id"] for each in listed["versions"]]
    assert runs == [None, run_id("second"), run_id("job")]
    assert [[field["name"] for field in each["fields"]] for each in listed["versions"]] == [
        ["x", "y", "z"],
        ["x", "y"],
        ["x"],
    ]
    assert [each["description"] for each in listed["versions"]] == [None, None, "first"]
    assert [sorted(each["facets"]) for each in listed["versions"]] == [
        ["schema"],
        ["columnLineage", "schema"],
        ["columnLineage", "documentation", "schema"],
    ]
    assert len({each["currentSchemaVersion"] for each in listed["versions"]}) == 3
    assert told.answer(OUT)["currentVersion"] == listed["versions"][0]["version"]
    for each in listed["versions"]:
        assert told.answer(f"{OUT}/versions/{each['version'].upper()}") == each
    assert told.answer(f"{OUT}/versions", limit=1, offset=1)["versions"] == listed["versions"][1:2]


def test_a_dataset_that_nobody_wrote_has_its_initial_version(told):
    url = f"/api/v1/namespaces/{NS}/datasets/in"
    (only,) = told.answer(f"{url}/versions")["versions"]
    assert only["createdByRun"] is None
    assert only["version"] == told.answer(url)["currentVersion"]
    assert told.answer(f"{url}/versions/{only['version']}") == only
    read = told.answer(f"/api/v1/jobs/runs/{run_id('job')}")["inputDatasetVersions"]
    assert read[0]["datasetVersionId"]["version"] == only["version"]


@pytest.mark.parametrize("version", ["none", "00000000-0000-4000-8000-000000000009"])
def test_unknown_versions(told, version):
    assert told.refusal(f"{OUT}/versions/{version}", 404)["path"] == "version"
    assert told.refusal(f"/api/v1/namespaces/jobs/jobs/job/versions/{version}", 404)["path"] == "version"


def test_job_versions_have_the_datasets_of_their_runs(told):
    told.tell(run_event("job", ["in", "more"], ["out"], at=30, run=run_id("third")))
    listed = told.answer("/api/v1/namespaces/jobs/jobs/job/versions")["versions"]
    assert [[each["name"] for each in version["inputs"]] for version in listed] == [["in", "more"], ["in"]]
    assert listed[1]["latestRun"]["id"] == run_id("second")
    url = f"/api/v1/namespaces/jobs/jobs/job/versions/{listed[1]['version']}"
    assert told.answer(url) == listed[1]
    assert told.answer("/api/v1/namespaces/jobs/jobs/job")["currentVersion"] == listed[0]["version"]


def fields(graph):
    return [node["data"]["field"] for node in graph["graph"]]


@pytest.mark.parametrize("node", [f"dataset:{NS}:out", "job:jobs:job", f"datasetField:{NS}:out:y"])
def test_column_lineage_from_any_kind_of_node(told, node):
    assert fields(told.answer("/api/v1/column-lineage", nodeId=node)) == ["b", "y"]


def test_column_lineage_of_a_version(told):
    version = told.answer(f"{OUT}/versions")["versions"][0]["version"]
    asked = {"nodeId": f"dataset:{NS}:out#{version}"}
    assert fields(told.answer("/api/v1/column-lineage", **asked)) == ["b", "y"]
    problem = told.refusal("/api/v1/column-lineage", 400, withDownstream="true", **asked)
    assert problem["message"] == "Node version cannot be specified when withDownstream is true"
    unknown = f"dataset:{NS}:out#00000000-0000-4000-8000-000000000009"
    told.refusal("/api/v1/column-lineage", 404, nodeId=unknown)
    told.refusal("/api/v1/column-lineage", 404, nodeId=f"datasetField:{NS}:out:none")


def test_a_field_without_lineage_is_alone(told):
    (only,) = told.answer("/api/v1/column-lineage", nodeId=f"datasetField:{NS}:out:z")["graph"]
    assert (only["data"]["field"], only["data"]["fieldType"], only["inEdges"], only["outEdges"]) == ("z", "INT", [], [])


def test_depth_counts_fields(api):
    b = dataset("b", columnLineage=columns({"f": [("a", "f")]}))
    c = dataset("c", columnLineage=columns({"f": [("b", "f")]}))
    api.tell(run_event("one", ["a"], [b]), run_event("two", ["b"], [c], at=1))
    for depth, count in ((0, 1), (1, 2), (2, 3)):
        graph = api.answer("/api/v1/column-lineage", nodeId=f"datasetField:{NS}:c:f", depth=depth)["graph"]
        assert len(graph) == count
    down = api.answer("/api/v1/column-lineage", nodeId=f"datasetField:{NS}:b:f", depth=1, withDownstream=True)
    assert len(down["graph"]) == 3
    cut = api.answer("/api/v1/column-lineage", nodeId=f"datasetField:{NS}:c:f", maxNodes=1)
    assert cut["truncatedReason"] == "node cap 1 reached at hop 2"


def test_an_alias_has_one_history(api):
    link = facet(identifiers=[{"namespace": "s3", "name": "path", "type": "LOCATION"}])
    api.tell(
        run_event("writes", [], [dataset("path", "f", namespace="s3")]),
        run_event("also", [], [dataset("table", symlinks=link)], at=1),
        run_event("reads", [dataset("path", namespace="s3")], ["out"], at=5),
    )
    for url in ("/api/v1/namespaces/s3/datasets/path", f"/api/v1/namespaces/{NS}/datasets/table"):
        found = api.answer(url)
        assert [each["name"] for each in found["fields"]] == ["f"]
        assert [job["name"] for job in found["producedBy"]] == ["also", "writes"]
        assert [job["name"] for job in found["consumedBy"]] == ["reads"]
        assert len(found["aliases"]) == 1
        assert api.answer(f"{url}/versions")["totalCount"] == 2
    chain = api.answer("/api/v1/runlineage/upstream", runId=run_id("reads"))["runs"]
    assert [run["job"]["name"] for run in chain] == ["reads", "also"]  # the last to write it, under either name
