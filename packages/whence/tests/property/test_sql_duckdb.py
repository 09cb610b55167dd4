"""What DuckDB computes as a witness: an output column that changes with an input column names it.

Each query runs on random small data, then on the same data with one column's values changed; the columns that the
engine names for an output column, directly or indirectly, must hold all that it changed with. Where the engine says
that a column is handed on as it is (IDENTITY), its values must be values of its sources. The optimiser is off and one
thread runs, so that rows come in an order that hangs on nothing else.

Left out: rows made distinct (DISTINCT, UNION, INTERSECT, EXCEPT), where how often a value comes hangs on the other
columns, which we do not say.
"""

from __future__ import annotations

import random

import duckdb
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sql_queries import SCHEMA, drawn, many

from whence.sql import lineage

COLUMNS = [(table, column) for table in SCHEMA for column in SCHEMA[table]]
VALUES = [None, 0, 1, 2, 3, 4]
ROWS = 6
NEW_VALUES = {"union all", "distinct", "values", "recursive"}
"""What adds rows with values of no table to a column that else is handed on: branches of set operations, VALUES."""


def database(seed):
    """Make a database with one schema for the data as it is, and two for each column with other values in it."""
    chance = random.Random(seed)
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("PRAGMA disable_optimizer")
    data = {(table, column): chance.choices(VALUES, k=ROWS) for table, column in COLUMNS}
    variants = {"same": data}
    for table, column in COLUMNS:
        for number in range(2):
            changed = [value if chance.random() < 0.3 else chance.choice(VALUES) for value in data[table, column]]
            variants[f"{table}_{column}_{number}"] = {**data, (table, column): changed}
    for name, held in variants.items():
        connection.execute(f"CREATE SCHEMA {name}")
        for table, columns in SCHEMA.items():
            connection.execute(f"CREATE TABLE {name}.{table} ({', '.join(f'{column} INTEGER' for column in columns)})")
            rows = list(zip(*(held[table, column] for column in columns), strict=True))
            connection.executemany(f"INSERT INTO {name}.{table} VALUES ({', '.join('?' * len(columns))})", rows)
    return connection, {key: set(values) for key, values in data.items()}


@pytest.fixture(scope="module")
def databases():
    made = [database(seed) for seed in range(3)]
    yield made
    for connection, _ in made:
        connection.close()


def run(connection, variant, text, read=None):
    """Return the columns of the result, each as its values in order of size; None where DuckDB refuses."""
    connection.execute(f"USE {variant}")
    connection.execute("BEGIN")
    try:
        connection.execute(text)
        if read:
            connection.execute(f"FROM {read}")
        names = [column[0] for column in connection.description]
        rows = connection.fetchall()
    except (duckdb.BinderException, duckdb.ConversionException, duckdb.ParserException, duckdb.InvalidInputException):
        return None
    finally:
        connection.execute("ROLLBACK")
    return names, [sorted((row[at] for row in rows), key=repr) for at in range(len(names))]


def named(sources):
    return {(source.table.name, source.field.lower()) for source in sources}


def check_query(text, features, connection, data):
    """Return how many runs were compared, None when DuckDB refuses the query; complain of what was not named."""
    result = run(connection, "same", text)
    if result is None:
        return None
    (answer,) = lineage(text, "duckdb", schema=SCHEMA)
    assert answer.state == "PARSED", (text, answer.notes)
    names, before = result
    assert [field.name.lower() for field in answer.fields] == [name.lower() for name in names], text
    indirect = named(answer.indirect)
    known = [named(field.sources) | indirect for field in answer.fields]
    for field, values in zip(answer.fields, before, strict=True):
        if (
            not features & NEW_VALUES
            and field.sources
            and all(source[2:4] == ("DIRECT", "IDENTITY") for source in field.sources)
        ):
            possible = {None}.union(*(data[key] for key in named(field.sources)))
            assert set(values) <= possible, f"{field.name} is not handed on as it is: {text}"
    compared = 0
    for table, column in COLUMNS:
        if table == "z" or all((table, column) in each for each in known):
            continue
        for number in range(2):
            after = run(connection, f"{table}_{column}_{number}", text)
            if after is None:
                continue
            compared += 1
            for at, (one, two) in enumerate(zip(before, after[1], strict=True)):
                assert one == two or (table, column) in known[at], f"{names[at]} changes with {table}.{column}: {text}"
    return compared


def check_change(text, connection, _):
    """The same for a statement that writes: the columns of the table as it is afterwards are what it gives."""
    (answer,) = lineage(text, "duckdb", schema=SCHEMA)
    assert answer.state == "PARSED", (text, answer.notes)
    target = answer.outputs[0].name
    result = run(connection, "same", text, target)
    if result is None:
        return None
    names, before = result
    indirect = named(answer.indirect)
    known = {name.lower(): set(indirect) for name in names}
    for field in answer.fields or ():
        assert field.table == answer.outputs[0], text
        known[field.name.lower()] |= named(field.sources)
    assert target == "z" or [field.name.lower() for field in answer.fields] == [name.lower() for name in names], text
    compared = 0
    for table, column in COLUMNS:
        # The target is no input by our default convention: what a row of it held before is no source of what it holds.
        if table == target or all((table, column) in each for each in known.values()):
            continue
        for number in range(2):
            after = run(connection, f"{table}_{column}_{number}", text, target)
            if after is None:
                continue
            compared += 1
            for name, one, two in zip(names, before, after[1], strict=True):
                assert one == two or (table, column) in known[name.lower()], (
                    f"{name} changes with {table}.{column}: {text}"
                )
    return compared


@given(data=st.data(), number=st.integers(0, 2))
@many(250)
def test_what_changes_an_output_column_is_named_by_it(data, number, databases):
    query = drawn(data.draw, distinct=False).query(2, top=True)
    compared = check_query(query.text(), query.features, *databases[number])
    event("refused" if compared is None else "compared")


@given(data=st.data(), number=st.integers(0, 2))
@many(120)
def test_what_changes_a_written_column_is_named_by_it(data, number, databases):
    statement = drawn(data.draw, distinct=False).statement(1)
    compared = check_change(statement.text(), *databases[number])
    event("refused" if compared is None else "compared")
