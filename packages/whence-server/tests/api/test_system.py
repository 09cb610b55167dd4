"""/health and /metrics, and what the application is made of."""

from __future__ import annotations

import pytest

from whence_server.api.openapi import openapi_document
from whence_server.api.system import VERSION
from whence_server.app import create_app
from whence_server.errors import StoreInUseError
from whence_server.settings import ServerSettings

EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.com/tests",
    "schemaURL": "https://example.com/event.json",
    "job": {"namespace": "system", "name": "load"},
}


def test_health(api):
    assert api.answer("/health") == {
        "status": "ok",
        "version": VERSION,
        "reason": None,
        **dict.fromkeys(("events", "events_not_folded", "datasets", "jobs", "runs", "waiting"), 0),
        "lag": 0.0,
    }


def test_metrics(api):
    api.tell(EVENT, EVENT)
    api.post("/api/v1/lineage", json={})
    response = api.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    lines = response.text.splitlines()
    assert 'whence_ingest_events_total{outcome="kept"} 1.0' in lines
    assert 'whence_ingest_events_total{outcome="repeated"} 1.0' in lines
    assert 'whence_ingest_events_total{outcome="refused"} 1.0' in lines
    assert "whence_ingest_group_seconds_count 2.0" in lines
    assert 'whence_ingest_group_seconds_bucket{le="+Inf"} 2.0' in lines
    assert "whence_store_available 1.0" in lines
    assert 'whence_store_rows{what="jobs"} 1.0' in lines


def test_metrics_tell_the_size_of_the_store(api, tmp_path):
    api.tell(EVENT)
    lines = api.get("/metrics").text.splitlines()
    for file, name in (("database", "whence.db"), ("wal", "whence.db-wal")):
        size = (tmp_path / name).stat().st_size
        assert size > 0
        assert f'whence_store_bytes{{file="{file}"}} {float(size)}' in lines


def test_a_file_that_is_not_there_has_no_size(api, tmp_path):
    api.app.state.store_files = {"wal": tmp_path / "gone"}
    assert 'whence_store_bytes{file="wal"} 0.0' in api.get("/metrics").text.splitlines()


def test_the_written_document_is_the_served_one(api):
    assert api.answer("/openapi.json") == openapi_document()


def test_a_folder_serves_one_application(api, tmp_path):
    api.tell(EVENT)
    with pytest.raises(StoreInUseError):
        create_app(ServerSettings(data_dir=tmp_path))
    api.tell({**EVENT, "eventTime": "2026-01-01T00:00:01Z"})
