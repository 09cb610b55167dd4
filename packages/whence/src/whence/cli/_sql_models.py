"""Models of dbt: a file with one query, which dbt writes into the table that the file is called after.

Must not: read SQL itself. The table's name is what `ref` of it gives, so that models join.
Source: dbt's documentation of models, ref and this.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql import TEMPLATE, lineage

if TYPE_CHECKING:
    from whence.sql import FieldSource, ScriptLineage, StatementLineage, TableName

_OF_A_MODEL = re.compile(r"\{\{-?\s*(?:config|ref|source|this)\b")
_NAME = re.compile(r"\w+\Z")
_NO_MODEL = re.compile(r"\{%-?\s*(?:snapshot|macro|test)\b")
_THIS = re.compile(r"\{\{-?\s*this\s*-?\}\}\Z")


def is_model(stem: str, sql: str) -> bool:
    """Whether a file of this name is a model: it speaks as models do, and is no snapshot, macro or test."""
    return bool(_NAME.match(stem) and _OF_A_MODEL.search(sql)) and not _NO_MODEL.search(sql)


def as_model(
    script: ScriptLineage, stem: str, dialect: str, *, default_db: str | None, default_schema: str | None
) -> ScriptLineage:
    """Return the answer with its one query writing the model's table; unchanged where there is another statement."""
    queries = [statement for statement in script.statements if statement.kind != "CONTROL"]
    if len(queries) != 1 or queries[0].kind != "SELECT":
        return script
    query = f"SELECT 1 FROM {{{{ ref('{stem}') }}}}"  # noqa: S608  it is read, never run
    asked = lineage(query, dialect, default_db=default_db, default_schema=default_schema)
    (table,) = asked[0].inputs
    statements = tuple(s if s.kind == "CONTROL" else _writing(s, table) for s in script.statements)
    (model,) = (statement for statement in statements if statement.kind != "CONTROL")
    return script._replace(statements=statements, inputs=model.inputs, outputs=model.outputs, fields=model.fields or ())


def _writing(query: StatementLineage, table: TableName) -> StatementLineage:
    def of(source: FieldSource) -> FieldSource:
        return source._replace(table=named(source.table))

    def named(name: TableName) -> TableName:
        return table if name.form == TEMPLATE and _THIS.match(name.name) else name

    fields = query.fields and tuple(
        field._replace(table=table, sources=tuple(map(of, field.sources))) for field in query.fields
    )
    return query._replace(
        inputs=tuple(dict.fromkeys(map(named, query.inputs))),
        outputs=(table,),
        fields=fields,
        indirect=tuple(dict.fromkeys(map(of, query.indirect))),
    )
