"""psycopg, psycopg2 and asyncpg by themselves on a real PostgreSQL: one behaviour, three drivers."""

# ruff: noqa: PT012, SIM117  what raises is a block, and what is in it matters
from __future__ import annotations

import asyncio
import io

import asyncpg
import pandas as pd
import psycopg
import psycopg2
import psycopg2.extras
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

import whence

pytestmark = pytest.mark.integration

SETUP = """
create table customers (id integer primary key, email varchar(50));
create table orders (id integer primary key, customer_id integer, amount integer);
create table totals (email varchar(50), total integer);
insert into customers values (1, 'ann@example.org'), (2, 'bob@example.org');
insert into orders values (1, 1, 10), (2, 1, 20), (3, 2, 5);
"""
TOTALS = (
    "insert into totals select c.email, sum(o.amount) from customers c "
    "left outer join orders o on o.customer_id = c.id where c.id < {} group by c.email"
)


class Place:
    """A database: how to reach it, and what its tables are called."""

    def __init__(self, url):
        self.url = sa.make_url(url)
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(SETUP)

    @property
    def dsn(self):
        return f"host={self.url.host} port={self.url.port} user={self.url.username} dbname={self.url.database}"

    @property
    def arguments(self):
        return {
            "host": self.url.host, "port": self.url.port, "user": self.url.username, "database": self.url.database
        }  # fmt: skip

    def name(self, table):
        return f"{self.url.database}.public.{table}"

    def names(self, *tables):
        return {self.name(table) for table in tables}


@pytest.fixture
def place(postgres_url, collected):
    return Place(postgres_url)


@pytest.fixture(params=["psycopg", "psycopg2"])
def connection(request, place):
    made = {"psycopg": psycopg, "psycopg2": psycopg2}[request.param].connect(place.dsn)
    yield made
    made.close()


class TestBothSyncDrivers:
    def test_committed_statement_is_told_with_rows_and_columns(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute(TOTALS.format("%s"), (100,))
            connection.commit()
        assert collected.names("j") == (place.names("customers", "orders"), place.names("totals"))
        assert collected.rows("j", place.name("totals")) == 2
        assert collected.fields("j", place.name("totals")) == {
            "email": {place.name("customers") + ".email"},
            "total": {place.name("orders") + ".amount"},
        }
        assert collected.end("j")["outputs"][0]["namespace"] == f"postgres://{place.url.host}:{place.url.port}"

    def test_rolled_back_write_is_nothing_but_the_read_happened(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("select id from orders")
            cursor.execute(TOTALS.format("%(top)s"), {"top": 100})
            connection.rollback()
        assert collected.names("j") == (place.names("orders"), set())

    def test_never_committed_is_nothing(self, connection, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("delete from orders")
            connection.close()
        assert collected.names("j") == (set(), set())

    def test_block_commits_and_an_exception_rolls_back(self, connection, place, collected):
        with whence.job("kept"), connection, connection.cursor() as cursor:
            cursor.execute("delete from orders where id = 1")
        assert collected.names("kept") == (set(), place.names("orders"))

    def test_block_that_fails(self, connection, collected):
        with (
            whence.job("undone"),
            pytest.raises(ZeroDivisionError),
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("delete from orders where id = 1")
            raise ZeroDivisionError
        assert collected.names("undone") == (set(), set())

    def test_autocommit(self, connection, place, collected):
        connection.autocommit = True
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("delete from orders where id = 1")
            connection.rollback()
        assert collected.names("j") == (set(), place.names("orders"))

    def test_commit_of_a_failed_transaction_is_a_rollback(self, connection, place, collected):
        """PostgreSQL answers ROLLBACK to the COMMIT, and no driver raises."""
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("delete from orders")
            with pytest.raises((psycopg.Error, psycopg2.Error)):
                cursor.execute("select * from missing")
            connection.commit()
            cursor.execute("select count(*) from orders")
            assert cursor.fetchone()[0] == 3
        assert collected.names("j") == (place.names("orders"), set())

    def test_text_commit_of_a_failed_transaction_is_a_rollback(self, connection, place, collected):
        connection.autocommit = True
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("delete from orders")
            with pytest.raises((psycopg.Error, psycopg2.Error)):
                cursor.execute("select * from missing")
            cursor.execute("commit")
            cursor.execute("begin")
            cursor.execute("delete from customers where id = 2")
            cursor.execute("commit")
        assert collected.names("j") == (set(), place.names("customers"))

    def test_refused_commit_is_nothing(self, connection, collected):
        with connection.cursor() as cursor:
            cursor.execute("create table b (c integer references customers deferrable initially deferred)")
            connection.commit()
            with whence.job("j"):
                cursor.execute("insert into b values (99)")
                with pytest.raises((psycopg.Error, psycopg2.Error)):
                    connection.commit()
                cursor.execute("insert into b values (1)")
                connection.rollback()
        assert collected.names("j") == (set(), set())

    def test_refused_commit_as_text_is_nothing_whatever_comes_after(self, connection, place, collected):
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("create table b (c integer references customers deferrable initially deferred)")
            with whence.job("j"):
                cursor.execute("begin")
                cursor.execute("insert into b values (99)")
                with pytest.raises((psycopg.Error, psycopg2.Error)):
                    cursor.execute("commit")
                cursor.execute("delete from orders")
        assert collected.names("j") == (set(), place.names("orders"))

    def test_savepoints_as_text(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("insert into orders values (9, 1, 1)")
            cursor.execute("savepoint a")
            cursor.execute("insert into totals values ('x', 1)")
            cursor.execute("rollback to a")
            connection.commit()
        assert collected.names("j") == (set(), place.names("orders"))

    def test_script_with_its_own_transactions(self, connection, place, collected):
        connection.autocommit = True
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute(
                "begin; insert into totals values ('x', 1); commit; begin; delete from orders; rollback; "
                "begin; delete from customers where id = 2"
            )
            connection.rollback()
        assert collected.names("j") == (set(), place.names("totals"))

    def test_executemany_counts_rows(self, connection, place, collected):
        with whence.job("j"), connection.cursor() as cursor:
            cursor.executemany("insert into totals values (%s, %s)", [("secret", n) for n in range(50)])
            connection.commit()
        assert place.names("totals") == collected.names("j")[1]
        assert "secret" not in collected.text()

    def test_composed_statements(self, connection, place, collected):
        sql = psycopg.sql if isinstance(connection, psycopg.Connection) else __import__("psycopg2.sql").sql
        statement = sql.SQL("insert into {} select email, {} from {}").format(
            sql.Identifier("totals"), sql.Literal(4711), sql.Identifier("customers")
        )
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute(statement)
            connection.commit()
        assert collected.names("j") == (place.names("customers"), place.names("totals"))
        assert "4711" not in collected.text()

    def test_search_path_of_the_connection_and_of_a_transaction(self, connection, place, collected):
        with connection.cursor() as cursor:
            cursor.execute("create schema tenant_a")
            cursor.execute("create table tenant_a.orders (id integer)")
            connection.commit()
        module = psycopg if isinstance(connection, psycopg.Connection) else psycopg2
        with module.connect(place.dsn + " options='-c search_path=tenant_a,public'") as other, other.cursor() as cursor:
            with whence.job("always"):
                cursor.execute("insert into orders values (1)")
                other.commit()
        with whence.job("once"), connection.cursor() as cursor:
            cursor.execute("set local search_path to tenant_a")
            cursor.execute("delete from orders")
            connection.commit()
            cursor.execute("delete from orders")
            connection.commit()
        other.close()
        tenant = f"{place.url.database}.tenant_a.orders"
        assert collected.names("always") == (set(), {tenant})
        assert collected.names("once") == (set(), {tenant, place.name("orders")})

    def test_statements_outside_of_runs_are_not_told(self, connection, collected):
        with connection.cursor() as cursor:
            cursor.execute("delete from orders")
            connection.commit()
        assert collected.events() == []

    def test_uninstall_restores_and_falls_silent(self, connection, place, collected):
        module = psycopg if isinstance(connection, psycopg.Connection) else psycopg2
        whence.install()
        whence.uninstall()
        assert "whence" not in psycopg.Cursor.execute.__code__.co_filename
        assert "whence" not in psycopg2.connect.__code__.co_filename
        with whence.job("j"), module.connect(place.dsn) as other, other.cursor() as cursor:
            cursor.execute("delete from orders")
            connection.cursor().execute("delete from customers where id = 99")
            connection.commit()
        other.close()
        assert collected.names("j") == (set(), set())
        whence.install()
        with whence.job("k"), connection.cursor() as cursor:
            cursor.execute("delete from orders")
            connection.commit()
        assert collected.names("k") == (set(), place.names("orders"))


class TestPsycopg:
    def test_transaction_blocks(self, place, collected):
        with whence.job("j"), psycopg.connect(place.dsn, autocommit=True) as connection:
            with connection.transaction():
                connection.execute("delete from orders where id = 1")
                with pytest.raises(psycopg.Error), connection.transaction():
                    connection.execute("insert into totals values ('x', 1)")
                    connection.execute("select * from missing")
                with connection.transaction():
                    connection.execute("delete from customers where id = 2")
            with connection.transaction(force_rollback=True):
                connection.execute("delete from totals")
        assert collected.names("j") == (set(), place.names("orders", "customers"))

    def test_copy(self, place, collected):
        with whence.job("j"), psycopg.connect(place.dsn) as connection, connection.cursor() as cursor:
            with cursor.copy("copy totals (email, total) from stdin") as copy:
                for number in range(7):
                    copy.write_row(("secret", number))
            with cursor.copy("copy (select id from orders) to stdout") as copy:
                list(copy)
        assert collected.names("j") == (place.names("orders"), place.names("totals"))
        assert collected.rows("j", place.name("totals")) == 7
        assert "secret" not in collected.text()

    def test_copy_that_fails_is_nothing(self, place, collected):
        with whence.job("j"), psycopg.connect(place.dsn) as connection, connection.cursor() as cursor:
            with pytest.raises(ZeroDivisionError), cursor.copy("copy totals from stdin") as copy:
                copy.write_row(("x", 1))
                raise ZeroDivisionError
            connection.commit()
        assert collected.names("j") == (set(), set())

    def test_server_side_cursor_stream_and_binary(self, place, collected):
        with whence.job("j"), psycopg.connect(place.dsn) as connection:
            with connection.cursor("named") as cursor:
                cursor.execute("select id from orders")
                assert len(cursor.fetchall()) == 3
            assert len(list(connection.cursor().stream("select id from customers"))) == 2
        assert collected.names("j") == (place.names("orders", "customers"), set())

    def test_pipeline_counts_once_it_went_through(self, place, collected):
        with whence.job("kept"), psycopg.connect(place.dsn) as connection, connection.pipeline():
            connection.execute("delete from orders where id = 1")
            connection.execute("insert into totals values (%s, %s)", ("x", 1))
        assert collected.names("kept") == (set(), place.names("orders", "totals"))
        with whence.job("undone"), psycopg.connect(place.dsn) as connection:
            with pytest.raises(psycopg.Error), connection.pipeline():
                connection.execute("delete from orders where id = 1")
                connection.execute("select * from missing")
                connection.execute("delete from totals")
            connection.commit()
        assert collected.names("undone") == (set(), set())
        with whence.job("auto"), psycopg.connect(place.dsn, autocommit=True) as connection:
            with pytest.raises(psycopg.errors.PipelineAborted), connection.pipeline() as pipeline:
                connection.execute("delete from customers where id = 9")
                pipeline.sync()
                with pytest.raises(psycopg.errors.UndefinedTable):
                    connection.execute("select * from missing").fetchone()
                connection.execute("delete from orders")
        assert collected.names("auto") == (set(), place.names("customers"))

    def test_two_phase(self, place, collected):
        with whence.job("j"), psycopg.connect(place.dsn) as connection:
            connection.tpc_begin("kept")
            connection.execute("delete from orders where id = 1")
            connection.tpc_prepare()
            connection.tpc_commit()
            connection.tpc_begin("undone")
            connection.execute("delete from totals")
            connection.tpc_prepare()
            connection.tpc_rollback()
        assert collected.names("j") == (set(), place.names("orders"))

    def test_types_and_row_factories_stay(self, place, collected):
        class Mine(psycopg.Cursor):
            pass

        rows = psycopg.rows.dict_row
        with whence.job("j"), psycopg.connect(place.dsn, cursor_factory=Mine, row_factory=rows) as connection:
            cursor = connection.execute("select id from orders where id = 1")
            assert type(cursor) is Mine
            assert cursor.fetchone() == {"id": 1}
        assert collected.names("j") == (place.names("orders"), set())

    async def test_async(self, place, collected):
        with whence.job("j"):
            async with await psycopg.AsyncConnection.connect(place.dsn) as connection:
                await connection.execute(TOTALS.format("%s"), (100,))
                async with connection.cursor("named") as cursor:
                    await cursor.execute("select id from orders")
                async with connection.cursor() as cursor:
                    async with cursor.copy("copy customers from stdin") as copy:
                        await copy.write_row((7, "x"))
                    assert [row async for row in cursor.stream("select id from customers")]
        assert collected.names("j") == (place.names("customers", "orders"), place.names("totals", "customers"))

    async def test_interleaved_tasks_are_never_mixed(self, place, collected):
        async def work(number):
            with whence.job(f"task{number}"):
                async with await psycopg.AsyncConnection.connect(place.dsn) as connection:
                    for _ in range(3):
                        await connection.execute(f"select 1 from {('orders', 'totals')[number % 2]}")

        await asyncio.gather(*(work(number) for number in range(20)))
        for number in range(20):
            assert collected.names(f"task{number}") == (place.names(("orders", "totals")[number % 2]), set())


class TestPsycopg2:
    def test_copy_in_all_its_forms(self, place, collected):
        with whence.job("j"), psycopg2.connect(place.dsn) as connection, connection.cursor() as cursor:
            cursor.copy_expert("copy totals from stdin", io.StringIO("secret\t1\nx\t2\n"))
            cursor.copy_from(io.StringIO("9\tx\n"), "customers", columns=("id", "email"))
            cursor.copy_to(io.StringIO(), "orders")
        connection.close()
        assert collected.names("j") == (place.names("orders"), place.names("totals", "customers"))
        assert collected.rows("j", place.name("totals")) == 2
        assert "secret" not in collected.text()

    def test_execute_values_is_one_statement_with_all_rows(self, place, collected):
        with whence.job("j"), psycopg2.connect(place.dsn) as connection, connection.cursor() as cursor:
            rows = [("secret", number) for number in range(250)]
            psycopg2.extras.execute_values(cursor, "insert into totals (email, total) values %s", rows)
            psycopg2.extras.execute_batch(cursor, "delete from orders where id = %s", [(1,), (2,)])
        connection.close()
        assert collected.names("j")[1] == place.names("totals", "orders")
        assert collected.rows("j", place.name("totals")) == 250
        assert "extractionError" not in collected.end("j")["run"]["facets"]
        assert "secret" not in collected.text()

    @pytest.mark.parametrize("where", ["connect", "cursor", "attribute", "connection class"])
    def test_factories_of_the_user_stay(self, place, collected, where):
        wanted = psycopg2.extras.RealDictCursor
        given = {"connect": {"cursor_factory": wanted},
                 "connection class": {"connection_factory": psycopg2.extras.RealDictConnection}}  # fmt: skip
        with whence.job("j"), psycopg2.connect(place.dsn, **given.get(where, {})) as connection:
            if where == "attribute":
                connection.cursor_factory = wanted
            with connection.cursor(**({"cursor_factory": wanted} if where == "cursor" else {})) as cursor:
                cursor.execute("select id from orders where id = 1")
                assert dict(cursor.fetchone()) == {"id": 1}
                assert isinstance(cursor, wanted)
            assert type(connection).__name__ == ("RealDictConnection" if where == "connection class" else "connection")
        connection.close()
        assert collected.names("j") == (place.names("orders"), set())

    def test_asynchronous_connections_are_left_alone(self, place, collected):
        """Nothing is known of a statement when `execute` returns."""
        connection = psycopg2.connect(place.dsn, async_=True)
        psycopg2.extras.wait_select(connection)
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("delete from orders")
            psycopg2.extras.wait_select(connection)
        connection.close()
        assert collected.names("j") == (set(), set())

    def test_named_cursor_and_factory_that_is_a_function(self, place, collected):
        def make(*args, **kwargs):
            return psycopg2.extensions.connection(*args, **kwargs)

        with psycopg2.connect(place.dsn, connection_factory=make) as connection, connection.cursor() as cursor:
            cursor.execute("select 1")
        connection.close()
        with whence.job("j"), psycopg2.connect(place.dsn) as connection, connection.cursor("named") as cursor:
            cursor.execute("select id from orders")
            assert len(cursor.fetchall()) == 3
        connection.close()
        assert collected.names("j") == (place.names("orders"), set())

    def test_reset_rolls_back(self, place, collected):
        connection = psycopg2.connect(place.dsn)
        with whence.job("j"), connection.cursor() as cursor:
            cursor.execute("delete from orders")
            connection.reset()
            connection.autocommit = True
            cursor.execute("delete from totals")
        connection.close()
        assert collected.names("j") == (set(), place.names("totals"))

    def test_two_phase(self, place, collected):
        with whence.job("j"):
            connection = psycopg2.connect(place.dsn)
            for name, table, ending in (("a", "orders", "tpc_commit"), ("b", "totals", "tpc_rollback")):
                connection.tpc_begin(connection.xid(1, name, "x"))
                connection.cursor().execute(f"delete from {table} where false")
                connection.tpc_prepare()
                getattr(connection, ending)()
            connection.tpc_begin(connection.xid(1, "c", "x"))
            connection.cursor().execute("delete from customers where false")
            connection.tpc_commit()
            connection.close()
        assert collected.names("j") == (set(), place.names("orders", "customers"))


class TestAsyncpg:
    async def test_committed_rolled_back_and_nested(self, place, collected):
        connection = await asyncpg.connect(**place.arguments)
        with whence.job("j"):
            async with connection.transaction():
                await connection.execute(TOTALS.format("$1"), 100)
                with pytest.raises(asyncpg.PostgresError):
                    async with connection.transaction():
                        await connection.execute("delete from customers")
                        await connection.execute("select * from missing")
            undone = connection.transaction()
            await undone.start()
            await connection.execute("delete from orders")
            await undone.rollback()
        await connection.close()
        assert collected.names("j") == (place.names("customers", "orders"), place.names("totals"))
        assert collected.rows("j", place.name("totals")) == 2

    async def test_refused_commit_is_nothing_whatever_comes_after(self, place, collected):
        connection = await asyncpg.connect(**place.arguments)
        await connection.execute("create table b (c integer references customers deferrable initially deferred)")
        with whence.job("j"):
            with pytest.raises(asyncpg.PostgresError):
                async with connection.transaction():
                    await connection.execute("insert into b values (99)")
            await connection.execute("delete from orders")
        await connection.close()
        assert collected.names("j") == (set(), place.names("orders"))

    async def test_every_way_to_ask(self, place, collected):
        connection = await asyncpg.connect(**place.arguments)
        with whence.job("j"):
            await connection.fetch("select id from orders")
            await connection.fetchval("select id from customers where id = $1", 1)
            await connection.fetchrow("insert into totals values ($1, $2) returning total", "secret", 1)
            await connection.executemany("insert into customers values ($1, $2)", [(8, "secret"), (9, "x")])
        with whence.job("prepared"):
            statement = await connection.prepare("insert into orders select id + 100, 1, 1 from customers")
            await statement.fetch()
            async with connection.transaction():
                async for _ in connection.cursor("select total from totals"):
                    pass
        await connection.close()
        assert collected.names("j") == (place.names("orders", "customers"), place.names("totals", "customers"))
        assert collected.names("prepared") == (place.names("customers", "totals"), place.names("orders"))
        assert collected.rows("prepared", place.name("orders")) == 4
        assert "secret" not in collected.text()

    async def test_copy(self, place, collected):
        connection = await asyncpg.connect(**place.arguments)
        with whence.job("j"):
            await connection.copy_records_to_table("totals", records=[("secret", 1), ("x", 2)], schema_name="public")
            await connection.copy_to_table("customers", source=io.BytesIO(b"7\tx\n"), columns=["id", "email"])
            await connection.copy_from_table("orders", output=io.BytesIO())
            await connection.copy_from_query("select id from totals t, customers", output=io.BytesIO())
        await connection.close()
        assert collected.names("j") == (
            place.names("orders", "totals", "customers"), place.names("totals", "customers")
        )  # fmt: skip
        assert collected.rows("j", place.name("totals")) == 2
        assert "secret" not in collected.text()

    async def test_pool_and_script(self, place, collected):
        async with asyncpg.create_pool(**place.arguments, min_size=1, max_size=2) as pool:
            with whence.job("j"):
                async with pool.acquire() as connection:
                    await connection.execute("begin; delete from orders; rollback; delete from totals")
                await pool.execute("delete from customers where id = 2")
        end = collected.end("j")
        assert collected.names("j") == (set(), place.names("totals", "customers"))
        assert "extractionError" not in end["run"]["facets"]

    async def test_commit_of_a_failed_transaction_is_a_rollback(self, place, collected):
        connection = await asyncpg.connect(**place.arguments)
        with whence.job("j"):
            await connection.execute("begin")
            await connection.execute("delete from orders")
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute("select * from missing")
            await connection.execute("commit")
        await connection.close()
        assert collected.names("j") == (set(), set())


def _insert_by_copy(table, connection, keys, rows):
    """Insert as pandas' documentation shows it: COPY on the driver's own cursor."""
    with connection.connection.cursor() as cursor:
        text = io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))
        cursor.copy_expert(f"copy {table.name} ({', '.join(keys)}) from stdin", text)


class TestBesideSqlAlchemy:
    @pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
    def test_each_statement_is_counted_by_one_hook(self, place, collected, driver):
        engine = sa.create_engine(place.url.set(drivername=f"postgresql+{driver}"))
        with whence.job("j"), engine.begin() as connection:
            rows = [{"email": "x", "total": number} for number in range(30)]
            connection.execute(sa.text("insert into totals values (:email, :total)"), rows)
            connection.execute(sa.text("update orders set amount = 1 where id = :id"), {"id": 1})
            by_hand = connection.connection.cursor()
            by_hand.execute("update customers set email = 'y' where id = 1")
        raw = engine.raw_connection()
        with whence.job("raw"):
            raw.cursor().execute("update customers set email = 'y'")
            raw.commit()
            raw.close()
        engine.dispose()
        assert collected.names("j")[1] == place.names("totals", "orders", "customers")
        assert [collected.rows("j", place.name(table)) for table in ("totals", "orders", "customers")] == [30, 1, 1]
        assert collected.rows("raw", place.name("customers")) == 2

    @pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
    async def test_async_engines(self, place, collected, driver):
        engine = create_async_engine(place.url.set(drivername=f"postgresql+{driver}"))
        with whence.job("j"):
            async with engine.begin() as connection:
                await connection.execute(sa.text("insert into totals values ('x', :total)"), {"total": 1})
                await connection.execute(sa.text("update customers set email = 'y'"))
            async with engine.connect() as connection:
                await connection.execute(sa.text("update orders set amount = 1"))
                await connection.rollback()
        await engine.dispose()
        assert collected.names("j") == (set(), place.names("totals", "customers"))
        assert collected.rows("j", place.name("totals")) == 1
        assert collected.rows("j", place.name("customers")) == 2

    def test_pandas_by_its_recipe_for_copy(self, place, collected):
        engine = sa.create_engine(place.url.set(drivername="postgresql+psycopg2"))
        frame = pd.DataFrame({"email": ["secret"] * 9, "total": range(9)})
        with whence.job("j"):
            frame.to_sql("totals", engine, if_exists="append", index=False, method=_insert_by_copy)
        engine.dispose()
        assert place.name("totals") in collected.names("j")[1]
        assert collected.rows("j", place.name("totals")) == 9
        assert "secret" not in collected.text()

    def test_failed_transaction_that_is_committed_all_the_same(self, place, collected):
        engine = sa.create_engine(place.url.set(drivername="postgresql+psycopg"))
        with whence.job("j"), engine.connect() as connection:
            connection.execute(sa.text("delete from orders"))
            with pytest.raises(sa.exc.ProgrammingError):
                connection.execute(sa.text("select * from missing"))
            connection.commit()
        with engine.connect() as connection:
            assert connection.execute(sa.text("select count(*) from orders")).scalar() == 3
        engine.dispose()
        assert collected.names("j") == (set(), set())


def test_what_another_server_runs_is_no_table_of_ours(place, collected):
    """The other server is this one again: its tables have our names, and only the text says that they are elsewhere."""
    with psycopg.connect(place.dsn, autocommit=True) as connection:
        connection.execute("create extension dblink")
    read = f"dblink('{place.dsn}', 'select id, email from customers') as far(id int, email text)"
    with whence.job("j"), psycopg.connect(place.dsn) as connection:
        connection.execute(f"insert into totals select email, amount from {read} join orders using (id)")
        connection.execute("select dblink_exec(%s, 'delete from customers')", (place.dsn,))
    assert collected.names("j") == (place.names("orders"), place.names("totals"))
    assert collected.fields("j", place.name("totals")) == {"total": {place.name("orders") + ".amount"}}
    assert "customers@?: on another server" in str(collected.end("j"))
