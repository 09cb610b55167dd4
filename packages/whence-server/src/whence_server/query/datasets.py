"""Datasets and their versions, for Marquez's dataset routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from whence_server.query.dataset_shape import DatasetBook, column_lineage_of, rendered_fields
from whence_server.query.errors import UnknownError
from whence_server.query.lookup import dataset_row, named_rows, namespace_row
from whence_server.query.nodes import NodeBook
from whence_server.query.run_shape import RunBook
from whence_server.query.version_facets import facets_of_version
from whence_server.query.versions import dataset_version, initial_version, schema_version
from whence_server.stores.rows import INPUT, OUTPUT, DatasetVersionRow, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whence_server.stores.base import Reader
    from whence_server.stores.rows import DatasetRow, RunRow

MAX_ALIASES = 1_000
MAX_JOBS = 1_000
SCAN = 1_000  # versions are looked for this many at a time


def page(reader: Reader, namespace: str, *, limit: int, offset: int) -> dict[str, Any]:
    """List the datasets of a namespace, in the shape `Datasets`."""
    namespace_row(reader, namespace)
    rows = reader.datasets_page(Page(limit, offset), namespace=namespace) if limit else []
    shapes = DatasetBook(reader, rows)
    lineage = column_lineage_of(reader, NodeBook(reader), [row.id for row in rows])
    return {
        "totalCount": reader.dataset_total(namespace=namespace),
        "datasets": [shapes.dataset(row, lineage.get(row.id)) for row in rows],
    }


def one(reader: Reader, namespace: str, name: str) -> dict[str, Any]:
    """Answer one dataset by the name it was asked for, in the shape `DatasetDetail`.

    What only its aliases say is said of it, too; where both speak, its own facets win.
    """
    row, canonical = named_rows(reader, namespace, name)
    others = [member for member in (canonical, *_members(reader, canonical)) if member.id != row.id]
    shapes = DatasetBook(reader, [row, *others])
    facets = shapes.facets.setdefault(row.id, {})
    for other in others:
        for key, body in shapes.facets.get(other.id, {}).items():
            facets.setdefault(key, body)
        row = row if row.fields is not None else row._replace(fields=other.fields)
    book = NodeBook(reader)
    lineage = column_lineage_of(reader, book, [canonical.id])
    found = shapes.dataset(row, lineage.get(canonical.id))
    return found | {"aliases": _names(others)} | _jobs_around(reader, book, canonical)


def _members(reader: Reader, row: DatasetRow) -> list[DatasetRow]:
    ids = reader.members([row.id], MAX_ALIASES).get(row.id, [])
    return list(reader.datasets(ids).values())


def _names(rows: Iterable[DatasetRow]) -> list[str]:
    return sorted(f"dataset:{row.namespace}:{row.name}" for row in rows)


def _jobs_around(reader: Reader, book: NodeBook, row: DatasetRow) -> dict[str, Any]:
    """Return the jobs that write and read a dataset by name, at most MAX_JOBS each, and how many there are."""
    writers, readers = reader.degrees([row.id]).get(row.id, (0, 0))
    around: dict[str, Any] = {"producerCount": writers, "consumerCount": readers}
    for key, direction in (("producedBy", OUTPUT), ("consumedBy", INPUT)):
        jobs = reader.jobs_around([row.id], MAX_JOBS, directions=(direction,))
        book.load(-job for job in jobs)
        rows = [book.jobs[job] for job in jobs if book.is_shown(-job)]
        names = sorted((job.namespace, job.name) for job in rows)
        around[key] = [{"namespace": namespace, "name": name} for namespace, name in names]
    return around


def versions(reader: Reader, namespace: str, name: str, *, limit: int, offset: int) -> dict[str, Any]:
    """List the versions of a dataset, in the shape `DatasetVersions`. One that nobody wrote has its initial version."""
    row = dataset_row(reader, namespace, name)
    members = [row, *_members(reader, row)]
    total = sum(member.version_count for member in members)
    if not total:
        first = [None] if limit and not offset else []
        return {"versions": _rendered(reader, {row.id: row}, row, first), "totalCount": 1}
    found = [v for member in members for v in reader.dataset_versions(member.id, Page(offset + limit))] if limit else []
    found.sort(key=lambda version: version.at, reverse=True)
    rows = {member.id: member for member in members}
    return {"versions": _rendered(reader, rows, row, found[offset : offset + limit]), "totalCount": total}


def version(reader: Reader, namespace: str, name: str, version_id: str) -> dict[str, Any]:
    """Answer one version of a dataset, in the shape `DatasetVersion`."""
    row = dataset_row(reader, namespace, name)
    members = [row, *_members(reader, row)]
    wanted = version_id.lower()
    rows = {member.id: member for member in members}
    for member in members:
        if wanted == initial_version(member):
            return _rendered(reader, rows, member, [None])[0]
        found = find_version(reader, member, wanted)
        if found is not None:
            return _rendered(reader, rows, row, [found])[0]
    message = f"Dataset version '{version_id}' not found."
    raise UnknownError(message, path="version")


def find_version(reader: Reader, row: DatasetRow, wanted: str) -> DatasetVersionRow | None:
    """Look for a version by its id, the latest first. Cost: about 2 ms for each thousand versions."""
    for offset in range(0, row.version_count, SCAN):
        for each in reader.dataset_versions(row.id, Page(SCAN, offset)):
            if dataset_version(row, each) == wanted:
                return each
    return None


def _rendered(
    reader: Reader, rows: dict[int, DatasetRow], row: DatasetRow, found: Sequence[DatasetVersionRow | None]
) -> list[dict[str, Any]]:
    shapes = DatasetBook(reader, list(rows.values()))
    run_ids = [each.run_id for each in found if each is not None and each.run_id is not None]
    runs = reader.runs(run_ids)
    run_book = RunBook(reader, NodeBook(reader), runs.values())
    return [_version(reader, shapes, (rows, row), each, (runs, run_book)) for each in found]


def _version(
    reader: Reader,
    shapes: DatasetBook,
    datasets: tuple[dict[int, DatasetRow], DatasetRow],
    found: DatasetVersionRow | None,
    runs: tuple[dict[int, RunRow], RunBook],
) -> dict[str, Any]:
    row = datasets[1] if found is None else datasets[0].get(found.dataset_id, datasets[1])
    facets, fields = (
        (shapes.facets.get(row.id, {}), row.fields) if found is None else facets_of_version(reader, row, found)
    )
    run = None if found is None or found.run_id is None else runs[0].get(found.run_id)
    return shapes.version(row, found, facets) | {
        "fields": rendered_fields(fields, {}),
        "currentSchemaVersion": schema_version(row, fields),
        "createdByRun": None if run is None else runs[1].rendered(run),
        "facets": {key: orjson.Fragment(body) for key, body in facets.items()},
    }
