"""Our engine without its memory: a new one for each call, so that what is measured is reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter import told

from whence.sql import Schema
from whence.sql._engine import Engine

if TYPE_CHECKING:
    from whence.sql import StatementLineage

_engine: list[Engine] = []


def prepare() -> None:
    """Forget everything."""
    _engine[:] = [Engine()]


def default(
    sql: str, dialect: str, db: str | None, schema_name: str | None, schema: dict[str, list[str]] | None
) -> list[StatementLineage]:
    """Read a text."""
    return _engine[0].lineage(sql, dialect, db, schema_name, Schema(schema))


def finish(result: list[StatementLineage]) -> dict[str, Any]:
    """Bring the answers to the form of the corpus's scorer."""
    return told(result)
