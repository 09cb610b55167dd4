import pytest
from sqlalchemy.engine import make_url

from whence.errors import NamingError
from whence.model import DatabaseUrl, parse_database_url
from whence.model._database_url import split_host, unquote


def test_reads_the_parts():
    url = parse_database_url("postgresql+psycopg://me:secret@DB.Example.com:5433/my%20shop?sslmode=require")
    assert url == DatabaseUrl("postgresql+psycopg", host="db.example.com", port=5433, database="my shop")
    assert (url.dialect, url.driver, url.drivername) == ("postgresql", "psycopg", "postgresql+psycopg")


def test_without_driver_host_port_database():
    url = parse_database_url("sqlite://")
    assert (url.drivername, url.driver, url.host, url.port, url.database) == ("sqlite", None, None, None, None)
    assert hash(url) == hash(parse_database_url("sqlite:///"))


def test_jdbc_is_skipped():
    assert parse_database_url("jdbc:postgresql://db/shop?user=me&password=x") == parse_database_url(
        "postgresql://db/shop"
    )


@pytest.mark.parametrize(
    "text",
    [
        "sqlite:///relative.db",
        "sqlite:////data/shop@home.db",
        "sqlite:///:memory:",
        "sqlite:///file:shop.db?mode=ro&uri=true",
        "postgresql://me:p%40ss@db:5432/shop",
        "postgresql://db/shop",
        "trino://me@trino:8080/lake/raw",
        "bigquery://project/dataset",
        "snowflake://me:pw@org-acc/db/schema?warehouse=w",
        "duckdb:///wh.duckdb",
        "mysql+pymysql://me@db/shop",
        "oracle+oracledb://me:pw@db:1521/?service_name=ORCL",
    ],
)
def test_agrees_with_sqlalchemy(text):
    theirs, ours = make_url(text), parse_database_url(text)
    assert ours.drivername == theirs.drivername
    assert (ours.host, ours.port, ours.database) == (theirs.host, theirs.port, theirs.database or None)
    assert ours.query.items() <= dict(theirs.query).items()


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://me:SECRET@db/shop",
        "postgresql://SECRET@db/shop",
        "postgresql://me:SE@SECRET@db/shop",
        "postgresql://me:SEC/RET@db/shop",
        "postgresql://me:SEC?RET@db/shop",
        "postgresql://me:a@SEC/SECRET@db/shop",
        "postgresql://db/shop?user=SECRET&password=SECRET&sslpassword=SECRET",
        "duckdb:///md:shop?motherduck_token=SECRET",
        "databricks://token:SECRET@db?http_path=SECRET",
        "mssql+pyodbc:///?odbc_connect=SERVER%3Ddb%3BUID%3DSECRET%3BPWD%3D%7BSEC%3BDATABASE%3DSECRET%7D",
        "awsathena+rest://AKIA:SEC/RET@athena.eu-west-1.amazonaws.com/db?aws_session_token=SECRET",
    ],
)
def test_secrets_are_cut_off(text):
    url = parse_database_url(text)
    assert "SEC" not in repr(url)
    assert "RET" not in repr(url)


@pytest.mark.parametrize("text", ["", "shop.db", "u:SECRET", "SECRET", "://x", "post gres://db", "C:\\shop.db"])
def test_what_is_no_url_is_not_shown(text):
    with pytest.raises(NamingError, match=r"no database URL; write dialect\+driver://host:port/database") as caught:
        parse_database_url(text)
    assert caught.value.value is None
    assert "SECRET" not in str(caught.value)


def test_an_at_sign_behind_a_plain_host_is_no_user():
    assert parse_database_url("bigquery://project/set?user=a@b").host == "project"


def test_an_odbc_string_gives_host_port_and_database():
    text = "Driver={ODBC Driver 18};Server=tcp:Srv.example.com,1433;Database={shop};Uid=u;Pwd={a;b}"
    url = DatabaseUrl("mssql+pyodbc", query={"odbc_connect": text})
    assert url.query == {"host": "Srv.example.com", "port": "1433", "database": "shop"}


def test_query_keys_that_name_no_place_are_dropped():
    url = DatabaseUrl("x", query={"host": ("a", "b"), "port": (), "password": "SECRET", "database": "d"})
    assert url.query == {"host": "a", "port": "", "database": "d"}


def test_of_a_repeated_key_the_first_counts():
    assert parse_database_url("postgresql:///shop?host=a&host=b").query == {"host": "a"}


@pytest.mark.parametrize(
    ("authority", "place"),
    [
        ("", (None, None)),
        ("db", ("db", None)),
        ("db:5432", ("db", 5432)),
        ("db:", ("db", None)),
        ("db:None", ("db", None)),
        ("db:123456", ("db", None)),
        ("a:1,b:2", ("a", 1)),
        ("[::1]:5432", ("[::1]", 5432)),
        ("[::1]", ("[::1]", None)),
        ("my%2Dhost", ("my-host", None)),
    ],
)
def test_split_host(authority, place):
    assert split_host(authority) == place


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("plain", "plain"),
        ("a%20b", "a b"),
        ("%EC%A3%BC", "주"),
        ("100%", "100%"),
        ("%zz%2", "%zz%2"),
        ("%ff", "\ufffd"),
    ],
)
def test_unquote(text, plain):
    assert unquote(text) == plain
