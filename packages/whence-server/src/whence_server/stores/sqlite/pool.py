"""Reading connections, lent one at a time: each reader sees one snapshot from its first statement to its end."""

from __future__ import annotations

import queue
from contextlib import contextmanager
from typing import TYPE_CHECKING

from whence_server.errors import StoreError, StoreUnavailableError
from whence_server.stores.sqlite.connection import open_reader, translated
from whence_server.stores.sqlite.reader import SqliteReader

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator
    from pathlib import Path

    from whence_server.stores.base import Reader

_WAIT_S = 30.0


class ReaderPool:
    """At most `size` connections, opened when first needed, the one used last lent first."""

    def __init__(self, path: Path, *, size: int, busy_timeout_s: float, wait_s: float = _WAIT_S) -> None:
        self._path = path
        self._wait_s = wait_s
        self._busy_timeout_s = busy_timeout_s
        self._closed = False
        self._free: queue.LifoQueue[sqlite3.Connection | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)

    @contextmanager
    def reading(self) -> Generator[Reader]:
        """Lend a reader on one snapshot."""
        with self.connection() as connection:
            yield SqliteReader(connection)

    @contextmanager
    def connection(self) -> Generator[sqlite3.Connection]:
        """Lend a connection within a transaction that only reads."""
        connection = self._taken()
        broken = False
        try:
            with translated(self._path):
                connection = connection or open_reader(self._path, busy_timeout_s=self._busy_timeout_s)
                connection.execute("BEGIN")
                yield connection
        except StoreError:
            broken = True
            raise
        finally:
            self._give_back(connection, broken=broken)

    def _taken(self) -> sqlite3.Connection | None:
        if self._closed:
            raise StoreUnavailableError("the store is closed")
        try:
            return self._free.get(timeout=self._wait_s)
        except queue.Empty:
            raise StoreUnavailableError(
                f"no reader became free within {self._wait_s:g} s; ask for less at a time"
            ) from None

    def _give_back(self, connection: sqlite3.Connection | None, *, broken: bool) -> None:
        if connection is not None and (self._closed or broken):
            connection.close()
            connection = None
        elif connection is not None:
            connection.execute("ROLLBACK")
        self._free.put(connection)

    def close(self) -> None:
        """Close the connections that are free; those still lent are closed when given back."""
        self._closed = True
        free = 0
        while not self._free.empty():
            connection = self._free.get_nowait()
            if connection is not None:
                connection.close()
            free += 1
        for _ in range(free):
            self._free.put(None)
