"""What the first words of a statement mean for its transaction."""

from __future__ import annotations

import pytest

from whence.hooks import _statement_kind as kinds


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("select 1", kinds.ORDINARY),
        ("  -- a comment\n/* and\nanother */ insert into t values (1)", kinds.ORDINARY),
        ("", kinds.ORDINARY),
        ("(select 1)", kinds.ORDINARY),
        ("CREATE TABLE t (a int)", kinds.DDL),
        ("alter table t add b int", kinds.DDL),
        ("SAVEPOINT sa_savepoint_1", kinds.SAVEPOINT),
        ("SAVE TRANSACTION x", kinds.SAVEPOINT),
        ("ROLLBACK TO SAVEPOINT x", kinds.ROLLBACK_TO),
        ("rollback work to x", kinds.ROLLBACK_TO),
        ("ROLLBACK TRANSACTION x", kinds.ROLLBACK_TO),
        ("RELEASE SAVEPOINT x", kinds.RELEASE),
        ("commit", kinds.COMMIT),
        ("END", kinds.COMMIT),
        ("ROLLBACK", kinds.ROLLBACK),
        ("rollback transaction", kinds.ROLLBACK),
        ("abort", kinds.ROLLBACK),
        ("COMMIT PREPARED 'x'", kinds.IGNORED),
        ("BEGIN", kinds.IGNORED),
        ("set timezone to 'UTC'", kinds.IGNORED),
        ("PRAGMA user_version", kinds.IGNORED),
        ("set search_path to a, public", kinds.SCOPE),
        ("SET LOCAL search_path = 'a'", kinds.SCOPE),
        ("use shop", kinds.SCOPE),
    ],
)
def test_kind(statement, kind):
    assert kinds.kind_of(statement) == kind
    assert kinds.known[statement] == kind


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SAVEPOINT sa_savepoint_1", "sa_savepoint_1"),
        ('ROLLBACK TO SAVEPOINT "x"', "x"),
        ("rollback to x", "x"),
        ("RELEASE x", "x"),
        ("SAVE TRANSACTION x", "x"),
        ("SAVEPOINT", ""),
    ],
)
def test_savepoint_name(statement, name):
    assert kinds.savepoint_name(statement) == name


@pytest.mark.parametrize(
    ("statement", "scope"),
    [
        ("SET search_path TO tenant_a, public", ("tenant_a", True)),
        ("set local search_path = 'tenant_a'", ("tenant_a", False)),
        ("SET SESSION search_path TO tenant_a", ("tenant_a", True)),
        ("SET SCHEMA 'tenant_a'", ("tenant_a", True)),
        ("use `shop`", ("shop", True)),
        ("set search_path to default", ("", False)),
        ("select 1", ("", False)),
    ],
)
def test_scope(statement, scope):
    assert kinds.scope_of(statement) == scope


def test_memory_is_bounded():
    for number in range(9000):
        kinds.kind_of(f"select {number}")
    assert len(kinds.known) <= 8192
    long = "select " + "1" * 5000
    kinds.kind_of(long)
    assert long not in kinds.known
