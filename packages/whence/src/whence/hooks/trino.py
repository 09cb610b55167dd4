"""The Trino hook: `Cursor.execute`, with the catalogue and schema that the session is in.

When `execute` returns, what the statement wrote is written and counts at once, as a read does, however much of it is
fetched; in a transaction, the connection's commit decides. EXECUTE stands for the statement that the session prepared.
It must not import trino before the host does. Source: trino 0.330 to 0.340 `dbapi.py`, `client.py`, on Trino 476.
"""

from __future__ import annotations

import re

from whence.hooks._database.following import DriverHook, Sources
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.hooks._database.engine_source import EngineSource

_EXECUTE = re.compile(r"""\s*EXECUTE\s+(?!IMMEDIATE\b)"?(\w+)""", re.IGNORECASE)


class TrinoHook(DriverHook):
    """Wraps the classes of the Trino client."""

    requires = "trino.dbapi"
    name = "trino"

    def __init__(self) -> None:
        super().__init__()
        self._patches = Patches("trino")
        self._sources = Sources("trino")

    def install(self) -> None:
        """Wrap cursors and connections. Repeating it has no effect."""
        from trino import dbapi  # noqa: PLC0415  the instrumented library

        self.is_off = False
        self._patches.switch_on()
        self._patches.put(dbapi.Cursor, "execute", self._execute)
        if hasattr(dbapi, "SegmentCursor"):  # not in 0.330
            self._patches.put(dbapi.SegmentCursor, "execute", self._execute)
        self._patches.put(dbapi.Connection, "commit", self._ending(is_kept=True))
        self._patches.put(dbapi.Connection, "rollback", self._ending(is_kept=False))

    def uninstall(self) -> None:
        """Put the methods back. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    def source_of(self, connection: Any) -> EngineSource:
        """Return the server, and the catalogue and schema that the session is in by now."""
        session = connection._client_session  # noqa: SLF001  USE changes it
        catalog, schema = ((name or "").lower() or None for name in (session.catalog, session.schema))
        return self._sources.at(connection.host, connection.port).at(catalog, schema)

    def _execute(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard, said = self.heard, self._said

        def execute(self: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, operation, *args, **kwargs)
            try:
                connection, statement = said(self, operation)
            except Exception as failure:  # noqa: BLE001  border
                HOOK.failed(failure)
            else:
                heard(connection, statement, self.rowcount, self)
            return result

        return execute

    def _said(self, cursor: Any, operation: Any) -> tuple[Any, Any]:
        """Return the connection, its source up to date, and the statement that was really executed."""
        connection = cursor.connection
        link = self.link_of(connection)
        if link is not None:
            link.source = link.lasting = self.source_of(connection)
        prepared = connection._client_session.prepared_statements  # noqa: SLF001  which the server told
        name = _EXECUTE.match(operation) if prepared else None
        return connection, operation if name is None else prepared.get(name[1], operation)

    def _ending(self, *, is_kept: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        committed = self.committed

        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def end(self: Any, *args: Any, **kwargs: Any) -> Any:
                result = original(self, *args, **kwargs)
                committed(self, is_kept=is_kept)
                return result

            return end

        return wrap


HOOK = TrinoHook()
