"""Relations of DuckDB 1.x, which are of C: whose connection they are, and what they run when they run.

Later versions write relations in Python over one function that runs statements, and need none of this. Here each
relation that comes out of a connection, or of another relation, is remembered with its connection; the calls that make
it run are told as the statement that `sql_query` gives. Where that shows the address of an object of the host's
(`arrow_scan(0x...)`), a name for the program's data stands. Source: DuckDB 1.4, `DuckDBPyRelation`.
"""

from __future__ import annotations

import re

from whence.context import get
from whence.hooks._frames.moves import argument
from whence.hooks._frames.remembered import Remembered
from whence.hooks._frames.unseen import in_callers_frame, unseen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from whence.hooks._patches import Patches

    class Hook(Protocol):
        """What relations need of the hook."""

        def heard(self, connection: Any, query: Any) -> None: ...
        def broke(self, connection: Any, failure: Exception) -> None: ...
        def prepared(self, connection: Any, text: str) -> None: ...
        def failed(self, failure: Exception) -> None: ...


STATEMENTS = ("sql", "query", "from_query")
SOURCES = (
    "from_arrow",
    "from_csv_auto",
    "from_df",
    "from_parquet",
    "read_csv",
    "read_json",
    "read_parquet",
    "table",
    "table_function",
    "values",
    "view",
)
_READS = frozenset(
    (
        "__len__",
        "arrow",
        "describe",
        "df",
        "execute",
        "fetch_arrow_reader",
        "fetch_arrow_table",
        "fetch_df_chunk",
        "fetch_record_batch",
        "fetchall",
        "fetchdf",
        "fetchmany",
        "fetchnumpy",
        "fetchone",
        "pl",
        "record_batch",
        "show",
        "tf",
        "to_arrow_table",
        "to_df",
        "torch",
    )
)
_WRITES: dict[str, tuple[str, str]] = {
    "create": ("CREATE TABLE {} AS ", "table_name"),
    "to_table": ("CREATE TABLE {} AS ", "table_name"),
    "create_view": ("CREATE VIEW {} AS ", "view_name"),
    "to_view": ("CREATE VIEW {} AS ", "view_name"),
    "insert_into": ("INSERT INTO {} ", "table_name"),
    "to_csv": ("COPY", "file_name"),
    "write_csv": ("COPY", "file_name"),
    "to_parquet": ("COPY", "file_name"),
    "write_parquet": ("COPY", "file_name"),
}
_LEFT_ALONE = frozenset(("sql_query", "explain", "close", "insert", "update"))
_OBJECT = re.compile(r"\b\w+_scan\((?:0x[0-9a-f]+|\d+)[^)]*\)", re.IGNORECASE)


class Relations:
    """Wraps relations and what makes them."""

    def __init__(self, hook: Hook, patches: Patches, kind: Any) -> None:
        self._hook = hook
        self._patches = patches
        self._kind = kind
        self._connections = Remembered()  # of relations
        self._ran = Remembered()  # relations whose rows are fetched piece by piece

    def install(self) -> None:
        """Wrap the methods of relations."""
        members: dict[str, Any] = dict(self._kind.__dict__)
        for name, method in members.items():
            if name in _READS:
                self._patches.put(self._kind, name, self._reading)
            elif name in _WRITES:
                self._patches.put(self._kind, name, self._writing(*_WRITES[name]))
            elif callable(method) and not name.startswith("_") and name not in _LEFT_ALONE:
                self._patches.put(self._kind, name, self._deriving)

    def making(self, original: Any) -> Any:
        """Wrap what makes a relation on a connection; a statement that is no query has run by then."""
        hook, keep, kind, call = self._hook, self._connections.put, self._kind, in_callers_frame(original)

        def make(connection: Any, /, *args: Any, **kwargs: Any) -> Any:
            try:
                answer = call(connection, *args, **kwargs)
            except Exception as failure:
                hook.broke(connection, failure)
                raise
            text = args[0] if args else kwargs.get("query")
            if isinstance(answer, kind):
                keep(answer, connection)
                if isinstance(text, str):
                    hook.prepared(connection, text)
            elif text is not None:
                hook.heard(connection, text)
            return answer

        return unseen(make)

    def sourcing(self, original: Any) -> Any:
        """Wrap what makes a relation of a file, a table or an object."""
        keep, call = self._connections.put, in_callers_frame(original)

        def make(connection: Any, /, *args: Any, **kwargs: Any) -> Any:
            answer = call(connection, *args, **kwargs)
            keep(answer, connection)
            return answer

        return unseen(make)

    def _deriving(self, original: Any) -> Any:
        keep, known, kind, call = self._connections.put, self._connections.get, self._kind, in_callers_frame(original)

        def derive(relation: Any, /, *args: Any, **kwargs: Any) -> Any:
            answer = call(relation, *args, **kwargs)
            if isinstance(answer, kind):
                connection = known(relation)
                if connection is not None:
                    keep(answer, connection)
            return answer

        return unseen(derive)

    def _reading(self, original: Any) -> Any:
        def read(relation: Any, /, *args: Any, **kwargs: Any) -> Any:
            text = "" if self._ran.get(relation) else self._text(relation)
            answer = original(relation, *args, **kwargs)
            if text:
                self._ran.put(relation, True)
                self._hook.heard(self._connections.get(relation), text)
            return answer

        return read

    def _writing(self, form: str, target: str) -> Callable[[Any], Any]:
        def make(original: Any) -> Any:
            def write(relation: Any, /, *args: Any, **kwargs: Any) -> Any:
                text = self._text(relation)
                answer = original(relation, *args, **kwargs)
                if text:
                    name = str(argument(args, kwargs, 0, target))
                    if form == "COPY":
                        text = "COPY ({}) TO '{}'".format(text, name.replace("'", "''"))
                    else:
                        text = form.format(".".join(f'"{part}"' for part in name.split("."))) + text
                    self._hook.heard(self._connections.get(relation), text)
                return answer

            return write

        return make

    def _text(self, relation: Any) -> str:
        """Return the statement of a relation, "" outside of runs and for one whose connection is not known."""
        if get() is None or not self._patches.is_on or self._connections.get(relation) is None:
            return ""
        try:
            return _OBJECT.sub("__duckdb_source", relation.sql_query())
        except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
            self._hook.failed(failure)
            return ""
