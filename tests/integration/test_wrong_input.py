"""Bodies that no client should send get one JSON error shape, a 4xx; the good event after them is taken."""

from __future__ import annotations

import gzip
import json
import uuid
import zlib
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.integration


def event(**changes: Any) -> dict[str, Any]:
    whole = {
        "eventType": "COMPLETE",
        "eventTime": "2026-01-01T00:00:00Z",
        "producer": "https://example.com/wrong-input",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid.uuid4())},
        "job": {"namespace": "wrong", "name": "input"},
        "inputs": [],
        "outputs": [],
    }
    return {key: value for key, value in (whole | changes).items() if value is not ...}


def body(**changes: Any) -> bytes:
    return json.dumps(event(**changes)).encode()


def with_facet(facet: Any) -> bytes:
    return body(job={"namespace": "wrong", "name": "x", "facets": {"own": facet}})


JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}
BOMB = gzip.compress(b'{"a":"' + b" " * (300 << 20) + b'"}')

REFUSED: dict[str, tuple[bytes, dict[str, str]]] = {
    "empty": (b"", JSON),
    "null": (b"null", JSON),
    "not JSON": (b"{", JSON),
    "a JSON string": (b'"event"', JSON),
    "an array": (b"[" + body() + b"]", JSON),
    "invalid UTF-8": (b'{"eventTime": "\xff"}', JSON),
    "nested 5,000 deep": (b'{"a":' * 5000 + b"1" + b"}" * 5000, JSON),
    "no event time": (body(eventTime=...), JSON),
    "an event time that is a number": (body(eventTime=1), JSON),
    "an event time without a time": (body(eventTime="2026-01-01"), JSON),
    "an event time that is none": (body(eventTime="yesterday"), JSON),
    "no producer": (body(producer=...), JSON),
    "no run id": (body(run={}), JSON),
    "a run that is a list": (body(run=[]), JSON),
    "a run id that is a number": (body(run={"runId": 7}), JSON),
    "no job": (body(job=...), JSON),
    "a job without a name": (body(job={"namespace": "wrong"}), JSON),
    "a job with an empty name": (body(job={"namespace": "wrong", "name": ""}), JSON),
    "a job with an empty namespace": (body(job={"namespace": "", "name": "x"}), JSON),
    "a null byte in a job's name": (body(job={"namespace": "wrong", "name": "a\x00b"}), JSON),
    "neither run, job nor dataset": (body(run=..., job=...), JSON),
    "inputs that are an object": (body(inputs={}), JSON),
    "an input that is a string": (body(inputs=["a"]), JSON),
    "an input without a namespace": (body(inputs=[{"name": "a"}]), JSON),
    "a null byte in a dataset's name": (body(outputs=[{"namespace": "n", "name": "a\x00b"}]), JSON),
    "facets that are a list": (body(job={"namespace": "wrong", "name": "x", "facets": []}), JSON),
    "gzip that is none": (body(), GZIP),
    "gzip cut short": (gzip.compress(body())[:-12], GZIP),
    "gzip of something else": (gzip.compress(b"{"), GZIP),
    "an unknown encoding": (body(), JSON | {"Content-Encoding": "lzma"}),
    "a gzip bomb": (BOMB, GZIP),
    "a text": (b"hello", {"Content-Type": "text/plain"}),
    "a lone surrogate": (b'{"eventTime": "\\ud800"}', JSON),
    "40 MB": (with_facet({"text": "x" * (40 << 20)}), JSON),
}

KEPT: dict[str, tuple[bytes, dict[str, str]]] = {
    "no schemaURL": (body(schemaURL=...), JSON),
    "an event time without a zone": (body(eventTime="2026-01-01T00:00:00"), JSON),
    "a run id that is no UUID": (body(run={"runId": "run_id"}), JSON),
    "an unknown event type": (body(eventType="FINISHED"), JSON),
    "a lower-case event type": (body(eventType="complete"), JSON),
    "a facet that is a string": (with_facet("text"), JSON),
    "a facet without a producer": (with_facet({"a": 1}), JSON),
}

OWN = {"_producer": "p", "_schemaURL": "s"}
STRANGE_JOB = {"namespace": "a b:c", "name": "x#y 한글"}
STRANGE_INPUT = {"namespace": "arn:aws:glue:eu-west-1:1", "name": "table/a b/한글#1"}

TAKEN: dict[str, tuple[bytes, dict[str, str]]] = {
    "no event type": (body(eventType=...), JSON),
    "OTHER": (body(eventType="OTHER"), JSON),
    "gzip": (gzip.compress(body()), GZIP),
    "deflate": (zlib.compress(body()), JSON | {"Content-Encoding": "deflate"}),
    "year 1": (body(eventTime="0001-01-01T00:00:00Z"), JSON),
    "year 9999": (body(eventTime="9999-12-31T23:59:59Z"), JSON),
    "spaces, colons, # and 한글": (body(job=STRANGE_JOB, inputs=[STRANGE_INPUT]), JSON),
    "a null byte in a facet": (with_facet(OWN | {"text": "a\x00b"}), JSON),
    "5 MB": (with_facet(OWN | {"text": "x" * (5 << 20)}), JSON),
    "1,000 inputs": (body(inputs=[{"namespace": "many", "name": f"t{n}"} for n in range(1000)]), JSON),
}


def still_well(server: str) -> None:
    assert httpx.post(f"{server}/api/v1/lineage", json=event()).status_code == httpx.codes.CREATED
    for path in ("namespaces", "jobs", "sources", "events/lineage", "search?q=input"):
        assert httpx.get(f"{server}/api/v1/{path}").status_code == httpx.codes.OK, path


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_and_said_why(whence_server, case):
    content, headers = REFUSED[case]
    answer = httpx.post(f"{whence_server.url}/api/v1/lineage", content=content, headers=headers, timeout=30)
    assert 400 <= answer.status_code < 500, answer.text
    error = answer.json()
    assert error["code"] == answer.status_code
    assert error["error"]
    assert error["message"]
    assert len(error["message"]) < 1000
    still_well(whence_server.url)


@pytest.mark.parametrize("case", KEPT)
def test_it_is_kept_with_a_warning_that_can_be_read_back(whence_server, case):
    content, headers = KEPT[case]
    answer = httpx.post(f"{whence_server.url}/api/v1/lineage", content=content, headers=headers, timeout=30)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    (warning, *_) = answer.json()["warnings"]
    assert {"code", "path", "message"} <= set(warning)
    read_back = httpx.get(f"{whence_server.url}/events/warnings", params={"limit": 100}).json()
    assert warning["code"] in json.dumps(read_back)
    still_well(whence_server.url)


@pytest.mark.parametrize("case", TAKEN)
def test_it_is_taken(whence_server, case):
    content, headers = TAKEN[case]
    answer = httpx.post(f"{whence_server.url}/api/v1/lineage", content=content, headers=headers, timeout=30)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    still_well(whence_server.url)


def test_a_batch_says_which_events_failed_and_keeps_the_others(whence_server):
    batch = [
        event(job={"namespace": "batch", "name": "good"}),
        {"eventTime": "never"},
        event(job={"namespace": "batch"}),
    ]
    answer = httpx.post(f"{whence_server.url}/api/v1/lineage/batch", json=batch)
    assert answer.status_code == httpx.codes.OK
    told = answer.json()
    assert told["status"] == "partial_success"
    assert told["summary"] == {"received": 3, "successful": 1, "failed": 2, "retriable": 0, "non_retriable": 2}
    assert [failed["index"] for failed in told["failed_events"]] == [1, 2]
    assert all(failed["reason"] and failed["retriable"] is False for failed in told["failed_events"])
    assert httpx.get(f"{whence_server.url}/api/v1/namespaces/batch/jobs/good").status_code == httpx.codes.OK


@pytest.mark.parametrize("content", [b"{}", b"null", b"", b"[1, ", b'{"events": []}'])
def test_a_batch_that_is_no_array_is_refused(whence_server, content):
    answer = httpx.post(f"{whence_server.url}/api/v1/lineage/batch", content=content, headers=JSON)
    assert 400 <= answer.status_code < 500
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/lineage/graph", 400),
        ("/lineage/graph?entity=", 400),
        ("/lineage/graph?entity=nothing-has-this-name", 404),
        ("/lineage/graph?entity=job:wrong:input&depth=-1", 400),
        ("/lineage/graph?entity=job:wrong:input&depth=many", 400),
        ("/lineage/graph?entity=job:wrong:input&direction=sideways", 400),
        ("/lineage/path?frm=a", 400),
        ("/api/v1/lineage?nodeId=abc", 400),
        ("/api/v1/lineage?nodeId=job:wrong:input&depth=-2", 400),
        ("/api/v1/lineage", 400),
        ("/api/v1/column-lineage?nodeId=", 400),
        ("/api/v1/jobs/runs/abc", 404),
        ("/api/v1/namespaces?limit=-1", 400),
        ("/api/v1/namespaces?limit=99999999999999999999", 400),
        ("/api/v1/no-such-route", 404),
    ],
)
def test_a_bad_question_has_the_same_error_shape(whence_server, path, status):
    still_well(whence_server.url)
    answer = httpx.get(whence_server.url + path)
    assert answer.status_code == status, answer.text
    error = answer.json()
    assert error["code"] == status
    assert error["message"]
