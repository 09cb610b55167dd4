"""The asyncpg hook: connections, pools, prepared statements, cursors and COPY.

asyncpg's public methods are wrapped on its own classes, so pools and connections made before are seen. Its public query
logger would be called for a part of them only: not for COPY, prepared statements and cursors. Transactions are seen as
the text that asyncpg itself sends (`BEGIN;`, `SAVEPOINT ..;`). It must not import asyncpg before the host does. Source:
asyncpg 0.32 `connection.py`, `prepared_stmt.py`, `cursor.py`, `transaction.py`.
"""

# The library's objects are taken as they come.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportMissingTypeStubs=false
from __future__ import annotations

from weakref import WeakKeyDictionary

from whence._runs.ledger import Link
from whence.hooks._database.following import DriverHook, Sources, probes_of, schema_in
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.hooks._database.engine_source import EngineSource


class AsyncpgHook(DriverHook):
    """Wraps the classes of asyncpg."""

    requires = "asyncpg"
    name = "asyncpg"

    def __init__(self) -> None:
        self._links: WeakKeyDictionary[Any, Link] = WeakKeyDictionary()  # connections have slots
        super().__init__()
        self._patches = Patches("asyncpg")
        self._sources = Sources("postgresql")

    def install(self) -> None:
        """Wrap connections, prepared statements and cursors. Repeating it has no effect."""
        from asyncpg.connection import Connection  # noqa: PLC0415  the instrumented library
        from asyncpg.cursor import BaseCursor  # noqa: PLC0415
        from asyncpg.prepared_stmt import PreparedStatement  # noqa: PLC0415

        self.is_off = False
        self._patches.switch_on()
        put = self._patches.put
        put(Connection, "execute", self._execute)
        for name in ("fetch", "fetchval", "fetchrow", "fetchmany", "executemany"):
            put(Connection, name, self._query(counts=name in ("fetch", "fetchmany")))
            put(PreparedStatement, name, self._prepared_query(tells=name in ("fetch", "fetchval", "fetchrow")))
        for name in ("_bind", "_bind_exec"):
            put(BaseCursor, name, self._portal)
        for name in ("copy_from_table", "copy_to_table", "copy_records_to_table"):
            put(Connection, name, self._copy_table("TO STDOUT" if name == "copy_from_table" else "FROM STDIN"))
        put(Connection, "copy_from_query", self._copy_query)

    def uninstall(self) -> None:
        """Put the methods back. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    def link_of(self, connection: Any) -> Link | None:
        """Return what hangs on a connection."""
        return self._links.get(connection)

    def new_link(self, connection: Any) -> Link:
        """Hang a link on a connection."""
        link = self._links[connection] = Link(self.source_of(connection), *probes_of(connection, weak=True))
        return link

    def source_of(self, connection: Any) -> EngineSource:
        """Return the server and database, from what the connection was made with."""
        address, parameters = connection._addr, connection._params  # noqa: SLF001  not told otherwise without a query
        host, port = address[:2] if isinstance(address, tuple) else (None, None)
        path = (parameters.server_settings or {}).get("search_path", "")
        return self._sources.at(host, port, parameters.database, schema_in(path))

    def _execute(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard, broke = self.heard, self.broke

        async def execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                status = await original(self, query, *args, **kwargs)
            except Exception as failure:
                broke(self, failure)
                raise
            if query is not self._reset_query:  # what a pool sends when it takes a connection back
                if status == "ROLLBACK":
                    query = _rolled_back(query)
                heard(self, query, _rows(status))
            return status

        return execute

    def _query(self, *, counts: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        heard = self.heard

        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            async def query(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
                result = await original(self, query, *args, **kwargs)
                heard(self, query, len(result) if counts and result else -1)
                return result

            return query

        return wrap

    def _prepared_query(self, *, tells: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """`tells`: whether the statement knows its command tag afterwards."""
        heard = self.heard

        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            async def query(self: Any, *args: Any, **kwargs: Any) -> Any:
                result = await original(self, *args, **kwargs)
                heard(self._connection, self._query, _rows(self._last_status) if tells else -1)
                return result

            return query

        return wrap

    def _portal(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard = self.heard

        async def bind(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = await original(self, *args, **kwargs)
            heard(self._connection, self._query or self._state.query, -1, None, 3)
            return result

        return bind

    def _copy_table(self, way: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        heard = self.heard

        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            async def copy(
                self: Any, table_name: str, *args: Any, columns: Any = None, schema_name: Any = None, **kwargs: Any
            ) -> Any:
                status = await original(self, table_name, *args, columns=columns, schema_name=schema_name, **kwargs)
                names = [_quoted(each) for each in (schema_name, table_name) if each]
                heads = f" ({', '.join(_quoted(each) for each in columns)})" if columns else ""
                heard(self, f"COPY {'.'.join(names)}{heads} {way}", _rows(status))
                return status

            return copy

        return wrap

    def _copy_query(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard = self.heard

        async def copy_from_query(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            status = await original(self, query, *args, **kwargs)
            heard(self, query, -1)
            return status

        return copy_from_query


def _rows(status: Any) -> int:
    """Return the rows of a command tag such as `INSERT 0 5`."""
    text = status.decode() if isinstance(status, bytes) else status
    number = text.rpartition(" ")[2] if isinstance(text, str) else ""
    return int(number) if number.isdigit() else -1


def _rolled_back(query: Any) -> Any:
    """PostgreSQL answers ROLLBACK to the COMMIT of a failed transaction; a ROLLBACK stays what it is."""
    return query if str(query).lstrip()[:8].lower() == "rollback" else "ROLLBACK"


def _quoted(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'


HOOK = AsyncpgHook()
