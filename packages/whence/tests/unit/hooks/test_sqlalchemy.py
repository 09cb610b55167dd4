"""The SQLAlchemy hook on SQLite: what was committed is told, under the run that did it; the host notices nothing."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy import event, orm, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

import whence
from whence.hooks.sqlalchemy import HOOK

META = sa.MetaData()
CUSTOMERS = sa.Table(
    "customers", META, sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.String(50))
)
ORDERS = sa.Table(
    "orders",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Integer),
    sa.Column("amount", sa.Numeric(10, 2)),
    sa.Column("state", sa.Enum("new", "paid", name="state")),
)


@pytest.fixture
def engine(collected, tmp_path):
    made = sa.create_engine(f"sqlite:///{tmp_path}/shop.db")

    @event.listens_for(made, "connect")
    def _connect(dbapi_connection, _record):
        dbapi_connection.execute("PRAGMA synchronous = OFF")

    META.create_all(made)
    yield made
    made.dispose()


class TestTransactions:
    def test_begin_commits(self, engine, collected):
        with whence.job("j"), engine.begin() as connection:
            connection.execute(text("insert into customers values (1, 'a')"))
        assert collected.names("j") == (set(), {"customers"})
        assert collected.rows("j", "customers") == 1

    def test_rollback_and_close_without_commit_are_nothing(self, engine, collected):
        with whence.job("j"):
            with engine.connect() as connection:
                connection.execute(text("insert into customers values (1, 'a')"))
                connection.rollback()
            with engine.connect() as connection:
                connection.execute(text("insert into orders (id) values (1)"))
            with pytest.raises(sa.exc.NoSuchColumnError), engine.begin() as connection:
                connection.execute(text("insert into orders (id) values (1) returning id")).one()._mapping["nothing"]
        assert collected.names("j") == (set(), set())

    def test_failed_statement_is_nothing(self, engine, collected):
        with whence.job("j"), engine.connect() as connection:
            with pytest.raises(sa.exc.OperationalError):
                connection.execute(text("insert into missing values ('secret')"))
            connection.commit()
        assert collected.names("j") == (set(), set())

    def test_ddl_that_sqlite_commits_by_itself(self, engine, collected):
        with whence.job("j"), engine.connect() as connection:
            connection.execute(text("create table copy as select email from customers"))
            connection.rollback()
        with engine.connect() as connection:
            assert connection.execute(text("select count(*) from copy")).scalar() == 0
        assert collected.names("j") == ({"customers"}, {"copy"})

    def test_autocommit(self, engine, collected):
        with whence.job("j"), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("insert into customers values (1, 'a')"))
            connection.rollback()
        assert collected.names("j") == (set(), {"customers"})

    def test_documented_recipe_for_sqlite_savepoints(self, collected, tmp_path):
        """Transactions begun by hand on a driver in autocommit mode: only the driver knows that one is open."""
        engine = sa.create_engine(f"sqlite:///{tmp_path}/recipe.db")

        @event.listens_for(engine, "connect")
        def _connect(dbapi_connection, _record):
            dbapi_connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def _begin(connection):
            connection.exec_driver_sql("BEGIN")

        META.create_all(engine)
        with whence.job("j"), engine.connect() as connection:
            connection.execute(text("insert into customers values (1, 'a')"))
            connection.rollback()
            connection.execute(text("insert into orders (id) values (1)"))
            connection.commit()
        engine.dispose()
        assert collected.names("j") == (set(), {"orders"})

    def test_savepoints(self, engine, collected):
        with whence.job("j"), engine.begin() as connection:
            outer = connection.begin_nested()
            connection.execute(text("insert into customers values (1, 'a')"))
            inner = connection.begin_nested()
            connection.execute(text("insert into orders (id) values (1)"))
            inner.commit()
            outer.rollback()
            with connection.begin_nested():
                connection.execute(text("delete from customers where id = 7"))
        assert collected.names("j") == (set(), {"customers"})
        assert "outputFacets" not in collected.output("j", "customers")

    def test_counts_of_a_commit_that_fails_are_taken_back(self, engine, collected):
        @event.listens_for(engine, "commit")
        def _refuse(connection):
            connection.connection.dbapi_connection.set_authorizer(lambda *_: 1)

        with pytest.raises(sa.exc.DatabaseError), whence.job("j"), engine.begin() as connection:
            connection.execute(text("insert into customers values (1, 'a')"))
        assert collected.names("j") == (set(), set())

    def test_two_runs_in_one_transaction(self, engine, collected):
        with engine.begin() as connection:
            with whence.job("a"):
                connection.execute(text("insert into customers values (1, 'a')"))
                with whence.job("b"):
                    connection.execute(text("insert into orders (id) values (1)"))
                connection.execute(text("insert into customers values (2, 'a')"))
            assert collected.names("a") == collected.names("b") == (set(), set())
        late = {
            event["job"]["name"]: [each["name"] for each in event["outputs"]]
            for event in collected.events()
            if event["eventType"] == "OTHER"
        }
        assert late == {"a": ["customers"], "b": ["orders"]}

    def test_connection_that_is_lost(self, engine, collected):
        with whence.job("j"), engine.connect() as connection:
            connection.execute(text("insert into customers values (1, 'a')"))
            connection.invalidate()
            connection.rollback()
            connection.execute(text("insert into orders (id) values (1)"))
            connection.commit()
        assert collected.names("j") == (set(), {"orders"})


class TestStatements:
    def test_core_outer_join_brings_schemas(self, engine, collected):
        query = sa.select(ORDERS.c.amount, CUSTOMERS.c.email).select_from(
            ORDERS.outerjoin(CUSTOMERS, CUSTOMERS.c.id == ORDERS.c.customer_id)
        )
        with whence.job("j"), engine.connect() as connection:
            connection.execute(query).all()
        assert collected.names("j") == ({"orders", "customers"}, set())
        (orders,) = (each for each in collected.end("j")["inputs"] if each["name"] == "orders")
        assert [(f["name"], f["type"]) for f in orders["facets"]["schema"]["fields"]] == [
            ("id", "INTEGER"),
            ("customer_id", "INTEGER"),
            ("amount", "NUMERIC(10, 2)"),
            ("state", "VARCHAR(4)"),
        ]
        assert orders["facets"]["dataSource"]["uri"].endswith("/shop.db")

    def test_insert_from_select_has_columns(self, engine, collected):
        statement = sa.insert(ORDERS).from_select(["customer_id"], sa.select(CUSTOMERS.c.id))
        with whence.job("j"), engine.begin() as connection:
            connection.execute(statement)
        assert collected.fields("j", "orders") == {"customer_id": {"customers.id"}}

    def test_executemany_and_returning_batches_count_rows(self, engine, collected):
        with whence.job("j"), engine.begin() as connection:
            connection.execute(sa.insert(CUSTOMERS), [{"id": i, "email": "x"} for i in range(10)])
            rows = connection.execute(
                sa.insert(ORDERS).returning(ORDERS.c.id), [{"customer_id": 1} for _ in range(2500)]
            ).all()
            assert len(rows) == 2500
        assert collected.rows("j", "customers") == 10
        assert collected.rows("j", "orders") == 2500

    def test_rows_of_a_single_insert_with_returning(self, engine, collected):
        """SQLite's driver knows them only after they were fetched."""
        several = sa.insert(ORDERS).from_select(["customer_id"], sa.select(CUSTOMERS.c.id)).returning(ORDERS.c.id)
        with whence.job("j"), engine.begin() as connection:
            connection.execute(sa.insert(CUSTOMERS).values(email="a").returning(CUSTOMERS.c.id)).all()
            connection.execute(several).all()
        assert collected.rows("j", "customers") == 1
        assert collected.rows("j", "orders") is None

    def test_orm_session(self, engine, collected):
        class Base(orm.DeclarativeBase):
            metadata = META

        class Customer(Base):
            __table__ = CUSTOMERS

        with whence.job("j"), orm.Session(engine) as session, session.begin():
            session.add_all([Customer(id=1, email="a"), Customer(id=2, email="b")])
            session.flush()
            assert session.scalar(sa.select(sa.func.count(Customer.id))) == 2
        assert collected.names("j") == ({"customers"}, {"customers"})

    def test_values_come_from_what_the_run_read_into_the_program(self, engine, collected):
        """Inputs x outputs would claim that the orders come from nowhere and the report from everything."""
        with engine.begin() as connection:
            connection.execute(text("create table report (a integer)"))
            connection.execute(text("create table seen (a integer)"))
        with whence.job("j"), engine.begin() as connection:
            connection.execute(text("insert into report select id from orders"))
            ids = connection.execute(text("select id from customers")).all()
            connection.execute(text("insert into seen values (:n)"), {"n": len(ids)})
        report, seen = (collected.output("j", name)["facets"] for name in ("report", "seen"))
        assert list(report["columnLineage"]["fields"]) == ["a"]
        assert "lineage" not in report
        (source,) = seen["lineage"]["inputs"]
        assert source["name"] == "customers"
        assert source["transformations"][0]["subtype"] == "INFERRED"

    def test_fields_are_told_beside_values_that_only_may_come_from_elsewhere(self, engine, collected):
        """The lineage facet outranks columnLineage, so it has to say the fields, too."""
        with engine.begin() as connection:
            connection.execute(text("create table report (a integer)"))
        with whence.job("j"), engine.begin() as connection:
            ids = connection.execute(text("select id from customers")).all()
            connection.execute(text("insert into report select id from orders where customer_id > 0"))
            connection.execute(text("insert into report values (:n)"), {"n": len(ids)})
        facets = collected.output("j", "report")["facets"]
        told = facets["lineage"]
        assert [(each["name"], each.get("field")) for each in told["inputs"]] == [
            ("customers", None), ("orders", None), ("orders", "customer_id")
        ]  # fmt: skip
        (source,) = told["fields"]["a"]["inputs"]
        assert (source["type"], source["name"], source["field"]) == ("DATASET", "orders", "id")

    def test_system_tables_and_settings_are_no_datasets(self, engine, collected):
        with whence.job("j"), engine.connect() as connection:
            connection.execute(text("PRAGMA foreign_keys = on"))
            connection.execute(text("select name from sqlite_master")).all()
            sa.inspect(connection).get_table_names()
            sa.MetaData().reflect(connection)
        end = collected.end("j")
        assert end["inputs"] == end["outputs"] == []
        assert "extractionError" not in end["run"]["facets"]

    def test_what_is_not_understood_is_said_without_its_literals(self, engine, collected):
        with whence.job("j"), engine.connect() as connection:
            connection.execute(text("select email from customers where id = 7 and 'hunter2' = 'hunter2'")).all()
            connection.execute(text("create table c as select * from (select * from pragma_table_info('customers')) x"))
        error = collected.end("j")["run"]["facets"]["extractionError"]
        assert error["failedTasks"] == 1
        assert "pragma_table_info(?)" in error["errors"][0]["task"]
        assert "hunter2" not in collected.text()

    def test_ddl_outside_of_runs_tells_columns(self, engine, collected):
        with engine.begin() as connection:
            connection.execute(text("create table notes (id integer, body varchar(99))"))
        with whence.job("j"), engine.begin() as connection:
            connection.execute(text("insert into notes select * from notes"))
        fields = collected.output("j", "notes")["facets"]["schema"]["fields"]
        assert [(field["name"], field["type"]) for field in fields] == [("id", "INTEGER"), ("body", "VARCHAR(99)")]
        assert collected.fields("j", "notes") == {"id": {"notes.id"}, "body": {"notes.body"}}

    def test_many_different_statements(self, engine, collected):
        """More than a connection may hold: they are handed to the background while the run goes on."""
        with whence.job("j"), engine.begin() as connection:
            for number in range(3000):
                connection.exec_driver_sql(f"insert into customers values ({number}, 'z{number}')")
        end = collected.end("j")
        assert [each["name"] for each in end["outputs"]] == ["customers"]
        assert end["run"]["facets"]["extractionError"]["failedTasks"] == 3000 - 2048
        assert "z17" not in collected.text()
        with whence.job("k"), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for number in range(3000, 6000):
                connection.exec_driver_sql(f"insert into customers values ({number}, 'z{number}')")
        assert collected.rows("k", "customers") == 3000
        assert collected.end("k")["job"]["facets"]["sql"]["query"] == "insert into customers values (?, ?)"

    def test_long_values_list(self, engine, collected):
        values = ", ".join(f"({number}, 'secret{number}')" for number in range(5000))
        with whence.job("j"), engine.begin() as connection:
            connection.exec_driver_sql(f"insert into customers values {values}")
        assert collected.rows("j", "customers") == 5000
        assert "secret1" not in collected.text()

    @pytest.mark.parametrize("sql_text", ["redacted", "fingerprint", "off", "full"])
    def test_literals_leave_the_process_only_when_asked_for(self, tmp_path, sql_text):
        from collected import collecting  # noqa: PLC0415  the fixture has other settings

        folder = tmp_path / "other"
        folder.mkdir()
        written = "insert into customers values (:id, 'written-secret') /* by hand */"
        with collecting(folder, sql_text=sql_text) as collected:
            engine = sa.create_engine("sqlite://", poolclass=pool.StaticPool)
            META.create_all(engine)
            with whence.job("j"), engine.begin() as connection:
                connection.execute(text(written), {"id": 471147114711})
                connection.exec_driver_sql("select * from pragma_table_info('unread-secret')").all()
            told = collected.text()
            facets = collected.end("j")["run"]["facets"]
            engine.dispose()
        assert ("written-secret" in told) is ("unread-secret" in told) is (sql_text == "full")
        assert "471147114711" not in told
        assert ("task" in facets["extractionError"]["errors"][0]) is (sql_text in ("redacted", "full"))

    @pytest.mark.parametrize(("sql_text", "expected"), [("fingerprint", "-- "), ("off", None), ("full", "del")])
    def test_statement_text_is_a_setting(self, tmp_path, sql_text, expected):
        from collected import collecting  # noqa: PLC0415  the fixture has other settings

        folder = tmp_path / "other"
        folder.mkdir()
        with collecting(folder, sql_text=sql_text) as collected:
            engine = sa.create_engine("sqlite://", poolclass=pool.StaticPool)
            META.create_all(engine)
            with whence.job("j"), engine.begin() as connection:
                connection.execute(text("delete from customers"))
            facet = collected.end("j")["job"]["facets"].get("sql")
            engine.dispose()
        assert (facet and facet["query"][:3]) == expected


class TestWhoseStatement:
    async def test_interleaved_async_tasks_are_never_mixed(self, collected, tmp_path):
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/a.db")
        tables = 5
        async with engine.begin() as connection:
            for number in range(tables):
                await connection.execute(text(f"create table t{number} (a integer)"))

        async def work(number):
            with whence.job(f"task{number}"):
                async with engine.connect() as connection:
                    await connection.execute(text(f"select a from t{number % tables}"))
                    await asyncio.sleep(0)
                    with whence.job(f"child{number}"):
                        await connection.execute(text(f"select a from t{(number + 1) % tables}"))

        await asyncio.gather(*(work(number) for number in range(500)))
        await engine.dispose()
        ends = {event["job"]["name"]: event for event in collected.events() if event["eventType"] == "COMPLETE"}
        assert len(ends) == 1000
        for number in range(500):
            assert [each["name"] for each in ends[f"task{number}"]["inputs"]] == [f"t{number % tables}"]
            assert [each["name"] for each in ends[f"child{number}"]["inputs"]] == [f"t{(number + 1) % tables}"]

    def test_pooled_threads_are_never_mixed(self, collected, tmp_path):
        engine = sa.create_engine(f"sqlite:///{tmp_path}/b.db", pool_size=4)
        with engine.begin() as connection:
            for number in range(4):
                connection.execute(text(f"create table t{number} (a integer)"))

        def work(number):
            for again in range(25):
                with whence.job(f"thread{number}"), engine.connect() as connection:
                    connection.execute(text(f"select a from t{(number + again) % 4}")).all()
                    whence.add_input(f"t{(number + again) % 4}", namespace="expected")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        engine.dispose()
        ends = [event for event in collected.events() if event["eventType"] == "COMPLETE"]
        assert len(ends) == 100
        for end in ends:
            by_hand = {each["name"] for each in end["inputs"] if each["namespace"] == "expected"}
            assert by_hand == {each["name"] for each in end["inputs"] if each["namespace"] != "expected"}

    def test_outside_of_runs_nothing_is_told(self, engine, collected):
        with engine.begin() as connection:
            connection.execute(text("insert into customers values (1, 'a')"))
        assert collected.events() == []


class TestInstalling:
    def test_twice_is_once_and_uninstall_restores(self, engine, collected):
        assert whence.install() == whence.install("sqlalchemy")
        with whence.job("j"), engine.begin() as connection:
            connection.execute(text("insert into customers values (1, 'a')"))
        assert collected.rows("j", "customers") == 1
        whence.uninstall()
        assert not any(event.contains(sa.Engine, name, heard) for name, heard in HOOK._listeners.items())
        whence.uninstall("sqlalchemy")
        with whence.job("k"), engine.begin() as connection:
            connection.execute(text("delete from customers"))
        assert collected.names("k") == (set(), set())

    def test_engines_made_before_and_after(self, collected, tmp_path):
        whence.uninstall()
        before = sa.create_engine(f"sqlite:///{tmp_path}/before.db")
        with before.begin() as connection:
            connection.execute(text("create table t (a integer)"))
        whence.install("sqlalchemy")
        with whence.job("j"), before.begin() as connection:
            connection.execute(text("insert into t values (1)"))
        before.dispose()
        assert collected.names("j") == (set(), {"t"})

    def test_engines_are_not_kept_alive(self, collected):
        engine = sa.create_engine("sqlite://", poolclass=pool.StaticPool)
        with whence.job("j"), engine.connect() as connection:
            connection.execute(text("create table t (a integer)"))
        collected.events()
        before = len(HOOK._sources)
        engine.dispose()
        del engine, connection
        gc.collect()
        assert len(HOOK._sources) < before

    def test_trouble_of_ours_stays_with_us(self, engine, collected, caplog):
        """A connection whose info cannot be used breaks the listener, not the host."""

        class Broken(dict):
            def get(self, *_):
                raise RuntimeError("ours")

        with whence.job("j"), engine.connect() as connection:
            record = connection.connection._connection_record
            record.__dict__["info"] = Broken()
            for _ in range(30):
                connection.execute(text("select 1"))
        assert collected.end("j")["eventType"] == "COMPLETE"
        assert caplog.text.count("the SQLAlchemy hook failed") == 1
        assert HOOK.is_off
