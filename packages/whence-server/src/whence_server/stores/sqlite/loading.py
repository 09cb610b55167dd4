"""Fill the fold's states from the tables: everything a group of events touches, in a handful of statements.

States stay in the workset between groups as a cache, the ones used last at the end of each dictionary; `forget_some`
bounds it.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import orjson

from whence_server.graph.fold_derivations import FROM_COLUMN_LINEAGE, NO_JOB, guessed_in, passage_told, restore_passages
from whence_server.graph.saying import OUTPUT
from whence_server.graph.states import (
    DatasetState,
    Derivation,
    Derivations,
    Edge,
    JobState,
    NamespaceState,
    RunDataset,
    RunState,
    SourceState,
    stamps_from_json,
)
from whence_server.graph.workset import NextIds, Workset
from whence_server.stores.sqlite.statements import load_statements, marked_blocks

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

    from whence_server.graph.saying import Said

_SQL: Final = load_statements("load.sql")
_RUN_COLUMNS: Final = (
    "id, job_id, uuid, state, state_stamp, first_seen, last_seen, start_time, ended_at, completed_at, parent_uuid,"
    " parent_job_id, location, job_version, stamps"
)

# How many states stay between groups.
KEPT_NAMESPACES: Final = 5_000
KEPT_SOURCES: Final = 5_000
KEPT_DATASETS: Final = 20_000
KEPT_JOBS: Final = 10_000
KEPT_RUNS: Final = 5_000
KEPT_JOB_WEIGHT: Final = 100_000  # edges and derivations of the jobs that stay
KEPT_RUN_WEIGHT: Final = 50_000  # datasets of the runs that stay


def new_workset(connection: sqlite3.Connection) -> Workset:
    """Return an empty workset that knows the next free ids."""
    namespace, source, dataset, job, run = connection.execute(_SQL["next_ids"]).fetchone()
    return Workset(NextIds(namespace=namespace, source=source, dataset=dataset, job=job, run=run))


def load(connection: sqlite3.Connection, work: Workset, group: Sequence[Said]) -> None:
    """Load what the group mentions and the workset lacks. What is not found is new."""
    dataset_names = dict.fromkeys(name for said in group for name in said.dataset_names())
    job_names = dict.fromkeys(name for said in group for name in said.job_names())
    namespaces = dict.fromkeys(name[0] for names in (dataset_names, job_names) for name in names)
    _load_namespaces(connection, work, _missing(work.namespaces, namespaces))
    sources = dict.fromkeys(about.source.name for said in group for about in said.datasets if about.source is not None)
    _load_sources(connection, work, _missing(work.sources, sources))
    _load_datasets(connection, work, _missing(work.datasets, dataset_names))
    _load_jobs(connection, work, _missing(work.jobs, job_names))
    _load_told(connection, work, group)
    _load_runs(connection, work, group)


def _missing(states: dict[Any, Any], wanted: Iterable[Any]) -> list[Any]:
    """Return what the cache lacks; move what it has to the end, away from `forget_some`."""
    missing: list[Any] = []
    for key in wanted:
        found = states.pop(key, None)
        if found is None:
            missing.append(key)
        else:
            states[key] = found
    return missing


def _load_namespaces(connection: sqlite3.Connection, work: Workset, names: list[str]) -> None:
    if not names:
        return
    for row in connection.execute(_SQL["namespaces"], {"names": orjson.dumps(names).decode()}):
        state = NamespaceState(row[0], row[1], row[2])
        state.last_seen, state.hidden = row[3], bool(row[4])
        work.namespaces[state.name] = state


def _load_sources(connection: sqlite3.Connection, work: Workset, names: list[str]) -> None:
    if not names:
        return
    for row in connection.execute(_SQL["sources"], {"names": orjson.dumps(names).decode()}):
        state = SourceState(row[0], row[1], row[4])
        state.uri, state.stamp, state.last_seen = row[2], row[3], row[5]
        work.sources[state.name] = state


def _with_namespace_ids(work: Workset, names: list[tuple[str, str]]) -> str:
    known = work.namespaces
    return orjson.dumps([(known[name[0]].id, name[1]) for name in names if name[0] in known]).decode()


def _namespaces_by_id(work: Workset, names: list[tuple[str, str]]) -> dict[int, NamespaceState]:
    states = (work.namespaces.get(name[0]) for name in names)
    return {state.id: state for state in states if state is not None}


def _load_datasets(connection: sqlite3.Connection, work: Workset, names: list[tuple[str, str]]) -> None:
    if not names:
        return
    by_id = _namespaces_by_id(work, names)
    for row in connection.execute(_SQL["datasets"], {"names": _with_namespace_ids(work, names)}):
        namespace = by_id[row[1]]
        state = DatasetState(row[0], namespace, row[2], row[5])
        state.used, state.hidden = bool(row[3]), bool(row[4])
        state.last_seen, state.last_seq, state.version_count, state.source_id = row[6], row[7], row[8], row[9]
        state.stamps = stamps_from_json(row[10])
        state.moved = False
        work.datasets[namespace.name, state.name] = state


def _load_jobs(connection: sqlite3.Connection, work: Workset, names: list[tuple[str, str]]) -> None:
    if not names:
        return
    by_id = _namespaces_by_id(work, names)
    found: dict[int, JobState] = {}
    for row in connection.execute(_SQL["jobs"], {"names": _with_namespace_ids(work, names)}):
        state = _job_from_row(row, by_id[row[1]])
        found[state.id] = work.jobs[state.namespace.name, state.name] = state
    if not found:
        return
    ids = {"ids": orjson.dumps(list(found)).decode()}
    for row in connection.execute(_SQL["edges"], ids):
        _add_edge(found[row[0]], row)
    for row in connection.execute(_SQL["derivations"], ids):
        _add_derivation(found[row[0]].derivations, row[1:])
    for state in found.values():
        restore_passages(state)


def _job_from_row(row: tuple[Any, ...], namespace: NamespaceState) -> JobState:
    state = JobState(row[0], namespace, row[2], row[5])
    state.used, state.hidden = bool(row[3]), bool(row[4])
    state.last_seen, state.last_seq, state.run_count, state.latest_run_id = row[6], row[7], row[8], row[9]
    state.latest_key = None if row[11] is None else (row[10], row[11])
    state.parent_job_id, state.parent_stamp = row[12], row[13] or b""
    state.thresholds = [row[14], row[15]]
    state.stamps = stamps_from_json(row[16])
    state.moved = False
    return state


def _add_edge(job: JobState, row: tuple[Any, ...]) -> None:
    _, direction, dataset_id, first_seen, last_seen, current, listed, source, stamp, content = row
    edge = job.edges[direction][dataset_id] = Edge(first_seen)
    edge.last_seen, edge.current, edge.listed, edge.source = last_seen, bool(current), bool(listed), source
    edge.moved = False
    if direction == OUTPUT and stamp is not None:
        derivation = job.derivations.of(dataset_id, FROM_COLUMN_LINEAGE)
        derivation.stamp, derivation.content = stamp, content


def _add_derivation(derivations: Derivations, row: tuple[Any, ...]) -> Derivation:
    target, source, stamp, content, origins, seen = row
    derivation = derivations.of(target, source)
    if stamp:
        derivation.stamp, derivation.content = stamp, content
    derivation.origins = None if origins is None else orjson.loads(origins)
    if seen is not None:
        derivation.seen = {key: bytes.fromhex(last) for key, last in orjson.loads(seen).items()}
        derivation.guessed = guessed_in(derivation.seen)
    return derivation


def _load_told(connection: sqlite3.Connection, work: Workset, group: Sequence[Said]) -> None:
    """Load what dataset events said before about the datasets of this group's dataset events."""
    wanted: dict[int, Derivations] = {}
    for said in group:
        if said.job is None:
            state = work.datasets.get(said.datasets[0].name)
            if state is not None and state.told is None:
                wanted[state.id] = state.told = Derivations()
    if not wanted:
        return
    for row in connection.execute(_SQL["told"], {"ids": orjson.dumps(list(wanted)).decode()}):
        told = wanted[row[0]]
        _add_derivation(told, row)
        told.passages[row[0]] = passage_told(told.by_target[row[0]])


def _load_runs(connection: sqlite3.Connection, work: Workset, group: Sequence[Said]) -> None:
    wanted: dict[tuple[int, bytes], None] = {}
    for said in group:
        if said.job is not None and said.run is not None:
            job = work.jobs.get(said.job)
            if job is not None:
                wanted[job.id, said.run] = None
    missing = {key for key in _missing(work.runs, wanted) if key[0] > NO_JOB}
    if not missing:
        return
    found: dict[int, RunState] = {}
    for block, marks in marked_blocks(sorted({uuid for _, uuid in missing})):
        for row in connection.execute(f"SELECT {_RUN_COLUMNS} FROM run WHERE uuid IN ({marks})", block):  # noqa: S608 - marks only
            if (row[1], row[2]) in missing:
                state = _run_from_row(row)
                found[state.id] = work.runs[state.job_id, state.uuid] = state
    if found:
        for row in connection.execute(_SQL["run_datasets"], {"ids": orjson.dumps(list(found)).decode()}):
            _add_run_dataset(found[row[0]], row)


def _run_from_row(row: tuple[Any, ...]) -> RunState:
    state = RunState(row[0], row[1], row[2], row[5])
    state.state, state.state_stamp, state.last_seen, state.start_time = row[3], row[4], row[6], row[7]
    state.ended_at, state.completed_at, state.parent_uuid, state.parent_job_id = row[8], row[9], row[10], row[11]
    state.location, state.job_version, state.stamps = row[12], row[13], stamps_from_json(row[14])
    state.moved = False
    return state


def _add_run_dataset(run: RunState, row: tuple[Any, ...]) -> None:
    _, direction, dataset_id, at, stamps, facets, namespace, name = row
    found = run.datasets[direction][dataset_id] = RunDataset((namespace, name), at)
    if stamps is not None:
        found.stamps = stamps_from_json(stamps)
    if facets is not None:
        found.facets = {key: orjson.dumps(value) for key, value in orjson.loads(facets).items()}


def forget_some(work: Workset, *, weigh: bool) -> None:
    """Drop the states used longest ago until what stays is within bounds; `weigh` also looks at how large they are."""
    _shorten(work.namespaces, KEPT_NAMESPACES)
    _shorten(work.sources, KEPT_SOURCES)
    _shorten(work.datasets, KEPT_DATASETS)
    _shorten(work.jobs, KEPT_JOBS)
    _shorten(work.runs, KEPT_RUNS)
    if weigh:
        _lighten(work.jobs, _job_weight, KEPT_JOB_WEIGHT)
        _lighten(work.runs, _run_weight, KEPT_RUN_WEIGHT)


def _shorten(states: dict[Any, Any], kept: int) -> None:
    if len(states) > kept:
        for key in list(islice(states, len(states) - kept)):
            del states[key]


def _lighten(states: dict[Any, Any], weight: Callable[[Any], int], kept: int) -> None:
    excess = sum(map(weight, states.values())) - kept
    while excess > 0 and states:
        key = next(iter(states))
        excess -= weight(states.pop(key))


def _job_weight(job: JobState) -> int:
    derivations = sum(1 + len(d.seen) for by_source in job.derivations.by_target.values() for d in by_source.values())
    return len(job.edges[0]) + len(job.edges[1]) + derivations


def _run_weight(run: RunState) -> int:
    return len(run.datasets[0]) + len(run.datasets[1])
