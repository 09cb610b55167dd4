"""PIVOT and UNPIVOT: rows that become columns and columns that become rows.

PIVOT groups by every column that it does not name; the new columns come from the aggregates' arguments, and the column
whose values name them shapes the whole. UNPIVOT: the value column comes from the listed columns, the name column is
chosen by them. It must not know where the rows come from. Source: the manuals of Snowflake, BigQuery, Oracle, T-SQL,
Spark and DuckDB (its statements PIVOT and UNPIVOT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from whence.sql.queries._edges import CHOSEN, FILTERED, NOTHING, SAME, SUMMED, Sources, through, union
from whence.sql.queries._expressions import sources_of, steer
from whence.sql.queries._scopes import STAR, Open, Relation, Scope

if TYPE_CHECKING:
    from whence.sql.queries._resolve import Resolver
    from whence.sql.queries._scopes import Ctes, OutColumn


def pivoted(resolver: Resolver, relation: Relation, pivot: Any) -> Relation:
    """Return the rows after one PIVOT or UNPIVOT of FROM."""
    scope = Scope(None)
    scope.add("", relation)
    fields = [field for field in pivot.args.get("fields") or () if isinstance(field, exp.In)]
    if pivot.args.get("unpivot"):
        return _unpivoted(resolver, relation, pivot, fields, scope)
    for field in fields:
        for inner in field.expressions:
            if isinstance(inner, exp.Query):
                resolver.query(inner, None, {})
    return _wide(resolver, relation, pivot.expressions, [field.this for field in fields], pivot, scope)


def _wide(
    resolver: Resolver, relation: Relation, aggregates: list[Any], named_by: list[Any], pivot: Any, scope: Scope
) -> Relation:
    values = [sources_of(resolver, item, scope, SAME) for item in aggregates]
    for item in named_by:
        steer(resolver, item, scope, FILTERED)
    kept = _without(relation, _names(resolver, [*aggregates, *named_by]))
    listed = [resolver.column_name(column) for column in pivot.args.get("columns") or ()]
    is_dynamic = any(isinstance(p, (exp.PivotAny, exp.Query)) for f in pivot.find_all(exp.In) for p in f.expressions)
    if not listed or is_dynamic:
        every = through(union(values), SUMMED)
        return Relation([*kept.columns, (STAR, every)], (*kept.opens, Open(None, every)))
    columns = [(name, values[i % len(values)] if values else NOTHING) for i, name in enumerate(listed)]
    return Relation([*kept.columns, *columns], kept.opens)


def _unpivoted(resolver: Resolver, relation: Relation, pivot: Any, fields: list[exp.In], scope: Scope) -> Relation:
    new: list[OutColumn] = []
    used: set[str] = set()
    for field in fields:
        groups = [item.this if isinstance(item, exp.PivotAlias) else item for item in field.expressions]
        rows = [group.expressions if isinstance(group, exp.Tuple) else [group] for group in groups]
        used |= _names(resolver, groups)
        width = max((len(row) for row in rows), default=0)
        values = [
            union(sources_of(resolver, row[i], scope, SAME) for row in rows if i < len(row)) for i in range(width)
        ]
        targets = pivot.expressions[0].expressions if _is_tuple(pivot) else pivot.expressions
        value_columns = [
            (resolver.column_name(_identifier(target)), values[i] if i < len(values) else NOTHING)
            for i, target in enumerate(targets)
        ]
        name_column = (resolver.column_name(_identifier(field.this)), through(union(values), CHOSEN))
        first = pivot.args.get("value_columns_first")
        new.extend([*value_columns, name_column] if first else [name_column, *value_columns])
    kept = _without(relation, used)
    return Relation([*kept.columns, *new], kept.opens)


def _is_tuple(pivot: Any) -> bool:
    return len(pivot.expressions) == 1 and isinstance(pivot.expressions[0], exp.Tuple)


def _identifier(node: Any) -> Any:
    return node.this if isinstance(node, exp.Column) else node


def _names(resolver: Resolver, nodes: list[Any]) -> set[str]:
    """Return the columns that expressions name, in small letters."""
    return {resolver.column_name(column.this).lower() for node in nodes for column in node.find_all(exp.Column)}


def _without(relation: Relation, used: set[str]) -> Relation:
    columns = [column for column in relation.columns if column[0].lower() not in used]
    return Relation(columns, tuple(part.without(used) for part in relation.opens))


# --- DuckDB's statements


def pivot_statement(resolver: Resolver, node: Any, parent: Scope | None, ctes: Ctes) -> Relation:
    """Read DuckDB's `PIVOT t ON a USING sum(b) GROUP BY c` and `UNPIVOT t ON a, b INTO NAME n VALUE v`."""
    inner = Scope(parent, ctes)
    source = node.args.get("this")
    relation = resolver.relation(source, inner, ctes)
    scope = Scope(None)
    scope.add("", relation)
    if node.args.get("unpivot"):
        return _long(resolver, relation, node, scope)
    on = [item.this if isinstance(item, exp.In) else item for item in node.expressions]
    aggregates: list[Any] = node.args.get("using") or []
    values = through(union(sources_of(resolver, item, scope, SAME) for item in aggregates), SUMMED)
    for item in on:
        steer(resolver, item, scope, FILTERED)
    group = node.args.get("group")
    if group is None:
        kept = _without(relation, _names(resolver, [*aggregates, *on]))
    else:
        kept = Relation(
            [(resolver.output_name(item, 0), sources_of(resolver, item, scope, SAME)) for item in group.expressions]
        )
    return Relation([*kept.columns, (STAR, values)], (*kept.opens, Open(None, values)))


def _long(resolver: Resolver, relation: Relation, node: Any, scope: Scope) -> Relation:
    values: Sources = NOTHING
    used: set[str] = set()
    for item in node.expressions:
        star = item.this if isinstance(item, exp.Columns) else item
        if isinstance(star, exp.Star):
            left_out = {part.name.lower() for part in star.args.get("except_") or ()}
            chosen = [column for column in relation.columns if column[0].lower() not in left_out]
            values |= union(sources for _, sources in chosen)
            used |= {name.lower() for name, _ in chosen}
        else:
            values |= sources_of(resolver, item, scope, SAME)
            used |= _names(resolver, [item])
    into = node.args.get("into")
    names = [into.this, *into.expressions] if into is not None else []
    called = [resolver.column_name(_identifier(name)) for name in names] or ["name", "value"]
    kept = _without(relation, used)
    new = [(called[0], through(values, CHOSEN)), *((name, values) for name in called[1:])]
    return Relation([*kept.columns, *new], kept.opens)
