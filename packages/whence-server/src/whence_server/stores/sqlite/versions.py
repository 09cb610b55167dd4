"""Which schema version a database has, and how it becomes the one this program knows.

The version is PRAGMA user_version. A newer database is refused: an older program would fold into it what it does not
understand.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from whence_server.errors import StoreCorruptError, StoreVersionError
from whence_server.stores.sqlite.statements import load_script

VERSION: Final = 1
TRUTH: Final = frozenset({"event", "admin"})  # tables that no rebuild drops
_DERIVED: Final = "-- == derived"
_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def bring_up_to_date(connection: sqlite3.Connection, path: Path, *, migrations: Path = _MIGRATIONS) -> None:
    """Make the tables in an empty file, migrate an older one, refuse a newer one or a file of somebody else."""
    found = _version(connection)
    if found == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = _version(connection)  # another process may have been faster
        _bring(connection, path, found, migrations)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _bring(connection: sqlite3.Connection, path: Path, found: int, migrations: Path) -> None:
    if found > VERSION:
        message = (
            f"{path} has schema version {found}, this Whence knows versions up to {VERSION};"
            " start a Whence at least as new as the one that wrote it"
        )
        raise StoreVersionError(message, found=found, known=VERSION)
    if found == 0:
        _create(connection, path)
    else:
        _migrate(connection, found, migrations)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise StoreCorruptError(f"{path} is a database of another program; choose another folder")
    run_script(connection, load_script("schema.sql"))


def _migrate(connection: sqlite3.Connection, found: int, migrations: Path) -> None:
    for file in sorted(migrations.glob("[0-9]*.sql")):
        if found < int(file.name.split("_", 1)[0]) <= VERSION:
            run_script(connection, file.read_text(encoding="utf-8"))


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run statements within the open transaction (sqlite3's own executescript would commit it)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def make_derived_again(connection: sqlite3.Connection) -> None:
    """Drop every derived table and make it empty."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search\\_%' ESCAPE '\\'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ).fetchall()
    for (name,) in rows:
        if name not in TRUTH:
            connection.execute(f"DROP TABLE {name}")
    run_script(connection, _DERIVED + load_script("schema.sql").split(_DERIVED, 1)[1])
