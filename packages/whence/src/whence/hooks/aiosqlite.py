"""The aiosqlite hook: what it hands to its thread is noted where it was asked for, in the run of the task.

Everything passes through one method of its connection, which gets a method of the sqlite3 connection or cursor and the
statement. The sqlite3 hook leaves the connections in aiosqlite's threads alone.
It must not import aiosqlite before the host does. Source: aiosqlite 0.22 `core.py`, `cursor.py`.
"""

from __future__ import annotations

from whence.hooks._patches import Patches
from whence.hooks.sqlite3 import FileHook, path_of, rows_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ONE = frozenset(("execute", "executemany", "_execute_fetchall", "_execute_insert"))


class AioSqliteHook(FileHook):
    """Wraps `connect` and the one method that all work passes through."""

    requires = "aiosqlite"
    name = "aiosqlite"

    def __init__(self) -> None:
        super().__init__()
        self._patches = Patches("aiosqlite")

    def install(self) -> None:
        """Wrap it. Repeating it has no effect."""
        from aiosqlite.core import Connection  # noqa: PLC0415  the instrumented library

        self.is_off = False
        self._patches.switch_on()
        self._patches.put_everywhere("aiosqlite", "connect", self._connect)
        self._patches.put(Connection, "_execute", self._execute)

    def uninstall(self) -> None:
        """Put both back. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    def _connect(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(database: Any, *args: Any, **kwargs: Any) -> Any:
            connection = original(database, *args, **kwargs)
            try:
                connection.whence_path = path_of(database)
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)
            return connection

        return connect

    def _execute(self, original: Callable[..., Any]) -> Callable[..., Any]:
        hook = self

        async def _execute(self: Any, fn: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                result = await original(self, fn, *args, **kwargs)
            except Exception as failure:
                hook.broke(self, failure)
                raise
            name = getattr(fn, "__name__", "")
            if name in _ONE and args:
                if hasattr(self, "whence_path"):
                    hook.heard(self, args[0], rows_of(result) if hasattr(result, "rowcount") else -1, None)
            elif name == "executescript" and args and hasattr(self, "whence_path"):
                hook.script(self, args[0], was_open=True)
            elif name in ("commit", "rollback"):
                hook.committed(self, is_kept=name == "commit")
            return result

        return _execute


HOOK = AioSqliteHook()
