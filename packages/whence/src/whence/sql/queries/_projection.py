"""The select list: one output column an expression, and the columns that stars stand for.

It must not read FROM. Source: SQL:2016 part 2, 7.16 (query specification); the manuals of BigQuery, Snowflake, DuckDB,
Databricks and ClickHouse on EXCEPT, EXCLUDE, REPLACE, RENAME, ILIKE and COLUMNS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from whence.sql.queries._columns import column_sources, qualifier, search, struct_column
from whence.sql.queries._edges import CHANGED, NOTHING, SAME, Sources, through
from whence.sql.queries._expressions import sources_of
from whence.sql.queries._scopes import STAR, Open, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence.sql.queries._resolve import Resolver
    from whence.sql.queries._scopes import OutColumn, Scope


def projection(resolver: Resolver, items: list[Any], scope: Scope) -> Relation:
    """Return the output columns of a select list, in order."""
    columns: list[OutColumn] = []
    opens: list[Open] = []
    aliases = scope.aliases
    for item in items:
        cls = item.__class__
        if cls is exp.Alias:
            inner = item.args["this"]
            if inner.__class__ is exp.Column:
                sources = column_sources(resolver, inner, scope)
            else:
                sources = sources_of(resolver, inner, scope, SAME)
            name = resolver.column_name(item.args["alias"])
        elif cls is exp.Column and item.args["this"].__class__ is exp.Identifier:
            sources = column_sources(resolver, item, scope)
            named = item.args["this"]
            if resolver.names_by_struct and item.args.get("table") is not None:
                named = struct_column(resolver, item, scope) or named
            columns.append((resolver.column_name(named), sources))
            continue
        elif _expanded(resolver, item, scope, columns, opens):
            continue
        else:
            sources = sources_of(resolver, item, scope, SAME)
            name = resolver.output_name(item, len(columns))
        columns.append((name, sources))
        aliases.setdefault(name.lower(), sources)
    return Relation(columns, tuple(opens))


def all_columns(scope: Scope) -> Relation:
    """Return what `SELECT *` gives: columns that joins made one first, then each relation's own."""
    if len(scope.relations) == 1 and not scope.merged:
        return next(iter(scope.relations.values()))
    columns: list[OutColumn] = [(merged.name, merged.sources) for merged in scope.merged.values()]
    opens: list[Open] = []
    for key, relation in scope.relations.items():
        hidden = {name for name, merged in scope.merged.items() if key in merged.owners}
        columns.extend(column for column in relation.columns if column[0].lower() not in hidden)
        opens.extend(part.without(hidden) if hidden else part for part in relation.opens)
    return Relation(columns, tuple(opens))


def _expanded(resolver: Resolver, item: Any, scope: Scope, columns: list[OutColumn], opens: list[Open]) -> bool:
    """Expand an item that gives several columns; false when it gives one."""
    cls = item.__class__
    if cls is exp.Star:
        star, relation = item, all_columns(scope)
    elif cls is exp.Column:
        star, relation = item.args["this"], _starred(resolver, item, scope)
    elif cls is exp.Dot and isinstance(item.expression, exp.Star):
        star, relation = item.expression, Relation.of_value([], sources_of(resolver, item.this, scope, CHANGED))
    elif cls is exp.Columns:
        star, relation = item.this, _matching(all_columns(scope), item.this)
    elif cls is exp.Aliases:
        sources = sources_of(resolver, item.this, scope, SAME)
        columns.extend((resolver.column_name(name), sources) for name in item.expressions)
        return True
    elif cls is exp.QueryTransform:
        return _transformed(resolver, item, scope, columns)
    else:
        return False
    if relation is None:
        return False
    if isinstance(star, exp.Star) and any(star.args.values()):
        relation = _changed(resolver, relation, star, scope)
    columns.extend(relation.columns)
    opens.extend([part.starred() for part in relation.opens] if resolver.through_star else relation.opens)
    return True


def _starred(resolver: Resolver, item: Any, scope: Scope) -> Relation | None:
    """Return what `t.*` or `doc.*` stands for; None when the item is no star."""
    if not isinstance(item.args["this"], exp.Star):
        return None
    relation = qualifier(resolver, item, scope)
    if relation is not None:
        return relation
    first = item.parts[0]
    name = resolver.column_name(first)
    found = search(resolver, name.lower(), name, scope) if len(item.parts) == 2 else None  # noqa: PLR2004  doc.*
    if found is not None:
        return Relation.of_value([], through(found, CHANGED))
    resolver.note("unresolved_column", f"{item.table}.* names no table of the query", first)
    return Relation([])


def _matching(relation: Relation, pattern: Any) -> Relation:
    """Return the columns that DuckDB's and ClickHouse's COLUMNS('pattern') chooses."""
    if not isinstance(pattern, exp.Literal):
        return relation
    try:
        wanted = re.compile(pattern.name)
    except re.error:
        return relation
    columns = [column for column in relation.columns if column[0] == STAR or wanted.search(column[0])]
    return Relation(columns, relation.opens)


def _changed(resolver: Resolver, relation: Relation, star: Any, scope: Scope) -> Relation:
    """Apply ILIKE, EXCEPT, REPLACE and RENAME to the columns of a star."""
    args = star.args
    left_out = {_name(part) for part in args.get("except_") or args.get("except") or ()}
    replaced = {
        resolver.column_name(part.args["alias"]).lower(): sources_of(resolver, part.this, scope, SAME)
        for part in args.get("replace") or ()
        if isinstance(part, exp.Alias)
    }
    renamed = {
        _name(part.this): resolver.column_name(part.args["alias"])
        for part in args.get("rename") or ()
        if isinstance(part, exp.Alias)
    }
    pattern = args.get("ilike")
    like = _like(pattern.name) if pattern is not None else None
    columns: list[OutColumn] = []
    missing: dict[str, Sources] = dict(replaced)
    for name, sources in relation.columns:
        key = name.lower()
        if key in left_out or (like is not None and name != STAR and not like.fullmatch(name)):
            continue
        missing.pop(key, None)
        columns.append((renamed.get(key, name), replaced.get(key, sources)))
    if not relation.opens:
        return Relation(columns)
    return _changed_opens(relation, columns, left_out, missing, renamed)


def _changed_opens(
    relation: Relation,
    columns: list[OutColumn],
    left_out: set[str],
    replaced: Mapping[str, Sources],
    renamed: Mapping[str, str],
) -> Relation:
    """Apply the same to columns that are not known: what is replaced or renamed is known from then on."""
    known = {name.lower() for name, _ in relation.columns}
    old = {new.lower(): name for name, new in renamed.items() if name not in known}
    columns.extend(replaced.items())
    for new, name in old.items():
        maybe = [s for part in relation.opens if (s := part.find(name, name)) is not None]
        columns.append((renamed[name], maybe[0] if len(maybe) == 1 else NOTHING))
        left_out = left_out | {new}
    hidden = left_out | set(replaced) | set(old.values())
    return Relation(columns, tuple(part.without(hidden) for part in relation.opens))


def _name(part: Any) -> str:
    return part.name.lower()


def _like(pattern: str) -> re.Pattern[str]:
    parts = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _transformed(resolver: Resolver, item: Any, scope: Scope, columns: list[OutColumn]) -> bool:
    """Read Hive's and Spark's TRANSFORM(a, b) USING 'script' AS (x, y): each output may come from any input."""
    given = [through(sources_of(resolver, part, scope, SAME), CHANGED) for part in item.expressions]
    schema = item.args.get("schema")
    names = [resolver.column_name(_identifier(part)) for part in schema.expressions] if schema is not None else []
    every = NOTHING.union(*given)
    columns.extend((name, every) for name in names or ["key", "value"])
    return True


def _identifier(node: Any) -> Any:
    return node.this if isinstance(node, exp.ColumnDef) else node
