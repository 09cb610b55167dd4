"""Marquez's answers: the names, nulls and nesting that its clients read.

Source: answers recorded from Marquez 0.51.1 (tests compare against them). Our additions are marked.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .graph import RunState  # noqa: TC001 - pydantic reads it
from .shape import Answer, JsonObject


class Name(Answer):
    """A namespace and a name."""

    namespace: str
    name: str


class VersionName(Answer):
    """A namespace, a name and a version."""

    namespace: str
    name: str
    version: str


class Namespace(Answer):
    """A namespace."""

    name: str
    created_at: str
    updated_at: str
    owner_name: str
    description: str | None
    is_hidden: bool


class Namespaces(Answer):
    """A page of namespaces; `totalCount` is ours."""

    namespaces: list[Namespace]
    total_count: int


class Source(Answer):
    """Where datasets live."""

    type: str
    name: str
    created_at: str
    updated_at: str
    connection_url: str
    description: str | None


class Sources(Answer):
    """A page of sources; `totalCount` is ours."""

    sources: list[Source]
    total_count: int


class Tag(Answer):
    """A tag."""

    name: str
    description: str | None


class Tags(Answer):
    """A page of tags."""

    tags: list[Tag]


class DatasetField(Answer):
    """A field of a dataset."""

    name: str
    type: str | None
    tags: list[str]
    description: str | None


class ColumnInput(Answer):
    """A field that another one comes from."""

    namespace: str
    dataset: str
    field: str
    transformation_description: str | None
    transformation_type: str | None


class DatasetColumnLineage(Answer):
    """What one field comes from."""

    name: str
    input_fields: list[ColumnInput]
    transformation_description: str | None
    transformation_type: str | None


class DatasetSummary(Answer):
    """A dataset as the lineage graph shows it."""

    id: Name
    type: str
    name: str
    physical_name: str
    created_at: str
    updated_at: str
    namespace: str
    source_name: str
    fields: list[DatasetField]
    tags: list[str]
    last_modified_at: str | None
    description: str | None
    last_lifecycle_state: str | None


class Dataset(DatasetSummary):
    """A dataset."""

    current_version: str | None
    column_lineage: list[DatasetColumnLineage] | None
    facets: JsonObject
    deleted: bool


class DatasetDetail(Dataset):
    """A dataset; the last five are ours: its other names, the jobs that write and read it (at most 1,000 each)."""

    aliases: list[str]
    produced_by: list[Name]
    consumed_by: list[Name]
    producer_count: int
    consumer_count: int


class Datasets(Answer):
    """A page of datasets."""

    total_count: int
    datasets: list[Dataset]


class DatasetVersionRef(Answer):
    """A dataset version that a run read or wrote, with the facets of that run."""

    dataset_version_id: VersionName
    facets: JsonObject


class Run(Answer):
    """A run."""

    id: str
    created_at: str
    updated_at: str
    nominal_start_time: str | None
    nominal_end_time: str | None
    state: RunState
    started_at: str | None
    ended_at: str | None
    duration_ms: int | None
    args: JsonObject
    job_version: VersionName | None
    input_dataset_versions: list[DatasetVersionRef]
    output_dataset_versions: list[DatasetVersionRef]
    facets: JsonObject


class RunDetail(Run):
    """A run; the last three are ours: its job, its parent run, and its child runs (the first hundred)."""

    job: Name
    parent_run: ParentRun | None
    child_runs: list[ChildRun]


class ParentRun(Answer):
    """The run that started a run."""

    id: str
    job: Name | None


class ChildRun(Answer):
    """A run that a run started."""

    id: str
    job: Name
    state: RunState


class Runs(Answer):
    """A page of runs."""

    runs: list[Run]
    total_count: int


class RunFacets(Answer):
    """The facets of a run, or of its job as that run told them."""

    run_id: str
    facets: JsonObject


class DatasetVersion(Answer):
    """A dataset as one run left it."""

    id: Name
    type: str
    name: str
    physical_name: str
    created_at: str
    version: str
    namespace: str
    source_name: str
    fields: list[DatasetField]
    tags: list[str]
    lifecycle_state: str | None
    description: str | None
    current_schema_version: str | None
    created_by_run: Run | None
    facets: JsonObject


class DatasetVersions(Answer):
    """A page of dataset versions."""

    versions: list[DatasetVersion]
    total_count: int


class JobSummary(Answer):
    """A job as the lineage graph shows it."""

    id: Name
    type: str
    name: str
    simple_name: str
    parent_job_name: str | None
    parent_job_uuid: str | None
    created_at: str
    updated_at: str
    namespace: str
    inputs: list[Name]
    outputs: list[Name]
    location: str | None
    description: str | None
    latest_run: Run | None


class Job(JobSummary):
    """A job."""

    latest_runs: list[Run] | None
    facets: JsonObject
    current_version: str | None
    labels: list[str]
    tags: list[str]


class JobDetail(Job):
    """A job; the last is ours: the job that starts it, by its full name."""

    parent: Name | None


class Jobs(Answer):
    """A page of jobs."""

    total_count: int
    jobs: list[Job]


class JobVersion(Answer):
    """A job with one set of inputs, outputs and location."""

    id: VersionName
    name: str
    created_at: str
    version: str
    namespace: str
    location: str | None
    inputs: list[Name]
    outputs: list[Name]
    latest_run: Run | None


class JobVersions(Answer):
    """A page of job versions."""

    versions: list[JobVersion]


class Edge(Answer):
    """An edge; the origin is always upstream (Marquez turns it round in column lineage)."""

    origin: str
    destination: str


class LineageDatasetNode(Answer):
    """A dataset of the lineage graph."""

    id: str
    type: Literal["DATASET"]
    data: DatasetSummary
    in_edges: list[Edge]
    out_edges: list[Edge]


class LineageJobNode(Answer):
    """A job of the lineage graph."""

    id: str
    type: Literal["JOB"]
    data: JobSummary
    in_edges: list[Edge]
    out_edges: list[Edge]


class Lineage(Answer):
    """A lineage graph, nodes sorted by id; the last two are ours."""

    graph: list[Annotated[LineageDatasetNode | LineageJobNode, Field(discriminator="type")]]
    truncated: bool
    truncated_reason: str | None


class ColumnLineageInput(ColumnInput):
    """A field that another one comes from; `transformations` is ours."""

    dataset_version: str | None
    transformations: list[JsonObject]


class ColumnLineageData(Answer):
    """A field of the column lineage graph."""

    namespace: str
    dataset: str
    dataset_version: str | None
    field: str
    field_type: str
    transformation_description: str | None
    transformation_type: str | None
    input_fields: list[ColumnLineageInput]


class ColumnLineageNode(Answer):
    """A node of the column lineage graph."""

    id: str
    type: Literal["DATASET_FIELD"]
    data: ColumnLineageData
    in_edges: list[Edge]
    out_edges: list[Edge]


class ColumnLineage(Answer):
    """A column lineage graph; the last two are ours."""

    graph: list[ColumnLineageNode]
    truncated: bool
    truncated_reason: str | None


class UpstreamRunInput(Answer):
    """A dataset version that a run read; the last is null when no known run wrote it."""

    namespace: str
    name: str
    version: str | None
    produced_by_run_id: str | None


class UpstreamRunTimes(Answer):
    """A run in the chain."""

    id: str
    start: str | None
    end: str | None
    status: RunState


class UpstreamRunJob(Answer):
    """The job of a run in the chain."""

    namespace: str
    name: str
    version: str | None


class UpstreamRun(Answer):
    """A run that a run depends on."""

    job: UpstreamRunJob
    run: UpstreamRunTimes
    inputs: list[UpstreamRunInput]


class UpstreamRuns(Answer):
    """The chain of runs behind a run; the last two are ours."""

    runs: list[UpstreamRun]
    truncated: bool
    truncated_reason: str | None


class SearchHit(Answer):
    """A dataset or a job whose name matches."""

    type: Literal["DATASET", "JOB"]
    name: str
    updated_at: str
    namespace: str
    node_id: str


class SearchHits(Answer):
    """A page of hits; `totalCount` counts all of them."""

    results: list[SearchHit]
    total_count: int


class OpenSearchHits(Answer):
    """Hits in the shape of Marquez's v2beta search."""

    hits: list[JsonObject]
    highlights: list[JsonObject]


class EventCounts(Answer):
    """Events of one interval."""

    start_interval: str
    end_interval: str
    fail: int
    start: int
    complete: int
    abort: int


class Count(Answer):
    """How many there were at the end of one interval."""

    start_interval: str
    end_interval: str
    count: int
