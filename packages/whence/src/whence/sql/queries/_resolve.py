"""From a parsed query to its output columns and their sources: scopes first, then edges.

One walk over the tree; no rewriting of it, so a query costs less than parsing it. What cannot be told is noted, never
guessed: an unqualified column that two tables without known columns could own belongs to neither. Filters, joins,
grouping and sorting are gathered for the whole statement, because they shape every row of its output. A chain of any
length (UNION, CTEs) takes no more of Python's stack than one link; only nesting does.
It must not know about statements that write (`statements` does), nor about datasets.
Source: SQL:2016 part 2, 7.13 (query expression).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlglot import exp

from whence.sql._names import alias_key, fold_column, fold_table
from whence.sql._profiles import DEFAULT
from whence.sql._result import TABLE, Note, TableName
from whence.sql._servers import Server, linked_server
from whence.sql.queries._columns import NO_COLUMNS
from whence.sql.queries._edges import (
    FILTERED,
    GROUPED,
    JOINED,
    NOTHING,
    NUMBERS,
    SORTED,
    Fields,
    Sources,
    TableFields,
    through,
    union,
)
from whence.sql.queries._expressions import sources_of, steer
from whence.sql.queries._pivots import pivot_statement
from whence.sql.queries._projection import all_columns, projection
from whence.sql.queries._remote import open_data_source
from whence.sql.queries._scopes import STAR, Cte, Ctes, Open, OutColumn, Relation, Scope, Unit, some
from whence.sql.queries._sources import add_joins, add_source, alias_columns, relation_of, values_rows
from whence.sql.text import T_SQL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from whence.sql._names import Lookup
    from whence.sql._profiles import Profile
    from whence.sql._result import FieldSource

_MAX_NOTES = 20
_MAX_ROUNDS = 24
_RECURSIVE_UNSAID = frozenset({"oracle", "tsql", "fabric", "snowflake", "sqlite", "db2", "teradata"})
"""Dialects whose recursive CTEs need no RECURSIVE."""
_LINKING = frozenset({"oracle", *T_SQL})
"""Dialects in which a name may say that its table is on another server."""


class Resolver:
    """Reads the queries of one statement; gathers its input tables, its indirect sources and its notes."""

    def __init__(
        self,
        dialect: str,
        lookup: Lookup,
        default_db: str | None,
        default_schema: str | None,
        profile: Profile = DEFAULT,
    ) -> None:
        self.dialect = dialect
        self.lookup = lookup
        self.default_schema = default_schema
        self.no_columns: frozenset[str] = NO_COLUMNS.get(dialect, frozenset())
        self.using_both_sides = profile.using_both_sides
        self.scalar_subqueries = profile.scalar_subqueries and dialect not in profile.no_scalar_subqueries_in
        self.names_struct_paths = profile.struct_fields == "path"
        self.names_by_struct = profile.struct_fields == "column"
        self.through_star = profile.through_star == "star"
        self.names_dictionary_fields = profile.dictionary_fields
        self.fields = Fields()
        self.inputs: dict[TableName, None] = {}
        self.notes: dict[Note, None] = {}
        self.changed: dict[TableName, None] = {}  # tables that data-changing CTEs write
        self.change: Callable[[exp.Expr, Scope | None, Ctes], Relation] | None = None  # reads such a CTE
        self.read_text: Callable[[str, Server | None], Relation | None] | None = (
            None  # a query, run where the text says
        )
        self.deadline: Callable[[], None] | None = None  # raises when the time for the statement is used up
        self.unit = Unit()
        self._main = self.unit
        self._default_db = default_db
        self._has_links = dialect in _LINKING
        self._folding = fold_column("aA", dialect, quoted=False), fold_column("aA", dialect, quoted=True)
        self._bases: dict[TableName, Relation] = {}

    # --- names

    def table_name(self, table: exp.Expr) -> TableName:
        """Return the full name of a table reference."""
        args = table.args
        if self._has_links and (far := self._on_link(args)) is not None:
            return far
        name = self._part(args.get("this")) or ""
        schema = self._part(args.get("db"))
        catalog = self._part(args.get("catalog"))
        return self._full(name, schema, catalog)

    def _on_link(self, args: dict[str, Any]) -> TableName | None:
        """Return the name of T-SQL's `server.db.schema.t` and of Oracle's `schema.t@link`; None for one of our own."""
        last, link = args["this"], args.get("catalog")
        if last.__class__ is exp.Dot and link is not None and self.dialect != "oracle":
            is_ad_hoc = link.__class__ is exp.Anonymous  # OPENDATASOURCE(..).db.schema.t
            server = open_data_source(link.expressions) if is_ad_hoc else linked_server(self._part(link) or "")
            schema, name = self._part(last.args["this"] or None), self._part(last.args["expression"])
            return server.table(TableName(name or "", schema, self._part(args.get("db") or None)))
        if self.dialect != "oracle":
            return None
        alias = args.get("alias")
        parts = [part for key in ("catalog", "db", "this") if (part := args.get(key)) is not None]
        if alias is not None and alias.this.__class__ is exp.Parameter:  # "S"."T"@link is parsed as an alias
            names, link = [self._part(part) or "" for part in parts], alias.this.name.upper()
        else:
            at = next((i for i, part in enumerate(parts) if "@" in part.name and not part.args.get("quoted")), None)
            if at is None:
                return None
            whole, _, link = ".".join(part.name for part in parts[at:]).partition("@")
            names, link = [*(self._part(part) or "" for part in parts[:at]), whole.upper()], link.upper()
        return Server(link).table(TableName(names[-1], names[-2] if len(names) > 1 else None))

    def full_name(self, table: TableName) -> TableName:
        """Return a name that a text told, with the defaults that it leaves out."""
        if table.form != TABLE:
            return table
        return self._full(table.name, table.schema, table.catalog)

    def _full(self, name: str, schema: str | None, catalog: str | None) -> TableName:
        if schema is None:
            schema = self.default_schema
        elif catalog is None and self._default_db is None and self.default_schema:
            # what is called the default schema may be where schemas are: then they are known there, and only there
            above = self.lookup.known(TableName(name, schema, self.default_schema))
            if above is not None and self.lookup.known(TableName(name, schema)) is None:
                catalog = self.default_schema
        if catalog is None:
            catalog = self._default_db
        return TableName(name, schema, catalog)

    def _part(self, part: Any) -> str | None:
        if part is None:
            return None
        if part.__class__ is exp.Identifier:
            name = part.args["this"]
            if part.args.get("temporary") or part.args.get("global_"):  # T-SQL's #t and ##t
                name = f"{'#' if part.args.get('temporary') else '##'}{name}"
            return fold_table(name, self.dialect, quoted=bool(part.args.get("quoted"))) if name else None
        if isinstance(part, exp.Dot):  # four parts and more: the rest stays in the name
            return ".".join(self._part(inner) or "" for inner in part.find_all(exp.Identifier))
        if isinstance(part, str):
            return part or None
        if isinstance(part, exp.Parameter):  # T-SQL's table variables
            return f"@{part.name}" if part.name else None
        return fold_table(part.name, self.dialect, quoted=bool(part.args.get("quoted"))) if part.name else None

    def fold(self, name: str, *, quoted: bool = False) -> str:
        """Return a column name with its letters as the database keeps them."""
        folding = self._folding[quoted]
        return name if folding == "aA" else name.lower() if folding == "aa" else name.upper()

    def column_name(self, identifier: Any) -> str:
        """Return a column's name, folded."""
        args = identifier.args
        name = args.get("this") if identifier.__class__ is exp.Identifier else identifier.name
        return self.fold(name, quoted=bool(args.get("quoted")))

    def output_name(self, item: Any, position: int) -> str:  # noqa: PLR0911  one answer a form
        """Return the name of a column of the select list; one that the database makes up is `_col` and a number."""
        if isinstance(item, exp.Alias):
            return self.column_name(item.args["alias"])
        if isinstance(item, exp.Column) and isinstance(item.this, exp.Identifier):
            return self.column_name(item.this)
        if isinstance(item, exp.Dot):
            return item.name
        if isinstance(item, (exp.Bracket, exp.Paren)) and isinstance(item.this, (exp.Column, exp.Dot)):
            return self.output_name(item.this, position)
        if isinstance(item, exp.Subquery) and self.dialect in ("postgres", "redshift"):
            inner = item.this.expressions if isinstance(item.this, exp.Select) else ()
            return self.output_name(inner[0], position) if len(inner) == 1 else f"_col{position}"
        if isinstance(item, exp.Case) and self.dialect in ("postgres", "redshift"):
            return "case"
        if isinstance(item, exp.Cast) and isinstance(item.this, exp.Column):
            return self.column_name(item.this.this)
        if isinstance(item, exp.Func) and self.dialect in ("postgres", "redshift"):
            return item.name.lower() if isinstance(item, exp.Anonymous) else item.sql_name().lower()
        return f"_col{position}"

    def known_columns(self, table: TableName) -> tuple[str, ...] | None:
        """Return the column names of a table, None when not known."""
        known = self.lookup.known(table)
        return None if known is None else known.names

    def note(self, code: str, message: str, node: Any = None, hides: str = "columns") -> None:
        """Remember once that something was not understood, and where it stands."""
        notes = self.notes
        if len(notes) < _MAX_NOTES and not any(n.message == message and n.code == code for n in notes):
            meta: dict[str, Any] = node.meta if node is not None else {}
            start, end = meta.get("start"), meta.get("end")
            notes[Note(code, message, start, None if end is None else end + 1, hides)] = None

    # --- tables

    def base(self, table: TableName) -> Relation:
        """Return the relation of a real table."""
        found = self._bases.get(table)
        if found is None:
            found = Relation.of_table(self.fields.table(table), self.lookup.known(table))
            self._bases[table] = found
        return found

    def reads(self, table: TableName) -> Relation:
        """Return the relation of a real table that is an input."""
        self.inputs[table] = None
        return self.base(table)

    def reads_named(self, text: str) -> TableFields:
        """Count a table as an input that a text names: `schema.table`; return its fields."""
        parts = [fold_table(part.strip('"`'), self.dialect, quoted=part[:1] in ('"', "`")) for part in text.split(".")]
        catalog, schema, name = [*[None] * (3 - len(parts)), *parts[-3:]]
        table = self._full(name or "", schema, catalog)
        self.inputs[table] = None
        return self.fields.table(table)

    def owner(self, relation: Relation) -> TableName | None:
        """Return the table behind rows that a statement changes through a CTE, None when there is none."""
        told = (source.table for _, sources in relation.columns for source in self.tell(sources))
        return next(iter(relation.unknown_tables), None) or next(told, None)

    def relation(self, node: Any, scope: Scope, ctes: Ctes) -> Relation:
        """Return the rows of one source of FROM."""
        return relation_of(self, node, scope, ctes)

    def add_source(self, node: Any, scope: Scope, ctes: Ctes) -> str:
        """Put a relation of FROM into the scope, without its joins; return its key."""
        return add_source(self, node, scope, ctes, with_joins=False)

    def add_joins(self, node: Any, scope: Scope, ctes: Ctes) -> None:
        """Put the joined relations of a node into the scope and note what they are joined on."""
        add_joins(self, node.args.get("joins") or [], scope, ctes)

    def all_columns(self, scope: Scope) -> Relation:
        """Return what `SELECT *` gives in a scope."""
        return all_columns(scope)

    # --- queries

    def query(  # noqa: PLR0911  one answer a form of query
        self, node: Any, parent: Scope | None, ctes: Ctes, *, is_source: bool = False
    ) -> Relation:
        """Return the output columns of a query expression. A source of FROM is named by whoever reads FROM."""
        if self.deadline is not None:
            self.deadline()
        while node.__class__ is exp.Subquery and _is_bare(node) and isinstance(node.args["this"], exp.Query):
            node = node.args["this"]
        clause = node.args.get("with_")
        if clause is not None:
            ctes = self.with_ctes(node, parent, ctes)
        cls = node.__class__
        if cls is exp.Select:
            return self._select(node, parent, ctes)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, parent, ctes)
        if cls is exp.Subquery:
            return self._wrapped(node, parent, ctes, is_source=is_source)
        if cls is exp.Values:
            return values_rows(self, node, Scope(parent, ctes))
        if cls is exp.Pivot:
            return pivot_statement(self, node, parent, ctes)
        if cls is exp.Table:
            scope = Scope(parent, ctes)
            add_source(self, node, scope, ctes)
            return all_columns(scope)
        self.note("unsupported_query", f"a query of the form {cls.__name__} was not read", hides="tables")
        return Relation([])

    def _wrapped(self, node: Any, parent: Scope | None, ctes: Ctes, *, is_source: bool) -> Relation:
        """Read a query in parentheses with clauses behind them."""
        inner = node.args["this"]
        scope = Scope(parent, ctes)
        if isinstance(inner, (exp.Query, exp.Values)) or inner.__class__ is exp.Pivot:
            relation = self.query(inner, parent, ctes)
            if not is_source:
                relation = relation.renamed(alias_columns(self, node))
            scope.add("", relation)
        else:
            add_source(self, inner, scope, ctes)
        if not is_source:
            self.add_joins(node, scope, ctes)
            relation = all_columns(scope)
        else:
            relation = scope.relations[next(iter(scope.relations))]
        self._clauses(node, scope, relation.columns)
        return relation

    def _select(self, node: Any, parent: Scope | None, ctes: Ctes) -> Relation:
        args = node.args
        scope = Scope(parent, ctes)
        if ctes and self.dialect == "clickhouse":
            scope.aliases.update({key: cte.relation.every for key, cte in ctes.items() if cte.is_scalar})
        start = args.get("from_")
        if start is not None:
            add_source(self, start.args["this"], scope, ctes)
        joins = args.get("joins")
        if joins:
            add_joins(self, joins, scope, ctes)
        for lateral in args.get("laterals") or ():
            add_source(self, lateral, scope, ctes)
        windows = args.get("windows")
        if windows:
            scope.windows = {window.this.name.lower(): window for window in windows}
        if args.get("match") is not None:
            self._matched(args["match"], scope)
        relation = projection(self, args["expressions"], scope)
        self._clauses(node, scope, relation.columns)
        return relation

    def _matched(self, match: Any, scope: Scope) -> None:
        """Read MATCH_RECOGNIZE: its measures are columns beside those of its rows."""
        rows = all_columns(scope)
        inner = Scope(scope.parent, scope.ctes)
        inner.relations = scope.relations
        for definition in (*(match.args.get("partition_by") or ()), *(match.args.get("define") or ())):
            steer(self, definition, _by_any_name(inner, definition, rows), FILTERED)
        if match.args.get("order") is not None:
            steer(self, match.args["order"], inner, SORTED)
        measures: list[OutColumn] = []
        for measure in match.args.get("measures") or ():
            seen = _by_any_name(inner, measure.this, rows)
            measures.append((self.output_name(measure.this, len(measures)), sources_of(self, measure.this, seen, 0)))
        alias = match.args.get("alias")
        scope.relations = {}
        scope.add(alias.name.lower() if alias is not None else "", Relation([*rows.columns, *measures], rows.opens))

    # --- common table expressions

    def with_ctes(self, node: Any, parent: Scope | None, ctes: Ctes) -> Ctes:
        """Return the CTEs that the node can name: those around it and its own."""
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        known = dict(ctes)
        is_recursive = bool(clause.args.get("recursive")) or self.dialect in _RECURSIVE_UNSAID
        for cte in clause.expressions:
            alias = cte.args.get("alias")
            identifier = alias.args.get("this") if alias is not None else None
            if identifier is None:
                continue
            key = alias_key(identifier.name, self.dialect, quoted=bool(identifier.args.get("quoted")))
            around, self.unit = self.unit, Unit()
            try:
                known[key] = self._cte(cte, key, parent, known, is_recursive=is_recursive)
            finally:
                self.unit = around
        return known

    def _cte(self, cte: Any, key: str, parent: Scope | None, known: Ctes, *, is_recursive: bool) -> Cte:
        body = cte.args["this"]
        names = alias_columns(self, cte)
        if isinstance(body, (exp.Insert, exp.Update, exp.Delete, exp.Merge)):
            relation = self.change(body, parent, known) if self.change is not None else Relation([])
            return Cte(relation.renamed(names), self.unit)
        if cte.args.get("scalar"):
            sources = sources_of(self, body, Scope(parent, known), 0)
            return Cte(Relation([(key, sources)]), self.unit, is_scalar=True)
        if is_recursive and isinstance(body, exp.SetOperation):
            return self._recursive(body, names, key, parent, known)
        return Cte(self.query(body, parent, known).renamed(names), self.unit)

    def _recursive(self, body: Any, names: list[str], key: str, parent: Scope | None, known: Ctes) -> Cte:
        """Read a CTE that may read itself until what its columns come from no longer grows."""
        anchor = body
        while isinstance(anchor, exp.SetOperation):
            anchor = anchor.this
        own_ctes = self.with_ctes(body, parent, known)
        cte = Cte(self.query(anchor, parent, own_ctes).renamed(names), self.unit)
        own_ctes = {**own_ctes, key: cte}
        for _ in range(_MAX_ROUNDS):
            before = cte.relation
            cte.is_called = False
            cte.relation = self._set_operation(body, parent, own_ctes).renamed(names)
            if not cte.is_called or cte.relation.columns == before.columns:
                break
        else:
            self.note("recursive_query", "a recursive query was followed only so many times")
        return cte

    # --- set operations

    def _set_operation(self, node: Any, parent: Scope | None, ctes: Ctes) -> Relation:
        """Join the branches. A chain of thousands of UNIONs leans left: it is unrolled, not recursed."""
        links: list[Any] = []
        current = node
        while isinstance(current, exp.SetOperation) and (current is node or current.args.get("with_") is None):
            links.append(current)
            current = current.args["this"]
            while current.__class__ is exp.Subquery and _is_bare(current):
                current = current.args["this"]
        relation = self.query(current, parent, ctes)
        run: list[Relation] = [relation]
        for at, link in enumerate(reversed(links)):
            run.append(self.query(link.args["expression"], parent, ctes))
            after = links[len(links) - at - 2] if at + 1 < len(links) else None
            if after is None or _is_different(link, after) or _has_clauses(link):
                relation = self._joined(link, run)
                if _has_clauses(link):
                    scope = Scope(parent, ctes)
                    scope.aliases = {name.lower(): sources for name, sources in relation.columns}
                    self._clauses(link, scope, relation.columns)
                run = [relation]
        return relation

    def _joined(self, link: Any, run: list[Relation]) -> Relation:
        """Return what branches under one kind of set operation give together."""
        if isinstance(link, exp.Except):
            run = [run[0], *(other.seen_through(lambda sources: through(sources, JOINED)) for other in run[1:])]
        if link.args.get("by_name"):
            return self._by_name(link, run)
        if any(relation.opens for relation in run):
            return self._open_union(run)
        columns: list[OutColumn] = []
        others = [relation.columns for relation in run[1:]]
        for position, (name, sources) in enumerate(run[0].columns):
            more = [other[position][1] for other in others if position < len(other)]
            columns.append((name, sources.union(*more)))
        return Relation(columns)

    def _open_union(self, run: list[Relation]) -> Relation:
        """Join branches some of whose columns are not known: by position up to the first star, by name behind it."""
        first = min(next((i for i, c in enumerate(r.columns) if c[0] == STAR), len(r.columns)) for r in run)
        columns = [
            (name, union(r.columns[position][1] for r in run))
            for position, (name, _) in enumerate(run[0].columns[:first])
        ]
        rest = [Relation(r.columns[first:], r.opens) for r in run]
        tables = dict.fromkeys(table for r in run for table in r.unknown_tables)
        if any(r.columns[0][0] != STAR for r in rest if r.columns) or len(tables) > 1:
            self.note(
                "unknown_columns",
                f"columns of {some(tables)} are not known: the branches of a UNION were matched by name",
            )
        behind = Open(None, NOTHING, tuple(rest))
        return Relation([*columns, (STAR, behind.every)], (behind,))

    def _by_name(self, link: Any, run: list[Relation]) -> Relation:
        """Join branches by the names of their columns: BY NAME, CORRESPONDING."""
        side = str(link.args.get("side") or "").lower()
        is_inner = not side and self.dialect == "bigquery"
        only = {self.column_name(part.this if isinstance(part, exp.Column) else part).lower()
                for part in link.args.get("on") or ()}  # fmt: skip
        names: dict[str, str] = {}
        for relation in run[:1] if side == "left" else run:
            for name, _ in relation.columns:
                names.setdefault(name.lower(), name)
        opens = tuple(part for relation in run for part in relation.opens)
        columns: list[OutColumn] = []
        for key, name in names.items():
            if name == STAR or (only and key not in only):
                continue
            found = [relation.find(key, name) for relation in run]
            if is_inner and None in found:
                continue
            columns.append((name, union(sources for sources in found if sources is not None)))
        if opens:
            columns.extend((STAR, part.every) for part in opens)
            opens = tuple(part.without(names) for part in opens)
        return Relation(columns, opens)

    # --- clauses: filters, groups, order

    def _clauses(self, node: Any, scope: Scope, columns: list[OutColumn]) -> None:
        if node.__class__ is not exp.Select:
            scope.aliases = {name.lower(): sources for name, sources in columns}
        args = node.args
        where = args.get("where")
        if where is not None:
            steer(self, where, scope, FILTERED)
        scope.aliases_first = True
        for key, value in args.items():
            how = _CLAUSES.get(key)
            if how is not None and value is not None and value.__class__ is not bool:
                self._clause(value, how, scope, columns)

    def _clause(self, clause: Any, how: int, scope: Scope, columns: list[OutColumn]) -> None:
        for part in clause if clause.__class__ is list else (clause,):
            if how == FILTERED or not part.args.get("expressions"):
                steer(self, part, scope, how)
                continue
            for name, value in part.args.items():
                if name == "expressions":
                    for item in value:
                        self._ordinal(item, how, scope, columns)
                elif value.__class__ is list or isinstance(value, exp.Expr):
                    for item in cast("list[Any]", value) if value.__class__ is list else (value,):
                        steer(self, item, scope, how)

    def _ordinal(self, item: Any, how: int, scope: Scope, columns: list[OutColumn]) -> None:
        """Read an item of GROUP BY or ORDER BY, which may be the number or the name of an output column."""
        inner = item.args["this"] if item.__class__ is exp.Ordered else item
        cls = inner.__class__
        if cls is exp.Literal:
            number = inner.name
            position = int(number) - 1 if not inner.args.get("is_string") and number.isdigit() else -1
            if 0 <= position < len(columns):
                self.shape_by(columns[position][1], how)
            return
        if cls is exp.Column and how == SORTED and inner.args.get("table") is None:
            found = scope.aliases.get(inner.name.lower())
            if found is not None:
                self.shape_by(found, how)
                return
        steer(self, inner, scope, how)

    # --- for readers of statements

    def edges(self, node: Any, scope: Scope, ctes: Ctes, subtype: str = "IDENTITY") -> Sources:
        """Return the sources of an expression. `subtype` is how the expression as a whole is used."""
        scope.ctes = ctes
        return sources_of(self, node, scope, NUMBERS[subtype])

    def shape(self, node: Any, subtype: str, scope: Scope, ctes: Ctes) -> None:
        """Note the columns of a condition as indirect sources of the whole statement."""
        if node is not None:
            scope.ctes = ctes
            how = NUMBERS[subtype]
            steer(self, node, scope, how)

    def shape_by(self, sources: Sources, how: int) -> None:
        """Note sources as indirect ones of the whole statement."""
        self.unit.indirect |= through(sources, how)

    def tell(self, sources: Iterable[int], *, but: TableName | None = None) -> tuple[FieldSource, ...]:
        """Return sources as values, without those in the table `but`."""
        return self.fields.tell(sources, but=but)

    def untell(self, told: Iterable[FieldSource]) -> Sources:
        """Return values as sources again."""
        return self.fields.untell(told)

    @property
    def indirect(self) -> set[int]:
        """The sources that shape the whole statement: its own and those of the CTEs that it uses."""
        found: set[int] = set()
        return found.union(*(unit.indirect for unit in self._main.reached()))


def _by_any_name(scope: Scope, node: Any, rows: Relation) -> Scope:
    """Return the scope with the names of pattern variables (`last(down.price)`) as names of the rows."""
    seen = Scope(scope.parent, scope.ctes)
    for column in node.find_all(exp.Column):
        if column.table and column.table.lower() not in seen.relations:
            seen.add(column.table.lower(), rows)
    if not seen.relations:
        seen.add("", rows)
    return seen


def _is_bare(node: Any) -> bool:
    """Whether there is nothing about a query in parentheses but the parentheses."""
    return not any(value for key, value in node.args.items() if key != "this")


def _has_clauses(node: Any) -> bool:
    return any(node.args.get(key) for key in _CLAUSES)


def _is_different(link: Any, other: Any) -> bool:
    return link.__class__ is not other.__class__ or any(
        link.args.get(key) != other.args.get(key) for key in ("by_name", "side", "on")
    )


_CLAUSES = {
    "connect": FILTERED,
    "prewhere": FILTERED,
    "having": FILTERED,
    "qualify": FILTERED,
    "limit": FILTERED,
    "offset": FILTERED,
    "distinct": GROUPED,
    "group": GROUPED,
    "order": SORTED,
    "sort": SORTED,
    "cluster": SORTED,
    "distribute": SORTED,
}
