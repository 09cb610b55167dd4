"""gzip: who gets it, and for what."""

from __future__ import annotations

import gzip

import pytest
from starlette.datastructures import Headers

from whence_server.api.compression import is_gzip_wanted

FIELDS = [{"name": f"column_{number}", "type": "BIGINT"} for number in range(200)]
EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.com/tests",
    "schemaURL": "https://example.com/event.json",
    "dataset": {
        "namespace": "compressed",
        "name": "wide",
        "facets": {"schema": {"_producer": "x", "_schemaURL": "y", "fields": FIELDS}},
    },
}
GRAPH = "/lineage/graph?entity=dataset:compressed:wide&fields=true"


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        (None, False),
        ("", False),
        ("*", False),
        ("identity, br", False),
        ("x-gzip", False),
        ("gzip", True),
        ("deflate, GZip", True),
        ("br, gzip ; q=0.1", True),
        ("gzip;q=1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
    ],
)
def test_who_wants_gzip(accepted, wanted):
    assert is_gzip_wanted(Headers({} if accepted is None else {"Accept-Encoding": accepted})) is wanted


def raw(api, path, accepted):
    with api.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        return answer, b"".join(answer.iter_raw())


def test_large_answers_are_compressed_for_those_who_take_it(api):
    api.tell(EVENT)
    plain, whole = raw(api, GRAPH, "identity")
    packed, small = raw(api, GRAPH, "gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert len(small) == int(packed.headers["content-length"]) < len(whole) / 4
    assert gzip.decompress(small) == whole


def test_small_answers_and_answers_to_events_are_not(api):
    answer, _ = raw(api, "/health", "gzip")
    assert "content-encoding" not in answer.headers
    answers = api.post("/api/v1/lineage/batch", json=[{}] * 500, headers={"Accept-Encoding": "gzip"})
    assert len(answers.content) > 10_000
    assert "content-encoding" not in answers.headers
