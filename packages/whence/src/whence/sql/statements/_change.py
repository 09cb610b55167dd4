"""Statements that change rows: INSERT in all its forms, UPDATE, DELETE, MERGE.

The target is found first, then what is read, then which column gets what. Conventions: the target of an UPDATE, DELETE
or MERGE is an output and, without a profile that says so, no input; it is one when the statement reads it a second
time. It must not parse text. Source: the manuals of the dialects that sqlglot parses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlglot import exp

from whence.sql._result import PATH, TableName
from whence.sql.queries._edges import LOST, NOTHING
from whence.sql.queries._scopes import Relation, Scope
from whence.sql.queries._sources import FILE_FUNCTIONS
from whence.sql.statements._reading import empty_scope, merged, outputs_of, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from whence.sql._result import StatementLineage
    from whence.sql.queries._edges import Sources
    from whence.sql.queries._scopes import Ctes
    from whence.sql.statements._reading import Field, Reading

_PLAIN = (exp.Literal, exp.Null, exp.Boolean, exp.Placeholder, exp.Parameter, exp.Var)


# --- INSERT


def insert(reading: Reading, node: exp.Insert) -> StatementLineage:
    """Read INSERT: values come from the caller, rows of a query from its tables."""
    target, names = _insert_target(reading, node)
    if target is None:
        return unknown("unsupported_statement", "an INSERT into something that is no table")
    resolver = reading.resolver
    ctes = resolver.with_ctes(node, None, reading.ctes)
    source = node.args.get("expression") or node.args.get("source")
    if not names:
        names = _known_names(reading, target, node)
    if isinstance(source, exp.Values):
        fields = _values(reading, source, target, names, ctes)
    elif isinstance(source, (exp.Query, exp.Table)):
        relation = resolver.query(source, None, ctes)
        by_name = bool(node.args.get("by_name")) or target.form == PATH
        fields = reading.fields(relation, target) if by_name else positional(reading, relation, target, names)
    else:
        fields = []
    fields += _on_conflict(reading, node, target, fields, ctes)
    extra = _returned_into(reading, node)
    return reading.answer("INSERT", (target, *extra), fields=merged(fields), changes=None)


def _insert_target(reading: Reading, node: exp.Insert) -> tuple[TableName | None, list[str]]:
    where = node.this
    if isinstance(where, exp.Anonymous) and where.name.lower() not in FILE_FUNCTIONS:
        return reading.target(where)
    if isinstance(where, (exp.Directory, exp.Func)):
        literal = where.find(exp.Literal)
        return (TableName(literal.name, form=PATH) if literal is not None else None), []
    return reading.target(where)


def _known_names(reading: Reading, target: TableName, node: exp.Insert) -> list[str]:
    """Return the columns that an INSERT without a list fills: all but those that PARTITION (x = 1) fixes."""
    names = list(reading.resolver.known_columns(target) or ())
    partition = node.this.args.get("partition") if isinstance(node.this, exp.Table) else None
    partition = partition or node.args.get("partition")
    if not isinstance(partition, exp.Partition):
        return names
    fixed = {part.this.name.lower() for part in partition.expressions if isinstance(part, exp.EQ)}
    return [name for name in names if name.lower() not in fixed]


def positional(reading: Reading, relation: Relation, target: TableName, names: Sequence[str]) -> list[Field]:
    """Pair the target's columns with those of a query, by position."""
    resolver = reading.resolver
    given = outputs_of(relation)
    stars = [name for name, _ in given if name == "*"]
    if not names:
        if given and not (len(stars) == len(given) == 1):
            resolver.note(
                "target_columns_unknown",
                f"the columns of {target} are not known and the INSERT does not name them: those of the query stand in",
            )
        return reading.fields(relation, target)
    if stars:
        reading.note_opens(relation)
        return _after_star(given, target, names)
    if len(given) > len(names):
        resolver.note("column_count", f"the query gives more columns than {target} is known to have")
    return [(name, sources, target) for name, (_, sources) in zip(names, given, strict=False)]


def _after_star(given: list[tuple[str, Sources]], target: TableName, names: Sequence[str]) -> list[Field]:
    """Pair columns up to the first star that was not expanded; the rest come from somewhere in what is left."""
    first = next(i for i, (name, _) in enumerate(given) if name == "*")
    rest = NOTHING.union(*(sources for _, sources in given[first:]))
    return [(name, given[i][1] if i < first else rest | LOST, target) for i, name in enumerate(names)]


def _values(reading: Reading, source: exp.Values, target: TableName, names: Sequence[str], ctes: Ctes) -> list[Field]:
    """Return the sources of VALUES by position: subqueries in them read tables."""
    scope = empty_scope()
    found: dict[int, Sources] = {}
    for row in source.expressions:
        for i, value in enumerate(row.expressions if isinstance(row, exp.Tuple) else (row,)):
            if not isinstance(value, _PLAIN) and value.find(exp.Query) is not None:
                found[i] = found.get(i, NOTHING) | reading.resolver.edges(value, scope, ctes)
    if names:
        width = max((len(row.expressions) for row in source.expressions[:1]), default=0)
        return [(name, found.get(i, NOTHING), target) for i, name in enumerate(names[:width] if width else names)]
    if found:
        reading.resolver.note(
            "target_columns_unknown", f"the columns of {target} are not known and the INSERT does not name them"
        )
    return []


def _on_conflict(reading: Reading, node: exp.Insert, target: TableName, fields: list[Field], ctes: Ctes) -> list[Field]:
    """Read what an upsert sets: the values that were refused are the relation `excluded`."""
    conflict = node.args.get("conflict")
    if not isinstance(conflict, exp.OnConflict):
        return []
    scope = empty_scope()
    offered = Relation([(name, sources) for name, sources, _ in fields])
    scope.relations["excluded"] = offered
    scope.relations[target.name.lower()] = reading.resolver.base(target)
    taken = _assignments(reading, conflict.expressions, scope, ctes, target)
    return [(name, reading.resolver.fields.but(sources, target), table) for name, sources, table in taken]


def _returned_into(reading: Reading, node: exp.Expr) -> list[TableName]:
    """Return the table that T-SQL's OUTPUT .. INTO writes; with a list of columns it is parsed as a function."""
    returning = node.args.get("returning")
    into = returning.args.get("into") if isinstance(returning, exp.Returning) else None
    if not isinstance(into, exp.Expr) or reading.dialect not in ("tsql", "fabric"):  # elsewhere it is a variable
        return []
    last = into.expression if isinstance(into, exp.Dot) else into.this if isinstance(into, exp.Column) else into
    name = last
    if isinstance(last, exp.Anonymous):  # a name that is a known function, as `log`, is lost
        name = exp.Identifier(this=last.name)
    schema = into.this if isinstance(into, exp.Dot) else into.args.get("table")
    table = exp.Table(this=name, db=schema) if isinstance(name, (exp.Identifier, exp.Parameter)) else into
    target, _ = reading.target(table)
    if target is None:
        reading.resolver.note("output_into", "the table that OUTPUT INTO fills was not understood", hides="tables")
    return [target] if target is not None else []


def insert_many(reading: Reading, node: exp.MultitableInserts) -> StatementLineage:
    """Read INSERT ALL, INSERT FIRST and hive's FROM .. INSERT .. INSERT: one source, several targets."""
    resolver = reading.resolver
    ctes = resolver.with_ctes(node, None, reading.ctes)
    scope = empty_scope()
    source = node.args.get("source")
    if isinstance(source, exp.From):
        source = source.this
    if source is not None:
        resolver.add_source(source, scope, ctes)
        resolver.add_joins(source, scope, ctes)
    targets: list[TableName] = []
    fields: list[Field] = []
    for branch in node.expressions:
        if isinstance(branch, exp.ConditionalInsert):
            resolver.shape(branch.args.get("expression"), "CONDITIONAL", scope, ctes)
        one = branch.this if isinstance(branch, exp.ConditionalInsert) else branch
        target, names = _insert_target(reading, one)
        if target is None:
            resolver.note("unsupported_target", "one of several targets of an INSERT was not understood")
            continue
        targets.append(target)
        fields += _branch(reading, one, target, names or _known_names(reading, target, one), scope, ctes)
    return reading.answer("INSERT", targets, fields=merged(fields))


def _branch(
    reading: Reading,
    node: exp.Insert,
    target: TableName,
    names: list[str],
    scope: Scope,
    ctes: Ctes,
) -> list[Field]:
    given = node.args.get("expression")
    if isinstance(given, exp.Values) and given.expressions and isinstance(given.expressions[0], exp.Tuple):
        values = given.expressions[0].expressions
        columns = [(value.name, reading.resolver.edges(value, scope, ctes)) for value in values]
        return positional(reading, Relation(columns), target, names)
    whole = list(scope.relations.values())
    everything = Relation(
        [column for relation in whole for column in relation.columns],
        tuple(part for relation in whole for part in relation.opens),
    )
    if not isinstance(given, exp.Query) or (given.is_star and given.args.get("from_") is None):
        return positional(reading, everything, target, names)
    return positional(reading, reading.resolver.query(given, scope, ctes), target, names)


# --- UPDATE, DELETE, MERGE


class _Opened(NamedTuple):
    """A changing statement with its tables in scope: `tables` are those named in it, by alias."""

    scope: Scope
    ctes: Ctes
    target: TableName
    tables: dict[str, TableName]


def update(reading: Reading, node: exp.Update) -> StatementLineage:
    """Read UPDATE with its FROM or joins; columns set from other tables have those as sources."""
    start = node.args.get("from_")
    opened = _open(reading, node, [start.this] if isinstance(start, exp.From) else [])
    if opened is None:
        return unknown("unsupported_statement", "an UPDATE of something that is no table")
    fields = _assignments(reading, node.expressions, opened.scope, opened.ctes, opened.target, opened.tables)
    reading.resolver.shape(node.args.get("where"), "FILTER", opened.scope, opened.ctes)
    targets = list(dict.fromkeys(table for _, _, table in fields if table is not None)) or [opened.target]
    _forget_targets(reading, node, targets)
    if reading.profile.update_target_is_input:
        reading.resolver.inputs.update(dict.fromkeys(targets))
    changes = targets[0] if len(targets) == 1 else None
    return reading.answer("UPDATE", (*targets, *_returned_into(reading, node)), fields=fields, changes=changes)


def delete(reading: Reading, node: exp.Delete) -> StatementLineage:
    """Read DELETE: the tables of USING, joins and subqueries are inputs."""
    opened = _open(reading, node, node.args.get("using") or [])
    if opened is None:
        return unknown("unsupported_statement", "a DELETE from something that is no table")
    reading.resolver.shape(node.args.get("where"), "FILTER", opened.scope, opened.ctes)
    named = [t for t in node.args.get("tables") or () if isinstance(t, exp.Table)]
    targets = [opened.tables.get(t.name.lower()) or reading.resolver.table_name(t) for t in named] or [opened.target]
    _forget_targets(reading, node, targets)
    changes = targets[0] if len(targets) == 1 else None
    return reading.answer("DELETE", (*targets, *_returned_into(reading, node)), changes=changes)


def merge(reading: Reading, node: exp.Merge) -> StatementLineage:
    """Read MERGE: the updated and the inserted columns of every branch."""
    resolver = reading.resolver
    opened = _open(reading, node, [])
    if opened is None:
        return unknown("unsupported_statement", "a MERGE into something that is no table")
    using = node.args["using"]
    resolver.add_source(using, opened.scope, opened.ctes)
    resolver.shape(node.args.get("on"), "JOIN", opened.scope, opened.ctes)
    source = opened.scope.relations.get(using.alias_or_name.lower())
    fields: list[Field] = []
    whens = node.args.get("whens")
    for when in whens.expressions if isinstance(whens, exp.Whens) else ():
        fields += _when(reading, when.args.get("then"), opened, source)
        resolver.shape(when.args.get("condition"), "CONDITIONAL", opened.scope, opened.ctes)
    _forget_targets(reading, node, [opened.target])
    outputs = (opened.target, *_returned_into(reading, node))
    return reading.answer("MERGE", outputs, fields=merged(fields), changes=opened.target)


def _when(reading: Reading, action: object, opened: _Opened, source: Relation | None) -> list[Field]:
    scope, ctes, target = opened.scope, opened.ctes, opened.target
    if isinstance(action, exp.Update):
        if any(isinstance(item, exp.Star) for item in action.expressions) or not action.expressions:
            return reading.fields(source, target) if source is not None else []
        return _assignments(reading, action.expressions, scope, ctes, target)
    if not isinstance(action, exp.Insert):
        return []
    values = action.args.get("expression")
    if not isinstance(values, exp.Tuple):
        is_row = isinstance(action.this, (exp.Star, exp.Var)) or action.this is None
        return reading.fields(source, target) if source is not None and is_row else []
    columns = action.this.expressions if isinstance(action.this, exp.Tuple) else []
    names = [reading.resolver.column_name(c.this if isinstance(c, exp.Column) else c) for c in columns]
    given = [(value.name, reading.resolver.edges(value, scope, ctes)) for value in values.expressions]
    return positional(reading, Relation(given), target, names or list(reading.resolver.known_columns(target) or ()))


def _open(reading: Reading, node: exp.Expr, sources: Iterable[exp.Expr]) -> _Opened | None:
    """Put the tables of a changing statement into a scope and find the one that it changes."""
    resolver = reading.resolver
    table = node.this
    if not isinstance(table, exp.Table):
        return None
    ctes = resolver.with_ctes(node, None, reading.ctes)
    scope = empty_scope()
    sources = list(sources)
    tables: dict[str, TableName] = {}
    for source in (table, *sources):
        for named in _joined(source):
            if named is not table and isinstance(named, exp.Table):
                tables.setdefault(named.alias_or_name.lower(), resolver.table_name(named))
    is_alias = not table.args.get("db") and table.name.lower() in tables
    target = tables[table.name.lower()] if is_alias else reading.target(table)[0]
    if target is None:
        return None
    if not is_alias:
        tables[table.alias_or_name.lower()] = target
        cte = ctes.get(table.name.lower())
        if cte is not None and not table.args.get("db"):
            target = resolver.owner(cte.relation) or target
        resolver.add_source(table, scope, ctes)
    resolver.add_joins(table, scope, ctes)
    for source in sources:
        resolver.add_source(source, scope, ctes)
        resolver.add_joins(source, scope, ctes)
    return _Opened(scope, ctes, target, tables)


def _joined(node: exp.Expr) -> Iterable[exp.Expr]:
    yield node
    for join in node.args.get("joins") or ():
        yield join.this


def _forget_targets(reading: Reading, node: exp.Expr, targets: Iterable[TableName]) -> None:
    """Take targets out of the inputs, unless the statement names them a second time to read them."""
    resolver = reading.resolver
    wanted = {target for target in targets if target in resolver.inputs}
    if not wanted:
        return
    named: dict[TableName, int] = {}
    for table in node.find_all(exp.Table):
        name = resolver.table_name(table)
        is_alias = table is node.this and _is_alias(node, table)
        is_listed = any(table is one for one in node.args.get("tables") or ())
        if name in wanted and not is_alias and not is_listed:
            named[name] = named.get(name, 0) + 1
    for name in wanted:
        if named.get(name, 0) <= 1:
            resolver.inputs.pop(name, None)


def _is_alias(node: exp.Expr, table: exp.Table) -> bool:
    start = node.args.get("from_")
    using = node.args.get("using")
    others: list[object] = [start.this] if isinstance(start, exp.From) else []
    if isinstance(using, list):
        others += cast("list[object]", using)
    wanted = table.name.lower()
    return not table.args.get("db") and any(
        one.alias_or_name.lower() == wanted for other in others if isinstance(other, exp.Expr) for one in _joined(other)
    )


def _assignments(
    reading: Reading,
    items: Iterable[exp.Expr],
    scope: Scope,
    ctes: Ctes,
    target: TableName,
    tables: dict[str, TableName] | None = None,
) -> list[Field]:
    """Return what `a = x, (b, c) = (y, z)` sets, each column with the table that it belongs to."""
    resolver = reading.resolver
    fields: list[Field] = []
    for item in items:
        if not isinstance(item, (exp.EQ, exp.PropertyEQ)):
            resolver.note("assignment", f"an assignment of the form {type(item).__name__} was not followed")
            continue
        left = item.this.expressions if isinstance(item.this, exp.Tuple) else [item.this]
        left = [one.this if isinstance(one, exp.Paren) else one for one in left]
        given = _assigned(reading, item.expression, len(left), scope, ctes)
        for one, sources in zip(left, given, strict=False):
            name, owner = _assignee(reading, one, scope, target, tables or {})
            if name:
                fields.append((name, sources, owner))
            else:
                resolver.note("assignment", "the column that an assignment sets was not understood")
    return fields


def _assigned(reading: Reading, value: exp.Expr, width: int, scope: Scope, ctes: Ctes) -> list[Sources]:
    """Return the sources of the values that are assigned, one for each column on the left."""
    if width == 1:
        return [reading.resolver.edges(value, scope, ctes)]
    if isinstance(value, exp.Tuple):
        return [reading.resolver.edges(one, scope, ctes) for one in value.expressions]
    if isinstance(value, exp.Query):
        return [sources for _, sources in reading.resolver.query(value, scope, ctes).columns]
    reading.resolver.note("assignment", "the values of an assignment to several columns were not told apart")
    return [reading.resolver.edges(value, scope, ctes) | LOST] * width


def _assignee(
    reading: Reading, node: exp.Expr, scope: Scope, target: TableName, tables: dict[str, TableName]
) -> tuple[str, TableName]:
    """Return the column that is set, and its table: `t.a`, `a`, or a field of a record, `a.b`."""
    column = node if isinstance(node, exp.Column) else node.find(exp.Column)
    if column is None:
        return (reading.resolver.column_name(node), target) if isinstance(node, exp.Identifier) else ("", target)
    qualifier = column.table.lower()
    if not qualifier:
        return reading.resolver.column_name(column.this), target
    if qualifier in tables:
        return reading.resolver.column_name(column.this), tables[qualifier]
    if qualifier == target.name.lower() or scope.named(qualifier) is not None:
        return reading.resolver.column_name(column.this), target
    return reading.resolver.column_name(column.parts[0]), target


# --- CTEs that change data


def changing_cte(
    reading: Reading,
    body: exp.Expr,
    parent: Scope | None,  # noqa: ARG001  the form of the resolver's hook
    ctes: Ctes,
) -> Relation:
    """Read INSERT, UPDATE, DELETE or MERGE in a CTE; return the columns that its RETURNING gives.

    Rows of an INSERT are those of its query; rows of a DELETE or an UPDATE are read from its table.
    """
    inner = reading.again()
    inner.resolver = reading.resolver
    inner.ctes = ctes
    answer = _CHANGING[type(body)](inner, body)
    reading.resolver.changed.update(dict.fromkeys(answer.outputs))
    for field in answer.fields or ():
        lost = NOTHING if field.is_whole else LOST
        reading.written.append((field.name, reading.resolver.untell(field.sources) | lost, field.table))
    returning = body.args.get("returning")
    if not isinstance(returning, exp.Returning) or not answer.outputs:
        return Relation([])
    return _returned(reading, returning, body, answer, answer.outputs[0])


def _returned(
    reading: Reading, returning: exp.Returning, body: exp.Expr, answer: StatementLineage, table: TableName
) -> Relation:
    resolver = reading.resolver
    row = resolver.base(table)
    if isinstance(body, exp.Insert):
        filled = {f.name: resolver.untell(f.sources) for f in answer.fields or () if f.sources and f.name != "*"}
        named = [(name, filled.pop(name, sources)) for name, sources in row.columns]
        row = Relation([*named, *filled.items()], row.opens)
    else:
        resolver.inputs[table] = None
    scope = empty_scope()
    scope.relations[table.name.lower()] = row
    columns: list[tuple[str, Sources]] = []
    for item in returning.expressions:
        if isinstance(item, exp.Star):
            columns += row.columns
            continue
        columns.append((item.alias_or_name, resolver.edges(item, scope, {})))
    is_star = any(isinstance(item, exp.Star) for item in returning.expressions)
    return Relation(columns, row.opens if is_star else ())


_CHANGING: dict[type[exp.Expr], Callable[[Reading, Any], StatementLineage]] = {
    exp.Insert: insert,
    exp.Update: update,
    exp.Delete: delete,
    exp.Merge: merge,
}
