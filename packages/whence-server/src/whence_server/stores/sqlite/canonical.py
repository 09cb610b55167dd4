"""The canonical export: the derived graph as sorted JSON lines, so that equal graphs are equal bytes.

Everything goes by name: no row ids, no receipt times, no generated ids (run ids are the producers' own). Facets are
shown as JSON with sorted keys. Lines are sorted as bytes; more than a chunk of them goes through temporary files, so
memory stays bounded.
"""

from __future__ import annotations

import heapq
import tempfile
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final

import orjson

from whence.model import format_event_time
from whence_server.graph.derivations import field_map
from whence_server.stores.sqlite.statements import load_statements

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

_SQL: Final = load_statements("canonical.sql")
_DIRECTIONS: Final = ("input", "output")
_SOURCES: Final = ("inferred", "columnLineage", "lineage", "sql")
_CHUNK: Final = 200_000
_NAMES_KEPT: Final = 100_000

Named = list[str]


def canonical_lines(connection: sqlite3.Connection) -> Iterator[bytes]:
    """Yield the lines of the graph in order, without line ends."""
    yield from sorted_lines(_lines(connection))


def _lines(connection: sqlite3.Connection) -> Iterator[bytes]:
    names = _Names(connection)
    for kind, documents in (
        ("dataset", _datasets(connection)),
        ("alias", _aliases(connection)),
        ("job", _jobs(connection)),
        ("run", _runs(connection)),
        ("runDataset", _run_datasets(connection)),
        ("version", _versions(connection)),
        ("edge", _edges(connection)),
        ("passage", _passages(connection, names)),
        ("fieldEdge", _field_edges(connection, names)),
        ("source", _sources(connection)),
    ):
        for document in documents:
            yield orjson.dumps({"kind": kind, **document}, option=orjson.OPT_SORT_KEYS)


def sorted_lines(lines: Iterable[bytes], chunk: int = _CHUNK) -> Iterator[bytes]:
    """Yield lines in order; more than a chunk of them are sorted in pieces, kept in temporary files and merged."""
    waiting: list[bytes] = []
    runs: list[IO[bytes]] = []
    try:
        for line in lines:
            waiting.append(line)
            if len(waiting) >= chunk:
                runs.append(_spilled(sorted(waiting)))
                waiting.clear()
        waiting.sort()
        yield from heapq.merge(waiting, *(map(bytes.rstrip, run) for run in runs))
    finally:
        for run in runs:
            run.close()


def _spilled(lines: list[bytes]) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the caller, who reads it
    file.writelines(line + b"\n" for line in lines)
    file.seek(0)
    return file


class _Names:
    """Names of nodes, looked up one at a time: passages and field maps hold node numbers."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.of = lru_cache(_NAMES_KEPT)(self._of)

    def _of(self, node: int) -> tuple[str, str, str]:
        kind = "job" if node < 0 else "dataset"
        found = self._connection.execute(_SQL[f"{kind}_name"], {"id": abs(node)}).fetchone()
        return (kind, *found)

    def job(self, identifier: int) -> tuple[str, str, str] | None:
        """Return the name of a job, None for 0."""
        return self.of(-identifier) if identifier else None


def _time(value: int | None) -> str | None:
    return None if value is None else format_event_time(value)


def _named(*parts: str | None) -> Named | None:
    known = [part for part in parts if part is not None]
    return known if len(known) == len(parts) else None


def _facets(connection: sqlite3.Connection, owner: str, identifier: int) -> dict[str, Any]:
    rows = connection.execute(f"SELECT key, body FROM {owner}_facet WHERE {owner}_id = ?", (identifier,))  # noqa: S608 - our own names
    return {key: orjson.loads(body) for key, body in rows}


def _datasets(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(_SQL["datasets"]):
        yield {
            "dataset": [row[1], row[2]],
            "canonical": [row[3], row[4]],
            "used": bool(row[5]),
            "firstSeen": _time(row[6]),
            "lastSeen": _time(row[7]),
            "versions": row[8],
            "source": row[9],
            "fields": None if row[10] is None else orjson.loads(row[10]),
            "facets": _facets(connection, "dataset", row[0]),
        }


def _aliases(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(_SQL["aliases"]):
        yield {"dataset": [row[0], row[1]], "target": [row[2], row[3]], "type": row[4]}


def _jobs(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(_SQL["jobs"]):
        yield {
            "job": [row[1], row[2]],
            "used": bool(row[3]),
            "firstSeen": _time(row[4]),
            "lastSeen": _time(row[5]),
            "runs": row[6],
            "parent": _named(row[7], row[8]),
            "latestRun": None if row[9] is None else row[9].hex(),
            "facets": _facets(connection, "job", row[0]),
        }


def _runs(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(_SQL["runs"]):
        yield {
            "job": [row[1], row[2]],
            "run": row[3].hex(),
            "state": row[4],
            "firstSeen": _time(row[5]),
            "lastSeen": _time(row[6]),
            "startedAt": _time(row[7]),
            "endedAt": _time(row[8]),
            "completedAt": _time(row[9]),
            "parentRun": None if row[10] is None else row[10].hex(),
            "parentJob": _named(row[11], row[12]),
            "location": row[13],
            "facets": _facets(connection, "run", row[0]),
        }


def _run_datasets(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(_SQL["run_datasets"]):
        yield {
            "job": [row[0], row[1]],
            "run": row[2].hex(),
            "direction": _DIRECTIONS[row[3]],
            "dataset": [row[4], row[5]],
            "at": _time(row[6]),
            "facets": {} if row[7] is None else orjson.loads(row[7]),
        }


def _versions(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(_SQL["versions"]):
        yield {"dataset": [row[0], row[1]], "at": _time(row[2])}


def _edges(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(_SQL["edges"]):
        yield {
            "job": [row[0], row[1]],
            "direction": _DIRECTIONS[row[2]],
            "dataset": [row[3], row[4]],
            "firstSeen": _time(row[5]),
            "lastSeen": _time(row[6]),
            "current": bool(row[7]),
            "listed": bool(row[8]),
            "source": _SOURCES[row[9]],
        }


def _passages(connection: sqlite3.Connection, names: _Names) -> Iterator[dict[str, Any]]:
    for job_id, target, origin, source in connection.execute(_SQL["passages"]):
        yield {
            "job": names.job(job_id),
            "target": names.of(target),
            "origin": names.of(origin),
            "source": _SOURCES[source],
        }


def _field_edges(connection: sqlite3.Connection, names: _Names) -> Iterator[dict[str, Any]]:
    for job_id, target, source, stored in connection.execute(_SQL["derivations"]):
        said = field_map(stored)
        known: dict[str, Any] = {"job": names.job(job_id), "target": names.of(target), "source": _SOURCES[source]}
        for field, origins in [*said.fields.items(), (None, said.whole)]:
            for origin in origins:
                yield {
                    **known,
                    "field": field,
                    "origin": names.of(origin.node),
                    "originField": origin.field,
                    "transformations": list(origin.transformations),
                }
            if not origins and field is not None:
                yield {**known, "field": field, "origin": None}


def _sources(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(_SQL["sources"]):
        yield {"name": row[0], "uri": row[1], "firstSeen": _time(row[2]), "lastSeen": _time(row[3])}
