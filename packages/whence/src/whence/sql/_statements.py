"""From one parsed statement to its StatementLineage: what it writes and reads, which column comes from which.

One function a kind of statement; queries go to the resolver. Conventions, where both ways are defended elsewhere: the
target of an UPDATE, DELETE or MERGE is an output only; a table read by an unused CTE is an input; a DDL statement
without a query moves no data. It must not parse text. Source: sqlglot's expression classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from whence.sql._edges import LOST, NOTHING, Relation, Scope
from whence.sql._resolve import Resolver
from whence.sql._result import PARSED, PARTLY, UNKNOWN, Column, FieldSource, Note, OutputField, StatementLineage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from whence.sql._edges import Sources
    from whence.sql._names import Lookup
    from whence.sql._result import TableName

CONTROL = StatementLineage("CONTROL")


class Reading:
    """The reading of one statement: its resolver and the answer under construction."""

    def __init__(self, dialect: str, lookup: Lookup, default_db: str | None, default_schema: str | None) -> None:
        self.resolver = Resolver(dialect, lookup, default_db, default_schema)
        self.dialect = dialect

    def read(self, node: exp.Expr) -> StatementLineage:
        """Return what the statement does."""
        if isinstance(node, exp.Query):
            return self._query(node)
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            return handler(self, node)
        if isinstance(node, _CONTROL):
            return CONTROL
        if isinstance(node, (exp.Alias, exp.Condition)):
            return unknown("unsupported_statement", "a text that is an expression and no statement was not read")
        word = node.name if isinstance(node, exp.Command) else type(node).__name__
        return unknown("unsupported_statement", f"statements of the kind {word.upper()} are not read")

    # --- queries

    def _query(self, node: exp.Query) -> StatementLineage:
        into = node.args.get("into")
        relation = self.resolver.query(node, None, {})
        if isinstance(into, exp.Into) and isinstance(into.this, exp.Table):
            return self._makes("CREATE_TABLE_AS", into.this, relation, [], temporary=bool(into.args.get("temporary")))
        return self._answer("SELECT", (), fields=self._by_name(relation))

    def _by_name(self, relation: Relation) -> dict[str, Sources]:
        self._note_opens(relation)
        fields: dict[str, Sources] = {}
        for name, sources in relation.columns:
            fields[name] = fields.get(name, NOTHING) | sources
        return fields

    def _note_opens(self, relation: Relation) -> None:
        for table in relation.opens:
            self.resolver.note("unknown_columns", f"the columns of {table} are not known: its * was not expanded")

    # --- statements that write

    def insert(self, node: exp.Insert) -> StatementLineage:
        """Read INSERT: values come from the caller, rows of a query from its tables."""
        target, names = self._target(node.this)
        if target is None:
            return unknown("unsupported_statement", "an INSERT into something that is no table")
        ctes = self.resolver.with_ctes(node, None, {})
        source = node.args.get("expression")
        if not isinstance(source, exp.Query):
            return self._answer("INSERT", (target,), fields={})
        relation = self.resolver.query(source, None, ctes)
        if isinstance(source, exp.Values) and not self.resolver.inputs:
            return self._answer("INSERT", (target,), fields={})
        return self._answer("INSERT", (target,), fields=self._into(target, names, relation))

    def _into(self, target: TableName, names: list[str], relation: Relation) -> dict[str, Sources] | None:
        """Pair the target's columns with those of the query, by position."""
        names = names or self.resolver.known_columns(target) or []
        if relation.opens or relation.fallback is not None:
            self._note_opens(relation)
            if names or relation.columns:
                return None
        if not names:
            self.resolver.note(
                "target_columns_unknown", f"the columns of {target} are not known and the INSERT does not name them"
            )
            return None
        if len(relation.columns) > len(names):
            self.resolver.note("column_count", f"the query gives more columns than {target} is known to have")
            return None
        return {name: sources for name, (_, sources) in zip(names, relation.columns, strict=False)}

    def create(self, node: exp.Create) -> StatementLineage:
        """Read CREATE TABLE, CREATE TABLE AS and CREATE VIEW; the other things that can be created move no data."""
        kind = str(node.args.get("kind") or "").upper()
        if kind not in ("TABLE", "VIEW"):
            return CONTROL
        query = node.args.get("expression")
        temporary = _is_temporary(node)
        if not isinstance(query, exp.Query):
            return self._create_table(node, temporary=temporary)
        _, names = self._target(node.this)
        relation = self.resolver.query(query, None, self.resolver.with_ctes(node, None, {}))
        table = node.this.this if isinstance(node.this, exp.Schema) else node.this
        return self._makes(
            "CREATE_VIEW" if kind == "VIEW" else "CREATE_TABLE_AS", table, relation, names, temporary=temporary
        )

    def _makes(
        self, kind: str, table: exp.Table, relation: Relation, names: list[str], *, temporary: bool
    ) -> StatementLineage:
        target = self.resolver.table_name(table)
        relation = relation.renamed(names)
        fields = self._by_name(relation)
        columns = None if relation.opens or not fields else tuple(Column(name) for name in fields)
        return self._answer(kind, (target,), fields=fields or None, columns=columns, temporary=temporary)

    def _create_table(self, node: exp.Create, *, temporary: bool) -> StatementLineage:
        target, _ = self._target(node.this)
        if target is None:
            return CONTROL
        definitions = node.this.expressions if isinstance(node.this, exp.Schema) else []
        columns = tuple(self._column(d) for d in definitions if isinstance(d, exp.ColumnDef))
        return self._answer("CREATE_TABLE", (target,), columns=columns or None, temporary=temporary)

    def _column(self, definition: exp.ColumnDef) -> Column:
        kind = definition.args.get("kind")
        text = self._type(kind) if isinstance(kind, exp.Expr) else None
        if text is not None and ("'" in text or '"' in text):  # ENUM('a', 'b') holds literals
            text = text.split("(", 1)[0].strip()
        return Column(self.resolver.column_name(definition.this), text)

    def _type(self, kind: exp.Expr) -> str:
        """Return a type as its database writes it; SQLite keeps what was written, which sqlglot would translate."""
        if self.dialect != "sqlite" or not isinstance(kind, exp.DataType):
            return kind.sql(dialect=self.dialect or None)
        name = "INTEGER" if kind.this == exp.DType.INT else str(getattr(kind.this, "value", kind.this))
        sizes = ", ".join(size.sql() for size in kind.expressions)
        return f"{name}({sizes})" if sizes else name

    def update(self, node: exp.Update) -> StatementLineage:
        """Read UPDATE with its FROM or joins; columns set from other tables have those as sources."""
        scope, ctes, target = self._open(node)
        if target is None:
            return unknown("unsupported_statement", "an UPDATE of something that is no table")
        start = node.args.get("from_")
        if start is not None:
            self.resolver.add_source(start.this, scope, ctes)
            self.resolver.add_joins(start.this, scope, ctes)
        fields = self._assignments(node.expressions, scope, ctes)
        self.resolver.shape(node.args.get("where"), "FILTER", scope, ctes)
        return self._answer("UPDATE", (target,), fields=fields, changes=target)

    def delete(self, node: exp.Delete) -> StatementLineage:
        """Read DELETE: the tables of USING, joins and subqueries are inputs."""
        scope, ctes, target = self._open(node)
        for other in node.args.get("using") or ():
            self.resolver.add_source(other, scope, ctes)
        self.resolver.shape(node.args.get("where"), "FILTER", scope, ctes)
        named = [scope.named(t.name.lower()) for t in node.args.get("tables") or ()]
        targets = [r.opens[0] for r in named if r is not None and r.opens] or ([target] if target else [])
        return self._answer("DELETE", tuple(targets), changes=targets[0] if targets else None)

    def merge(self, node: exp.Merge) -> StatementLineage:
        """Read MERGE: both the updated and the inserted columns."""
        scope, ctes, target = self._open(node)
        if target is None:
            return unknown("unsupported_statement", "a MERGE into something that is no table")
        self.resolver.add_source(node.args["using"], scope, ctes)
        self.resolver.shape(node.args.get("on"), "JOIN", scope, ctes)
        fields: dict[str, Sources] = {}
        whens = node.args.get("whens")
        for when in whens.expressions if isinstance(whens, exp.Whens) else ():
            for name, sources in self._when(when.args.get("then"), target, scope, ctes).items():
                fields[name] = fields.get(name, NOTHING) | sources
            self.resolver.shape(when.args.get("condition"), "CONDITIONAL", scope, ctes)
        return self._answer("MERGE", (target,), fields=fields or None, changes=target)

    def _when(
        self, action: exp.Expr | None, target: TableName, scope: Scope, ctes: Mapping[str, Relation]
    ) -> dict[str, Sources]:
        if isinstance(action, exp.Update):
            return self._assignments(action.expressions, scope, dict(ctes))
        if not isinstance(action, exp.Insert) or not isinstance(action.args.get("expression"), exp.Tuple):
            return {}
        columns = action.this.expressions if isinstance(action.this, exp.Tuple) else []
        names = [self.resolver.column_name(c.this if isinstance(c, exp.Column) else c) for c in columns]
        values = action.args["expression"].expressions
        names = names or self.resolver.known_columns(target) or []
        return {name: self.resolver.edges(value, scope, dict(ctes)) for name, value in zip(names, values, strict=False)}

    def _assignments(self, items: Iterable[exp.Expr], scope: Scope, ctes: dict[str, Relation]) -> dict[str, Sources]:
        fields: dict[str, Sources] = {}
        for item in items:
            if isinstance(item, exp.EQ) and isinstance(item.this, exp.Column):
                fields[self.resolver.column_name(item.this.this)] = self.resolver.edges(item.expression, scope, ctes)
            else:
                self.resolver.note("assignment", f"an assignment of the form {type(item).__name__} was not followed")
        return fields

    def _open(self, node: exp.Expr) -> tuple[Scope, dict[str, Relation], TableName | None]:
        """Put the target of a changing statement and its joins into a scope."""
        ctes = self.resolver.with_ctes(node, None, {})
        scope = Scope(None)
        table = node.this
        if not isinstance(table, exp.Table):
            return scope, ctes, None
        target = self.resolver.table_name(table)
        inputs = dict(self.resolver.inputs)
        scope.relations[table.alias_or_name.lower()] = self.resolver.base(target)
        self.resolver.inputs = inputs
        self.resolver.add_joins(table, scope, ctes)
        return scope, ctes, target

    # --- the rest

    def alter(self, node: exp.Alter) -> StatementLineage:
        """Read ALTER TABLE: the columns it adds or drops; RENAME names the old and the new table as outputs."""
        table = node.this
        if not isinstance(table, exp.Table):
            return CONTROL
        target = self.resolver.table_name(table)
        actions: list[exp.Expr] = node.args.get("actions") or []
        renamed = next((a.this for a in actions if isinstance(a, exp.AlterRename)), None)
        if isinstance(renamed, exp.Table):
            if renamed.args.get("db") is None:
                renamed = exp.Table(this=renamed.this, db=table.args.get("db"), catalog=table.args.get("catalog"))
            return self._answer("RENAME_TABLE", (target, self.resolver.table_name(renamed)))
        added = tuple(self._column(a) for a in actions if isinstance(a, exp.ColumnDef))
        kept = self.resolver.lookup.columns(target)
        if not added or kept is None:
            return self._answer("ALTER_TABLE", (target,))
        return self._answer("ALTER_TABLE", (target,), columns=kept + added)

    def drop(self, node: exp.Drop) -> StatementLineage:
        """Read DROP TABLE and DROP VIEW."""
        if str(node.args.get("kind") or "").upper() not in ("TABLE", "VIEW"):
            return CONTROL
        tables = node.args.get("tables") or [node.this]
        return self._answer(
            "DROP_TABLE", tuple(self.resolver.table_name(t) for t in tables if isinstance(t, exp.Table))
        )

    def truncate(self, node: exp.TruncateTable) -> StatementLineage:
        """Read TRUNCATE."""
        return self._answer(
            "TRUNCATE", tuple(self.resolver.table_name(t) for t in node.expressions if isinstance(t, exp.Table))
        )

    def copy(self, node: exp.Copy) -> StatementLineage:
        """Read COPY at table level; what lies on the other side is named in a note."""
        self.resolver.note("copy_location", "the file or program on the other side of COPY was not read")
        loads = bool(node.args.get("kind"))
        target, _ = self._target(node.this)
        if target is not None and loads:
            return self._answer("COPY", (target,))
        if target is not None:
            self.resolver.inputs[target] = None
        elif isinstance(node.this, exp.Subquery):
            self.resolver.query(node.this, None, {})
        return self._answer("SELECT", ())

    def _target(self, node: exp.Expr | None) -> tuple[TableName | None, list[str]]:
        if isinstance(node, exp.Schema):
            names = [
                self.resolver.column_name(c) for c in node.expressions if isinstance(c, (exp.Identifier, exp.ColumnDef))
            ]
            node = node.this
            return (self.resolver.table_name(node) if isinstance(node, exp.Table) else None), names
        return (self.resolver.table_name(node) if isinstance(node, exp.Table) else None), []

    def _answer(
        self,
        kind: str,
        outputs: tuple[TableName, ...],
        *,
        fields: Mapping[str, Sources] | None = None,
        columns: tuple[Column, ...] | None = None,
        temporary: bool = False,
        changes: TableName | None = None,
    ) -> StatementLineage:
        resolver = self.resolver

        def foreign(sources: Iterable[FieldSource]) -> tuple[FieldSource, ...]:
            return tuple(sorted((s for s in sources if s.table != changes), key=_order))

        return StatementLineage(
            kind,
            tuple(resolver.inputs),
            tuple(dict.fromkeys((*outputs, *resolver.changed))),
            None
            if fields is None
            else tuple(
                OutputField(name, foreign(sources - LOST), outputs[0] if outputs else None, not sources & LOST)
                for name, sources in fields.items()
            ),
            foreign(resolver.indirect),
            columns,
            temporary,
            tuple(resolver.notes),
            PARTLY if any(note.hides for note in resolver.notes) else PARSED,
        )


def unknown(code: str, message: str) -> StatementLineage:
    """Return the answer for a statement that was not understood."""
    return StatementLineage("UNKNOWN", notes=(Note(code, message, hides="tables"),), state=UNKNOWN, confidence=0.0)


def _order(source: FieldSource) -> tuple[str, ...]:
    return (str(source.table), source.field, source.type, source.subtype, str(source.masking))


def _is_temporary(node: exp.Create) -> bool:
    properties = node.args.get("properties")
    return isinstance(properties, exp.Properties) and any(
        isinstance(p, exp.TemporaryProperty) for p in properties.expressions
    )


_CONTROL = (
    exp.Set,
    exp.Pragma,
    exp.Transaction,
    exp.Commit,
    exp.Rollback,
    exp.Use,
    exp.Show,
    exp.Describe,
    exp.Grant,
    exp.Comment,
    exp.Analyze,
    exp.Kill,
    exp.Attach,
    exp.Detach,
)
_HANDLERS: dict[type[exp.Expr], Callable[[Reading, exp.Expr], StatementLineage]] = {
    exp.Insert: Reading.insert,
    exp.Create: Reading.create,
    exp.Update: Reading.update,
    exp.Delete: Reading.delete,
    exp.Merge: Reading.merge,
    exp.Alter: Reading.alter,
    exp.Drop: Reading.drop,
    exp.TruncateTable: Reading.truncate,
    exp.Copy: Reading.copy,
}  # pyright: ignore[reportAssignmentType]  each handler takes its own class
