"""The Trino hook with the real client on a real Trino 476: tables in memory, and those of the connector tpch."""

from __future__ import annotations

import contextvars
import threading

import pandas as pd
import pytest
import sqlalchemy as sa
import trino
from servers import wait_until

import whence

pytestmark = pytest.mark.integration

NATIONS = 25
ENDLESS = "SELECT rpad(clerk, 10000, '.') FROM tpch.sf1.orders"  # far more than the server keeps ready


@pytest.fixture
def schema(trino_server):
    return trino_server.schema()


@pytest.fixture
def connect(trino_server, schema, collected):
    made = []

    def connect(**options):
        made.append(trino_server.connect(**{"catalog": "lake", "schema": schema, **options}))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


@pytest.fixture
def engine(trino_server, schema, collected):
    engine = sa.create_engine(f"trino://ann@127.0.0.1:{trino_server.port}/lake/{schema}")
    yield engine
    engine.dispose()


def run(connection, statement, *parameters):
    """Execute a statement on a cursor of its own; return its rows."""
    cursor = connection.cursor()
    cursor.execute(statement, parameters) if parameters else cursor.execute(statement)
    return cursor.fetchall()


def test_work_over_two_catalogues(connect, schema, collected, trino_server):
    with whence.job("j"):
        connection = connect()
        run(
            connection,
            "CREATE TABLE sales AS SELECT n.name AS nation, sum(c.acctbal) AS balance FROM tpch.tiny.customer c "
            "JOIN tpch.tiny.nation n ON n.nationkey = c.nationkey GROUP BY n.name",
        )
        run(connection, "INSERT INTO sales SELECT name, 0 FROM tpch.tiny.region WHERE name <> 'secret'")
        run(connection, "INSERT INTO sales (nation) VALUES ('secret'), ('more')")
    server, table = f"trino://127.0.0.1:{trino_server.port}", f"lake.{schema}.sales"
    read = {f"{server}/tpch.tiny.{name}" for name in ("customer", "nation", "region")}
    assert collected.places("j") == (read, {f"{server}/{table}"})
    assert collected.rows("j", table) == NATIONS + 5 + 2
    assert collected.fields("j", table) == {
        "nation": {"tpch.tiny.nation.name", "tpch.tiny.region.name"},
        "balance": {"tpch.tiny.customer.acctbal"},
    }
    assert "secret" not in collected.text()


def test_stars_of_tables_made_here_are_known_wherever_the_session_is(connect, schema, collected):
    with whence.job("j"):
        connection = connect()
        run(connection, "CREATE TABLE a AS SELECT nationkey AS k, name FROM tpch.tiny.nation")
        run(connection, "CREATE VIEW v AS SELECT * FROM a")
        run(connection, "USE tpch.tiny")
        run(connection, f"CREATE TABLE lake.{schema}.b AS SELECT v.*, r.name AS r FROM lake.{schema}.v, region r")
    a, v, b = (f"lake.{schema}.{name}" for name in "avb")
    assert collected.fields("j", v) == {"k": {f"{a}.k"}, "name": {f"{a}.name"}}
    assert collected.fields("j", b) == {"k": {f"{v}.k"}, "name": {f"{v}.name"}, "r": {"tpch.tiny.region.name"}}
    assert collected.rows("j", b) == NATIONS * 5
    assert "extractionError" not in collected.end("j")["run"]["facets"]


N = "tpch.tiny.nation"
QUERIES = (
    "WITH x AS (SELECT name FROM tpch.tiny.nation UNION ALL SELECT name FROM tpch.tiny.region) SELECT * FROM x",
    (
        "WITH RECURSIVE t (n) AS (SELECT nationkey FROM tpch.tiny.nation UNION ALL SELECT n + 1 FROM t WHERE n < 3) "
        "SELECT n FROM t"
    ),
    "WITH FUNCTION twice(x bigint) RETURNS bigint RETURN x * 2 SELECT twice(nationkey) AS d FROM tpch.tiny.nation",
    (
        "SELECT regionkey, max_by(name, nationkey) AS m, transform(array_agg(nationkey), x -> x + 1) AS l "
        "FROM tpch.tiny.nation GROUP BY GROUPING SETS ((regionkey), ())"
    ),
    (
        "SELECT r.y AS y, m['a'] AS a, if(k > 1, s, 'x') AS i FROM (SELECT nationkey AS k, name AS s, "
        "CAST(ROW(nationkey, name) AS ROW(x bigint, y varchar)) AS r, map(ARRAY['a'], ARRAY[comment]) AS m "
        "FROM tpch.tiny.nation)"
    ),
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t (id, nm)",
    "SELECT x FROM TABLE(sequence(start => 1, stop => 3)) AS t (x)",
)


def test_columns_are_those_that_trino_itself_finds(connect, schema, collected, trino_server):
    theirs = {}
    with whence.job("j"):
        cursor = connect().cursor()
        for number, query in enumerate(QUERIES):
            cursor.execute(f"CREATE TABLE q{number} AS {query}")
            theirs[number] = trino_server.fields(cursor.query_id)
    assert theirs == {number: collected.fields("j", f"lake.{schema}.q{number}") for number in range(len(QUERIES))}
    assert sum(map(len, theirs.values())) == 9


def test_unnested_columns_are_known_though_trino_does_not_say(connect, schema, collected, trino_server):
    with whence.job("j"):
        cursor = connect().cursor()
        cursor.execute(
            "CREATE TABLE t AS SELECT e, o, x.name FROM (SELECT name, split(comment, ' ') AS words FROM "
            "tpch.tiny.nation) x CROSS JOIN UNNEST(words) WITH ORDINALITY AS t (e, o)"
        )
    assert trino_server.fields(cursor.query_id) == {"name": {f"{N}.name"}}
    assert collected.fields("j", f"lake.{schema}.t") == {"name": {f"{N}.name"}, "e": {f"{N}.comment"}}


def test_names_are_those_that_the_server_lists(connect, schema, collected):
    """Trino keeps every name in small letters, in quotes, too."""
    with whence.job("j"):
        connection = connect(catalog="LAKE", schema=schema.upper())
        run(connection, 'CREATE TABLE "Big Table" AS SELECT NationKey AS "The Key", NAME FROM TPCH."Tiny".NATION')
        run(connection, f'CREATE TABLE Copy AS SELECT "the KEY" FROM "{schema.upper()}"."BIG table"')
    big, copy = f"lake.{schema}.big table", f"lake.{schema}.copy"
    assert collected.names("j") == ({N, big}, {big, copy})
    assert collected.fields("j", big) == {"the key": {f"{N}.nationkey"}, "name": {f"{N}.name"}}
    assert collected.fields("j", copy) == {"the key": {f"{big}.the key"}}
    listed = run(
        connection,
        "SELECT table_catalog || '.' || table_schema || '.' || table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = ?",
        schema,
    )
    assert sorted(map(tuple, listed)) == [(big, "name"), (big, "the key"), (copy, "the key")]


def test_use_is_followed(connect, schema, collected):
    with whence.job("j"):
        connection = connect(catalog=None, schema=None)
        run(connection, f"CREATE TABLE lake.{schema}.t (a bigint)")
        run(connection, "USE TPCH.TINY")
        run(connection, "SELECT name FROM region")
        run(connection, "USE sf1")
        run(connection, "SELECT name FROM nation")
        run(connection, f'USE lake."{schema}"')
        run(connection, "INSERT INTO t VALUES 1")
    assert collected.names("j") == ({"tpch.tiny.region", "tpch.sf1.nation"}, {f"lake.{schema}.t"})


def test_parameters(connect, schema, collected):
    with whence.job("j"):
        connection = connect()
        run(connection, "CREATE TABLE t (k bigint, n varchar)")
        run(connection, "INSERT INTO t SELECT nationkey, name FROM tpch.tiny.nation WHERE name <> ?", "secret")
        connection.cursor().executemany("INSERT INTO t VALUES (?, ?)", [(1, "secret"), (2, "b"), (3, "c")])
        run(connect(legacy_prepared_statements=True), "INSERT INTO t VALUES (?, ?)", 4, "secret")
    table = f"lake.{schema}.t"
    assert collected.names("j") == ({N}, {table})
    assert collected.rows("j", table) == NATIONS + 3 + 1
    assert collected.fields("j", table) == {"k": {f"{N}.nationkey"}, "n": {f"{N}.name"}}
    assert "secret" not in collected.text()


def test_prepared_statements(connect, schema, collected):
    with whence.job("j"):
        connection = connect()
        run(connection, "CREATE TABLE t (k bigint, n varchar)")
        run(connection, "PREPARE fill FROM INSERT INTO t SELECT nationkey, name FROM tpch.tiny.nation WHERE name <> ?")
        run(connection, 'PREPARE "never" FROM SELECT * FROM tpch.tiny.supplier')
        run(connection, "DESCRIBE OUTPUT never")
        run(connection, "EXECUTE fill USING 'secret'")
        run(connection, "DEALLOCATE PREPARE fill")
        run(connection, "EXECUTE IMMEDIATE 'SELECT name FROM tpch.tiny.region WHERE name <> ?' USING 'secret'")
    table = f"lake.{schema}.t"
    assert collected.names("j") == ({N, "tpch.tiny.region"}, {table})
    assert collected.rows("j", table) == NATIONS
    assert collected.fields("j", table) == {"k": {f"{N}.nationkey"}, "n": {f"{N}.name"}}
    assert "secret" not in collected.text()


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("INSERT INTO nowhere SELECT name FROM tpch.tiny.nation", "TABLE_NOT_FOUND"),
        ("SELECT * FROM nowhere.a.b", "CATALOG_NOT_FOUND"),
        ("CREATE TABLE late AS SELECT 1 / (nationkey - 7) AS a FROM tpch.tiny.nation", "DIVISION_BY_ZERO"),
        ("SELECT 1 / (nationkey - 7) AS a FROM tpch.tiny.nation", "DIVISION_BY_ZERO"),
    ],
)
def test_query_that_fails_is_nothing(connect, collected, statement, error):
    with whence.job("j"), pytest.raises(trino.exceptions.TrinoUserError, match=error):
        run(connect(), statement)
    assert collected.names("j") == (set(), set())


def test_schema_that_is_not_given(connect, schema, collected):
    with whence.job("j"):
        connection = connect(schema=None)
        run(connection, f"CREATE TABLE {schema}.t AS SELECT name FROM tpch.tiny.nation")
        with pytest.raises(trino.exceptions.TrinoUserError, match="MISSING_SCHEMA_NAME"):
            run(connection, "SELECT * FROM t")
    assert collected.names("j") == ({N}, {f"lake.{schema}.t"})


def test_read_counts_though_it_was_not_read_to_its_end(connect, collected):
    with whence.job("closed"):
        cursor = connect().cursor()
        cursor.execute(ENDLESS)
        assert len(cursor.fetchmany(3)) == 3
        cursor.close()
    with whence.job("cancelled"):
        cursor = connect().cursor()
        cursor.execute(ENDLESS)
        cursor.fetchone()
        cursor.cancel()
        with pytest.raises(trino.exceptions.TrinoUserError, match="USER_CANCELED"):
            cursor.fetchall()
    assert collected.names("closed") == collected.names("cancelled") == ({"tpch.sf1.orders"}, set())


@pytest.mark.parametrize("style", ["row", "segment"])
def test_write_counts_though_nothing_is_fetched(connect, schema, collected, style):
    with whence.job("j"):
        cursor = connect().cursor(style)
        cursor.execute("CREATE TABLE t AS SELECT name FROM tpch.tiny.nation")
        cursor.close()
    assert collected.rows("j", f"lake.{schema}.t") == NATIONS
    assert run(connect(), "SELECT count(*) FROM t") == [[NATIONS]]


def test_write_that_somebody_kills_is_nothing(connect, collected):
    failures = []

    def write(cursor):
        try:
            cursor.execute("CREATE TABLE big AS SELECT l.* FROM tpch.sf1.lineitem l, tpch.sf1.lineitem m")
        except trino.exceptions.TrinoQueryError as failure:
            failures.append(failure.error_name)

    with whence.job("j"):
        cursor, other = connect().cursor(), connect()
        writer = threading.Thread(target=contextvars.copy_context().run, args=(write, cursor))
        writer.start()
        wait_until(lambda: cursor.query_id is not None, what="the query")
        state = "SELECT state FROM system.runtime.queries WHERE query_id = ?"
        wait_until(lambda: run(other, state, cursor.query_id) == [["RUNNING"]], what="the query running")
        run(other, f"CALL system.runtime.kill_query('{cursor.query_id}')")
        writer.join()
    assert failures == ["ADMINISTRATIVELY_KILLED"]
    assert collected.names("j") == (set(), set())


def test_threads_that_share_a_connection(connect, schema, collected):
    """Trino's client allows it; each thread works for its own run."""
    connection, times = connect(), 8
    run(connection, "CREATE TABLE a (k bigint)")
    run(connection, "CREATE TABLE b (k bigint)")

    def work(table):
        with whence.job(table):
            for _ in range(times):
                run(connection, f"INSERT INTO {table} VALUES 1, 2")

    threads = [threading.Thread(target=work, args=(table,)) for table in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for table in "ab":
        assert collected.names(table) == (set(), {f"lake.{schema}.{table}"})
        assert collected.rows(table, f"lake.{schema}.{table}") == 2 * times


def test_transactions_as_far_as_the_connectors_let(connect, schema, collected):
    level = trino.transaction.IsolationLevel.READ_UNCOMMITTED
    run(connect(), "CREATE TABLE t (a bigint)")
    with whence.job("read"):
        connection = connect(isolation_level=level)
        run(connection, "SELECT name FROM tpch.tiny.nation")
        connection.commit()
        run(connection, "SELECT name FROM tpch.tiny.region")
        connection.rollback()
    with whence.job("refused"):
        connection = connect(isolation_level=level)
        with pytest.raises(trino.exceptions.TrinoUserError, match="AUTOCOMMIT_WRITE_CONFLICT"):
            run(connection, "INSERT INTO t VALUES 1")
        with pytest.raises(trino.exceptions.TrinoUserError, match="TRANSACTION_ALREADY_ABORTED"):
            run(connection, "SELECT name FROM tpch.tiny.nation")
        connection.rollback()
    assert collected.names("read") == ({N, "tpch.tiny.region"}, set())
    assert collected.names("refused") == (set(), set())


def test_what_only_asks_is_no_read(connect, schema, collected):
    with whence.job("asks"):
        connection = connect()
        run(connection, "CREATE TABLE t (a bigint, b varchar)")
        for statement in (
            "EXPLAIN INSERT INTO t SELECT nationkey, name FROM tpch.tiny.nation",
            "DESCRIBE tpch.tiny.nation",
            "SHOW COLUMNS FROM tpch.tiny.nation",
            "SHOW CREATE TABLE t",
            "SHOW STATS FOR tpch.tiny.nation",
            "SELECT table_name FROM information_schema.tables",
            "SELECT node_id FROM system.runtime.nodes",
        ):
            run(connection, statement)
    with whence.job("runs"):
        run(connection, "EXPLAIN ANALYZE INSERT INTO t SELECT nationkey, name FROM tpch.tiny.nation")
    assert collected.names("asks") == (set(), set())
    assert collected.names("runs") == ({N}, {f"lake.{schema}.t"})
    assert run(connection, "SELECT count(*) FROM t") == [[NATIONS]]


def test_below_sqlalchemy_each_statement_is_told_once(engine, schema, collected):
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.BigInteger), sa.Column("name", sa.String))
    text = sa.text("INSERT INTO t SELECT nationkey, name FROM tpch.tiny.nation WHERE name <> :name")
    table.metadata.create_all(engine)
    with whence.job("j"), engine.begin() as connection:
        connection.execute(sa.insert(table), [{"id": 1, "name": "secret"}, {"id": 2, "name": "b"}])
        connection.execute(sa.insert(table).values(id=3, name="c"))
        connection.execute(text, {"name": "secret"})
        with pytest.raises(sa.exc.DBAPIError):
            connection.execute(sa.text("INSERT INTO t SELECT 1 / (suppkey - 7), name FROM tpch.tiny.supplier"))
    name = f"lake.{schema}.t"
    assert collected.names("j") == ({N}, {name})
    assert collected.rows("j", name) == 2 + 1 + NATIONS
    assert collected.fields("j", name) == {"id": {f"{N}.nationkey"}, "name": {f"{N}.name"}}
    assert "secret" not in collected.text()


def test_rows_of_a_text_with_many_parameters_are_not_guessed(engine, schema, collected):
    with whence.job("j"), engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (a bigint)"))
        connection.execute(sa.text("INSERT INTO t VALUES (:a)"), [{"a": 1}, {"a": 2}])
    assert collected.names("j") == (set(), {f"lake.{schema}.t"})
    assert collected.rows("j", f"lake.{schema}.t") is None


def test_use_below_sqlalchemy(engine, schema, collected):
    with whence.job("j"), engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE a AS SELECT name FROM tpch.tiny.nation"))
        connection.execute(sa.text("USE tpch.tiny"))
        connection.execute(sa.text("SELECT count(*) FROM region")).all()
        connection.execute(
            sa.text(f"CREATE TABLE lake.{schema}.b AS SELECT a.*, suppkey FROM lake.{schema}.a, supplier")
        )
    a, b = (f"lake.{schema}.{name}" for name in "ab")
    assert collected.fields("j", b) == {"name": {f"{a}.name"}, "suppkey": {"tpch.tiny.supplier.suppkey"}}
    assert collected.names("j") == ({N, a, "tpch.tiny.region", "tpch.tiny.supplier"}, {a, b})


def test_reflection_is_no_read(engine, schema, collected):
    with whence.job("j"):
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE t (a bigint)"))
        assert [column["name"] for column in sa.inspect(engine).get_columns("t")] == ["a"]
        sa.MetaData().reflect(engine)
    assert collected.names("j") == (set(), set())


def test_pandas(engine, connect, schema, collected):
    with whence.job("j"):
        frame = pd.read_sql("SELECT name, regionkey FROM tpch.tiny.nation", engine)
        assert frame.to_sql("frame", engine, index=False, method="multi") == NATIONS
        assert len(pd.read_sql_table("frame", engine)) == NATIONS
        with pytest.warns(UserWarning, match="SQLAlchemy"):
            assert len(pd.read_sql("SELECT name FROM tpch.tiny.region", connect())) == 5
    table = f"lake.{schema}.frame"
    assert collected.names("j") == ({N, table, "tpch.tiny.region"}, {table})
    assert collected.rows("j", table) == NATIONS


def test_nothing_is_asked_by_us(connect, engine, collected, trino_server):
    def asked(source):
        with whence.job("j"):
            run(connect(source=source), "SELECT name FROM tpch.tiny.nation WHERE name <> ?", "x")
            with sa.create_engine(f"{engine.url}?source={source}").connect() as connection:
                connection.execute(sa.text("SELECT name FROM tpch.tiny.nation")).all()
                connection.engine.dispose()
        whence.flush(20)
        return run(connect(), "SELECT query FROM system.runtime.queries WHERE source = ? ORDER BY 1", source)

    asked("first")  # the client itself asks the server once what it can do
    with_us = asked("with us")
    whence.uninstall()
    assert with_us == asked("without us")
    assert len(with_us) == 2
    assert collected.events()


def test_server_that_dies_under_a_query(connect, collected, trino_server):
    with whence.job("j"):
        connection = connect(max_attempts=1, request_timeout=10)
        run(connection, "SELECT name FROM tpch.tiny.region")
        cursor = connection.cursor()
        cursor.execute(ENDLESS)
        trino_server.kill()
        with pytest.raises(trino.exceptions.TrinoConnectionError):
            cursor.fetchall()
        with pytest.raises(trino.exceptions.TrinoConnectionError):
            run(connection, "INSERT INTO t SELECT name FROM tpch.tiny.nation")
    assert collected.names("j") == ({"tpch.tiny.region", "tpch.sf1.orders"}, set())
