"""Texts of any size: for finding out how the time grows, and what no engine may die of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def chain(n: int) -> str:
    steps = (f"c{i} AS (SELECT id, a + 1 AS a FROM c{i - 1})" for i in range(1, n))
    return ", ".join(["WITH c0 AS (SELECT id, a FROM t)", *steps]) + f" SELECT id, a FROM c{n - 1}"


def values(n: int) -> str:
    return "INSERT INTO v (a, b, c) VALUES " + ", ".join(f"({i}, 'name {i}', {i}.5)" for i in range(n))


def in_list(n: int) -> str:
    return f"SELECT id FROM t WHERE id IN ({', '.join(map(str, range(n)))})"


def select_list(n: int) -> str:
    return f"SELECT {', '.join(f'a{i} + b AS c{i}' for i in range(n))} FROM t"


def union(n: int) -> str:
    return " UNION ALL ".join(f"SELECT id, v{i} AS v FROM p{i}" for i in range(n))


def ands(n: int) -> str:
    return "SELECT id FROM t WHERE " + " AND ".join(f"a{i} = {i}" for i in range(n))


def ors(n: int) -> str:
    return "SELECT id FROM t WHERE " + " OR ".join(f"(a = {i} AND b = {i})" for i in range(n))


def diamond(n: int) -> str:
    steps = (
        f"e{i} AS (SELECT x.id, x.a + y.a AS a FROM e{i - 1} x JOIN e{i - 1} y ON x.id = y.id)" for i in range(1, n)
    )
    return ", ".join(["WITH e0 AS (SELECT id, a FROM t)", *steps]) + f" SELECT id, a FROM e{n - 1}"


def script(n: int) -> str:
    return "\n".join(f"INSERT INTO s{i} (id) SELECT id FROM r{i};" for i in range(n))


def parentheses(n: int) -> str:
    return f"SELECT {'(' * n}a{')' * n} AS x FROM t"


def cases(n: int) -> str:
    return f"SELECT {'CASE WHEN a THEN b ELSE ' * n}c{' END' * n} AS x FROM t"


def concatenation(n: int) -> str:
    return f"SELECT {' || '.join(['a'] * n)} AS x FROM t"


def subqueries(n: int) -> str:
    return "SELECT id FROM (" * n + "SELECT id FROM t" + "".join(f") q{i}" for i in range(n))


GROWTH: dict[str, tuple[Callable[[int], str], int]] = {
    "chain of CTEs": (chain, 100),
    "rows of VALUES": (values, 1_000),
    "IN list": (in_list, 2_000),
    "select list": (select_list, 500),
    "UNION": (union, 100),
    "AND": (ands, 1_000),
    "OR": (ors, 500),
    "diamond of CTEs": (diamond, 24),
    "statements": (script, 200),
}
"""Each shape with the smallest size at which fixed costs no longer count."""

TORTURE: dict[str, str] = {
    "20,000 AND terms": ands(20_000),
    "1,000 nested parentheses": parentheses(1_000),
    "1,000 nested CASE": cases(1_000),
    "1,000 nested subqueries": subqueries(1_000),
    "100,000 concatenated terms": concatenation(100_000),
    "10,000 rows of VALUES": values(10_000),
    "100 steps of a diamond": diamond(100),
}
