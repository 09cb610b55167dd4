"""PyMySQL and aiomysql by themselves on a real MariaDB."""

from __future__ import annotations

import threading

import aiomysql
import pymysql
import pytest
import sqlalchemy as sa

import whence

pytestmark = pytest.mark.integration


class Place:
    """A database: how to reach it, and what its tables are called."""

    def __init__(self, url):
        self.url = sa.make_url(url)
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("create table a (x integer primary key, y varchar(50))")
            cursor.execute("create table b (x integer primary key, y varchar(50))")
            cursor.execute("insert into a values (1, 'x'), (2, 'x')")
            connection.commit()

    @property
    def arguments(self):
        url = self.url
        return {"host": url.host, "port": url.port, "user": url.username, "password": url.password or ""}

    def connect(self, **options):
        return pymysql.connect(**self.arguments, database=self.url.database, **options)

    def names(self, *tables):
        return {f"{self.url.database}.{table}" for table in tables}


@pytest.fixture
def place(mariadb_url, collected):
    return Place(mariadb_url)


@pytest.fixture
def connection(place):
    made = place.connect()
    yield made
    if made.open:
        made.close()


class TestPyMySql:
    def test_committed_with_rows_and_columns(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("insert into b select * from a where x < %s", (99,))
            connection.commit()
        (table,) = place.names("b")
        (source,) = place.names("a")
        assert collected.names("j") == ({source}, {table})
        assert collected.rows("j", table) == 2
        assert collected.fields("j", table) == {"x": {f"{source}.x"}, "y": {f"{source}.y"}}
        namespace = f"mysql://{place.url.host}:{place.url.port}"
        assert collected.end("j")["outputs"][0]["namespace"] == namespace

    def test_rolled_back_and_closed_are_nothing(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("select x from a")
            cursor.execute("delete from a")
            connection.rollback()
            cursor.execute("delete from b")
            connection.close()
        assert collected.names("j") == (place.names("a"), set())

    def test_autocommit_begin_and_text(self, place, collected):
        connection = place.connect(autocommit=True)
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("delete from a where x = 1")
            connection.begin()
            cursor.execute("delete from b")
            cursor.execute("rollback")
        connection.close()
        assert collected.names("j") == (set(), place.names("a"))

    def test_ddl_commits_what_came_before(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("delete from a where x = 1")
            cursor.execute("create table c (x integer)")
            cursor.execute("delete from b")
            connection.rollback()
        assert collected.names("j") == (set(), place.names("a"))

    def test_executemany_is_one_statement_with_all_rows(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.executemany("insert into b (x, y) values (%s, %s)", [(n, "secret") for n in range(20)])
            cursor.executemany("update a set y = 'z' where x = %s", [(1,), (2,)])
            connection.commit()
        assert collected.names("j") == (set(), place.names("a", "b"))
        assert collected.rows("j", *place.names("b")) == 20
        assert collected.rows("j", *place.names("a")) == 2
        assert "secret" not in collected.text()

    def test_other_databases(self, connection, place, collected):
        other = place.url.database + "_other"
        with connection.cursor() as cursor:
            cursor.execute(f"create database {other}")
            cursor.execute(f"create table {other}.a (x integer)")
            with whence.job("j"):
                connection.select_db(other)
                cursor.execute("delete from a")
                cursor.execute(f"use {place.url.database}")
                cursor.execute("delete from b")
                connection.commit()
            cursor.execute(f"drop database {other}")
        assert collected.names("j") == (set(), {f"{other}.a", *place.names("b")})

    def test_every_cursor_class(self, connection, place, collected):
        with whence.job("j"):
            for made in (pymysql.cursors.DictCursor, pymysql.cursors.SSCursor, pymysql.cursors.SSDictCursor):
                with connection.cursor(made) as cursor:
                    cursor.execute("select x from a")
                    assert type(cursor) is made
                    assert len(cursor.fetchall()) == 2
        assert collected.names("j") == (place.names("a"), set())

    def test_lost_connection_takes_the_transaction_with_it(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("delete from a")
            _kill(place, connection)
            connection._force_close()
            connection.connect()
            connection.autocommit(True)
            cursor.execute("delete from b")
        assert collected.names("j") == (set(), place.names("b"))

    def test_setting_autocommit_commits(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("delete from a")
            cursor.execute("set autocommit = 1")
            cursor.execute("delete from b")
        assert collected.names("j") == (set(), place.names("a", "b"))

    def test_deadlock_takes_the_transaction_with_it(self, place, collected):
        first, second = place.connect(), place.connect()
        with second.cursor() as cursor:
            cursor.execute("update a set y = 'z' where x = 2")
        with whence.job("j"), first.cursor() as cursor:
            cursor.execute("delete from b where x = 7")
            cursor.execute("update a set y = 'z' where x = 1")
            waiting = threading.Thread(target=lambda: _quietly(second, "update a set y = 'z' where x = 1"))
            waiting.start()
            failed = _quietly(first, "update a set y = 'z' where x = 2")
            waiting.join()
            cursor.execute("select x from b")
            first.commit()
        first.close()
        second.close()
        assert collected.names("j")[1] == (set() if failed else place.names("a", "b"))

    def test_beside_sqlalchemy_each_is_counted_once(self, place, collected):
        engine = sa.create_engine(place.url)
        with whence.job("j"), engine.begin() as connection:
            connection.execute(sa.text("insert into b values (:x, 'x')"), [{"x": 1}, {"x": 2}])
            connection.execute(sa.text("update a set y = 'z' where x = 1"))
        raw = engine.raw_connection()
        with whence.job("raw"):
            raw.cursor().execute("update a set y = 'q' where x = 1")
            raw.commit()
            raw.close()
        engine.dispose()
        assert collected.rows("j", *place.names("b")) == 2
        assert collected.rows("j", *place.names("a")) == 1
        assert collected.rows("raw", *place.names("a")) == 1


def _kill(place, connection):
    with place.connect() as other, other.cursor() as cursor:
        cursor.execute(f"kill {connection.thread_id()}")


def _quietly(connection, statement):
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except pymysql.err.OperationalError:
        return True
    return False


async def test_aiomysql(place, collected):
    connection = await aiomysql.connect(**place.arguments, db=place.url.database)
    with whence.job("j"):
        async with connection.cursor() as cursor:
            await cursor.execute("insert into b select * from a")
            await connection.commit()
            await cursor.executemany("insert into b (x, y) values (%s, %s)", [(8, "secret"), (9, "x")])
            await connection.commit()
            await cursor.execute("delete from a")
            await connection.rollback()
    connection.close()
    assert collected.names("j") == (place.names("a"), place.names("b"))
    assert collected.rows("j", *place.names("b")) == 4
    assert "secret" not in collected.text()


async def test_aiomysql_below_sqlalchemy_is_counted_once(place, collected):
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  only here

    engine = create_async_engine(place.url.set(drivername="mysql+aiomysql"))
    with whence.job("j"):
        async with engine.begin() as connection:
            await connection.execute(sa.text("insert into b values (:x, 'x')"), [{"x": 1}, {"x": 2}])
            await connection.execute(sa.text("update a set y = 'z' where x = 1"))
    await engine.dispose()
    assert collected.rows("j", *place.names("b")) == 2
    assert collected.rows("j", *place.names("a")) == 1
