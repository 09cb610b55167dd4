"""The psycopg2 hook. Its types are of C, so connections and cursors are made by subclasses: the user's own, or its.

Wrapped is `psycopg2.connect`; the user's connection and cursor factories stay what they are, with our class behind them
in the order of resolution. `execute_values` and `execute_batch` are noted once, by the statement that the user wrote.
It must not import psycopg2 before the host does. Source: psycopg2 2.9 `__init__.py`, `extras.py`.
"""

# The classes are made from bases that are known at run time only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from whence.hooks._database import statement_kind as kinds
from whence.hooks._database.following import DriverHook, Sources, schema_in
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.hooks._database.engine_source import EngineSource

_MAX_CLASSES = 256


class Psycopg2Hook(DriverHook):
    """Wraps `connect` and the helpers that send many rows."""

    requires = "psycopg2"
    name = "psycopg2"

    def __init__(self) -> None:
        super().__init__()
        self._patches = Patches("psycopg2")
        self._sources = Sources("postgresql")
        self._classes: dict[tuple[type, type], type] = {}
        self._bases: tuple[Any, Any] | None = None

    def install(self) -> None:
        """Wrap the functions. Repeating it has no effect."""
        import psycopg2.extras  # noqa: PLC0415  the instrumented library
        from psycopg2 import extensions  # noqa: PLC0415

        if self._bases is None:
            cursor = _cursor_class(self, extensions)
            self._bases = _connection_class(self, extensions, cursor), cursor
        self.is_off = False
        self._patches.switch_on()
        self._patches.put(psycopg2, "connect", self._connect)
        self._patches.put(psycopg2.extras, "execute_values", lambda original: self._pages(original, counts=True))
        self._patches.put(psycopg2.extras, "execute_batch", lambda original: self._pages(original, counts=False))

    def uninstall(self) -> None:
        """Put the functions back; connections that are open fall silent. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    def source_of(self, connection: Any) -> EngineSource:
        """Return the server and database, from libpq's own connection."""
        info = connection.info
        path = info.parameter_status("search_path")  # told by PostgreSQL 18 and later
        schema = schema_in(path) if path else schema_in(info.options or "", of_options=True)
        return self._sources.at(info.host, info.port, info.dbname, schema)

    def watched(self, given: Any, base: type) -> Any:
        """Return a subclass of the user's class that tells us; one a class. A function makes what it likes."""
        if not isinstance(given, type) or issubclass(given, base):
            return given
        if issubclass(base, given):
            return base
        known = self._classes.get((given, base))
        if known is None:
            try:
                known = type(given.__name__, (given, base), {"__module__": given.__module__})
            except TypeError:
                return given  # its layout allows no other base
            known.__qualname__ = given.__qualname__
            if len(self._classes) < _MAX_CLASSES:
                self._classes[given, base] = known
        return known

    def cursor_class(self, given: Any) -> Any:
        """Return a watched cursor class for one that the user asked for."""
        return given if self._bases is None else self.watched(given, self._bases[1])

    def _connect(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches = self._patches

        def connect(dsn: Any = None, connection_factory: Any = None, *args: Any, **kwargs: Any) -> Any:
            is_async = kwargs.get("async") or kwargs.get("async_")  # then nothing is known when execute returns
            if patches.is_on and self._bases is not None and not is_async:
                base = self._bases[0]
                connection_factory = self.watched(connection_factory or base, base)
            return original(dsn, connection_factory, *args, **kwargs)

        return connect

    def _pages(self, original: Callable[..., Any], *, counts: bool) -> Callable[..., Any]:
        """Wrap a helper that sends one statement in pages: the pages hold values and are of no interest.

        `counts`: whether the rows of a page are those of all its statements.
        """

        def paged(cur: Any, sql: Any, *args: Any, **kwargs: Any) -> Any:
            if not hasattr(cur, "whence_quiet"):
                return original(cur, sql, *args, **kwargs)
            before, cur.whence_quiet = cur.whence_quiet, [0]
            try:
                result = original(cur, sql, *args, **kwargs)
            finally:
                pages, cur.whence_quiet = cur.whence_quiet, before
            if before is None:
                self.heard(cur.connection, sql, pages[0] if counts else -1, cur)
            return result

        return paged

    def two_phase(self, connection: Any, kind: int, xid: Any) -> None:
        """Follow one step of a two-phase transaction; one that was not prepared ends as any other."""
        try:
            link = self.link_of(connection) or self.new_link(connection)
            key = link.source.uri, str(xid)
            if kind == kinds.PREPARE or key in self._prepared:
                self.decide(link, kind, key)
            else:
                self.committed(connection, is_kept=kind == kinds.COMMIT_PREPARED)
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)

    def finish(self, connection: Any, call: Callable[[], Any], kind: int) -> Any:
        """Commit or roll back, and take note of what became of it."""
        is_kept = kind != kinds.COMMIT or self.before_commit(connection)
        try:
            result = call()
        except BaseException:
            self.rolled_back(connection)
            raise
        self.committed(connection, is_kept=is_kept and kind == kinds.COMMIT)
        return result


def _connection_class(hook: Psycopg2Hook, extensions: Any, watched: type) -> type:  # noqa: C901  a class with methods
    make_cursor = extensions.connection.cursor

    class Connection(extensions.connection):
        """What every watched connection is a subclass of; the user's own class comes before it."""

        _whence_link: Any = None
        whence_xid: Any = None

        def cursor(self, *args: Any, **kwargs: Any) -> Any:
            if not args and not kwargs:
                given = self.cursor_factory
                return make_cursor(self, cursor_factory=watched if given is None else hook.cursor_class(given))
            if len(args) > 1:  # name, cursor_factory
                args = (args[0], hook.cursor_class(args[1] or extensions.cursor), *args[2:])
            else:
                given = kwargs.get("cursor_factory") or self.cursor_factory or extensions.cursor
                kwargs["cursor_factory"] = hook.cursor_class(given)
            return make_cursor(self, *args, **kwargs)

        def commit(self) -> None:
            hook.finish(self, super().commit, kinds.COMMIT)

        def rollback(self) -> None:
            hook.finish(self, super().rollback, kinds.ROLLBACK)

        def reset(self) -> None:
            super().reset()
            hook.rolled_back(self)

        def tpc_begin(self, xid: Any) -> None:
            super().tpc_begin(xid)
            self.whence_xid = xid

        def tpc_prepare(self) -> None:
            super().tpc_prepare()
            hook.two_phase(self, kinds.PREPARE, self.whence_xid)

        def tpc_commit(self, *xid: Any) -> None:
            super().tpc_commit(*xid)
            hook.two_phase(self, kinds.COMMIT_PREPARED, *(xid or (self.whence_xid,)))

        def tpc_rollback(self, *xid: Any) -> None:
            super().tpc_rollback(*xid)
            hook.two_phase(self, kinds.ROLLBACK_PREPARED, *(xid or (self.whence_xid,)))

    return _renamed(Connection, "connection", extensions)


def _cursor_class(hook: Psycopg2Hook, extensions: Any) -> type:
    heard, run = hook.heard, extensions.cursor.execute

    class Cursor(extensions.cursor):
        """What every watched cursor is a subclass of; the user's own class comes before it."""

        whence_quiet: Any = None

        def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002  psycopg2's own name
            try:
                run(self, query, vars)
            except Exception as failure:
                hook.broke(self.connection, failure)
                raise
            if self.whence_quiet is None:
                heard(self.connection, query, self.rowcount, self)
            else:
                self.whence_quiet[0] += self.rowcount

        def executemany(self, query: Any, *args: Any, **kwargs: Any) -> None:
            super().executemany(query, *args, **kwargs)
            heard(self.connection, query, self.rowcount, self)

        def copy_expert(self, sql: Any, *args: Any, **kwargs: Any) -> None:
            super().copy_expert(sql, *args, **kwargs)
            heard(self.connection, sql, self.rowcount, self)

        def copy_from(self, file: Any, table: str, *args: Any, **kwargs: Any) -> None:
            super().copy_from(file, table, *args, **kwargs)
            columns = kwargs.get("columns") or (args[3] if len(args) > 3 else None)  # noqa: PLR2004  sep, null, size
            heard(self.connection, _copy(table, columns, "FROM STDIN"), self.rowcount, self)

        def copy_to(self, file: Any, table: str, *args: Any, **kwargs: Any) -> None:
            super().copy_to(file, table, *args, **kwargs)
            columns = kwargs.get("columns") or (args[2] if len(args) > 2 else None)  # noqa: PLR2004  sep, null
            heard(self.connection, _copy(table, columns, "TO STDOUT"), self.rowcount, self)

    return _renamed(Cursor, "cursor", extensions)


def _renamed(made: type, name: str, extensions: Any) -> type:
    """Give a class the name that it stands for: people print and log it."""
    made.__name__ = made.__qualname__ = name
    made.__module__ = extensions.__name__
    return made


def _copy(table: str, columns: Any, way: str) -> str:
    """Write the statement that psycopg2 sends: it quotes the table as one name, and the columns."""
    names = ", ".join(f'"{column}"' for column in columns or ())
    quoted = table.replace('"', '""')
    return f'COPY "{quoted}" ({names}) {way}' if names else f'COPY "{quoted}" {way}'


HOOK = Psycopg2Hook()
