"""Orders of Marquez's writing routes as OpenLineage events: what an event can say goes through the log like all events.

What no standard facet holds goes into two facets of ours, `whence_dataset` (type, physicalName) and `whence_run`
(args). Pure: no clock, no store. Source: OpenLineage.json 2-0-2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence_server.query.facets import ADMIN_DATASET, ADMIN_RUN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from whence_server.api.orders import DatasetOrder, JobOrder, RunOrder

JsonObject = dict[str, Any]

PRODUCER = "https://whence.dev/api"
_CORE = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
_FACETS = "https://openlineage.io/spec/facets/"
_SCHEMAS = {
    "schema": "1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet",
    "dataSource": "1-0-1/DatasourceDatasetFacet.json#/$defs/DatasourceDatasetFacet",
    "documentation": "1-0-1/DocumentationDatasetFacet.json#/$defs/DocumentationDatasetFacet",
    "jobDocumentation": "1-0-1/DocumentationJobFacet.json#/$defs/DocumentationJobFacet",
    "jobType": "2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet",
    "sourceCodeLocation": "1-0-1/SourceCodeLocationJobFacet.json#/$defs/SourceCodeLocationJobFacet",
    "nominalTime": "1-0-1/NominalTimeRunFacet.json#/$defs/NominalTimeRunFacet",
    "tags": "1-0-0/TagsDatasetFacet.json#/$defs/TagsDatasetFacet",
}
_PROCESSING = {"STREAM": "STREAMING"}
_INTEGRATION = "MARQUEZ_API"


def _facet(schema: str, **body: Any) -> JsonObject:
    url = f"{_FACETS}{_SCHEMAS[schema]}" if schema in _SCHEMAS else f"{PRODUCER}/facets/{schema}.json"
    return {"_producer": PRODUCER, "_schemaURL": url, **body}


def _event(kind: str, time: str, **body: Any) -> JsonObject:
    return {"eventTime": time, "producer": PRODUCER, "schemaURL": f"{_CORE}{kind}", **body}


def dataset_event(name: tuple[str, str], facets: Mapping[str, Any], *, time: str) -> JsonObject:
    """Return a DatasetEvent."""
    return _event("DatasetEvent", time, dataset=_dataset(name, facets))


def _dataset(name: tuple[str, str], facets: Mapping[str, Any] | None = None) -> JsonObject:
    return {"namespace": name[0], "name": name[1], **({} if facets is None else {"facets": dict(facets)})}


def dataset_facets(order: DatasetOrder, *, source_uri: str | None) -> JsonObject:
    """Return the facets that an order to PUT a dataset says."""
    facets: JsonObject = {ADMIN_DATASET: _facet(ADMIN_DATASET, type=order.type, physicalName=order.physical_name)}
    if order.fields:
        fields = [{"name": field.name, "type": field.type, "description": field.description} for field in order.fields]
        fields = [{key: value for key, value in field.items() if value is not None} for field in fields]
        facets["schema"] = _facet("schema", fields=fields)
    if order.source_name is not None:
        uri = {} if source_uri is None else {"uri": source_uri}
        facets["dataSource"] = _facet("dataSource", name=order.source_name, **uri)
    if order.description is not None:
        facets["documentation"] = _facet("documentation", description=order.description)
    return facets


def tags_facet(tags: Sequence[Mapping[str, Any]]) -> JsonObject:
    """Return a tags facet."""
    return _facet("tags", tags=[dict(tag) for tag in tags])


def job_event(name: tuple[str, str], order: JobOrder, *, time: str) -> JsonObject:
    """Return a JobEvent."""
    processing = _PROCESSING.get(order.type, order.type)
    facets = {
        "jobType": _facet("jobType", processingType=processing, integration=_INTEGRATION, jobType="JOB"),
    }
    if order.location is not None:
        facets["sourceCodeLocation"] = _facet("sourceCodeLocation", type="url", url=order.location)
    if order.description is not None:
        facets["documentation"] = _facet("jobDocumentation", description=order.description)
    return _event(
        "JobEvent",
        time,
        job={"namespace": name[0], "name": name[1], "facets": facets},
        inputs=[_dataset((each.namespace, each.name)) for each in order.inputs],
        outputs=[_dataset((each.namespace, each.name)) for each in order.outputs],
    )


def job_facets_event(name: tuple[str, str], facets: Mapping[str, Any], *, time: str) -> JsonObject:
    """Return a JobEvent that says facets and nothing about datasets."""
    return _event("JobEvent", time, job={"namespace": name[0], "name": name[1], "facets": dict(facets)})


def run_event(
    job: tuple[str, str],
    run_id: str,
    event_type: str | None,
    *,
    time: str,
    facets: Mapping[str, Any] | None = None,
    inputs: Sequence[JsonObject] = (),
    outputs: Sequence[JsonObject] = (),
) -> JsonObject:
    """Return a RunEvent; without a type it only announces the run."""
    kind = {} if event_type is None else {"eventType": event_type}
    run = {"runId": run_id, "facets": dict(facets or {})}
    about: JsonObject = {"namespace": job[0], "name": job[1], "facets": {}}
    return _event("RunEvent", time, **kind, run=run, job=about, inputs=list(inputs), outputs=list(outputs))


def run_facets(order: RunOrder) -> JsonObject:
    """Return the facets that an order to create a run says."""
    facets: JsonObject = {ADMIN_RUN: _facet(ADMIN_RUN, args=order.args)}
    if order.nominal_start_time is not None:
        end = {} if order.nominal_end_time is None else {"nominalEndTime": order.nominal_end_time}
        facets["nominalTime"] = _facet("nominalTime", nominalStartTime=order.nominal_start_time, **end)
    return facets
