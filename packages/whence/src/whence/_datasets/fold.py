"""From the statements of a run to what it read and wrote: datasets, fields, rows, and what was not understood.

Runs in the background only: it parses. Rules: a write counts when it was committed, a read when it happened; a
temporary table is no dataset, its sources stand in for it; a statement that only changes what tables look like moves no
data but tells their columns; the database's own tables are no datasets. Each table of an engine is remembered with its
columns, as far as they were seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from whence._datasets.paths import PathRules
from whence.sql import MOVES, PATH, WRITES, FieldSource, TableName, lineage, redact

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from whence._runs.ledger import Layer, SqlSource
    from whence.model import DatasetId
    from whence.sql import Column, StatementLineage

_COUNTED = MOVES - {"CREATE_VIEW"}
_HIDING = frozenset(
    ("remote_table", "table_function", "unsupported_query", "unsupported_source")
)  # notes that may hide a table
_NAMED_BY_QUERY = ("target_columns_unknown",)  # notes that say that fields bear other names than their columns
_MAX_ERRORS = 20
_MAX_TEXTS = 50
_MAX_SHOWN = 32_768


class SourceField(NamedTuple):
    """A field of a dataset as the source of another, as the columnLineage facet has it."""

    namespace: str
    name: str
    field: str
    type: str
    subtype: str
    masking: bool


class Use:
    """One dataset as a run used it."""

    def __init__(self, dataset: DatasetId, source: SqlSource, table: TableName) -> None:
        self.dataset = dataset
        self.source = source
        self.table = table
        self.rows: int | None = 0
        self.fields: dict[str, dict[SourceField, None]] = {}
        self.indirect: dict[SourceField, None] = {}
        self.origins: dict[DatasetId, None] = {}  # datasets whose rows a statement moved here
        self.is_counted = False  # rows were written, so their number means something
        self.is_unsure = False  # a statement may have read more tables than were understood
        self.takes_values = False  # rows came from the program itself, so perhaps from anything it read

    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the table, as far as they are known by now."""
        return self.source.schema.columns(self.table) or ()


class RunLineage:
    """What a run read and wrote. Fed statement by statement; order matters only for temporary tables."""

    def __init__(
        self, gate: AbstractContextManager[Any], rules: PathRules | None = None, *, keeps_text: bool = False
    ) -> None:
        self._keeps_text = keeps_text  # as the user wrote it, because the setting `sql_text` says so
        self._rules = rules or PathRules()
        self._gate = gate  # held around each reading, because the parser imports its dialects when it needs them
        self.inputs: dict[DatasetId, Use] = {}
        self.outputs: dict[DatasetId, Use] = {}
        self.read: dict[DatasetId, None] = {}  # what came into the program itself
        self.texts: dict[str, str | None] = {}  # statement, without literals -> dialect, of those that moved data
        self.statements = 0
        self.failures = 0
        self.errors: list[tuple[str, str]] = []  # (what was not understood, statement without literals)
        self._temporary: dict[tuple[int, TableName], StatementLineage] = {}

    def add(self, source: SqlSource, layer: Layer, *, settled: bool) -> None:
        """Add the statements of one connection."""
        for text, (_, rows, structure, unsure) in layer.items():
            self.statements += 1
            if structure is not None:
                _learn_structure(source, structure)
            with self._gate:
                self._statement(source, text, None if unsure else rows, settled=settled)

    def count_dropped(self, statements: int) -> None:
        """Say how many statements were not kept because one transaction held too many different ones."""
        if statements:
            self.count_untold(statements, f"{statements} statements of long transactions were counted and not read")

    def count_untold(self, statements: int, reason: str) -> None:
        """Say how many statements are not told, and why."""
        self.statements += statements
        self.failures += statements
        if len(self.errors) < _MAX_ERRORS:
            self.errors.append((reason, ""))

    def _statement(self, source: SqlSource, text: str, rows: int | None, *, settled: bool) -> None:
        answers = lineage(
            text,
            source.dialect,
            default_db=source.default_db,
            default_schema=source.default_schema,
            schema=source.schema,
        )
        if len(answers) > 1:
            rows = None  # one count cannot be told apart for several statements
        shown = ""
        for answer in answers:
            if not settled and (answer.kind != "SELECT" or answer.outputs):
                continue
            if answer.notes and not _is_all_system(source, answer):
                shown = shown or self._shown(source, text)
                self._complain(answer, shown)
            if self._take(source, answer, rows) and _writes(answer) and len(self.texts) < _MAX_TEXTS:
                shown = shown or self._shown(source, text)
                self.texts[shown] = source.dialect

    def _shown(self, source: SqlSource, text: str) -> str:
        return text[:_MAX_SHOWN] if self._keeps_text else redact(text, source.dialect)

    def _complain(self, answer: StatementLineage, shown: str) -> None:
        self.failures += 1
        if len(self.errors) < _MAX_ERRORS:
            self.errors.append(("; ".join(note.message for note in answer.notes), shown))

    def _take(self, source: SqlSource, answer: StatementLineage, rows: int | None) -> bool:
        """Add one statement; return whether it used any dataset."""
        if answer.kind in ("CONTROL", "UNKNOWN"):
            return False
        learn(source, answer)
        answer = self._without_temporary(source, answer)
        if answer.kind == "RENAME_TABLE":
            return self._rename(source, answer)
        inputs = [use for table in answer.inputs if (use := self._use(self.inputs, source, table))]
        self.read.update((use.dataset, None) for use in inputs if answer.kind == "SELECT")
        if not _writes(answer):
            return bool(inputs)
        outputs = [use for table in answer.outputs if (use := self._use(self.outputs, source, table))]
        for use in outputs if answer.kind in _COUNTED else ():
            use.is_counted = True
            use.rows = None if rows is None or use.rows is None else use.rows + rows
        filled = {field.table for field in answer.fields or ()} if answer.kind == "SELECT" else None
        for use in outputs if answer.kind in MOVES or filled else ():
            if filled is None or use.table in filled:
                self._move(source, answer, use, inputs)
        return bool(inputs or outputs)

    def _rename(self, source: SqlSource, answer: StatementLineage) -> bool:
        """Add a table under its new name: its rows come from where they were."""
        for old, new in zip(answer.inputs, answer.outputs, strict=False):
            before, after = self._use(self.inputs, source, old), self._use(self.outputs, source, new)
            if before is not None and after is not None:
                self._move(source, answer, after, [before])
        return bool(answer.outputs)

    def _use(self, uses: dict[DatasetId, Use], source: SqlSource, table: TableName) -> Use | None:
        if source.is_system(table):
            return None
        dataset = self._dataset(source, table)
        use = uses.get(dataset)
        if use is None:
            use = uses[dataset] = Use(dataset, source, table)
        return use

    def _move(self, source: SqlSource, answer: StatementLineage, into: Use, inputs: list[Use]) -> None:
        """Add the fields that a statement moved."""
        into.is_unsure = into.is_unsure or any(note.code in _HIDING or note.hides == "tables" for note in answer.notes)
        if not inputs:
            into.takes_values = True
            return
        into.origins.update((use.dataset, None) for use in inputs)
        into.takes_values = into.takes_values or _has_values(source, answer)
        own = answer._replace(fields=tuple(f for f in answer.fields or () if f.table in (None, into.table)))
        if any(note.code in _NAMED_BY_QUERY for note in answer.notes):
            own = own._replace(fields=())
        for field, sources in own.sources_by_name().items():
            for known in self._fields_of(source, sources):
                into.fields.setdefault(field, {})[known] = None
        for known in self._fields_of(source, answer.indirect):
            into.indirect[known] = None

    def _dataset(self, source: SqlSource, table: TableName) -> DatasetId:
        """Return the table's name outside; a path is a piece of what the path rules say."""
        dataset = source.dataset(table)
        return self._rules.dataset_id(dataset, is_folder=table.name.endswith("/")) if table.form == PATH else dataset

    def _fields_of(self, source: SqlSource, sources: Iterable[FieldSource]) -> Iterable[SourceField]:
        for field in sources:
            if field.field != "*" and not source.is_system(field.table):
                dataset = self._dataset(source, field.table)
                yield SourceField(
                    dataset.namespace, dataset.name, field.field, field.type, field.subtype, field.masking
                )

    # --- temporary tables

    def _without_temporary(self, source: SqlSource, answer: StatementLineage) -> StatementLineage:
        """Return the statement with sources in place of temporary tables; remember what it puts into one."""
        inputs: dict[TableName, None] = {}
        for table in answer.inputs:
            stands_for = self._temporary.get((id(source), table))
            inputs.update(dict.fromkeys(stands_for.inputs if stands_for else (table,)))
        fields = None
        if answer.fields is not None:
            fields = tuple(f._replace(sources=tuple(self._expand(source, f.sources))) for f in answer.fields)
        answer = answer._replace(
            inputs=tuple(inputs), fields=fields, indirect=tuple(self._expand(source, answer.indirect))
        )
        if not answer.outputs:
            return answer
        key = (id(source), answer.outputs[0])
        if answer.kind == "DROP_TABLE":
            self._temporary.pop(key, None)
        elif answer.is_temporary or key in self._temporary or _is_temporary(source, answer.outputs[0]):
            self._temporary[key] = _joined(self._temporary.get(key), answer)
            return answer._replace(outputs=(), kind="TEMPORARY")
        return answer

    def _expand(self, source: SqlSource, sources: Iterable[FieldSource]) -> Iterable[FieldSource]:
        for field in sources:
            table = self._temporary.get((id(source), field.table))
            if table is None:
                yield field
                continue
            for deeper in table.sources_by_name().get(field.field, ()):
                yield _composed(field, deeper)


def _writes(answer: StatementLineage) -> bool:
    """Whether a statement changes rows: also a query whose CTEs do, or that has another server do it."""
    return answer.kind in WRITES or (answer.kind == "SELECT" and bool(answer.outputs))


def _is_temporary(source: SqlSource, table: TableName) -> bool:
    """Whether a table goes with the session or, in a database in memory, with the process."""
    asked = getattr(source, "is_temporary", None)
    return table.name.startswith("#") or (asked is not None and asked(table))


def _has_values(source: SqlSource, answer: StatementLineage) -> bool:
    """Whether a statement also reads what the program holds: a frame that DuckDB finds under a variable's name."""
    asked = getattr(source, "is_program", None)
    return asked is not None and any(asked(table) for table in answer.inputs)


def _composed(outer: FieldSource, inner: FieldSource) -> FieldSource:
    """Return the source of a source: the stronger transformation, steering before entering."""
    masking = outer.masking or inner.masking
    if inner.type == "INDIRECT" or (outer.type == inner.type == "DIRECT" and outer.subtype == "IDENTITY"):
        return inner._replace(masking=masking)
    subtype = (
        "AGGREGATION" if "AGGREGATION" in (outer.subtype, inner.subtype) and outer.type == "DIRECT" else outer.subtype
    )
    return inner._replace(type=outer.type, subtype=subtype, masking=masking)


def _joined(known: StatementLineage | None, answer: StatementLineage) -> StatementLineage:
    """Add what one more statement puts into a temporary table."""
    if known is None or answer.kind == "CREATE_TABLE_AS":
        return answer
    return known._replace(
        inputs=tuple(dict.fromkeys(known.inputs + answer.inputs)),
        fields=(known.fields or ()) + (answer.fields or ()),
        indirect=tuple(dict.fromkeys(known.indirect + answer.indirect)),
    )


def learn(source: SqlSource, answer: StatementLineage) -> None:
    """Remember the columns of the tables that a statement made, changed, renamed or dropped."""
    if not answer.outputs:
        return
    target = answer.outputs[0]
    if answer.kind == "DROP_TABLE":
        for table in answer.outputs:
            source.schema.drop(table)
    elif answer.kind == "RENAME_TABLE":
        for old, new in zip(answer.inputs, answer.outputs, strict=False):
            columns = source.schema.columns(old)
            source.schema.drop(old)
            if columns:
                source.schema.put(new, columns)
    elif answer.columns and (
        answer.kind != "CREATE_TABLE" or source.schema.columns(target) is None or _is_typed(answer)
    ):
        source.schema.put(target, _with_types(source, answer))


def _is_typed(answer: StatementLineage) -> bool:
    return any(column.type for column in answer.columns or ())


def _with_types(source: SqlSource, answer: StatementLineage) -> list[Column]:
    """Give the columns of a new table the types of the fields that they are copies of."""
    columns: list[Column] = []
    for column in answer.columns or ():
        sources = answer.sources_by_name().get(column.name, ())
        if column.type is None and len(sources) == 1 and sources[0].subtype == "IDENTITY":
            known = source.schema.columns(sources[0].table) or ()
            data_type = next((c.type for c in known if c.name.lower() == sources[0].field.lower()), None)
            columns.append(column._replace(type=data_type))
        else:
            columns.append(column)
    return columns


def _learn_structure(source: SqlSource, structure: Any) -> None:
    try:
        for table, columns in source.tables(structure):
            if columns:
                source.schema.put(table, columns)
    except Exception:  # noqa: BLE001  border: the host may change its metadata while we look; the text still says enough
        return


def _is_all_system(source: SqlSource, answer: StatementLineage) -> bool:
    return bool(answer.inputs) and not answer.outputs and all(source.is_system(table) for table in answer.inputs)
