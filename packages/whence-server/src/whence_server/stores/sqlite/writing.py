"""Write what a fold changed: each table in few large statements.

sqlite3 gives up the interpreter lock at each statement it runs, and getting it back while the HTTP server works takes
its time; so rows go into one INSERT of many VALUES instead of one statement each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from whence_server.graph.aliases import Member, canonical_of
from whence_server.graph.fold_derivations import FROM_COLUMN_LINEAGE, NO_JOB
from whence_server.graph.saying import OUTPUT
from whence_server.graph.states import stamps_to_json
from whence_server.stores.sqlite.statements import load_statements

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from whence_server.graph.states import DatasetState, Derivation, JobState, RunDataset, RunState
    from whence_server.graph.workset import Changes

_SQL: Final = load_statements("load.sql")
_BLOCK: Final = 64  # rows in one statement; what is left over goes into one more, and all sizes stay prepared

Row = tuple[Any, ...]


class Upsert:
    """An INSERT of many rows that replaces the rest of a row that is there. `keys` come first among the columns."""

    def __init__(self, table: str, keys: Sequence[str], columns: Sequence[str], replaced: str = "") -> None:
        names = ", ".join((*keys, *columns))
        update = replaced or ", ".join(f"{column} = excluded.{column}" for column in columns)
        conflict = f"({', '.join(keys)}) DO UPDATE SET {update}" if update else "DO NOTHING"
        marks = "(" + ", ".join("?" * (len(keys) + len(columns))) + ")"
        self._begin = f"INSERT INTO {table} ({names}) VALUES {marks}"  # noqa: S608 - our own names
        self._marks = f", {marks}"
        self._end = f" ON CONFLICT {conflict}"
        self._by_size: dict[int, str] = {}

    def run(self, connection: sqlite3.Connection, rows: list[Row]) -> None:
        """Write the rows."""
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            statement = self._by_size.get(len(block)) or self._statement(len(block))
            connection.execute(statement, [value for row in block for value in row])

    def _statement(self, size: int) -> str:
        statement = self._begin + self._marks * (size - 1) + self._end
        self._by_size[size] = statement
        return statement


class Movable:
    """Upserts of rows whose indexed columns (`moving`) mostly stay as they are; `fixed` ones never change.

    SQLite writes an index anew for each column that a statement sets, also to the value it had. So rows that did not
    move go into a statement that leaves those columns alone.
    """

    def __init__(
        self,
        table: str,
        keys: Sequence[str],
        columns: Sequence[str],
        *,
        moving: Sequence[str],
        fixed: Sequence[str] = (),
    ) -> None:
        changing = [column for column in columns if column not in fixed]
        staying = [column for column in changing if column not in moving]
        self._moved = Upsert(table, keys, columns, _replaced(changing))
        self._stayed = Upsert(table, keys, columns, _replaced(staying))

    def run(self, connection: sqlite3.Connection, rows: Iterable[tuple[Any, Row]]) -> None:
        """Write rows, each beside the state that says whether it moved."""
        moved: list[Row] = []
        stayed: list[Row] = []
        for state, row in rows:
            (moved if state.moved else stayed).append(row)
            state.moved = False
        self._moved.run(connection, moved)
        self._stayed.run(connection, stayed)


def _replaced(columns: Iterable[str]) -> str:
    return ", ".join(f"{column} = excluded.{column}" for column in columns)


NAMESPACE: Final = Upsert("namespace", ["id"], ["name", "first_seen", "last_seen", "hidden"])
NAMESPACE_COUNTS: Final = (
    "UPDATE namespace SET dataset_count = dataset_count + ?, job_count = job_count + ? WHERE id = ?"
)
SOURCE: Final = Upsert("source", ["id"], ["name", "uri", "stamp", "first_seen", "last_seen"])
DATASET: Final = Movable(
    "dataset",
    ["id"],
    ["namespace_id", "name", "canonical_id", "used", "hidden", "first_seen", "last_seen", "last_seq", "version_count",
     "source_id", "stamps"],
    moving=["used", "hidden", "first_seen"],
    fixed=["namespace_id", "name", "canonical_id"],
)  # fmt: skip
JOB: Final = Movable(
    "job",
    ["id"],
    ["namespace_id", "name", "used", "hidden", "first_seen", "last_seen", "last_seq", "run_count", "latest_run_id",
     "parent_job_id", "parent_stamp", "input_threshold", "output_threshold", "stamps"],
    moving=["used", "hidden", "first_seen", "parent_job_id"],
    fixed=["namespace_id", "name"],
)  # fmt: skip
RUN: Final = Movable(
    "run",
    ["id"],
    ["job_id", "uuid", "state", "state_stamp", "first_seen", "last_seen", "start_time", "started_at", "ended_at",
     "completed_at", "parent_uuid", "parent_job_id", "location", "job_version", "stamps"],
    moving=["first_seen", "start_time", "started_at", "parent_uuid", "parent_job_id"],
    fixed=["job_id", "uuid"],
)  # fmt: skip
EDGE: Final = Movable(
    "edge",
    ["job_id", "direction", "dataset_id"],
    ["first_seen", "last_seen", "current", "listed", "source", "stamp", "content"],
    moving=["current", "source"],
)
RUN_IO: Final = Upsert("run_io", ["run_id", "direction", "dataset_id"], ["at", "stamps", "facets"])
RUN_EVENT: Final = Upsert("run_event", ["run_id", "seq"], [])
NODE_EVENT: Final = Upsert("node_event", ["node", "at", "seq"], [])
DERIVATION: Final = Upsert(
    "derivation",
    ["target", "job_id", "source"],
    ["stamp", "content", "origins", "fields", "seen"],
    # fields that the fold did not load are not written back either
    "stamp = excluded.stamp, content = excluded.content, origins = excluded.origins, seen = excluded.seen,"
    " fields = CASE WHEN excluded.origins IS NULL THEN NULL ELSE coalesce(excluded.fields, derivation.fields) END",
)
PASSAGE: Final = Upsert("passage", ["target", "job_id", "origin"], ["source"])
FACETS: Final = {
    owner: Upsert(f"{owner}_facet", [f"{owner}_id", "key"], ["body"]) for owner in ("dataset", "job", "run")
}
FIELDS: Final = Upsert("dataset_field", ["dataset_id"], ["fields"])
ALIAS: Final = Upsert("alias", ["dataset_id", "target_id"], ["type"])
COUNTER: Final = Upsert("counter", ["name"], ["value"], "value = value + excluded.value")
EVENT_COUNT: Final = Upsert("event_count", ["hour", "type"], ["value"], "value = value + excluded.value")
SEARCH: Final = "INSERT INTO search (rowid, name) VALUES (?, ?)"


def write(connection: sqlite3.Connection, changes: Changes) -> None:
    """Write everything that changed. Call within the transaction that holds the events."""
    _write_names(connection, changes)
    RUN.run(connection, ((run, _run_row(run)) for run in changes.runs.values()))
    _find_latest_runs(connection, changes)
    DATASET.run(connection, ((each, _dataset_row(each)) for each in changes.datasets.values()))
    JOB.run(connection, ((job, _job_row(job)) for job in changes.jobs.values()))
    for owner, facets in (
        ("dataset", changes.dataset_facets),
        ("job", changes.job_facets),
        ("run", changes.run_facets),
    ):
        _write_facets(connection, owner, facets)
    _write_fields(connection, changes)
    RUN_IO.run(connection, [_run_dataset_row(key, found) for key, found in changes.run_datasets.items()])
    RUN_EVENT.run(connection, list(changes.run_events))
    NODE_EVENT.run(connection, [(node, at, seq) for node, seq, at in changes.node_events])
    _write_graph(connection, changes)
    _write_aliases(connection, changes)
    _write_counts(connection, changes)


def _write_names(connection: sqlite3.Connection, changes: Changes) -> None:
    namespaces = changes.namespaces.values()
    NAMESPACE.run(connection, [(n.id, n.name, n.first_seen, n.last_seen, int(n.hidden)) for n in namespaces])
    counts = [(datasets, jobs, identifier) for identifier, (datasets, jobs) in changes.namespace_counts.items()]
    connection.executemany(NAMESPACE_COUNTS, counts)
    sources = changes.sources.values()
    SOURCE.run(connection, [(s.id, s.name, s.uri, s.stamp, s.first_seen, s.last_seen) for s in sources])
    names = [(2 * dataset.id, dataset.name) for dataset in changes.new_datasets]
    names.extend((2 * job.id + 1, job.name) for job in changes.new_jobs)
    connection.executemany(SEARCH, names)


def _dataset_row(dataset: DatasetState) -> Row:
    return (
        dataset.id, dataset.namespace.id, dataset.name, dataset.id, int(dataset.used), int(dataset.hidden),
        dataset.first_seen, dataset.last_seen, dataset.last_seq, dataset.version_count, dataset.source_id,
        stamps_to_json(dataset.stamps),
    )  # fmt: skip


def _job_row(job: JobState) -> Row:
    return (
        job.id, job.namespace.id, job.name, int(job.used), int(job.hidden), job.first_seen, job.last_seen, job.last_seq,
        job.run_count, job.latest_run_id, job.parent_job_id, job.parent_stamp or None, *job.thresholds,
        stamps_to_json(job.stamps),
    )  # fmt: skip


def _run_row(run: RunState) -> Row:
    return (
        run.id, run.job_id, run.uuid, run.state, run.state_stamp, run.first_seen, run.last_seen, run.start_time,
        run.started_at, run.ended_at, run.completed_at, run.parent_uuid, run.parent_job_id, run.location,
        run.job_version, stamps_to_json(run.stamps),
    )  # fmt: skip


def _run_dataset_row(key: tuple[int, int, int], found: RunDataset) -> Row:
    stamps = None if found.stamps is None else stamps_to_json(found.stamps)
    facets = None
    if found.facets is not None:
        facets = orjson.dumps({name: orjson.Fragment(body) for name, body in found.facets.items()})
    return (*key, found.at, stamps, facets)


def _write_facets(connection: sqlite3.Connection, owner: str, facets: dict[tuple[int, str], bytes | None]) -> None:
    FACETS[owner].run(connection, [(*key, body) for key, body in facets.items() if body is not None])
    deleted = [key for key, body in facets.items() if body is None]
    connection.executemany(f"DELETE FROM {owner}_facet WHERE {owner}_id = ? AND key = ?", deleted)  # noqa: S608 - our own names


def _write_fields(connection: sqlite3.Connection, changes: Changes) -> None:
    FIELDS.run(
        connection, [(identifier, fields) for identifier, fields in changes.fields.items() if fields is not None]
    )
    deleted = [(identifier,) for identifier, fields in changes.fields.items() if fields is None]
    connection.executemany("DELETE FROM dataset_field WHERE dataset_id = ?", deleted)


def _write_graph(connection: sqlite3.Connection, changes: Changes) -> None:
    jobs = {job.id: job for job in changes.jobs.values()}
    EDGE.run(connection, ((edge, _edge_row(jobs[key[0]], key, edge)) for key, edge in changes.edges.items()))
    DERIVATION.run(connection, [_derivation_row(key, found) for key, found in changes.derivations.items()])
    connection.executemany("DELETE FROM passage WHERE target = ? AND job_id = ?", list(changes.passages))
    PASSAGE.run(
        connection,
        [
            (*key, node, passage.source_of(node))
            for key, passage in changes.passages.items()
            for node in passage.origins
        ],
    )


def _edge_row(job: JobState, key: tuple[int, int, int], edge: Any) -> Row:
    stamp = content = None
    if key[1] == OUTPUT:
        derivation = job.derivations.by_target.get(key[2], {}).get(FROM_COLUMN_LINEAGE)
        if derivation is not None:
            stamp, content = derivation.stamp, derivation.content
    return (*key, edge.first_seen, edge.last_seen, int(edge.current), int(edge.listed), edge.source, stamp, content)


def _derivation_row(key: tuple[int, int, int], found: Derivation) -> Row:
    origins = None if found.origins is None else orjson.dumps(found.origins)
    seen = orjson.dumps({name: last.hex() for name, last in found.seen.items()}) if found.seen else None
    fields, found.fields = found.fields, None  # written: no need to hold it
    if key[1] != NO_JOB and key[2] == FROM_COLUMN_LINEAGE:
        return (*key, b"", "", origins, fields, seen)  # its stamp lies on the edge, which every event updates
    return (*key, found.stamp, found.content, origins, fields, seen)


def _find_latest_runs(connection: sqlite3.Connection, changes: Changes) -> None:
    """Look up the latest run of jobs whose known one turned out to be older. The runs must have been written."""
    if changes.unsure_jobs:
        ids = {"ids": orjson.dumps(list(changes.unsure_jobs)).decode()}
        for job_id, run_id, started_at, uuid in connection.execute(_SQL["latest_runs"], ids):
            job = changes.unsure_jobs[job_id]
            job.latest_run_id, job.latest_key = run_id, (started_at, uuid)


def _write_aliases(connection: sqlite3.Connection, changes: Changes) -> None:
    """Write symlinks, and who stands for each component that they changed."""
    seeds = changes.alias_seeds
    if changes.aliases:
        ids = list(changes.aliases)
        before = connection.execute(_SQL["aliases_of"], {"ids": orjson.dumps(ids).decode()}).fetchall()
        seeds = seeds.union(target for _, target in before)
        connection.executemany("DELETE FROM alias WHERE dataset_id = ?", [(each,) for each in ids])
        rows: list[Row] = [(each, *link) for each, links in changes.aliases.items() for link in links]
        ALIAS.run(connection, rows)
    if seeds:
        _choose_canonical(connection, seeds)


def _choose_canonical(connection: sqlite3.Connection, seeds: Iterable[int]) -> None:
    rows = connection.execute(_SQL["alias_component"], {"ids": orjson.dumps(sorted(seeds)).decode()}).fetchall()
    members = [Member(not used, namespace, name, each) for each, used, namespace, name, _ in rows]
    ids = orjson.dumps([member.id for member in members]).decode()
    aliases = connection.execute(_SQL["aliases_of"], {"ids": ids}).fetchall()
    canonical = canonical_of(members, aliases)
    changed = [(canonical[row[0]], row[0]) for row in rows if canonical[row[0]] != row[4]]
    connection.executemany("UPDATE dataset SET canonical_id = ? WHERE id = ?", changed)


def _write_counts(connection: sqlite3.Connection, changes: Changes) -> None:
    COUNTER.run(connection, list(changes.counters.items()))
    EVENT_COUNT.run(connection, [(*key, value) for key, value in changes.event_counts.items()])
