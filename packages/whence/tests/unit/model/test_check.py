import json

import pytest

from whence.errors import EventError
from whence.model import MAX_WARNINGS, WARNING_CODES, Checked, EventWarning, check_event, named_uuid

RUN_ID = "cd613e30-d8f1-4adf-91b7-584a2265b1f5"
FACET = {"_producer": "https://example.com", "_schemaURL": "https://example.com/schema"}


def run_event(**changes):
    event = {
        "eventType": "START",
        "eventTime": "2026-01-01T00:00:00Z",
        "producer": "https://example.com",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": RUN_ID, "facets": {"one": FACET}},
        "job": {"namespace": "shop", "name": "load", "facets": {"two": FACET}},
        "inputs": [{"namespace": "file", "name": "/a", "facets": {"x": FACET}, "inputFacets": {"y": FACET}}],
        "outputs": [{"namespace": "db", "name": "t", "facets": {"x": FACET}, "outputFacets": {"z": FACET}}],
    }
    return {key: value for key, value in {**event, **changes}.items() if value is not ...}


def job_event(**changes):
    return run_event(eventType=..., run=..., **changes)


def dataset_event(**changes):
    return job_event(job=..., inputs=..., outputs=..., dataset={"namespace": "db", "name": "t"}, **changes)


def codes(checked):
    return [warning.code for warning in checked.warnings]


def test_run_event():
    assert check_event(run_event()) == Checked("run", 1_767_225_600_000_000, "START", RUN_ID, ())


def test_job_event():
    assert check_event(job_event()) == Checked("job", 1_767_225_600_000_000, None, None, ())


def test_dataset_event():
    assert check_event(dataset_event()) == Checked("dataset", 1_767_225_600_000_000, None, None, ())


def test_inputs_outputs_and_facets_are_optional():
    event = run_event(run={"runId": RUN_ID}, job={"namespace": "shop", "name": "load"}, inputs=..., outputs=...)
    assert check_event(event).warnings == ()


def test_the_kind_follows_structure_not_schema_url():
    wrong = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent"
    assert check_event(run_event(schemaURL=wrong)).kind == "run"


def test_the_event_is_left_alone():
    event = run_event(eventType="start", eventTime="2026-01-01T00:00", run={"runId": "x", "facets": None}, inputs=None)
    before = json.dumps(event)
    check_event(event)
    assert json.dumps(event) == before


REFUSED = [
    (None, "$", "an event must be an object, not null"),
    ([], "$", "an event must be an object, not an array"),
    ("x", "$", "an event must be an object, not a string"),
    ({}, "$.eventTime", "eventTime must be a string like 2026-11-21T09:30:00.000Z, not missing"),
    (run_event(eventTime=...), "$.eventTime", "not missing"),
    (run_event(eventTime=1767225600), "$.eventTime", "not a number"),
    (run_event(eventTime=None), "$.eventTime", "not null"),
    (run_event(eventTime="2026-01-01"), "$.eventTime", "'2026-01-01' is no date-time"),
    (run_event(producer=...), "$.producer", "producer must be a URI string, not missing"),
    (run_event(producer=5), "$.producer", "not a number"),
    (run_event(run=..., job=...), "$", "OpenLineage has run, job and dataset events"),
    (run_event(job=...), "$.job", "a run event needs a job"),
    (run_event(job=None), "$.job", "a run event needs a job"),
    (run_event(job=[]), "$.job", "must be an object with namespace and name, not an array"),
    (run_event(job={"name": "n"}), "$.job.namespace", "namespace is missing"),
    (run_event(job={"namespace": "ns"}), "$.job.name", "name is missing"),
    (run_event(job={"namespace": "", "name": "n"}), "$.job.namespace", "namespace must not be empty"),
    (run_event(job={"namespace": "ns", "name": "a\0"}), "$.job.name", "must not hold a NUL character"),
    (run_event(job={"namespace": "ns", "name": None}), "$.job.name", "must be a string, not null"),
    (run_event(job={"namespace": "ns", "name": "\ud800"}), "$.job.name", "lone surrogates"),
    (run_event(job={"namespace": "ns", "name": "n", "facets": []}), "$.job.facets", "must be an object of facets"),
    (run_event(run="x"), "$.run", "run must be an object with runId, not a string"),
    (run_event(run={}), "$.run.runId", "runId is missing"),
    (run_event(run={"runId": ""}), "$.run.runId", "runId must not be empty"),
    (run_event(run={"runId": 7}), "$.run.runId", "runId must be a string, not a number"),
    (run_event(run={"runId": RUN_ID, "facets": "x"}), "$.run.facets", "must be an object of facets by name"),
    (run_event(eventType=5), "$.eventType", "eventType must be a string such as START or COMPLETE, not a number"),
    (run_event(inputs={}), "$.inputs", "inputs must be an array of datasets, not an object"),
    (run_event(outputs="x"), "$.outputs", "outputs must be an array of datasets, not a string"),
    (run_event(inputs=[None]), "$.inputs[0]", "must be an object with namespace and name, not null"),
    (run_event(outputs=[{"namespace": "a"}]), "$.outputs[0].name", "name is missing"),
    (
        run_event(inputs=[{"namespace": "a", "name": "b"}, {"namespace": "a", "name": "b", "inputFacets": 1}]),
        "$.inputs[1].inputFacets",
        "inputFacets must be an object of facets by name, not a number",
    ),
    (dataset_event() | {"dataset": 3}, "$.dataset", "must be an object with namespace and name"),
    (dataset_event() | {"dataset": {"namespace": "a", "name": ""}}, "$.dataset.name", "name must not be empty"),
]


@pytest.mark.parametrize(
    ("event", "path", "message"), REFUSED, ids=[f"{i}-{case[1]}" for i, case in enumerate(REFUSED)]
)
def test_refused(event, path, message):
    with pytest.raises(EventError) as caught:
        check_event(event)
    assert caught.value.path == path
    assert message in caught.value.message
    assert str(caught.value).startswith(f"{path}: ")


def test_a_refusal_shows_only_the_start_of_a_long_value():
    with pytest.raises(EventError) as caught:
        check_event(run_event(eventTime="x" * 10_000))
    assert len(str(caught.value)) < 250


KEPT = [
    (run_event(schemaURL=...), "schema_url_missing", "$.schemaURL"),
    (run_event(schemaURL=None), "schema_url_missing", "$.schemaURL"),
    (run_event(producer=""), "producer_empty", "$.producer"),
    (run_event(eventTime="2026-01-01T00:00:00"), "event_time_without_zone", "$.eventTime"),
    (run_event(eventTime="2026-01-01 00:00:00Z"), "event_time_form", "$.eventTime"),
    (run_event(eventType="complete"), "event_type_case", "$.eventType"),
    (run_event(eventType="INVALID_TYPE"), "event_type_unknown", "$.eventType"),
    (run_event(eventType=None), "null_value", "$.eventType"),
    (run_event(run={"runId": "run_id"}), "run_id_not_uuid", "$.run.runId"),
    (run_event(run=None), "null_value", "$.run"),
    (run_event(inputs=None), "null_value", "$.inputs"),
    (run_event(run={"runId": RUN_ID, "facets": None}), "null_value", "$.run.facets"),
    (run_event(job={"namespace": "a", "name": "b", "facets": None}), "null_value", "$.job.facets"),
    (
        run_event(outputs=[{"namespace": "a", "name": "b", "outputFacets": None}]),
        "null_value",
        "$.outputs[0].outputFacets",
    ),
    (run_event(dataset={"namespace": "a", "name": "b"}), "ambiguous_kind", "$.dataset"),
    (dataset_event() | {"run": None}, "null_value", "$.run"),
    (dataset_event() | {"job": None}, "null_value", "$.job"),
    (job_event(job={"namespace": "a", "name": "b", "facets": {"f": 5}}), "facet_not_object", "$.job.facets.f"),
    (
        job_event(job={"namespace": "a", "name": "b", "facets": {"f": {"_schemaURL": "u"}}}),
        "facet_without_producer",
        "$.job.facets.f._producer",
    ),
    (
        job_event(job={"namespace": "a", "name": "b", "facets": {"f": {"_producer": "u", "_schemaURL": 1}}}),
        "facet_without_schema_url",
        "$.job.facets.f._schemaURL",
    ),
]


@pytest.mark.parametrize(("event", "code", "path"), KEPT, ids=[f"{i}-{case[1]}" for i, case in enumerate(KEPT)])
def test_kept_with_a_warning(event, code, path):
    (warning,) = check_event(event).warnings
    assert (warning.code, warning.path) == (code, path)
    assert warning.message


def test_every_warning_code_is_listed_and_tried():
    assert {code for _, code, _ in KEPT} | {"more_warnings"} == set(WARNING_CODES)


def test_read_as():
    assert check_event(run_event(eventType="complete")).event_type == "COMPLETE"
    assert check_event(run_event(eventType="INVALID_TYPE")).event_type == "OTHER"
    assert check_event(run_event(eventType=...)).event_type is None
    assert check_event(run_event(run={"runId": "run_id"})).run_id == named_uuid("run", "run_id")
    assert check_event(run_event(run={"runId": RUN_ID.upper()})) == check_event(run_event())
    assert check_event(run_event(run=None)).kind == "job"


def test_a_warning_as_json():
    warning = EventWarning("code", "$.x", "said")
    assert warning.to_json() == {"code": "code", "path": "$.x", "message": "said"}


def test_warnings_are_bounded():
    event = job_event(job={"namespace": "a", "name": "b", "facets": {f"f{i}": i for i in range(1000)}})
    warnings = check_event(event).warnings
    assert len(warnings) == MAX_WARNINGS
    assert warnings[-1].code == "more_warnings"
    assert warnings[-1].message == f"{1000 - MAX_WARNINGS + 1} further warnings were left out"


def test_exactly_the_bound_says_nothing_more():
    event = job_event(job={"namespace": "a", "name": "b", "facets": {f"f{i}": i for i in range(MAX_WARNINGS)}})
    assert set(codes(check_event(event))) == {"facet_not_object"}


def test_paths_are_bounded():
    event = job_event(job={"namespace": "a", "name": "b", "facets": {"f" * 10_000: 1}})
    assert len(check_event(event).warnings[0].path) < 300
