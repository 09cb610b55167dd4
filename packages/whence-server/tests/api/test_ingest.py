"""POST /api/v1/lineage and /batch: what is taken, what is refused and how it is said."""

from __future__ import annotations

import gzip
import sqlite3
import zlib

import orjson
import pytest
from starlette.testclient import TestClient

from whence_server.api.openapi import openapi_document
from whence_server.api.routes import ROUTERS
from whence_server.app import create_app
from whence_server.settings import ServerSettings

EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.com/tests",
    "schemaURL": "https://example.com/event.json",
    "eventType": "COMPLETE",
    "run": {"runId": "00000000-0000-4000-8000-000000000001"},
    "job": {"namespace": "ingest", "name": "load"},
    "inputs": [{"namespace": "db", "name": "a"}],
    "outputs": [{"namespace": "db", "name": "b"}],
}
ONE, BATCH = "/api/v1/lineage", "/api/v1/lineage/batch"
JSON = {"Content-Type": "application/json"}


def event(**changed):
    return {key: value for key, value in {**EVENT, **changed}.items() if value is not ...}


def send(api, url, body, **headers):
    return api.post(url, content=body, headers={**JSON, **headers})


def problem(response, code, error):
    """Assert the one shape of errors; return the message."""
    body = response.json()
    assert response.status_code == code, body
    assert set(body) == {"code", "error", "message", "path", "details"}
    assert (body["code"], body["error"]) == (code, error)
    return body["message"]


# --- single events ---


def test_an_event_without_faults_is_answered_with_nothing(api):
    response = api.post(ONE, json=EVENT)
    assert (response.status_code, response.content) == (201, b"")
    assert api.get("/health").json()["events"] == 1


def test_sending_again_changes_nothing(api):
    assert [api.post(ONE, json=EVENT).status_code for _ in range(3)] == [201, 201, 201]
    assert api.get("/health").json()["events"] == 1


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(orjson.dumps(EVENT))),
        ("deflate", zlib.compress(orjson.dumps(EVENT))),
        ("identity", orjson.dumps(EVENT)),
    ],
)
def test_compressed_events(shared_api, coding, packed):
    assert send(shared_api, ONE, packed, **{"Content-Encoding": coding}).status_code == 201


@pytest.mark.parametrize(
    "kept",
    [
        event(schemaURL=...),
        event(eventTime="2026-01-01T00:00:00"),
        event(run={"runId": "no uuid"}),
        event(eventType="complete"),
        event(outputs=[{"namespace": "db", "name": "b", "facets": {"columnLineage": {"fields": 1}}}]),
    ],
)
def test_what_is_kept_with_warnings_says_so_and_the_warnings_read_back(shared_api, kept):
    response = shared_api.post(ONE, json=kept)
    assert response.status_code == 201
    said = response.json()
    assert said["warnings"]
    assert shared_api.get(f"/api/v1/events/{said['id']}").json()["warnings"] == said["warnings"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "empty_body"),
        (b"{", "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        (b'{"a": NaN}', "invalid_json"),
        (b"[" * 5_000, "invalid_json"),
    ],
)
@pytest.mark.parametrize("url", [ONE, BATCH])
def test_what_is_no_json(shared_api, url, body, error):
    problem(send(shared_api, url, body), 400, error)


@pytest.mark.parametrize(
    ("refused", "path"),
    [
        ([EVENT], "$"),
        ("text", "$"),
        (None, "$"),
        ({}, "$.eventTime"),
        (event(eventTime="2026-01-01"), "$.eventTime"),
        (event(eventTime=5), "$.eventTime"),
        (event(job={"namespace": "", "name": "x"}), "$.job.namespace"),
        (event(job={"namespace": "x", "name": "a\0b"}), "$.job.name"),
        (event(run={}), "$.run.runId"),
        (event(inputs={}), "$.inputs"),
        (event(inputs=[{"namespace": "db"}]), "$.inputs[0].name"),
        (event(job={"namespace": "x", "name": "y", "facets": []}), "$.job.facets"),
    ],
)
def test_what_cannot_be_kept_says_where(shared_api, refused, path):
    response = send(shared_api, ONE, orjson.dumps(refused))
    problem(response, 422, "unprocessable_event")
    assert response.json()["path"] == path


def test_deep_nesting_is_refused(shared_api):
    body = orjson.dumps(EVENT)[:-1] + b',"x":' + b'{"a":' * 500 + b"1" + b"}" * 501
    assert "nest" in problem(send(shared_api, ONE, body), 422, "unprocessable_event")


def test_bad_encodings(shared_api):
    problem(send(shared_api, ONE, orjson.dumps(EVENT), **{"Content-Encoding": "gzip"}), 400, "bad_encoding")
    problem(send(shared_api, ONE, gzip.compress(b"{}")[:-4], **{"Content-Encoding": "gzip"}), 400, "bad_encoding")
    problem(send(shared_api, ONE, b"{}", **{"Content-Encoding": "br"}), 415, "unsupported_encoding")
    latin = shared_api.post(ONE, content=b"{}", headers={"Content-Type": "application/json; charset=latin-1"})
    problem(latin, 415, "unsupported_charset")


# --- batches ---


def test_a_batch_without_faults_is_answered_with_nothing(api):
    response = api.post(BATCH, json=[event(eventTime=f"2026-01-01T00:00:{i:02}Z") for i in range(60)] * 10)
    assert (response.status_code, response.content) == (204, b"")
    assert api.get("/health").json()["events"] == 60
    assert api.post(BATCH, json=[]).status_code == 204


def test_a_batch_says_what_failed_and_keeps_the_rest(api):
    response = api.post(BATCH, json=[EVENT, event(job=...), 5, event(schemaURL=...)])
    assert response.status_code == 200
    said = response.json()
    assert said["status"] == "partial_success"
    assert said["summary"] == {"received": 4, "successful": 2, "failed": 2, "retriable": 0, "non_retriable": 2}
    assert [(each["index"], each["path"], each["retriable"]) for each in said["failed_events"]] == [
        (1, "$.job", False),
        (2, "$", False),
    ]
    assert [(each["index"], each["warnings"][0]["code"]) for each in said["warnings"]] == [(3, "schema_url_missing")]
    assert api.get("/health").json()["events"] == 2


def test_a_batch_of_warnings_is_a_success(shared_api):
    said = shared_api.post(BATCH, json=[event(schemaURL=...)]).json()
    assert (said["status"], said["summary"]["failed"], said["failed_events"]) == ("success", 0, [])


def test_one_event_is_no_batch(shared_api):
    assert "/api/v1/lineage" in problem(shared_api.post(BATCH, json=EVENT), 422, "unprocessable_event")


# --- bounds ---


@pytest.fixture
def small(tmp_path):
    settings = ServerSettings(data_dir=tmp_path, max_event_bytes=2_000, max_body_bytes=5_000)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def test_events_and_bodies_are_bounded(small):
    large = event(x="y" * 2_000)
    assert "at most 2,000 bytes" in problem(small.post(ONE, json=large), 413, "too_large")
    packed = gzip.compress(orjson.dumps(large))
    assert "decompressed" in problem(send(small, ONE, packed, **{"Content-Encoding": "gzip"}), 413, "too_large")
    said = small.post(BATCH, json=[EVENT, large]).json()
    assert [each["index"] for each in said["failed_events"]] == [1]
    problem(small.post(BATCH, json=[event(x="y" * 1_500)] * 4), 413, "too_large")


def test_an_event_of_five_megabytes_is_taken(api):
    large = event(x="y" * 5_000_000)
    assert api.post(ONE, json=large).status_code == 201
    assert send(api, BATCH, gzip.compress(orjson.dumps([large])), **{"Content-Encoding": "gzip"}).status_code == 204


# --- the store in trouble ---


def test_a_locked_database_is_503_and_comes_back(api, tmp_path):
    api.post(ONE, json=EVENT)
    stranger = sqlite3.connect(tmp_path / "whence.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    response = api.post(ONE, json=event(eventTime="2026-01-01T00:00:09Z"))
    assert "locked" in problem(response, 503, "store_unavailable")
    assert response.headers["Retry-After"] == "2"
    health = api.get("/health")
    assert (health.status_code, health.json()["status"]) == (503, "unavailable")
    assert "locked" in health.json()["reason"]
    stranger.execute("ROLLBACK")
    stranger.close()
    assert api.post(ONE, json=event(eventTime="2026-01-01T00:00:09Z")).status_code == 201
    assert api.get("/health").json()["status"] == "ok"


# --- the document ---


def test_the_openapi_document_holds_the_routes_that_answer(shared_api):
    document = shared_api.get("/openapi.json").json()
    for url in (ONE, BATCH):
        described = document["paths"][url]["post"]
        assert "application/json" in described["requestBody"]["content"]
        assert {"400", "413", "415", "422", "503"} <= set(described["responses"])
    assert ROUTERS
    assert {ONE, BATCH} <= set(openapi_document()["paths"])
