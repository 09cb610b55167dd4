"""What must not change lineage: names of CTEs and aliases, CTEs written out, letters, white space, who writes the text.

Queries are random (`sql_queries`); each is read as it is and written in another way, and both answers are compared.
"""

from __future__ import annotations

import re

import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sql_queries import READ, SCHEMA, SPACES, drawn, many

from whence.sql import Profile, lineage

USED = Profile(name="used", unused_ctes=False)
"""A CTE that nothing uses is gone when CTEs are written out."""
DIALECTS = ["postgres", "redshift", "snowflake", "sqlite", "spark", "databricks", "bigquery", "oracle", "tsql"]
"""Left out are those for which sqlglot writes something else: MySQL (a FULL JOIN becomes a union), Trino (CTEs beside a
recursive one get column lists, and `*` becomes a column of that name)."""


@st.composite
def queries(draw, **limits):
    writer = drawn(draw, **limits)
    return writer.statement(1) if writer.chance(25) else writer.query(2, top=True)


def answer(text, dialect="duckdb", profile="default"):
    (found,) = lineage(text, dialect, schema=SCHEMA, profile=profile)
    assert found.state == "PARSED", (text, found.notes)
    return found


def meaning(found, *, names=True, subtypes=True):
    """Return what an answer says, without order where order says nothing."""

    def tell(sources):
        kinds = [(source.type, source.subtype) if subtypes else source.type for source in sources]
        places = [(source.table.name.lower(), source.field.lower()) for source in sources]
        return frozenset(zip(places, kinds, strict=True))

    return (
        found.kind,
        {str(table).lower() for table in found.inputs},
        {str(table).lower() for table in found.outputs},
        found.fields
        and [(names and field.name.lower(), field.is_whole, tell(field.sources)) for field in found.fields],
        tell(found.indirect),
    )


@given(queries())
@many(200)
def test_names_of_ctes_aliases_and_inner_columns_do_not_matter(query):
    text = query.text()
    tables = [table for table in READ if not re.search(rf"\b{table}\b", text)]
    names = {}

    def rename(name):
        if name not in names and name.text[0] == "q" and tables:
            names[name] = tables.pop()  # a CTE may hide a table of the schema
        return names.setdefault(name, f"{'zyx'[len(names) % 3]}{len(names) * 7}_{name.text[::-1]}")

    one, two = answer(text), answer(query.text(rename=rename))
    assert meaning(one, names=False) == meaning(two, names=False)
    inner = {name.text: new for name, new in names.items()}
    assert [inner.get(field.name, field.name) for field in one.fields or ()] == [
        field.name for field in two.fields or ()
    ]


@given(queries())
@many(200)
def test_ctes_written_out_where_they_are_used_say_the_same(query):
    text, inlined = query.text(), query.text(inline=True)
    assert meaning(answer(text, profile=USED)) == meaning(answer(inlined, profile=USED)), f"{text}\n{inlined}"


@given(queries(), st.randoms(use_true_random=True))
@many(200)
def test_letters_white_space_and_comments_do_not_matter(query, chance):
    def letters(word):
        return chance.choice([word, word.lower(), word.upper()])

    text = query.text(
        keyword=letters, letters=letters, rename=lambda name: letters(name.text), space=lambda: chance.choice(SPACES)
    )
    assert meaning(answer(query.text())) == meaning(answer(text)), text


@given(queries())
@many(200)
def test_sqlglot_may_write_the_text_anew(query):
    text = query.text()
    for options in ({}, {"pretty": True}, {"identify": True}):
        again = sqlglot.transpile(text, read="duckdb", write="duckdb", **options)[0]
        assert meaning(answer(text)) == meaning(answer(again)), again


@given(queries(portable=True), st.sampled_from(DIALECTS))
@many(200)
def test_another_dialect_says_the_same(query, dialect):
    text = query.text()
    there = sqlglot.transpile(text, read="duckdb", write=dialect)[0]
    assert meaning(answer(text), subtypes=False) == meaning(answer(there, dialect), subtypes=False), there
