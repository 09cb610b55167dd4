"""The SQLAlchemy hook: every engine of the process, made before or after, plain or async.

Listeners on the Engine class write down, per connection and transaction, which statement ran how often in which run;
commits and rollbacks decide what counts. Nothing is parsed here, no query is sent, and an exception of ours ends here:
after some of them the hook switches itself off and says so once.

Whether a transaction is open is asked of the driver, which knows it from the protocol: so AUTOCOMMIT (where SQLAlchemy
2 fires `rollback` and never `commit`), DDL that commits by itself, and COMMIT sent as text are all one case. Only
drivers that cannot say are judged by SQLAlchemy's settings. Sources: SQLAlchemy 2.1 `events.ConnectionEvents`; libpq
PQtransactionStatus; MySQL's status flags.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from whence._active import active
from whence._ledger import Link
from whence.context import current_run, get
from whence.hooks import _statement_kind as kinds
from whence.hooks._engine_source import EngineSource, source_of
from whence.job import JobSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence._ledger import Layer, Tally
    from whence.context import Run

_KEY = "whence_link"
_MAX_FAILURES = 20
_MAX_PREPARED = 1000
_IN_TRANSACTION = 1  # of MySQL's server status
_COMMITS_BY_ITSELF = frozenset({"mysql", "mariadb", "oracle"})  # DDL ends the transaction
_NOBODY = JobSpec("nobody", {})


class SqlAlchemyHook:
    """Installs and removes the listeners; the state behind them."""

    requires = "sqlalchemy"

    def __init__(self) -> None:
        self.failures = 0
        self.is_off = False  # after too much trouble; removing listeners while they are called would hurt the host
        self._sources: WeakKeyDictionary[Any, EngineSource] = WeakKeyDictionary()
        self._prepared: dict[tuple[int, str], list[tuple[Tally, list[Layer]]]] = {}
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

    def uninstall(self) -> None:
        """Stop listening. Repeating it has no effect."""
        import sys  # noqa: PLC0415  as light as can be

        self.failures = 0
        if "sqlalchemy.engine" not in sys.modules:
            return
        from sqlalchemy import event  # noqa: PLC0415
        from sqlalchemy.engine import Engine  # noqa: PLC0415

        for name, listener in self._listeners.items():
            if event.contains(Engine, name, listener):
                event.remove(Engine, name, listener)

    # --- statements

    def _statement_listener(self) -> Callable[..., None]:  # noqa: C901  one hot path, kept in one piece
        """Return what every statement passes through: a closure, because an attribute look-up costs each time."""
        run_here, known, ordinary, ddl = get, kinds.known, kinds.ORDINARY, kinds.DDL

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
                    run = _outer_run(kind)
                    if run is None:
                        return
                link = conn.info.get(_KEY) or self._link(conn)
                if kind > ddl:
                    _steer(link, kind, statement)
                    return
                tally = link.tally
                if tally is None or tally.run is not run or tally.source is not link.source:
                    tally = link.tally_of(run)
                is_open = link.probe() if link.probe is not None else _stays_open(link, kind)
                layer = tally.layers[-1] if is_open else tally.done
                entry = layer.get(statement)
                if entry is None or executemany or (not is_open and link.is_open):
                    self._first(tally, statement, cursor, context, is_open=is_open)
                    return
                entry[0] += 1
                rows = cursor.rowcount
                if rows >= 0:
                    entry[1] += rows
                else:
                    entry[3] += 1
            except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                self._failed(failure)

        return after_cursor_execute

    def _first(self, tally: Tally, statement: str, cursor: Any, context: Any, *, is_open: bool) -> None:
        """Note a statement that this transaction has not seen, or one that ran for many rows at once."""
        rows = cursor.rowcount
        if context is None:
            structure = None
        else:
            if rows <= 0 and context.isinsert and context.executemany:
                rows = _rows_of_batch(context)
            compiled = context.compiled
            structure = None
            if compiled is not None and not context.isddl:
                structure = (compiled, context.execution_options.get("schema_translate_map"), self._walk)
        if is_open:
            tally.open(statement, rows, structure)
        else:
            if tally.link().is_open:
                tally.link().commit()  # the statement ended the transaction, as DDL does
            tally.settle(statement, rows, structure)

    # --- transactions

    def _commit(self, conn: Any) -> None:
        link = _link_of(conn)
        if link is not None:
            try:
                link.commit()
            except Exception as failure:  # noqa: BLE001  border
                self._failed(failure)

    def _rollback(self, conn: Any) -> None:
        link = _link_of(conn)
        if link is not None:
            try:
                if link.probe is None and _is_autocommit(conn):
                    link.commit()
                else:
                    link.rollback()
            except Exception as failure:  # noqa: BLE001  border
                self._failed(failure)

    def _prepare_twophase(self, conn: Any, xid: Any) -> None:
        link = _link_of(conn)
        if link is not None:
            self._prepared[id(conn.dialect), str(xid)] = link.detach()
            if len(self._prepared) > _MAX_PREPARED:  # nobody decided about them here
                del self._prepared[next(iter(self._prepared))]

    def _commit_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:  # noqa: FBT001  SQLAlchemy's signature
        if not is_prepared:
            self._commit(conn)
        for tally, layers in self._prepared.pop((id(conn.dialect), str(xid)), ()):
            tally.commit_layers(layers)

    def _rollback_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:  # noqa: FBT001  as above
        if not is_prepared:
            self._rollback(conn)
        self._prepared.pop((id(conn.dialect), str(xid)), None)

    def _handle_error(self, context: Any) -> None:
        """Take a commit back that the database refused (a deferred constraint, a lost connection)."""
        if context.statement is None and context.connection is not None:
            link = _link_of(context.connection)
            if link is not None:
                link.take_back()

    # --- connections

    def _link(self, conn: Any) -> Link:
        dialect = conn.dialect
        source = self._sources.get(dialect)
        driver = _driver_of(conn)
        if source is None:
            source = self._sources[dialect] = source_of(conn.engine.url, dialect, driver)
        link = conn.info[_KEY] = Link(source, _probe(driver))
        return link

    def _failed(self, failure: Exception) -> None:
        """Count a failure of ours; say it once; after too many switch off."""
        self.failures += 1
        collector = active()
        self.is_off = self.failures >= _MAX_FAILURES
        if collector is not None:
            collector.say("sqlalchemy", f"the SQLAlchemy hook failed and may miss statements: {type(failure).__name__}")


def _outer_run(kind: int) -> Run | None:
    """Return the run around an ended one; outside of all runs only DDL matters, for the columns that it tells."""
    run = current_run()
    if run is not None or kind in (kinds.ORDINARY, kinds.IGNORED):
        return run
    collector = active()
    return None if collector is None else collector.nobody(_NOBODY)


def _stays_open(link: Link, kind: int) -> bool:
    """Whether a transaction is open after a statement, where the driver cannot say."""
    return kind != kinds.DDL or link.source.dialect not in _COMMITS_BY_ITSELF


def _steer(link: Link, kind: int, statement: str) -> None:
    """Follow a statement that steers the transaction."""
    if kind == kinds.SAVEPOINT:
        link.savepoint(kinds.savepoint_name(statement))
    elif kind == kinds.ROLLBACK_TO:
        link.rollback_to(kinds.savepoint_name(statement))
    elif kind == kinds.RELEASE:
        link.release(kinds.savepoint_name(statement))
    elif kind == kinds.COMMIT:
        link.commit()
    elif kind == kinds.ROLLBACK:
        link.rollback()
    elif kind == kinds.SCOPE:
        schema, lasts = kinds.scope_of(statement)
        if schema and isinstance(link.source, EngineSource):
            link.rescope(link.source.scoped(schema), lasts=lasts)


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


def _probe(driver: Any) -> Callable[[], bool] | None:
    """Return how to ask a driver whether a transaction is open, without a round trip; None when it cannot say."""
    if hasattr(driver, "in_transaction"):  # sqlite3, aiosqlite
        return lambda: driver.in_transaction
    if hasattr(driver, "pgconn"):  # psycopg 3
        connection = driver.pgconn
        return lambda: connection.transaction_status != 0
    if hasattr(driver, "get_transaction_status"):  # psycopg2
        return lambda: driver.get_transaction_status() != 0
    if hasattr(driver, "is_in_transaction"):  # asyncpg
        return driver.is_in_transaction
    if hasattr(driver, "server_status"):  # PyMySQL, aiomysql
        return lambda: bool(driver.server_status & _IN_TRANSACTION)
    return None


def _is_autocommit(conn: Any) -> bool:
    try:
        return bool(conn.dialect.detect_autocommit_setting(conn.connection.dbapi_connection))
    except Exception:  # noqa: BLE001  older SQLAlchemy, or a dialect that cannot tell
        options = conn.get_execution_options()
        level = options.get("isolation_level") or getattr(conn.dialect, "_on_connect_isolation_level", None)
        return level == "AUTOCOMMIT"


def _rows_of_batch(context: Any) -> int:
    """Return the rows of an INSERT that SQLAlchemy sends in batches with RETURNING: told once, with the first batch."""
    if getattr(context, "_whence_counted", False):
        return 0
    context._whence_counted = True  # noqa: SLF001  the context lives as long as the execution
    return len(context.compiled_parameters or ())


HOOK = SqlAlchemyHook()
