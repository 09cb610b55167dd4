"""Names from URLs and parts: no secret comes through, and no text makes another exception than NamingError."""

from hypothesis import assume, example, given
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from whence.errors import NamingError
from whence.model import (
    PLATFORMS,
    dataset_for_path,
    dataset_for_url,
    dataset_id,
    parse_database_url,
    platform_for_namespace,
    source_for_url,
    split_table_name,
)
from whence.model._template import part_names

SECRET = "Zq7Zq7Zq7"
SCHEMES = [scheme for row in PLATFORMS.values() for scheme in row.dialect.schemes]
WORDS = st.text(st.sampled_from("abcxyz09_-"), min_size=1, max_size=10)
ODD = st.text(st.sampled_from(":/?#[]@!$&'()*+,;=%ab \\\""), max_size=6)


def everything_said(text):
    """Return all that a caller or a log could see of this URL."""
    try:
        parsed, source = parse_database_url(text), source_for_url(text)
    except NamingError as error:
        return repr(error.args)
    return repr((parsed, source, source.dataset_id("orders")))


@given(st.sampled_from(SCHEMES), WORDS, ODD, ODD, WORDS, st.none() | st.integers(1, 65535))
@example("bigquery", "u", "@/", "?", "h", None)
@example("postgresql", "u", "@a/", "?", "h", None)
@example("postgresql", "u", "@/", "?a=", "h", None)
def test_no_password_comes_through(scheme, user, before, after, host, port):
    secret = before + SECRET + after
    url = URL.create(scheme, user, secret, host, port, "shop", {"password": secret, "token": secret})
    assert SECRET not in everything_said(url.render_as_string(hide_password=False))
    assert SECRET not in everything_said(f"{scheme}://{user}:{secret}@{host}/shop")


@given(st.sampled_from(["postgresql", "mysql", "mssql", "trino", "redshift", "db2"]), WORDS, ODD, WORDS, WORDS)
def test_credentials_change_no_name(scheme, user, password, host, database):
    with_them = URL.create(scheme, user, password, host, None, database).render_as_string(hide_password=False)
    assert dataset_for_url(with_them, "t") == dataset_for_url(f"{scheme}://{host}/{database}", "t")


@given(st.text(max_size=40) | st.tuples(st.sampled_from(SCHEMES), st.text(max_size=30)).map("://".join))
def test_any_text_is_a_url_or_refused(text):
    try:
        name = dataset_for_url(text, "orders")
    except NamingError:
        return
    assert name.name.endswith("orders")


@given(st.sampled_from(list(PLATFORMS.values())), st.data())
def test_parts_come_back_out_of_a_name(row, data):
    parts = {part: data.draw(WORDS, part) for part in {*part_names(row.namespace), *part_names(row.dataset)}}
    name = dataset_id(row.name, **parts)
    assert platform_for_namespace(name.namespace) == row
    assert row.parts_of(name.namespace, name.name) == parts


@given(st.lists(st.text(max_size=8), min_size=1, max_size=3))
def test_quoted_table_names_come_back(parts):
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in parts)
    assert split_table_name(quoted) == tuple(parts)


@given(st.text(max_size=30), st.sampled_from(["", "s3://", "s3a://b/", "file:///", "hdfs://h:1/", "https://u:p@h/"]))
def test_any_path_has_a_name(text, start):
    assume("\0" not in text)
    try:
        name = dataset_for_path(start + text)
    except NamingError:
        return
    assert name.namespace
    assert name == dataset_for_path(start + text)
