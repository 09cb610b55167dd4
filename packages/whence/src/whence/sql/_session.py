"""Scripts as sessions: what one statement changes for the next, and what a whole text does to the world.

`Session` carries names' defaults (USE, search_path), the columns of tables made on the way, renames and drops.
`script_of` puts the answers together under a profile's conventions. It must not parse statements.
Source: for the form `ends`, sqllineage's account of intermediates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql._combine import Origin, collapsed, expanded, renamed
from whence.sql._names import Known, Schema
from whence.sql._profiles import DEFAULT
from whence.sql._result import TABLE, ScriptLineage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from whence.sql._names import Tables
    from whence.sql._profiles import Profile
    from whence.sql._result import Column, OutputField, StatementLineage, TableName

_SHARD = re.compile(r"_(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z")
_DEEPEST = 20
_MADE = ("CREATE_TABLE_AS", "CACHE_TABLE", "CREATE_VIEW")
_SHAPED = ("CREATE_TABLE", "ALTER_TABLE")


class Overlay(Schema):
    """What is known of tables' columns in a session: the schema, and over it what statements and views made."""

    def __init__(self, schema: Tables, *, fold_shards: bool = False) -> None:
        super().__init__()
        self._schema = schema
        self._own: dict[str, Known | None] = {}
        self._fold_shards = fold_shards
        self.columns_of_view: Callable[[TableName], Known | None] | None = None
        self.version = 0

    def known(self, table: TableName) -> Known | None:
        """Return the columns of a table, None when they are not known."""
        own = str(table).lower()
        if own in self._own:
            return self._own[own]
        view = self.columns_of_view(table) if self.columns_of_view is not None else None
        if view is not None:
            return view
        return self._schema.known(folded_shard(table) if self._fold_shards else table)

    def learn(self, table: TableName, columns: tuple[Column, ...] | None) -> None:
        """Remember the columns of a table; None: it is there and they are not known."""
        self._own[str(table).lower()] = None if columns is None else Known.of(columns)
        self.version += 1

    def __len__(self) -> int:
        return len(self._schema) + len(self._own)


class Session:
    """What statements leave behind for the next. `views` are the queries behind views, by dotted name."""

    def __init__(
        self,
        dialect: str,
        default_db: str | None,
        default_schema: str | None,
        schema: Tables,
        profile: Profile = DEFAULT,
        views: Mapping[str, str] | None = None,
    ) -> None:
        self.dialect = dialect
        self.default_db = default_db
        self.default_schema = default_schema
        self.profile = profile
        self.base = schema
        self.schema = Overlay(schema, fold_shards=profile.fold_shards)
        self.prepared: dict[str, str] = {}  # name of a prepared statement -> its text
        self.declared: frozenset[str] = frozenset()  # variables of the script, which are no columns
        self.read_view: Callable[[str], StatementLineage | None] | None = None  # reads a view's query
        self._views = {name.lower(): sql for name, sql in (views or {}).items()}
        self._origins: dict[str, Origin | None] = {}
        self._depth = 0
        if self._views:
            self.schema.columns_of_view = self._view_columns

    def key(self) -> tuple[str, ...]:
        """Return what the reading of the next statement depends on, besides the schema."""
        return (self.default_db or "", self.default_schema or "", self.profile.name, *sorted(self.declared))

    def follow(self, text: str, answer: StatementLineage) -> None:
        """Take over what a statement changes for those that follow."""
        if answer.kind == "CONTROL":
            self._follow_control(text)
        elif answer.kind == "RENAME_TABLE":
            for old, new in zip(answer.inputs, answer.outputs, strict=False):
                self.schema.learn(new, self.schema.columns(old))
                self.schema.learn(old, None)
        elif answer.kind == "SWAP_TABLES":
            first, second = answer.outputs[0], answer.outputs[-1]
            columns = self.schema.columns(first)
            self.schema.learn(first, self.schema.columns(second))
            self.schema.learn(second, columns)
        elif answer.kind == "DROP_TABLE":
            for table in answer.outputs:
                self.schema.learn(table, None)
        elif answer.outputs and (answer.kind in _MADE or (answer.kind in _SHAPED and (answer.columns or answer.notes))):
            self.schema.learn(answer.outputs[0], answer.columns)

    def _follow_control(self, text: str) -> None:
        word = text[:7].upper()
        if word == "PREPARE":
            from whence.sql._prepared import prepared  # noqa: PLC0415  loaded with the first such statement

            self.prepared.update([named] if (named := prepared(text)) is not None else [])
        elif word == "DECLARE":
            from whence.sql.movers._variables import declared  # noqa: PLC0415  as above

            self.declared |= declared(text, self.dialect)
        elif self.profile.use_statements:
            from whence.sql._defaults import after  # noqa: PLC0415  as above

            self.default_db, self.default_schema = after(text, self.dialect, self.default_db, self.default_schema)

    def text_of(self, text: str) -> str | None:
        """Return what EXECUTE runs, None for another statement or a name that nothing was prepared under."""
        from whence.sql._prepared import executed  # noqa: PLC0415  as above

        return self.prepared.get(executed(text) or "")

    # --- views

    def view(self, table: TableName) -> Origin | None:
        """Return what a view stands for, None when its query is not given or cannot be read."""
        if not self._views or table.form != TABLE:
            return None
        name = self._view_name(table)
        if name is None:
            return None
        if name not in self._origins:
            self._origins[name] = None  # a view of itself is none
            self._origins[name] = self._read_view(self._views[name])
        return self._origins[name]

    def for_view(self) -> Session:
        """Return a session in which the query of a view is read: it knows the same views, and no temporary tables."""
        inner = Session(self.dialect, self.default_db, self.default_schema, self.base, self.profile)
        inner.schema.columns_of_view = self._view_columns
        return inner

    def _view_name(self, table: TableName) -> str | None:
        parts = str(table).lower().split(".")
        return next((name for i in range(len(parts)) if (name := ".".join(parts[i:])) in self._views), None)

    def _read_view(self, sql: str) -> Origin | None:
        if self.read_view is None or self._depth > _DEEPEST:
            return None
        self._depth += 1
        try:
            answer = self.read_view(sql)
        finally:
            self._depth -= 1
        if answer is None or answer.kind not in ("SELECT", "CREATE_VIEW", "CREATE_TABLE_AS"):
            return None
        return Origin().plus(self.without_views(answer))

    def _view_columns(self, table: TableName) -> Known | None:
        origin = self.view(table)
        if origin is None or any(field.name == "*" for field in origin.fields):
            return None
        return Known(tuple(field.name for field in origin.fields))

    def without_views(self, answer: StatementLineage) -> StatementLineage:
        """Return an answer with what stands behind views in their place."""
        if not self._views:
            return answer
        origins = {table: origin for table in answer.inputs if (origin := self.view(table)) is not None}
        return expanded(answer, origins)


# --- what a whole text does


def script_of(answers: Sequence[StatementLineage], profile: Profile) -> ScriptLineage:
    """Return what statements together read and write, by the conventions of a profile."""
    counted = [_conventional(answer, profile) for answer in answers]
    notes = tuple(note for answer in answers for note in answer.notes)
    if profile.script == "ends":
        inputs, outputs = _ends(counted)
        fields = _through(counted, outputs)
    else:
        kept = collapsed(counted, keeps_unread=True) if profile.script == "session" else counted
        inputs = list(dict.fromkeys(table for answer in kept for table in answer.inputs))
        outputs = list(dict.fromkeys(table for answer in kept for table in answer.outputs))
        if profile.script == "session":
            outputs = _after_drops(answers, outputs, profile)
        fields = [field for answer in kept for field in answer.fields or ()]
    return ScriptLineage(tuple(answers), tuple(inputs), tuple(outputs), tuple(fields), notes)


def _conventional(answer: StatementLineage, profile: Profile) -> StatementLineage:
    """Return an answer as far as the convention on definitions counts it."""
    if profile.ddl == "create" and answer.kind in ("DELETE", "TRUNCATE", "CACHE_TABLE"):
        return answer._replace(inputs=(), outputs=(), fields=None)
    if profile.ddl == "create" and answer.kind in ("DROP_TABLE", "SWAP_TABLES", "RENAME_TABLE"):
        return answer if profile.script == "ends" else answer._replace(inputs=(), outputs=())
    if profile.ddl == "create" and answer.kind == "ALTER_TABLE" and not answer.inputs:
        return answer._replace(outputs=())
    return answer


def _after_drops(
    answers: Iterable[StatementLineage], outputs: Iterable[TableName], profile: Profile
) -> list[TableName]:
    """Leave out tables that are dropped in the end."""
    if profile.ddl == "all":
        return list(outputs)
    gone: dict[TableName, None] = {}
    for answer in answers:
        for table in answer.outputs:
            gone.pop(table, None)
            if answer.kind == "DROP_TABLE":
                gone[table] = None
    return [table for table in outputs if table not in gone]


def _ends(answers: Iterable[StatementLineage]) -> tuple[list[TableName], list[TableName]]:
    """Return the first and the last tables of all chains: what is read and never written, and the other way round.

    A table that a statement fills from itself is both; one only read, or only written, is an end by itself.
    """
    graph = _Graph()
    for answer in answers:
        if answer.kind == "DROP_TABLE":
            for table in answer.outputs:
                graph.drop(table)
        elif answer.kind == "RENAME_TABLE":
            for old, new in zip(answer.inputs, answer.outputs, strict=False):
                graph.rename(old, new)
        elif answer.kind not in ("TRUNCATE", "SWAP_TABLES"):
            graph.add(answer.inputs, answer.outputs)
    return graph.ends()


class _Graph:
    """Tables and which one is filled from which."""

    def __init__(self) -> None:
        self._edges: dict[tuple[TableName, TableName], None] = {}
        self._read_only: dict[TableName, None] = {}
        self._written_only: dict[TableName, None] = {}

    def add(self, inputs: Sequence[TableName], outputs: Sequence[TableName]) -> None:
        """Add what one statement does."""
        self._edges.update(((source, target), None) for source in inputs for target in outputs)
        if not outputs:
            self._read_only.update(dict.fromkeys(inputs))
        if not inputs:
            self._written_only.update(dict.fromkeys(outputs))

    def drop(self, table: TableName) -> None:
        """Forget a table that nothing was read from or put into."""
        if not any(table in edge for edge in self._edges):
            self._read_only.pop(table, None)
            self._written_only.pop(table, None)

    def rename(self, old: TableName, new: TableName) -> None:
        """Give a table its new name."""
        self._edges = {
            (new if source == old else source, new if target == old else target): None for source, target in self._edges
        }
        for kept in (self._read_only, self._written_only):
            if old in kept:
                del kept[old]
                kept[new] = None

    def ends(self) -> tuple[list[TableName], list[TableName]]:
        """Return first and last tables."""
        itself = [source for source, target in self._edges if source == target]
        sources = dict.fromkeys(source for source, _ in self._edges)
        targets = dict.fromkeys(target for _, target in self._edges)
        first = dict.fromkeys([*self._read_only, *(s for s in sources if s not in targets), *itself])
        last = dict.fromkeys([*self._written_only, *(t for t in targets if t not in sources), *itself])
        return list(first), list(last)


def _through(answers: Iterable[StatementLineage], outputs: Iterable[TableName]) -> list[OutputField]:
    """Return the fields of the last tables, their sources followed back through the tables between."""
    origins: dict[TableName, Origin] = {}
    ends = set(outputs)
    fields: list[OutputField] = []
    for given in answers:
        answer = expanded(given, origins)
        for table in answer.outputs:
            own = answer._replace(fields=tuple(f for f in answer.fields if f.table == table) if answer.fields else None)
            if answer.kind not in ("DROP_TABLE", "RENAME_TABLE") and answer.fields:
                origins[table] = origins.get(table, Origin()).plus(own)
        fields += [field for field in answer.fields or () if field.table is None or field.table in ends]
    return fields


# --- date shards


def folded_shard(table: TableName) -> TableName:
    """Return the name of all date shards of a table: `events_20240101` is `events_yyyymmdd`."""
    return table._replace(name=_SHARD.sub("_yyyymmdd", table.name))


def with_folded_shards(answer: StatementLineage) -> StatementLineage:
    """Return an answer in which date shards have their common name."""
    return renamed(answer, folded_shard)
