"""Connections to the database file, and what SQLite's errors mean to callers.

The writer syncs at every commit (synchronous=FULL): what is acknowledged is on disk. Must not know tables.
Source: SQLite's pages on WAL, PRAGMA and result codes.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from whence_server.errors import StoreCorruptError, StoreError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

_WRITER_PRAGMAS: Final = (
    # Half as many writes of random pages as with 4096, and a tenth less time a group. Only a new file takes it.
    "PRAGMA page_size = 8192",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = OFF",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",
    # A commit that fills the log waits until its pages are in the file: at 32 MiB some 20 ms each second of load.
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
)
_READER_PRAGMAS: Final = ("PRAGMA query_only = ON", "PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -16384")
_STATEMENTS_KEPT: Final = 1_500  # the writer has some twenty tables and up to 64 sizes of rows for each
_PRIMARY_CODE: Final = 0xFF

# Primary result code -> what to tell, and whether trying again may help.
UNAVAILABLE: Final = {
    sqlite3.SQLITE_BUSY: "the database is locked by another program; close what holds it, nothing is lost",
    sqlite3.SQLITE_LOCKED: "the database is locked by another connection; nothing is lost",
    sqlite3.SQLITE_FULL: "the disk is full; free some space, nothing is lost",
    sqlite3.SQLITE_READONLY: "the database cannot be written to; make the file and its folder writable",
    sqlite3.SQLITE_IOERR: "the disk reported an error; look at the system's log",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened; look at the folder's owner and rights",
    sqlite3.SQLITE_PERM: "the database may not be opened; look at the folder's owner and rights",
    sqlite3.SQLITE_NOMEM: "there is not enough memory",
    sqlite3.SQLITE_PROTOCOL: "the database's lock could not be taken; try again",
    sqlite3.SQLITE_INTERRUPT: "the call was interrupted",
}
CORRUPT: Final = {
    sqlite3.SQLITE_CORRUPT: "the database file is damaged; restore a copy, or try sqlite3 and its .recover",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database; is the folder the right one?",
}


def open_writer(path: Path, *, busy_timeout_s: float) -> sqlite3.Connection:
    """Open the connection that writes, making the file when there is none."""
    return _opened(path, _WRITER_PRAGMAS, busy_timeout_s)


def open_reader(path: Path, *, busy_timeout_s: float) -> sqlite3.Connection:
    """Open a connection that cannot write."""
    return _opened(path, _READER_PRAGMAS, busy_timeout_s)


def _opened(path: Path, pragmas: tuple[str, ...], busy_timeout_s: float) -> sqlite3.Connection:
    with translated(path):
        connection = sqlite3.connect(
            path,
            timeout=busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS_KEPT,
        )
        try:
            for pragma in pragmas:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def translated(path: Path) -> Generator[None]:
    """Raise SQLite's errors as the store's."""
    try:
        yield
    except sqlite3.Error as error:
        raise translation(error, path) from error


def translation(error: sqlite3.Error, path: Path) -> StoreError:
    """Return the store's error for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code in UNAVAILABLE:
        return StoreUnavailableError(f"{path}: {UNAVAILABLE[code]} ({error})")
    if code in CORRUPT:
        return StoreCorruptError(f"{path}: {CORRUPT[code]} ({error})")
    return StoreError(f"{path}: SQLite answered {error}")
