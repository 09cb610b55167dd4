"""What the first words of a statement mean for its transaction."""

from __future__ import annotations

import pytest

from whence.hooks._database import statement_kind as kinds


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
        ("PREPARE TRANSACTION 'x'", kinds.PREPARE),
        ("COMMIT PREPARED 'x'", kinds.COMMIT_PREPARED),
        ("ROLLBACK PREPARED 'x'", kinds.ROLLBACK_PREPARED),
        ("PREPARE plan AS select 1", kinds.IGNORED),
        ("BEGIN", kinds.IGNORED),
        ("set timezone to 'UTC'", kinds.IGNORED),
        ("PRAGMA user_version", kinds.IGNORED),
        ("set search_path to a, public", kinds.SCOPE),
        ("SET LOCAL search_path = 'a'", kinds.SCOPE),
        ("use shop", kinds.SCOPE),
        ("lock tables a write", kinds.DDL),
        ("set autocommit = 1", kinds.COMMIT),
        ("SET SESSION autocommit=ON", kinds.COMMIT),
        ("set @@autocommit = 0", kinds.IGNORED),
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


@pytest.mark.parametrize(
    ("statement", "is_script"),
    [
        ("BEGIN; insert into t values (1); COMMIT", True),
        ("insert into t values (1); commit", True),
        ("delete from a; delete from b", False),
        ("COMMIT;", False),
        ("begin ; ", False),
        ("select '; commit'", True),
        ("create function f() returns int as $$ begin return 1; end; $$ language plpgsql", False),
        ("create or replace trigger t after insert on a begin update b set c = 1; end", False),
        ("do $$ begin perform 1; end $$", False),
    ],
)
def test_only_texts_that_may_steer_within_are_scripts(statement, is_script):
    assert (kinds.kind_of(statement) == kinds.SCRIPT) is is_script


def test_pieces_of_a_script():
    script = "BEGIN; insert into t values ('; commit'); SAVEPOINT x; ROLLBACK TO x; COMMIT;"
    assert kinds.pieces(script, "postgres") == (
        ("BEGIN", kinds.IGNORED),
        ("insert into t values ('; commit')", kinds.ORDINARY),
        ("SAVEPOINT x", kinds.SAVEPOINT),
        ("ROLLBACK TO x", kinds.ROLLBACK_TO),
        ("COMMIT", kinds.COMMIT),
    )
    assert kinds.pieces("select '; commit'", "postgres") == (("select '; commit'", kinds.ORDINARY),)


def test_script_that_is_too_long_to_be_divided_at_once():
    long = "begin; " + "insert into t values (1); " * 10_000
    assert kinds.pieces(long + "commit", "postgres") == ((long + "commit", kinds.ORDINARY),)
    ((_, kind),) = kinds.pieces(long + "rollback", "postgres")
    assert kind == kinds.IGNORED


def test_global_id():
    assert kinds.global_id("COMMIT PREPARED 'a b'") == "a b"


def test_memory_is_bounded():
    for number in range(9000):
        kinds.kind_of(f"select {number}")
    assert len(kinds.known) <= 8192
    long = "select " + "1" * 5000
    kinds.kind_of(long)
    assert long not in kinds.known
