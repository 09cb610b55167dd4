"""The psycopg 3 hook: cursors of every kind, sync and async, COPY, server-side cursors, pipelines, two-phase.

Methods of psycopg's own classes are wrapped, so cursors and connections made before are seen as well, and no type
changes. COMMIT, ROLLBACK and savepoints, also those of `connection.transaction()`, pass through one generator of the
connection. In a pipeline nothing is known before its next sync: what was sent waits, and is dropped if the sync fails.
It must not import psycopg before the host does. Source: psycopg 3.3 `_connection_base.py`, `_pipeline_base.py`.
"""

# The library's objects are taken as they come.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
from __future__ import annotations

from whence.context import current_run
from whence.hooks._database import statement_kind as kinds
from whence.hooks._database.following import KEY, DriverHook, Sources, schema_in
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from typing import Any

    from whence._runs.ledger import Link
    from whence.context import Run
    from whence.hooks._database.engine_source import EngineSource

_WAITING = "_whence_waiting"
_MAX_WAITING = 10_000


class PsycopgHook(DriverHook):
    """Wraps the classes of psycopg 3."""

    requires = "psycopg"
    name = "psycopg"

    def __init__(self) -> None:
        super().__init__()
        self._patches = Patches("psycopg")
        self._sources = Sources("postgresql")

    def install(self) -> None:
        """Wrap cursors and connections. Repeating it has no effect."""
        import psycopg  # noqa: PLC0415  the instrumented library
        from psycopg import _connection_base, _pipeline_base  # noqa: PLC0415

        self.is_off = False
        self._patches.switch_on()
        put = self._patches.put
        for owner in (psycopg.Cursor, psycopg.ServerCursor):
            put(owner, "execute", self._execute)
            put(owner, "executemany", self._execute)
        for owner in (psycopg.AsyncCursor, psycopg.AsyncServerCursor):
            put(owner, "execute", self._execute_async)
            put(owner, "executemany", self._execute_async)
        put(psycopg.Cursor, "stream", self._stream)
        put(psycopg.AsyncCursor, "stream", self._stream_async)
        put(psycopg.Cursor, "copy", self._copy(_Copy))
        put(psycopg.AsyncCursor, "copy", self._copy(_AsyncCopy))
        put(_connection_base.BaseConnection, "_exec_command", self._exec_command)
        put(_pipeline_base.BasePipeline, "_sync_gen", self._sync)
        put(_pipeline_base.BasePipeline, "_exit_gen", self._sync)
        put(_pipeline_base.BasePipeline, "_process_results", self._process_results)

    def uninstall(self) -> None:
        """Put the methods back. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    def source_of(self, connection: Any) -> EngineSource:
        """Return the server and database, from libpq's own connection."""
        pgconn = connection.pgconn
        options = _text(pgconn.options)
        path = pgconn.parameter_status(b"search_path")  # told by PostgreSQL 18 and later
        schema = schema_in(_text(path)) if path else schema_in(options, of_options=True)
        return self._sources.at(_text(pgconn.host), _text(pgconn.port), _text(pgconn.db), schema)

    def text_of(self, statement: Any, connection: Any) -> str:
        """Return the text of composed SQL, bytes and template strings."""
        if hasattr(statement, "interpolations"):
            return "?".join(statement.strings)
        return super().text_of(statement, connection)

    # --- statements

    def _execute(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard, tell, broke = self.heard, self._tell, self.broke

        def execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                result = original(self, query, *args, **kwargs)
            except Exception as failure:
                broke(self._conn, failure)
                raise
            connection = self._conn
            if connection._pipeline is None:  # noqa: SLF001  as psycopg's own cursors do
                heard(connection, query, self._rowcount, self)
            else:
                tell(connection, query)
            return result

        return execute

    def _execute_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard, tell, broke = self.heard, self._tell, self.broke

        async def execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                result = await original(self, query, *args, **kwargs)
            except Exception as failure:
                broke(self._conn, failure)
                raise
            connection = self._conn
            if connection._pipeline is None:  # noqa: SLF001  as above
                heard(connection, query, self._rowcount, self)
            else:
                tell(connection, query)
            return result

        return execute

    def _stream(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard = self.heard

        def stream(self: Any, query: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
            is_told = False
            for row in original(self, query, *args, **kwargs):
                if not is_told:
                    is_told = True
                    heard(self._conn, query, -1, self)
                yield row
            if not is_told:
                heard(self._conn, query, -1, self)

        return stream

    def _stream_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        heard = self.heard

        async def stream(self: Any, query: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            is_told = False
            async for row in original(self, query, *args, **kwargs):
                if not is_told:
                    is_told = True
                    heard(self._conn, query, -1, self)
                yield row
            if not is_told:
                heard(self._conn, query, -1, self)

        return stream

    def _copy(self, made: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def copy(cursor: Any, statement: Any, *args: Any, **kwargs: Any) -> Any:
                return made(self, cursor, statement, original(cursor, statement, *args, **kwargs))

            return copy

        return wrap

    def copied(self, cursor: Any, statement: Any) -> None:
        """Take note of a COPY that went through."""
        self.heard(cursor._conn, statement, cursor.rowcount, cursor, 3)  # noqa: SLF001  the connection of a cursor

    # --- transactions

    def _exec_command(self, original: Callable[..., Any]) -> Callable[..., Any]:
        follow = self._follow_command

        def _exec_command(self: Any, command: Any, *args: Any, **kwargs: Any) -> Any:
            steps = original(self, command, *args, **kwargs)
            link = getattr(self, KEY, None)
            if link is None and getattr(self, _WAITING, None) is None:
                return steps
            return follow(self, link, command, steps)

        return _exec_command

    def _follow_command(self, connection: Any, link: Link | None, command: Any, steps: Any) -> Any:
        """Let psycopg send a command of its own; what it did to the transaction is known when it is done."""
        text, kind = self._command(connection, command)
        if kind not in kinds.STEERING:
            return (yield from steps)
        if connection._pipeline is not None:  # noqa: SLF001  psycopg's own attribute
            result = yield from steps
            self._wait(connection, None, text, kind)
            return result
        is_kept = self.before_commit(connection)
        try:
            result = yield from steps
        except BaseException:
            if kind == kinds.COMMIT:
                self.rolled_back(connection)
            raise
        if link is not None:
            try:
                self.steer(link, kind if is_kept or kind != kinds.COMMIT else kinds.ROLLBACK, text)
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)
        return result

    def _command(self, connection: Any, command: Any) -> tuple[str, int]:
        try:
            text = command if isinstance(command, str) else self.text_of(command, connection)
            kind = kinds.kind_of(text)
            if kind == kinds.SCRIPT:  # psycopg leaves a savepoint by two commands at once
                text, kind = kinds.pieces(text, "postgres")[0]
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)
            return "", kinds.IGNORED
        return text, kind

    # --- pipelines

    def _tell(self, connection: Any, query: Any) -> None:
        """Keep a statement that was sent until the pipeline's next sync says that it went through."""
        try:
            run = current_run()
            if run is not None and not self.is_off:
                text = query if isinstance(query, str) else self.text_of(query, connection)
                self._wait(connection, run, text, kinds.kind_of(text))
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)

    def _wait(self, connection: Any, run: Run | None, text: str, kind: int) -> None:
        waiting = getattr(connection, _WAITING, None)
        if waiting is None:
            waiting = []
            setattr(connection, _WAITING, waiting)
        if len(waiting) < _MAX_WAITING:
            waiting.append((run, text, kind))

    def _process_results(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def _process_results(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return original(self, *args, **kwargs)
            except BaseException:
                self._whence_failed = True  # psycopg raises it once, where somebody may swallow it
                raise

        return _process_results

    def _sync(self, original: Callable[..., Any]) -> Callable[..., Any]:
        settle = self._settle

        def _sync_gen(self: Any) -> Any:
            try:
                result = yield from original(self)
            except BaseException:
                settle(self, is_kept=False)
                raise
            settle(self, is_kept=not getattr(self, "_whence_failed", False))
            return result

        return _sync_gen

    def _settle(self, pipeline: Any, *, is_kept: bool) -> None:
        """Follow, or forget, what was sent since the last sync: what failed took the rest with it."""
        try:
            pipeline._whence_failed = False  # noqa: SLF001  ours
            connection = pipeline._conn  # noqa: SLF001  psycopg's own attribute
            waiting = getattr(connection, _WAITING, None)
            if waiting:
                setattr(connection, _WAITING, [])
                if is_kept:
                    self.replay(self.link_of(connection) or self.new_link(connection), waiting)
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)


def _text(value: bytes | None) -> str:
    return value.decode("utf-8", "replace") if value else ""


class _Copy:
    """psycopg's COPY block; afterwards the hook is told."""

    def __init__(self, hook: PsycopgHook, cursor: Any, statement: Any, block: Any) -> None:
        self._hook = hook
        self._cursor = cursor
        self._statement = statement
        self._block = block

    def __enter__(self) -> Any:
        return self._block.__enter__()

    def __exit__(self, *error: object) -> Any:
        result = self._block.__exit__(*error)
        if error[0] is None:
            self._hook.copied(self._cursor, self._statement)
        return result


class _AsyncCopy(_Copy):
    async def __aenter__(self) -> Any:
        return await self._block.__aenter__()

    async def __aexit__(self, *error: object) -> Any:
        result = await self._block.__aexit__(*error)
        if error[0] is None:
            self._hook.copied(self._cursor, self._statement)
        return result


HOOK = PsycopgHook()
