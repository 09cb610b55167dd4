"""Brings the engine to the call form of the corpus's `score.py`: one function a profile of conventions.

`python score.py adapter:default` scores it. `warned` is true where the engine calls its own answer partial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence.sql import script_lineage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whence.sql import OutputField, StatementLineage, TableName


def default(*case: Any) -> dict[str, Any]:
    """Read a text under the engine's own conventions."""
    return _answer("default", *case)


def sqllineage(*case: Any) -> dict[str, Any]:
    """Read a text as reata/sqllineage counts."""
    return _answer("sqllineage", *case)


def openlineage(*case: Any) -> dict[str, Any]:
    """Read a text as OpenLineage's SQL parser counts."""
    return _answer("openlineage", *case)


def datahub(*case: Any) -> dict[str, Any]:
    """Read a text as DataHub's SQL parser counts."""
    return _answer("datahub", *case)


def bytebase(*case: Any) -> dict[str, Any]:
    """Read a text as bytebase's query spans count."""
    return _answer("bytebase", *case)


def macaw(*case: Any) -> dict[str, Any]:
    """Read a text as metabase/macaw counts."""
    return _answer("macaw", *case)


def sqlglot(*case: Any) -> dict[str, Any]:
    """Read a text as sqlglot's `lineage` tells columns."""
    return _answer("sqlglot", *case)


def _answer(
    profile: str, sql: str, dialect: str, db: str | None, schema_name: str | None, schema: dict[str, list[str]] | None
) -> dict[str, Any]:
    script = script_lineage(sql, dialect, default_db=db, default_schema=schema_name, schema=schema, profile=profile)
    warned = any(answer.state != "PARSED" for answer in script.statements)
    return form(script.inputs, script.outputs, script.fields, warned=warned)


def told(answers: list[StatementLineage]) -> dict[str, Any]:
    """Put the answers of a text's statements into the scorer's form."""
    return form(
        (table for answer in answers for table in answer.inputs),
        (table for answer in answers for table in answer.outputs),
        (field for answer in answers for field in answer.fields or ()),
        warned=any(answer.state != "PARSED" for answer in answers),
    )


def form(
    inputs: Iterable[TableName], outputs: Iterable[TableName], fields: Iterable[OutputField], *, warned: bool
) -> dict[str, Any]:
    """Put tables and fields into the scorer's form."""
    columns = [
        (f"{source.table}.{source.field}", f"{field.table}.{field.name}" if field.table else field.name)
        for field in fields
        for source in field.sources
    ]
    return {
        "inputs": list(dict.fromkeys(map(str, inputs))),
        "outputs": list(dict.fromkeys(map(str, outputs))),
        "columns": columns,
        "warned": warned,
    }
