"""The Snowflake connector's hook: statements at once, and asynchronous ones when the client learns of their success.

Account, database and schema are those the session is in: they are asked of the connector again after USE and DDL, by
attributes that send nothing. Snowflake commits each statement unless a transaction was begun or AUTOCOMMIT is off; DDL
always commits. Nobody is polled: an asynchronous statement that nobody asks about is not told. It must not import the
connector before the host does. Source: snowflake-connector-python 5.2 `cursor/_base.py`, `connection/`.
"""

# The library's objects are taken as they come.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from _weakref import ref

from whence._runs.ledger import Link
from whence.context import current_run
from whence.hooks._database import statement_kind as kinds
from whence.hooks._database.following import KEY, DriverHook, Sources
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.context import Run
    from whence.hooks._database.engine_source import EngineSource

_QUIET = "_whence_quiet"
_WAITING = "_whence_waiting"
_MAX_WAITING = 1000
_DOMAINS = (".snowflakecomputing.com", ".snowflakecomputing.cn")


class Session:
    """Whether a transaction is open: the connector does not say, so BEGIN, COMMIT and ROLLBACK are followed."""

    def __init__(self, connection: Any) -> None:
        self._connection: Any = ref(connection)
        self.has_begun = False
        self.is_ddl = False

    def follow(self, kind: int, statement: str) -> None:
        """Take note of a statement that went through."""
        self.is_ddl = kind == kinds.DDL
        if kind in (kinds.COMMIT, kinds.ROLLBACK, kinds.DDL):
            self.has_begun = False
        elif kind == kinds.IGNORED and statement.lstrip()[:5].upper() in ("BEGIN", "START"):
            self.has_begun = True

    def is_open(self) -> bool:
        """Whether what was done last waits for a commit."""
        if self.is_ddl:
            return False
        if self.has_begun:
            return True
        parameters = getattr(self._connection(), "_session_parameters", None) or {}
        try:
            value = parameters["AUTOCOMMIT"]
        except KeyError:
            return False
        return str(value).lower() == "false"


class SnowflakeHook(DriverHook):
    """Wraps cursors and connections."""

    requires = "snowflake.connector"
    name = "Snowflake"

    def __init__(self) -> None:
        super().__init__()
        self._patches = Patches("snowflake")
        self._sources = Sources("snowflake")

    def install(self) -> None:
        """Wrap cursors and connections. Repeating it has no effect."""
        from snowflake.connector import cursor  # noqa: PLC0415  the instrumented library
        from snowflake.connector.connection import SnowflakeConnection  # noqa: PLC0415

        owner = getattr(cursor, "SnowflakeCursorBase", cursor.SnowflakeCursor)
        self.is_off = False
        self._patches.switch_on()
        self._patches.put(owner, "execute", self._execute)
        self._patches.put(owner, "executemany", self._executemany)
        self._patches.put(owner, "execute_async", self._execute_async)
        self._patches.put(owner, "query_result", self._finished)
        for name in ("get_query_status", "get_query_status_throw_if_error"):
            self._patches.put(SnowflakeConnection, name, self._asked)

    def uninstall(self) -> None:
        """Put the methods back. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    def new_link(self, connection: Any) -> Link:
        """Hang a link on a connection."""
        session = Session(connection)
        connection._whence_session = session  # noqa: SLF001  ours
        link = Link(self.source_of(connection), session.is_open)
        setattr(connection, KEY, link)
        return link

    def source_of(self, connection: Any) -> EngineSource:
        """Return the account, and the database and schema that the session is in by now."""
        host = str(_fact(connection, "host") or "")
        domain = next((domain for domain in _DOMAINS if host.endswith(domain)), None)
        account = host.removesuffix(domain).removesuffix(".privatelink") if domain else _fact(connection, "account")
        path = "/".join(part for part in (_fact(connection, "database"), _fact(connection, "schema")) if part)
        return self._sources.at(account, None, path or None)

    def steer(self, link: Link, kind: int, statement: str, cursor: Any = None, run: Run | None = None) -> None:
        """Follow a statement that steers the transaction; what USE changed is asked of the connector."""
        if kind != kinds.SCOPE:
            super().steer(link, kind, statement, cursor, run)

    def told(self, cursor: Any, statement: Any, rows: int) -> None:
        """Take note of a statement that went through; `rows` below zero: not known."""
        try:
            connection = cursor._connection  # noqa: SLF001  the property of that name is counted by the connector
            kind = kinds.IGNORED
            if statement.__class__ is str:
                kind = kinds.known.get(statement)
                kind = kinds.kind_of(statement) if kind is None else kind
                link = self.link_of(connection)
                if link is None and (current_run() is not None or kind > kinds.DDL):
                    link = self.new_link(connection)
                if link is not None:
                    connection._whence_session.follow(kind, statement)  # noqa: SLF001  ours
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)
            return
        self.heard(connection, statement, rows, cursor, 3)
        if kind in (kinds.SCOPE, kinds.DDL, kinds.SCRIPT):
            self._move(connection)

    def _move(self, connection: Any) -> None:
        """Follow the session to another database or schema: USE and CREATE DATABASE lead there."""
        try:
            link = self.link_of(connection)
            if link is not None:
                link.source = link.lasting = self.source_of(connection)
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)

    # --- statements

    def _execute(self, original: Callable[..., Any]) -> Callable[..., Any]:
        told = self.told

        def execute(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, *args, **kwargs)
            if _QUIET not in self.__dict__:
                statement = args[0] if args else kwargs.get("operation", kwargs.get("command"))
                told(self, statement, _rows(self))
            return result

        return execute

    def _executemany(self, original: Callable[..., Any]) -> Callable[..., Any]:
        told = self.told

        def executemany(self: Any, *args: Any, **kwargs: Any) -> Any:
            self.__dict__[_QUIET] = True  # it sends pages that hold values, or the statement again and again
            try:
                result = original(self, *args, **kwargs)
            finally:
                self.__dict__.pop(_QUIET, None)
            statement = args[0] if args else kwargs.get("operation", kwargs.get("command"))
            told(self, statement, _rows(self))
            return result

        return executemany

    # --- asynchronous ones

    def _execute_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        hook = self

        def execute_async(self: Any, *args: Any, **kwargs: Any) -> Any:
            before = self.__dict__.get(_QUIET)
            self.__dict__[_QUIET] = True  # older connectors call execute, which returns before the work is done
            try:
                result = original(self, *args, **kwargs)
            finally:
                if before is None:
                    self.__dict__.pop(_QUIET, None)
            hook.wait(self._connection, args[0] if args else kwargs.get("command"), result)
            return result

        return execute_async

    def wait(self, connection: Any, statement: Any, answer: Any) -> None:
        """Remember an asynchronous statement by its id."""
        try:
            run = current_run()
            number = answer.get("queryId") if isinstance(answer, dict) else None
            if run is None or number is None or not isinstance(statement, str) or self.is_off:
                return
            waiting = connection.__dict__.setdefault(_WAITING, {})
            waiting[number] = run, statement
            if len(waiting) > _MAX_WAITING:  # nobody asked about them
                del waiting[next(iter(waiting))]
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)

    def _finished(self, original: Callable[..., Any]) -> Callable[..., Any]:
        hook = self

        def query_result(self: Any, qid: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, qid, *args, **kwargs)
            hook.settle(self._connection, qid, _rows(self))
            return result

        return query_result

    def _asked(self, original: Callable[..., Any]) -> Callable[..., Any]:
        hook = self

        def get_query_status(self: Any, sf_qid: Any, *args: Any, **kwargs: Any) -> Any:
            status = original(self, sf_qid, *args, **kwargs)
            if getattr(status, "name", "") == "SUCCESS":
                hook.settle(self, sf_qid, -1)
            return status

        return get_query_status

    def settle(self, connection: Any, number: Any, rows: int) -> None:
        """Tell an asynchronous statement that succeeded, once."""
        try:
            run, statement = connection.__dict__.get(_WAITING, {}).pop(number, (None, ""))
            if run is not None:
                run.hand_over(self.source_of(connection), {statement: [1, max(rows, 0), None, int(rows < 0)]})
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)


def _fact(connection: Any, name: str) -> Any:
    """Return what a connection knows; its properties of these names count who asks, and report it."""
    facts = getattr(connection, "_connection_info", None)
    return facts[name] if facts is not None else getattr(connection, name, None)


def _rows(cursor: Any) -> int:
    rows = getattr(getattr(cursor, "_query_result", None), "rowcount", None)
    if rows is None:
        rows = getattr(cursor, "_total_rowcount", None)
    return rows if isinstance(rows, int) else -1


HOOK = SnowflakeHook()
