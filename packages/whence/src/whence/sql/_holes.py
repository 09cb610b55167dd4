"""Answers in which holes stand, with what they stand for put in: templates' tables, and notes on what went.

It must not know how holes are made (`text` does) nor statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.sql._result import PARTLY, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whence.sql._result import FieldSource, StatementLineage, TableName
    from whence.sql.text import Holes, Prepared


def filled(answer: StatementLineage, holes: Holes, prepared: Prepared) -> StatementLineage:
    """Return an answer with the true names of tables and columns, and with what templates read besides."""

    def sources(given: Iterable[FieldSource]) -> tuple[FieldSource, ...]:
        return tuple(
            source._replace(table=holes.table(source.table), field=holes.text(source.field)) for source in given
        )

    def tables(given: Iterable[TableName]) -> tuple[TableName, ...]:
        return tuple(dict.fromkeys(holes.table(table) for table in given))

    fields = answer.fields
    if fields is not None:
        fields = tuple(
            field._replace(
                name=holes.text(field.name),
                sources=sources(field.sources),
                table=holes.table(field.table) if field.table is not None else None,
            )
            for field in fields
        )
    columns = answer.columns
    notes = tuple(note._replace(message=holes.text(note.message, without_literals=True)) for note in answer.notes)
    hides = {note.hides for note in prepared.notes} - {""}
    return answer._replace(
        inputs=tables((*answer.inputs, *map(holes.full, prepared.inputs))),
        outputs=tables(answer.outputs),
        fields=fields,
        indirect=sources(answer.indirect),
        columns=columns and tuple(column._replace(name=holes.text(column.name)) for column in columns),
        notes=(*notes, *prepared.notes),
        state=PARTLY if hides and answer.state != UNKNOWN else answer.state,
        confidence=min(answer.confidence, 0.5) if "tables" in hides else answer.confidence,
    )
