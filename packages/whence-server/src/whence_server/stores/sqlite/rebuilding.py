"""Fold the whole log again: what `whence rebuild` does, and the proof that the graph is a fold over the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from whence.errors import EventError
from whence.model import check_event
from whence_server.stores.sqlite import admin, log
from whence_server.stores.sqlite.folding import Folder, Unfolded
from whence_server.stores.sqlite.versions import make_derived_again

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable


def rebuild(connection: sqlite3.Connection, folder: Folder, progress: Callable[[int, int], None] | None) -> None:
    """Drop every derived table and fold the log, hiding again what people hid at the point where they did."""
    total = int(connection.execute("SELECT count(*) FROM event").fetchone()[0])
    make_derived_again(connection)
    done = after = 0
    pauses = admin.hidings(connection)
    for until, kind, key in [*pauses, (None, "", ())]:
        for rows in log.logged(connection, after=after, until=until):
            _fold_again(connection, folder, rows)
            done += len(rows)
            after = rows[-1].seq
            if progress is not None:
                progress(done, total)
        if until is not None:
            admin.set_hidden(connection, kind, key)
            folder.forget()
    admin.add_declared_namespaces(connection)
    folder.forget()


def _fold_again(connection: sqlite3.Connection, folder: Folder, rows: list[log.LogRow]) -> None:
    unfolded: list[Unfolded] = []
    refused = 0
    marks: list[tuple[bytes | None, str | None, int]] = []
    kept: list[log.LogRow] = []
    for row in rows:
        event = orjson.loads(row.body)
        try:
            unfolded.append(Unfolded(row.seq, row.id, event, check_event(event), row.received_at))
            kept.append(row)
        except EventError as error:  # kept by an older Whence with other rules
            marks.append((row.warnings, str(error), row.seq))
            refused += 1
    folder.count_refused(refused)
    for row, folded in zip(kept, folder.fold(connection, unfolded), strict=True):
        if (folded.warnings, folded.error) != (row.warnings, row.fold_error):
            marks.append((folded.warnings, folded.error, row.seq))
    log.mark(connection, marks)
