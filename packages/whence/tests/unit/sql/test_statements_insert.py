"""INSERT in all its forms, as data: dialect, text, inputs, outputs, target column -> source columns."""

from __future__ import annotations

import pytest

from whence.sql import lineage

SCHEMA = {"t": ["a", "b"], "s": ["x", "y"], "p": ["a", "b", "d"]}

CASES = [
    # positions and lists
    ("postgres", "insert into t select x, y from s", {"s"}, {"t"}, {"t.a": {"s.x"}, "t.b": {"s.y"}}),
    ("postgres", "insert into t (b, a) select x, y from s", {"s"}, {"t"}, {"t.b": {"s.x"}, "t.a": {"s.y"}}),
    ("postgres", "insert into t select * from s", {"s"}, {"t"}, {"t.a": {"s.x"}, "t.b": {"s.y"}}),
    ("postgres", "insert into t table s", {"s"}, {"t"}, {"t.a": {"s.x"}, "t.b": {"s.y"}}),
    ("spark", "insert overwrite t table s", {"s"}, {"t"}, {"t.a": {"s.x"}, "t.b": {"s.y"}}),
    ("duckdb", "insert into t by name select y as a, x as b from s", {"s"}, {"t"}, {"t.a": {"s.y"}, "t.b": {"s.x"}}),
    ("postgres", "insert into t (a) values (1)", set(), {"t"}, {"t.a": set()}),
    ("postgres", "insert into t (a, b) values (1, (select max(y) from s))", {"s"}, {"t"},
     {"t.a": set(), "t.b": {"s.y"}}),
    ("postgres", "insert into t default values", set(), {"t"}, {}),
    ("mysql", "insert into t set a = 1, b = (select max(y) from s)", {"s"}, {"t"}, {"t.a": set(), "t.b": {"s.y"}}),
    ("mysql", "replace into t (a) select x from s", {"s"}, {"t"}, {"t.a": {"s.x"}}),
    ("sqlite", "insert or replace into t select x, y from s", {"s"}, {"t"}, {"t.a": {"s.x"}, "t.b": {"s.y"}}),
    # partitions: those with a value are not filled by the query, the others by its last columns
    ("spark", "insert overwrite table p partition (d = '1') select x, y from s", {"s"}, {"p"},
     {"p.a": {"s.x"}, "p.b": {"s.y"}}),
    ("spark", "insert overwrite table p partition (d) select x, y, x from s", {"s"}, {"p"},
     {"p.a": {"s.x"}, "p.b": {"s.y"}, "p.d": {"s.x"}}),
    # what a table is overwritten with may come from itself
    ("spark", "insert overwrite table t select b, a from t", {"t"}, {"t"}, {"t.a": {"t.b"}, "t.b": {"t.a"}}),
    # upserts
    ("postgres", "insert into t (a, b) select x, y from s on conflict (a) do update set b = excluded.a", {"s"}, {"t"},
     {"t.a": {"s.x"}, "t.b": {"s.x", "s.y"}}),
    ("mysql", "insert into t (a) select x from s on duplicate key update a = values(a)", {"s"}, {"t"},
     {"t.a": {"s.x"}}),
    # several targets
    ("oracle", "insert all when x > 1 then into t (a) values (x) else into p (b) values (y) select x, y from s", {"S"},
     {"T", "P"}, {"T.A": {"S.x"}, "P.B": {"S.y"}}),
    ("snowflake", "insert first when x > 1 then into t else into p select x, y from s", {"S"}, {"T", "P"},
     {"T.a": {"S.x"}, "T.b": {"S.y"}, "P.a": {"S.x"}, "P.b": {"S.y"}}),
    ("hive", "from (select x, y from s) q insert overwrite table t select q.y, q.x insert into p select *", {"s"},
     {"t", "p"}, {"t.a": {"s.y"}, "t.b": {"s.x"}, "p.a": {"s.x"}, "p.b": {"s.y"}}),
    # with queries
    ("postgres", "with c as (select x from s) insert into t (a) select x from c", {"s"}, {"t"}, {"t.a": {"s.x"}}),
    ("postgres", "with gone as (delete from s where x = 1 returning x, y) insert into t select * from gone", {"s"},
     {"t", "s"}, {"t.a": {"s.x"}, "t.b": {"s.y"}}),
    ("postgres", "with new as (insert into p (a) select x from s returning a) insert into t (b) select a from new",
     {"s"}, {"p", "t"}, {"p.a": {"s.x"}, "t.b": {"s.x"}}),
    ("postgres", ("with up as (update p set a = s.x from s where p.b = s.y returning p.b) insert into t (b) select b "
     "from up"), {"s", "p"}, {"p", "t"}, {"p.a": {"s.x"}, "t.b": {"p.b"}}),
    ("postgres", ("with c as (select x from s), new as (insert into p (a) select x from c returning a) "
     "select a from new"),
     {"s"}, {"p"}, {"p.a": {"s.x"}, "none.a": {"s.x"}}),
    # no tables as targets
    ("clickhouse", "insert into function s3('https://b/x.csv') select x from s", {"s"}, {"https://b/x.csv"},
     {"https://b/x.csv.x": {"s.x"}}),
]  # fmt: skip


def flows(answer):
    """Return target column -> source columns, names dotted."""
    found: dict[str, set[str]] = {}
    for field in answer.fields or ():
        found.setdefault(f"{field.table}.{field.name}", set()).update(f"{s.table}.{s.field}" for s in field.sources)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[1][:60]}")
def test_insert(case):
    dialect, text, inputs, outputs, fields = case
    (answer,) = lineage(text, dialect, schema=SCHEMA)
    assert {str(table) for table in answer.inputs} == inputs
    assert {str(table) for table in answer.outputs} == outputs
    assert {name.lower(): {s.lower() for s in of} for name, of in flows(answer).items()} == {
        name.lower(): {s.lower() for s in of} for name, of in fields.items()
    }
    assert not [note for note in answer.notes if note.hides]


def test_order_of_fields_is_the_targets_and_a_name_twice_stays_apart():
    (answer,) = lineage("insert into t select x, x from s", "postgres", schema=SCHEMA)
    assert [field.name for field in answer.fields or ()] == ["a", "b"]


def test_unknown_target_takes_the_names_of_the_query_and_says_so():
    (answer,) = lineage("insert into u select x as one, y from s", "postgres", schema=SCHEMA)
    assert flows(answer) == {"u.one": {"s.x"}, "u.y": {"s.y"}}
    assert [note.code for note in answer.notes] == ["target_columns_unknown"]
    assert (answer.state, answer.confidence) == ("PARTLY", 1.0)


def test_columns_behind_a_star_that_is_not_known_are_not_guessed():
    (answer,) = lineage("insert into t (a, b) select x, * from unseen", "postgres", schema=SCHEMA)
    (first, second) = answer.fields or ()
    assert (first.name, first.is_whole, [s.field for s in first.sources]) == ("a", True, ["x"])
    assert (second.name, second.is_whole, [s.field for s in second.sources]) == ("b", False, ["*"])


def test_ten_thousand_rows_of_values():
    text = "insert into t (a, b) values " + ", ".join(["(1, 'x')"] * 10_000)
    (answer,) = lineage(text, "postgres", schema=SCHEMA)
    assert flows(answer) == {"t.a": set(), "t.b": set()}
