"""Several answers made one: bodies of routines, blocks, and the temporary tables that end with them.

Values in, values out. It must not know a parser. How two transformations in a row become one: the stronger wins, and
steering a result beats entering it (OpenLineage columnLineage 1-2-0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from whence.sql._result import (
    AGGREGATION,
    DIRECT,
    IDENTITY,
    INDIRECT,
    PARSED,
    PARTLY,
    TABLE,
    UNKNOWN,
    FieldSource,
    Note,
    OutputField,
    StatementLineage,
    TableName,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


class Origin(NamedTuple):
    """What a table that is no more stood for: the tables it was filled from, and the sources of its fields.

    `is_whole` is false where some of its fields' sources are not known.
    """

    inputs: tuple[TableName, ...] = ()
    fields: tuple[OutputField, ...] = ()
    indirect: tuple[FieldSource, ...] = ()
    is_whole: bool = True

    def find(self, name: str) -> tuple[tuple[FieldSource, ...], bool]:
        """Return the sources of a field, and whether they are all; a star gives everything."""
        if name == "*":
            every = dict.fromkeys(source for field in self.fields for source in field.sources)
            return tuple(every), False
        wanted = name.lower()
        own = [field for field in self.fields if field.name.lower() == wanted]
        stars = [field for field in self.fields if field.name == "*"]
        if own:
            return tuple(dict.fromkeys(s for field in own for s in field.sources)), all(f.is_whole for f in own)
        if len(stars) == 1 and len(stars[0].sources) == 1:  # a copy of one table has that table's columns
            return (stars[0].sources[0]._replace(field=name),), True
        return tuple(dict.fromkeys(s for field in stars for s in field.sources)), self.is_whole and not stars

    def plus(self, answer: StatementLineage) -> Origin:
        """Return it with what one more statement puts into the table."""
        return Origin(
            tuple(dict.fromkeys((*self.inputs, *answer.inputs))),
            (*self.fields, *(answer.fields or ())),
            tuple(dict.fromkeys((*self.indirect, *answer.indirect))),
            self.is_whole and answer.fields is not None,
        )


def composed(outer: FieldSource, inner: FieldSource) -> FieldSource:
    """Return the source of a source: the stronger transformation, steering before entering."""
    masking = outer.masking or inner.masking
    if inner.type == INDIRECT or (outer.type == DIRECT and outer.subtype == IDENTITY):
        return inner._replace(masking=masking)
    is_aggregate = outer.type == DIRECT and AGGREGATION in (outer.subtype, inner.subtype)
    subtype = AGGREGATION if is_aggregate else outer.subtype
    return FieldSource(inner.table, inner.field, outer.type, subtype, masking)


def expanded(answer: StatementLineage, origins: Mapping[TableName, Origin]) -> StatementLineage:
    """Return an answer with what stands behind temporary tables and views in their place."""
    if not origins or not any(table in origins for table in answer.inputs):
        return answer
    inputs: dict[TableName, None] = {}
    indirect: dict[FieldSource, None] = {}
    for table in answer.inputs:
        origin = origins.get(table)
        inputs.update(dict.fromkeys(origin.inputs if origin is not None else (table,)))
        indirect.update(dict.fromkeys(origin.indirect if origin is not None else ()))
    for source in answer.indirect:
        indirect.update(dict.fromkeys(_deeper(source, origins)[0]))
    fields = None if answer.fields is None else tuple(_field(field, origins) for field in answer.fields)
    return answer._replace(inputs=tuple(inputs), fields=fields, indirect=tuple(indirect))


def _field(field: OutputField, origins: Mapping[TableName, Origin]) -> OutputField:
    found: dict[FieldSource, None] = {}
    is_whole = field.is_whole
    for source in field.sources:
        deeper, complete = _deeper(source, origins)
        found.update(dict.fromkeys(deeper))
        is_whole = is_whole and complete
    return field._replace(sources=tuple(found), is_whole=is_whole)


def _deeper(source: FieldSource, origins: Mapping[TableName, Origin]) -> tuple[tuple[FieldSource, ...], bool]:
    origin = origins.get(source.table)
    if origin is None:
        return (source,), True
    sources, complete = origin.find(source.field)
    return tuple(composed(source, inner) for inner in sources), complete


def combined(
    kind: str,
    answers: Sequence[StatementLineage],
    *,
    inputs: Iterable[TableName] = (),
    outputs: Iterable[TableName] = (),
    notes: Iterable[Note] = (),
    into: TableName | None = None,
) -> StatementLineage:
    """Return one answer for several; fields that went nowhere go `into` a table."""
    fields = [field for answer in answers for field in answer.fields or ()]
    if into is not None:
        fields = [field if field.table is not None else field._replace(table=into) for field in fields]
    all_notes = tuple(dict.fromkeys((*notes, *(note for answer in answers for note in answer.notes))))
    is_part = any(answer.state == UNKNOWN for answer in answers) or any(note.hides for note in all_notes)
    return StatementLineage(
        kind,
        tuple(dict.fromkeys((*inputs, *(table for answer in answers for table in answer.inputs)))),
        tuple(dict.fromkeys((*outputs, *(table for answer in answers for table in answer.outputs)))),
        tuple(fields) if fields or any(answer.fields is not None for answer in answers) else None,
        tuple(dict.fromkeys(source for answer in answers for source in answer.indirect)),
        notes=all_notes,
        state=PARTLY if is_part else PARSED,
        confidence=min((answer.confidence for answer in answers), default=1.0) if is_part else 1.0,
    )


def collapsed(answers: Iterable[StatementLineage], *, keeps_unread: bool = False) -> list[StatementLineage]:
    """Return the answers of a session without its temporary tables: what they were filled from stands in their place.

    A statement that only fills temporary tables keeps its inputs and has no outputs. `keeps_unread`: a temporary table
    that nothing reads and nothing drops is what the text was for, and stays.
    """
    answers = list(answers)
    wanted = _unread(answers) if keeps_unread else frozenset[TableName]()
    origins: dict[TableName, Origin] = {}
    kept: list[StatementLineage] = []
    for given in answers:
        answer = expanded(given, origins)
        if answer.kind in ("RENAME_TABLE", "SWAP_TABLES"):
            answer = _renamed(given, origins, kept)
        elif answer.kind == "DROP_TABLE":
            for table in answer.outputs:
                origins.pop(table, None)
        else:
            _fill(answer, origins)
        gone = [table for table in given.outputs if table in origins or _was_temporary(table, given)]
        gone = [table for table in gone if table not in wanted]
        if gone:
            fields = None if answer.fields is None else tuple(f for f in answer.fields if f.table not in gone)
            answer = answer._replace(outputs=tuple(t for t in answer.outputs if t not in gone), fields=fields)
        kept.append(answer)
    return kept


def _unread(answers: Iterable[StatementLineage]) -> frozenset[TableName]:
    read: set[TableName] = set()
    written: set[TableName] = set()
    for answer in answers:
        read.update(answer.outputs if answer.kind == "DROP_TABLE" else answer.inputs)
        written.update(answer.outputs)
    return frozenset(written - read)


def _was_temporary(table: TableName, answer: StatementLineage) -> bool:
    return answer.kind == "DROP_TABLE" and is_session_name(table)


def is_session_name(table: TableName) -> bool:
    """Whether the name itself says that a table lives as long as its session: T-SQL's `#t` and `@t`."""
    return table.form == TABLE and table.name.startswith(("#", "@"))


def _fill(answer: StatementLineage, origins: dict[TableName, Origin]) -> None:
    for table in answer.outputs:
        if not (answer.is_temporary or table in origins or is_session_name(table)):
            continue
        own = answer._replace(fields=tuple(f for f in answer.fields if f.table == table) if answer.fields else None)
        is_new = answer.is_temporary and answer.kind != "INSERT"
        known = Origin() if is_new else origins.get(table, Origin())
        origins[table] = known.plus(own) if answer.fields is not None or answer.inputs else known


def _renamed(
    answer: StatementLineage, origins: dict[TableName, Origin], kept: list[StatementLineage]
) -> StatementLineage:
    """Give tables their new names, in what was found before, too; the renaming itself moves no rows."""
    news = dict(zip(answer.inputs, answer.outputs, strict=False))
    if answer.kind == "SWAP_TABLES" and len(answer.inputs) > 1:
        first, second = answer.inputs[:2]
        news = {first: second, second: first}
    moved = {news[old]: origins.pop(old) for old in news if old in origins}
    origins.update(moved)
    made = {table for before in kept for table in before.outputs}
    news = {old: new for old, new in news.items() if old in made}
    if news:
        kept[:] = [renamed(before, lambda table: news.get(table, table)) for before in kept]
    return answer._replace(inputs=(), outputs=())


def renamed(answer: StatementLineage, rename: Callable[[TableName], TableName]) -> StatementLineage:
    """Return an answer in which every table has another name; those that get one name are one."""

    def sources(given: Iterable[FieldSource]) -> tuple[FieldSource, ...]:
        return tuple(dict.fromkeys(source._replace(table=rename(source.table)) for source in given))

    fields = answer.fields
    if fields is not None:
        fields = tuple(
            field._replace(
                sources=sources(field.sources), table=rename(field.table) if field.table is not None else None
            )
            for field in fields
        )
    return answer._replace(
        inputs=tuple(dict.fromkeys(map(rename, answer.inputs))),
        outputs=tuple(dict.fromkeys(map(rename, answer.outputs))),
        fields=fields,
        indirect=sources(answer.indirect),
    )
