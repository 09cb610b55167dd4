"""UPDATE, DELETE and MERGE, as data: dialect, text, inputs, outputs, target column -> source columns."""

from __future__ import annotations

import pytest

from whence.sql import lineage

SCHEMA = {"t": ["i", "a", "b"], "s": ["i", "x", "y"], "u": ["i", "z"]}

CASES = [
    # UPDATE
    ("postgres", "update t set a = 1 where b = 2", set(), {"t"}, {"t.a": set()}),
    ("postgres", "update t set a = s.x, b = s.y || 'z' from s where s.i = t.i", {"s"}, {"t"},
     {"t.a": {"s.x"}, "t.b": {"s.y"}}),
    ("postgres", "update t set (a, b) = (select x, y from s where s.i = t.i)", {"s"}, {"t"},
     {"t.a": {"s.x"}, "t.b": {"s.y"}}),
    ("oracle", "update t o set (a, b) = (select x, y from s where s.i = o.i)", {"s"}, {"t"},
     {"t.a": {"s.x"}, "t.b": {"s.y"}}),
    ("postgres", "update t set a = (select max(x) from s) where i in (select i from u)", {"s", "u"}, {"t"},
     {"t.a": {"s.x"}}),
    ("postgres", "update t set a = n.a from t as n where n.i = t.b", {"t"}, {"t"}, {"t.a": set()}),
    ("tsql", "update o set o.a = r.x from t as o inner join s as r on r.i = o.i", {"s"}, {"t"}, {"t.a": {"s.x"}}),
    ("tsql", "update t set a = s.x from t join s on s.i = t.i", {"s"}, {"t"}, {"t.a": {"s.x"}}),
    ("mysql", "update t join s on s.i = t.i set t.a = s.x where s.y = 1", {"s"}, {"t"}, {"t.a": {"s.x"}}),
    ("mysql", "update t join s on s.i = t.i set t.a = s.x, s.y = t.b", set(), {"t", "s"},
     {"t.a": {"s.x"}, "s.y": {"t.b"}}),
    ("snowflake", "update t set a = q.m from (select i, max(x) as m from s group by i) q where q.i = t.i", {"s"},
     {"t"}, {"t.a": {"s.x"}}),
    ("bigquery", "update t set a.inner = s.x from s where s.i = t.i", {"s"}, {"t"}, {"t.a": {"s.x"}}),
    ("postgres", "with c as (select i, x from s) update t set a = c.x from c where c.i = t.i", {"s"}, {"t"},
     {"t.a": {"s.x"}}),
    # DELETE
    ("postgres", "delete from t where a = 1", set(), {"t"}, {}),
    ("postgres", "delete from t using s where s.i = t.i", {"s"}, {"t"}, {}),
    ("postgres", "delete from t where i in (select i from s)", {"s"}, {"t"}, {}),
    ("mysql", "delete t from t join s on s.i = t.i", {"s"}, {"t"}, {}),
    ("mysql", "delete a, b from t a join s b on a.i = b.i join u on u.i = a.i", {"u"}, {"t", "s"}, {}),
    ("mysql", "delete from t using t join s on s.i = t.i", {"s"}, {"t"}, {}),
    ("tsql", "delete o from t o join s on s.i = o.i", {"s"}, {"t"}, {}),
    ("tsql", "with c as (select i, row_number() over (partition by a order by i) n from t) delete from c where n > 1",
     set(), {"t"}, {}),
    # MERGE
    ("postgres", ("merge into t using s on t.i = s.i when matched then update set a = s.x "
     "when not matched then insert (i, a) values (s.i, s.x)"), {"s"}, {"t"}, {"t.a": {"s.x"}, "t.i": {"s.i"}}),
    ("databricks", "merge into t using s on t.i = s.i when matched then update set * when not matched then insert *",
     {"s"}, {"t"}, {"t.i": {"s.i"}, "t.x": {"s.x"}, "t.y": {"s.y"}}),
    ("bigquery", "merge t using s on t.i = s.i when not matched then insert row", {"s"}, {"t"},
     {"t.i": {"s.i"}, "t.x": {"s.x"}, "t.y": {"s.y"}}),
    ("snowflake", ("merge into t using (select i, max(x) as m from s group by i) q on t.i = q.i "
     "when matched and q.m > 1 then update set t.a = q.m when matched then delete"), {"s"}, {"t"}, {"t.a": {"s.x"}}),
    ("tsql", ("merge t as o using s as n on o.i = n.i when matched then update set o.a = n.x "
     "when not matched by target then insert (i, a) values (n.i, n.y) when not matched by source then delete;"),
     {"s"}, {"t"}, {"t.a": {"s.x", "s.y"}, "t.i": {"s.i"}}),
    ("oracle", "merge into t using s on (t.i = s.i) when not matched then insert (i, a, b) values (s.i, s.x, null)",
     {"s"}, {"t"}, {"t.i": {"s.i"}, "t.a": {"s.x"}, "t.b": set()}),
]  # fmt: skip


def _flows(answer):
    found: dict[str, set[str]] = {}
    for field in answer.fields or ():
        name = f"{field.table}.{field.name}".lower()
        found.setdefault(name, set()).update(f"{s.table}.{s.field}".lower() for s in field.sources)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[1][:60]}")
def test_change(case):
    dialect, text, inputs, outputs, fields = case
    (answer,) = lineage(text, dialect, schema=SCHEMA)
    assert {str(table).lower() for table in answer.inputs} == inputs
    assert {str(table).lower() for table in answer.outputs} == outputs
    assert _flows(answer) == fields
    assert not [note for note in answer.notes if note.hides == "tables"]


def test_conditions_shape_the_whole_target():
    (answer,) = lineage("update t set a = s.x from s where s.i = t.i and s.y = 1", "postgres", schema=SCHEMA)
    assert {source.field for source in answer.indirect} == {"i", "y"}


def test_datahub_counts_the_target_of_an_update_as_read():
    (answer,) = lineage("update t set a = s.x from s where s.i = t.i", "postgres", schema=SCHEMA, profile="datahub")
    assert {str(table) for table in answer.inputs} == {"s", "t"}


def test_a_table_of_output_into_whose_name_the_parser_loses_is_noted():
    text = "merge t using s on t.i = s.i when matched then delete output deleted.i into log (i);"
    (answer,) = lineage(text, "tsql", schema=SCHEMA)
    assert [note.code for note in answer.notes] == ["output_into"]
    assert (answer.state, answer.confidence) == ("PARTLY", 0.5)
