"""Every fault of Marquez that was measured (facts/marquez.md, sections 5 and 7), and ours right in the same place."""

from __future__ import annotations

import gzip
import json

import pytest
from made_events import NS, columns, dataset, dataset_event, facet, job_event, run_event, run_id

JOB = "/api/v1/namespaces/jobs/jobs"


def lineage(api, name, **parameters):
    """Return the edges that GET /api/v1/lineage answers for a dataset."""
    graph = api.answer("/api/v1/lineage", nodeId=f"dataset:{NS}:{name}", **parameters)["graph"]
    return {(edge["origin"], edge["destination"]) for node in graph for edge in node["inEdges"] + node["outEdges"]}


READS, WRITES = (f"dataset:{NS}:in", "job:jobs:job"), ("job:jobs:job", f"dataset:{NS}:out")


# --- section 5: meaning ---


def test_a_start_without_datasets_erases_nothing(api):
    api.tell(run_event("job", ["in"], ["out"]), run_event("job", kind="START", at=10, run=run_id("second")))
    assert lineage(api, "out") == {READS, WRITES}


def test_a_fail_without_datasets_erases_nothing(api):
    api.tell(run_event("job", ["in"], ["out"]))
    api.tell(run_event("job", kind="START", at=10, run=run_id("second")))
    api.tell(run_event("job", kind="FAIL", at=11, run=run_id("second")))
    assert lineage(api, "out") == {READS, WRITES}
    assert api.answer(f"{JOB}/job")["latestRun"]["state"] == "FAILED"


def test_a_start_with_only_inputs_keeps_the_outputs(api):
    api.tell(run_event("job", ["in"], ["out"]), run_event("job", ["in"], kind="START", at=10, run=run_id("second")))
    assert lineage(api, "in") == {READS, WRITES}


def test_the_graph_is_there_from_the_first_start_on(api):
    api.tell(run_event("job", ["in"], ["out"], kind="START"))
    assert lineage(api, "in") == {READS, WRITES}


def test_datasets_told_in_parts_are_merged(api):
    api.tell(
        run_event("job", ["in"], kind="START"),
        run_event("job", ["more"], kind="RUNNING", at=1),
        run_event("job", [], ["out"], at=2),
    )
    assert lineage(api, "out") == {READS, WRITES, (f"dataset:{NS}:more", "job:jobs:job")}


def test_a_late_start_changes_neither_graph_nor_state(api):
    api.tell(run_event("job", ["in"], ["out"], at=10), run_event("job", kind="START", at=0))
    assert lineage(api, "out") == {READS, WRITES}
    run = api.answer(f"{JOB}/job")["latestRun"]
    assert (run["state"], run["startedAt"], run["endedAt"], run["durationMs"]) == (
        "COMPLETED",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:10Z",
        10_000,
    )


def test_the_same_event_three_times_is_kept_once(api):
    event = run_event("job", ["in"], ["out"])
    api.tell(event, event, event)
    assert api.answer("/api/v1/events/lineage")["totalCount"] == 1
    assert api.answer(f"{JOB}/job/runs")["totalCount"] == 1
    assert len(api.answer(f"{JOB}/job/versions")["versions"]) == 1
    assert api.answer(f"/api/v1/namespaces/{NS}/datasets/out/versions")["totalCount"] == 1


def test_event_time_decides_not_arrival(api):
    newer = run_event("job", ["new"], ["out"], at=100, run=run_id("newer"))
    older = run_event("job", ["old"], ["out"], at=0, run=run_id("older"))
    api.tell(newer, older)
    assert lineage(api, "out") == {(f"dataset:{NS}:new", "job:jobs:job"), WRITES}
    assert api.answer(f"{JOB}/job")["latestRun"]["id"] == run_id("newer")


def test_one_run_id_in_two_jobs(api):
    same = run_id("same")
    api.tell(run_event("first", ["a"], ["b"], run=same), run_event("second", ["c"], ["d"], run=same, at=1))
    assert [each["name"] for each in api.answer(f"{JOB}/first")["inputs"]] == ["a"]
    assert [each["name"] for each in api.answer(f"{JOB}/second")["inputs"]] == ["c"]
    assert api.answer(f"/api/v1/jobs/runs/{same}")["job"]["name"] == "second"  # the one seen last


def test_a_job_with_a_parent_keeps_its_name(api):
    parent = facet(run={"runId": run_id("flow")}, job={"namespace": "jobs", "name": "flow"})
    api.tell(run_event("flow", kind="START"), run_event("step", ["in"], ["out"], run_facets={"parent": parent}))
    job = api.answer(f"{JOB}/step")
    assert (job["name"], job["simpleName"], job["parentJobName"]) == ("step", "step", "flow")
    assert job["parent"] == {"namespace": "jobs", "name": "flow"}
    assert api.answer(f"/api/v1/jobs/runs/{run_id('step')}")["parentRun"]["id"] == run_id("flow")
    assert api.answer(f"/api/v1/jobs/runs/{run_id('flow')}")["childRuns"][0]["id"] == run_id("step")
    api.refusal(f"{JOB}/flow.step", 404)


def test_spaces_in_a_namespace_stay(api):
    api.tell(run_event("my job", ["in"], ["out"], namespace="my jobs"))
    assert api.answer("/api/v1/namespaces/my%20jobs/jobs/my%20job")["namespace"] == "my jobs"


def test_a_symlink_told_later_merges(api):
    api.tell(run_event("writes", [], [dataset("path", namespace="s3")]), run_event("reads", ["table"], at=1))
    assert lineage(api, "table") == {(f"dataset:{NS}:table", "job:jobs:reads")}
    link = facet(identifiers=[{"namespace": "s3", "name": "path", "type": "LOCATION"}])
    api.tell(dataset_event(dataset("table", symlinks=link), at=2))
    jobs = {end for edge in lineage(api, "table") for end in edge if end.startswith("job:")}
    assert jobs == {"job:jobs:writes", "job:jobs:reads"}
    assert api.answer("/api/v1/namespaces/s3/datasets/path")["producedBy"] == [{"namespace": "jobs", "name": "writes"}]


def test_the_column_lineage_of_a_job_event_counts(api):
    event = job_event("job", ["in"], [])
    event["outputs"] = [dataset("out", columnLineage=columns({"x": [("in", "a")]}))]
    api.tell(event)
    graph = api.answer("/api/v1/column-lineage", nodeId=f"datasetField:{NS}:out:x")["graph"]
    assert [node["data"]["field"] for node in graph] == ["a", "x"]


def test_a_dataset_event_may_delete_a_facet_and_say_no_more(api):
    api.tell(dataset_event(dataset("t", documentation=facet(description="old"))))
    assert api.answer(f"/api/v1/namespaces/{NS}/datasets/t")["description"] == "old"
    api.tell(dataset_event(dataset("t", documentation=facet(_deleted=True)), at=1))
    found = api.answer(f"/api/v1/namespaces/{NS}/datasets/t")
    assert (found["description"], found["facets"]) == (None, {})


def test_the_kind_of_event_is_told_by_its_structure(api):
    event = job_event("job", ["in"], ["out"])
    event["schemaURL"] = "https://example.com/another.json"
    api.tell(event)
    assert lineage(api, "out") == {READS, WRITES}


def test_events_of_all_kinds_are_listed(api):
    api.tell(run_event("job"), job_event("static", [], [], at=1), dataset_event(dataset("t"), at=2))
    listed = api.answer("/api/v1/events/lineage", sortDirection="asc")
    assert [next(key for key in ("run", "dataset", "job") if key in event) for event in listed["events"]] == [
        "run",
        "job",
        "dataset",
    ]
    assert listed["totalCount"] == 3


def test_an_array_is_refused_and_the_batch_route_exists(api):
    assert api.post("/api/v1/lineage", json=[run_event("job")]).status_code == 422
    assert api.post("/api/v1/lineage/batch", json=[run_event("job")]).status_code == 204


def test_dataset_wide_inputs_and_transformations_count(api):
    how = [{"type": "DIRECT", "subtype": "IDENTITY", "description": "as it is", "masking": False}]
    column_lineage = facet(
        fields={"x": {"inputFields": [{"namespace": NS, "name": "in", "field": "a", "transformations": how}]}},
        dataset=[{"namespace": NS, "name": "in", "field": "k", "transformations": [{"type": "INDIRECT"}]}],
    )
    api.tell(run_event("job", ["in"], [dataset("out", "x", columnLineage=column_lineage)]))
    graph = api.answer("/api/v1/column-lineage", nodeId=f"datasetField:{NS}:out:x")["graph"]
    (out,) = [node for node in graph if node["data"]["field"] == "x"]
    assert (out["data"]["transformationType"], out["data"]["transformationDescription"]) == ("IDENTITY", "as it is")
    assert {each["field"] for each in out["data"]["inputFields"]} == {"a", "k"}


def test_the_older_transformation_type_of_a_field_counts(api):
    older = {
        "inputFields": [{"namespace": NS, "name": "in", "field": "a"}],
        "transformationType": "MASKED",
        "transformationDescription": "hash",
    }
    api.tell(run_event("job", ["in"], [dataset("out", columnLineage=facet(fields={"x": older}))]))
    found = api.answer(f"/api/v1/namespaces/{NS}/datasets/out")["columnLineage"][0]
    assert (found["transformationType"], found["transformationDescription"]) == ("MASKED", "hash")


def test_column_lineage_needs_no_schema_and_no_listed_input(api):
    api.tell(run_event("job", [], [dataset("out", columnLineage=columns({"x": [("elsewhere", "a")]}))]))
    graph = api.answer("/api/v1/column-lineage", nodeId=f"dataset:{NS}:out")["graph"]
    assert [node["id"] for node in graph] == [f"datasetField:{NS}:elsewhere:a", f"datasetField:{NS}:out:x"]
    assert f"dataset:{NS}:elsewhere" in {end for edge in lineage(api, "out") for end in edge}


def test_downstream_of_a_column_that_is_never_an_output(api):
    api.tell(run_event("job", ["in"], [dataset("out", columnLineage=columns({"x": [("in", "a")]}))]))
    graph = api.answer("/api/v1/column-lineage", nodeId=f"datasetField:{NS}:in:a", withDownstream="True")["graph"]
    assert [node["data"]["field"] for node in graph] == ["a", "x"]


def test_a_column_mapping_changes_with_one_run(api):
    api.tell(run_event("job", ["in"], [dataset("out", columnLineage=columns({"x": [("in", "c1")]}))]))
    second = [dataset("out", columnLineage=columns({"x": [("in", "c0")]}))]
    api.tell(run_event("job", ["in"], second, at=10, run=run_id("second")))
    (found,) = api.answer(f"/api/v1/namespaces/{NS}/datasets/out")["columnLineage"]
    assert [each["field"] for each in found["inputFields"]] == ["c0"]


def test_edges_lead_from_upstream_to_downstream_everywhere(api):
    api.tell(run_event("job", ["in"], [dataset("out", columnLineage=columns({"x": [("in", "a")]}))]))
    up, down = f"datasetField:{NS}:in:a", f"datasetField:{NS}:out:x"
    graph = {node["id"]: node for node in api.answer("/api/v1/column-lineage", nodeId=down)["graph"]}
    assert graph[down]["inEdges"] == graph[up]["outEdges"] == [{"origin": up, "destination": down}]
    assert lineage(api, "out") == {READS, WRITES}


def test_the_run_chain_ends_at_datasets_that_nobody_wrote(api):
    api.tell(
        run_event("first", ["source"], ["mid"], kind="START", at=0),
        run_event("first", ["source"], ["mid"], at=1),
        run_event("second", ["mid", "other"], ["end"], kind="START", at=10),
        run_event("second", ["mid", "other"], ["end"], at=11),
    )
    runs = api.answer("/api/v1/runlineage/upstream", runId=run_id("second"))["runs"]
    assert [run["run"]["id"] for run in runs] == [run_id("second"), run_id("first")]
    produced = {each["name"]: each["producedByRunId"] for run in runs for each in run["inputs"]}
    assert produced == {"mid": run_id("first"), "other": None, "source": None}
    assert len(api.answer("/api/v1/runlineage/upstream", runId=run_id("second"), depth=0)["runs"]) == 1


def test_the_run_chain_follows_the_version_that_was_read(api):
    """`end` was made from the first writing of `mid`, though a second came later."""
    api.tell(
        run_event("writer", [], ["mid"], at=0, run=run_id("w1")),
        run_event("reader", ["mid"], ["end"], at=10),
        run_event("writer", [], ["mid"], at=20, run=run_id("w2")),
    )
    runs = api.answer("/api/v1/runlineage/upstream", runId=run_id("reader"))["runs"]
    assert runs[0]["inputs"][0]["producedByRunId"] == run_id("w1")
    version = runs[0]["inputs"][0]["version"]
    found = api.answer(f"/api/v1/namespaces/{NS}/datasets/mid/versions/{version}")
    assert found["createdByRun"]["id"] == run_id("w1")


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("arn:aws:glue:eu-west-1:123456789012", "table/db/orders"),
        ("postgres://h:5432", "a.b#c d"),
        ("urn:li:x", "(a,b):c:d"),
        ("한국", "주문 표"),
    ],
)
def test_node_ids_with_colons_anywhere(api, namespace, name):
    api.tell(run_event("job", [dataset(name, "f", namespace=namespace)], ["out"]))
    graph = api.answer("/api/v1/lineage", nodeId=f"dataset:{namespace}:{name}")["graph"]
    assert f"dataset:{namespace}:{name}" in {node["id"] for node in graph}


def test_totals_are_totals(api):
    api.tell(
        *(run_event(f"job {i}", [f"in{i}"], [f"out{i}"], at=i, kind="FAIL" if i % 2 else "COMPLETE") for i in range(6))
    )
    assert api.answer("/api/v1/jobs", limit=1)["totalCount"] == 6
    assert api.answer("/api/v1/jobs", limit=1, lastRunStates="FAILED")["totalCount"] == 3
    assert api.answer("/api/v1/namespaces/jobs/jobs", limit=0)["totalCount"] == 6
    assert api.answer(f"/api/v1/namespaces/{NS}/datasets", limit=1)["totalCount"] == 12
    assert api.answer("/api/v1/search", q="job", limit=2)["totalCount"] == 6
    assert api.answer("/api/v1/namespaces", limit=1)["totalCount"] == 2
    assert api.answer("/api/v1/events/lineage", limit=1)["totalCount"] == 6
    assert api.answer("/api/v1/events/lineage", limit=1, after="2026-01-01T00:00:04Z")["totalCount"] == 2


def test_a_deleted_dataset_comes_back_with_the_next_event(api):
    api.tell(run_event("job", ["in"], ["out"]))
    url = f"/api/v1/namespaces/{NS}/datasets/out"
    assert api.delete(url).status_code == 200
    api.refusal(url, 404)
    assert api.answer(f"/api/v1/namespaces/{NS}/datasets")["totalCount"] == 1
    api.tell(run_event("job", ["in"], ["out"], at=5, run=run_id("second")))
    assert api.answer(url)["deleted"] is False


@pytest.mark.parametrize("sort", ["NAME", "UPDATE_AT", "updated_at", "name"])
def test_search_can_be_sorted_by_either_word(api, sort):
    api.tell(run_event("b_job", at=0), run_event("a_job", at=5), run_event("c_job", at=1))
    found = [each["name"] for each in api.answer("/api/v1/search", q="_job", sort=sort)["results"]]
    assert found == (["a_job", "c_job", "b_job"] if "UPDATE" in sort.upper() else ["a_job", "b_job", "c_job"])


# --- section 5: events that break reads for good ---


def test_a_dataset_without_a_source_breaks_no_list_of_sources(api):
    api.tell(run_event("job", ["in"], ["out"]))
    assert api.answer("/api/v1/sources") == {"sources": [], "totalCount": 0}
    assert api.answer("/api/v1/sources/default")["name"] == "default"


def test_a_dataset_namespace_with_a_space_breaks_no_list_of_namespaces(api):
    api.tell(run_event("job", [dataset("in", namespace="a b")], [dataset("out", namespace="a b")]))
    assert [each["name"] for each in api.answer("/api/v1/namespaces")["namespaces"]] == ["a b", "jobs"]


def test_an_empty_namespace_is_refused_and_breaks_no_list_of_jobs(api):
    api.tell(run_event("good", ["in"], ["out"]))
    assert api.post("/api/v1/lineage", json=run_event("bad", [dataset("in", namespace="")])).status_code == 422
    assert [job["name"] for job in api.answer("/api/v1/jobs")["jobs"]] == ["good"]


# --- section 7: odd input ---


def body(**changes):
    return json.dumps(run_event("job", ["in"], ["out"]) | changes).encode()


@pytest.mark.parametrize(
    ("sent", "headers", "code"),
    [
        (b"{not json", {}, 400),
        (b'"text"', {}, 422),
        (b"[]", {}, 422),
        (b'{"a": "\xff"}', {}, 400),
        (b"", {}, 400),
        (b"null", {}, 422),
        (body(), {"Content-Encoding": "gzip"}, 400),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, {}, 400),
        (body(eventTime="2026-01-01"), {}, 422),
        (body(eventTime="12:00:00"), {}, 422),
        (body(eventTime=1), {}, 422),
        (body(job={"namespace": "n", "name": "a\0b"}), {}, 422),
        (body(inputs=[{"namespace": "n", "name": "a\0b"}]), {}, 422),
    ],
    ids=[
        "no json",
        "text",
        "array",
        "utf8",
        "empty",
        "null",
        "gzip header",
        "nesting",
        "date",
        "clock",
        "number",
        "nul in job",
        "nul in dataset",
    ],
)
def test_what_marquez_answers_with_500_is_refused_in_one_shape(shared_api, sent, headers, code):
    answer = shared_api.post("/api/v1/lineage", content=sent, headers={"Content-Type": "application/json", **headers})
    assert answer.status_code == code, answer.text
    problem = answer.json()
    assert set(problem) == {"code", "error", "message", "path", "details"}
    assert problem["code"] == code


def test_an_event_without_a_type_is_kept(api):
    api.tell(run_event("job", ["in"], ["out"], kind=None))
    assert lineage(api, "out") == {READS, WRITES}
    assert api.answer(f"{JOB}/job")["latestRun"]["state"] == "NEW"


def test_a_nul_inside_a_facet_is_kept_and_read_back(api):
    api.tell(run_event("job", job_facets={"custom": facet(text="a\0b")}))
    assert api.answer(f"{JOB}/job")["facets"]["custom"]["text"] == "a\0b"


@pytest.mark.parametrize(
    "changes",
    [
        {"schemaURL": None},
        {"eventType": "WHATEVER"},
        {"eventTime": "2026-01-01T00:00:00"},
        {"run": {"runId": "no uuid"}},
    ],
    ids=["schemaURL", "eventType", "zone", "runId"],
)
def test_what_can_be_kept_is_kept_with_a_warning_that_can_be_read_back(api, changes):
    answer = api.post("/api/v1/lineage", content=body(**changes))
    assert answer.status_code == 201
    (warned,) = api.answer("/events/warnings")["events"]
    assert warned["warnings"] == answer.json()["warnings"]
    stored = api.answer(f"/api/v1/events/{answer.json()['id']}")
    assert stored["warnings"] == warned["warnings"]
    assert stored["event"] == json.loads(body(**changes))


def test_gzip_and_large_schemas_are_no_trouble(api):
    wide = run_event("job", [dataset("in", *(f"f{i}" for i in range(10_000)))], [f"out{i}" for i in range(1_000)])
    packed = gzip.compress(json.dumps(wide).encode())
    assert api.post("/api/v1/lineage", content=packed, headers={"Content-Encoding": "gzip"}).status_code == 201
    assert len(api.answer(f"/api/v1/namespaces/{NS}/datasets/in")["fields"]) == 10_000
    assert len(api.answer(f"{JOB}/job")["outputs"]) == 1_000
