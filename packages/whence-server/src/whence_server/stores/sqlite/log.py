"""The event log: which events are new, and their rows. The log is the truth; this module must not look into events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from whence_server.stores.sqlite.statements import marked_blocks
from whence_server.stores.sqlite.writing import Upsert

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

_EVENT: Final = Upsert("event", ["seq"], ["id", "kind", "type", "received_at", "warnings", "fold_error", "body"])
_AT_ONCE: Final = 500


class LogRow(NamedTuple):
    """A row of the event table."""

    seq: int
    id: bytes
    kind: int
    type: str | None
    received_at: int
    warnings: bytes | None
    fold_error: str | None
    body: bytes


def known_ids(connection: sqlite3.Connection, ids: Sequence[bytes]) -> set[bytes]:
    """Return which events the log has."""
    found: set[bytes] = set()
    for block, marks in marked_blocks(ids):
        found.update(row[0] for row in connection.execute(f"SELECT id FROM event WHERE id IN ({marks})", block))  # noqa: S608 - marks only
    return found


def append(connection: sqlite3.Connection, rows: list[LogRow]) -> None:
    """Add events to the log."""
    _EVENT.run(connection, list(rows))


def next_seq(connection: sqlite3.Connection) -> int:
    """Return the number of the next event."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM event").fetchone()[0])


def logged(connection: sqlite3.Connection, *, after: int = 0, until: int | None = None) -> Iterator[list[LogRow]]:
    """Yield the log's rows in order of receipt with after < seq <= until, some hundred at a time."""
    last = (1 << 62) if until is None else until
    while True:
        rows = connection.execute(
            "SELECT seq, id, kind, type, received_at, warnings, fold_error, body FROM event"
            " WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
            (after, last, _AT_ONCE),
        ).fetchall()
        if not rows:
            return
        yield [LogRow(*row) for row in rows]
        after = rows[-1][0]


def mark(connection: sqlite3.Connection, marks: list[tuple[bytes | None, str | None, int]]) -> None:
    """Set (warnings, fold error) of the events with these numbers, after a fold with newer rules."""
    connection.executemany("UPDATE event SET warnings = ?, fold_error = ? WHERE seq = ?", marks)
