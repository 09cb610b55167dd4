"""From the name of a column to its sources: which of the relations in sight owns it.

An unqualified name belongs to the table known to have it; else to a name that the select list gave; else to the one
table whose columns are not known; else it is looked for in the query around. With two such tables it belongs to none,
and that is noted. It must not walk expressions. Source: SQL:2016 part 2, 6.7 (column reference); the manuals of
Snowflake, Redshift, Databricks, DuckDB, Teradata and ClickHouse on names of the select list used within it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlglot import exp

from whence.sql._names import alias_key
from whence.sql.queries._edges import CHANGED, LOST, NOTHING, Sources, through
from whence.sql.queries._scopes import some

if TYPE_CHECKING:
    from whence.sql._result import TableName
    from whence.sql.queries._resolve import Resolver
    from whence.sql.queries._scopes import Relation, Scope

_REUSED_ALIASES = frozenset({"snowflake", "redshift", "databricks", "spark", "duckdb", "teradata", "clickhouse"})
"""Dialects in which an expression of the select list may use the names of those before it."""
_WHOLE_ROWS = frozenset({"postgres", "bigquery", "duckdb", "redshift", "spanner", "materialize", "risingwave"})
"""Dialects in which the name of a table is its whole row."""
NO_COLUMNS = {
    "oracle": frozenset({"sysdate", "systimestamp", "rownum", "rowid", "level", "user", "uid", "sessiontimezone"}),
    "db2": frozenset({"sysdate"}),
    "teradata": frozenset({"user"}),
}
"""Words that stand where columns do and are none."""


def column_sources(resolver: Resolver, column: exp.Expr, scope: Scope) -> Sources:
    """Return the sources of a column reference."""
    args = column.args
    identifier = args["this"]
    inner = identifier.args
    name = inner.get("this")
    if identifier.__class__ is not exp.Identifier or not isinstance(name, str):
        return _odd_column(resolver, column, scope)
    name = resolver.fold(name, quoted=bool(inner.get("quoted")))
    if args.get("table") is not None:
        return _qualified(resolver, column, name.lower(), name, scope)
    found = scope.seen.get(name)
    return _unqualified(resolver, name.lower(), name, scope, identifier) if found is None else found


def _qualified(resolver: Resolver, column: exp.Expr, key: str, name: str, scope: Scope) -> Sources:
    args = column.args
    relation = qualifier(resolver, column, scope)
    if relation is None:
        found = _struct_field(resolver, column, scope)
        if found is not None:
            return found
        resolver.note(
            "unresolved_column", f"column {args['table'].name}.{name} names no table of the query", args["this"]
        )
        return LOST
    found = relation.find(key, name)
    if found is None and relation.table is not None and not relation.opens:
        message = f"{relation.table} is not known to have a column {name}"  # the query may know better
        resolver.note("unknown_column", message, args["this"])
        return resolver.fields.table(relation.table).of(name)
    if found is None:
        found = _missing(resolver, f"{args['table'].name}.{name}", relation.unknown_tables, args["this"])
    return found


def qualifier(resolver: Resolver, column: exp.Expr, scope: Scope) -> Relation | None:
    """Return the relation that a column is qualified with, None when the qualifier names none."""
    table = column.args["table"]
    schema = column.args.get("db")
    key = alias_key(table.name, resolver.dialect, quoted=bool(table.args.get("quoted")))
    if schema is None:
        return scope.named(key)
    found = scope.of_table(table.name.lower(), schema.name.lower())
    if found is None and resolver.default_schema and schema.name.lower() == resolver.default_schema.lower():
        found = scope.named(key)
    return found


def _struct_field(resolver: Resolver, column: exp.Expr, scope: Scope) -> Sources | None:
    """Return the sources of the column that holds a field: `doc.city`, `t.doc.city`; None when there is none."""
    parts: list[exp.Expr] = cast("exp.Column", column).parts
    first, second, *rest = parts
    relation = scope.named(alias_key(first.name, resolver.dialect, quoted=bool(first.args.get("quoted"))))
    holder, path = (second, rest) if relation is not None else (first, [second, *rest])
    name = resolver.column_name(holder)
    found = relation.find(name.lower(), name) if relation is not None else search(resolver, name.lower(), name, scope)
    if found is None:
        return None
    if resolver.names_struct_paths and relation is None and _is_of_table(scope, name, found):
        found = resolver.fields.below(found, ".".join(part.name for part in path))
    return through(found, CHANGED)


def _is_of_table(scope: Scope, name: str, found: Sources) -> bool:
    return any(r.table is not None and r.find(name.lower(), name) == found for r in scope.relations.values())


def struct_column(resolver: Resolver, column: exp.Expr, scope: Scope) -> exp.Expr | None:
    """Return the name of the column that `doc.city` or `t.doc.city` lies in; None when it names no field of one."""
    if qualifier(resolver, column, scope) is not None:
        return None
    first, second, *_ = cast("exp.Column", column).parts
    key = alias_key(first.name, resolver.dialect, quoted=bool(first.args.get("quoted")))
    return second if scope.named(key) is not None else first


def _odd_column(resolver: Resolver, column: exp.Expr, scope: Scope) -> Sources:
    inner = column.args["this"]
    if isinstance(inner, exp.Star):  # f(t.*)
        relation = qualifier(resolver, column, scope) if column.args.get("table") is not None else None
        return NOTHING if relation is None else relation.every
    if isinstance(inner, exp.Parameter):  # Snowflake: t.$2
        relation = qualifier(resolver, column, scope)
        return LOST if relation is None else positional(resolver, inner, [relation])
    return NOTHING


def positional(resolver: Resolver, parameter: exp.Expr, relations: list[Relation]) -> Sources:
    """Return the sources of `$2` or `#2`: the second column of what stands in FROM."""
    number = parameter.name
    position = int(number) - 1 if number.isdigit() else -1
    for relation in relations:
        columns = relation.columns
        before_star = next((at for at, (name, _) in enumerate(columns) if name == "*"), len(columns))
        if 0 <= position < before_star:
            return columns[position][1]
        if before_star < len(columns):
            return relation.every
        position -= len(columns)
    resolver.note("unresolved_column", f"no column stands at the position {number}", parameter)
    return LOST


def _unqualified(resolver: Resolver, key: str, name: str, scope: Scope, node: exp.Expr) -> Sources:
    if key in resolver.no_columns and not node.args.get("quoted") and key not in scope.aliases:
        owner = next((r for r in scope.relations.values() if r.known(key, name) is not None), None)
        return NOTHING if owner is None else owner.known(key, name) or NOTHING
    found = search(resolver, key, name, scope)
    if found is not None:
        return found
    at: Scope | None = scope
    candidates: tuple[TableName, ...] = ()
    while at is not None and not candidates:
        candidates = tuple(table for relation in at.relations.values() for table in relation.unknown_tables)
        at = at.parent
    return _missing(resolver, name, candidates, node)


def _missing(resolver: Resolver, name: str, candidates: tuple[TableName, ...], node: exp.Expr) -> Sources:
    if candidates:
        resolver.note(
            "ambiguous_column",
            f"column {name} could belong to {some(candidates)}: their columns are not known",
            node,
        )
    else:
        resolver.note("unresolved_column", f"column {name} was not found in the tables of the query", node)
    return LOST


def search(  # noqa: PLR0911  one answer a place where a name may belong
    resolver: Resolver, key: str, name: str, scope: Scope
) -> Sources | None:
    """Find an unqualified column, this scope first, then those around it. None: nowhere, or it could be anyone's."""
    at: Scope | None = scope
    while at is not None:
        found = at.seen.get(name)
        if found is not None:
            return found
        found, opens = _owners(resolver, key, name, at)
        if found is not None:
            at.seen[name] = found
            return found
        found = at.aliases.get(key)
        if found is not None and (not opens or at.aliases_first or resolver.dialect in _REUSED_ALIASES):
            return found
        if key in at.relations and (not opens or resolver.dialect in _WHOLE_ROWS):
            return at.relations[key].every
        maybe = [s for relation in opens for part in relation.opens if (s := part.find(key, name)) is not None]
        if maybe:
            if len(maybe) > 1:
                return None
            at.seen[name] = maybe[0]
            return maybe[0]
        at = at.parent
    return None


def _owners(resolver: Resolver, key: str, name: str, scope: Scope) -> tuple[Sources | None, list[Relation]]:
    """Return the sources of a column that is known to be there, and the relations that may have it, too."""
    merged = scope.merged.get(key)
    if merged is not None:
        return merged.sources, []
    first: Sources | None = None
    more: list[Sources] = []
    opens: list[Relation] = []
    for relation in scope.relations.values():
        if relation.names is not None and key not in relation.names:
            continue  # what most tables of a query are: known, and without this column
        found = relation.known(key, name)
        if found is None:
            if relation.opens:
                opens.append(relation)
        elif first is None:
            first = found
        else:
            more.append(found)
    if first is not None and more:
        first = first.union(*more)
        resolver.note("ambiguous_column", f"several tables of the query have a column {name}")
    return first, opens
