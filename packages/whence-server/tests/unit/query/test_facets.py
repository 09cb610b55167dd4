from __future__ import annotations

import orjson
import pytest

from whence_server.query import facets


def given(**bodies):
    return {key: orjson.dumps(body) for key, body in bodies.items()}


def test_nothing_is_found_in_facets_of_any_shape():
    for odd in ("text", 5, None, [], {"description": 5}, {"tags": "x"}, {"tags": [5, {"key": 5}, {"key": ""}]}):
        keys = ("documentation", "tags", "sourceCodeLocation", "jobType", "nominalTime", "parent")
        found = given(**dict.fromkeys(keys, odd))
        assert facets.description(found) is None
        assert facets.location(found) is None
        assert facets.job_type(found) == "BATCH"
        assert facets.nominal_time(found, "nominalStartTime") is None
        assert facets.tags(found) == ([], {})
        assert facets.run_args(found) == {}


@pytest.mark.parametrize(
    ("told", "answered"), [("BATCH", "BATCH"), ("STREAMING", "STREAM"), ("service", "SERVICE"), ("ODD", "BATCH")]
)
def test_job_types_are_marquezs(told, answered):
    assert facets.job_type(given(jobType={"processingType": told})) == answered


def test_nominal_times_are_instants_where_they_can_be_read():
    assert (
        facets.nominal_time(given(nominalTime={"nominalStartTime": "2026-01-01T01:00:00+01:00"}), "nominalStartTime")
        == "2026-01-01T00:00:00Z"
    )
    assert facets.nominal_time(given(nominalTime={"nominalStartTime": "at noon"}), "nominalStartTime") == "at noon"


def test_run_arguments_are_those_marquez_takes_from_facets():
    parent = {"run": {"runId": "r"}, "job": {"namespace": "n", "name": "j"}}
    expected = {"run_id": "r", "name": "j", "namespace": "n"}
    assert facets.run_args(given(parent=parent)) == facets.run_args(given(parentRun=parent)) == expected


def test_tags_have_their_value_unless_it_is_true():
    listed = [
        {"key": "a", "value": "true"},
        {"key": "b"},
        {"key": "c", "value": "3"},
        {"key": "d", "value": "TRUE", "field": "f"},
        {"key": "e", "value": True, "field": ""},
    ]
    assert facets.tags(given(tags={"tags": listed})) == (["a", "b", "c:3", "e"], {"f": ["d"]})


def test_our_own_facets_are_not_shown():
    assert list(facets.raw(given(whence_run={}, whence_dataset={}, other={}))) == ["other"]
