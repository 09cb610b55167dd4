"""What is said of an exception, and what is not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from whence._capture.failure import cleansed, message_of, trace_of


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("the disk is full", "the disk is full"),
        ("bad row 42 in line 1742", "bad row 42 in line 1742"),
        ("no user 'bob'", "no user ?"),
        ("Duplicate entry 'bob@x.com' for key 'email'", "Duplicate entry ? for key ?"),
        ("Key (email)=(bob (b), 1) already exists.", "Key (email)=(?) already exists."),
        ('invalid input syntax for type integer: "bob"', "invalid input syntax for type integer: ?"),
        ('relation "orders" does not exist', 'relation "orders" does not exist'),
        ("mail to ann.b+c@example.org failed", "mail to ? failed"),
        ("number 900101-1234567 refused", "number ? refused"),
        ("card 4111 1111 1111 1111", "card ?"),
        ("cannot open postgresql://me:pw@host/db", "cannot open postgresql://host/db"),
        ("login with password=hunter2 failed", "login with password=? failed"),
        ("one\n[SQL: insert into t values (1)]\n[parameters: ('x',)]", "one"),
        ("x" * 9999, "x" * 1000),
    ],
)
def test_cleansed(text, told):
    assert cleansed(text) == told


def test_database_error_keeps_code_and_first_line():
    class UniqueViolation(Exception):  # noqa: N818  psycopg's name
        sqlstate = "23505"

    cause = UniqueViolation('duplicate key value violates unique constraint "c"\nDETAIL:  Key (a)=(secret) exists.')
    error = sa.exc.IntegrityError("insert into t values (:a)", {"a": "secret"}, cause)
    told = message_of(error)
    assert told == ('IntegrityError: UniqueViolation: [23505] duplicate key value violates unique constraint "c"')


def test_message_that_cannot_be_had():
    class SilentError(Exception):
        def __str__(self):
            raise RuntimeError

    assert message_of(SilentError()) == "SilentError"
    assert message_of(KeyError()) == "KeyError"


def test_trace_has_places_and_no_text():
    def inner():
        raise ValueError("hunter2")

    def deep(n):
        if n:
            deep(n - 1)
        inner()

    with pytest.raises(ValueError, match="hunter2") as caught:
        deep(100)
    trace = trace_of(caught.value)
    assert trace.startswith("Traceback (most recent call last):")
    assert 'test_failure.py", line' in trace
    assert trace.endswith("in inner\nValueError")
    assert len(trace.splitlines()) == 52
    assert "hunter2" not in trace
