from __future__ import annotations

import orjson
import pytest

from whence.errors import EventError
from whence_server.errors import RequestError
from whence_server.ingest.events import decode_batch, decode_event, parse_json

EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.com/tests",
    "schemaURL": "https://example.com/event.json",
    "eventType": "START",
    "run": {"runId": "00000000-0000-4000-8000-000000000001"},
    "job": {"namespace": "jobs", "name": "load"},
}


def test_a_single_event_keeps_its_bytes():
    body = orjson.dumps(EVENT, option=orjson.OPT_INDENT_2)
    assert decode_event(body).body == body
    assert decode_event(b"\xef\xbb\xbf" + body).body == body


def test_the_same_event_has_the_same_id_however_it_is_written():
    reordered = dict(reversed(EVENT.items()))
    ids = {decode_event(orjson.dumps(EVENT)).id, decode_event(orjson.dumps(reordered, option=orjson.OPT_INDENT_2)).id}
    ids.add(decode_batch(orjson.dumps([EVENT]), 10_000).events[0].id)
    assert len(ids) == 1


def test_a_batch_keeps_what_it_can():
    batch = decode_batch(orjson.dumps([EVENT, 1, {**EVENT, "job": {}}, {**EVENT, "eventType": "COMPLETE"}]), 10_000)
    assert (batch.received, list(batch.indices)) == (4, [0, 3])
    assert [(each.place, each.path) for each in batch.refused] == [(1, "$"), (2, "$.job.namespace")]


def test_a_large_event_of_a_batch_is_refused_alone():
    batch = decode_batch(orjson.dumps([EVENT, {**EVENT, "x": "y" * 500}]), 500)
    assert [each.place for each in batch.refused] == [1]
    assert "at most 500 bytes" in batch.refused[0].reason


def test_arrays_and_objects_are_told_where_to_go():
    with pytest.raises(EventError, match="/api/v1/lineage/batch"):
        decode_event(orjson.dumps([EVENT]))
    with pytest.raises(EventError, match="/api/v1/lineage"):
        decode_batch(orjson.dumps(EVENT), 10_000)


def test_nesting_beyond_what_can_be_written_is_no_event():
    deep = b'{"a":' * 400 + b"1" + b"}" * 400
    body = orjson.dumps(EVENT)[:-1] + b',"x":' + deep + b"}"
    with pytest.raises(EventError, match="nest it less deeply"):
        decode_event(body)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b"\xff\xfe{}", b'{"a": NaN}', b'"\\ud800"', b"[" * 5_000, b"\xef\xbb\xbf"]
)
def test_what_is_no_json(body):
    with pytest.raises(RequestError) as caught:
        parse_json(body)
    assert caught.value.status == 400
