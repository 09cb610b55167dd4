"""Random SQL queries over a small schema, as trees of text that can be written in more than one way.

`draw_query` makes a query from a `choose(n)` that gives a number below n (0 is the simplest choice, so that hypothesis
shrinks towards short queries). The query is DuckDB's SQL; with `portable=True` it keeps to what SQLite knows, too.
`Query.text` writes it: with other names, CTEs written out where they are used, other letters, other white space.
It knows nothing of lineage: that is what the tests find out.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEMA = {"t": ["a", "b", "c"], "u": ["a", "d", "e"], "v": ["b", "d", "f"], "w": ["g", "h", "c"], "z": ["a", "b", "c"]}
"""Tables and their columns, all of them integers; `z` is what statements write to."""

READ = ["t", "u", "v", "w"]
SPACES = [" ", " ", "\n", "\t  ", " /* a , b */ ", " -- it's\n", "\r\n", " /* SELECT */ "]
WORDS = re.compile(r"(?:ORDER|GROUP|PARTITION) BY|\S+")
"""Left out: comments inside of these pairs, which are one token to sqlglot."""


@dataclass(eq=False)
class Name:
    """A name that the query itself gives: to a CTE, a table in FROM, a window or a column. Equal only to itself."""

    text: str


@dataclass(eq=False)
class Cte:
    """A common table expression: its name and its query."""

    name: Name
    query: Parts
    columns: list[Column]


class With(NamedTuple):
    """The WITH clause of a query; nothing when CTEs are written out."""

    ctes: list[Cte]
    is_recursive: bool = False


class Use(NamedTuple):
    """A CTE in FROM; its query in brackets when CTEs are written out. It always has an alias behind it."""

    cte: Cte


class Ref(NamedTuple):
    """A column, with the table's name before it when that is given."""

    relation: Name | str | None
    column: Column


Column = Name | str
Part = str | Name | With | Use | Ref
Parts = list[Part]


@dataclass
class Relation:
    """What FROM holds: what it is called, its columns, and whether it is a table of the schema."""

    name: Name | str
    columns: list[Column]
    is_table: bool = True


@dataclass
class Scope:
    """The tables that an expression can name columns of, and those of the queries around it."""

    relations: list[Relation] = field(default_factory=list)
    merged: list[Column] = field(default_factory=list)
    outer: Scope | None = None
    is_qualified: bool = False  # columns stand behind their tables' names only
    is_listed: bool = False  # has a comma in FROM, which binds less than JOIN

    def bearers(self, column: Column) -> list[Relation]:
        """Return the relations that have a column of that name."""
        return [relation for relation in self.relations if column in relation.columns]

    def is_clear(self, column: Column) -> bool:
        """Whether the column can be named without its table."""
        return not self.is_qualified and (len(self.bearers(column)) == 1 or column in self.merged)

    def star(self) -> list[Column]:
        """Return the columns of `*`: those that USING joins stand there once."""
        found: list[Column] = []
        for relation in self.relations:
            found += [column for column in relation.columns if column not in self.merged or column not in found]
        return found

    def free(self) -> list[Ref]:
        """Return the columns of the queries around this one, as they may be named in it."""
        found: list[Ref] = []
        hidden = [self]
        scope = self.outer
        while scope:
            names = [relation.name for inner in hidden for relation in inner.relations]
            for relation in scope.relations:
                if relation.name not in names:
                    found += [Ref(relation.name, column) for column in relation.columns]
            for column in dict.fromkeys(scope.star()):
                if scope.is_clear(column) and not any(inner.bearers(column) for inner in hidden):
                    found.append(Ref(None, column))
            hidden.append(scope)
            scope = scope.outer
        return found


@dataclass
class Writing:
    """How a query is written."""

    rename: Callable[[Name], str] = lambda name: name.text
    inline: bool = False
    keyword: Callable[[str], str] = str
    letters: Callable[[str], str] = str
    space: Callable[[], str] = lambda: " "

    def tokens(self, parts: Parts) -> Iterator[str]:
        """Give the pieces that white space may stand between."""
        for part in parts:
            if isinstance(part, str):
                yield from (
                    re.sub(r"[A-Z_]{2,}", lambda found: self.keyword(found[0]), word) for word in WORDS.findall(part)
                )
            elif isinstance(part, Name):
                yield self.rename(part)
            elif isinstance(part, Ref):
                yield ".".join(self._plain(each) for each in part if each is not None)
            elif isinstance(part, Use):
                yield from self._use(part)
            elif not self.inline or part.is_recursive:
                yield from self._with(part)

    def _plain(self, name: Name | str) -> str:
        return self.rename(name) if isinstance(name, Name) else self.letters(name)

    def _use(self, part: Use) -> Iterator[str]:
        if self.inline and part.cte.query:
            yield from self.tokens(["(", *part.cte.query, ")"])
        else:
            yield self.rename(part.cte.name)

    def _with(self, part: With) -> Iterator[str]:
        yield self.keyword("WITH")
        if part.is_recursive:
            yield self.keyword("RECURSIVE")
        for number, cte in enumerate(part.ctes):
            yield from self.tokens([*([","] if number else []), cte.name, "AS (", *cte.query, ")"])


@dataclass
class Query:
    """A query, or a statement with one in it; `features` are the words for what is in it."""

    parts: Parts
    columns: list[Column]
    features: set[str]

    def text(self, **how: object) -> str:
        """Write it; the arguments are those of `Writing`."""
        writing = Writing(**how)  # type: ignore[arg-type]
        text = ""
        for token in writing.tokens(self.parts):
            text += (writing.space() if text else "") + token
        return text


def many(examples: int) -> settings:
    """Return settings that try the same queries in every run; WHENCE_SQL_EXAMPLES=9 tries 9 times as many others."""
    times = int(os.environ.get("WHENCE_SQL_EXAMPLES", "1"))
    return settings(
        max_examples=examples * times,
        derandomize=times == 1,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def drawn(draw, **limits) -> Writer:
    """Make a writer that chooses as hypothesis draws; `draw` is what `st.composite` hands out, or `data.draw`."""
    return Writer(lambda options: draw(st.integers(0, options - 1)), **limits)


def fill(template: str, *values: Parts | Part) -> Parts:
    """Put values where the template has question marks."""
    parts: Parts = []
    for number, words in enumerate(template.split("?")):
        if number:
            value = values[number - 1]
            parts += value if isinstance(value, list) else [value]
        if words.strip():
            parts.append(words.strip())
    return parts


def listed(items: list[Parts]) -> Parts:
    """Put commas between."""
    return [part for number, item in enumerate(items) for part in ([",", *item] if number else item)]


class Writer:
    """Makes one query by choosing.

    `portable`: SQLite knows all of it. `use_all`: what a nested query gives is used by the query around it.
    `distinct`: rows may be made distinct, by DISTINCT or by a set operation without ALL.
    """

    def __init__(
        self, choose: Callable[[int], int], *, portable: bool = False, use_all: bool = False, distinct: bool = True
    ) -> None:
        self.choose = choose
        self.portable = portable
        self.use_all = use_all
        self.distinct = distinct
        self.features: set[str] = set()
        self.ctes: list[Cte] = []
        self.counts: dict[str, int] = {}

    def pick(self, options: list):
        return options[self.choose(len(options))]

    def chance(self, percent: int) -> bool:
        return self.choose(100) >= 100 - percent

    def own(self, percent: int) -> bool:
        """Whether to use what only DuckDB has."""
        return not self.portable and self.chance(percent)

    def new(self, prefix: str) -> Name:
        self.counts[prefix] = self.counts.get(prefix, 0) + 1
        return Name(f"{prefix}{self.counts[prefix]}")

    # queries

    def query(self, depth: int, outer: Scope | None = None, width: int | None = None, *, top: bool = False) -> Query:
        """Make a query with so many columns (None: any number). Their names differ, unless it is the top."""
        before = list(self.ctes)
        head: Parts = []
        if depth > 0 and self.chance(40 if top else 10):
            head = self.with_clause(depth - 1)
        if depth > 0 and self.chance(20):
            parts, columns = self.set_operation(depth - 1, outer, width)
        else:
            parts, columns = self.select(depth, outer, width, top=top, ordered=True)
        self.ctes = before
        return Query(head + parts, columns, self.features)

    def with_clause(self, depth: int) -> Parts:
        made: list[Cte] = []
        is_recursive = self.chance(15)
        for number in range(1 + self.choose(3)):
            if is_recursive and number == 0:
                cte = self.recursive_cte()
            else:
                body = self.query(depth)
                cte = Cte(self.new("q"), body.parts, body.columns)
            made.append(cte)
            self.ctes.append(cte)
        self.features.add("recursive" if is_recursive else "cte")
        return [With(made, is_recursive)]

    def recursive_cte(self) -> Cte:
        name, alias, step, value = self.new("q"), self.new("r"), self.new("k"), self.new("k")
        table, other = self.pick(READ), self.pick(READ)
        first = fill("SELECT ? AS ? , ? AS ? FROM ?", self.any_of(table), step, self.any_of(table), value, table)
        again = fill(
            "SELECT ? + 1 , ? FROM ? AS ? JOIN ? ON ? = ? WHERE ? < 3",
            Ref(alias, step),
            Ref(other, self.any_of(other)) if self.chance(50) else Ref(alias, value),
            name,
            alias,
            other,
            Ref(other, self.any_of(other)),
            Ref(alias, value),
            Ref(alias, step),
        )
        union = "UNION" if self.distinct and self.chance(50) else "UNION ALL"
        return Cte(name, [*first, union, *again], [step, value])

    def any_of(self, table: str) -> str:
        return self.pick(SCHEMA[table])

    def set_operation(self, depth: int, outer: Scope | None, width: int | None) -> tuple[Parts, list[Column]]:
        width = width or 1 + self.choose(3)
        parts, columns = self.select(depth, outer, width)
        kind = self.pick(["UNION ALL", "UNION", "INTERSECT", "EXCEPT"] if self.distinct else ["UNION ALL"])
        self.features.add("union all" if kind == "UNION ALL" else "distinct")
        for _ in range(1 + self.choose(2)):
            parts = [*parts, kind, *self.select(depth, outer, width)[0]]
        if self.chance(20):
            parts = [*parts, "ORDER BY 1"]
        return parts, columns

    def select(
        self, depth: int, outer: Scope | None, width: int | None, *, top: bool = False, ordered: bool = False
    ) -> tuple[Parts, list[Column]]:
        scope = Scope(outer=outer)
        source = self.from_clause(depth, scope, tables_only=self.use_all and width is not None)
        where = fill("WHERE ?", self.condition(scope, depth)) if self.chance(50) else []
        if self.chance(30):
            items, columns, tail = self.grouped(scope, width)
        else:
            items, columns, tail = self.plain(scope, depth, width, top=top, ordered=ordered)
        return ["SELECT", *items, *source, *where, *tail], columns

    def plain(
        self, scope: Scope, depth: int, width: int | None, *, top: bool, ordered: bool
    ) -> tuple[Parts, list[Column], Parts]:
        """Make a select list without grouping, and what stands behind WHERE."""
        items, columns = self.items(scope, depth, width, top=top)
        if self.distinct and self.chance(10):
            self.features.add("distinct")
            return ["DISTINCT", *listed(items)], columns, []
        if self.own(5) and "window" not in self.features:
            self.features.add("distinct on")
            key = self.reference(scope)
            order = fill("ORDER BY ? , ?", key, self.reference(scope)) if ordered else []
            return [*fill("DISTINCT ON ( ? )", key), *listed(items)], columns, order
        tail: Parts = []
        if self.own(8):
            self.features.add("qualify")
            tail = fill("QUALIFY ? <= 2", self.window(scope))
        if ordered and self.chance(25):
            self.features.add("order")
            tail += fill("ORDER BY ?", self.reference(scope))
            tail += ["DESC"] if self.chance(30) else []
            # Rows that are equal in ORDER BY come in the order that a window left them in: which are kept is chance.
            tail += ["LIMIT 3"] if self.chance(50) and "window" not in self.features else []
        return listed(items), columns, tail

    def items(self, scope: Scope, depth: int, width: int | None, *, top: bool) -> tuple[list[Parts], list[Column]]:
        star = scope.star()
        differ = len(set(star)) == len(star)
        # left out: `*` over USING, whose columns DuckDB and SQLite keep where the left table has them and we put first
        if width is None and self.chance(15) and (top or differ) and not scope.merged:
            self.features.add("star")
            if self.own(40) and len(star) > 1 and differ:
                return self.changed_star(scope, star)
            return [["*"]], star
        made: list[tuple[Parts, Column]] = []
        relation = self.pick(scope.relations)
        if width is None and not scope.merged and self.chance(10):
            self.features.add("star")
            made = [([Ref(relation.name, column)], column) for column in relation.columns]
        if width is None and self.use_all:
            for each in scope.relations:
                if not each.is_table:
                    made += [self.item([Ref(each.name, column)]) for column in each.columns]
        for _ in range(width or 1 + self.choose(3)):
            made.append(self.item(self.value(scope, depth)))
            if (
                self.own(5)
                and width is None
                and not any("SELECT" in str(part) or "OVER" in str(part) for part in made[-1][0])
            ):
                self.features.add("alias used again")
                made.append(self.item(fill("? + 1", made[-1][1])))
        return [parts for parts, _ in made], [column for _, column in made]

    def item(self, value: Parts) -> tuple[Parts, Column]:
        """Give a value a name of its own."""
        name = self.new("k")
        return [*value, "AS", name], name

    def changed_star(self, scope: Scope, star: list[Column]) -> tuple[list[Parts], list[Column]]:
        column = self.pick(star)
        if self.chance(50):
            return [fill("* EXCLUDE ( ? )", column)], [each for each in star if each != column]
        return [fill("* REPLACE ( ? AS ? )", self.number(scope, 0), column)], star

    def grouped(self, scope: Scope, width: int | None) -> tuple[Parts, list[Column], Parts]:
        """Make a select list of keys and aggregates, and GROUP BY with what stands behind it."""
        self.features.add("group")
        keys = [self.reference(scope) for _ in range(self.choose(3))]
        if keys and self.chance(20):
            keys[0] = fill("? + ?", keys[0], self.reference(scope))
        made: list[tuple[Parts, Column]] = []
        if width is None and self.use_all:
            for each in scope.relations:
                if not each.is_table:
                    made += [self.item(fill("max( ? )", Ref(each.name, column))) for column in each.columns]
        for _ in range(width or 1 + self.choose(3)):
            is_key = keys and self.chance(50)
            value = list(self.pick(keys)) if is_key else self.aggregate(scope)
            made.append(self.item(value))
        items, columns = listed([parts for parts, _ in made]), [column for _, column in made]
        tail: Parts = []
        if keys:
            tail = ["GROUP BY", *listed(keys)]
            if self.own(15):
                tail = [*fill("GROUP BY ? ( ?", self.pick(["ROLLUP", "CUBE"]), listed(keys)), ")"]
        if keys and self.chance(25):
            tail += fill("HAVING ? > 1", self.aggregate(scope))
        return items, columns, tail

    # FROM

    def from_clause(self, depth: int, scope: Scope, *, tables_only: bool = False) -> Parts:
        parts: Parts = ["FROM", *self.source(depth, scope, tables_only=tables_only)]
        for _ in range(max(0, self.choose(5) - 2)):
            parts += self.join(depth, scope, tables_only=tables_only)
        return parts

    def source(self, depth: int, scope: Scope, *, tables_only: bool = False) -> Parts:
        """Put a table, a CTE or a query into FROM."""
        kind = 0 if tables_only else self.choose(10)
        if kind >= 5 and self.ctes:
            cte = self.pick(self.ctes)
            return self.put([Use(cte)], cte.columns, scope)
        if kind >= 7 and depth > 0:
            self.features.add("derived")
            inner = self.query(depth - 1)
            if self.own(20):
                columns = [self.new("k") for _ in inner.columns]
                parts = self.put(["(", *inner.parts, ")"], columns, scope)
                return [*parts, "(", *listed([[column] for column in columns]), ")"]
            return self.put(["(", *inner.parts, ")"], inner.columns, scope)
        if kind == 6 and not self.portable and self.chance(30):
            self.features.add("values")
            column = self.new("k")
            return [*self.put(["( VALUES (1), (2), (NULL) )"], [column], scope), "(", column, ")"]
        table = self.pick(READ)
        if table not in [relation.name for relation in scope.relations] and self.chance(50):
            scope.relations.append(Relation(table, SCHEMA[table]))
            return [table]
        return self.put([table], SCHEMA[table], scope, is_table=True)

    def put(self, parts: Parts, columns: list, scope: Scope, *, is_table: bool = False) -> Parts:
        alias = self.new("r")
        scope.relations.append(Relation(alias, columns, is_table))
        return [*parts, "AS", alias]

    def join(self, depth: int, scope: Scope, *, tables_only: bool) -> Parts:
        self.features.add("join")
        kind = self.choose(10)
        if kind == 9 and not self.portable and depth > 0 and not scope.merged:
            self.features.add("lateral")
            inner = self.query(depth - 1, Scope(list(scope.relations), list(scope.merged), scope.outer))
            return ["CROSS JOIN LATERAL", *self.put(["(", *inner.parts, ")"], inner.columns, scope)]
        before = Scope(list(scope.relations), list(scope.merged), scope.outer)
        parts = self.source(depth, scope, tables_only=tables_only)
        added = scope.relations[-1]
        shared = [column for column in added.columns if before.bearers(column)]
        if kind in (5, 6) and shared and not scope.is_listed and all(map(before.is_clear, shared)):
            if kind == 6 and isinstance(added.name, str):
                scope.merged += shared
                self.features.add("natural")
                return ["NATURAL JOIN", *parts]
            scope.merged.append(column := self.pick(shared))
            self.features.add("using")
            word = self.pick(["JOIN", "LEFT JOIN", "FULL JOIN", "RIGHT JOIN"])
            return [word, *parts, *fill("USING ( ? )", column)]
        if kind == 7:
            scope.is_listed = scope.is_listed or self.chance(50)
            return ["," if scope.is_listed else "CROSS JOIN", *parts]
        word = self.pick(["JOIN", "LEFT JOIN", "INNER JOIN", "FULL JOIN", "RIGHT JOIN"])
        if kind == 8 and not self.portable:
            word = self.pick(["SEMI JOIN", "ANTI JOIN"])
            self.features.add("semi")
        scope.is_qualified = self.portable  # SQLite looks for a name in all of FROM
        on = self.condition(scope, 0)
        scope.is_qualified = False
        if kind == 8 and not self.portable:
            scope.relations.remove(added)
        return [word, *parts, "ON", *on]

    # expressions; all values are integers

    def reference(self, scope: Scope) -> Parts:
        """Name a column of this query."""
        relation = self.pick(scope.relations)
        column = self.pick(relation.columns)
        if scope.is_clear(column) and self.chance(50):
            return [Ref(None, column)]
        return [Ref(relation.name, column)]

    def value(self, scope: Scope, depth: int) -> Parts:
        """Make what a select list holds where there is no grouping."""
        if self.chance(15):
            return self.window(scope)
        if self.chance(20):
            return self.reference(scope)
        return self.number(scope, depth)

    def number(self, scope: Scope, depth: int) -> Parts:
        kind = self.choose(14)
        if kind >= 12 and depth > 0:
            return self.scalar_query(scope, depth - 1) if kind == 13 else self.case(scope, depth - 1)
        if kind == 6:
            return [str(self.choose(4))]
        if kind == 5 and scope.free():
            self.features.add("correlated")
            return [self.pick(scope.free())]
        if kind == 4 and not self.portable:
            return self.nested_value(scope)
        return self.call(scope, kind) if 7 <= kind < 12 else self.reference(scope)

    def call(self, scope: Scope, kind: int) -> Parts:
        if kind == 7:
            return fill("CAST( ? AS INTEGER)", self.number(scope, 0))
        if kind == 8:
            return fill("coalesce( ? , ? )", self.reference(scope), self.number(scope, 0))
        template = {9: "nullif( ? , ? )", 10: "CASE ? WHEN 1 THEN ? ELSE 0 END"}.get(kind)
        template = template or self.pick(["( ? + ? )", "( ? - ? )", "( ? * ? )"])
        return fill(template, self.reference(scope), self.reference(scope))

    def case(self, scope: Scope, depth: int) -> Parts:
        self.features.add("case")
        one, two = self.number(scope, depth), self.number(scope, depth)
        return fill("CASE WHEN ? THEN ? ELSE ? END", self.condition(scope, depth), one, two)

    def nested_value(self, scope: Scope) -> Parts:
        """Make a value of a struct or a list, or what a lambda makes of one."""
        self.features.add("nested")
        one, two = self.reference(scope), self.reference(scope)
        return self.pick(
            [
                fill("struct_pack(x := ? , y := ? ).x", one, two),
                fill("({'x': ? , 'y': ? })['y']", one, two),
                fill("[ ? , ? ][1]", one, two),
                fill("list_sum([ ? , ? ])", one, two),
                fill("list_sum(list_transform([ ? ], lambda e : e + ? ))", one, two),
                fill("greatest( ? , ? )", one, two),
                fill("if( ? > 1, ? , 0)", one, two),
            ]
        )

    def scalar_query(self, scope: Scope, depth: int) -> Parts:
        self.features.add("scalar subquery")
        inner = Scope(outer=scope)
        source = self.from_clause(depth, inner, tables_only=self.use_all)
        where = fill("WHERE ?", self.condition(inner, depth)) if self.chance(60) else []
        return ["( SELECT", *self.aggregate(inner), *source, *where, ")"]

    def aggregate(self, scope: Scope) -> Parts:
        own = Scope(scope.relations, scope.merged)  # an aggregate of outer columns only belongs to the outer query
        kind = self.choose(8)
        if kind == 1:
            return ["count(*)"]
        value = self.reference(own) if kind != 2 else self.number(own, 0)
        function = self.pick(["sum(", "max(", "min(", "count(", "avg("])
        if kind == 3:
            return fill("? DISTINCT ? )", function, value)
        if kind == 4:
            return fill("? ? ) FILTER (WHERE ? )", function, value, self.condition(own, 0))
        if kind == 5:
            return fill("sum(CASE WHEN ? THEN ? ELSE 0 END)", self.condition(own, 0), value)
        if kind == 6 and not self.portable:
            return fill("arg_max( ? , ? )", value, self.reference(own))
        return fill("? ? )", function, value)

    def window(self, scope: Scope) -> Parts:
        self.features.add("window")
        function = self.pick([["row_number()"], ["rank()"], *[None] * 5])
        if function is None:
            function = fill(
                "? ? )", self.pick(["sum(", "max(", "lag(", "first_value(", "count("]), self.number(scope, 0)
            )
        part = fill("PARTITION BY ?", self.reference(scope)) if self.chance(50) else []
        return [*function, "OVER (", *part, *fill("ORDER BY ? )", self.reference(scope))]

    def condition(self, scope: Scope, depth: int) -> Parts:
        kind = self.choose(10)
        if kind == 9 and depth > 0:
            self.features.add("exists")
            inner = Scope(outer=scope)
            source = self.from_clause(depth - 1, inner, tables_only=self.use_all)
            return [
                *self.pick([["EXISTS ("], ["NOT EXISTS ("]]),
                "SELECT 1",
                *source,
                "WHERE",
                *self.condition(inner, 0),
                ")",
            ]
        if kind == 8 and depth > 0:
            self.features.add("in")
            inner = self.select(depth - 1, scope, 1)[0]
            return [*self.reference(scope), self.pick(["IN (", "NOT IN ("]), *inner, ")"]
        return self.comparison(scope, kind)

    def comparison(self, scope: Scope, kind: int) -> Parts:
        if kind == 7:
            return fill("? IS NULL", self.reference(scope))
        if kind == 6:
            return fill("? BETWEEN ? AND ?", self.reference(scope), self.number(scope, 0), self.reference(scope))
        if kind == 5:
            return fill("( ? OR ? )", self.condition(scope, 0), self.condition(scope, 0))
        if kind == 4:
            return fill("? IN (1, 2, ? )", self.reference(scope), self.reference(scope))
        return fill("? ? ?", self.reference(scope), self.pick(["=", "<", ">=", "<>"]), self.number(scope, 0))

    # statements that write

    def statement(self, depth: int) -> Query:
        """Make a statement that changes the table `z`, or makes a table `y`."""
        kind = self.pick([0, 1, 3, 4] if self.use_all else [0, 1, 2, 3, 4, 5])
        if kind == 0:
            target = self.pick([["b", "a"], ["c"], ["a", "b", "c"]])
            inner = self.query(depth, width=len(target))
            parts = [*fill("INSERT INTO z ( ? )", listed([[column] for column in target])), *inner.parts]
        elif kind == 1:
            parts = ["CREATE TABLE y AS", *self.query(depth).parts]
        elif kind == 2:
            parts = ["CREATE VIEW y AS", *self.query(depth).parts]
        elif kind == 3:
            parts = self.update(depth)
        elif kind == 4:
            scope = Scope([Relation("z", SCHEMA["z"])])
            parts = ["DELETE FROM z WHERE", *self.condition(scope, depth)]
        else:
            parts = self.merge(depth)
        return Query(parts, [], self.features)

    def update(self, depth: int) -> Parts:
        """Make an UPDATE, from another table or query or not."""
        scope = Scope([Relation("z", SCHEMA["z"])])
        source: Parts = []
        if self.use_all and self.chance(70):
            source = ["FROM", *self.put(["t"], SCHEMA["t"], scope)]
        elif not self.use_all and self.chance(70):
            inner = self.query(depth)
            source = ["FROM", *self.put(["(", *inner.parts, ")"], inner.columns, scope)]
        column = self.pick(SCHEMA["z"])
        return [
            *fill("UPDATE z SET ? = ?", column, self.number(scope, depth)),
            *source,
            "WHERE",
            *self.condition(scope, depth),
        ]

    def merge(self, depth: int) -> Parts:
        scope = Scope([Relation("z", SCHEMA["z"])])
        inner = self.query(depth)
        source = self.put(["(", *inner.parts, ")"], inner.columns, scope)
        both = fill("MERGE INTO z USING ? ON ?", source, self.condition(scope, 0))
        # left out: columns of the source without its name, which we call ambiguous when the target has one of that name
        given = Scope(scope.relations[1:], is_qualified=True)
        return [
            *both,
            *fill("WHEN MATCHED THEN UPDATE SET ? = ?", self.pick(SCHEMA["z"]), self.number(scope, 0)),
            *fill("WHEN NOT MATCHED THEN INSERT (a, c) VALUES ( ? , ? )", self.number(given, 0), self.number(given, 0)),
        ]
