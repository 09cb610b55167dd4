from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from datahub_schemas import faults_of_proposal

from whence.emit.sinks.datahub._events import Translator
from whence.emit.sinks.datahub._names import Names
from whence.emit.sinks.datahub._told import UnreadableError
from whence.model import new_run_id, run_id_time_us

pytestmark = pytest.mark.integration

OURS = "https://pypi.org/project/whence/9.9.9"
THEIRS = "https://github.com/OpenLineage/OpenLineage/tree/1.54.0/integration/spark"
RUN = "019300aa-0000-7000-8000-000000000000"
FLOW = "urn:li:dataFlow:(pythonSdk,daily,PROD)"
JOB = f"urn:li:dataJob:({FLOW},load)"
PROCESS = f"urn:li:dataProcessInstance:{RUN}"
A = "urn:li:dataset:(urn:li:dataPlatform:s3,lake/a,PROD)"
B = "urn:li:dataset:(urn:li:dataPlatform:s3,lake/b,PROD)"


def dataset(name, **facets):
    return {"namespace": "s3://lake", "name": name, "facets": facets}


def event(kind="COMPLETE", *, producer=OURS, run_id=RUN, run=None, job=None, at="2026-11-21T10:00:01.500Z", **more):
    facets = {"whence_flow": {"name": "daily"}, **(job or {})} if producer == OURS else job or {}
    return {
        "eventType": kind,
        "eventTime": at,
        "producer": producer,
        "run": {"runId": run_id, "facets": run or {}},
        "job": {"namespace": "shop", "name": "load", "facets": facets},
        **more,
    }


def told(body, translator=None):
    """Return the proposals as (urn, aspect) -> (change, value), in order; each well made, none twice but a PATCH."""
    proposals = (translator or Translator(Names())).proposals(json.dumps(body).encode())
    made = {}
    for each in proposals:
        proposal = json.loads(each.body)
        assert faults_of_proposal(proposal) == []
        key = each.urn, each.aspect
        assert key not in made
        made[key] = (each.change, json.loads(proposal["aspect"]["value"]))
    return made


def test_a_start_tells_flow_job_and_run():
    upstream = [{"namespace": "shop", "name": "extract"}, {"namespace": "shop", "name": "far"}]
    job = {
        "documentation": {"description": "Loads."},
        "ownership": {"owners": [{"name": "team:data"}, {"name": "user:kim"}, {"name": "urn:li:corpuser:lee"}, {}]},
        "whence_flow": {
            "name": "daily",
            "description": "Nightly.",
            "upstream": [{"namespace": "shop", "name": "far", "flow": "other"}],
        },
    }
    run = {"jobDependencies": {"upstream": [{"job": each} for each in upstream]}}
    made = told(event("START", job=job, run=run, inputs=[dataset("a")], outputs=[dataset("b")]))
    change, flow = made[FLOW, "dataFlowInfo"]
    assert (change, flow["name"], flow["description"], flow["env"]) == ("CREATE", "daily", "Nightly.", "PROD")
    change, info = made[JOB, "dataJobInfo"]
    assert (change, info["name"], info["description"], info["type"]) == (
        "CREATE",
        "load",
        "Loads.",
        {"string": "PYTHON"},
    )
    end = told(event(job=job))
    assert end[JOB, "dataJobInfo"] == ("PATCH", [{"op": "add", "path": "/description", "value": "Loads."}])
    change, owners = made[JOB, "ownership"]
    assert change == "CREATE"
    assert [each["owner"] for each in owners["owners"]] == [
        "urn:li:corpGroup:data",
        "urn:li:corpuser:kim",
        "urn:li:corpuser:lee",
    ]
    change, edges = made[JOB, "dataJobInputOutput"]
    assert change == "PATCH"
    far = "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,other,PROD),far)"
    # a start's outputs are plans
    assert [each["path"] for each in edges] == [
        "/inputDatasetEdges/" + A.replace("/", "~1"),
        f"/inputDatajobEdges/urn:li:dataJob:({FLOW},extract)",
        f"/inputDatajobEdges/{far}",
    ]
    assert edges[2]["value"]["destinationUrn"] == far
    assert made[PROCESS, "dataProcessInstanceInput"] == ("CREATE", {"inputs": [A]})
    change, point = made[PROCESS, "dataProcessInstanceRunEvent"]
    assert (change, point["status"], "result" in point) == ("UPSERT", "STARTED", False)
    assert not any(urn == B for urn, *_ in made)
    assert list(made)[-1] == (PROCESS, "dataProcessInstanceRunEvent")


@pytest.mark.parametrize(("kind", "result"), [("COMPLETE", "SUCCESS"), ("FAIL", "FAILURE"), ("ABORT", "SKIPPED")])
def test_an_end_tells_the_result_and_what_was_read_and_written(kind, result):
    run_id = new_run_id()
    started_ms = run_id_time_us(run_id) // 1000
    run = {"whence_attempt": {"attempt": 2}, "errorMessage": {"message": "ValueError"}}
    at = "2099-01-01T00:00:00Z"
    made = told(event(kind, run_id=run_id, at=at, run=run, inputs=[dataset("a")], outputs=[dataset("b")]))
    urn = f"urn:li:dataProcessInstance:{run_id}"
    _, point = made[urn, "dataProcessInstanceRunEvent"]
    assert point["result"] == {"type": result, "nativeResultType": "whence"}
    assert (point["status"], point["attempt"]) == ("COMPLETE", 2)
    assert point["durationMillis"] == point["timestampMillis"] - started_ms
    assert made[urn, "dataProcessInstanceInput"] == ("UPSERT", {"inputs": [A]})
    assert made[urn, "dataProcessInstanceOutput"] == ("UPSERT", {"outputs": [B]})
    _, properties = made[urn, "dataProcessInstanceProperties"]
    assert properties["created"]["time"] == started_ms
    assert properties["customProperties"]["error"] == "ValueError"
    assert made[A, "status"] == ("CREATE", {"removed": False})
    change, upstreams = made[B, "upstreamLineage"]
    assert change == "PATCH"
    assert [each["path"] for each in upstreams] == ["/upstreams/" + A.replace("/", "~1")]
    assert {op["path"].split("/")[1] for op in made[JOB, "dataJobInputOutput"][1]} == {
        "inputDatasetEdges",
        "outputDatasetEdges",
    }


def test_an_end_comes_after_its_start_within_one_millisecond():
    run_id = new_run_id()
    started_ms = run_id_time_us(run_id) // 1000
    at = datetime.fromtimestamp(started_ms / 1000, UTC).isoformat(timespec="microseconds")
    _, point = told(event(run_id=run_id, at=at))[f"urn:li:dataProcessInstance:{run_id}", "dataProcessInstanceRunEvent"]
    assert (point["timestampMillis"], point["durationMillis"]) == (started_ms + 1, 0)


def test_the_same_event_gives_the_same_bytes():
    body = json.dumps(event(inputs=[dataset("a")], outputs=[dataset("b")])).encode()
    first, again = ([each.body for each in Translator(Names()).proposals(body)] for _ in range(2))
    assert first == again


def test_a_child_run_knows_the_run_around_it():
    parent = {"run": {"runId": "p" * 8}, "job": {"namespace": "shop", "name": "outer"}}
    _, relations = told(event(run={"parent": parent}))[PROCESS, "dataProcessInstanceRelationships"]
    assert relations["parentInstance"] == "urn:li:dataProcessInstance:" + "p" * 8
    assert relations["parentTemplate"] == JOB
    parent["run"]["runId"] = RUN  # nobody is his own parent
    _, relations = told(event(run={"parent": parent}))[PROCESS, "dataProcessInstanceRelationships"]
    assert "parentInstance" not in relations


def test_a_late_word_adds_and_never_shortens():
    made = told(event("OTHER", outputs=[dataset("b")], inputs=[dataset("a")]))
    assert made[PROCESS, "dataProcessInstanceOutput"][0] == "CREATE"
    assert (PROCESS, "dataProcessInstanceRunEvent") not in made
    assert (PROCESS, "dataProcessInstanceProperties") not in made
    assert (B, "upstreamLineage") in made
    assert told(event("RUNNING", producer=THEIRS)) == {}


def test_a_description_of_a_dataset_is_only_created():
    described = dataset("a", documentation={"description": "Raw."})
    made = told(event(inputs=[described], outputs=[dataset("b", documentation={"description": "Out."})]))
    assert made[A, "datasetProperties"] == ("CREATE", {"customProperties": {}, "description": "Raw."})
    assert made[B, "datasetProperties"][1]["description"] == "Out."
    assert not any(aspect == "schemaMetadata" for _, aspect, *_ in made)


def test_a_source_that_is_no_input_is_made_known_too():
    lineage = {"inputs": [{"namespace": "s3://lake", "name": "hidden", "type": "DATASET"}]}
    made = told(event(outputs=[dataset("b", lineage=lineage)]))
    assert (A.replace("/a,", "/hidden,"), "status") in made


# --- of others


def test_a_spark_job_is_of_its_application():
    parent = {"run": {"runId": "p"}, "job": {"namespace": "shop", "name": "app"}}
    body = event("START", producer=THEIRS, run={"parent": parent}, job={"jobType": {"integration": "SPARK"}})
    body["job"]["name"] = "app.collect"
    made = told(body)
    flow = "urn:li:dataFlow:(spark,app,PROD)"
    job = f"urn:li:dataJob:({flow},collect)"
    assert (flow, "dataFlowInfo") in made
    assert made[job, "dataJobInfo"][1]["type"] == {"string": "SPARK"}


def test_a_job_without_a_flow_is_of_its_namespace():
    made = told(event("START", producer=THEIRS))
    assert ("urn:li:dataFlow:(pythonSdk,shop,PROD)", "dataFlowInfo") in made


def test_descriptions_of_others_jobs_are_only_created():
    for kind in ("START", "COMPLETE"):
        made = told(event(kind, producer=THEIRS, job={"documentation": {"description": "Theirs."}}))
        assert {change for (_, aspect), (change, _) in made.items() if aspect == "dataJobInfo"} == {"CREATE"}


def test_outputs_of_others_failed_runs_are_plans_and_ours_are_facts():
    ends = {"inputs": [dataset("a")], "outputs": [dataset("b")]}
    assert not any(urn == B for urn, *_ in told(event("FAIL", producer=THEIRS, **ends)))
    assert (B, "upstreamLineage") in told(event("FAIL", **ends))


def test_a_duration_of_others_needs_their_start():
    translator = Translator(Names())
    key = PROCESS, "dataProcessInstanceRunEvent"
    assert "durationMillis" not in told(event(producer=THEIRS), translator)[key][1]
    told(event("START", producer=THEIRS, at="2026-11-21T10:00:00Z"), translator)
    assert told(event(producer=THEIRS), translator)[key][1]["durationMillis"] == 1500


def test_starts_of_others_are_remembered_within_bounds(monkeypatch):
    monkeypatch.setattr("whence.emit.sinks.datahub._events._MAX_STARTS", 2)
    translator = Translator(Names())
    for number in range(3):
        told(event("START", producer=THEIRS, run_id=f"run-{number}"), translator)
    assert list(translator._starts) == ["run-1", "run-2"]


def test_a_job_event_tells_the_job_and_no_run():
    body = {
        "eventTime": "2026-11-21T10:00:00Z",
        "producer": OURS,
        "job": {"namespace": "shop", "name": "load", "facets": {"documentation": {"description": "Loads."}}},
        "inputs": [dataset("a")],
        "outputs": [dataset("b")],
    }
    made = told(body)
    assert not any(urn.startswith("urn:li:dataProcessInstance") for urn, *_ in made)
    job = "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,shop,PROD),load)"
    assert made[job, "dataJobInfo"][0] == "CREATE"
    assert {(job, "dataJobInputOutput"), (B, "upstreamLineage")} <= made.keys()


def test_a_dataset_event_tells_upstreams_without_a_job():
    lineage = {"inputs": [{"namespace": "s3://lake", "name": "a", "type": "DATASET"}]}
    body = {"eventTime": "2026-11-21T10:00:00Z", "producer": OURS, "dataset": dataset("b", lineage=lineage)}
    made = told(body)
    assert made.keys() == {(A, "status"), (B, "upstreamLineage")}
    body["dataset"] = dataset("b")
    assert told(body).keys() == {(B, "status")}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "no JSON"),
        (b"[]", "no JSON object"),
        (b"[" * 100_000, "no JSON"),
        (b'{"eventTime": "2026-11-21T10:00:00Z"}', "neither run, job nor dataset"),
        (json.dumps(event(at="yesterday")).encode(), "time"),
        (json.dumps({**event(), "run": {"facets": {}}}).encode(), "runId"),
        (json.dumps({**event(), "job": {"name": "x"}}).encode(), "namespace and name"),
    ],
)
def test_an_event_of_which_nothing_can_be_told_says_why(body, said):
    with pytest.raises(UnreadableError, match=said):
        Translator(Names()).proposals(body)


@pytest.mark.parametrize("odd", [None, 3, "x", [], [3], {"a": 3}])
def test_odd_facets_count_for_nothing(odd):
    names = ("whence_flow", "jobType", "documentation", "ownership", "lineage", "parent", "jobDependencies")
    facets = dict.fromkeys((*names, "errorMessage", "nominalTime", "whence_attempt"), odd)
    body = event(run=facets, inputs=odd, outputs=odd)
    body["job"]["facets"] = facets
    made = told(body)
    assert any(aspect == "dataProcessInstanceRunEvent" for _, aspect, *_ in made)
    told({**body, "inputs": [dataset("a", **facets)], "outputs": [dataset("b", columnLineage=odd, **facets)]})


def test_what_kind_of_process_it_is_is_told():
    key = PROCESS, "dataProcessInstanceProperties"
    assert told(event())[key][1]["type"] == "BATCH_AD_HOC"
    assert (
        told(event(run={"nominalTime": {"nominalStartTime": "2026-11-21T00:00:00Z"}}))[key][1]["type"]
        == "BATCH_SCHEDULED"
    )
    assert told(event(job={"jobType": {"processingType": "streaming"}}))[key][1]["type"] == "STREAMING"


def test_upstream_jobs_are_read_from_the_lineage_of_the_job_too():
    inputs = [
        {"namespace": "shop", "name": "extract", "type": "JOB"},
        {"namespace": "s3://lake", "name": "a", "type": "DATASET"},
    ]
    entries = [
        {"type": "JOB", "inputs": inputs},
        {"type": "DATASET", "namespace": "s3://lake", "name": "b", "inputs": inputs[1:]},
    ]
    made = told(event(job={"lineage": {"entries": entries}}, outputs=[dataset("b")]))
    assert f"/inputDatajobEdges/urn:li:dataJob:({FLOW},extract)" in {
        each["path"] for each in made[JOB, "dataJobInputOutput"][1]
    }
    assert [each["value"]["dataset"] for each in made[B, "upstreamLineage"][1]] == [A]


def test_a_run_id_of_our_shape_that_is_no_uuid_has_no_time():
    odd = "zzzzzzzz-zzzz-7zzz-zzzz-zzzzzzzzzzzz"
    _, point = told(event(run_id=odd))[f"urn:li:dataProcessInstance:{odd}", "dataProcessInstanceRunEvent"]
    assert "durationMillis" not in point


def test_datasets_without_a_name_are_left_out_and_the_rest_is_told():
    nameless = {"namespace": "s3://lake"}
    made = told(event(inputs=[nameless, dataset("a")], outputs=[nameless, dataset("b")]))
    assert made[PROCESS, "dataProcessInstanceInput"][1] == {"inputs": [A]}
    assert (B, "upstreamLineage") in made


def test_the_error_of_a_failed_run_of_others_is_told_when_nothing_was_before():
    made = told(event("FAIL", producer=THEIRS, run={"errorMessage": {"message": "boom"}}))
    change, properties = made[PROCESS, "dataProcessInstanceProperties"]
    assert (change, properties["customProperties"]["error"]) == ("CREATE", "boom")
