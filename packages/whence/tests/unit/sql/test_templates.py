"""Text of drivers and repositories: what stands for names and values, and what Jinja leaves of a statement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence.sql import lineage
from whence.sql.text import prepare, render

VALUES = ["%s", "%b", "%t", "%(x)b", "%(x)s", ":x", ":1", "?", "?1", "$1", "${x}", "#{x}", "{x}", "{{ x }}", ":'x'"]
TEXT = "INSERT INTO mart.t (id, v) SELECT o.id, {0} FROM shop.orders o WHERE o.s = {0} AND o.id IN ({0}, {0}) LIMIT {0}"


def _names(tables):
    return [str(table) for table in tables]


@pytest.mark.parametrize("value", VALUES)
def test_values_leave_columns_alone(value):
    text = TEXT.format(value)
    prepared = prepare(text, "postgres")
    assert len(prepared.text) == len(text)
    (answer,) = lineage(text, "postgres")
    assert (_names(answer.inputs), _names(answer.outputs)) == (["shop.orders"], ["mart.t"])
    assert [(f.name, [s.field for s in f.sources]) for f in answer.fields] == [("id", ["id"]), ("v", [])]


@pytest.mark.parametrize(
    ("dialect", "text", "inputs"),
    [
        ("postgres", "select a from {{ params.s }}.t", ["{{ params.s }}.t"]),
        ("postgres", "select a from ${db}.orders_${d} o", ["${db}.orders_${d}"]),
        ("postgres", "select a from {schema}.{table}", ["{schema}.{table}"]),
        ("mysql", "select a from %s where b = %s", ["%s"]),
        ("sqlite", "select a from ?, b", ["?", "b"]),
        ("oracle", "select a from &s..t, &u where b = &v", ["&s..T", "&u"]),
        ("clickhouse", "select {x:Int32} from {t:Identifier}", ["{t:Identifier}"]),
        ("bigquery", "select a from `${p.x}.d.t`", ["${p.x}.d.t"]),
        ("bigquery", "select a from `{{ p.x }}`.d.t", ["{{ p.x }}.d.t"]),
        ("postgres", "select extract(year from %s), trim(both from :x) from t", ["t"]),
        ("snowflake", "select $1, t.$2:x::int from @stage/x t where a = :1", ["@stage/x"]),
        ("postgres", "select d ? 'k', d ?| array['k'] from t where e ? ?", ["t"]),
        ("mysql", "select a from t where b like '%%x' and c %% 2 = %s", ["t"]),
        ("postgres", "select a from t where b = any(%s) and c in %s", ["t"]),
        ("postgres", "select a from t where b %t = 1 and c = %b and d %% 2 = 1", ["t"]),
    ],
)
def test_names_that_are_filled_in_later(dialect, text, inputs):
    (answer,) = lineage(text, dialect)
    assert _names(answer.inputs) == inputs


def test_slices_paths_and_casts_are_no_placeholders():
    text = "select a[1:n], b::int, c:d.e from t"
    assert prepare(text, "snowflake").text == text


DBT = """{{ config(materialized='table', tags=["a;b"]) }}
-- {{ ref('not_this') }}
with o as (select * from {{ ref('orders') }}),
     x as (select id from {{ source('raw', 'x') }})
select o.id, x.id as y from o join x using (id) join {{ ref('pkg', 'c', v=2) }} c using (id)
{% if is_incremental() %} where o.id > (select max(id) from {{ this }}) {% endif %}"""


def test_a_dbt_model_is_a_query():
    (answer,) = lineage(DBT, "postgres", default_schema="dw", schema={"dw.orders": ["id", "a"]})
    assert answer.kind == "SELECT"
    assert _names(answer.inputs) == ["dw.orders", "raw.x", "dw.c_v2", "{{ this }}"]
    assert [(f.name, [str(s.table) for s in f.sources if s.type == "DIRECT"][:1]) for f in answer.fields or ()] == [
        ("id", ["dw.orders"]),
        ("y", ["raw.x"]),
    ]


@pytest.mark.parametrize(
    ("text", "inputs", "code"),
    [
        ("select * from a {{ where_clause() }}", ["a"], "template_text"),
        ("select {{ dbt_utils.star(from=ref('a')) }}, b from {{ ref('a') }}", ["a"], "template_value"),
        ("select {% for c in cols %} sum({{ c }}) as {{ c }}{% if not loop.last %},{% endif %} {% endfor %} from t",
         ["t"], "template_loop"),
        ("select a from t {% if x %} where b {% else %} join u using (a) {% endif %}", ["t"], "template_branch"),
        ("{% set t = 'raw.orders' %}select a from {{ t }} {% include 'x.sql' %}", ["raw.orders"], "template_include"),
        ("select * from {{ dbt_utils.union_relations([ref('a'), ref('b')]) }}",
         ["{{ dbt_utils.union_relations([ref('a'), ref('b')]) }}", "a", "b"], "template_value"),
    ],
)  # fmt: skip
def test_what_cannot_be_rendered_is_said(text, inputs, code):
    (answer,) = lineage(text, "postgres")
    assert _names(answer.inputs) == inputs
    assert code in [note.code for note in answer.notes]
    assert answer.state == "PARTLY"


def test_macros_are_left_out_and_said():
    text = "{% macro m(x) %} insert into y select {{ x }} from z; {% endmacro %}"
    (answer,) = lineage(text, "postgres")
    assert answer.inputs == answer.outputs == ()
    assert [note.code for note in answer.notes] == ["template_macro"]
    assert [str(a.inputs[0]) for a in lineage(text + " select a from b", "postgres")] == ["b"]


def test_notes_hold_no_literals_of_templates():
    (answer,) = lineage("insert into {{ var('t', 'hunter2') }} select a, b from u, v", "postgres")
    assert all("hunter2" not in note.message for note in answer.notes)


PARTS = [
    "{{ ref('a') }}",
    "{% if x %}",
    "{% else %}",
    "{% endif %}",
    "{# c #}",
    "{% for a in b %}",
    "{% endfor %}",
    "{% macro m() %}",
    "{% endmacro %}",
    "{% set x %}",
    "{% endset %}",
    "{{ x",
    "{%",
    "%}",
    "'",
    '"',
    "select a from ",
    "%s",
    ":x",
    "?",
    "${x}",
    "#{",
    "{x}",
    "(",
    ")",
    ",",
    ";",
    "\n",
    ".",
    "\ue000",
    "{% raw %}",
    "{% endraw %}",
]


@given(
    st.lists(st.sampled_from(PARTS), max_size=20).map("".join),
    st.sampled_from(["", "postgres", "mysql", "oracle", "clickhouse", "snowflake", "bigquery"]),
)
def test_lengths_and_line_ends_stay(text, dialect):
    rendered = render(text, dialect)
    prepared = prepare(rendered.text, dialect, rendered.variables)
    assert len(rendered.text) == len(prepared.text) == len(text)
    assert [i for i, c in enumerate(rendered.text) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]


def test_commands_of_psql_are_no_sql():
    answers = lineage("\\set x 1\n\\i other.sql\n\\copy t (a) from 'x.csv' csv\nselect a from t \\gexec\n", "postgres")
    assert [answer.kind for answer in answers] == ["CONTROL", "CONTROL", "COPY", "SELECT"]
    assert [note.code for note in answers[1].notes] == ["included_file"]
    assert _names(answers[2].outputs) == ["t"]
