"""Reads of the log, and the search by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from whence_server.graph.event_id import event_time_of, time_prefix
from whence_server.stores.rows import NO_FILTERS, EventCountRow, EventRow, SearchRow
from whence_server.stores.sqlite.reads import Reads, array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence_server.stores.rows import Page, SearchFilters, SearchOrder
    from whence_server.stores.sqlite.reads import Row

_FIRST: Final = b""
_BEYOND: Final = b"\xff" * 21
_TRIGRAM: Final = 3
_ORDERS: Final[dict[SearchOrder, str]] = {
    "name": "ORDER BY lower(name) <> lower(:text), NOT (name LIKE :prefix ESCAPE '\\'), name, namespace, node DESC",
    "updated_at": "ORDER BY last_seen DESC, name, namespace, node DESC",
}


class LogReads(Reads):
    """The part "the log" of `stores.base.Reader`, and search."""

    def event(self, event_id: bytes) -> EventRow | None:
        """Return one event."""
        rows = self._rows("event", id=event_id)
        return _event(rows[0]) if rows else None

    def events_with_seq(self, seqs: Sequence[int]) -> list[EventRow]:
        """Return events by receipt number, in that order."""
        return [_event(row) for row in self._rows("events_with_seq", seqs=array(seqs))]

    def events_page(
        self, page: Page, *, after: int | None = None, before: int | None = None, oldest_first: bool = False
    ) -> list[EventRow]:
        """List events with after <= event time < before, by event time."""
        statement = "events_oldest_first" if oldest_first else "events_newest_first"
        rows = self._rows(statement, **_range(after, before), limit=page.limit, offset=page.offset)
        return [_event(row) for row in rows]

    def event_total(self, *, after: int | None = None, before: int | None = None) -> int:
        """Return how many events lie in the time range; all of them are counted anyway, a part is counted now."""
        if after is None and before is None:
            return dict(self._rows("counters")).get("events", 0)
        return self._rows("event_total", **_range(after, before))[0][0]

    def events_of_run(self, run_id: int, page: Page) -> list[EventRow]:
        """List the events of a run in order of receipt."""
        return [_event(row) for row in self._rows("events_of_run", run=run_id, limit=page.limit, offset=page.offset)]

    def events_of_node(self, node: int, page: Page) -> list[EventRow]:
        """List the job or dataset events of a job or dataset, latest event time first."""
        return [_event(row) for row in self._rows("events_of_node", node=node, limit=page.limit, offset=page.offset)]

    def events_with_warnings(self, page: Page) -> list[EventRow]:
        """List events that were kept with warnings or are not in the graph, last received first."""
        return [_event(row) for row in self._rows("events_with_warnings", limit=page.limit, offset=page.offset)]

    def event_counts(self, since: int, until: int) -> list[EventCountRow]:
        """Return events per hour and type with since <= hour < until."""
        return [EventCountRow(*row) for row in self._rows("event_counts", since=since, until=until)]

    def search(
        self, text: str, page: Page, *, filters: SearchFilters = NO_FILTERS, order: SearchOrder = "name"
    ) -> list[SearchRow]:
        """Find datasets and jobs that are shown and whose name contains the text, letters of either case."""
        statement, parameters = self._search(text, filters)
        bounds = {"text": text, "prefix": f"{_escaped(text)}%", "limit": page.limit, "offset": page.offset}
        found = f"{statement} {_ORDERS[order]} LIMIT :limit OFFSET :offset"
        return [SearchRow(*row) for row in self._connection.execute(found, parameters | bounds)]

    def search_total(self, text: str, *, filters: SearchFilters = NO_FILTERS) -> int:
        """Return how many `search` could list."""
        statement, parameters = self._search(text, filters)
        counting = f"SELECT count(*) FROM ({statement})"  # noqa: S608 - our own statement
        return self._connection.execute(counting, parameters).fetchone()[0]

    def _search(self, text: str, filters: SearchFilters) -> tuple[str, dict[str, Any]]:
        """Return the statement of all rows found, and its parameters."""
        quoted = '"' + text.replace('"', '""') + '"'
        indexed = len(text) >= _TRIGRAM and "\0" not in text
        found = self._SQL["found_by_text" if indexed else "found_by_scan"]
        statement = self._SQL["search_rows"].replace("{found}", found)
        return statement, {"match": quoted, "like": f"%{_escaped(text)}%", **filters._asdict()}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _range(after: int | None, before: int | None) -> dict[str, bytes]:
    return {
        "first": _FIRST if after is None else time_prefix(after),
        "beyond": _BEYOND if before is None else time_prefix(before),
    }


def _event(row: Row) -> EventRow:
    seq, identifier, kind, kind_type, received_at, warnings, fold_error, body = row
    return EventRow(
        seq, identifier, kind, kind_type, event_time_of(identifier), received_at, warnings, fold_error, body
    )
