"""The Trino hook: `Cursor.execute`, with the catalogue and schema that the session is in.

A query is under way when `execute` returns: what it wrote counts once the client has read it to its end, a read counts
at once. Without a transaction each cursor stands for itself; in one, the connection's commit decides.
It must not import trino before the host does. Source: trino 0.340 `dbapi.py`, `client.py`.
"""

from __future__ import annotations

from _weakref import ref

from whence._runs.ledger import Link
from whence.hooks._database import statement_kind as kinds
from whence.hooks._database.following import KEY, DriverHook, Sources, probes_of
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.context import Run
    from whence.hooks._database.engine_source import EngineSource


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
        from trino.dbapi import Connection, Cursor, SegmentCursor  # noqa: PLC0415  the instrumented library

        self.is_off = False
        self._patches.switch_on()
        for owner in (Cursor, SegmentCursor):
            self._patches.put(owner, "execute", self._execute)
        for name in ("fetchone", "fetchmany", "fetchall"):
            self._patches.put(Cursor, name, self._fetch)
        self._patches.put(Connection, "commit", self._ending(is_kept=True))
        self._patches.put(Connection, "rollback", self._ending(is_kept=False))

    def uninstall(self) -> None:
        """Put the methods back. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    def new_link(self, connection: Any) -> Link:
        """Hang a link on a cursor, or on the connection while that is in a transaction."""
        held: Any = ref(connection)
        if hasattr(connection, "start_transaction"):
            link = Link(self.source_of(connection), *probes_of(connection, weak=True))
        else:
            link = Link(self.source_of(connection.connection), lambda: not _is_done(held()))
        setattr(connection, KEY, link)
        return link

    def source_of(self, connection: Any) -> EngineSource:
        """Return the server, and the catalogue and schema that the session is in by now."""
        session = connection._client_session  # noqa: SLF001  USE changes it
        path = f"{session.catalog or ''}/{session.schema or ''}".strip("/")
        return self._sources.at(connection.host, connection.port, path if session.catalog else None)

    def steer(self, link: Link, kind: int, statement: str, cursor: Any = None, run: Run | None = None) -> None:
        """Follow a statement that steers the transaction; USE changes the session, which is asked."""
        if kind != kinds.SCOPE:
            super().steer(link, kind, statement, cursor, run)

    def place(self, cursor: Any) -> Any:
        """Return what the statement's link hangs on; bring its source up to date."""
        connection = cursor.connection
        holder = cursor if connection.transaction is None else connection
        link = self.link_of(holder)
        if link is not None:
            link.source = link.lasting = self.source_of(connection)
        return holder

    def _execute(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard, place = self.heard, self.place

        def execute(self: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, operation, *args, **kwargs)
            try:
                holder = place(self)
            except Exception as failure:  # noqa: BLE001  border
                HOOK.failed(failure)
            else:
                heard(holder, operation, self.rowcount, self)
            return result

        return execute

    def _fetch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        committed = self.committed

        def fetch(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, *args, **kwargs)
            link = self.__dict__.get(KEY)
            if link is not None and link.is_open and _is_done(self):
                committed(self)
            return result

        return fetch

    def _ending(self, *, is_kept: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        committed = self.committed

        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def end(self: Any, *args: Any, **kwargs: Any) -> Any:
                result = original(self, *args, **kwargs)
                committed(self, is_kept=is_kept)
                return result

            return end

        return wrap


def _is_done(cursor: Any) -> bool:
    query = getattr(cursor, "_query", None)
    return query is not None and bool(query.finished)


HOOK = TrinoHook()
