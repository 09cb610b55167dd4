"""Fold a group of logged events into the tables, within the caller's transaction.

An event that the fold cannot take stays in the log with the reason, and the others go on: the group is folded again
without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from whence_server.graph.fold import fold_event
from whence_server.graph.saying import Said, read_event
from whence_server.stores.sqlite.loading import forget_some, load, new_workset
from whence_server.stores.sqlite.writing import write

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from whence.model import Checked
    from whence_server.graph.workset import Changes, Workset

_WEIGH_EVERY = 64  # groups
_CLOCKS_DIFFER = 86_400_000_000  # microseconds
_FROM_THE_FUTURE = {
    "code": "event_time_in_future",
    "path": "$.eventTime",
    "message": "eventTime is more than a day after the receipt; what it says outranks all that happens until then",
}


class Unfolded(NamedTuple):
    """An event on its way into the graph."""

    seq: int
    id: bytes
    event: dict[str, Any]
    checked: Checked
    received_at: int


class Folded(NamedTuple):
    """What is to be said about an event: its warnings as a JSON array, and why it is not in the graph."""

    warnings: bytes | None
    error: str | None


class Folder:
    """Folds groups, and keeps states between them. Call `forget` after every transaction that failed."""

    def __init__(self) -> None:
        self._work: Workset | None = None
        self._groups = 0
        self._refused = 0

    def forget(self) -> None:
        """Drop all states: they may say what the tables do not."""
        self._work = None

    def count_refused(self, events: int) -> None:
        """Count events of the log that never reach the fold, together with the next group."""
        self._refused += events

    def fold(self, connection: sqlite3.Connection, group: Sequence[Unfolded]) -> list[Folded]:
        """Fold a group and write what changed; return what is to be said about each event, in the same order."""
        errors: dict[int, str] = {}
        said = [(each, _read(each, errors)) for each in group]
        while (work := self._fold_all(connection, said, errors)) is None:
            pass
        results = [_result(each, one, errors) for each, one in said]
        _count(work.changes, results, self._refused)
        self._refused = 0
        write(connection, work.take_changes())
        self._groups += 1
        forget_some(work, weigh=self._groups % _WEIGH_EVERY == 0)
        return results

    def _fold_all(
        self, connection: sqlite3.Connection, said: list[tuple[Unfolded, Said | None]], errors: dict[int, str]
    ) -> Workset | None:
        """Fold what has no error yet; None after a new error, with the half-folded states dropped."""
        work = self._work = self._work or new_workset(connection)
        good = [(each.seq, one) for each, one in said if one is not None and each.seq not in errors]
        load(connection, work, [one for _, one in good])
        for seq, one in good:
            try:
                fold_event(work, one, seq)
            except Exception as error:  # noqa: BLE001 - border of the queue worker: one bad event must not stop the others
                errors[seq] = _cause(error)
                self._work = None
                return None
        return work


def _read(each: Unfolded, errors: dict[int, str]) -> Said | None:
    try:
        return read_event(each.id, each.event, each.checked)
    except Exception as error:  # noqa: BLE001 - as above
        errors[each.seq] = _cause(error)
        return None


def _cause(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _result(each: Unfolded, said: Said | None, errors: dict[int, str]) -> Folded:
    warnings = [warning.to_json() for warning in each.checked.warnings]
    if each.checked.event_time > each.received_at + _CLOCKS_DIFFER:
        warnings.append(_FROM_THE_FUTURE)
    if said is not None:
        warnings.extend(said.notes.to_json())
    return Folded(orjson.dumps(warnings) if warnings else None, errors.get(each.seq))


def _count(changes: Changes, results: list[Folded], refused: int) -> None:
    changes.count("events", len(results) + refused)
    changes.count("events_with_warnings", sum(result.warnings is not None for result in results))
    changes.count("events_not_folded", sum(result.error is not None for result in results) + refused)
