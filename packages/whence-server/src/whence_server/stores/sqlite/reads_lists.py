"""Reads of lists and totals: namespaces, sources, tags, jobs, datasets, administrative rows, counters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from whence_server.stores.rows import AdminRow, NamespaceRow, SourceRow, TagRow
from whence_server.stores.sqlite.reads import array
from whence_server.stores.sqlite.reads_names import NameReads

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whence_server.stores.rows import DatasetRow, JobRow, Page
    from whence_server.stores.sqlite.reads import Row


class ListReads(NameReads):
    """The parts "lists" and "the rest" of `stores.base.Reader`."""

    def namespaces(self, page: Page) -> list[NamespaceRow]:
        """List namespaces by name, hidden ones too."""
        return self._namespaces(self._rows("namespaces", limit=page.limit, offset=page.offset))

    def namespace(self, name: str) -> NamespaceRow | None:
        """Return one namespace."""
        return next(iter(self._namespaces(self._rows("namespace", name=name))), None)

    def _namespaces(self, rows: Sequence[Row]) -> list[NamespaceRow]:
        said = self._admin("namespace", (row[1] for row in rows))
        return [NamespaceRow._make((*row[:6], bool(row[6]), said.get(row[1], _NOTHING)[0])) for row in rows]

    def _admin(self, kind: str, names: Iterable[str]) -> dict[str, tuple[bytes | None, int, int]]:
        """Return name -> (body, created_at, updated_at) of administrative rows whose key is one name."""
        by_key = {_key(name): name for name in names}
        rows = self._rows("admin_keys", kind=kind, keys=array(by_key))
        return {by_key[key]: (body, created_at, updated_at) for key, body, created_at, updated_at in rows}

    def sources(self, page: Page) -> list[SourceRow]:
        """List sources by name."""
        rows = self._rows("source_names", limit=page.limit, offset=page.offset)
        return self._sources([row[0] for row in rows])

    def source(self, name: str) -> SourceRow | None:
        """Return one source."""
        return next(iter(self._sources([name])), None)

    def _sources(self, names: list[str]) -> list[SourceRow]:
        seen = {row[0]: row for row in self._rows("sources", names=array(names))}
        said = self._admin("source", names)
        found: list[SourceRow] = []
        for name in names:
            body, created_at, updated_at = said.get(name, _NOTHING)
            if name in seen:
                found.append(SourceRow._make((*seen[name], body)))
            elif body is not None:
                found.append(SourceRow(name, None, created_at, updated_at, body))
        return found

    def tags(self, page: Page) -> list[TagRow]:
        """List tags by name."""
        rows = self.admin_rows("tag", (), page)
        return [TagRow(row.key[0], orjson.loads(row.body).get("description")) for row in rows]

    def admin_rows(self, kind: str, prefix: tuple[str, ...], page: Page) -> list[AdminRow]:
        """List administrative rows of a kind whose key begins with `prefix`, by key."""
        bounds = {"limit": page.limit, "offset": page.offset}
        if not prefix:
            rows = self._rows("admin_all", kind=kind, **bounds)
        else:
            open_ended = orjson.dumps(prefix).decode()[:-1]
            parts = {"whole": f"{open_ended}]", "first": f"{open_ended},", "beyond": f"{open_ended}-"}
            rows = self._rows("admin_under", kind=kind, **parts, **bounds)
        return [AdminRow(row[0], tuple(orjson.loads(row[1])), *row[2:]) for row in rows]

    def jobs_page(self, page: Page, *, namespace: str | None = None, states: Sequence[str] = ()) -> list[JobRow]:
        """List jobs that are not hidden by name (then namespace).

        `states` keeps those whose latest run is in one of them.
        """
        bounds: dict[str, Any] = {"limit": page.limit, "offset": page.offset}
        if states:
            rows = self._rows("jobs_page_in_states", namespace=namespace, states=array(states), **bounds)
        elif namespace is None:
            rows = self._rows("jobs_page", **bounds)
        else:
            rows = self._rows("jobs_page_of_namespace", namespace=namespace, **bounds)
        return list(self.jobs([row[0] for row in rows]).values())

    def job_total(self, *, namespace: str | None = None, states: Sequence[str] = ()) -> int:
        """Return how many jobs `jobs_page` could list. Counts only when `states` is given."""
        if states:
            return self._rows("job_total_in_states", namespace=namespace, states=array(states))[0][0]
        return self._rows("job_total", namespace=namespace)[0][0]

    def datasets_page(self, page: Page, *, namespace: str | None = None) -> list[DatasetRow]:
        """List datasets that events use and nobody hid, by name (then namespace)."""
        bounds: dict[str, Any] = {"limit": page.limit, "offset": page.offset}
        if namespace is None:
            rows = self._rows("datasets_page", **bounds)
        else:
            rows = self._rows("datasets_page_of_namespace", namespace=namespace, **bounds)
        return list(self.datasets([row[0] for row in rows]).values())

    def dataset_total(self, *, namespace: str | None = None) -> int:
        """Return how many datasets `datasets_page` could list."""
        return self._rows("dataset_total", namespace=namespace)[0][0]

    def counters(self) -> dict[str, int]:
        """Return the totals.

        Events, events_with_warnings, events_not_folded, runs, datasets, jobs, namespaces, sources, last_seq.
        """
        return _NOTHING_COUNTED | dict(self._rows("counters")) | {"sources": self._rows("source_total")[0][0]}

    def created_counts(self, what: str, bounds: Sequence[int]) -> list[int]:
        """Return how many of `what` ("jobs", "datasets", "sources") were first seen before each of the bounds."""
        if what == "sources":
            total = self._rows("source_total")[0][0]
        else:
            total = self.job_total() if what == "jobs" else self.dataset_total()
        return [max(0, total - self._rows(f"{what}_created", since=bound)[0][0]) for bound in bounds]


_COUNTED = ("events", "events_with_warnings", "events_not_folded", "runs", "datasets", "jobs", "namespaces")
_NOTHING_COUNTED = dict.fromkeys(_COUNTED, 0)
_NOTHING: tuple[bytes | None, int, int] = (None, 0, 0)


def _key(name: str) -> str:
    return orjson.dumps([name]).decode()
