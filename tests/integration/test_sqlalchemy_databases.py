"""The SQLAlchemy hook on real PostgreSQL and MariaDB: what was committed is told, what was not is not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import orm, text

import whence

pytestmark = pytest.mark.integration


@pytest.fixture(params=["postgres", "mariadb"])
def engine(request):
    made = sa.create_engine(request.getfixturevalue(f"{request.param}_url"))
    with made.begin() as connection:
        connection.execute(text("create table customers (id integer primary key, email varchar(50))"))
        connection.execute(text("create table orders (id integer primary key, customer_id integer, amount integer)"))
        connection.execute(text("create table totals (email varchar(50), total integer)"))
        connection.execute(text("insert into customers values (1, 'ann@example.org'), (2, 'bob@example.org')"))
        connection.execute(text("insert into orders values (1, 1, 10), (2, 1, 20), (3, 2, 5)"))
    yield made
    made.dispose()


@pytest.fixture
def name(engine):
    """Give the full name of a table."""
    middle = "public." if engine.dialect.name == "postgresql" else ""
    return lambda table: f"{engine.url.database}.{middle}{table}"


TOTALS = text(
    "insert into totals select c.email, sum(o.amount) from customers c "
    "left outer join orders o on o.customer_id = c.id where c.id < :top group by c.email"
)


def test_committed_statement_is_told_with_its_columns(engine, collected, name):
    with whence.job("totals"), engine.begin() as connection:
        connection.execute(text("create table if not exists totals (email varchar(50), total integer)"))
        connection.execute(TOTALS, {"top": 100})
    assert collected.names("totals") == ({name("customers"), name("orders")}, {name("totals")})
    assert collected.rows("totals", name("totals")) == 2
    assert collected.fields("totals", name("totals")) == {
        "email": {name("customers") + ".email"},
        "total": {name("orders") + ".amount"},
    }


def test_namespace_is_the_server_and_no_credential_leaves(engine, collected, name):
    with whence.job("totals"), engine.begin() as connection:
        connection.execute(TOTALS, {"top": 100})
    scheme = "postgres" if engine.dialect.name == "postgresql" else "mysql"
    (dataset,) = collected.end("totals")["outputs"]
    assert dataset["namespace"] == f"{scheme}://{engine.url.host}:{engine.url.port}"
    if engine.url.password:
        assert engine.url.password not in collected.text()


def test_rolled_back_write_is_nothing_but_the_read_happened(engine, collected, name):
    with whence.job("undone"), engine.connect() as connection:
        connection.execute(text("select id from orders")).all()
        connection.execute(TOTALS, {"top": 100})
        connection.rollback()
    assert collected.names("undone") == ({name("orders")}, set())


def test_closing_without_commit_is_nothing(engine, collected):
    with whence.job("forgotten"), engine.connect() as connection:
        connection.execute(TOTALS, {"top": 100})
    assert collected.names("forgotten") == (set(), set())


@pytest.mark.parametrize("where", ["engine", "connection", "create_engine"])
def test_autocommit_write_is_told(engine, collected, name, where):
    options = {"isolation_level": "AUTOCOMMIT"}
    other = sa.create_engine(engine.url, **(options if where == "create_engine" else {}))
    used = other.execution_options(**options) if where == "engine" else other
    with whence.job("auto"), used.connect() as connection:
        if where == "connection":
            connection.execution_options(**options)
        connection.execute(TOTALS, {"top": 100})
    other.dispose()
    assert collected.names("auto") == ({name("customers"), name("orders")}, {name("totals")})


def test_rolled_back_savepoint_is_nothing(engine, collected, name):
    with whence.job("partly"), engine.begin() as connection:
        connection.execute(text("insert into orders values (9, 1, 1)"))
        inner = connection.begin_nested()
        connection.execute(text("insert into totals values ('x', 1)"))
        inner.rollback()
        with connection.begin_nested():
            connection.execute(text("delete from customers where id = 99"))
    assert collected.names("partly") == (set(), {name("orders"), name("customers")})


def test_failed_statement_is_nothing_and_its_values_stay_here(engine, collected):
    secret = "carol@example.org"
    with pytest.raises(sa.exc.IntegrityError), whence.job("failing"), engine.begin() as connection:
        connection.execute(text("insert into customers values (:id, :email)"), {"id": 1, "email": secret})
    event = collected.end("failing")
    assert event["eventType"] == "FAIL"
    assert event["outputs"] == []
    assert "IntegrityError" in event["run"]["facets"]["errorMessage"]["message"]
    assert secret not in collected.text()


def test_executemany_counts_rows_and_batches_with_returning(engine, collected, name):
    meta = sa.MetaData()
    orders = sa.Table("orders", meta, autoload_with=engine)
    with whence.job("many"), engine.begin() as connection:
        connection.execute(sa.insert(orders), [{"id": i, "customer_id": 1, "amount": 1} for i in range(100, 200)])
        if engine.dialect.name == "postgresql":
            rows = [{"id": i, "customer_id": 1, "amount": 1} for i in range(1000, 3500)]
            assert len(connection.execute(sa.insert(orders).returning(orders.c.id), rows).all()) == 2500
    expected = 2600 if engine.dialect.name == "postgresql" else 100
    assert collected.rows("many", name("orders")) == expected


def test_reflection_reads_are_no_inputs(engine, collected):
    with whence.job("look"):
        sa.inspect(engine).get_columns("orders")
        sa.MetaData().reflect(engine)
    event = collected.end("look")
    assert event["inputs"] == []
    assert "extractionError" not in event["run"]["facets"]


def test_orm_session_tells_reads_writes_and_columns(engine, collected, name):
    class Base(orm.DeclarativeBase):
        pass

    class Order(Base):
        __tablename__ = "orders"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        customer_id: orm.Mapped[int]
        amount: orm.Mapped[int]

    with whence.job("orm"), orm.Session(engine) as session:
        order = session.scalars(sa.select(Order).where(Order.id == 1)).one()
        order.amount = 11
        session.add(Order(id=50, customer_id=1, amount=3))
        session.commit()
    assert collected.names("orm") == ({name("orders")}, {name("orders")})
    fields = collected.output("orm", name("orders"))["facets"]["schema"]["fields"]
    assert [field["name"] for field in fields] == ["id", "customer_id", "amount"]


def test_commit_after_the_run_is_told_later(engine, collected, name):
    with engine.connect() as connection:
        with whence.job("early"):
            connection.execute(TOTALS, {"top": 100})
        assert collected.names("early") == (set(), set())
        connection.commit()
    late = [event for event in collected.events("early") if event["eventType"] == "OTHER"]
    assert [dataset["name"] for event in late for dataset in event["outputs"]] == [name("totals")]


def test_text_commit_and_rollback_count(engine, collected, name):
    with whence.job("by_text"), engine.connect() as connection:
        connection.exec_driver_sql("insert into totals values ('x', 1)")
        connection.exec_driver_sql("commit")
        connection.exec_driver_sql("insert into orders values (70, 1, 1)")
        connection.exec_driver_sql("rollback")
    assert collected.names("by_text") == (set(), {name("totals")})


def test_temporary_table_is_no_dataset_but_passes_lineage_on(engine, collected, name):
    with whence.job("temp"), engine.begin() as connection:
        connection.execute(text("create temporary table t1 as select email as mail, id from customers"))
        connection.execute(text("insert into totals (email, total) select mail, id from t1"))
    assert collected.names("temp") == ({name("customers")}, {name("totals")})
    assert collected.fields("temp", name("totals")) == {
        "email": {name("customers") + ".email"},
        "total": {name("customers") + ".id"},
    }


def test_mariadb_ddl_commits_what_came_before(mariadb_url, collected):
    engine = sa.create_engine(mariadb_url)
    with engine.begin() as connection:
        connection.execute(text("create table a (x integer)"))
    with whence.job("implicit"), engine.connect() as connection:
        connection.execute(text("insert into a values (1)"))
        connection.execute(text("create table b (x integer)"))
        connection.execute(text("insert into b values (1)"))
        connection.rollback()
    engine.dispose()
    assert collected.names("implicit") == (set(), {f"{engine.url.database}.a"})


def test_postgres_refused_commit_is_nothing(postgres_url, collected):
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("create table a (id integer primary key)"))
        connection.execute(text("create table b (a_id integer references a deferrable initially deferred, note text)"))
    with pytest.raises(sa.exc.IntegrityError), whence.job("deferred"), engine.begin() as connection:
        connection.execute(text("insert into b values (7, 'x')"))
    engine.dispose()
    assert collected.names("deferred") == (set(), set())


def test_postgres_search_path_names_the_schema(postgres_url, collected):
    engine = sa.create_engine(postgres_url)
    database = engine.url.database
    with engine.begin() as connection:
        connection.execute(text("create schema tenant_a"))
        connection.execute(text("create table tenant_a.orders (id integer)"))
        connection.execute(text("create table orders (id integer)"))
    with whence.job("tenant"), engine.connect() as connection:
        with connection.begin():
            connection.execute(text("set local search_path to tenant_a"))
            connection.execute(text("insert into orders values (1)"))
        assert connection.execute(text("select count(*) from orders")).scalar() == 0
    engine.dispose()
    assert collected.names("tenant") == ({f"{database}.public.orders"}, {f"{database}.tenant_a.orders"})


def test_two_phase(engine, collected, name):
    with whence.job("two_phase"), engine.connect() as connection:
        kept = connection.begin_twophase()
        connection.execute(text("insert into totals values ('x', 1)"))
        kept.prepare()
        kept.commit()
        undone = connection.begin_twophase()
        connection.execute(text("insert into orders values (40, 1, 1)"))
        undone.prepare()
        undone.rollback()
        direct = connection.begin_twophase()
        connection.execute(text("delete from customers where id = 99"))
        direct.commit()
    assert collected.names("two_phase") == (set(), {name("totals"), name("customers")})
