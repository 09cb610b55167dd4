"""What the hooks of SQLAlchemy and of the drivers share, apart from any database."""

from __future__ import annotations

import sys
from types import FunctionType, SimpleNamespace

import pytest

from whence._runs.ledger import Link
from whence.hooks._database import statement_kind as kinds
from whence.hooks._database.following import (
    DriverHook,
    Follower,
    Sources,
    drop_if_ended,
    is_engines,
    probes_of,
    schema_in,
)


def _chain(*steps):
    """Return what `is_engines` says when called through functions of these (module, name), the outermost last."""

    def driver():
        return is_engines(sys._getframe(1))

    called = driver
    for module, name in steps:
        called = _renamed(called, module, name)
    return called()


def _renamed(inner, module, name):
    def step():
        return inner()

    code = step.__code__.replace(co_name=name)
    return FunctionType(code, {"__name__": module}, name, None, step.__closure__)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("app", "main")], False),
        ([("sqlalchemy.engine.default", "do_execute")], True),
        ([("trino.sqlalchemy.dialect", "do_execute")], True),
        ([("sqlalchemy.connectors.asyncio", "_execute_async")], True),
        ([("my_sqlalchemy_tools", "main")], False),
        ([("app", "callback"), ("sqlalchemy.event.attr", "__call__")], False),
        ([("psycopg2.extras", "execute"), ("sqlalchemy.engine.default", "do_execute")], True),
        ([("opentelemetry.instrumentation.dbapi", "traced_execution"), ("opentelemetry.x", "execute"),
          ("sqlalchemy.engine.default", "do_executemany")], True),
        ([("app.cursors", "execute"), ("app", "main")], False),
    ],
)  # fmt: skip
def test_who_calls_the_driver(steps, expected):
    assert _chain(*steps) is expected


@pytest.mark.parametrize(
    ("text", "of_options", "schema"),
    [
        ('"$user", public', False, "public"),
        ("tenant_a, public", False, "tenant_a"),
        ('"Tenant B",public', False, "Tenant B"),
        ("", False, None),
        ('"$user"', False, None),
        ("-c search_path=tenant_a,public -c work_mem=1MB", True, "tenant_a"),
        ("-csearch_path=tenant_a", True, "tenant_a"),
        ("--search_path=a,\\ b", True, "a"),
        ("-c work_mem=1MB", True, None),
    ],
)
def test_first_schema_of_a_search_path(text, of_options, schema):
    assert schema_in(text, of_options=of_options) == schema


def test_places_are_shared_between_drivers_of_one_kind_and_bounded():
    first = Sources("postgresql").at("db", 5432, "shop", None)
    assert Sources("postgresql").at("db", "5432", "shop", None) is first
    assert Sources("mysql").at("db", 5432, "shop", None) is not first
    assert Sources("postgresql").at("db", 5432, "shop", "tenant") is not first
    for number in range(3000):
        Sources("postgresql").at(f"db{number}", 5432, "shop", None)
    assert len(Sources._known) <= 1024


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        (SimpleNamespace(in_transaction=True), (True, None)),
        (SimpleNamespace(pgconn=SimpleNamespace(transaction_status=2)), (True, False)),
        (SimpleNamespace(pgconn=SimpleNamespace(transaction_status=3)), (True, True)),
        (SimpleNamespace(get_transaction_status=lambda: 0), (False, False)),
        (SimpleNamespace(is_in_transaction=lambda: True), (True, None)),
        (SimpleNamespace(server_status=3), (True, None)),
        (SimpleNamespace(server_status=2), (False, None)),
        (SimpleNamespace(start_transaction=print, transaction=None), (False, None)),
        (SimpleNamespace(), (None, None)),
    ],
)
@pytest.mark.parametrize("weak", [False, True])
def test_what_drivers_can_say(driver, expected, weak):
    class Held(SimpleNamespace):
        pass

    held = Held(**vars(driver))
    assert tuple(ask and ask() for ask in probes_of(held, weak=weak)) == expected


class _Run:
    """A run that keeps what is handed to it."""

    settles_now = False

    def __init__(self):
        self.done = []

    def open_tally(self, link, depth):
        from weakref import ref  # noqa: PLC0415  only here

        from whence._runs.ledger import Tally  # noqa: PLC0415  only here

        tally = Tally(self, link.source, ref(link), depth)
        self.done.append(tally)
        return tally

    def texts(self):
        return {text for tally in self.done for text in tally.done}


def _link(*, is_open):
    return Link(Sources("postgresql").at("db", 5432, "shop", None), lambda: is_open)


def test_script_is_followed_statement_by_statement():
    run, link = _Run(), _link(is_open=False)
    script = "begin; delete from a; commit; begin; delete from b; rollback; delete from c"
    Follower().steer(link, kinds.SCRIPT, script, None, run)
    assert run.texts() == {"delete from a", "delete from c"}


def test_script_that_leaves_a_transaction_open():
    run, link = _Run(), _link(is_open=True)
    Follower().steer(link, kinds.SCRIPT, "begin; delete from a; savepoint s; delete from b; rollback to s", None, run)
    assert run.texts() == set()
    link.commit()
    assert run.texts() == {"delete from a"}


def test_prepared_transaction_is_decided_on_another_connection():
    follower, run = Follower(), _Run()
    for number, verb in (("1", "COMMIT"), ("2", "ROLLBACK")):
        link = _link(is_open=True)
        link.tally_of(run).open(f"delete from t{number}", 1, None)
        follower.steer(link, kinds.PREPARE, f"PREPARE TRANSACTION 'x{number}'")
        link.commit()
        assert f"delete from t{number}" not in run.texts()
        kind = kinds.COMMIT_PREPARED if verb == "COMMIT" else kinds.ROLLBACK_PREPARED
        follower.steer(_link(is_open=False), kind, f"{verb} PREPARED 'x{number}'")
    assert run.texts() == {"delete from t1"}


def test_prepared_transactions_that_nobody_decides_are_forgotten():
    follower, run = Follower(), _Run()
    for number in range(1100):
        link = _link(is_open=True)
        link.tally_of(run).open("delete from t", 1, None)
        follower.steer(link, kinds.PREPARE, f"PREPARE TRANSACTION 'x{number}'")
    assert len(follower._prepared) == 1000


@pytest.mark.parametrize(
    ("is_open", "failure", "is_kept"),
    [(False, ValueError(), False), (True, ValueError(), True), (True, ValueError(1213, "deadlock"), False)],
)
def test_failure_that_ends_the_transaction(is_open, failure, is_kept):
    run, link = _Run(), _link(is_open=is_open)
    link.tally_of(run).open("delete from t", 1, None)
    drop_if_ended(link, failure)
    link.commit()
    assert (run.texts() == {"delete from t"}) is is_kept


@pytest.mark.parametrize(
    ("statement", "text"),
    [(b"select 1", "select 1"), (bytearray(b"select 2"), "select 2"), (type("S", (str,), {})("select 3"), "select 3")],
)
def test_text_of_what_is_no_plain_text(statement, text):
    assert DriverHook().text_of(statement, None) == text
