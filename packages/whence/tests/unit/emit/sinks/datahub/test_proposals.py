from __future__ import annotations

import json

from datahub_schemas import faults_of_proposal

from whence.emit.sinks.datahub._proposals import Origin, create, patch, pointer, upsert

URN = "urn:li:dataset:(urn:li:dataPlatform:s3,b/k,PROD)"
ORIGIN = Origin(1_700_000_000_000, "run-1")


def test_a_path_is_a_json_pointer():
    assert pointer(("upstreams", "a/b~c")) == "/upstreams/a~1b~0c"


def test_each_change_is_a_proposal_as_the_schemas_say():
    aspect = {"upstreams": []}
    upstream = {"dataset": URN, "type": "COPY"}
    made = [
        create(URN, "upstreamLineage", aspect, ORIGIN),
        upsert(URN, "status", {"removed": False}, ORIGIN),
        patch(URN, "upstreamLineage", {("upstreams", URN): upstream}, ORIGIN),
    ]
    bodies = [json.loads(each.body) for each in made]
    assert [faults_of_proposal(body) for body in bodies] == [[], [], []]
    assert [body["changeType"] for body in bodies] == ["CREATE", "UPSERT", "PATCH"]
    assert [body.get("headers") for body in bodies] == [{"If-None-Match": "*"}, None, None]
    assert [body["aspect"]["contentType"] for body in bodies] == [
        *["application/json"] * 2,
        "application/json-patch+json",
    ]
    (operation,) = json.loads(bodies[2]["aspect"]["value"])
    assert operation == {"op": "add", "path": "/upstreams/" + URN.replace("/", "~1"), "value": upstream}
    assert bodies[0]["systemMetadata"] == {"lastObserved": ORIGIN.time_ms, "runId": "run-1"}


def test_any_text_can_be_sent():
    body = create(URN, "datasetProperties", {"description": "주문 \ud800 '\""}, ORIGIN).body
    assert json.loads(json.loads(body)["aspect"]["value"])["description"] == "주문 \ud800 '\""
