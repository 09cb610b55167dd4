"""A layered graph with hubs, written straight into a store's tables: a million edges without an hour of ingest.

12 layers of jobs; each job reads one to three datasets of the layer above it (1.5 in the mean) and writes one. Readers
are drawn with a heavy tail, so that few datasets have thousands of readers and most have none or one. Only the tables
that reads of the graph look at are filled.
"""

from __future__ import annotations

import random
import sqlite3
from typing import TYPE_CHECKING

import orjson

from whence_server.stores.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAYERS, SEED, TAIL = 12, 20260101, 3.0
INPUTS = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3)
NAMESPACE, JOBS = 1, 2
NOW = 1_767_225_600_000_000
FIELDS = orjson.dumps([{"name": f"column_{i}", "type": "BIGINT", "description": None} for i in range(8)])


def dataset_name(identifier: int) -> str:
    """Return the name of a dataset."""
    return f"lake.table_{identifier}"


def write_graph(folder: Path, jobs: int) -> int:
    """Make a store with `jobs` jobs in a folder; return the number of edges."""
    open_store(folder).close()
    with sqlite3.connect(folder / "whence.db") as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executemany(
            "INSERT INTO namespace (id, name, first_seen, last_seen) VALUES (?, ?, ?, ?)",
            [(NAMESPACE, "lake", NOW, NOW), (JOBS, "jobs", NOW, NOW)],
        )
        sources = jobs // LAYERS
        connection.executemany(
            "INSERT INTO dataset (id, namespace_id, name, canonical_id, used, first_seen, last_seen, last_seq, stamps)"
            " VALUES (?, ?, ?, ?, 1, ?, ?, 1, x'7b7d')",
            ((i, NAMESPACE, dataset_name(i), i, NOW, NOW) for i in range(1, sources + jobs + 1)),
        )
        connection.executemany(
            "INSERT INTO dataset_field (dataset_id, fields) VALUES (?, ?)",
            ((i, FIELDS) for i in range(1, sources + jobs + 1)),
        )
        connection.executemany(
            "INSERT INTO job (id, namespace_id, name, used, first_seen, last_seen, last_seq, stamps)"
            " VALUES (?, ?, ?, 1, ?, ?, 1, x'7b7d')",
            ((i, JOBS, f"job_{i}", NOW, NOW) for i in range(1, jobs + 1)),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO edge (job_id, direction, dataset_id, first_seen, last_seen, current, listed, source)"
            " VALUES (?, ?, ?, ?, ?, 1, 1, 0)",
            _edges(jobs, sources),
        )
        connection.execute("ANALYZE")
        return int(connection.execute("SELECT count(*) FROM edge").fetchone()[0])


def _edges(jobs: int, sources: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield the edges: the datasets of layer k are written by jobs k * width + 1 ... of the layer."""
    draw = random.Random(SEED)
    width = jobs // LAYERS
    for job in range(1, jobs + 1):
        layer = min((job - 1) // width, LAYERS - 1)
        first, count = (1, sources) if layer == 0 else (sources + (layer - 1) * width + 1, width)
        for _ in range(draw.choice(INPUTS)):
            yield job, 0, first + int(count * draw.random() ** TAIL), NOW, NOW
        yield job, 1, sources + job, NOW, NOW
