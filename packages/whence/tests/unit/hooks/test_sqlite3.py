"""The sqlite3 hook: connections are told, whoever made their class; nothing else about them changes."""

# ruff: noqa: PT012  what raises is a block, and what is in it matters
from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import sqlite3
import sys
import weakref

import aiosqlite
import pytest
import sqlalchemy as sa

import whence
from whence.hooks.sqlite3 import HOOK

TABLES = "create table a (x integer primary key, y text); create table b (x integer primary key, y text)"


@pytest.fixture
def path(tmp_path, collected):
    made = str(tmp_path / "shop.db")
    connection = sqlite3.connect(made)
    connection.executescript(TABLES)
    connection.close()
    return made


@pytest.fixture
def connection(path):
    made = sqlite3.connect(path)
    yield made
    made.close()


class TestTransactions:
    def test_committed(self, connection, path, collected):
        with whence.job("j"):
            connection.execute("insert into a values (?, ?)", (1, "secret"))
            connection.execute("insert into b select * from a")
            connection.commit()
        assert collected.names("j") == ({"a"}, {"a", "b"})
        assert collected.rows("j", "b") == 1
        assert collected.fields("j", "b") == {"x": {"a.x"}, "y": {"a.y"}}
        assert collected.end("j")["outputs"][0]["namespace"] == f"sqlite://{path}"
        assert "secret" not in collected.text()

    def test_rolled_back_closed_and_failed_are_nothing(self, connection, path, collected):
        with whence.job("j"):
            connection.execute("insert into a values (1, 'x')")
            connection.rollback()
            with pytest.raises(sqlite3.OperationalError):
                connection.execute("insert into missing values (1)")
            other = sqlite3.connect(path)
            other.execute("insert into b values (1, 'x')")
            other.close()
        assert collected.names("j") == (set(), set())

    def test_block_commits_and_an_exception_rolls_back(self, connection, collected):
        with whence.job("kept"), connection:
            connection.execute("insert into a values (1, 'x')")
        with whence.job("undone"), pytest.raises(ZeroDivisionError), connection:
            connection.execute("insert into b values (1, 'x')")
            raise ZeroDivisionError
        assert collected.names("kept") == (set(), {"a"})
        assert collected.names("undone") == (set(), set())

    def test_autocommit_and_transactions_by_text(self, path, collected):
        connection = sqlite3.connect(path, isolation_level=None)
        with whence.job("j"):
            connection.execute("insert into a values (1, 'x')")
            connection.execute("begin")
            connection.execute("insert into b values (1, 'x')")
            connection.execute("rollback")
        connection.close()
        assert collected.names("j") == (set(), {"a"})

    def test_change_to_autocommit_commits(self, connection, collected):
        with whence.job("j"):
            connection.execute("insert into a values (1, 'x')")
            connection.isolation_level = None
            connection.execute("delete from b")
        assert collected.names("j") == (set(), {"a", "b"})

    def test_savepoints(self, connection, collected):
        with whence.job("j"):
            connection.execute("insert into a values (1, 'x')")
            connection.execute("savepoint s")
            connection.execute("insert into b values (1, 'x')")
            connection.execute("rollback to s")
            connection.commit()
        assert collected.names("j") == (set(), {"a"})

    def test_failure_that_ends_the_transaction(self, connection, collected):
        """ON CONFLICT ROLLBACK takes what came before with it, and the next statement begins anew."""
        connection.execute("insert into a values (1, 'x')")
        connection.commit()
        with whence.job("j"):
            connection.execute("delete from b")
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute("insert or rollback into a values (1, 'x')")
            connection.execute("insert into a values (2, 'x')")
            connection.commit()
        assert collected.names("j") == (set(), {"a"})

    def test_scripts(self, connection, collected):
        with whence.job("j"):
            connection.execute("insert into a values (1, 'x')")  # executescript commits it
            connection.executescript("begin; delete from b; rollback; create table c as select * from a;")
            connection.rollback()
        assert collected.names("j") == ({"a"}, {"a", "c"})
        with whence.job("k"):
            connection.executescript("begin; delete from b")
            connection.rollback()
        assert collected.names("k") == (set(), set())


if sys.version_info >= (3, 12):

    class TestAutocommitAttribute:
        def test_autocommit_attribute(self, path, collected):
            connection = sqlite3.connect(path, autocommit=False)
            with whence.job("j"):
                connection.execute("insert into a values (1, 'x')")
                connection.rollback()
                connection.execute("insert into b values (1, 'x')")
                connection.autocommit = True
                connection.execute("delete from a")
            connection.close()
            assert collected.names("j") == (set(), {"b", "a"})


class TestWaysToAsk:
    def test_each_is_counted_once(self, connection, collected):
        with whence.job("j"):
            connection.execute("insert into a values (1, 'x')")
            connection.executemany("insert into a values (?, ?)", [(2, "x"), (3, "x")])
            cursor = connection.cursor()
            cursor.execute("insert into a values (4, 'x')")
            cursor.executemany("insert into a values (?, ?)", [(5, "x")])
            connection.commit()
        assert collected.rows("j", "a") == 5

    def test_rows_of_returning_are_not_known_and_not_none(self, connection, collected):
        with whence.job("j"):
            assert len(connection.execute("insert into a values (1, 'x'), (2, 'x') returning x").fetchall()) == 2
            connection.execute("update b set y = 'x'")
            connection.commit()
        assert collected.rows("j", "a") is None
        assert collected.rows("j", "b") == 0

    @pytest.mark.filterwarnings("ignore:Passing more than 1 positional:DeprecationWarning")  # Python 3.13
    def test_classes_of_the_user_stay(self, path, collected):
        class Mine(sqlite3.Connection):
            calls = 0

            def execute(self, *args):
                self.calls += 1
                return super().execute(*args)

        class MyCursor(sqlite3.Cursor):
            pass

        with whence.job("j"):
            first = sqlite3.connect(path, factory=Mine)
            second = sqlite3.connect(path, 5.0, 0, "", True, Mine)
            first.row_factory = sqlite3.Row
            first.execute("insert into a values (1, 'x')")
            first.commit()
            cursor = second.cursor(MyCursor)
            cursor.execute("select x from b")
            assert first.execute("select x from a").fetchone()["x"] == 1
        assert isinstance(first, Mine)
        assert first.calls == 2
        assert type(first).__name__ == "Mine"
        assert isinstance(cursor, MyCursor)
        with contextlib.closing(sqlite3.connect(":memory:")) as plain:
            assert type(plain).__qualname__ == "Connection"
        first.close()
        second.close()
        assert collected.names("j") == ({"a", "b"}, {"a"})
        assert collected.rows("j", "a") == 1

    def test_class_whose_layout_allows_no_other(self, path, collected):
        class Narrow(sqlite3.Connection):
            __slots__ = ("x", "y")

        connection = sqlite3.connect(path, factory=Narrow)
        with whence.job("j"):
            connection.execute("delete from a")
        connection.close()
        assert collected.end("j")["eventType"] == "COMPLETE"

    def test_factory_that_is_a_function(self, path, collected):
        connection = sqlite3.connect(path, factory=functools.partial(sqlite3.Connection))
        with whence.job("j"):
            connection.execute("delete from a")
        connection.close()
        assert collected.end("j")["eventType"] == "COMPLETE"

    @pytest.mark.parametrize("given", ["file:{}?mode=rw", "file://{}", "file://localhost{}"])
    def test_names_of_files_by_uri(self, path, collected, given):
        connection = sqlite3.connect(given.format(path), uri=True)
        with whence.job("j"):
            connection.execute("select x from a").fetchall()
        connection.close()
        assert collected.end("j")["inputs"][0]["namespace"] == f"sqlite://{path}"

    def test_databases_in_memory_share_nothing(self, collected):
        first, second = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
        with whence.job("j"):
            first.execute("create table t (one integer)")
            second.execute("create table t (two integer)")
            second.execute("create table u (two integer)")
            first.execute("create table u (one integer)")
            first.execute("insert into u select * from t")
            first.commit()
        first.close()
        second.close()
        assert collected.fields("j", "u") == {"one": {"t.one"}}


class TestBesideSqlAlchemy:
    def test_each_statement_is_counted_by_one_hook(self, path, collected):
        engine = sa.create_engine(f"sqlite:///{path}")
        with whence.job("j"), engine.begin() as connection:
            connection.execute(sa.text("insert into a values (:x, 'x')"), [{"x": 1}, {"x": 2}])
            connection.execute(sa.text("insert into a values (3, 'x')"))
            connection.exec_driver_sql("insert into a values (4, 'x')")
            by_hand = connection.connection.cursor()  # as pandas' own recipes for to_sql do
            by_hand.execute("insert into b values (1, 'x')")
        engine.dispose()
        assert collected.rows("j", "a") == 4
        assert collected.rows("j", "b") == 1

    def test_raw_connection_is_the_drivers(self, path, collected):
        engine = sa.create_engine(f"sqlite:///{path}")
        raw = engine.raw_connection()
        with whence.job("kept"):
            raw.cursor().execute("insert into a values (1, 'x')")
            raw.commit()
        with whence.job("undone"):
            raw.cursor().execute("insert into b values (1, 'x')")
            raw.close()  # the pool rolls back
        with whence.job("again"), engine.begin() as connection:
            connection.execute(sa.text("insert into a values (2, 'x')"))
        engine.dispose()
        assert collected.rows("kept", "a") == 1
        assert collected.names("undone") == (set(), set())
        assert collected.rows("again", "a") == 1

    def test_without_its_hook_the_driver_tells_sqlalchemys_statements(self, path, collected):
        whence.uninstall("sqlalchemy")
        engine = sa.create_engine(f"sqlite:///{path}")
        with whence.job("j"), engine.begin() as connection:
            connection.execute(sa.text("insert into a values (1, 'x')"))
        engine.dispose()
        assert collected.rows("j", "a") == 1

    def test_connections_of_aiosqlites_threads_are_left_to_its_hook(self, path, collected):
        whence.uninstall("aiosqlite")

        async def work():
            async with aiosqlite.connect(path) as connection:
                await connection.execute("select x from a")
                return type(connection._conn)

        with whence.job("j"):
            assert asyncio.run(work()) is sqlite3.Connection
        assert collected.names("j") == (set(), set())


class TestInstalling:
    def test_uninstall_restores_and_falls_silent(self, connection, path, collected):
        wrapped = sqlite3.connect
        whence.install()
        assert sqlite3.connect is wrapped is sqlite3.dbapi2.connect
        whence.uninstall()
        assert sqlite3.connect is sqlite3.dbapi2.connect is not wrapped
        other = sqlite3.connect(path)
        assert type(other) is sqlite3.Connection
        other.close()
        with whence.job("j"):
            connection.execute("insert into a values (1, 'x')")
            connection.commit()
        assert collected.names("j") == (set(), set())

    def test_connections_are_not_kept_alive(self, path):
        connection = sqlite3.connect(path)
        with whence.job("j"):
            connection.execute("select x from a").fetchall()
        gone = weakref.ref(connection)
        gc.disable()
        try:
            connection.close()
            del connection
            assert gone() is None  # by counting references alone, as without us
        finally:
            gc.enable()

    def test_trouble_of_ours_stays_with_us(self, connection, collected, caplog, monkeypatch):
        monkeypatch.setattr(HOOK, "source_of", lambda _: 1 / 0)
        with whence.job("j"):
            for _ in range(30):
                assert connection.execute("select 1").fetchone() == (1,)
        assert collected.end("j")["eventType"] == "COMPLETE"
        assert caplog.text.count("the sqlite3 hook failed") == 1
        assert HOOK.is_off
