import pytest

from whence.errors import NamingError
from whence.model._template import fill, fill_known, match, part_names

DOTTED = "{database}.{schema}.{table}"


def test_part_names():
    assert part_names("redshift://{cluster}.{region}:{port}") == ("cluster", "region", "port")
    assert part_names("bigquery") == ()


def test_fill():
    assert fill(DOTTED, {"database": "d", "schema": "s", "table": "t"}) == "d.s.t"
    assert fill("bigquery", {}) == "bigquery"
    with pytest.raises(NamingError, match="lacks schema; give database, schema, table"):
        fill(DOTTED, {"database": "d", "schema": "", "table": "t"})


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"database": "d", "schema": "s", "table": "t"}, "d.s.t"),
        ({"schema": "s", "table": "t"}, "s.t"),
        ({"database": "d", "table": "t"}, "d.t"),
        ({"database": "", "schema": None, "table": "t"}, "t"),
    ],
)
def test_fill_known_leaves_missing_parts_out(parts, text):
    assert fill_known(DOTTED, parts) == text


def test_fill_known_needs_the_last_part():
    with pytest.raises(NamingError, match="lacks table"):
        fill_known(DOTTED, {"database": "d"})


@pytest.mark.parametrize(
    ("form", "text", "parts"),
    [
        (DOTTED, "d.s.t", {"database": "d", "schema": "s", "table": "t"}),
        (DOTTED, "d.s.t.with.dots", {"database": "d", "schema": "s", "table": "t.with.dots"}),
        (DOTTED, "s.t", None),
        (DOTTED, "d..t", None),
        (DOTTED, "d.s.", None),
        ("table/{database}/{table}", "table/d/t", {"database": "d", "table": "t"}),
        ("table/{database}/{table}", "view/d/t", None),
        ("abfss://{c}@{s}.dfs", "abfss://c@s.dfs", {"c": "c", "s": "s"}),
        ("abfss://{c}@{s}.dfs", "abfss://c@s.dfsx", None),
        ("abfss://{c}@{s}.dfs", "abfss://c-s.dfs", None),
        ("bigquery", "bigquery", {}),
        ("bigquery", "bigquery2", None),
    ],
)
def test_match(form, text, parts):
    assert match(form, text) == parts
