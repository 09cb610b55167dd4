"""Reads of entities: names to ids, rows by id, aliases, facets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence_server.stores.rows import AliasRow, DatasetRow, JobRow
from whence_server.stores.sqlite.reads import Reads, array

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whence_server.stores.sqlite.reads import Row

Facets = dict[int, dict[str, bytes]]


class NameReads(Reads):
    """The parts "names -> ids", "entities by id" and "facets" of `stores.base.Reader`."""

    def dataset_ids(self, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return the ids of (namespace, name) pairs, also of datasets that only symlinks name."""
        rows = self._rows("dataset_ids", names=array(names)) if names else []
        return {(namespace, name): identifier for namespace, name, identifier in rows}

    def job_ids(self, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return the ids of (namespace, name) pairs."""
        rows = self._rows("job_ids", names=array(names)) if names else []
        return {(namespace, name): identifier for namespace, name, identifier in rows}

    def nodes_named(self, name: str, limit: int) -> list[int]:
        """Return the nodes with this bare name in any namespace, datasets before jobs, by namespace."""
        return [row[0] for row in self._rows("nodes_named", name=name, limit=limit)]

    def datasets(self, ids: Sequence[int]) -> dict[int, DatasetRow]:
        """Return datasets by id."""
        return {row[0]: _dataset(row) for row in self._rows_of("datasets", ids)}

    def dataset_names(self, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Return (namespace, name) of datasets that are shown: cheaper than their rows."""
        return {identifier: (namespace, name) for identifier, namespace, name in self._rows_of("dataset_names", ids)}

    def jobs(self, ids: Sequence[int]) -> dict[int, JobRow]:
        """Return jobs by id."""
        return {row[0]: _job(row) for row in self._rows_of("jobs", ids)}

    def canonical(self, dataset_ids: Sequence[int]) -> dict[int, int]:
        """Return the canonical dataset of each dataset."""
        return dict(self._rows_of("canonical", dataset_ids))

    def members(self, canonical_ids: Sequence[int], limit: int) -> dict[int, list[int]]:
        """Return the other datasets of each canonical dataset's alias component, by id.

        Nothing for those that stand alone.
        """
        found: dict[int, list[int]] = {}
        if self._has_aliases:
            for canonical, member in self._rows_of("members", canonical_ids, limit=limit):
                found.setdefault(canonical, []).append(member)
        return found

    def aliases(self, dataset_ids: Sequence[int], limit: int) -> list[AliasRow]:
        """Return what symlinks facets of these datasets say, and of others about them."""
        return [AliasRow(*row) for row in self._rows_of("aliases", dataset_ids, limit=limit)]

    def dataset_facets(self, ids: Sequence[int], *, keys: Sequence[str] | None = None) -> Facets:
        """Return the current facets of datasets, only those of `keys` if given: id -> key -> JSON."""
        if keys is None:
            return _by_owner(self._rows_of("dataset_facets", ids))
        return _by_owner(self._rows_of("dataset_facets_of_keys", ids, keys=array(keys)))

    def job_facets(self, ids: Sequence[int], *, keys: Sequence[str] | None = None) -> Facets:
        """Return the current facets of jobs, only those of `keys` if given."""
        if keys is None:
            return _by_owner(self._rows_of("job_facets", ids))
        return _by_owner(self._rows_of("job_facets_of_keys", ids, keys=array(keys)))

    def run_facets(self, ids: Sequence[int]) -> Facets:
        """Return the facets of runs."""
        return _by_owner(self._rows_of("run_facets", ids))


def _dataset(row: Row) -> DatasetRow:
    return DatasetRow._make((*row[:4], bool(row[4]), bool(row[5]), *row[6:]))


def _job(row: Row) -> JobRow:
    return JobRow._make((*row[:3], bool(row[3]), bool(row[4]), *row[5:]))


def _by_owner(rows: Iterable[Row]) -> Facets:
    found: Facets = {}
    for owner, key, body in rows:
        found.setdefault(owner, {})[key] = body
    return found
