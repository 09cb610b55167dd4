"""The sqlite3 hook. The types of sqlite3 are of C, so connections are made by a subclass: the user's own, or sqlite3's.

Wrapped are `sqlite3.connect` and `sqlite3.dbapi2.connect`; a connection made before, or by calling the class itself, is
not seen. aiosqlite's connections live in a thread of its own and are left to its hook. It must not import sqlite3
before the host does. Source: CPython 3.11 to 3.14, `Modules/_sqlite/connection.c` and `cursor.c`.
"""

# The classes are made from bases that are known at run time only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from sys import _getframe  # pyright: ignore[reportPrivateUsage]

from whence.hooks._database import statement_kind as kinds
from whence.hooks._database.engine_source import source_at
from whence.hooks._database.following import DriverHook, Sources, outer_run
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.hooks._database.engine_source import EngineSource

_MAX_CLASSES = 256
_THREADED = "aiosqlite"


class FileHook(DriverHook):
    """What sqlite3 and aiosqlite share: a file as the place, and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self._sources = Sources("sqlite")

    def source_of(self, connection: Any) -> EngineSource:
        """Return the file that the connection was opened with."""
        path = connection.whence_path
        if path in ("", ":memory:"):
            return source_at("sqlite", database=":memory:")  # each is a database of its own
        return self._sources.at(database=path)

    def script(self, connection: Any, text: str, *, was_open: bool) -> None:
        """Follow a script: sqlite3 commits before it, and each statement of it unless it begins a transaction."""
        try:
            if was_open:
                self.committed(connection)
            pieces = kinds.pieces(text, "sqlite")
            run = outer_run(kinds.DDL if any(kind == kinds.DDL for _, kind in pieces) else kinds.ORDINARY)
            if run is not None and not self.is_off:
                link = self.link_of(connection) or self.new_link(connection)
                self.replay(link, [(run, *piece) for piece in pieces])
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)


class Sqlite3Hook(FileHook):
    """Wraps `connect`."""

    requires = "sqlite3"
    name = "sqlite3"

    def __init__(self) -> None:
        super().__init__()
        self._patches = Patches("sqlite3")
        self._classes: dict[tuple[type, type], type] = {}
        self._bases: tuple[Any, Any] | None = None

    def install(self) -> None:
        """Wrap the functions that connect. Repeating it has no effect."""
        import sqlite3  # noqa: PLC0415  the instrumented library

        if self._bases is None:
            cursor = _cursor_class(self, sqlite3)
            self._bases = _connection_class(self, sqlite3, cursor), cursor
        self.is_off = False
        self._patches.switch_on()
        self._patches.put_everywhere("sqlite3", "connect", self._connect)

    def uninstall(self) -> None:
        """Put the functions back; connections that are open fall silent. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    def watched(self, given: type, base: type) -> type:
        """Return a subclass of the user's class that tells us; one a class."""
        if issubclass(given, base):
            return given
        if issubclass(base, given):
            return base
        known = self._classes.get((given, base))
        if known is None:
            known = type(given.__name__, (given, base), {"__module__": given.__module__, "__slots__": ()})
            known.__qualname__ = given.__qualname__
            if len(self._classes) < _MAX_CLASSES:
                self._classes[given, base] = known
        return known

    def _connect(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches = self._patches

        def connect(*args: Any, **kwargs: Any) -> Any:
            if not patches.is_on or _getframe(1).f_globals.get("__name__", "").startswith(_THREADED):
                return original(*args, **kwargs)
            try:
                args, kwargs = self.with_factory(args, kwargs)
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)
            connection = original(*args, **kwargs)
            try:
                connection.whence_path = path_of(args[0] if args else kwargs.get("database"))
            except Exception as failure:  # noqa: BLE001  border: made by a factory of the user's
                self.failed(failure)
            return connection

        return connect

    def with_factory(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments of `connect` with a factory that makes watched connections."""
        if self._bases is None:
            return args, kwargs
        given = args[_FACTORY] if len(args) > _FACTORY else kwargs.get("factory", self._bases[0].__base__)
        if not isinstance(given, type):
            return args, kwargs  # a function makes what it likes
        made = self.watched(given, self._bases[0])
        if len(args) > _FACTORY:
            return (*args[:_FACTORY], made, *args[_FACTORY + 1 :]), kwargs
        return args, {**kwargs, "factory": made}

    def cursor_class(self, given: Any) -> Any:
        """Return a watched cursor class for one that the user asked for."""
        try:
            return given if self._bases is None or not isinstance(given, type) else self.watched(given, self._bases[1])
        except TypeError:
            return given  # its layout allows no other base

    def mode_changed(self, connection: Any) -> None:
        """Take note of a mode without transactions: sqlite3 commits when it changes to it."""
        try:
            if not connection.in_transaction:
                self.committed(connection)
        except Exception:  # noqa: BLE001  border: closed connections cannot say
            return


_FACTORY = 5  # the position of `factory` among the arguments of connect


def rows_of(cursor: Any) -> int:
    """Return the rows that a cursor changed; below zero when it will know only once what it returns was fetched."""
    rows = cursor.rowcount
    return -1 if rows == 0 and cursor.description is not None else rows


def path_of(database: Any) -> str:
    """Return the file of a database argument: a path, bytes, or a `file:` URI without its options."""
    import os  # noqa: PLC0415  as light as can be

    text = os.fsdecode(database)
    if text.startswith("file:"):
        text = text.partition("?")[0].removeprefix("file:").removeprefix("//localhost")
        text = text[2:] if text.startswith("///") else text
        return text if "mode=memory" not in os.fsdecode(database) else ":memory:"
    return os.path.abspath(text) if text and text != ":memory:" else text  # noqa: PTH100  the folder may change


def _connection_class(hook: Sqlite3Hook, sqlite3: Any, watched: type) -> type:
    plain, make_cursor = sqlite3.Cursor, sqlite3.Connection.cursor

    class Connection(sqlite3.Connection):
        """What every watched connection is a subclass of; the user's own class comes before it."""

        whence_path = ""
        _whence_link: Any = None

        def cursor(self, factory: Any = plain) -> Any:
            return make_cursor(self, watched if factory is plain else hook.cursor_class(factory))

        def execute(self, *args: Any) -> Any:
            return self.cursor().execute(*args)

        def executemany(self, *args: Any) -> Any:
            return self.cursor().executemany(*args)

        def executescript(self, *args: Any) -> Any:
            return self.cursor().executescript(*args)

        def commit(self) -> None:
            super().commit()
            hook.committed(self)

        def rollback(self) -> None:
            super().rollback()
            hook.rolled_back(self)

        def __exit__(self, *error: object) -> Any:
            result = super().__exit__(*error)
            hook.committed(self, is_kept=error[0] is None)
            return result

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name in ("isolation_level", "autocommit"):
                hook.mode_changed(self)

    Connection.__module__, Connection.__qualname__ = "sqlite3", "Connection"
    return Connection


def _cursor_class(hook: Sqlite3Hook, sqlite3: Any) -> type:
    heard, run, run_many = hook.heard, sqlite3.Cursor.execute, sqlite3.Cursor.executemany

    class Cursor(sqlite3.Cursor):
        """What every watched cursor is a subclass of; the user's own class comes before it."""

        __slots__ = ()

        def execute(self, sql: str, *args: Any) -> Any:
            try:
                result = run(self, sql, *args)
            except Exception as failure:
                hook.broke(self.connection, failure)
                raise
            heard(self.connection, sql, rows_of(self), self)
            return result

        def executemany(self, sql: str, *args: Any) -> Any:
            try:
                result = run_many(self, sql, *args)
            except Exception as failure:
                hook.broke(self.connection, failure)
                raise
            heard(self.connection, sql, rows_of(self), self)
            return result

        def executescript(self, sql: str) -> Any:
            was_open = self.connection.in_transaction
            result = super().executescript(sql)
            hook.script(self.connection, sql, was_open=was_open)
            return result

    Cursor.__module__, Cursor.__qualname__ = "sqlite3", "Cursor"
    return Cursor


HOOK = Sqlite3Hook()
