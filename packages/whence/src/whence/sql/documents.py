"""Answers about SQL as plain documents: one shape for `whence sql --json` and for the server's HTTP API.

It must not read SQL itself, nor load the parser when it is imported: the command line and the server import it to say
which dialects there are. Positions are told twice, as offsets (characters from 0) and as line and column (from 1).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Literal, get_args

from whence.sql._result import PARSED, PARTLY, UNKNOWN
from whence.sql.text import DIALECTS as DIALECTS  # noqa: PLC0414  told to the command line and the server

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whence.sql._result import FieldSource, Note, OutputField, ScriptLineage, StatementLineage, TableName

ProfileName = Literal["default", "sqllineage", "openlineage", "datahub", "bytebase", "macaw", "sqlglot"]
"""Whose conventions an answer keeps, where there are several defensible ones."""

PROFILES: tuple[str, ...] = get_args(ProfileName)

Json = dict[str, Any]


class Places:
    """Turns offsets of a text into lines and columns, both from 1. Building it costs one pass over the text."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        place = text.find("\n")
        while place >= 0:
            self._starts.append(place + 1)
            place = text.find("\n", place + 1)

    def of(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def state_of(script: ScriptLineage) -> str:
    """Tell how far a whole text was understood: as far as all of its statements were."""
    states = {statement.state for statement in script.statements}
    if states <= {PARSED}:
        return PARSED
    return UNKNOWN if states == {UNKNOWN} else PARTLY


def script_document(sql: str, script: ScriptLineage) -> Json:
    """Tell what a whole text does: together, statement by statement, and what was not understood, in text order."""
    places = Places(sql)
    statements = [_statement(number, statement, places) for number, statement in enumerate(script.statements, start=1)]
    said = {(note.code, note.message, note.start) for statement in script.statements for note in statement.notes}
    whole = [note for note in script.notes if (note.code, note.message, note.start) not in said]
    return {
        "state": state_of(script),
        "confidence": min((statement.confidence for statement in script.statements), default=1.0),
        **_tables(script.inputs, script.outputs),
        "fields": [_field(field) for field in script.fields],
        "statements": statements,
        "notes": [
            *(note for statement in statements for note in statement["notes"]),
            *(_note(note, None, places) for note in whole),
        ],
    }


def _statement(number: int, statement: StatementLineage, places: Places) -> Json:
    start, end = (statement.start, statement.end) if statement.end > statement.start else (None, None)
    return {
        "statement": number,
        "kind": statement.kind,
        "state": statement.state,
        "confidence": statement.confidence,
        "isTemporary": statement.is_temporary,
        **_span(start, end, places),
        **_tables(statement.inputs, statement.outputs),
        "fields": None if statement.fields is None else [_field(field) for field in statement.fields],
        "indirect": [_source(source) for source in statement.indirect],
        "columns": None if statement.columns is None else [column._asdict() for column in statement.columns],
        "notes": [_note(note, number, places, statement) for note in statement.notes],
    }


def _tables(inputs: Iterable[TableName], outputs: Iterable[TableName]) -> Json:
    read, written = list(inputs), list(outputs)
    return {
        "inputs": [_table(table) for table in read],
        "outputs": [_table(table) for table in written],
        "sqlDst": str(written[0]) if written else None,
        "sqlSources": [str(table) for table in read],
    }


def _table(table: TableName) -> Json:
    return {"fullName": str(table), **table._asdict()}


def _field(field: OutputField) -> Json:
    return {
        "table": None if field.table is None else str(field.table),
        "name": field.name,
        "isWhole": field.is_whole,
        "sources": [_source(source) for source in field.sources],
    }


def _source(source: FieldSource) -> Json:
    return {
        "table": str(source.table),
        "field": source.field,
        "type": source.type,
        "subtype": source.subtype,
        "masking": source.masking,
    }


def _note(note: Note, number: int | None, places: Places, statement: StatementLineage | None = None) -> Json:
    start, end = note.start, note.end
    if start is None and statement is not None and statement.end > statement.start:
        start, end = statement.start, statement.end  # somewhere in there
    return {
        "statement": number,
        "code": note.code,
        "message": note.message,
        "hides": note.hides,
        **_span(start, end, places),
    }


def _span(start: int | None, end: int | None, places: Places) -> Json:
    line, column = (None, None) if start is None else places.of(start)
    return {"start": start, "end": end, "line": line, "column": column}
