"""Sets of source fields, and what an expression around them makes of them; the relations and scopes that hold them.

Values and small functions only: finding columns and tables is the resolver's part. Source: the transformation types and
subtypes of OpenLineage's ColumnLineageDatasetFacet 1-2-0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from whence.sql._result import (
    AGGREGATION,
    CONDITIONAL,
    DIRECT,
    FILTER,
    GROUP_BY,
    IDENTITY,
    INDIRECT,
    JOIN,
    SORT,
    TRANSFORMATION,
    WINDOW,
    FieldSource,
    TableName,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Sources = frozenset[FieldSource]
NOTHING: Sources = frozenset()
UNRESOLVED = FieldSource(TableName(""), "")
"""Stands among the sources for a column that was not found, so that "no sources" always means "none"."""
LOST: Sources = frozenset({UNRESOLVED})
STEERING = frozenset((WINDOW, CONDITIONAL, FILTER, JOIN, GROUP_BY, SORT))
"""Uses of a column that steer a result and do not enter it."""
_RANK = {IDENTITY: 0, TRANSFORMATION: 1, AGGREGATION: 2}
_MASKING = frozenset(
    ("MD5", "MD5_DIGEST", "SHA", "SHA1", "SHA2", "SHA256", "SHA512", "DIGEST", "HASHBYTES", "CRC32", "MASK")
)


class Relation:
    """Rows with columns: a table, a subquery, a CTE.

    `columns` are known, in order; `opens` are tables whose columns are not known and all pass.
    """

    __slots__ = ("columns", "fallback", "opens")

    def __init__(
        self, columns: list[tuple[str, Sources]], opens: tuple[TableName, ...] = (), fallback: Sources | None = None
    ) -> None:
        self.columns = columns
        self.opens = opens
        self.fallback = fallback  # what every column comes from, for table functions

    def find(self, name: str) -> Sources | None:
        """Return the sources of a column; None when it has none or several tables may own it."""
        known = self.known(name)
        if known is not None:
            return known
        if len(self.opens) == 1:
            return frozenset({FieldSource(self.opens[0], name)})
        return self.fallback

    def known(self, name: str) -> Sources | None:
        """Return the sources of a column that is known by name, None otherwise."""
        wanted = name.lower()
        return next((sources for column, sources in self.columns if column.lower() == wanted), None)

    def renamed(self, names: list[str]) -> Relation:
        """Return the relation with its first columns named anew, as `AS t(a, b)` does."""
        if not names:
            return self
        known = [(names[i] if i < len(names) else name, sources) for i, (name, sources) in enumerate(self.columns)]
        extra = [(name, self.fallback or NOTHING) for name in names[len(self.columns) :]] if not self.opens else []
        return Relation(known + extra, self.opens)


class Scope:
    """The relations a SELECT may name, and those of the queries around it."""

    __slots__ = ("aliases", "aliases_first", "parent", "relations")

    def __init__(self, parent: Scope | None) -> None:
        self.parent = parent
        self.aliases_first = False  # in GROUP BY, HAVING, ORDER BY select-list names hide columns not known
        self.relations: dict[str, Relation] = {}
        self.aliases: dict[str, Sources] = {}  # names given in the select list, for ORDER BY and HAVING

    def named(self, alias: str) -> Relation | None:
        """Return the relation of this name, looking outwards."""
        scope: Scope | None = self
        while scope is not None:
            if alias in scope.relations:
                return scope.relations[alias]
            scope = scope.parent
        return None


def some(tables: Iterable[TableName]) -> str:
    """Return the names of tables for a note, at most three of them."""
    names = [str(table) for table in tables]
    return " or ".join(names[:3]) + (f" or {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004


def star_of(item: exp.Expr) -> frozenset[str] | None:
    """Return the columns that a star leaves out (EXCEPT), or None when the item is no star."""
    star = item.this if isinstance(item, exp.Column) else item
    if not isinstance(star, exp.Star):
        return None
    left_out = star.args.get("except_") or star.args.get("except") or ()
    return frozenset(column.name.lower() for column in left_out)


def at_least(how: str, floor: str) -> str:
    """Return the stronger of two ways to use a column; steering is beyond the scale."""
    return how if _RANK.get(how, 9) >= _RANK[floor] else floor


def through(sources: Iterable[FieldSource], how: str, *, masking: bool = False) -> Sources:
    """Return the sources as seen through one more expression: the stronger transformation wins."""
    if how == IDENTITY and not masking:
        return frozenset(sources)
    seen: set[FieldSource] = set()
    for source in sources:
        hidden = source.masking or masking
        if source is UNRESOLVED:
            seen.add(source)
        elif how in STEERING:
            subtype = source.subtype if source.type == INDIRECT else how
            seen.add(FieldSource(source.table, source.field, INDIRECT, subtype, hidden))
        elif source.type == INDIRECT:
            seen.add(source._replace(masking=hidden))
        else:
            seen.add(FieldSource(source.table, source.field, DIRECT, at_least(how, source.subtype), hidden))
    return frozenset(seen)


def children(node: exp.Expr, how: str, masking: bool) -> Iterator[tuple[exp.Expr, str, bool]]:  # noqa: FBT001
    """Yield the parts of an expression with the way each one is used."""
    inner = how if how in STEERING or isinstance(node, (exp.Alias, exp.Paren)) else at_least(how, TRANSFORMATION)
    if isinstance(node, exp.AggFunc) and how not in STEERING:
        inner = AGGREGATION
    if isinstance(node, exp.Func) and _function_name(node) in _MASKING:
        masking = True
    special = _special_parts(node)
    for part in node.iter_expressions():
        yield part, inner if how in STEERING else special.get(part.arg_key or "", inner), masking


def _special_parts(node: exp.Expr) -> dict[str, str]:
    """Return the arguments of a node whose columns only steer its result."""
    if isinstance(node, exp.Window):
        return {"partition_by": WINDOW, "order": WINDOW, "spec": WINDOW}
    if isinstance(node, exp.If):
        return {"this": CONDITIONAL}
    if isinstance(node, exp.Case):
        return {"this": CONDITIONAL}
    if isinstance(node, exp.Filter):
        return {"expression": CONDITIONAL}
    if isinstance(node, (exp.Order, exp.WithinGroup)):
        return {"expressions": SORT, "expression": SORT}
    return {}


def _function_name(node: exp.Func) -> str:
    return (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).upper()


def queries_in(node: exp.Expr) -> Iterator[exp.Query]:
    """Yield the outermost queries below a node."""
    stack: list[exp.Expr] = [node]
    while stack:
        for child in stack.pop().iter_expressions():
            if isinstance(child, exp.Query) and not isinstance(child, exp.Values):
                yield child
            else:
                stack.append(child)
