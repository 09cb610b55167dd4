import copy
import json
import pickle

import pytest

from whence.errors import EventError
from whence.model import (
    CORE_SCHEMA,
    PRODUCER,
    Dataset,
    DatasetEvent,
    DatasetId,
    Field,
    InputDataset,
    Job,
    JobEvent,
    JobId,
    OutputDataset,
    ParentRun,
    Run,
    RunEvent,
    event_from_json,
    facet,
    named_uuid,
    parent_facet,
    schema_facet,
    symlinks_facet,
    version_facet,
)

RUN_ID = "cd613e30-d8f1-4adf-91b7-584a2265b1f5"
JOB = Job("shop", "load")
RUN = Run(RUN_ID)
STRANGE = {
    "zeta": {"unknown": [1, None, {"x": True}]},
    "outputs": [{"name": "t", "namespace": "db", "extra": 1, "outputFacets": {"mine": {"deep": {"er": []}}}}],
    "job": {"name": "load", "facets": {"spark.logicalPlan": {"plan": [{}]}}, "namespace": "shop", "": ""},
    "run": {"facets": {"environment-properties": {"a": 1.5}}, "runId": "no uuid"},
    "eventTime": "2026-01-01T00:00:00.123456789+09:00",
    "producer": "",
    "eventType": "complete",
    "alpha": None,
}


def test_what_goes_in_comes_out_in_the_same_order():
    event = event_from_json(STRANGE)
    assert isinstance(event, RunEvent)
    assert json.dumps(event.to_json()) == json.dumps(STRANGE)


def test_an_event_shares_nothing_with_its_json():
    given = copy.deepcopy(STRANGE)
    event = event_from_json(given)
    given["run"]["facets"]["environment-properties"]["a"] = 2
    event.to_json()["job"]["name"] = "other"
    assert event.to_json() == STRANGE


def test_readings_of_a_run_event():
    event = event_from_json(STRANGE)
    assert (event.kind, event.event_type, event.event_time) == (
        "run",
        "COMPLETE",
        "2026-01-01T00:00:00.123456789+09:00",
    )
    assert (event.producer, event.schema_url) == ("", None)
    assert event.run.run_id == "no uuid"
    assert event.run.id == event.checked.run_id == named_uuid("run", "no uuid")
    assert event.job.id == JobId("shop", "load")
    assert event.job.facets["spark.logicalPlan"] == {"plan": [{}]}
    assert event.inputs == ()
    assert event.outputs[0].id == DatasetId("db", "t")
    assert event.outputs[0].output_facets["mine"] == {"deep": {"er": []}}


def test_built_run_event():
    event = RunEvent(
        "START",
        0,
        RUN,
        JOB,
        inputs=[InputDataset("file", "/a", input_facets={"s": facet("InputStatisticsInputDatasetFacet", rowCount=1)})],
        outputs=[OutputDataset("db", "t")],
        producer="https://example.com",
    )
    body = event.to_json()
    assert body["eventTime"] == "1970-01-01T00:00:00.000000Z"
    assert body["schemaURL"] == event.schema_url == CORE_SCHEMA + "RunEvent"
    assert body["run"] == {"runId": RUN_ID}
    assert event.inputs[0].input_facets["s"]["rowCount"] == 1
    assert event.checked.warnings == ()
    assert RunEvent.from_json(body) == event
    assert "eventType" not in RunEvent(None, "2026-01-01T00:00:00Z", RUN, JOB).to_json()


def test_built_job_and_dataset_events():
    job = JobEvent("2026-01-01T00:00:00Z", JOB, inputs=[InputDataset("file", "/a")])
    assert (job.kind, job.producer, job.job, job.outputs) == ("job", PRODUCER, JOB, ())
    dataset = DatasetEvent("2026-01-01T00:00:00Z", Dataset("db", "t", {"schema": schema_facet([Field("id")])}))
    assert (dataset.kind, dataset.dataset.fields) == ("dataset", (Field("id"),))
    assert event_from_json(job.to_json()) == job
    assert event_from_json(dataset.to_json()) == dataset
    assert job.checked.kind == "job"


def test_a_built_event_is_checked():
    with pytest.raises(EventError, match=r"\$.eventTime: 'now' is no date-time"):
        JobEvent("now", JOB)


def test_an_event_of_another_kind_is_refused():
    with pytest.raises(EventError, match="this is a run event, not a dataset event"):
        DatasetEvent.from_json(STRANGE)
    with pytest.raises(EventError, match="must be an object, not null"):
        event_from_json(None)


def test_a_dataset_reads_its_facets():
    dataset = Dataset("db", "t").with_facets(
        {
            "schema": schema_facet([Field("id", "INT")]),
            "symlinks": symlinks_facet([DatasetId("s3://lake", "t")]),
            "version": version_facet("v1"),
        }
    )
    assert dataset.fields == (Field("id", "INT"),)
    assert dataset.aliases == (DatasetId("s3://lake", "t"),)
    assert dataset.version == "v1"
    assert dataset.with_facets({"version": None}).version is None
    assert dataset.with_facets({"version": {"datasetVersion": 7}}).version is None


def test_a_dataset_without_facets():
    dataset = Dataset("db", "t")
    assert (dataset.facets, dataset.fields, dataset.aliases, dataset.version) == ({}, (), (), None)
    assert dataset.to_json() == {"namespace": "db", "name": "t"}
    assert Dataset.from_json({"namespace": "db", "name": "t", "facets": None}).facets == {}
    assert Dataset.from_json({"namespace": "db", "name": "t", "facets": None}).with_facets({}).facets == {}


def test_facets_cannot_be_changed_through_the_view():
    with pytest.raises(TypeError):
        Dataset("db", "t", {}).facets["x"] = 1


def test_own_facets_are_optional():
    assert InputDataset("db", "t").input_facets == {}
    assert OutputDataset("db", "t", output_facets={"a": {}}).output_facets == {"a": {}}


def test_a_run_knows_its_parent():
    parent = ParentRun(RUN_ID, JobId("dag", "a"))
    assert Run("x", {"parent": parent_facet(parent)}).parent == parent
    assert Run("x", {"parentRun": parent_facet(parent)}).parent == parent
    assert RUN.parent is None


@pytest.mark.parametrize(
    ("part", "value", "path"),
    [
        (Dataset, {"namespace": "", "name": "t"}, "$.dataset.namespace"),
        (InputDataset, {"namespace": "db", "name": "t", "inputFacets": 5}, "$.inputs[0].inputFacets"),
        (OutputDataset, {"namespace": "db"}, "$.outputs[0].name"),
        (Job, {"namespace": "a", "name": "b", "facets": []}, "$.job.facets"),
        (Run, {"runId": None}, "$.run.runId"),
        (Run, None, "$"),
        (Job, [], "$"),
    ],
)
def test_a_part_on_its_own_is_checked(part, value, path):
    with pytest.raises(EventError) as caught:
        part.from_json(value)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "value",
    [event_from_json(STRANGE), JOB, RUN, Dataset("a", "b", {}), InputDataset("a", "b"), JobEvent(0, JOB)],
    ids=lambda value: type(value).__name__,
)
def test_values(value):
    again = type(value).from_json(value.to_json())
    assert again == value
    assert hash(again) == hash(value)
    assert pickle.loads(pickle.dumps(value)) == value
    assert eval(repr(value)) == value


def test_an_input_is_no_output():
    assert InputDataset("a", "b") != OutputDataset("a", "b")
