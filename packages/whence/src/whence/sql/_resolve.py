"""From a parsed query to its output columns and their sources: scopes first, then edges.

One walk over the tree; no rewriting of it, so a query costs about what parsing it costs. What cannot be told is noted,
never guessed: an unqualified column that two tables without known columns could own belongs to neither. Filters, joins,
grouping and sorting are gathered for the whole statement, because they shape every row of its output.
It must not know about statements that write (`_statements` does), nor about datasets.
Source: SQL:2016 part 2, 7.6 (table references).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from whence.sql._edges import (
    LOST,
    NOTHING,
    STEERING,
    Relation,
    Scope,
    Sources,
    at_least,
    children,
    queries_in,
    some,
    star_of,
    through,
)
from whence.sql._names import fold_column, fold_table
from whence.sql._result import (
    FILTER,
    GROUP_BY,
    IDENTITY,
    INDIRECT,
    JOIN,
    SORT,
    TRANSFORMATION,
    FieldSource,
    Note,
    TableName,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whence.sql._names import Lookup

_ROW_MAKERS = frozenset(
    ("generate_series", "json_each", "json_tree", "jsonb_each", "jsonb_array_elements", "json_array_elements")
)
_MAX_NOTES = 20


class Resolver:
    """Reads the queries of one statement; gathers its input tables, its indirect sources and its notes."""

    def __init__(self, dialect: str, lookup: Lookup, default_db: str | None, default_schema: str | None) -> None:
        self.dialect = dialect
        self.lookup = lookup
        self._default_db = default_db
        self._default_schema = default_schema
        self.inputs: dict[TableName, None] = {}
        self.indirect: dict[FieldSource, None] = {}
        self.notes: dict[Note, None] = {}
        self.changed: dict[TableName, None] = {}  # tables that data-changing CTEs write

    # --- names

    def table_name(self, table: exp.Table) -> TableName:
        """Return the full name of a table reference."""
        name, schema, catalog = (self._part(table, key) for key in ("this", "db", "catalog"))
        if schema is None:
            schema = self._default_schema
        if catalog is None:
            catalog = self._default_db
        return TableName(name or "", schema, catalog)

    def _part(self, table: exp.Table, key: str) -> str | None:
        part = table.args.get(key)
        if isinstance(part, exp.Dot):  # four parts and more: the rest stays in the name
            return ".".join(
                fold_table(i.name, self.dialect, quoted=bool(i.args.get("quoted")))
                for i in part.find_all(exp.Identifier)
            )
        if part is None or not part.name:
            return None
        return fold_table(part.name, self.dialect, quoted=bool(part.args.get("quoted")))

    def column_name(self, identifier: exp.Expr) -> str:
        """Return a column's name, folded."""
        return fold_column(identifier.name, self.dialect, quoted=bool(identifier.args.get("quoted")))

    def known_columns(self, table: TableName) -> list[str] | None:
        """Return the column names of a table, None when not known."""
        columns = self.lookup.columns(table)
        return None if columns is None else [column.name for column in columns]

    def note(self, code: str, message: str) -> None:
        """Remember once that something was not understood."""
        if len(self.notes) < _MAX_NOTES:
            self.notes[Note(code, message)] = None

    def base(self, table: TableName) -> Relation:
        """Return the relation of a real table."""
        columns = self.known_columns(table)
        if columns is None:
            return Relation([], (table,))
        return Relation([(column, frozenset({FieldSource(table, column)})) for column in columns])

    # --- queries

    def query(self, node: exp.Expr, parent: Scope | None, ctes: dict[str, Relation]) -> Relation:
        """Return the output columns of a query expression."""
        ctes = self.with_ctes(node, parent, ctes)
        if isinstance(node, exp.Select):
            return self._select(node, parent, ctes)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, parent, ctes)
        if isinstance(node, exp.Subquery):
            scope = Scope(parent)
            relation = self._relation(node, scope, ctes)
            self._modifiers(node, scope, ctes, [])
            return relation
        if isinstance(node, exp.Table):
            return self._relation(node, Scope(parent), ctes)
        if isinstance(node, exp.Values):
            return self._values(node, parent, ctes)
        self.note("unsupported_query", f"a query of the form {type(node).__name__} was not read")
        return Relation([])

    def with_ctes(self, node: exp.Expr, parent: Scope | None, ctes: dict[str, Relation]) -> dict[str, Relation]:
        """Return the CTEs that the node can name: those around it and its own."""
        clause = node.args.get("with_")
        if not isinstance(clause, exp.With):
            return ctes
        known = dict(ctes)
        for cte in clause.expressions:
            name = cte.alias.lower()
            names = [self.column_name(column) for column in cte.args["alias"].columns] if cte.args.get("alias") else []
            body = cte.this
            if isinstance(body, (exp.Insert, exp.Update, exp.Delete)):
                known[name] = self._changing_cte(body, parent, known).renamed(names)
                continue
            if (clause.args.get("recursive") or self.dialect in ("oracle", "tsql")) and isinstance(
                body, exp.SetOperation
            ):
                anchor = self.query(body.this, parent, known).renamed(names)
                known[name] = anchor
                known[name] = self.query(body, parent, known).renamed(names)  # what the recursion reads of itself
            known[name] = self.query(body, parent, known).renamed(names)
        return known

    def _changing_cte(self, body: exp.Expr, parent: Scope | None, ctes: dict[str, Relation]) -> Relation:
        target = body.find(exp.Table)
        if target is None:
            return Relation([])
        name = self.table_name(target)
        self.changed[name] = None
        inner = body.args.get("expression")
        if isinstance(inner, exp.Query):
            self.query(inner, parent, ctes)
        self.note("changing_cte", f"the CTE that changes {name} was read at table level")
        return self.base(name)

    def _select(self, node: exp.Select, parent: Scope | None, ctes: dict[str, Relation]) -> Relation:
        scope = Scope(parent)
        start = node.args.get("from_")
        if start is not None:
            self.add_source(start.this, scope, ctes)
        self.add_joins(node, scope, ctes)
        for lateral in node.args.get("laterals") or ():
            self._lateral(lateral, scope, ctes)
        relation = self._projection(node, scope, ctes)
        scope.aliases = {name.lower(): sources for name, sources in relation.columns}
        self._modifiers(node, scope, ctes, [sources for _, sources in relation.columns])
        return relation

    def add_joins(self, node: exp.Expr, scope: Scope, ctes: dict[str, Relation]) -> None:
        """Put the joined relations into the scope and note what they are joined on."""
        for join in node.args.get("joins") or ():
            self.add_source(join.this, scope, ctes)
            self.shape(join.args.get("on"), JOIN, scope, ctes)
            for column in join.args.get("using") or ():
                for relation in scope.relations.values():
                    self._shape_by(relation.find(self.column_name(column)) or NOTHING, JOIN)

    def _set_operation(self, node: exp.SetOperation, parent: Scope | None, ctes: dict[str, Relation]) -> Relation:
        """Join the branches by position. A chain of hundreds of UNIONs leans left: it is unrolled, not recursed."""
        branches: list[exp.Expr] = []
        current: exp.Expr = node
        while isinstance(current, exp.SetOperation) and (current is node or not current.args.get("with_")):
            branches.append(current.expression)
            if current is not node:
                self._modifiers(current, Scope(parent), ctes, [])
            current = current.this
        branches.append(current)
        first, *rest = [self.query(branch, parent, ctes) for branch in reversed(branches)]
        columns = list(first.columns)
        opens = first.opens
        for relation in rest:
            if opens or relation.opens:
                opens = tuple(dict.fromkeys(opens + relation.opens))
            columns = [
                (name, sources | relation.columns[i][1] if i < len(relation.columns) else sources)
                for i, (name, sources) in enumerate(columns)
            ]
        if opens and rest:
            self.note(
                "unknown_columns",
                f"columns of {some(opens)} are not known: the branches of a UNION could not be matched by position",
            )
        scope = Scope(parent)
        scope.aliases = {name.lower(): sources for name, sources in columns}
        result = Relation(columns, opens)
        self._modifiers(node, scope, ctes, [sources for _, sources in columns])
        return result

    def _values(self, node: exp.Values, parent: Scope | None, ctes: dict[str, Relation]) -> Relation:
        for inner in queries_in(node):
            self.query(inner, parent, ctes)
        rows = node.expressions
        width = len(rows[0].expressions) if rows and isinstance(rows[0], exp.Tuple) else 1
        return Relation([(f"column{i + 1}", NOTHING) for i in range(width)]).renamed(self._alias_columns(node))

    # --- what stands in FROM

    def add_source(self, node: exp.Expr, scope: Scope, ctes: dict[str, Relation]) -> None:
        """Put a relation of FROM into the scope, under its alias or its own name."""
        if isinstance(node, exp.Lateral):
            self._lateral(node, scope, ctes)
            return
        alias = node.alias_or_name.lower() or f"#{len(scope.relations)}"
        scope.relations[alias] = self._relation(node, scope, ctes)
        if node.args.get("pivots"):
            self.note("pivot", "columns made by PIVOT or UNPIVOT were not followed")
            every = frozenset(s for _, sources in scope.relations[alias].columns for s in sources)
            scope.relations[alias] = Relation([], (), through(every, TRANSFORMATION))

    def _relation(  # noqa: PLR0911  one answer a kind of source
        self, node: exp.Expr, scope: Scope, ctes: dict[str, Relation]
    ) -> Relation:
        names = self._alias_columns(node)
        if isinstance(node, exp.Table):
            return self._table(node, scope, ctes).renamed(names)
        if isinstance(node, exp.Subquery):
            if isinstance(node.this, (exp.Table, exp.Subquery)) and not node.alias:
                # (a JOIN b): both stay visible outside
                self.add_source(node.this, scope, ctes)
                self.add_joins(node.this, scope, ctes)
                self.add_joins(node, scope, ctes)
                return Relation([])
            relation = self.query(node.this, scope, self.with_ctes(node, scope, ctes))
            self.add_joins(node, scope, ctes)
            return relation.renamed(names)
        if isinstance(node, exp.Values):
            return self._values(node, scope, ctes)
        if isinstance(node, (exp.Unnest, exp.Func)):
            own = [node.alias] if node.alias else []
            return Relation([], (), self.edges(node, scope, ctes, TRANSFORMATION)).renamed(names or own)
        if isinstance(node, exp.Query):
            return self.query(node, scope, ctes).renamed(names)
        self.note("unsupported_source", f"{type(node).__name__} in FROM was not read")
        return Relation([], (), NOTHING)

    def _table(self, node: exp.Table, scope: Scope, ctes: dict[str, Relation]) -> Relation:
        if isinstance(node.this, exp.Func):
            sources = self.edges(node.this, scope, ctes, TRANSFORMATION)
            if isinstance(node.this, exp.Anonymous) and node.name.lower() not in _ROW_MAKERS:
                self.note("table_function", f"what the function {node.name} reads is not known")
            own = [node.alias] if node.alias else []
            return Relation([], (), sources).renamed(own)
        cte = ctes.get(node.name.lower()) if not node.args.get("db") else None
        if cte is not None:
            return cte
        if node.name.upper() == "DUAL" and not node.args.get("db"):  # Oracle's and MySQL's way to select from nothing
            return Relation([])
        name = self.table_name(node)
        self.inputs[name] = None
        return self.base(name)

    def _lateral(self, node: exp.Lateral, scope: Scope, ctes: dict[str, Relation]) -> None:
        names = self._alias_columns(node)
        inner = node.this
        relation = (
            self.query(inner, scope, ctes)
            if isinstance(inner, exp.Query)
            else Relation([], (), self.edges(inner, scope, ctes, TRANSFORMATION))
        )
        scope.relations[node.alias.lower() or f"#{len(scope.relations)}"] = relation.renamed(names)

    def _alias_columns(self, node: exp.Expr) -> list[str]:
        alias = node.args.get("alias")
        return [self.column_name(column) for column in alias.columns] if isinstance(alias, exp.TableAlias) else []

    # --- what stands in SELECT

    def _projection(self, node: exp.Select, scope: Scope, ctes: dict[str, Relation]) -> Relation:
        columns: list[tuple[str, Sources]] = []
        opens: list[TableName] = []
        fallback: Sources | None = None
        for position, item in enumerate(node.expressions):
            star = star_of(item)
            if star is None:
                sources = self.edges(item, scope, ctes)
                columns.append((self._output_name(item, position), sources))
                scope.aliases.setdefault(columns[-1][0].lower(), sources)
                continue
            for relation in self._starred(item, scope):
                kept = [c for c in relation.columns if c[0].lower() not in star]
                columns.extend(kept)
                opens.extend(relation.opens)
                fallback = relation.fallback if relation.fallback is not None else fallback
        return Relation(columns, tuple(dict.fromkeys(opens)), fallback)

    def _starred(self, item: exp.Expr, scope: Scope) -> Iterable[Relation]:
        if not isinstance(item, exp.Column):
            return list(scope.relations.values())
        relation = scope.named(item.table.lower())
        if relation is None:
            self.note("unresolved_column", f"{item.table}.* names no table of the query")
            return []
        return [relation]

    def _output_name(self, item: exp.Expr, position: int) -> str:
        if isinstance(item, exp.Alias):
            return self.column_name(item.args["alias"])
        if isinstance(item, exp.Column):
            return self.column_name(item.this)
        if isinstance(item, exp.Dot):
            return item.name
        if isinstance(item, exp.Func) and self.dialect in ("postgres", "redshift"):
            return item.name.lower() if isinstance(item, exp.Anonymous) else item.sql_name().lower()
        if isinstance(item, exp.Cast) and isinstance(item.this, exp.Column):
            return self.column_name(item.this.this)
        return f"_col{position}"

    # --- modifiers: filters, groups, order

    def _modifiers(self, node: exp.Expr, scope: Scope, ctes: dict[str, Relation], outputs: list[Sources]) -> None:
        self.shape(node.args.get("where"), FILTER, scope, ctes)
        scope.aliases_first = True
        for key in ("having", "qualify"):
            self.shape(node.args.get(key), FILTER, scope, ctes)
        for key, subtype in (
            ("group", GROUP_BY),
            ("order", SORT),
            ("distribute", SORT),
            ("sort", SORT),
            ("cluster", SORT),
        ):
            clause = node.args.get(key)
            for item in clause.expressions if clause is not None else ():
                self._ordinal(item, subtype, scope, ctes, outputs)
            for part in ("rollup", "cube", "grouping_sets"):
                for item in (clause.args.get(part) or ()) if clause is not None else ():
                    self.shape(item, subtype, scope, ctes)

    def _ordinal(
        self, item: exp.Expr, subtype: str, scope: Scope, ctes: dict[str, Relation], outputs: list[Sources]
    ) -> None:
        inner = item.this if isinstance(item, exp.Ordered) else item
        if isinstance(inner, exp.Literal) and not inner.is_string and inner.name.isdigit():
            position = int(inner.name) - 1
            self._shape_by(outputs[position] if 0 <= position < len(outputs) else NOTHING, subtype)
            return
        self.shape(inner, subtype, scope, ctes)

    def shape(self, node: exp.Expr | None, subtype: str, scope: Scope, ctes: dict[str, Relation]) -> None:
        """Note the columns of a condition as indirect sources of the whole statement."""
        if node is not None:
            self._shape_by(self.edges(node, scope, ctes, subtype), subtype)

    def _shape_by(self, sources: Sources, subtype: str) -> None:
        for source in sources - LOST:
            kept = source.subtype if source.type == INDIRECT else subtype
            self.indirect[FieldSource(source.table, source.field, INDIRECT, kept, source.masking)] = None

    # --- expressions

    def edges(self, node: exp.Expr, scope: Scope, ctes: dict[str, Relation], subtype: str = IDENTITY) -> Sources:
        """Return the sources of an expression. `subtype` is how the expression as a whole is used."""
        found: set[FieldSource] = set()
        stack: list[tuple[exp.Expr, str, bool]] = [(node, subtype, False)]
        while stack:
            current, how, masking = stack.pop()
            if isinstance(current, exp.Column):
                found |= through(self._column(current, scope), how, masking=masking)
            elif isinstance(current, exp.Query):
                relation = self.query(current, scope, ctes)
                inner = frozenset(s for _, sources in relation.columns for s in sources) | (
                    relation.fallback or NOTHING
                )
                found |= through(inner, how if how in STEERING else at_least(how, TRANSFORMATION), masking=masking)
            else:
                stack.extend(children(current, how, masking))
        return frozenset(found)

    def _column(self, column: exp.Column, scope: Scope) -> Sources:
        name = self.column_name(column.this)
        if isinstance(column.this, exp.Star):
            return NOTHING
        qualifier = column.table.lower()
        if not qualifier:
            return self._unqualified(name, scope)
        relation = scope.named(qualifier)
        if relation is not None:
            sources = relation.find(name)
            return self._missing(f"{qualifier}.{name}", relation.opens) if sources is None else sources
        sources = self._struct_field(column, scope)
        if sources is not None:
            return through(sources, TRANSFORMATION)
        self.note("unresolved_column", f"column {qualifier}.{name} names no table of the query")
        return LOST

    def _struct_field(self, column: exp.Column, scope: Scope) -> Sources | None:
        """Return the sources of the column that holds a field: `doc.city`, `t.doc.city`; None when there is none."""
        first, second, *_ = column.parts
        relation = scope.named(first.name.lower())
        if relation is not None:
            return relation.find(self.column_name(second))
        return self._search(self.column_name(first), scope)

    def _unqualified(self, name: str, scope: Scope) -> Sources:
        sources = self._search(name, scope)
        if sources is not None:
            return sources
        at: Scope | None = scope
        candidates: list[TableName] = []
        while at is not None and not candidates:
            candidates = [table for relation in at.relations.values() for table in relation.opens]
            at = at.parent
        return self._missing(name, tuple(candidates))

    def _missing(self, name: str, candidates: tuple[TableName, ...]) -> Sources:
        if candidates:
            self.note(
                "ambiguous_column", f"column {name} could belong to {some(candidates)}: their columns are not known"
            )
        else:
            self.note("unresolved_column", f"column {name} was not found in the tables of the query")
        return LOST

    def _search(self, name: str, scope: Scope) -> Sources | None:
        """Find an unqualified column: in the tables, then among the names the select list gave, then outside."""
        at: Scope | None = scope
        while at is not None:
            known = [s for r in at.relations.values() if (s := r.known(name)) is not None]
            if known:
                return NOTHING.union(*known)
            opens = [r for r in at.relations.values() if r.opens or r.fallback is not None]
            if name.lower() in at.aliases and (at.aliases_first or not opens):
                return at.aliases[name.lower()]
            if opens:
                return opens[0].find(name) if len(opens) == 1 else None
            at = at.parent
        return None
