"""SQLite's authoriser as a witness: the tables and columns that SQLite reads for a query are those that we name.

SQLite asks its authoriser about each column while it prepares a statement (its C interface, sqlite3_set_authorizer).
Tables are the same on both sides. Each column that SQLite reads is named by us, as a source of an output column or of
the whole statement; rules that make the two comparable:

- a column "" is SQLite's word for "rows of the table, no column" (count(*)): it is a table read, and no column;
- SQLite reads all that a nested query selects, also what nobody uses outside: here everything is used (`use_all`);
- it says nothing of the columns that USING and NATURAL join by, nor of a table of which only these are read;
- the body of a view is read when the view is, and not when it is made: no views here;
- the target of an UPDATE, DELETE or INSERT is no input by our default convention: its own columns are not compared;
- tables that only an unused CTE reads are not read by SQLite: we read with the profile in which they are no inputs.
"""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sql_queries import SCHEMA, drawn, many

from whence.sql import Profile, lineage

USED = Profile(name="used", unused_ctes=False)


@pytest.fixture(scope="module")
def connection():
    made = sqlite3.connect(":memory:")
    for table, columns in SCHEMA.items():
        made.execute(f"CREATE TABLE {table} ({', '.join(f'{column} INTEGER' for column in columns)})")
    yield made
    made.close()


def reads_of(connection, text):
    """Return what SQLite reads to do the statement as (table, column), None when it refuses it."""
    reads = set()

    def authorize(action, one, two, database, source):
        if action == sqlite3.SQLITE_READ and one in SCHEMA:
            reads.add((one, two.lower()))
        return sqlite3.SQLITE_OK

    connection.set_authorizer(authorize)
    try:
        connection.execute(f"EXPLAIN {text}").close()
    except sqlite3.OperationalError:
        return None
    finally:
        connection.set_authorizer(None)
    return reads


def check_reads(connection, text, features):
    """Return whether SQLite takes the statement; complain when it reads something else than we say."""
    reads = reads_of(connection, text)
    if reads is None:
        return False
    (answer,) = lineage(text, "sqlite", schema=SCHEMA, profile=USED)
    assert answer.state == "PARSED", (text, answer.notes)
    told = {source[:2] for field in answer.fields or () for source in field.sources}
    told |= {source[:2] for source in answer.indirect}
    columns = {(table.name, column.lower()) for table, column in told}
    targets = {table.name for table in answer.outputs}
    unsaid = {(table, column) for table, column in reads - columns if column and table not in targets}
    assert not unsaid, f"SQLite reads {sorted(unsaid)}: {text}"
    tables = {table for table, _ in reads} - targets
    inputs = {table.name for table in answer.inputs} - targets
    assert tables <= inputs if features & {"using", "natural"} else tables == inputs, f"{tables} != {inputs}: {text}"
    return True


@given(data=st.data())
@many(250)
def test_sqlite_reads_what_we_say(data, connection):
    writer = drawn(data.draw, portable=True, use_all=True)
    query = writer.statement(1) if writer.chance(20) else writer.query(2, top=True)
    event("taken" if check_reads(connection, query.text(), query.features) else "refused")
