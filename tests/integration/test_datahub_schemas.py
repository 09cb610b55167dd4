"""The judge of DataHub proposals sees what DataHub's own classes let pass: each fault below must be found."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from datahub_catalog import Catalog, patched
from datahub_schemas import faults_of_aspect, faults_of_proposal, parse_urn, schemas

pytestmark = pytest.mark.integration

DATASET = "urn:li:dataset:(urn:li:dataPlatform:postgres,d.s.t,PROD)"
JOB = "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,daily,PROD),load)"
RUN = "urn:li:dataProcessInstance:r-1"
STAMP = {"time": 1, "actor": "urn:li:corpuser:unknown"}
POINT = {
    "timestampMillis": 1,
    "status": "COMPLETE",
    "result": {"type": "SUCCESS", "nativeResultType": "whence"},
    "partitionSpec": {"partition": "FULL_TABLE_SNAPSHOT", "type": "FULL_TABLE"},
}
INFO = {"name": "load", "type": {"string": "PYTHON"}, "customProperties": {"a": "b"}}
UPSTREAM = {"upstreams": [{"dataset": DATASET, "type": "TRANSFORMED", "auditStamp": STAMP}]}


def proposal(urn, aspect, value, change="UPSERT", **more):
    kind = "application/json-patch+json" if change == "PATCH" else "application/json"
    return {
        "entityType": urn.split(":")[2],
        "entityUrn": urn,
        "changeType": change,
        "aspectName": aspect,
        "aspect": {"contentType": kind, "value": json.dumps(value)},
        **more,
    }


def added(path, value):
    return [{"op": "add", "path": path, "value": value}]


def test_the_shipped_files_are_there():
    assert len(schemas().aspects) > 200
    assert {"dataset", "dataFlow", "dataJob", "dataProcessInstance"} <= schemas().keys.keys()


@pytest.mark.parametrize(
    "good",
    [
        proposal(DATASET, "upstreamLineage", UPSTREAM, "CREATE", headers={"If-None-Match": "*"}),
        proposal(JOB, "dataJobInfo", INFO),
        proposal(RUN, "dataProcessInstanceRunEvent", POINT),
        proposal(DATASET, "upstreamLineage", added("/upstreams/x", {}), "PATCH"),
        proposal(JOB, "dataJobInfo", added("/description", "x"), "PATCH"),
    ],
)
def test_a_good_proposal_has_no_fault(good):
    assert faults_of_proposal(good) == []


def with_(value, path, new):
    """Return a copy with one place changed; None takes it away."""
    changed = here = deepcopy(value)
    *parents, last = path
    for part in parents:
        here = here[part]
    if new is None:
        del here[last]
    else:
        here[last] = new
    return changed


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (proposal(DATASET, "dataJobInfo", INFO), "no aspect of a dataset"),
        (proposal("urn:li:dataSet:x", "status", {}), "no entity"),
        (proposal(JOB, "dataJobInfo", {**INFO, "title": "x"}), "unknown"),
        (proposal(JOB, "dataJobInfo", with_(INFO, ["name"], None)), "missing"),
        (proposal(JOB, "dataJobInfo", {**INFO, "type": "PYTHON"}), "no union"),
        (proposal(JOB, "dataJobInfo", {**INFO, "type": {"int": 3}}), "none of"),
        (proposal(JOB, "dataJobInfo", {**INFO, "env": "STAGING"}), "none of"),
        (proposal(JOB, "dataJobInfo", {**INFO, "description": 3}), "no text"),
        (proposal(JOB, "dataJobInfo", {**INFO, "customProperties": {"a": 1}}), "no text"),
        (proposal(JOB, "dataJobInfo", {**INFO, "flowUrn": JOB[:-1]}), "parenthesis"),
        (proposal(RUN, "dataProcessInstanceRunEvent", {**POINT, "attempt": 1.5}), "no int"),
        (proposal(RUN, "dataProcessInstanceRunEvent", {**POINT, "durationMillis": True}), "no long"),
        (proposal(RUN, "dataProcessInstanceRunEvent", {**POINT, "status": "FAILED"}), "none of"),
        (proposal(RUN, "dataProcessInstanceRunEvent", with_(POINT, ["result", "type"], "FAILED")), "none of"),
        (proposal(RUN, "dataProcessInstanceRunEvent", POINT, "CREATE"), "cannot take"),
        (proposal(RUN, "dataProcessInstanceInput", added("/inputs/x", 1), "PATCH"), "cannot take"),
        (proposal(RUN, "dataProcessInstanceInput", {"inputs": ["orders"]}), "no URN"),
        (proposal(RUN, "dataProcessInstanceOutput", {"outputs": [JOB]}), "not one of"),
        (proposal(DATASET, "status", {"removed": "no"}), "no boolean"),
        (proposal(DATASET, "upstreamLineage", {"upstreams": {}}), "no array"),
        (proposal(DATASET, "upstreamLineage", with_(UPSTREAM, ["upstreams", 0, "type"], "READ")), "none of"),
        (proposal(DATASET, "upstreamLineage", with_(UPSTREAM, ["upstreams", 0, "dataset"], JOB)), "not one of"),
        (proposal(DATASET, "upstreamLineage", {**UPSTREAM, "fineGrainedLineages": [None]}), "no object"),
        (proposal(DATASET, "upstreamLineage", added("/upstream/x", {}), "PATCH"), "no field"),
        (proposal(DATASET, "upstreamLineage", added("upstreams/x", {}), "PATCH"), "no field"),
        (proposal(DATASET, "upstreamLineage", [], "PATCH"), "empty"),
        (proposal(DATASET, "upstreamLineage", [{"op": "test", "path": "/upstreams"}], "PATCH"), "no operation"),
        (proposal(DATASET, "status", {"removed": False}, "DELETE"), "cannot take"),
        (proposal(DATASET, "status", {"removed": False}, priority=1), "unknown"),
        (with_(proposal(DATASET, "status", {}), ["entityType"], "dataJob"), "not one of"),
        (with_(proposal(DATASET, "status", {}), ["changeType"], "WRITE"), "none of"),
        (
            with_(proposal(DATASET, "status", {}), ["aspect", "contentType"], "application/json-patch+json"),
            "is sent as",
        ),
        (with_(proposal(DATASET, "status", {}), ["aspect", "value"], {"removed": False}), "no bytes"),
        (with_(proposal(DATASET, "status", {}), ["aspect", "value"], '{"removed": "é"}'), "no bytes"),
    ],
)
def test_a_fault_is_found(bad, said):
    faults = faults_of_proposal(bad)
    assert any(said in fault for fault in faults), faults


def test_what_is_optional_is_left_out_and_never_null():
    value = json.loads(json.dumps(INFO)) | {"description": None}
    assert any("null" in fault for fault in faults_of_aspect("dataJob", "dataJobInfo", value))


def test_an_edge_leads_to_the_right_kind_of_entity():
    value = {"inputDatasets": [], "outputDatasets": [], "inputDatasetEdges": [{"destinationUrn": JOB}]}
    assert any("not one of" in fault for fault in faults_of_aspect("dataJob", "dataJobInputOutput", value))
    value["inputDatasetEdges"] = [{"destinationUrn": DATASET}]
    assert faults_of_aspect("dataJob", "dataJobInputOutput", value) == []


@pytest.mark.parametrize(
    "bad",
    [
        "urn:li:dataset:(urn:li:dataPlatform:postgres,a,b,PROD)",
        "urn:li:dataset:(urn:li:dataPlatform:postgres,a(b),PROD)",
        "urn:li:dataset:(postgres,a,PROD)",
        "urn:li:dataset:(urn:li:dataPlatform:postgres,a,STAGING)",
        "urn:li:dataset:(urn:li:dataPlatform:postgres,,PROD)",
        "urn:li:dataset:(urn:li:dataPlatform:postgres,a,PROD",
        "urn:li:dataset:(urn:li:dataPlatform:postgres,a,PROD))",
        "urn:li:dataset:(urn:li:dataPlatform:postgres," + "a" * 500 + ",PROD)",
        "urn:li:dataJob:(urn:li:dataFlow:(a,b),c)",
        " urn:li:corpuser:x",
        "urn:li:corpuser:",
        "urn:x:corpuser:y",
        "corpuser",
    ],
)
def test_a_malformed_urn_is_none(bad):
    with pytest.raises(ValueError, match="urn" if "urn" in bad else bad):
        parse_urn(bad)


def test_a_catalogue_fails_its_test_when_something_odd_arrived():
    catalog = Catalog()
    with pytest.raises(AssertionError, match="unknown"), catalog:
        catalog._commit([proposal(DATASET, "status", {"gone": True})])


def test_a_patch_keeps_what_it_does_not_name_and_needs_parents_that_the_server_can_make():
    other = {**UPSTREAM["upstreams"][0], "dataset": DATASET.replace("d.s.t", "d.s.u")}
    value = patched("upstreamLineage", UPSTREAM, added(f"/upstreams/{other['dataset']}", other))
    assert value["upstreams"] == [*UPSTREAM["upstreams"], other]
    with pytest.raises(Exception, match="no such path"):
        patched("upstreamLineage", None, added("/fineGrainedLineages/NONE/a~1b/NONE/x", {"confidenceScore": 1.0}))
    made = patched("upstreamLineage", None, added("/fineGrainedLineages/NONE/ab/NONE/x", {"confidenceScore": 1.0}))
    assert [each["downstreams"] for each in made["fineGrainedLineages"]] == [["ab"]]


def test_a_create_that_will_be_dropped_misleads_a_patch_behind_it():
    """The trap in the server that the sink goes round: without it in the catalogue, C15 would be proved of nothing."""
    ours = {**UPSTREAM["upstreams"][0], "dataset": DATASET.replace("d.s.t", "d.s.ours")}
    made = proposal(DATASET, "upstreamLineage", {"upstreams": [ours]}, "CREATE", headers={"If-None-Match": "*"})
    patch = proposal(DATASET, "upstreamLineage", added(f"/upstreams/{ours['dataset']}", ours), "PATCH")
    for together, kept in ((True, 1), (False, 2)):
        catalog = Catalog()
        catalog.aspects[DATASET, "upstreamLineage"] = UPSTREAM
        for batch in [[made, patch]] if together else [[made], [patch]]:
            catalog._commit(batch)
        assert len(catalog.upstreams(DATASET)) == kept
        catalog._server.server_close()
