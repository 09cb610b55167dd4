"""Answers of /sql/lineage and /tasks/sql/inline: what SQL reads and writes, and what of it was not understood.

The shape is `whence.sql.documents`'; `sqlDst`, `sqlSources`, `summary`, `graphPipeline` and `graphData` are the names
of the seed `lineage-tracking-api.md`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .shape import Answer

SqlState = Literal["PARSED", "PARTLY", "UNKNOWN"]


class SqlTable(Answer):
    """What SQL reads or writes: a table, a file, a stage, or a text that a template will fill."""

    full_name: str
    name: str
    schema_name: Annotated[str | None, Field(alias="schema")]
    catalog: str | None
    form: Literal["TABLE", "PATH", "STAGE", "TEMPLATE", "REMOTE"]


class SqlSource(Answer):
    """A field that another comes from, in the words of OpenLineage; `*` is some column of a table not known."""

    table: str
    field: str
    type: Literal["DIRECT", "INDIRECT"]
    subtype: str
    masking: bool


class SqlField(Answer):
    """A column that SQL gives; `table` is null for a bare query, `isWhole` false when a source could not be told."""

    table: str | None
    name: str
    is_whole: bool
    sources: list[SqlSource]


class SqlColumn(Answer):
    """A column of a table that is made or changed."""

    name: str
    type: str | None


class SqlNote(Answer):
    """What was not understood, where (line and column from 1, offsets from 0), and what may be missing for it."""

    statement: int | None
    code: str
    message: str
    hides: Literal["tables", "columns", ""]
    start: int | None
    end: int | None
    line: int | None
    column: int | None


class SqlStatement(Answer):
    """What one statement does. `fields` is null when its columns could not be told."""

    statement: int
    kind: str
    state: SqlState
    confidence: float
    is_temporary: bool
    start: int | None
    end: int | None
    line: int | None
    column: int | None
    inputs: list[SqlTable]
    outputs: list[SqlTable]
    sql_dst: str | None
    sql_sources: list[str]
    fields: list[SqlField] | None
    indirect: list[SqlSource]
    columns: list[SqlColumn] | None
    notes: list[SqlNote]


class SqlLineage(Answer):
    """What a whole text does: together, with temporary tables taken out, and statement by statement."""

    state: SqlState
    confidence: float
    inputs: list[SqlTable]
    outputs: list[SqlTable]
    sql_dst: str | None
    sql_sources: list[str]
    fields: list[SqlField]
    statements: list[SqlStatement]
    notes: list[SqlNote]


class StepData(Answer):
    """What a step reads or writes."""

    uri: str


class Step(Answer):
    """A statement as a step of a pipeline; `run` is null, as nothing was run."""

    id: str
    type: Literal["Sql"]
    inputs: list[StepData]
    outputs: list[StepData]
    run: None
    has_sql: bool
    sql_dst: str | None
    sql_sources: list[str]


class Summary(Answer):
    """The steps of a pipeline."""

    pipeline: str
    region: str | None
    steps: list[Step]


class PictureNode(Answer):
    """A node of a picture: a process or its data."""

    id: str
    kind: Literal["process", "data"]
    label: str


class PictureEdge(Answer):
    """A step of data: into a process, out of it, or (between data) through it."""

    source: str
    target: str
    kind: Literal["read", "write", "flow"]


class Picture(Answer):
    """Nodes and edges, ready to be drawn."""

    nodes: list[PictureNode]
    edges: list[PictureEdge]


class InlineTask(Answer):
    """SQL read as if it were a pipeline of one step a statement."""

    summary: Summary
    graph_pipeline: Picture
    graph_data: Picture
    sql: SqlLineage
