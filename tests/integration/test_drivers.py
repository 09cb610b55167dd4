"""The hooks of drivers beside other libraries: imported in whatever order, under pandas."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pandas as pd
import pytest

import whence

pytestmark = pytest.mark.integration


def test_pandas_on_a_raw_connection(collected, tmp_path):
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.executescript(
        "create table a (x integer, y text); insert into a values (1, 'secret'); create table b (x, y)"
    )
    with whence.job("j"):
        frame = pd.read_sql("select * from a", connection)
        frame.to_sql("b", connection, if_exists="append", index=False)
    connection.close()
    assert collected.names("j") == ({"a"}, {"b"})
    assert collected.rows("j", "b") == 1
    assert "secret" not in collected.text()


LATER = """
import sys, whence
from importlib import import_module
whence.configure(sinks="file:{path}/e.jsonl", spool_dir="{path}/spool")
hooks = {hooks!r}
whence.install(*hooks)
for name, (module, owner, attribute) in hooks.items():
    assert module not in sys.modules, "loaded by the hook: " + name
    import_module(module)
    found = import_module(owner)
    for step in attribute.split("."):
        found = getattr(found, step)
    assert "whence" in found.__code__.co_filename, name
whence.uninstall()
whence.shutdown()
"""
HOOKS = {
    "psycopg": ("psycopg", "psycopg", "Cursor.execute"),
    "psycopg2": ("psycopg2", "psycopg2", "connect"),
    "asyncpg": ("asyncpg", "asyncpg", "Connection.execute"),
    "sqlite3": ("sqlite3", "sqlite3.dbapi2", "connect"),
    "aiosqlite": ("aiosqlite", "aiosqlite.core", "Connection._execute"),
    "pymysql": ("pymysql", "pymysql.cursors", "Cursor.execute"),
    "aiomysql": ("aiomysql", "aiomysql.cursors", "Cursor.execute"),
    "trino": ("trino.dbapi", "trino.dbapi", "Cursor.execute"),
    "snowflake": (
        "snowflake.connector", "snowflake.connector.connection", "SnowflakeConnection.get_query_status"
    ),
    "bigquery": ("google.cloud.bigquery", "google.cloud.bigquery", "Client.query"),
}  # fmt: skip


def test_libraries_imported_after_the_hooks(tmp_path):
    program = LATER.format(path=tmp_path, hooks=HOOKS)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
