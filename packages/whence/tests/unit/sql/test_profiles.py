"""Each convention by itself: one text, two profiles, two answers that are both right."""

from __future__ import annotations

import pytest

from whence.sql import PROFILES, Profile, lineage, script_lineage

CASES = [
    # (what differs, dialect, text, profile, inputs, outputs)
    ("target of an UPDATE", "postgres", "update t set a = 1", Profile(name="p", update_target_is_input=True), {"t"},
     {"t"}),
    ("target of an UPDATE", "postgres", "update t set a = 1", Profile(name="q"), set(), {"t"}),
    ("unused CTEs", "postgres", "with c as (select x from s) select 1", Profile(name="p", unused_ctes=False), set(),
     set()),
    ("unused CTEs", "postgres", "with c as (select x from s) select 1", Profile(name="q"), {"s"}, set()),
    ("unused in unused", "postgres", ("with c as (select x from s), d as (select x from c), e as (select x from u) "
     "select x from e"), Profile(name="p", unused_ctes=False), {"u"}, set()),
    ("definitions", "postgres", "drop table t", Profile(name="p", ddl="all"), set(), {"t"}),
    ("definitions", "postgres", "drop table t", Profile(name="q"), set(), set()),
    ("definitions", "postgres", "truncate t", Profile(name="p", ddl="create"), set(), set()),
    ("definitions", "postgres", "create table t (a int)", Profile(name="p", ddl="create"), set(), {"t"}),
    ("files of definitions", "hive", "create external table t (a int) location 's3://b'", Profile(name="p", ddl="all"),
     set(), {"t"}),
    ("scripts", "postgres", "create table w as select x from s; create table t as select x from w",
     Profile(name="p", script="ends"), {"s"}, {"t"}),
    ("scripts", "postgres", "create temp table w as select x from s; create table t as select x from w",
     Profile(name="p", script="union"), {"s", "w"}, {"w", "t"}),
    ("renames", "postgres", "create table w as select x from s; alter table w rename to t",
     Profile(name="p", script="ends"), {"s"}, {"t"}),
    ("itself", "hive", "insert overwrite table t select x from t", Profile(name="p", script="ends"), {"t"}, {"t"}),
    ("USE", "mysql", "use d; select x from s", Profile(name="p", use_statements=False), {"s"}, set()),
    ("shards", "bigquery", "select x from `d.events_20240131`", Profile(name="p", fold_shards=True),
     {"d.events_yyyymmdd"}, set()),
    ("no shards", "bigquery", "select x from `d.events_20241331`", Profile(name="p", fold_shards=True),
     {"d.events_20241331"}, set()),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}, {case[3].name}")
def test_tables(case):
    _, dialect, text, profile, inputs, outputs = case
    answer = script_lineage(text, dialect, profile=profile)
    assert {str(table) for table in answer.inputs} == inputs
    assert {str(table) for table in answer.outputs} == outputs


def test_columns_of_ends_go_through_what_is_between():
    text = "create table w as select x as y from s; create table t as select y as z from w"
    answer = script_lineage(text, "postgres", profile=Profile(name="p", script="ends"))
    assert [(str(f.table), f.name, [str(s.table) for s in f.sources]) for f in answer.fields] == [("t", "z", ["s"])]


def test_schema_of_folded_shards():
    (answer,) = lineage(
        "select * from `d.e_20240131`", "bigquery", schema={"d.e_yyyymmdd": ["x"]}, profile=PROFILES["datahub"]
    )
    assert [field.name for field in answer.fields or ()] == ["x"]


def test_profiles_have_their_names_and_can_be_keys():
    assert all(profile.name == name for name, profile in PROFILES.items())
    assert set(PROFILES) == {"default", "sqllineage", "openlineage", "datahub", "bytebase", "macaw", "sqlglot"}
    assert len({*PROFILES.values(), PROFILES["default"]._replace()}) == len(PROFILES)


def test_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="known are default, sqllineage"):
        lineage("select 1", profile="mine")


def test_answers_of_profiles_are_not_mixed_up():
    text = "update t set a = s.x from s"
    assert len(lineage(text, "postgres")[0].inputs) == 1
    assert len(lineage(text, "postgres", profile="datahub")[0].inputs) == 2
    assert len(lineage(text, "postgres")[0].inputs) == 1


@pytest.mark.parametrize(
    ("sql", "by_column", "by_star"),
    [
        ("select a from (select * from t) as s", {"t.a"}, {"t.*"}),
        ("with c as (select * from t), d as (select * from c) select d.a + b as a from d", {"t.a", "t.b"}, {"t.*"}),
        ("select a from (select *, x as a from t) as s", {"t.x"}, {"t.x"}),
        ("select a from (select * from t union all select * from u) as s", {"t.a", "u.a"}, {"t.*", "u.*"}),
        ("select a from t", {"t.a"}, {"t.a"}),
        ("select a from (select * from known) as s", {"known.a"}, {"known.a"}),
    ],
)
def test_a_column_taken_from_a_star_is_that_column_or_the_star(sql, by_column, by_star):
    for profile, expected in (("default", by_column), ("sqlglot", by_star)):
        (answer,) = lineage(sql, "postgres", schema={"known": ["a", "b"]}, profile=profile)
        (field,) = answer.fields or ()
        assert {f"{source.table}.{source.field}" for source in field.sources} == expected
