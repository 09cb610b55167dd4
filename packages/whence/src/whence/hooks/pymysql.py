"""The PyMySQL and aiomysql hooks: cursors, commit, rollback, `select_db`, on MySQL and MariaDB.

Methods of the libraries' own classes are wrapped, so every cursor class and every connection is seen. `executemany`
sends pages that hold values: only the statement that the user wrote is noted. It must not import the libraries before
the host does. Source: PyMySQL 1.2, aiomysql 0.3.
"""

from __future__ import annotations

from whence.hooks._database.following import DriverHook, Sources
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.hooks._database.engine_source import EngineSource

_MANY = "_whence_many"
_ENDINGS = (("commit", True), ("begin", True), ("rollback", False), ("connect", False), ("_connect", False))


class MySqlHook(DriverHook):
    """What both libraries share: they have the same names and attributes."""

    requires = ""
    connection_of = "connection"
    """The attribute of a cursor that holds its connection."""

    def __init__(self) -> None:
        super().__init__()
        self._patches = Patches(self.name)
        self._sources = Sources("mysql")

    def uninstall(self) -> None:
        """Put the methods back. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    def source_of(self, connection: Any) -> EngineSource:
        """Return the server, and the database that is in use."""
        database = connection.db
        name = database.decode("utf-8", "replace") if isinstance(database, bytes) else database
        return self._sources.at(connection.host, connection.port, name)

    def entered(self, connection: Any, database: Any) -> None:
        """Take note that another database is in use from now on."""
        try:
            if database:
                link = self.link_of(connection) or self.new_link(connection)
                name = database.decode("utf-8", "replace") if isinstance(database, bytes) else str(database)
                link.rescope(self._sources.at(connection.host, connection.port, name), lasts=True)
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)


class PyMySqlHook(MySqlHook):
    """Wraps the classes of PyMySQL."""

    requires = "pymysql"
    name = "PyMySQL"

    def install(self) -> None:
        """Wrap cursors and connections. Repeating it has no effect."""
        from pymysql.connections import Connection  # noqa: PLC0415  the instrumented library
        from pymysql.cursors import Cursor  # noqa: PLC0415

        self.is_off = False
        self._patches.switch_on()
        self._patches.put(Cursor, "execute", self._execute)
        self._patches.put(Cursor, "executemany", self._executemany)
        self._patches.put(Connection, "select_db", self._select_db)
        for name, is_kept in _ENDINGS:
            self._patches.put(Connection, name, self._ending(is_kept=is_kept))

    def _execute(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard, broke = self.heard, self.broke

        def execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            if _MANY in self.__dict__:
                return original(self, query, *args, **kwargs)
            try:
                result = original(self, query, *args, **kwargs)
            except Exception as failure:
                broke(self.connection, failure)
                raise
            heard(self.connection, query, self.rowcount, self)
            return result

        return execute

    def _executemany(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard, broke = self.heard, self.broke

        def executemany(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            self.__dict__[_MANY] = True
            try:
                result = original(self, query, *args, **kwargs)
            except Exception as failure:
                broke(self.connection, failure)
                raise
            finally:
                self.__dict__.pop(_MANY, None)
            heard(self.connection, query, -1 if result is None else self.rowcount, self)
            return result

        return executemany

    def _ending(self, *, is_kept: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            committed = self.committed

            def end(self: Any, *args: Any, **kwargs: Any) -> Any:
                result = original(self, *args, **kwargs)
                committed(self, is_kept=is_kept)
                return result

            return end

        return wrap

    def _select_db(self, original: Callable[..., Any]) -> Callable[..., Any]:
        entered = self.entered

        def select_db(self: Any, db: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, db, *args, **kwargs)
            entered(self, db)
            return result

        return select_db


class AioMySqlHook(MySqlHook):
    """Wraps the classes of aiomysql."""

    requires = "aiomysql"
    name = "aiomysql"

    def install(self) -> None:
        """Wrap cursors and connections. Repeating it has no effect."""
        from aiomysql.connection import Connection  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]
        from aiomysql.cursors import Cursor  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

        self.is_off = False
        self._patches.switch_on()
        self._patches.put(Cursor, "execute", self._execute)
        self._patches.put(Cursor, "executemany", self._executemany)
        self._patches.put(Connection, "select_db", self._select_db)
        for name, is_kept in _ENDINGS:
            self._patches.put(Connection, name, self._ending(is_kept=is_kept))

    def _execute(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard, broke = self.heard, self.broke

        async def execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            if _MANY in self.__dict__:
                return await original(self, query, *args, **kwargs)
            try:
                result = await original(self, query, *args, **kwargs)
            except Exception as failure:
                broke(self.connection, failure)
                raise
            heard(self.connection, query, self.rowcount, self)
            return result

        return execute

    def _executemany(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard, broke = self.heard, self.broke

        async def executemany(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            self.__dict__[_MANY] = True
            try:
                result = await original(self, query, *args, **kwargs)
            except Exception as failure:
                broke(self.connection, failure)
                raise
            finally:
                self.__dict__.pop(_MANY, None)
            heard(self.connection, query, -1 if result is None else self.rowcount, self)
            return result

        return executemany

    def _ending(self, *, is_kept: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            committed = self.committed

            async def end(self: Any, *args: Any, **kwargs: Any) -> Any:
                result = await original(self, *args, **kwargs)
                committed(self, is_kept=is_kept)
                return result

            return end

        return wrap

    def _select_db(self, original: Callable[..., Any]) -> Callable[..., Any]:
        entered = self.entered

        async def select_db(self: Any, db: Any, *args: Any, **kwargs: Any) -> Any:
            result = await original(self, db, *args, **kwargs)
            entered(self, db)
            return result

        return select_db


HOOK = PyMySqlHook()
AIO_HOOK = AioMySqlHook()
