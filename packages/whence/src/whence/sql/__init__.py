"""SQL text to lineage: which tables and columns a statement reads and writes, and what about it was not understood.

`lineage` is the one function behind which the engine stands; `redact` and `fingerprint` say what a statement is without
its literals. Importing this package is cheap; the parser is loaded by the first call of `lineage`, which nobody may
make on a host's own thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.sql._names import Schema
from whence.sql._result import (
    MOVES,
    WRITES,
    Column,
    FieldSource,
    Note,
    OutputField,
    ScriptLineage,
    StatementLineage,
    TableName,
)
from whence.sql._text import dialect_name, fingerprint, redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from whence.sql._engine import Engine

__all__ = [
    "MOVES",
    "WRITES",
    "Column",
    "FieldSource",
    "Note",
    "OutputField",
    "Schema",
    "ScriptLineage",
    "StatementLineage",
    "TableName",
    "dialect_name",
    "fingerprint",
    "lineage",
    "redact",
]

_engines: list[Engine] = []


def lineage(
    sql: str,
    dialect: str | None = None,
    *,
    default_db: str | None = None,
    default_schema: str | None = None,
    schema: Schema | Mapping[str, Mapping[str, str | None] | Iterable[str]] | None = None,
) -> list[StatementLineage]:
    """Read the statements of a text, one answer each, in order.

    `dialect` is sqlglot's or SQLAlchemy's name. `schema` maps dotted table names to their columns (a list of names, or
    names to types); with it `*` is expanded and unqualified columns find their table. Placeholders of every style are
    understood. Never raises for SQL that cannot be read: such a statement has the kind UNKNOWN and a note that says
    why. Cost: the first call loads the parser (100 to 250 ms); then 0.1 to 10 ms for a new statement, about 20 us for
    one seen before.
    """
    if not _engines:
        from whence.sql._engine import Engine  # noqa: PLC0415  loads sqlglot, which `import whence` must not

        _engines.append(Engine())
    known = schema if isinstance(schema, Schema) else Schema(schema)
    return _engines[0].lineage(sql, dialect, default_db, default_schema, known)
