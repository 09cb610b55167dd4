"""What the parts of the reader share: one connection, statements by name, JSON arrays as parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from whence_server.stores.sqlite.statements import load_statements

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

Row = tuple[Any, ...]
NO_ROWS: Final[list[Row]] = []


def array(values: Iterable[Any]) -> str:
    """Write a parameter for json_each."""
    return orjson.dumps(list(values)).decode()


class Reads:
    """One part of the reader: statements on one connection. Only for use in one thread at a time."""

    _SQL: Final = {
        name: statement
        for file in ("names", "runs", "lists", "graph", "log")
        for name, statement in load_statements(f"read_{file}.sql").items()
    }

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._aliased: bool | None = None

    def _rows(self, statement: str, **parameters: Any) -> list[Row]:
        return self._connection.execute(self._SQL[statement], parameters).fetchall()

    def _rows_of(self, statement: str, ids: Iterable[Any], **parameters: Any) -> list[Row]:
        """Run a statement on :ids; none for none."""
        asked = list(ids)
        return self._rows(statement, ids=array(asked), **parameters) if asked else NO_ROWS

    @property
    def _has_aliases(self) -> bool:
        """Tell whether any dataset stands for another one.

        Most stores have none, and then nothing needs to be mapped.
        """
        if self._aliased is None:
            self._aliased = bool(self._rows("has_aliases")[0][0])
        return self._aliased
