"""Following the statements and transactions of one connection: what the hooks of SQLAlchemy and of the drivers share.

A statement goes to the tally of its run on its connection; whether it counts is decided by the transaction, and whether
a transaction is open is asked of the driver, which knows it from the protocol. So AUTOCOMMIT, DDL that commits by
itself and COMMIT sent as text are one case. Only drivers that cannot say are judged by the statement. It runs on the
host's threads: no parsing, no query, nothing of ours reaches the host. It must not import a driver.
Sources: PEP 249; libpq PQtransactionStatus; MySQL's status flags.
"""

from __future__ import annotations

from _weakref import ref
from sys import _getframe  # pyright: ignore[reportPrivateUsage]

from whence._capture.active import active
from whence._runs.ledger import Link
from whence.context import current_run, get
from whence.hooks._database import statement_kind as kinds
from whence.hooks._database.engine_source import EngineSource, source_at
from whence.job import JobSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, ClassVar

    from whence._runs.ledger import Layer, Tally
    from whence.context import Run

KEY = "_whence_link"
MAX_FAILURES = 20
_MAX_PREPARED = 1000
_MAX_SOURCES = 1024
_IN_TRANSACTION = 1  # of MySQL's server status
_DEADLOCK = 1213  # of MySQL: the transaction is rolled back
_FAILED = 3  # of libpq's transaction status
_COMMITS_BY_ITSELF = frozenset({"mysql", "mariadb", "oracle"})  # DDL ends the transaction
_NOBODY = JobSpec("nobody", {})
_ENGINE_CALLS = frozenset(("do_execute", "do_executemany", "do_execute_no_params"))  # of SQLAlchemy's dialects
_PASSED_ON = frozenset(("execute", "executemany"))  # a cursor class over another one
_WATCHERS = (
    "aiosqlite.",
    "opentelemetry",
    "wrapt",
    "ddtrace",
    "sentry_sdk",
    "newrelic",
    "elasticapm",
)  # may stand in between
_MAX_FRAMES = 6


class Engines:
    """Whether SQLAlchemy's own hook listens: then the statements that SQLAlchemy sends are its business."""

    def __init__(self) -> None:
        self.are_heard = False


ENGINES = Engines()


class Follower:
    """Notes statements by their kind, counts trouble of ours, switches off after too much of it."""

    name = ""
    """The library, as a person calls it."""

    def __init__(self) -> None:
        self.failures = 0
        self.is_off = False  # after too much trouble; taking the hook out while it is called would hurt the host
        self.follow = self._follow()
        self._prepared: dict[tuple[str, str], list[tuple[Tally, list[Layer]]]] = {}

    def structure_of(self, detail: Any) -> Any:
        """Return what a library knows of a statement beside its text. Called at first sight only."""
        return detail

    def _follow(self) -> Callable[..., None]:
        """Return what every statement passes through: a closure, because an attribute look-up costs each time."""
        ddl = kinds.DDL

        def follow(run: Run, kind: int, link: Link, statement: str, rows: int, detail: Any, cursor: Any) -> None:
            if kind > ddl:
                self.steer(link, kind, statement, cursor, run)
                return
            tally = link.tally
            if tally is None or tally.run is not run or tally.source is not link.source:
                tally = link.tally_of(run)
            is_open = link.probe() if link.probe is not None else stays_open(link, kind)
            entry = (tally.layers[-1] if is_open else tally.done).get(statement)
            if entry is None or (not is_open and link.is_open):
                self._first(tally, statement, rows, detail, is_open=is_open, is_ddl=kind == ddl)
                return
            entry[0] += 1
            if rows >= 0:
                entry[1] += rows
            else:
                entry[3] += 1

        return follow

    def _first(self, tally: Tally, statement: str, rows: int, detail: Any, *, is_open: bool, is_ddl: bool) -> None:
        """Note a statement that this transaction has not seen, or that finds the transaction ended.

        Some DDL ends it with a commit. Otherwise it ended where nobody saw it (a lost connection): then nothing of it
        counts.
        """
        structure = None if detail is None else self.structure_of(detail)
        if is_open:
            tally.open(statement, rows, structure)
            return
        link: Link = tally.link()
        if link.is_open and is_ddl:
            link.commit()
        elif link.is_open:
            link.rollback()
        tally.settle(statement, rows, structure)

    # --- statements that steer the transaction

    def steer(self, link: Link, kind: int, statement: str, cursor: Any = None, run: Run | None = None) -> None:
        """Follow a statement that steers the transaction."""
        if kind == kinds.SAVEPOINT:
            link.savepoint(kinds.savepoint_name(statement))
        elif kind == kinds.ROLLBACK_TO:
            link.rollback_to(kinds.savepoint_name(statement))
        elif kind == kinds.RELEASE:
            link.release(kinds.savepoint_name(statement))
        elif kind == kinds.COMMIT and getattr(cursor, "statusmessage", None) != "ROLLBACK":
            link.commit()
        elif kind in (kinds.COMMIT, kinds.ROLLBACK):  # PostgreSQL answers so to the COMMIT of a failed transaction
            link.rollback()
        elif kind == kinds.SCOPE:
            self._rescope(link, statement, cursor)
        elif kind == kinds.SCRIPT and run is not None:
            self._script(run, link, statement)
        elif kind in (kinds.PREPARE, kinds.COMMIT_PREPARED, kinds.ROLLBACK_PREPARED):
            self.decide(link, kind, (link.source.uri, kinds.global_id(statement)))

    def _rescope(self, link: Link, statement: str, cursor: Any) -> None:
        """Follow a change of the default schema; Trino's session knows it, else the statement says it."""
        source = link.source
        session = getattr(getattr(cursor, "connection", None), "_client_session", None)
        if not isinstance(source, EngineSource):
            return
        if session is not None:
            link.rescope(source.at(session.catalog, session.schema), lasts=True)
            return
        schema, lasts = kinds.scope_of(statement)
        if schema:
            link.rescope(source.scoped(schema), lasts=lasts)

    def _script(self, run: Run, link: Link, statement: str) -> None:
        """Follow several statements that were sent at once, each by itself; the driver tells how it ended."""
        self.replay(link, [(run, *piece) for piece in kinds.pieces(statement, link.source.dialect)])

    def replay(self, link: Link, statements: Iterable[tuple[Run | None, str, int]]) -> None:
        """Follow statements that went through together, in their order."""
        for run, text, kind in statements:
            if kind == kinds.SCRIPT:
                for piece, its_kind in kinds.pieces(text, link.source.dialect):
                    self._step(link, run, piece, its_kind)
            else:
                self._step(link, run, text, kind)
        if link.is_open and (link.probe is None or not link.probe()):
            link.commit()

    def _step(self, link: Link, run: Run | None, text: str, kind: int) -> None:
        if kind > kinds.DDL:
            self.steer(link, kind, text)
        elif run is not None:
            link.tally_of(run).open(text, -1, None)

    def decide(self, link: Link, kind: int, key: tuple[str, str]) -> None:
        """Follow a transaction that is prepared under a name, and decided here or on another connection."""
        if kind == kinds.PREPARE:
            layers = link.detach()
            if layers:
                self.keep_prepared(key, layers)
            return
        layers = self._prepared.pop(key, [])
        for tally, taken in layers if kind == kinds.COMMIT_PREPARED else ():
            tally.commit_layers(taken)

    def keep_prepared(self, key: tuple[str, str], layers: list[tuple[Tally, list[Layer]]]) -> None:
        """Hold what a prepared transaction did until somebody decides about it."""
        self._prepared[key] = layers
        if len(self._prepared) > _MAX_PREPARED:  # nobody decided about them here
            del self._prepared[next(iter(self._prepared))]

    # --- trouble

    def failed(self, failure: Exception) -> None:
        """Count a failure of ours; say it once; after too many switch off."""
        self.failures += 1
        collector = active()
        self.is_off = self.failures >= MAX_FAILURES
        if collector is not None:
            text = f"the {self.name} hook failed and may miss statements: {type(failure).__name__}"
            collector.say(self.name.lower(), text)


class DriverHook(Follower):
    """A hook of one driver: its wrappers call `heard` after each statement that succeeded."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = self._heard()

    def source_of(self, connection: Any) -> EngineSource:
        """Return where a connection leads. Raises when it has no name."""
        raise NotImplementedError

    def link_of(self, connection: Any) -> Link | None:
        """Return what hangs on a connection, None before its first statement in a run."""
        return getattr(connection, KEY, None)

    def new_link(self, connection: Any) -> Link:
        """Hang a link on a connection."""
        link = Link(self.source_of(connection), *probes_of(connection, weak=True))
        setattr(connection, KEY, link)
        return link

    def _heard(self) -> Callable[..., None]:  # noqa: C901  one hot path, kept in one piece
        """Return what the wrappers call after a statement: it finds the run, the kind and the link."""
        run_here, known, ordinary, frame_of = get, kinds.known, kinds.ORDINARY, _getframe
        engines, engine_calls, link_of, follow = ENGINES, _ENGINE_CALLS, self.link_of, self.follow

        def heard(  # noqa: C901  as above
            connection: Any, statement: Any, rows: int = -1, cursor: Any = None, depth: int = 2
        ) -> None:
            try:
                run = run_here()
                if statement.__class__ is not str:
                    if run is None:
                        return
                    statement = self.text_of(statement, connection)
                kind = known.get(statement)
                if self.is_off or (run is None and kind == ordinary):
                    return
                if engines.are_heard:
                    frame = frame_of(depth)
                    if frame.f_code.co_name in engine_calls or is_engines(frame):
                        return
                if kind is None:
                    kind = kinds.kind_of(statement)
                if run is None or run.is_ended:
                    run = outer_run(kind)
                    if run is None:
                        return
                link = link_of(connection)
                if link is None:
                    if kind in kinds.STEERING:
                        return  # nothing is open here that it could steer
                    link = self.new_link(connection)
                follow(run, kind, link, statement, rows, None, cursor)
            except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                self.failed(failure)

        return heard

    def text_of(self, statement: Any, connection: Any) -> str:
        """Return the text of a statement that is no plain `str`."""
        if isinstance(statement, (bytes, bytearray)):
            return statement.decode("utf-8", "replace")
        if hasattr(statement, "as_string"):  # psycopg's and psycopg2's composed SQL
            return statement.as_string(connection)
        return str(statement)

    # --- transactions

    def before_commit(self, connection: Any) -> bool:
        """Return whether the transaction can still be committed: a failed one ends in a rollback, without an error."""
        link = self.link_of(connection)
        try:
            return link is None or link.doomed is None or not link.doomed()
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)
            return True

    def committed(self, connection: Any, *, is_kept: bool = True) -> None:
        """Take note that the open transaction was committed; `is_kept` is what `before_commit` said."""
        link = self.link_of(connection)
        if link is not None:
            try:
                if is_kept:
                    link.commit()
                else:
                    link.rollback()
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)

    def broke(self, connection: Any, failure: BaseException) -> None:
        """Take note of a statement that failed: some failures take the whole transaction with them."""
        link = self.link_of(connection)
        if link is not None:
            try:
                drop_if_ended(link, failure)
            except Exception as ours:  # noqa: BLE001  border
                self.failed(ours)

    def rolled_back(self, connection: Any) -> None:
        """Take note that the open transaction was rolled back, or its commit refused."""
        self.committed(connection, is_kept=False)


def is_engines(frame: Any) -> bool:
    """Whether a driver was called by SQLAlchemy for a statement of its own; what watches in between is looked through.

    A connection's cursor may be used by SQLAlchemy and, in the same transaction, by hand: only the caller differs.
    """
    for _ in range(_MAX_FRAMES):
        if frame is None:
            return False
        name = frame.f_code.co_name
        module = frame.f_globals.get("__name__", "")
        if name in _ENGINE_CALLS or module[:11] == "sqlalchemy.":
            return True
        if name not in _PASSED_ON and not module.startswith(_WATCHERS):
            return False
        frame = frame.f_back
    return False


def outer_run(kind: int) -> Run | None:
    """Return the run around an ended one; outside of all runs only DDL matters, for the columns that it tells."""
    run = current_run()
    if run is not None or kind in (kinds.ORDINARY, kinds.IGNORED):
        return run
    collector = active()
    return None if collector is None else collector.nobody(_NOBODY)


def drop_if_ended(link: Link, failure: BaseException) -> None:
    """Drop what is open if a failure has ended the transaction.

    A COMMIT that was refused, SQLite's ON CONFLICT ROLLBACK, MySQL's deadlocks.
    """
    if link.is_open and (
        (failure.args and failure.args[0] == _DEADLOCK) or (link.probe is not None and not link.probe())
    ):
        link.rollback()


def stays_open(link: Link, kind: int) -> bool:
    """Whether a transaction is open after a statement, where the driver cannot say."""
    return kind != kinds.DDL or link.source.dialect not in _COMMITS_BY_ITSELF


def probes_of(  # noqa: PLR0911  one return for each driver
    driver: Any, *, weak: bool = False
) -> tuple[Callable[[], bool] | None, Callable[[], bool] | None]:
    """Return how to ask a driver, without a round trip, whether a transaction is open and whether it has failed.

    None for what it cannot say. `weak` for what will hang on the driver itself: it must not keep it alive.
    """
    if hasattr(driver, "pgconn"):  # psycopg 3
        connection = driver.pgconn
        return lambda: connection.transaction_status != 0, lambda: connection.transaction_status == _FAILED
    held: Any = ref(driver) if weak else lambda: driver
    if hasattr(driver, "in_transaction"):  # sqlite3, aiosqlite
        return (lambda: held().in_transaction) if weak else (lambda: driver.in_transaction), None
    if hasattr(driver, "get_transaction_status"):  # psycopg2, aiomysql
        return lambda: held().get_transaction_status() != 0, lambda: held().get_transaction_status() == _FAILED
    if hasattr(driver, "is_in_transaction"):  # asyncpg
        return lambda: held().is_in_transaction(), None
    if hasattr(driver, "start_transaction") and hasattr(driver, "transaction"):  # trino
        return lambda: held().transaction is not None, None
    if hasattr(driver, "server_status"):  # PyMySQL
        return lambda: bool(held().server_status & _IN_TRANSACTION), None
    return None, None


def schema_in(text: str, *, of_options: bool = False) -> str | None:
    """Return the schema that a search_path names first, or that of libpq's options; None for the server's default."""
    if of_options:
        text = text.replace("\\ ", "").partition("search_path=")[2].partition(" ")[0]
    for part in text.split(","):
        name = part.strip().strip("\"'")
        if name and name != "$user":
            return name
    return None


class Sources:
    """The places of a kind of database: what one connection or driver learns of its tables serves the next."""

    _known: ClassVar[dict[tuple[Any, ...], EngineSource]] = {}

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme

    def at(
        self, host: Any = None, port: Any = None, database: Any = None, schema: str | None = None, **query: str
    ) -> EngineSource:
        """Return the source of a place. Raises NamingError when the parts name none."""
        key = (self._scheme, host, str(port or ""), database, schema, *query.items())
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MAX_SOURCES:
                self._known.clear()
            known = source_at(self._scheme, host=host, port=port, database=database, schema=schema, query=query)
            self._known[key] = known
        return known
