"""The SQLAlchemy hook: every engine of the process, made before or after, plain or async.

Listeners on the Engine class write down, per connection and transaction, which statement ran how often in which run;
commits and rollbacks decide what counts. Nothing is parsed here, no query is sent, and an exception of ours ends here:
after some of them the hook switches itself off and says so once.

What statements and transactions mean is `_dbapi`'s: here is only what SQLAlchemy adds, such as AUTOCOMMIT, where
SQLAlchemy 2 fires `rollback` and never `commit`, and the structure of Core and ORM statements. The hooks of the drivers
leave SQLAlchemy's own statements to this one while it listens. Works with SQLAlchemy 1.4, 2.0 and 2.1.
Source: `events.ConnectionEvents`.
"""

from __future__ import annotations

import sys
from weakref import WeakKeyDictionary

from whence._runs.ledger import Link
from whence.context import get
from whence.hooks._database import statement_kind as kinds
from whence.hooks._database.engine_source import EngineSource, source_of
from whence.hooks._database.following import ENGINES, Follower, drop_if_ended, outer_run, probes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_KEY = "whence_link"
_TELLS_LAST = "trino"  # of many executions it tells the rows of the last
_SEEN_BY_BOTOCORE = "awsathena"  # by query id, with the catalogue and whether it succeeded


class SqlAlchemyHook(Follower):
    """Installs and removes the listeners; the state behind them."""

    requires = "sqlalchemy"
    name = "SQLAlchemy"

    def __init__(self) -> None:
        super().__init__()
        self._sources: WeakKeyDictionary[Any, EngineSource] = WeakKeyDictionary()
        self._walk: Callable[..., Any] = iter
        self._listeners = {
            "after_cursor_execute": self._statement_listener(),
            "commit": self._commit,
            "rollback": self._rollback,
            "prepare_twophase": self._prepare_twophase,
            "commit_twophase": self._commit_twophase,
            "rollback_twophase": self._rollback_twophase,
            "handle_error": self._handle_error,
        }

    def install(self) -> None:
        """Listen to every engine. Repeating it has no effect."""
        from sqlalchemy import event  # noqa: PLC0415  the instrumented library
        from sqlalchemy.engine import Engine  # noqa: PLC0415
        from sqlalchemy.sql.visitors import iterate  # noqa: PLC0415

        self._walk = iterate
        self.is_off = False
        for name, listener in self._listeners.items():
            if not event.contains(Engine, name, listener):
                event.listen(Engine, name, listener)
        ENGINES.are_heard = True

    def uninstall(self) -> None:
        """Stop listening. Repeating it has no effect."""
        self.failures = 0
        ENGINES.are_heard = False
        if "sqlalchemy.engine" not in sys.modules:
            return
        from sqlalchemy import event  # noqa: PLC0415
        from sqlalchemy.engine import Engine  # noqa: PLC0415

        for name, listener in self._listeners.items():
            if event.contains(Engine, name, listener):
                event.remove(Engine, name, listener)

    # --- statements

    def _statement_listener(self) -> Callable[..., None]:
        """Return what every statement passes through: a closure, because an attribute look-up costs each time."""
        run_here, known, ordinary, follow = get, kinds.known, kinds.ORDINARY, self.follow

        def after_cursor_execute(
            conn: Any,
            cursor: Any,
            statement: str,
            parameters: Any,  # noqa: ARG001  the signature is SQLAlchemy's
            context: Any,
            executemany: bool,  # noqa: FBT001
        ) -> None:
            run = run_here()
            kind = known.get(statement)
            if self.is_off or (run is None and kind == ordinary):
                return
            try:
                if kind is None:
                    kind = kinds.kind_of(statement)
                if run is None or run.is_ended:
                    run = outer_run(kind)
                    if run is None:
                        return
                link = conn.info.get(_KEY) or self._link(conn)
                if link is None:
                    return
                rows = cursor.rowcount
                if executemany and context is not None and (context.isinsert or context.dialect.name == _TELLS_LAST):
                    rows = _rows_of_many(context, statement, rows)
                elif rows == 0 and link.source.dialect == "sqlite" and cursor.description is not None:
                    rows = _rows_of_returning(context)
                follow(run, kind, link, statement, rows, context, cursor)
            except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                self.failed(failure)

        return after_cursor_execute

    def structure_of(self, detail: Any) -> Any:
        """Return the compiled statement, with what is needed to walk through it in the background."""
        compiled = detail.compiled
        if compiled is None or detail.isddl:
            return None
        return compiled, detail.execution_options.get("schema_translate_map"), self._walk

    # --- transactions

    def _commit(self, conn: Any) -> None:
        link = _link_of(conn)
        if link is not None:
            try:
                if link.doomed is not None and link.doomed():
                    link.rollback()  # a statement failed: PostgreSQL answers COMMIT with ROLLBACK, without an error
                else:
                    link.commit()
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)

    def _rollback(self, conn: Any) -> None:
        link = _link_of(conn)
        if link is not None:
            try:
                if link.probe is None and _is_autocommit(conn):
                    link.commit()
                else:
                    link.rollback()
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)

    def _prepare_twophase(self, conn: Any, xid: Any) -> None:
        link = _link_of(conn)
        if link is not None:
            self.keep_prepared((f"event {id(conn.dialect)}", str(xid)), link.detach())

    def _commit_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:  # noqa: FBT001  SQLAlchemy's signature
        if not is_prepared:
            self._commit(conn)
        for tally, layers in self._prepared.pop((f"event {id(conn.dialect)}", str(xid)), ()):
            tally.commit_layers(layers)

    def _rollback_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:  # noqa: FBT001  as above
        if not is_prepared:
            self._rollback(conn)
        self._prepared.pop((f"event {id(conn.dialect)}", str(xid)), None)

    def _handle_error(self, context: Any) -> None:
        """Take a commit back that the database refused (a deferred constraint, a lost connection).

        Drop the transaction that a failed statement has ended.
        """
        link = None if context.connection is None else _link_of(context.connection)
        if link is not None:
            try:
                if context.statement is None:
                    link.take_back()
                else:
                    drop_if_ended(link, context.original_exception)
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)

    # --- connections

    def _link(self, conn: Any) -> Link | None:
        dialect = conn.dialect
        if dialect.name == _SEEN_BY_BOTOCORE and "whence.hooks.botocore" in sys.modules:
            return None
        if conn.get_execution_options().get("whence") is False:  # the engine's owner wants it so
            return None
        source = self._sources.get(dialect)
        driver = _driver_of(conn)
        if source is None:
            source = self._sources[dialect] = source_of(conn.engine.url, dialect, driver)
        link = conn.info[_KEY] = Link(source, *probes_of(driver))
        return link


def _link_of(conn: Any) -> Link | None:
    """Return what is known of a connection; None when it is gone: asking it would reconnect."""
    try:
        return None if conn.invalidated or conn.closed else conn.info.get(_KEY)
    except Exception:  # noqa: BLE001  border: a connection in trouble has nothing to tell
        return None


def _driver_of(conn: Any) -> Any:
    """Return the driver's own connection, below SQLAlchemy's adapters."""
    proxied = conn.connection
    return getattr(proxied, "driver_connection", None) or getattr(proxied, "dbapi_connection", proxied)


def _is_autocommit(conn: Any) -> bool:
    try:
        return bool(conn.dialect.detect_autocommit_setting(conn.connection.dbapi_connection))
    except Exception:  # noqa: BLE001  older SQLAlchemy, or a dialect that cannot tell
        options = conn.get_execution_options()
        level = options.get("isolation_level") or getattr(conn.dialect, "_on_connect_isolation_level", None)
        return level == "AUTOCOMMIT"


def _rows_of_returning(context: Any) -> int:
    """Return the rows of a SQLite statement with RETURNING: the driver knows them once all were fetched."""
    statement = None if context is None or context.compiled is None else context.compiled.statement
    is_one_row = (
        context is not None
        and context.isinsert
        and getattr(statement, "select", statement) is None
        and not getattr(statement, "_multi_values", True)
        and getattr(statement, "_post_values_clause", True) is None
    )
    return 1 if is_one_row else -1


def _rows_of_many(context: Any, statement: str, rows: int) -> int:
    """Return the rows of an INSERT that was given many: the driver may know of the last page only."""
    if rows <= 0 or context.dialect.name == _TELLS_LAST:
        return _rows_of_batch(context) if context.isinsert else -1
    if hasattr(context.dialect, "use_insertmanyvalues") or not hasattr(context, "_psycopg2_fetched_rows"):
        return rows
    if context._psycopg2_fetched_rows is not None:  # noqa: SLF001  SQLAlchemy 1.4 over psycopg2 sends pages
        return len(context._psycopg2_fetched_rows)  # noqa: SLF001  as above
    return -1 if "ON CONFLICT" in statement else len(context.compiled_parameters or ())


def _rows_of_batch(context: Any) -> int:
    """Return the rows of an INSERT that SQLAlchemy sends in batches with RETURNING: told once, with the first batch."""
    if getattr(context, "_whence_counted", False):
        return 0
    context._whence_counted = True  # noqa: SLF001  the context lives as long as the execution
    return len(context.compiled_parameters or ())


HOOK = SqlAlchemyHook()
