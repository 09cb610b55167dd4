"""Statements that make, change or drop things: CREATE, ALTER, DROP, TRUNCATE, and the CACHE of Spark.

A definition with a query moves rows (CREATE TABLE AS, CLONE) or will when it is read (CREATE VIEW). One without names
what it defines, and the files it is laid over. It must not parse text.
Source: the manuals of the dialects that sqlglot parses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from whence.sql._result import PATH, Column, TableName
from whence.sql.statements._reading import CONTROL, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whence.sql._result import StatementLineage
    from whence.sql.queries._scopes import Relation
    from whence.sql.statements._reading import Reading

_STORED = ("TABLE", "VIEW")
_PLACES = ("url", "uris", "external_location", "location", "path")
_ROUTINES = ("FUNCTION", "PROCEDURE")


def create(reading: Reading, node: exp.Create) -> StatementLineage:
    """Read CREATE TABLE, with or without a query, and CREATE VIEW; most other things that are made move no data."""
    kind = str(node.args.get("kind") or "").upper()
    if kind in _ROUTINES:
        return _routine(reading, node)
    target, names = reading.target(node.this)
    if target is not None and kind == "MODEL" and isinstance(node.args.get("expression"), exp.Query):
        reading.resolver.query(node.args["expression"], None, {})
        return reading.answer("CREATE_MODEL", (target,))
    if node.args.get("clone") is not None and kind in ("SCHEMA", "DATABASE"):
        reading.resolver.note("cloned_schema", f"the tables that {target} is cloned with are not known", hides="tables")
        return reading.answer("CREATE_TABLE_AS")
    if target is None or kind not in (*_STORED, "STAGE"):
        return CONTROL
    return _define_stage(reading, node, target) if kind == "STAGE" else _stored(reading, node, kind, target, names)


def _stored(reading: Reading, node: exp.Create, kind: str, target: TableName, names: list[str]) -> StatementLineage:
    query = node.args.get("expression")
    clone = node.args.get("clone")
    is_temporary = _is_temporary(node, target, reading)
    if isinstance(clone, exp.Clone) and isinstance(clone.this, exp.Table):
        relation = reading.copy_of(reading.resolver.table_name(clone.this))
        return makes(reading, "CREATE_TABLE_AS", target, relation, is_temporary=is_temporary)
    if not isinstance(query, (exp.Query, exp.Table)):
        return _define(reading, node, target)
    relation = reading.resolver.query(query, None, reading.resolver.with_ctes(node, None, {}))
    stored = _property(node, exp.ToTableProperty)
    if stored is not None:  # ClickHouse: the view only feeds that table, by name
        fed, _ = reading.target(stored.this)
        return makes(reading, "CREATE_VIEW", fed or target, relation, is_temporary=False)
    made = "CREATE_VIEW" if kind == "VIEW" else "CREATE_TABLE_AS"
    return makes(reading, made, target, relation.renamed(names), is_temporary=is_temporary)


def makes(
    reading: Reading, kind: str, target: TableName, relation: Relation, *, is_temporary: bool
) -> StatementLineage:
    """Return the answer of a statement that makes a table or a view of a query."""
    fields = reading.fields(relation, target)
    columns = None if relation.opens or not fields else tuple(Column(name) for name, _, _ in merged(fields))
    return reading.answer(kind, (target,), fields=fields or None, columns=columns, is_temporary=is_temporary)


def _define(reading: Reading, node: exp.Create, target: TableName) -> StatementLineage:
    """Read a definition without a query: its columns, the table that it is like, the place of its files."""
    definitions = node.this.expressions if isinstance(node.this, exp.Schema) else []
    columns = tuple(column(reading, d) for d in definitions if isinstance(d, exp.ColumnDef))
    names_all = reading.profile.ddl == "all"
    if _property(node, exp.ExecuteAsProperty) is not None and node.this.__class__ is exp.Table:
        reading.resolver.note("prepared", f"what a prepared statement puts into {target} is not known", hides="tables")
    like = _property(node, exp.LikeProperty)
    if like is not None and isinstance(like.this, exp.Table):
        model = reading.resolver.table_name(like.this)
        if not names_all:
            reading.resolver.inputs[model] = None
        columns = columns or reading.resolver.lookup.columns(model) or ()
    parents = _property(node, exp.InheritsProperty)
    if parents is not None and columns:
        columns = _with_inherited(reading, parents, columns)
    for place in _places(node) if not names_all else ():
        reading.resolver.inputs[place] = None
    kind = "CREATE_VIEW" if str(node.args.get("kind")).upper() == "VIEW" else "CREATE_TABLE"
    return reading.answer(kind, (target,), columns=columns or None, is_temporary=_is_temporary(node, target, reading))


def _with_inherited(reading: Reading, parents: exp.Expr, own: tuple[Column, ...]) -> tuple[Column, ...] | None:
    """Return the columns of PostgreSQL's INHERITS and a table's own; None when those of a parent are not known."""
    found: dict[str, Column] = {}
    for parent in parents.expressions:
        listed = reading.resolver.lookup.columns(reading.resolver.table_name(parent))
        if listed is None:
            return None
        found.update((each.name, each) for each in listed)
    return tuple({**found, **{each.name: each for each in own}}.values())


def _define_stage(reading: Reading, node: exp.Create, target: TableName) -> StatementLineage:
    reading.resolver.inputs.update(dict.fromkeys(_places(node)))
    return reading.answer("CREATE_STAGE", (target,))


def _routine(reading: Reading, node: exp.Create) -> StatementLineage:
    """Read what a function does that is one query; other bodies are read from text."""
    body = node.args.get("expression")
    inner = body.this if isinstance(body, (exp.Return, exp.Subquery)) else body
    if isinstance(inner, exp.Subquery):
        inner = inner.this
    if isinstance(inner, exp.Query):
        reading.resolver.query(inner, None, {})
        return reading.answer("CREATE_ROUTINE")
    return CONTROL


def _places(node: exp.Create) -> Iterator[TableName]:
    """Yield the files and folders that a definition names: LOCATION, URL and the uris of options."""
    properties = node.args.get("properties")
    listed: list[exp.Expr] = list(properties.expressions) if isinstance(properties, exp.Properties) else []
    listed += [inner for one in listed if isinstance(one, exp.OptionsProperty) for inner in one.expressions]
    for one in listed:
        if isinstance(one, exp.LocationProperty):
            yield TableName(one.this.name, form=PATH)
        elif isinstance(one, exp.Property) and one.name.lower() in _PLACES:
            value = one.args.get("value")
            literals = value.find_all(exp.Literal) if isinstance(value, exp.Expr) else ()
            yield from (TableName(literal.name, form=PATH) for literal in literals if literal.is_string)


def _property(node: exp.Create, kind: type[exp.Expr]) -> exp.Expr | None:
    properties = node.args.get("properties")
    listed = properties.expressions if isinstance(properties, exp.Properties) else ()
    return next((one for one in listed if isinstance(one, kind)), None)


def _is_temporary(node: exp.Create, target: TableName, reading: Reading) -> bool:
    table = node.this.this if isinstance(node.this, exp.Schema) else node.this
    identifier = table.this if isinstance(table, exp.Table) else None
    marked = isinstance(identifier, exp.Identifier) and bool(identifier.args.get("temporary"))
    return marked or _property(node, exp.TemporaryProperty) is not None or is_session_name(target, reading)


def is_session_name(table: TableName, reading: Reading) -> bool:
    """Whether a name itself says that the table lives as long as the session: T-SQL's `#t`."""
    return table.name.startswith("#") and reading.dialect in ("tsql", "fabric", "redshift", "")


def column(reading: Reading, definition: exp.ColumnDef) -> Column:
    """Return a column as it is defined; a type that holds literals, as ENUM('a') does, is cut to its name."""
    kind = definition.args.get("kind")
    text = _type(reading, kind) if isinstance(kind, exp.Expr) else None
    if text is not None and ("'" in text or '"' in text):
        text = text.split("(", 1)[0].strip()
    return Column(reading.resolver.column_name(definition.this), text)


def _type(reading: Reading, kind: exp.Expr) -> str:
    """Return a type as its database writes it; SQLite keeps what was written, which sqlglot would translate."""
    if reading.dialect != "sqlite" or not isinstance(kind, exp.DataType):
        return kind.sql(dialect=reading.dialect or None)
    name = "INTEGER" if kind.this == exp.DType.INT else str(getattr(kind.this, "value", kind.this))
    sizes = ", ".join(size.sql() for size in kind.expressions)
    return f"{name}({sizes})" if sizes else name


def alter(reading: Reading, node: exp.Alter) -> StatementLineage:
    """Read ALTER TABLE: columns added, a table renamed or swapped with another, a folder taken in as a partition."""
    table = node.this
    if not isinstance(table, exp.Table):
        return CONTROL
    resolver = reading.resolver
    target = resolver.table_name(table)
    actions: list[exp.Expr] = node.args.get("actions") or []
    for action in actions:
        if isinstance(action, exp.AlterRename) and isinstance(action.this, exp.Table):
            renamed = _beside(reading, action.this, target)
            resolver.inputs[target] = None
            return reading.answer("RENAME_TABLE", (renamed,))
        if isinstance(action, exp.SwapTable) and isinstance(action.this, exp.Table):
            other = resolver.table_name(action.this)
            resolver.inputs.update(dict.fromkeys((target, other)))
            return reading.answer("SWAP_TABLES", (target, other))
        place = action.args.get("location")
        if isinstance(place, (exp.LocationProperty, exp.Literal)):
            resolver.inputs[TableName(place.name, form=PATH)] = None
    kept = resolver.lookup.columns(target)
    columns = None if kept is None else _columns_after(reading, kept, actions)
    if kept is not None and columns is None:
        resolver.note("columns_changed", f"how the columns of {target} change was not understood")
    return reading.answer("ALTER_TABLE", (target,), columns=columns if columns != kept else None)


def _columns_after(reading: Reading, kept: tuple[Column, ...], actions: list[exp.Expr]) -> tuple[Column, ...] | None:
    """Return the columns that a table has after ALTER TABLE; None when an action was not understood."""
    columns = list(kept)
    for action in actions:
        if isinstance(action, (exp.ColumnDef, exp.Schema, exp.ReplaceColumns)):
            listed = [action] if isinstance(action, exp.ColumnDef) else action.expressions
            columns = [] if isinstance(action, exp.ReplaceColumns) else columns
            columns += [column(reading, each) for each in listed if isinstance(each, exp.ColumnDef)]
        elif isinstance(action, exp.Drop) and action.args.get("kind") == "COLUMN":
            gone = {part.name.lower() for part in action.args.get("tables") or (action.this,) if part is not None}
            columns = [each for each in columns if each.name.lower() not in gone]
        elif isinstance(action, exp.RenameColumn):
            columns = _with_column(columns, action.this, Column(reading.resolver.column_name(action.args["to"].this)))
        elif isinstance(action, exp.ModifyColumn):
            new = column(reading, action.this)
            columns = _with_column(columns, action.args.get("rename_from") or action.this.this, new)
        elif isinstance(action, exp.AlterColumn) and action.args.get("rename_to") is not None:
            columns = _with_column(columns, action.this, Column(reading.resolver.column_name(action.args["rename_to"])))
        elif isinstance(action, exp.Command):
            return None
    return tuple(columns)


def _with_column(columns: list[Column], old: exp.Expr, new: Column) -> list[Column]:
    """Return columns with another in the place of one; its type stays when the new one has none."""
    name = old.name.lower()
    return [new._replace(type=new.type or each.type) if each.name.lower() == name else each for each in columns]


def _beside(reading: Reading, table: exp.Table, old: TableName) -> TableName:
    """Return the new name of a table; without a schema of its own it stays where it was."""
    name = reading.resolver.table_name(table)
    return name if table.args.get("db") is not None else name._replace(schema=old.schema, catalog=old.catalog)


def drop(reading: Reading, node: exp.Drop) -> StatementLineage:
    """Read DROP TABLE and DROP VIEW."""
    if str(node.args.get("kind") or "").upper() not in _STORED:
        return CONTROL
    tables = node.args.get("tables") or [node.this]
    return reading.answer("DROP_TABLE", [reading.resolver.table_name(t) for t in tables if isinstance(t, exp.Table)])


def truncate(reading: Reading, node: exp.TruncateTable) -> StatementLineage:
    """Read TRUNCATE."""
    return reading.answer(
        "TRUNCATE", [reading.resolver.table_name(t) for t in node.expressions if isinstance(t, exp.Table)]
    )


def cache(reading: Reading, node: exp.Cache) -> StatementLineage:
    """Read Spark's CACHE TABLE .. AS: the query's name lives as long as the session."""
    target, _ = reading.target(node.this)
    query = node.args.get("expression")
    if target is None or not isinstance(query, exp.Query):
        return CONTROL
    return makes(reading, "CACHE_TABLE", target, reading.resolver.query(query, None, {}), is_temporary=True)
