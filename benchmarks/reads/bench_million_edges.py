"""Reads at a million edges: closures in the store, subgraphs of 1,000 nodes as JSON over HTTP, a hub.

The graph is synthetic and written straight into the store's tables (_synthetic_graph.py). Reference figures: the facts'
own SQLite measurement of the bare SQL, 0.02 / 0.4 ms for the closure of a random dataset.
bench_million_edges.py [JOBS=400000]
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(Path(__file__).parent)]

from _synthetic_graph import LAYERS, dataset_name, write_graph  # noqa: E402
from servers import WhenceServer  # noqa: E402

from whence_server.query.limits import Limits  # noqa: E402
from whence_server.query.nodes import NodeBook  # noqa: E402
from whence_server.query.walk import Walker  # noqa: E402
from whence_server.stores.sqlite import open_store  # noqa: E402

if TYPE_CHECKING:
    from whence_server.stores.base import Reader, Store
    from whence_server.stores.rows import Direction

ROWS, STARTS, REQUESTS, CAP = 1_000_000, 400, 40, 1_000
EVERYTHING = Limits(max_nodes=ROWS, time_limit_s=60)


def told(label: str, milliseconds: list[float], **more: object) -> None:
    """Print one row."""
    ordered = sorted(milliseconds)
    row = {
        "query": label,
        "n": len(ordered),
        "p50_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 2),
        "max_ms": round(ordered[-1], 2),
    }
    print(json.dumps(row | more), flush=True)


def closure_of_ids(reader: Reader, start: int, direction: Direction) -> int:
    """Walk to the end over ids alone; return how many datasets were reached."""
    seen, frontier = {start}, [start]
    while frontier:
        steps = reader.steps(frontier, direction, ROWS)
        frontier = [far for far in dict.fromkeys(step.far for step in steps) if far and far not in seen]
        seen.update(frontier)
    return len(seen)


def closures(store: Store, picked: list[int]) -> None:
    """Time whole closures of random datasets in the store: ids alone, and with every node's row."""
    directions: tuple[Direction, ...] = ("up", "down")
    for direction in directions:
        times, sizes, walks = [], [], []
        for start in picked:
            with store.reading() as reader:
                begin = time.perf_counter()
                sizes.append(closure_of_ids(reader, start, direction))
                times.append((time.perf_counter() - begin) * 1000)
                begin = time.perf_counter()
                book = NodeBook(reader)
                Walker(reader, book, EVERYTHING.budget(), direction).start([start]).finish(ROWS)
                walks.append((time.perf_counter() - begin) * 1000)
        sizes.sort()
        datasets = {"datasets_median": sizes[len(sizes) // 2], "datasets_max": sizes[-1]}
        told(f"closure {direction} of a random dataset, ids, in the store", times, **datasets)
        told(f"closure {direction} of a random dataset, with rows, in the store", walks)


def heavy(store: Store, picked: list[int]) -> list[int]:
    """Return starts below which there are at least as many nodes as an answer may have."""
    found: list[int] = []
    for start in picked:
        with store.reading() as reader:
            book, budget = NodeBook(reader), Limits(max_nodes=CAP, time_limit_s=60).budget()
            Walker(reader, book, budget, "down").start([start]).finish(ROWS)
            if budget.is_exhausted:
                found.append(start)
        if len(found) == REQUESTS:
            break
    return found


def over_http(url: str, label: str, starts: list[int]) -> None:
    """Time subgraphs as JSON over HTTP."""
    times, sizes, nodes = [], [], []
    with httpx.Client(base_url=url, timeout=60) as client:
        for start in starts:
            parameters = {"entity": f"dataset:lake:{dataset_name(start)}", "direction": "down", "depth": 100}
            begin = time.perf_counter()
            answer = client.get("/lineage/graph", params=parameters)
            times.append((time.perf_counter() - begin) * 1000)
            answer.raise_for_status()
            sizes.append(len(answer.content))
            nodes.append(len(answer.json()["nodes"]))
    told(label, times, bytes_median=int(statistics.median(sizes)), nodes_median=int(statistics.median(nodes)))


def main(jobs: str = "400000") -> None:
    """Write the graph, ask the store, start a server on it, ask over HTTP."""
    with tempfile.TemporaryDirectory(prefix="whence-million-") as name:
        folder = Path(name) / "data"
        edges = write_graph(folder, int(jobs))
        print(json.dumps({"jobs": int(jobs), "edges": edges}), flush=True)
        draw = random.Random(3)
        total = int(jobs) + int(jobs) // LAYERS
        store = open_store(folder)
        closures(store, [draw.randrange(1, total + 1) for _ in range(STARTS)])
        starts = heavy(store, [draw.randrange(1, total // 3) for _ in range(20_000)])
        store.close()
        with WhenceServer(Path(name)) as server:
            over_http(server.url, "1,000-node subgraph as JSON over HTTP", starts)
            over_http(server.url, "around the largest hub, as JSON over HTTP", [1] * REQUESTS)


if __name__ == "__main__":
    main(*sys.argv[1:])
