"""Large queries: right, and in time that grows as they do. Trees are read here, parsing has tests of its own."""

from __future__ import annotations

import gc
import sys
import time

import pytest
import sqlglot

from whence.sql._names import Lookup, Schema
from whence.sql.statements._read import Reading, read


def chain(n):
    links = "".join(f", c{i} as (select a, b + 1 as b from c{i - 1} where a > {i})" for i in range(1, n))
    return f"with c0 as (select a, b from t){links} select a, b from c{n - 1}"


def diamond(n):
    links = "".join(f", d{i} as (select x.a, y.b from d{i - 1} x join d{i - 1} y on x.a = y.a)" for i in range(1, n))
    return f"with d0 as (select a, b from t){links} select a, b from d{n - 1}"


SHAPES = {
    "and": (2000, lambda n: "select a, b from t where " + " and ".join(f"a = {i}" for i in range(n))),
    "or": (1000, lambda n: "select a, b from t where " + " or ".join(f"a{i} = b" for i in range(n))),
    "concat": (2000, lambda n: f"select {' || '.join(['a'] * n)} as a, b from t"),
    "union": (200, lambda n: " union all ".join(["select a, b from t"] * n)),
    "chain": (200, chain),
    "diamond": (24, diamond),
    "joins": (100, lambda n: "select t.a, t.b from t " + " ".join(f"join x{i} on x{i}.k = t.a" for i in range(n))),
    "nested": (50, lambda n: "select a, b from (" * n + "select a, b from t" + ") q" * n),
    "parentheses": (50, lambda n: f"select {'(' * n}a{')' * n} as a, b from t"),
    "list": (2000, lambda n: f"select a, b from t where a in ({', '.join(map(str, range(n)))})"),
}


@pytest.fixture
def deep():
    """Let the parser, which recurses, take deep texts; what reads its tree is tested at the usual limit."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(30_000)
    yield before
    sys.setrecursionlimit(before)


def _read(tree):
    return read(tree, Reading("", Lookup(Schema()), None, None))


def _seconds(tree):
    best = float("inf")
    gc.disable()
    try:
        for _ in range(7):
            started = time.process_time()
            _read(tree)
            best = min(best, time.process_time() - started)
    finally:
        gc.enable()
    return best


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_as_the_text_does(shape, deep):
    size, make = SHAPES[shape]
    answer = _read(sqlglot.parse_one(make(size)))
    told = [(f.name, {f"{s.table}.{s.field}" for s in f.sources}) for f in answer.fields or ()]
    assert told == [("a", {"t.a"}), ("b", {"t.b"})]
    assert answer.notes == ()
    small, large = sqlglot.parse_one(make(size)), sqlglot.parse_one(make(8 * size))
    short = long = float("inf")
    for _attempt in range(6):  # eight times the text: 64 times if it were quadratic; others use the processor, too
        short, long = min(short, _seconds(small)), min(long, _seconds(large))
        if long <= 24 * short:
            break
    assert long <= 24 * short


def test_chains_take_no_stack(deep):
    trees = [sqlglot.parse_one(SHAPES[shape][1](4000)) for shape in ("and", "concat", "union")]
    trees.append(sqlglot.parse_one(chain(300)))
    trees.append(sqlglot.parse_one(SHAPES["parentheses"][1](1000)))
    sys.setrecursionlimit(deep)
    for tree in trees:
        assert [f.name for f in _read(tree).fields or ()] == ["a", "b"]
