"""What is remembered, for how long, and for which other texts it holds."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from whence.sql import Schema
from whence.sql._cache import Bounded
from whence.sql._engine import Engine
from whence.sql.text import Masked, is_template


@pytest.fixture
def engine():
    return Engine()


def _read(engine, text, dialect="postgres", *, schema=None, default_schema=None):
    return engine.lineage(text, dialect, None, default_schema, schema if schema is not None else Schema())


def _is_new(engine, text, dialect="postgres", **context):
    before = len(engine._statements)
    _read(engine, text, dialect, **context)
    return len(engine._statements) > before


def test_one_text_is_read_once(engine):
    assert _read(engine, "select a from t") == _read(engine, "select a from t")
    assert len(engine._texts) == 1


@pytest.mark.parametrize(
    ("dialect", "first", "second"),
    [
        ("postgres", "select a from t where b = 'x' limit 10", "select a from t where b = 'long text' limit 500"),
        ("postgres", "select a /* 1 */ from t", "select a /* another */ from t"),
        ("postgres", "select a from t where b = 1.5 and c = 7", "select a from t where b = 20000 and c = 8"),
        ("mysql", 'select a from t where b = "x"', "select a from t where b = 'y'"),
        ("postgres", "insert into t (a) values ('p')", "insert into t (a) values ('q')"),
        ("postgres", "select date_trunc('day', a) as d from t", "select date_trunc('month', a) as d from t"),
    ],
)
def test_other_literals_are_no_other_statement(engine, dialect, first, second):
    (one,) = _read(engine, first, dialect)
    assert not _is_new(engine, second, dialect)
    (other,) = _read(engine, second, dialect)
    assert other._replace(end=one.end) == one
    assert other.end == len(second)


@pytest.mark.parametrize(
    ("dialect", "first", "second"),
    [
        ("postgres", "copy t from '/a.csv'", "copy t from '/b.csv'"),
        ("redshift", "unload ('select a from t') to 's3://a/'", "unload ('select a from u') to 's3://a/'"),
        ("snowflake", "select a from identifier('t')", "select a from identifier('u')"),
        ("duckdb", "select a from read_parquet('a.parquet')", "select a from read_parquet('b.parquet')"),
        ("duckdb", "select a from 'a.parquet'", "select a from 'b.parquet'"),
        ("duckdb", "select * from t, some_scan('a')", "select * from t, some_scan('b')"),
        ("clickhouse", "select a from s3('http://a')", "select a from s3('http://b')"),
        ("clickhouse", "select dictGet('d1', 'x', a) from t", "select dictGet('d2', 'x', a) from t"),
        ("tsql", "select a from openrowset(bulk 'a.csv') x", "select a from openrowset(bulk 'b.csv') x"),
        ("tsql", "select 1 from openquery(l, 'select a from t')", "select 1 from openquery(l, 'select a from u')"),
        ("postgres", "select dblink_exec('l', 'delete from t')", "select dblink_exec('l', 'delete from u')"),
        ("duckdb", "select * from h, postgres_query('l', 'from t')", "select * from h, postgres_query('l', 'from u')"),
        ("duckdb", "from h, postgres_scan_pushdown('l', 's', 't')", "from h, postgres_scan_pushdown('l', 's', 'u')"),
        ("tsql", "exec('select a from t')", "exec('select a from u')"),
        ("postgres", 'select a as "x" from t', 'select a as "y" from t'),
        ("mysql", "select a as 'x' from t", "select a as 'y' from t"),
        ("sqlite", "select a 'x' from t", "select a 'y' from t"),
        ("postgres", "select a, b from t order by 1", "select a, b from t order by 2"),
        ("postgres", "select d->>'x' from t", "select d->>'y' from t"),
        ("spark", "create table t using parquet location '/a'", "create table t using parquet location '/b'"),
        ("postgres", "create table t (a varchar(100))", "create table t (a varchar(200))"),
        ("snowflake", "select * from t pivot(sum(a) for b in ('x'))", "select * from t pivot(sum(a) for b in ('z'))"),
        ("postgres", "select a from {{ ref('x') }}", "select a from {{ ref('y') }}"),
        ("postgres", "do $$ begin insert into a select 1; end $$", "do $$ begin insert into b select 1; end $$"),
    ],
)  # fmt: skip
def test_literals_that_carry_lineage_count(engine, dialect, first, second):
    _read(engine, first, dialect)
    again = _read(engine, second, dialect)
    assert [a._replace(end=0) for a in again] == [a._replace(end=0) for a in _read(Engine(), second, dialect)]


def test_rows_and_lists_of_any_length_are_one_statement(engine):
    rows = ", ".join(["(%(a)s::INTEGER, %(b)s::VARCHAR)"] * 500)
    _read(engine, f"INSERT INTO t (a, b) VALUES {rows}")
    assert not _is_new(engine, f"INSERT INTO t (a, b) VALUES {rows}, (%(a)s::INTEGER, %(b)s::VARCHAR)")
    _read(engine, "select a from t where b in (" + ", ".join(f"'{i}'" for i in range(100)) + ")")
    assert not _is_new(engine, "select a from t where b in (" + ", ".join(f"'{i}'" for i in range(200)) + ")")


def test_the_state_of_the_world_is_in_the_key(engine):
    _read(engine, "select a from t")
    assert [str(t) for a in _read(engine, "select a from t", default_schema="s") for t in a.inputs] == ["s.t"]
    schema = Schema({"t": ["a", "b"]})
    (known,) = _read(engine, "select * from t", schema=schema)
    assert [field.name for field in known.fields] == ["a", "b"]
    schema.put("t", Schema({"t": ["c"]}).columns(known.inputs[0]))
    (changed,) = _read(engine, "select * from t", schema=schema)
    assert [field.name for field in changed.fields] == ["c"]
    (other,) = _read(engine, "select * from t", schema=Schema({"t": ["d"]}))
    assert [field.name for field in other.fields] == ["d"]


def test_places_move_with_the_literals(engine):
    texts = ["select 'x', {{ y }} from t where a = 'b'", "select 'a longer one', {{ y }} from t where a = 'b'"]
    for text in texts:
        (answer,) = _read(engine, text)
        (note,) = [note for note in answer.notes if note.start is not None]
        assert text[note.start : note.end] == "{{ y }}"
    (_, second) = _read(engine, "select 1; " + texts[0])
    assert [n.start for n in second.notes if n.start is not None] == [10 + texts[0].index("{{")]


def test_memory_is_bounded():
    kept = Bounded(3, 100)
    for number in range(10):
        kept.put(number, str(number), 20)
    assert (len(kept), kept.get(6), kept.get(9)) == (3, None, "9")
    kept.put("large", "x", 90)
    assert (len(kept), kept.chars) == (1, 90)
    kept.put("too large", "x", 101)
    assert kept.get("too large") is None


def test_threads_share_one_memory():
    engine = Engine(max_entries=5)
    wrong = []

    def work(number):
        for i in range(200):
            (answer,) = _read(engine, f"select a{i % 7} from t{number % 2}")
            if (answer.inputs[0].name, answer.fields[0].name) != (f"t{number % 2}", f"a{i % 7}"):
                wrong.append(answer)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(engine._texts) <= 5


def test_importing_the_engine_loads_no_parser():
    code = "import sys, whence.sql._engine; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_masks_tell_what_they_cannot_tell():
    assert Masked("select E'a\\'b'", "postgres").text is None
    assert Masked("select 'never closed", "").text is None
    assert not is_template("select a as \x01")
    assert is_template("select a from t where b = \x01")


def test_a_comment_that_does_not_end_is_no_other_comment(engine):
    assert [answer.kind for answer in _read(engine, "/* and no end")] == ["UNKNOWN"]
    assert [answer.kind for answer in _read(engine, "-- only a comment")] == ["CONTROL"]
    assert Masked("select a from t /* and no end", "postgres").text is None
