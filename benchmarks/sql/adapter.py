"""Brings the engine to the call form of the corpus's `score.py`: one function a profile of conventions.

`python score.py adapter:default` scores it. `warned` is true where the engine calls its own answer partial.
"""

from __future__ import annotations

from typing import Any

from whence.sql import lineage


def default(
    sql: str, dialect: str, db: str | None, schema_name: str | None, schema: dict[str, list[str]] | None
) -> dict[str, Any]:
    """Read a text under the engine's own conventions."""
    answers = lineage(sql, dialect, default_db=db, default_schema=schema_name, schema=schema)
    inputs = {str(table): None for answer in answers for table in answer.inputs}
    outputs = {str(table): None for answer in answers for table in answer.outputs}
    columns = [
        (f"{source.table}.{source.field}", f"{field.table}.{field.name}" if field.table else field.name)
        for answer in answers
        for field in answer.fields or ()
        for source in field.sources
        if source.type == "DIRECT"
    ]
    warned = any(answer.state != "PARSED" for answer in answers)
    return {"inputs": list(inputs), "outputs": list(outputs), "columns": columns, "warned": warned}
