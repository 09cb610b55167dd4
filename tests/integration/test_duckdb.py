"""The DuckDB hook on real databases and files: what was committed is told, and the host's variables are found."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading

import duckdb
import pandas as pd
import pytest
from told import Told

import whence
from whence.hooks._database.duckdb_source import Names, source_of_path
from whence.hooks.duckdb import HOOK
from whence.sql import TableName

pytestmark = pytest.mark.integration

FRAME = pd.DataFrame({"id": [1, 2], "name": ["a", "b"]})


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Make a folder, the working one, with a CSV file and a database, made before anybody watches."""
    whence.uninstall()
    monkeypatch.chdir(tmp_path)
    FRAME.to_csv("a.csv", index=False)
    with duckdb.connect("shop.db") as shop:
        shop.execute("create table orders as select * from 'a.csv'")
        shop.execute("create table copy (id bigint, name varchar)")
    return tmp_path


@pytest.fixture
def watched(files, collected):
    """Collect, with the hook in place."""
    whence.install()
    return collected


@pytest.fixture
def shop(watched):
    """Connect to the database."""
    with duckdb.connect("shop.db") as connection:
        yield connection


def table(files, name):
    """Return the full name of a table of the database."""
    return f"duckdb://{files.resolve()}/shop.db shop.main.{name}"


class TestStatements:
    @pytest.mark.parametrize("call", ["execute", "sql", "query"])
    def test_insert_select(self, shop, watched, files, call):
        with whence.job("j"):
            getattr(shop, call)("insert into copy select * from orders")
        assert Told(watched, "j", files).names == ([table(files, "orders")], [table(files, "copy")])

    def test_columns_flow(self, shop, watched):
        with whence.job("j"):
            shop.execute("insert into copy (id, name) select id, name from orders")
        assert watched.fields("j", "shop.main.copy") == {
            "id": {"shop.main.orders.id"},
            "name": {"shop.main.orders.name"},
        }

    def test_executemany_and_prepared(self, shop, watched, files):
        with whence.job("j"):
            shop.executemany("insert into copy values (?, ?)", [[1, "secret-value"], [2, "b"]])
            shop.execute("select * from orders where name = ?", ["secret-value"]).fetchall()
        assert Told(watched, "j", files).names == ([table(files, "orders")], [table(files, "copy")])
        assert "secret-value" not in watched.text()

    @pytest.mark.skipif(duckdb.__version__ < "2", reason="the driver does not say")
    def test_rows_that_were_changed(self, shop, watched, files):
        with whence.job("j"):
            shop.execute("insert into copy select * from orders")
            shop.executemany("insert into copy values (?, ?)", [[1, "a"], [2, "b"], [3, "c"]])
            shop.sql("copy copy to 'o.parquet'")
            shop.table("orders").create("made")
        told = Told(watched, "j", files)
        assert [told.rows(name) for name in (table(files, "copy"), table(files, "made"), "o.parquet")] == [5, 2, 5]

    def test_failed_statement_is_none(self, shop, watched, files):
        with whence.job("j"):
            with pytest.raises(duckdb.Error):
                shop.execute("insert into copy select * from missing")
            with pytest.raises(duckdb.Error):
                shop.sql("insert into copy select error('no'), name from orders")
        assert Told(watched, "j", files).names == ([], [])

    def test_script(self, shop, watched, files):
        with whence.job("j"):
            shop.sql("insert into copy values (1, 'a'); select * from orders").fetchall()
            shop.execute("create table made as select 1 as x; select * from made").fetchall()
        told = Told(watched, "j", files)
        assert told.names[1] == [table(files, "copy"), table(files, "made")]

    def test_connection_of_before_the_hook_and_its_open_result(self, files, collected):
        whence.uninstall("duckdb")
        shop = duckdb.connect("shop.db")
        shop.execute("select * from orders")
        whence.install("duckdb")
        with whence.job("j"):
            second = shop.cursor()
            second.execute("insert into copy select * from orders")
            assert shop.fetchall() == [(1, "a"), (2, "b")]
        assert Told(collected, "j", files).names == ([table(files, "orders")], [table(files, "copy")])


class TestTransactions:
    def test_commit_and_rollback_by_call_and_text(self, shop, watched, files):
        with whence.job("j"):
            shop.begin()
            shop.execute("insert into copy values (1, 'a')")
            shop.commit()
            shop.begin()
            shop.execute("create table gone as select * from orders")
            shop.rollback()
            shop.execute("BEGIN TRANSACTION")
            shop.execute("create table gone2 as select 1 as x")
            shop.execute("ROLLBACK")
            shop.execute("begin; create table kept as select 1 as x; commit")
        assert Told(watched, "j", files).names[1] == [table(files, "copy"), table(files, "kept")]

    def test_begun_before_the_run(self, shop, watched, files):
        shop.begin()
        with whence.job("j"):
            shop.execute("insert into copy values (1, 'a')")
            shop.rollback()
        assert Told(watched, "j", files).names == ([], [])

    def test_commit_of_a_failed_transaction_keeps_nothing(self, shop, watched, files):
        with whence.job("j"):
            shop.begin()
            shop.execute("insert into copy values (1, 'a')")
            with pytest.raises(duckdb.Error):
                shop.execute("select error('no')").fetchall()
            shop.commit()
            assert shop.execute("select count(*) from copy").fetchone() == (0,)
        assert Told(watched, "j", files).names[1] == []

    def test_cursors_have_transactions_of_their_own(self, shop, watched, files):
        with whence.job("j"):
            other = shop.cursor()
            other.begin()
            other.execute("insert into copy values (1, 'a')")
            shop.execute("create table kept as select 1 as x")
            other.rollback()
        assert Told(watched, "j", files).names[1] == [table(files, "kept")]


class TestFiles:
    def test_read_and_written_by_sql_in_memory(self, watched, files):
        with whence.job("j"), duckdb.connect() as memory:
            memory.execute("create table staged as select id from 'a.csv'")
            memory.execute("create view shown as select id from staged")
            memory.execute("copy shown to 'o.parquet' (format parquet)")
        told = Told(watched, "j", files)
        assert told.names == (["a.csv"], ["o.parquet"])
        (sources,) = watched.fields("j", told.outputs["o.parquet"]["name"]).values()
        assert [source.rpartition(".")[2] for source in sources] == ["id"]

    def test_a_file_is_called_as_pandas_calls_it(self, watched, files):
        with whence.job("write"):
            FRAME.to_parquet("p.parquet")
        with whence.job("read"):
            duckdb.sql("select * from 'p.parquet'").fetchall()
        written = Told(watched, "write", files).outputs["p.parquet"]["name"]
        assert Told(watched, "read", files).inputs["p.parquet"]["name"] == written

    def test_relations_count_when_they_run(self, watched, files):
        with whence.job("made"):
            relation = duckdb.read_csv("a.csv").filter("id > 1").project("id")
        with whence.job("ran"):
            relation.to_parquet("o.parquet")
        with whence.job("fetched"):
            relation.fetchall()
        assert Told(watched, "made", files).names == ([], [])
        assert Told(watched, "ran", files).names == (["a.csv"], ["o.parquet"])
        assert Told(watched, "fetched", files).names == (["a.csv"], [])

    def test_relations_into_tables(self, shop, watched, files):
        with whence.job("j"):
            shop.read_csv("a.csv").insert_into("copy")
            shop.table("orders").create("made")
        told = Told(watched, "j", files)
        assert told.names == (["a.csv", table(files, "orders")], [table(files, "copy"), table(files, "made")])

    def test_folder_of_pieces(self, watched, files):
        with whence.job("j"):
            duckdb.execute("copy (select * from 'a.csv') to 'out' (format parquet, partition_by (name))")
            duckdb.execute("select * from 'out/*/*.parquet'").fetchall()
        assert Told(watched, "j", files).names == (["a.csv", "out"], ["out"])


class TestVariables:
    def test_frames_are_found_and_no_dataset(self, shop, watched, files):
        local_frame = FRAME
        with whence.job("j"):
            assert shop.execute("select count(*) from local_frame").fetchall() == [(2,)]
            assert duckdb.execute("select count(*) from local_frame").fetchall() == [(2,)]
            assert duckdb.sql("select count(*) from local_frame").fetchall() == [(2,)]
            shop.sql("create table made as select * from local_frame")
            shop.executemany("insert into made select id + ?, name from local_frame", [[1], [2]])
        assert len(local_frame) == 2
        assert Told(watched, "j", files).names == ([], [table(files, "made")])

    def test_variables_of_an_enclosing_function(self, shop):
        outer_frame = FRAME

        def inner():
            assert outer_frame is not None
            return shop.execute("select count(*) from outer_frame").fetchone()

        with whence.job("j"):
            assert inner() == (2,)

    def test_what_came_in_through_a_frame_is_inferred(self, shop, watched, files):
        with whence.job("j"):
            frame = pd.read_csv("a.csv")
            assert len(frame) == 2
            shop.sql("insert into copy select frame.* from frame join orders using (id)")
        told = Told(watched, "j", files)
        assert told.names == (["a.csv", table(files, "orders")], [table(files, "copy")])
        assert "lineage" not in told.outputs[table(files, "copy")]["facets"]  # nothing leaves the file out

    def test_registered_frames(self, shop, watched, files):
        shop.register("given", FRAME)
        with whence.job("j"):
            shop.sql("insert into copy select * from given")
        assert Told(watched, "j", files).names == ([], [table(files, "copy")])

    def test_a_table_outranks_a_variable(self, shop, watched, files):
        orders = FRAME
        with whence.job("j"):
            shop.sql("insert into copy select * from orders")
        assert len(orders) == 2
        assert Told(watched, "j", files).names[0] == [table(files, "orders")]


class TestOtherWays:
    def test_append(self, shop, watched, files):
        with whence.job("j"):
            shop.append("copy", FRAME)
        assert Told(watched, "j", files).rows(table(files, "copy")) == 2

    def test_appender_counts_when_flushed(self, shop, watched, files):
        with whence.job("made"):
            appender = shop.appender("copy")
            appender.append_row(1, "a")
        with whence.job("flushed"):
            appender.flush()
        assert Told(watched, "made", files).names == ([], [])
        assert Told(watched, "flushed", files).names == ([], [table(files, "copy")])

    def test_attached_databases(self, watched, files):
        memory = duckdb.connect()
        memory.execute("attach 'shop.db' as s")
        with whence.job("j"):
            memory.execute("insert into s.copy select * from s.main.orders")
            memory.execute("use s")
            memory.execute("create table made as select * from orders")
        assert Told(watched, "j", files).names == (
            [table(files, "orders")],
            [table(files, "copy"), table(files, "made")],
        )
        memory.close()

    def test_threads_with_cursors(self, shop, watched, files):
        def work(name):
            with whence.job(name), shop.cursor() as mine:
                mine.execute(f"create table {name} as select * from orders")

        threads = [threading.Thread(target=work, args=(name,)) for name in ("left_one", "right_one")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name in ("left_one", "right_one"):
            assert Told(watched, name, files).names == ([table(files, "orders")], [table(files, name)])

    def test_catalogue_is_no_dataset(self, shop, watched, files):
        with whence.job("j"):
            shop.execute("select * from duckdb_tables()").fetchall()
            shop.execute("select * from information_schema.tables").fetchall()
            shop.sql("show tables").fetchall()
        assert Told(watched, "j", files).names == ([], [])


class TestHook:
    def test_uninstall_restores(self):
        whence.uninstall("duckdb")
        runs = getattr(duckdb, "_seam", duckdb)  # before 2.0 there is none
        before = duckdb.execute, duckdb.connect, duckdb.DuckDBPyConnection.execute, dict(vars(runs))
        whence.install("duckdb")
        whence.install("duckdb")
        assert duckdb.execute is not before[0]
        assert isinstance(duckdb.connect(), duckdb.DuckDBPyConnection)
        whence.uninstall("duckdb")
        assert (duckdb.execute, duckdb.connect, duckdb.DuckDBPyConnection.execute, dict(vars(runs))) == before

    def test_trouble_of_ours_stays_ours(self, shop, monkeypatch):
        def broken(*_):
            raise RuntimeError

        monkeypatch.setattr(HOOK, "_one", broken)
        with whence.job("j"):
            for _ in range(30):
                assert shop.execute("select 1").fetchone() == (1,)
        assert HOOK.is_off

    def test_imported_after_install(self, tmp_path):
        code = f"""
            import whence
            whence.configure(sinks="file:{tmp_path}/events.jsonl", spool_dir="{tmp_path}/spool", namespace="test")
            whence.install()
            import duckdb
            with whence.job("j"), duckdb.connect("{tmp_path}/x.db") as connection:
                connection.execute("create table made as select 1 as x")
            whence.shutdown(10)
        """
        subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
        assert "x.main.made" in (tmp_path / "events.jsonl").read_text()


class TestSource:
    def test_secrets_of_attach_are_not_kept(self):
        names = Names()
        names.attach("ATTACH 'host=h password=secret-value' AS pg (TYPE postgres)")
        names.attach("ATTACH 'mine.db' (READ_ONLY)")
        assert names.attached["pg"] is None
        assert names.attached["mine"].namespace.endswith("/mine.db")
        assert "secret-value" not in repr(vars(names))
        assert source_of_path("x.db", names).is_system(TableName("t", "main", "pg"))
        names.attach("detach mine")
        assert set(names.attached) == {"pg"}
