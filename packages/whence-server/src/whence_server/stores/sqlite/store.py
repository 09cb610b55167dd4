"""The SQLite store: one file in WAL mode, one writing connection, a few reading ones.

A group of events is kept and folded in one transaction that is synced before it returns. After any failure the
writing connection and all states are dropped and made again on the next call, so the store recovers by itself once
the cause is gone.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import orjson

from whence_server.errors import StoreError
from whence_server.graph.saying import KINDS
from whence_server.stores.base import Incoming, Kept
from whence_server.stores.sqlite import admin, log
from whence_server.stores.sqlite.canonical import canonical_lines
from whence_server.stores.sqlite.claim import Claim
from whence_server.stores.sqlite.connection import open_writer, translated
from whence_server.stores.sqlite.folding import Folded, Folder, Unfolded
from whence_server.stores.sqlite.pool import ReaderPool
from whence_server.stores.sqlite.rebuilding import rebuild
from whence_server.stores.sqlite.versions import bring_up_to_date

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from whence_server.stores.base import Reader

FILE_NAME: Final = "whence.db"
_BUSY_TIMEOUT_S: Final = 2.0
_READERS: Final = 8


class SqliteStore:
    """A store in one file. See stores.base.Store for what its methods promise."""

    def __init__(self, folder: Path, *, busy_timeout_s: float = _BUSY_TIMEOUT_S, readers: int = _READERS) -> None:
        self.path = folder / FILE_NAME
        self._busy_timeout_s = busy_timeout_s
        self._claim = Claim(folder)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._data_version = 0
        self._folder = Folder()
        connection = self._opened()
        connection.close()
        self._pool = ReaderPool(self.path, size=readers, busy_timeout_s=busy_timeout_s)

    # --- writing ---

    def claim(self) -> None:
        """Take the right to write to the folder now, and not at the first write: raises StoreInUseError."""
        self._claim.take()

    def commit(self, group: Sequence[Incoming]) -> list[Kept]:
        """Keep events and fold them into the graph in one durable transaction; answer in the same order."""
        if not group:
            return []
        with self._writing() as connection:
            known = log.known_ids(connection, [each.id for each in group])
            fresh: dict[bytes, Incoming] = {}
            for each in group:
                if each.id not in known:
                    fresh.setdefault(each.id, each)
            folded = self._keep(connection, list(fresh.values())) if fresh else {}
        return [_kept(each, folded, fresh) for each in group]

    def _keep(self, connection: sqlite3.Connection, events: list[Incoming]) -> dict[bytes, Folded]:
        now = time.time_ns() // 1000
        first = log.next_seq(connection)
        unfolded = [Unfolded(first + i, each.id, each.event, each.checked, now) for i, each in enumerate(events)]
        folded = self._folder.fold(connection, unfolded)
        log.append(
            connection,
            [
                log.LogRow(
                    one.seq,
                    one.id,
                    KINDS[one.checked.kind],
                    one.checked.event_type,
                    now,
                    done.warnings,
                    done.error,
                    each.body,
                )
                for each, one, done in zip(events, unfolded, folded, strict=True)
            ],
        )
        return {one.id: done for one, done in zip(unfolded, folded, strict=True)}

    def probe(self) -> None:
        """Write something durable that means nothing: raises StoreUnavailableError while the store cannot write."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO counter VALUES ('probe', 1) ON CONFLICT (name) DO UPDATE SET value = 1 - value"
            )

    def put_admin(self, kind: str, key: tuple[str, ...], body: Mapping[str, Any]) -> None:
        """Keep an administrative row, replacing the one of the same key."""
        with self._writing() as connection:
            admin.put(connection, kind, key, body)
            self._folder.forget()

    def delete_admin(self, kind: str, key: tuple[str, ...]) -> bool:
        """Forget an administrative row; answer whether there was one."""
        with self._writing() as connection:
            return admin.delete(connection, kind, key)

    def hide(self, kind: str, key: tuple[str, ...]) -> bool:
        """Hide a "dataset", "job" or "namespace" until a later received event names it; answer whether it exists."""
        with self._writing() as connection:
            self._folder.forget()
            return admin.hide(connection, kind, key)

    def rebuild(self, *, progress: Callable[[int, int], None] | None = None) -> None:
        """Drop everything derived and fold the log again in one transaction."""
        with self._writing() as connection:
            self._folder.forget()
            rebuild(connection, self._folder, progress)
        with self._lock, translated(self.path):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        """Lend the writing connection within a transaction; after a failure nothing of it remains."""
        with self._lock, translated(self.path):
            self._claim.take()
            connection = self._connection or self._opened()
            self._connection = connection
            try:
                connection.execute("BEGIN IMMEDIATE")
                self._look_for_strangers(connection)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                self._abandon(connection)
                raise

    def _opened(self) -> sqlite3.Connection:
        connection = open_writer(self.path, busy_timeout_s=self._busy_timeout_s)
        try:
            with translated(self.path):
                bring_up_to_date(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _look_for_strangers(self, connection: sqlite3.Connection) -> None:
        """Drop the states when anybody else wrote to the file since our last transaction."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._data_version:
            self._data_version = version
            self._folder.forget()

    def _abandon(self, connection: sqlite3.Connection) -> None:
        self._folder.forget()
        self._connection = None
        connection.close()  # rolls back

    # --- reading ---

    def reading(self) -> AbstractContextManager[Reader]:
        """Lend a reader on one snapshot; waits when all are lent."""
        return self._pool.reading()

    def export_canonical(self) -> Iterator[bytes]:
        """Yield the derived graph as sorted JSON lines without receipt times, row ids or generated ids."""
        with self._pool.connection() as connection:
            yield from canonical_lines(connection)

    def export_events(self) -> Iterator[bytes]:
        """Yield the bodies of the log's events in order of receipt."""
        with self._pool.connection() as connection:
            for rows in log.logged(connection):
                for row in rows:
                    yield row.body

    def close(self) -> None:
        """Close all connections; readers still lent close theirs when given back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._folder.forget()
            self._claim.give_back()
        self._pool.close()


def _kept(each: Incoming, folded: dict[bytes, Folded], fresh: dict[bytes, Incoming]) -> Kept:
    if fresh.get(each.id) is each:
        done = folded[each.id]
        return Kept(each.id, new=True, warnings=done.warnings, fold_error=done.error)
    warnings = [warning.to_json() for warning in each.checked.warnings]
    return Kept(each.id, new=False, warnings=orjson.dumps(warnings) if warnings else None, fold_error=None)


def open_store(folder: Path) -> SqliteStore:
    """Open the store in a folder, making both when there are none.

    Raises StoreUnavailableError, StoreCorruptError or StoreVersionError, each saying what is wrong with which file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the data folder {folder} cannot be made: {error.strerror}; choose another or change its rights"
        raise StoreError(message) from error
    return SqliteStore(folder)
