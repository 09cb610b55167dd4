"""The events of a run are OpenLineage: openlineage-python's classes say so; our own facets keep to their schemas."""

from __future__ import annotations

import json
from pathlib import Path

import attr
import jsonschema
import pytest
import sqlalchemy as sa
from openlineage.client import event_v2
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    datasource_dataset,
    documentation_job,
    error_message_run,
    extraction_error_run,
    job_dependencies_run,
    job_type_job,
    nominal_time_run,
    output_statistics_output_dataset,
    ownership_job,
    parent_run,
    processing_engine_run,
    schema_dataset,
    sql_job,
)
from referencing import Registry, Resource
from sqlalchemy import pool, text

import whence
from whence.integrations._requests import Service

CLASSES = {
    "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet,
    "dataSource": datasource_dataset.DatasourceDatasetFacet,
    "documentation": documentation_job.DocumentationJobFacet,
    "errorMessage": error_message_run.ErrorMessageRunFacet,
    "extractionError": extraction_error_run.ExtractionErrorRunFacet,
    "jobDependencies": job_dependencies_run.JobDependenciesRunFacet,
    "jobType": job_type_job.JobTypeJobFacet,
    "nominalTime": nominal_time_run.NominalTimeRunFacet,
    "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
    "ownership": ownership_job.OwnershipJobFacet,
    "parent": parent_run.ParentRunFacet,
    "processing_engine": processing_engine_run.ProcessingEngineRunFacet,
    "schema": schema_dataset.SchemaDatasetFacet,
    "sql": sql_job.SQLJobFacet,
}
SPEC = Path(__file__).parents[5] / "spec" / "facets"


@pytest.fixture
def events(collected):
    """Give the events of runs that use every facet we have."""
    engine = sa.create_engine("sqlite://", poolclass=pool.StaticPool)
    options = {
        "flow": "shop",
        "flow_description": "The whole shop.",
        "orchestrator": "pythonSdk",
        "description": "All there is.",
        "owners": ["team:data"],
        "upstream_jobs": ["before"],
        "attempt": 2,
        "nominal_time": ("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
    }
    with whence.job("outer"), whence.job("all", **options), engine.begin() as connection:
        connection.execute(text("create table a (x integer, y text)"))
        connection.execute(text("create table b (x integer, y text)"))
        connection.execute(text("insert into b select x, upper(y) from a where x > 1"))
        connection.execute(text("create table c as select * from (select * from pragma_table_info('a')) q"))
    with whence.job("by hand"):
        whence.add_input("urn:li:dataset:(urn:li:dataPlatform:postgres,public.orders,DEV)")
    service = Service()
    request = service.begin(lambda: "GET /orders/{id}")
    whence.add_input("orders", namespace="n")
    request.suspend()
    request.end(None, 200)
    service.close()
    with pytest.raises(ZeroDivisionError), whence.job("failing"):
        _ = 1 / 0
    engine.dispose()
    return collected.events()


def _facets(event):
    yield from event["run"]["facets"].items()
    yield from event["job"]["facets"].items()
    for dataset in (*event["inputs"], *event["outputs"]):
        for kind in ("facets", "inputFacets", "outputFacets"):
            yield from dataset.get(kind, {}).items()


def test_every_facet_is_used_and_has_the_version_that_the_client_knows(events):
    seen = {}
    for event in events:
        for name, facet in _facets(event):
            seen[name] = facet["_schemaURL"]
    assert set(CLASSES) <= set(seen)
    for name, known in CLASSES.items():
        assert seen[name] == known._get_schema()


def test_facets_have_the_keys_of_the_client_classes(events):
    for event in events:
        for name, facet in _facets(event):
            if name in CLASSES:
                allowed = {field.name for field in attr.fields(CLASSES[name])} | {"_producer", "_schemaURL"}
                required = {f.name for f in attr.fields(CLASSES[name]) if f.default is attr.NOTHING}
                assert set(facet) <= allowed, name
                assert required <= set(facet), name


def test_events_are_run_events_of_the_client(events):
    for event in events:
        made = event_v2.RunEvent(
            eventTime=event["eventTime"],
            producer=event["producer"],
            eventType=event_v2.RunState(event["eventType"]),
            run=event_v2.Run(runId=event["run"]["runId"]),
            job=event_v2.Job(namespace=event["job"]["namespace"], name=event["job"]["name"]),
        )
        assert made.schemaURL == event["schemaURL"]


@pytest.mark.parametrize(
    "name", ["WhenceAttemptRunFacet", "WhenceFlowJobFacet", "WhenceDatahubDatasetFacet", "WhenceRequestsRunFacet"]
)
def test_own_facets_keep_to_their_schemas(events, name):
    schema = json.loads((SPEC / f"{name}.json").read_text())
    kinds = ("RunFacet", "JobFacet", "DatasetFacet")
    base = {"$defs": {kind: {"required": ["_producer", "_schemaURL"]} for kind in kinds}}
    registry = Registry().with_resource(
        "https://openlineage.io/spec/2-0-2/OpenLineage.json",
        Resource.from_contents({"$schema": schema["$schema"], **base}),
    )
    url = f"{schema['$id']}#/$defs/{name}"
    facets = [facet for event in events for _, facet in _facets(event) if facet["_schemaURL"] == url]
    assert facets
    for facet in facets:
        jsonschema.Draft202012Validator(schema["$defs"][name], registry=registry).validate(facet)


def test_explicit_lineage_of_jobs(events):
    (facet,) = {json.dumps(f) for event in events for name, f in _facets(event) if name == "lineage"}
    entry = {"type": "JOB", "inputs": [{"namespace": "test", "name": "before", "type": "JOB"}]}
    assert json.loads(facet)["entries"] == [entry]


def test_flow_is_told_with_its_description_and_orchestrator(events):
    (facet,) = {json.dumps(f) for event in events for name, f in _facets(event) if name == "whence_flow"}
    said = {key: value for key, value in json.loads(facet).items() if not key.startswith("_")}
    assert said == {"name": "shop", "description": "The whole shop.", "orchestrator": "pythonSdk"}
