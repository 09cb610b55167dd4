"""Runs in Marquez's shape: state, times, arguments, the dataset versions read and written, facets.

Rendered many at a time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from whence_server.query.facets import nominal_time, raw, run_args
from whence_server.query.run_states import run_state
from whence_server.query.times import instant, instant_or_none
from whence_server.query.versions import dataset_version, uuid_text
from whence_server.stores.rows import INPUT, OUTPUT, DatasetVersionRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whence_server.query.nodes import NodeBook
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import RunDatasetRow, RunRow

DATASETS_PER_RUN = 200
MIN_DATASETS = 20_000


class RunBook:
    """What the runs of one answer need, read in a few statements: datasets, versions, facets."""

    def __init__(self, reader: Reader, book: NodeBook, runs: Iterable[RunRow]) -> None:
        self._reader = reader
        self._book = book
        self._runs = {run.id: run for run in runs}
        ids = list(self._runs)
        self._io = reader.run_datasets(ids, max(MIN_DATASETS, DATASETS_PER_RUN * len(ids)))
        self._facets = reader.run_facets(ids)
        datasets = [row.dataset_id for rows in self._io.values() for row in rows]
        book.load([*datasets, *(-run.job_id for run in self._runs.values())])
        self._read_versions = versions_read(reader, book, self._io.values(), self._runs)

    def rendered(self, run: RunRow) -> dict[str, Any]:
        """Return one of the runs in Marquez's shape."""
        facets = self._facets.get(run.id, {})
        rows = self._io.get(run.id, [])
        job = self._book.jobs[run.job_id]
        found = brief_run(run, job.namespace, job.name) | {
            "inputDatasetVersions": [self._version(run, row) for row in rows if row.direction == INPUT],
            "outputDatasetVersions": [self._version(run, row) for row in rows if row.direction == OUTPUT],
        }
        if facets:
            found["nominalStartTime"] = nominal_time(facets, "nominalStartTime")
            found["nominalEndTime"] = nominal_time(facets, "nominalEndTime")
            found["args"] = run_args(facets)
            found["facets"] = raw(facets)
        return found

    def _version(self, run: RunRow, row: RunDatasetRow) -> dict[str, Any]:
        dataset = self._book.datasets[row.dataset_id]
        if row.direction == OUTPUT:
            version = dataset_version(dataset, DatasetVersionRow(dataset.id, row.at, run.id, run.uuid, None))
        else:
            read = self._read_versions.get((run.id, row.dataset_id))
            dataset = dataset if read is None else self._book.datasets[read.dataset_id]
            version = dataset_version(dataset, read)
        return {
            "datasetVersionId": {"namespace": dataset.namespace, "name": dataset.name, "version": version},
            "facets": {} if row.facets is None else orjson.Fragment(row.facets),
        }


def versions_read(
    reader: Reader, book: NodeBook, io: Iterable[Sequence[RunDatasetRow]], runs: dict[int, RunRow]
) -> dict[tuple[int, int], DatasetVersionRow]:
    """Return which version each run read.

    (run, dataset) -> the last one made before the run began, under any of the dataset's names.
    """
    inputs = [row for rows in io for row in rows if row.direction == INPUT]
    canonical = {row.dataset_id: book.datasets[row.dataset_id].canonical_id for row in inputs}
    members = reader.members(list(set(canonical.values())), MIN_DATASETS)
    book.load([*members, *(alias for aliases in members.values() for alias in aliases)])
    asked: list[tuple[int, int, int]] = []
    keys: list[tuple[int, int]] = []
    for row in inputs:
        stands_for = canonical[row.dataset_id]
        for dataset in {row.dataset_id, stands_for, *members.get(stands_for, ())}:
            asked.append((dataset, runs[row.run_id].started_at, row.run_id))
            keys.append((row.run_id, row.dataset_id))
    found: dict[tuple[int, int], DatasetVersionRow] = {}
    for key, version in zip(keys, reader.versions_before(asked), strict=True):
        if version is not None and (key not in found or version.at > found[key].at):
            found[key] = version
    return found


@lru_cache(maxsize=8_192)
def rendered_brief_run(run: RunRow, namespace: str, name: str) -> orjson.Fragment:
    """Return a brief run as JSON. The same row is rendered once: nothing else goes into it."""
    return orjson.Fragment(orjson.dumps(brief_run(run, namespace, name)))


def brief_run(run: RunRow, namespace: str, name: str) -> dict[str, Any]:
    """Return a run of the job of this name in Marquez's shape, without its dataset versions, arguments and facets."""
    state = run_state(run.state)
    started = None if state == "NEW" else run.started_at
    return {
        "id": uuid_text(run.uuid),
        "createdAt": instant(run.first_seen),
        "updatedAt": instant(run.last_seen),
        "nominalStartTime": None,
        "nominalEndTime": None,
        "state": state,
        "startedAt": instant_or_none(started),
        "endedAt": instant_or_none(run.ended_at),
        "durationMs": _duration_ms(started, run.ended_at),
        "args": {},
        "jobVersion": None if run.job_version is None else _job_version(namespace, name, run.job_version),
        "inputDatasetVersions": [],
        "outputDatasetVersions": [],
        "facets": {},
    }


def _job_version(namespace: str, name: str, version: bytes) -> dict[str, str]:
    return {"namespace": namespace, "name": name, "version": uuid_text(version)}


def _duration_ms(started: int | None, ended: int | None) -> int | None:
    return None if started is None or ended is None else max(0, (ended - started) // 1_000)
