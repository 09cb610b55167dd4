"""The sources of an expression: one walk with a stack of its own, so that no length of AND, OR or || is too long.

Each class of node has a kind, found once; most need nothing but their parts. It must not know where columns live, nor
what queries are made of. Source: OpenLineage's ColumnLineageDatasetFacet 1-2-0 on what counts as indirect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from whence.sql._names import alias_key
from whence.sql.queries._columns import column_sources, positional
from whence.sql.queries._edges import (
    CHANGED,
    CHOSEN,
    DEEPER,
    FILTERED,
    MASKED,
    NOTHING,
    SORTED,
    SUMMARY,
    THROUGH,
    WINDOWED,
    Sources,
    instead,
    steers,
    through,
)
from whence.sql.queries._remote import call_of, rows_of_call
from whence.sql.text import T_SQL

if TYPE_CHECKING:
    from collections.abc import Callable

    from whence.sql.queries._resolve import Resolver
    from whence.sql.queries._scopes import Scope

_MASKING = frozenset(
    ("MD5", "MD5_DIGEST", "SHA", "SHA1", "SHA2", "SHA256", "SHA512", "DIGEST", "HASHBYTES", "CRC32", "MASK")
)
_IGNORED, _LIST, _COLUMN, _PLAIN, _SUMMARY, _SAME, _MASK, _QUERY, _OWN = range(9)
_EMPTY = (
    exp.Literal,
    exp.Identifier,
    exp.Var,
    exp.DataType,
    exp.Null,
    exp.Boolean,
    exp.Placeholder,
    exp.SessionParameter,
    exp.JSONPath,
    exp.Hint,
)


class _Kinds(dict[type, int]):
    """Class of a node -> its kind; found on first sight."""

    def __missing__(self, cls: type) -> int:
        kind = self[cls] = _kind(cls)
        return kind


def _kind(cls: type) -> int:  # noqa: PLR0911  one answer a kind
    if cls is list:
        return _LIST
    if not issubclass(cls, exp.Expr) or issubclass(cls, _EMPTY):
        return _IGNORED
    if issubclass(cls, exp.Column):
        return _COLUMN
    if cls in _HANDLERS:
        return _OWN
    if issubclass(cls, exp.Query):
        return _QUERY
    if cls is exp.Alias or cls is exp.Paren:
        return _SAME
    if issubclass(cls, exp.AggFunc):
        return _SUMMARY
    if issubclass(cls, exp.Func) and _MASKING.intersection(cls.sql_names()):
        return _MASK
    return _PLAIN


Stack = list[tuple[Any, int]]


class Walk:
    """One walk over an expression: what is still to be seen, what was found."""

    __slots__ = ("found", "how", "node", "resolver", "scope", "stack")

    def __init__(self, resolver: Resolver, scope: Scope, found: set[int]) -> None:
        self.resolver = resolver
        self.scope = scope
        self.stack: Stack = []
        self.found = found
        self.node: Any = None
        self.how = 0

    def add(self, sources: Sources) -> None:
        """Take sources as the node at hand is used."""
        self.found |= through(sources, self.how)

    def push(self, node: object, how: int) -> None:
        """Leave a part, or a list of them, for later."""
        if node.__class__ is list:
            self.stack.extend((part, how) for part in node if KINDS[part.__class__])  # type: ignore[attr-defined]
        elif KINDS[node.__class__]:
            self.stack.append((node, how))

    def push_parts(self, how: int, *but: str) -> None:
        """Leave all parts of the node at hand, save some."""
        for key, value in self.node.args.items():
            if key not in but:
                self.push(value, how)


def sources_of(resolver: Resolver, node: Any, scope: Scope, how: int) -> Sources:
    """Return the sources of an expression; `how` is how the expression as a whole is used."""
    kind = KINDS[node.__class__]
    if kind == _COLUMN:
        return through(column_sources(resolver, node, scope), how)
    if kind == _IGNORED:
        return NOTHING
    found: set[int] = set()
    _walk(Walk(resolver, scope, found), node, how)
    return frozenset(found)


def steer(resolver: Resolver, node: Any, scope: Scope, how: int) -> None:
    """Note the sources of an expression as ones that steer the whole statement; `how` is a steering way."""
    indirect = resolver.unit.indirect
    kind = KINDS[node.__class__]
    if kind == _COLUMN:
        indirect |= through(column_sources(resolver, node, scope), how)
    elif kind != _IGNORED:
        _walk(Walk(resolver, scope, indirect), node, how)


def _walk(walk: Walk, node: Any, how: int) -> None:  # noqa: C901, PLR0912  the hot loop: calls would double its cost
    resolver, scope, found, stack = walk.resolver, walk.scope, walk.found, walk.stack
    kinds = KINDS
    stack.append((node, how))
    pop, push = stack.pop, stack.append
    while stack:
        node, how = pop()
        kind = kinds[node.__class__]
        if kind == _COLUMN:
            sources = column_sources(resolver, node, scope)
            if how:
                ways = THROUGH[how]
                for source in sources:
                    found.add(source & ~31 | ways[source & 31])
            else:
                found |= sources
            continue
        if kind == _PLAIN:
            how = DEEPER[how]
        elif kind == _SUMMARY:
            how = SUMMARY[how]
        elif kind == _MASK:
            how = DEEPER[how] | MASKED
        elif kind == _OWN:
            walk.node, walk.how = node, how
            _HANDLERS[node.__class__](walk)
            continue
        elif kind == _QUERY:
            walk.node, walk.how = node, how
            _query(walk)
            continue
        for value in node.args.values():
            cls = value.__class__
            if cls is list:
                for part in value:
                    if kinds[part.__class__]:
                        push((part, how))
            elif kinds[cls]:
                push((value, how))


# --- nodes whose parts are used in different ways


def _query(walk: Walk) -> None:
    relation = walk.resolver.query(walk.node, walk.scope, walk.scope.ctes)
    if walk.resolver.scalar_subqueries or steers(walk.how):
        walk.found |= through(relation.every, DEEPER[walk.how])


def _exists(walk: Walk) -> None:
    inner = walk.node.this
    if isinstance(inner, exp.Query):  # what its select list gives does not matter
        walk.resolver.query(inner, walk.scope, walk.scope.ctes)
    else:
        walk.push_parts(DEEPER[walk.how])


def _case(walk: Walk) -> None:
    args, deeper = walk.node.args, DEEPER[walk.how]
    walk.push(args.get("this"), instead(walk.how, CHOSEN))
    walk.push(args.get("ifs"), deeper)
    walk.push(args.get("default"), deeper)


def _if(walk: Walk) -> None:
    args, deeper = walk.node.args, DEEPER[walk.how]
    walk.push(args.get("this"), instead(walk.how, CHOSEN))
    walk.push(args.get("true"), deeper)
    walk.push(args.get("false"), deeper)


def _filter(walk: Walk) -> None:
    walk.push(walk.node.args.get("this"), walk.how)
    walk.push(walk.node.args.get("expression"), instead(walk.how, FILTERED))


def _order(walk: Walk) -> None:
    walk.push(walk.node.args.get("this"), walk.how)
    walk.push(walk.node.args.get("expressions"), instead(walk.how, SORTED))


def _within_group(walk: Walk) -> None:
    """Read `percentile_cont(0.5) within group (order by x)`, whose value is x, and `listagg(a) .. (order by x)`."""
    function, order = walk.node.args.get("this"), walk.node.args.get("expression")
    walk.push(function, walk.how)
    has_values = function is not None and any(isinstance(part, exp.Column) for part in function.iter_expressions())
    if isinstance(order, exp.Order):
        walk.push(order.expressions, instead(walk.how, SORTED) if has_values else SUMMARY[walk.how])


def _window(walk: Walk) -> None:
    node: Any = walk.node
    seen = 0
    around = instead(walk.how, WINDOWED)
    walk.push(node.args.get("this"), walk.how)
    while node is not None and seen < len(walk.scope.windows) + 1:
        for part in ("partition_by", "order", "spec"):
            walk.push(node.args.get(part), around)
        name = node.args.get("alias") or (node.this if seen and isinstance(node.this, exp.Identifier) else None)
        node = walk.scope.windows.get(name.name.lower()) if name is not None else None
        seen += 1


def _named_value(walk: Walk) -> None:
    """Read `name = value`, where the name is no column: keyword arguments, fields of a struct, entries of a map."""
    walk.push(walk.node.args.get("expression"), walk.how)


def _dot(walk: Walk) -> None:
    """Read `(t).a`, where t may be a table, `(doc).city`, `f(x).y`, and T-SQL's `server.db.schema.t.a`."""
    base, field = walk.node.args["this"], walk.node.args["expression"]
    while isinstance(base, exp.Paren):
        base = base.args["this"]
    is_table = isinstance(base, exp.Column) and isinstance(base.this, exp.Identifier)
    if is_table and (base.args.get("table") is None or (base.args.get("catalog") and walk.resolver.dialect in T_SQL)):
        key = alias_key(base.name, walk.resolver.dialect, quoted=bool(base.this.args.get("quoted")))
        relation = walk.scope.named(key)
        if relation is not None and relation.known(key, base.name) is None and isinstance(field, exp.Identifier):
            name = walk.resolver.column_name(field)
            found = relation.find(name.lower(), name)
            if found is not None:
                walk.add(found)
                return
    walk.push(base, DEEPER[walk.how])
    if not isinstance(field, exp.Identifier):
        walk.push(field, DEEPER[walk.how])


def _star(walk: Walk) -> None:
    """Read a star inside a function: `to_json(*)`, `hash(*)`: every column in sight."""
    for relation in walk.scope.relations.values():
        walk.add(relation.every)


def _count(walk: Walk) -> None:
    inner = walk.node.args.get("this")
    is_star = isinstance(inner, exp.Star) or (isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star))
    walk.push_parts(SUMMARY[walk.how], *(("this",) if is_star else ()))


def _anonymous(walk: Walk) -> None:
    name = walk.node.name.upper()
    if name.startswith("DICTGET") and walk.resolver.dialect == "clickhouse":
        _dictionary(walk)
        return
    if name == "DBLINK_EXEC":
        call = call_of("dblink_exec", walk.node.expressions)
        if call is not None:
            rows_of_call(walk.resolver, call, [])
            return
        walk.resolver.note("dynamic_sql", "what dblink_exec runs on another server is not known", hides="tables")
    deeper = DEEPER[walk.how]
    parts = walk.node.expressions
    if name == "TABLE" and len(parts) == 1 and isinstance(parts[0], exp.Column):  # Trino: a table as an argument
        walk.add(walk.resolver.reads_named(".".join(part.name for part in parts[0].parts)).of("*"))
        return
    walk.push(parts, deeper | MASKED if name in _MASKING else deeper)


def _dictionary(walk: Walk) -> None:
    """Read ClickHouse's `dictGet('dictionary', 'attribute', key)`: the dictionary is a table that is read."""
    parts: list[exp.Expr] = walk.node.expressions
    name, attributes, *rest = [*parts, None, None]
    if name is None:
        return
    text = ".".join(part.name for part in name.parts) if isinstance(name, exp.Column) else name.name
    table = walk.resolver.reads_named(text)
    for attribute in attributes.expressions if isinstance(attributes, exp.Tuple) else (attributes,):
        if isinstance(attribute, exp.Literal) and walk.resolver.names_dictionary_fields:
            walk.found |= through(table.of(attribute.name), CHANGED if not walk.how else walk.how)
    for part in rest:
        walk.push(part, DEEPER[walk.how])


def _parameter(walk: Walk) -> None:
    """Read Snowflake's `$1`: the first column of what stands in FROM; elsewhere it is a value of the caller's."""
    if walk.resolver.dialect == "snowflake" and walk.node.name.isdigit() and walk.scope.relations:
        walk.add(positional(walk.resolver, walk.node, list(walk.scope.relations.values())))


def _position(walk: Walk) -> None:
    walk.add(positional(walk.resolver, walk.node, list(walk.scope.relations.values())))


def _lambda(walk: Walk) -> None:
    """Read `x -> x.a + b`: its own names are no columns."""
    _without(walk, {part.name.lower() for part in walk.node.expressions}, [walk.node.args["this"]])


def _without(walk: Walk, own: set[str], stack: list[Any]) -> None:
    """Push the columns of some expressions, except names that stand for values made within."""
    while stack:
        node = stack.pop()
        if node is None:
            continue
        if isinstance(node, exp.Column):
            if node.parts[0].name.lower() not in own:
                walk.push(node, DEEPER[walk.how])
        elif isinstance(node, exp.Query):
            walk.push(node, DEEPER[walk.how])
        else:
            stack.extend(node.iter_expressions())


def _comprehension(walk: Walk) -> None:
    """Read DuckDB's `[x.a + b for x in list if x > c]`."""
    args = walk.node.args
    _without(walk, {args["expression"].name.lower()}, [args.get("this"), args.get("condition")])
    walk.push(args.get("iterator"), DEEPER[walk.how])


def _model(walk: Walk) -> None:
    """Read `ML.PREDICT(MODEL m, ..)`: a model is no table."""
    is_model = isinstance(walk.node.args.get("this"), exp.Table)
    walk.push_parts(DEEPER[walk.how], *(("this",) if is_model else ()))


def _table(walk: Walk) -> None:
    """Read a table as an argument: `ML.FORECAST(.., TABLE t)`."""
    walk.add(walk.resolver.relation(walk.node, walk.scope, walk.scope.ctes).every)


_HANDLERS: dict[type, Callable[[Walk], None]] = {
    exp.Anonymous: _anonymous,
    exp.Case: _case,
    exp.Columns: _star,
    exp.Comprehension: _comprehension,
    exp.Count: _count,
    exp.Dot: _dot,
    exp.Exists: _exists,
    exp.Filter: _filter,
    exp.If: _if,
    exp.Kwarg: _named_value,
    exp.Lambda: _lambda,
    exp.Order: _order,
    exp.Parameter: _parameter,
    exp.PositionalColumn: _position,
    exp.Predict: _model,
    exp.GenerateEmbedding: _model,
    exp.GenerateTable: _model,
    exp.GenerateText: _model,
    exp.MLForecast: _model,
    exp.MLTranslate: _model,
    exp.PropertyEQ: _named_value,
    exp.Star: _star,
    exp.Table: _table,
    exp.Window: _window,
    exp.WithinGroup: _within_group,
}
KINDS = _Kinds()
"""Class of a node -> what a walk does with it; 0: nothing, it holds no columns."""
