"""What a job's SQL says about the datasets of its event, and when it says nothing."""

from __future__ import annotations

import pytest

from whence_server.graph.sql_inference import MAX_CHARS, MAX_DATASETS, Listed, has_sql_alone, inferred

DB = "postgres://h:5432"


def listed(name, *columns, namespace=DB, **facets):
    if columns:
        facets["schema"] = {"fields": [{"name": column, "type": "INT"} for column in columns]}
    return Listed((namespace, name), facets)


def fields_of(found, name, namespace=DB):
    """Return field -> [(dataset, field, subtype)] of an output."""
    origins = found[namespace, name]
    return {
        field: [(origin.name[1], origin.field, origin.transformations[0]["subtype"]) for origin in items]
        for field, items in origins.fields.items()
    }


def read(query, inputs, outputs, **facet):
    return inferred({"query": query, **facet}, inputs, outputs)


def test_tables_are_datasets_that_end_with_their_name():
    found = read(
        "INSERT INTO out (x, n) SELECT a, count(*) FROM public.src WHERE b = 1 GROUP BY a",
        [listed("db.public.src")],
        [listed("db.public.out")],
    )
    assert fields_of(found, "db.public.out") == {"x": [("db.public.src", "a", "IDENTITY")], "n": []}
    whole = {(origin.field, origin.transformations[0]["subtype"]) for origin in found[DB, "db.public.out"].whole}
    assert whole == {("b", "FILTER"), ("a", "GROUP_BY")}


def test_every_transformation_says_that_it_is_inferred():
    found = read("INSERT INTO o (x) SELECT a FROM s", [listed("s")], [listed("o")])
    (origin,) = found[DB, "o"].fields["x"]
    assert "inferred" in origin.transformations[0]["description"]


def test_columns_are_known_from_the_events_own_schemas():
    query = "INSERT INTO o SELECT * FROM s"
    with_schema = read(query, [listed("db.public.s", "p", "q")], [listed("db.public.o", "p", "q")])
    assert list(fields_of(with_schema, "db.public.o")) == ["p", "q"]
    assert (DB, "o") not in read(query, [listed("s")], [listed("o")])


def test_temporary_tables_are_seen_through():
    query = "CREATE TEMP TABLE t AS SELECT a + 1 AS a FROM s; INSERT INTO o (x) SELECT a FROM t"
    found = read(query, [listed("s")], [listed("o")], dialect="postgres")
    assert fields_of(found, "o") == {"x": [("s", "a", "TRANSFORMATION")]}


def test_symlinks_name_datasets_too():
    links = {"identifiers": [{"namespace": "glue", "name": "lake.src", "type": "TABLE"}]}
    found = read("INSERT INTO o (x) SELECT a FROM lake.src", [listed("/src", symlinks=links)], [listed("o")])
    assert fields_of(found, "o") == {"x": [("/src", "a", "IDENTITY")]}


def test_a_name_that_two_datasets_end_with_is_nobodys():
    found = read("INSERT INTO o (x) SELECT a FROM s", [listed("p.s"), listed("q.s")], [listed("o")])
    assert found == {}
    exact = read("INSERT INTO o (x) SELECT a FROM p.s", [listed("p.s"), listed("q.s")], [listed("o")])
    assert fields_of(exact, "o") == {"x": [("p.s", "a", "IDENTITY")]}


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO o (((",
        "INSERT INTO o (x) SELECT a FROM s; SELEC nonsense ((",
        "SELECT 1",
        "",
        None,
        5,
        f"INSERT INTO o (x) SELECT a FROM s -- {' ' * MAX_CHARS}",
    ],
)
def test_what_is_not_sure_says_nothing(query):
    assert read(query, [listed("s")], [listed("o")]) == {}


def test_a_tombstone_and_odd_facets_say_nothing():
    assert read("INSERT INTO o (x) SELECT a FROM s", [listed("s")], [listed("o")], _deleted=True) == {}
    assert inferred("text", [listed("s")], [listed("o")]) == {}
    odd = listed("s", symlinks={"identifiers": [5, {"name": 5}]}, schema=5)
    assert fields_of(read("INSERT INTO o (x) SELECT a FROM s", [odd], [listed("o", symlinks=5)]), "o")


def test_too_many_datasets_are_left_alone():
    many = [listed(f"t{number}") for number in range(MAX_DATASETS)]
    assert read("INSERT INTO o (x) SELECT a FROM t1", many, [listed("o")]) == {}


def test_the_dialect_is_the_facets_or_the_namespaces():
    query = "INSERT INTO `o` (x) SELECT `a` FROM `s`"
    mysql = "mysql://h:3306"
    assert (mysql, "o") in read(query, [listed("s", namespace=mysql)], [listed("o", namespace=mysql)])
    assert (DB, "o") in read(query, [listed("s")], [listed("o")], dialect="mysql")


def test_it_is_for_events_that_say_nothing_else():
    assert has_sql_alone({"sql": {}}, [{}])
    assert not has_sql_alone({}, [{}])
    assert not has_sql_alone({"sql": {}, "lineage": {}}, [{}])
    assert not has_sql_alone({"sql": {}}, [{}, {"columnLineage": {}}])
    assert not has_sql_alone({"sql": {}}, [{"lineage": {}}])
