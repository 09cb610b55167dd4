"""Facets: how they are written, and what the model itself reads out of them.

A facet is open JSON with a `_producer` and a `_schemaURL`; Whence keeps each one whole, known or not. Reading is
tolerant: what is not shaped as the specification says is as good as absent, because any producer may have written it.
It must not refuse or change a facet that was given. Source: spec/facets of OpenLineage 1.54, one file per facet.
"""

from __future__ import annotations

from whence.errors import NamingError
from whence.model._identity import DatasetId, JobId, name_fault
from whence.model._json import is_array, is_object
from whence.model._record import Record, put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

PRODUCER = "https://pypi.org/project/whence/0.1.0"
SPEC = "https://openlineage.io/spec/"
CORE_SCHEMA = SPEC + "2-0-2/OpenLineage.json#/$defs/"

# name of the facet's definition -> its version, as openlineage-python 1.54.0 writes them (tested)
FACET_VERSIONS: Mapping[str, str] = {
    "CatalogDatasetFacet": "1-1-0",
    "ColumnLineageDatasetFacet": "1-2-0",
    "DataQualityAssertionsDatasetFacet": "1-1-0",
    "DataQualityMetricsDatasetFacet": "1-0-1",
    "DataQualityMetricsInputDatasetFacet": "1-0-3",
    "DatasetTypeDatasetFacet": "1-0-1",
    "DatasetVersionDatasetFacet": "1-0-1",
    "DatasourceDatasetFacet": "1-0-1",
    "DocumentationDatasetFacet": "1-1-0",
    "DocumentationJobFacet": "1-1-0",
    "EnvironmentVariablesRunFacet": "1-0-0",
    "ErrorMessageRunFacet": "1-0-1",
    "ExecutionParametersRunFacet": "1-0-0",
    "ExternalQueryRunFacet": "1-0-2",
    "ExtractionErrorRunFacet": "1-1-2",
    "HierarchyDatasetFacet": "1-0-0",
    "InputSubsetInputDatasetFacet": "1-0-0",
    "InputStatisticsInputDatasetFacet": "1-0-0",
    "JobDependenciesRunFacet": "1-0-1",
    "JobTypeJobFacet": "2-0-4",
    "LifecycleStateChangeDatasetFacet": "1-0-1",
    "LineageDatasetFacet": "1-0-0",
    "LineageJobFacet": "1-0-0",
    "NominalTimeRunFacet": "1-0-1",
    "OutputStatisticsOutputDatasetFacet": "1-0-2",
    "OutputSubsetOutputDatasetFacet": "1-0-0",
    "OwnershipDatasetFacet": "1-0-1",
    "OwnershipJobFacet": "1-0-1",
    "ParentRunFacet": "1-2-0",
    "ProcessingEngineRunFacet": "1-1-1",
    "SQLJobFacet": "1-1-0",
    "SchemaDatasetFacet": "1-2-0",
    "SourceCodeJobFacet": "1-0-1",
    "SourceCodeLocationJobFacet": "1-1-0",
    "StorageDatasetFacet": "1-0-1",
    "SymlinksDatasetFacet": "1-0-1",
    "TagsDatasetFacet": "1-0-0",
    "TagsJobFacet": "1-0-0",
    "TagsRunFacet": "1-0-0",
    "TestRunFacet": "1-0-1",
}
# definitions that share a file; every other one has a file of its own name
_FILE_OF = {
    "InputSubsetInputDatasetFacet": "BaseSubsetDatasetFacet",
    "LineageDatasetFacet": "LineageFacet",
    "LineageJobFacet": "LineageFacet",
    "OutputSubsetOutputDatasetFacet": "BaseSubsetDatasetFacet",
}


class Field(Record):
    """A field of a dataset, as the schema facet tells it. `fields` are the fields inside a struct."""

    __slots__ = ("description", "fields", "name", "type")
    name: str
    type: str | None
    description: str | None
    fields: tuple[Field, ...]

    def __init__(
        self,
        name: str,
        type: str | None = None,  # noqa: A002  (the specification's word)
        *,
        description: str | None = None,
        fields: Iterable[Field] = (),
    ) -> None:
        put(self, "name", name)
        put(self, "type", type)
        put(self, "description", description)
        put(self, "fields", tuple(fields))

    def to_json(self) -> dict[str, Any]:
        """Return the field as an item of the schema facet; what is None or empty is left out."""
        body: dict[str, Any] = {"name": self.name}
        if self.type is not None:
            body["type"] = self.type
        if self.description is not None:
            body["description"] = self.description
        if self.fields:
            body["fields"] = [field.to_json() for field in self.fields]
        return body

    def flattened(self, prefix: str = "") -> Iterator[Field]:
        """Yield this field and those inside it, named by their path (`address.city`), outer before inner."""
        path = prefix + self.name
        yield Field(path, self.type, description=self.description)
        for field in self.fields:
            yield from field.flattened(path + ".")


class ParentRun(Record):
    """The run that started this one, and the root of them all where it is told. Run ids are kept as written."""

    __slots__ = ("job", "root_job", "root_run_id", "run_id")
    run_id: str
    job: JobId
    root_run_id: str | None
    root_job: JobId | None

    def __init__(
        self, run_id: str, job: JobId, *, root_run_id: str | None = None, root_job: JobId | None = None
    ) -> None:
        put(self, "run_id", run_id)
        put(self, "job", job)
        put(self, "root_run_id", root_run_id)
        put(self, "root_job", root_job)


def facet(definition: str, *, producer: str = PRODUCER, **body: Any) -> dict[str, Any]:
    """Write a standard facet: `facet("SQLJobFacet", query="select 1")`. Raises NamingError when the name is unknown."""
    version = FACET_VERSIONS.get(definition)
    if version is None:
        raise NamingError(definition, f"{definition!r} is no standard facet; known: {', '.join(FACET_VERSIONS)}")
    return {
        "_producer": producer,
        "_schemaURL": f"{SPEC}facets/{version}/{_FILE_OF.get(definition, definition)}.json#/$defs/{definition}",
        **body,
    }


def schema_facet(fields: Iterable[Field], *, producer: str = PRODUCER) -> dict[str, Any]:
    """Write the `schema` facet."""
    return facet("SchemaDatasetFacet", producer=producer, fields=[field.to_json() for field in fields])


def version_facet(version: str, *, producer: str = PRODUCER) -> dict[str, Any]:
    """Write the `version` facet of a dataset."""
    return facet("DatasetVersionDatasetFacet", producer=producer, datasetVersion=version)


def symlinks_facet(aliases: Iterable[DatasetId], *, kind: str = "TABLE", producer: str = PRODUCER) -> dict[str, Any]:
    """Write the `symlinks` facet: other names of the same dataset, of one kind (TABLE or LOCATION)."""
    identifiers = [{"namespace": alias.namespace, "name": alias.name, "type": kind} for alias in aliases]
    return facet("SymlinksDatasetFacet", producer=producer, identifiers=identifiers)


def parent_facet(parent: ParentRun, *, producer: str = PRODUCER) -> dict[str, Any]:
    """Write the `parent` facet of a run."""
    body: dict[str, Any] = {"run": {"runId": parent.run_id}, "job": _job_json(parent.job)}
    if parent.root_run_id is not None and parent.root_job is not None:
        body["root"] = {"run": {"runId": parent.root_run_id}, "job": _job_json(parent.root_job)}
    return facet("ParentRunFacet", producer=producer, **body)


def field_from_json(value: Any) -> Field | None:
    """Read one item of the schema facet; None when it has no name."""
    if not is_object(value) or not _text(value.get("name")):
        return None
    inner = value.get("fields")
    return Field(
        value["name"],
        _text(value.get("type")),
        description=_text(value.get("description")),
        fields=_fields(inner) if is_array(inner) else (),
    )


def fields_from_facet(value: Any) -> tuple[Field, ...]:
    """Read the `schema` facet; items without a name are left out."""
    items = value.get("fields") if is_object(value) else None
    return _fields(items) if is_array(items) else ()


def aliases_from_facet(value: Any) -> tuple[DatasetId, ...]:
    """Read the `symlinks` facet; identifiers without namespace or name are left out, and so is a deleted facet."""
    items = value.get("identifiers") if is_object(value) and value.get("_deleted") is not True else None
    if not is_array(items):
        return ()
    return tuple(DatasetId(item["namespace"], item["name"]) for item in items if is_object(item) and _is_named(item))


def parent_from_facet(value: Any) -> ParentRun | None:
    """Read the `parent` facet, None when run or job is not told."""
    run_id, job = _run_and_job(value)
    if run_id is None or job is None:
        return None
    root_run_id, root_job = _run_and_job(value.get("root"))
    if root_run_id is None or root_job is None:
        return ParentRun(run_id, job)
    return ParentRun(run_id, job, root_run_id=root_run_id, root_job=root_job)


def _run_and_job(value: Any) -> tuple[str | None, JobId | None]:
    if not is_object(value):
        return None, None
    run, job = value.get("run"), value.get("job")
    run_id = _text(run.get("runId")) if is_object(run) else None
    return run_id, JobId(job["namespace"], job["name"]) if is_object(job) and _is_named(job) else None


def _fields(items: list[Any]) -> tuple[Field, ...]:
    return tuple(field for field in map(field_from_json, items) if field is not None)


def _is_named(item: dict[str, Any]) -> bool:
    return not name_fault(item.get("namespace")) and not name_fault(item.get("name"))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _job_json(job: JobId) -> dict[str, str]:
    return {"namespace": job.namespace, "name": job.name}
