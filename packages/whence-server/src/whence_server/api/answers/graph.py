"""Answers of /lineage/graph, /lineage/path and /lineage/impact.

Hops are dataset to dataset: passing through a job counts one. Source: the seed `openlineage-mvp.md`, section 7.2.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .shape import Answer, JsonObject

FlowSource = Literal["lineage", "columnLineage", "sql", "inputsOutputs"]
RunState = Literal["NEW", "RUNNING", "COMPLETED", "FAILED", "ABORTED"]


class Entity(Answer):
    """What the question was resolved to."""

    id: str
    type: Literal["DATASET", "JOB", "DATASET_FIELD"]
    namespace: str
    name: str
    field: str | None


class GraphField(Answer):
    """One field of a dataset, nested fields as `a.b`."""

    name: str
    type: str | None
    description: str | None


class More(Answer):
    """How many neighbours of a node are not in this answer."""

    up: int
    down: int


class DatasetNode(Answer):
    """A dataset in a graph; `distance` is negative upstream of the start, positive downstream."""

    id: str
    type: Literal["DATASET"]
    namespace: str
    name: str
    aliases: list[str]
    distance: int
    fields: list[GraphField]
    more: More


class JobRef(Answer):
    """A job by name."""

    namespace: str
    name: str


class JobNode(Answer):
    """A job in a graph; its distance is that of the datasets it leads to, seen from the start."""

    id: str
    type: Literal["JOB"]
    namespace: str
    name: str
    distance: int
    last_run_state: RunState | None
    parent: JobRef | None
    job_type: JsonObject | None
    more: More


GraphNode = Annotated[DatasetNode | JobNode, Field(discriminator="type")]


class GraphEdge(Answer):
    """One step of data; `inferred` when nobody vouches for it: read out of SQL, or a job's inputs x outputs."""

    origin: str
    destination: str
    inferred: bool
    source: FlowSource
    last_seen: str | None


class FieldEdge(Answer):
    """Two fields joined through a job (null: stated by the dataset itself), with how one became the other."""

    origin: str
    destination: str
    job: str | None
    transformations: list[JsonObject]


class Graph(Answer):
    """The neighbourhood of an entity."""

    entity: Entity
    direction: Literal["up", "down", "both"]
    depth: int
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    field_edges: list[FieldEdge]
    truncated: bool
    truncated_reason: str | None


class GraphPath(Answer):
    """A shortest way from one entity to another, downstream; when there is none, whether the reverse exists."""

    found: bool
    frm: Annotated[Entity, Field(alias="from")]
    to: Entity
    length: int | None
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    reverse_exists: bool | None
    truncated: bool
    truncated_reason: str | None


class ImpactDataset(Answer):
    """A dataset downstream of the entity; `inferred` when only inputs x outputs of some job lead there."""

    id: str
    namespace: str
    name: str
    distance: int
    inferred: bool


class ImpactJob(Answer):
    """A job downstream of the entity; `inferred` as for datasets."""

    id: str
    namespace: str
    name: str
    distance: int
    inferred: bool
    last_run_state: RunState | None


class ImpactField(Answer):
    """A field downstream of the entity; `direct` is false when every way to it only filters, joins or groups."""

    id: str
    namespace: str
    dataset: str
    field: str
    distance: int
    direct: bool


class Impact(Answer):
    """Everything downstream of an entity, nearest first."""

    entity: Entity
    datasets: list[ImpactDataset]
    jobs: list[ImpactJob]
    fields: list[ImpactField]
    truncated: bool
    truncated_reason: str | None
