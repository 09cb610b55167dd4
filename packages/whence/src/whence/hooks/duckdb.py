"""The DuckDB hook: statements of every connection, relations when they run, appends; files named in SQL are datasets.

Seen are `execute`, `executemany`, `sql` and `query` of connections and of the module, relations at the call that makes
them run (fetch, `df`, `to_parquet`, `create`, ...), `append`, appenders, transactions by call or by text, ATTACH. What
DuckDB reads of the program itself (frames, Arrow tables, registered objects) is no dataset here. A transaction in which
a statement failed keeps nothing, though DuckDB's `commit` raises nothing: tried. It must not run a statement on a
host's connection: an open result would be lost.
Sources: DuckDB 1.4 and 2.0, `duckdb._seam`, `duckdb._relation`.
"""

from __future__ import annotations

import sys

from whence._runs.ledger import Link
from whence.context import get
from whence.hooks._database import statement_kind as kinds
from whence.hooks._database.duckdb_relations import SOURCES, STATEMENTS, Relations
from whence.hooks._database.duckdb_source import Names, source_of_path
from whence.hooks._database.following import ENGINES, Follower, is_engines, outer_run
from whence.hooks._frames.moves import argument
from whence.hooks._frames.remembered import Remembered
from whence.hooks._frames.unseen import caller, in_callers_frame, unseen
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

_ASKS_ITSELF = ("SELECT count(*) FROM glob(", "SELECT * FROM sniff_csv(", "DROP VIEW IF EXISTS")  # of DuckDB's Python
_HARMLESS = frozenset(("ParserException", "CatalogException", "BinderException"))  # before 2.0
_FRAMES = frozenset(
    ("DataFrame", "LazyFrame", "Table", "RecordBatch", "RecordBatchReader", "Dataset", "Scanner", "Series")
)
_MAX_FRAMES = 12


class _State:
    """What is known of a connection."""

    __slots__ = ("is_doomed", "is_open", "is_quiet", "link", "names", "path")

    def __init__(self, path: str | None) -> None:
        self.path = path
        self.is_open = False  # a transaction was begun
        self.is_doomed = False  # and a statement in it has failed
        self.is_quiet = False  # it is ours
        self.link: Link | None = None
        self.names = Names()


class DuckDbHook(Follower):
    """Installs and removes the wrappers; knows the connections."""

    requires = "duckdb"
    name = "DuckDB"

    def __init__(self) -> None:
        super().__init__()
        self._patches = Patches("duckdb")
        self._states = Remembered()
        self._appenders = Remembered()
        self._module: Any = None
        self._has_relations = False

    def install(self) -> None:
        """Wrap connections, the module's functions and what runs relations. Repeating it has no effect."""
        duckdb = self._module = sys.modules["duckdb"]
        patches = self._patches
        patches.switch_on()
        self.is_off, self.failures = False, 0
        connection: Any = duckdb.DuckDBPyConnection
        self._has_relations = "duckdb._seam" in sys.modules
        for name, make in (
            ("execute", self._running),
            ("executemany", self._running),
            ("begin", self._steering("BEGIN")),
            ("commit", self._steering("COMMIT")),
            ("rollback", self._steering("ROLLBACK")),
            ("append", self._appending),
            ("appender", self._making_appender),
            ("register", self._registering),
            ("cursor", self._duplicating),
            ("duplicate", self._duplicating),
        ):
            patches.put(connection, name, make)
            patches.put(duckdb, name, self._of_default(make))
        patches.put_everywhere("duckdb", "connect", self._connecting)
        appender = getattr(duckdb, "Appender", None)
        for name in ("flush", "close", "__exit__") if appender is not None else ():
            patches.put(appender, name, self._flushing)
        if self._has_relations:
            seam = sys.modules["duckdb._seam"]
            patches.put(seam, "submit", self._running)
            patches.put(seam, "prepare_script_parsed", self._preparing)
        else:
            relations = Relations(self, patches, duckdb.DuckDBPyRelation)
            relations.install()
            for name in (*STATEMENTS, *SOURCES):
                make = relations.making if name in STATEMENTS else relations.sourcing
                patches.put(connection, name, make)
                patches.put(duckdb, name, self._of_default(make))

    def uninstall(self) -> None:
        """Put DuckDB's own back. Repeating it has no effect."""
        self._patches.take_out()
        self.is_off = True

    # --- wrappers

    def _running(self, original: Any) -> Any:
        """Wrap what runs a statement on a connection."""
        heard, broke, call = self.heard, self.broke, self._callable(original)

        def run(connection: Any, /, *args: Any, **kwargs: Any) -> Any:
            try:
                answer = call(connection, *args, **kwargs)
            except Exception as failure:
                broke(connection, failure)
                raise
            heard(connection, args[0] if args else kwargs.get("query", ""), answer=answer)
            return answer

        return unseen(run)

    def _preparing(self, original: Any) -> Any:
        """Wrap what runs a script but for its last statement, which is submitted or becomes a relation."""
        heard, broke = self.heard, self.broke

        def prepare(connection: Any, query: Any, /, *args: Any, **kwargs: Any) -> Any:
            try:
                answer = original(connection, query, *args, **kwargs)
            except Exception as failure:
                broke(connection, failure)
                raise
            last = answer[1]
            if isinstance(query, str) and last and len(query) > len(last) and (at := query.rfind(last)) > 0:
                heard(connection, query[:at])
            return answer

        return unseen(prepare)

    def _callable(self, original: Any) -> Any:
        """Return the original so that it finds the host's variables."""
        return original if self._has_relations else in_callers_frame(original)

    def _steering(self, word: str) -> Callable[[Any], Any]:
        def make(original: Any) -> Any:
            def steer(connection: Any, /, *args: Any, **kwargs: Any) -> Any:
                answer = original(connection, *args, **kwargs)
                self.heard(connection, word)
                return answer

            return steer

        return make

    def _of_default(self, make: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return what wraps a function of the module: it works on the default connection, or the one it is given."""

        def make_here(original: Any) -> Any:
            target = self._callable(original)

            def without_connection(_: Any, /, *args: Any, **kwargs: Any) -> Any:
                return target(*args, **kwargs)

            inner, module = make(unseen(without_connection)), self._module

            def call(*args: Any, **kwargs: Any) -> Any:
                return inner(kwargs.get("connection") or module.default_connection(), *args, **kwargs)

            return unseen(call)

        return make_here

    def _connecting(self, original: Any) -> Any:
        def connect(*args: Any, **kwargs: Any) -> Any:
            connection = original(*args, **kwargs)
            try:
                path = args[0] if args else kwargs.get("database", ":memory:")
                text = path if isinstance(path, str) else path.__fspath__()
                if text != ":default:":
                    self._states.put(connection, _State(_absolute(text)))
            except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                self.failed(failure)
            return connection

        return connect

    def _duplicating(self, original: Any) -> Any:
        def duplicate(connection: Any, /, *args: Any, **kwargs: Any) -> Any:
            answer = original(connection, *args, **kwargs)
            known = self._states.get(connection)
            if known is not None and answer is not connection:
                state = _State(known.path)
                state.names.attached = known.names.attached  # databases are attached to the whole instance
                self._states.put(answer, state)
            return answer

        return duplicate

    def _registering(self, original: Any) -> Any:
        def register(connection: Any, /, *args: Any, **kwargs: Any) -> Any:
            answer = original(connection, *args, **kwargs)
            try:
                names, name = self._state(connection).names, str(argument(args, kwargs, 0, "view_name")).lower()
                names.program.add(name)
                names.tables.add(name)  # settled: it is not asked for again
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)
            return answer

        return register

    def _appending(self, original: Any) -> Any:
        def append(connection: Any, /, *args: Any, **kwargs: Any) -> Any:
            answer = original(connection, *args, **kwargs)
            frame = argument(args, kwargs, 1, "df")
            rows = len(frame) if hasattr(frame, "__len__") else -1
            self.heard(connection, _insert_into(argument(args, kwargs, 0, "table_name")), rows)
            return answer

        return append

    def _making_appender(self, original: Any) -> Any:
        def appender(connection: Any, /, *args: Any, **kwargs: Any) -> Any:
            answer = original(connection, *args, **kwargs)
            self._appenders.put(answer, (connection, argument(args, kwargs, 0, "table")))
            return answer

        return appender

    def _flushing(self, original: Any) -> Any:
        def flush(appender: Any, *args: Any) -> Any:
            answer = original(appender, *args)
            known = self._appenders.get(appender)
            if known is not None and args[:1] in ((), (None,)):
                self.heard(known[0], _insert_into(known[1]))
            return answer

        return flush

    # --- what was heard

    def heard(self, connection: Any, query: Any, rows: int = -1, answer: Any = None) -> None:
        """Follow a statement, or several in one text, that went through; the answer may know the rows it changed."""
        try:
            run, text = get(), query if query.__class__ is str else _text_of(query)
            kind = kinds.known.get(text)
            if self.is_off or (run is None and kind == kinds.ORDINARY and "TTACH" not in text[:40].upper()):
                return
            if text.startswith(_ASKS_ITSELF) or (ENGINES.are_heard and is_engines(caller())):
                return
            if kind is None:
                kind = kinds.kind_of(text)
            state = self._state(connection)
            if state.is_quiet:
                return
            if kind == kinds.SCRIPT:
                for piece, its_kind in kinds.pieces(text, "duckdb"):
                    self._one(connection, state, piece, its_kind, -1)
            else:
                self._one(connection, state, text, kind, getattr(answer, "rowcount", rows))
        except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
            self.failed(failure)

    def _one(self, connection: Any, state: _State, text: str, kind: int, rows: int) -> None:
        if kind == kinds.IGNORED:
            if text.lstrip()[:5].upper() in ("BEGIN", "START"):
                state.is_open, state.is_doomed = True, False
            return
        link = state.link
        if kind in (kinds.COMMIT, kinds.ROLLBACK):
            is_kept = kind == kinds.COMMIT and not state.is_doomed
            state.is_open = state.is_doomed = False
            if link is not None:
                link.commit() if is_kept else link.rollback()
            return
        if "TTACH" in text[:40].upper():
            state.names.attach(text)
        run = get()
        if run is None or run.is_ended:
            run = outer_run(kind)
        if run is None:
            return
        if link is None:
            link = state.link = self._new_link(connection, state)
        state.names.look(text, self._asker(connection))
        self.follow(run, kind, link, text, rows, None, None)

    def prepared(self, connection: Any, text: str) -> None:
        """Follow a text whose last statement is a query that will run later; what stands before it has run.

        Names are looked at now: the host's code that has the variables is calling.
        """
        try:
            if get() is not None and not self.is_off:
                *done, last = [piece for piece, _ in kinds.pieces(text, "duckdb")] if ";" in text else [text]
                for piece in done:
                    self.heard(connection, piece)
                self._state(connection).names.look(last, self._asker(connection))
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)

    def _state(self, connection: Any) -> _State:
        state = self._states.get(connection)
        if state is None:
            state = _State(None)
            self._states.put(connection, state)
        return state

    def _new_link(self, connection: Any, state: _State) -> Link:
        if state.path is None:
            state.path = self._path_of(connection)
        return Link(source_of_path(state.path, state.names), lambda: state.is_open, lambda: state.is_doomed)

    def _path_of(self, connection: Any) -> str:
        """Return the file of a connection that was made before the hook."""
        found = self._ask_beside(
            connection,
            "SELECT path FROM duckdb_databases() WHERE NOT internal AND database_name = current_database()",
        )
        return (found and found[0]) or ":memory:"

    def _ask_beside(self, connection: Any, query: str, *values: Any) -> Any:
        """Return the first row of a query, over a second connection to the same database."""
        try:
            with connection.cursor() as second:
                state = _State(":memory:")
                state.is_quiet = True
                self._states.put(second, state)
                return second.execute(query, list(values)).fetchone()
        except Exception:  # noqa: BLE001  border: a closed connection cannot say
            return None

    def broke(self, connection: Any, failure: Exception) -> None:
        """Take note of a statement that failed: its transaction will keep nothing."""
        try:
            state = self._states.get(connection)
            if state is not None and state.is_open:
                is_harmless = not self._has_relations and type(failure).__name__ in _HARMLESS
                state.is_doomed = state.is_doomed or not is_harmless
        except Exception as ours:  # noqa: BLE001  border
            self.failed(ours)

    def _asker(self, connection: Any) -> Callable[[str], bool | None]:
        """Return what says whether a name is a table: the catalogue if it can be asked, else the host's variables."""
        if hasattr(connection, "_table_kind"):
            return lambda name: connection._table_kind(name) != "none"  # noqa: SLF001  runs no statement
        query = (
            "SELECT 1 FROM duckdb_tables() WHERE table_name = ? "
            "UNION ALL SELECT 1 FROM duckdb_views() WHERE view_name = ?"
        )

        def is_table(name: str) -> bool | None:
            return self._ask_beside(connection, query, name, name) is not None if _is_variable(name) else None

        return is_table


def _text_of(query: Any) -> str:
    """Return the text of a parsed statement."""
    return str(getattr(query, "query", query))


def _insert_into(table: str) -> str:
    quoted = str(table).replace('"', '""')
    return f'INSERT INTO "{quoted}" VALUES (?)'  # noqa: S608  never run, only read


def _absolute(path: str) -> str:
    import os  # noqa: PLC0415  as light as can be

    return path if not path or ":" in path[2:] or path.startswith(":") else os.path.abspath(path)  # noqa: PTH100


def _is_variable(name: str) -> bool:
    """Whether a variable of this name, of a kind that DuckDB reads, stands in the host's code that called."""
    frame: FrameType | None = caller()
    for _ in range(_MAX_FRAMES):
        if frame is None:
            return False
        value = frame.f_locals.get(name, frame.f_globals.get(name))
        if value is not None and (type(value).__name__ in _FRAMES or hasattr(value, "__arrow_c_stream__")):
            return True
        frame = frame.f_back
    return False


HOOK = DuckDbHook()
