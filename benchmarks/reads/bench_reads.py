"""Reads: one server process, SQLite.

The queries on which Marquez was measured (../shared/bench/openlineage/query.py), on the same graph of 13,861 jobs,
taken in through the batch endpoint.

bench_reads.py [JOBS=13861] [SECONDS_PER_ROW=20]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
BENCH = ROOT.parent / "shared" / "bench" / "openlineage"
sys.path[:0] = [str(ROOT / "tests"), str(BENCH)]

import gen  # noqa: E402 - of the shared benchmark
from servers import WhenceServer  # noqa: E402

BATCH = 100
MARQUEZ = (
    "Marquez 0.51.1 on this work, p50 ms: lineage depth 2 575, depth 4 4,423, depth 20 none after 30 s;"
    " column lineage depth 2 1,824; jobs of a namespace, 100 a page 22,551; search 30"
)


def load(url: str, jobs: int) -> float:
    """Post the graph's events in batches; return the seconds it took."""
    begin = time.perf_counter()
    with httpx.Client(base_url=url, timeout=60) as client:
        for start in range(0, jobs, BATCH):
            events = [gen.event(number) for number in range(start, min(start + BATCH, jobs))]
            answer = client.post("/api/v1/lineage/batch", json=events)
            if answer.status_code != httpx.codes.NO_CONTENT:
                raise RuntimeError(answer.text)
    return time.perf_counter() - begin


def main(jobs: str = "13861", seconds: str = "20") -> None:
    """Start a server on an empty folder, load the graph, ask."""
    with tempfile.TemporaryDirectory(prefix="whence-reads-") as folder, WhenceServer(Path(folder)) as server:
        took = load(server.url, int(jobs))
        print(json.dumps({"jobs": int(jobs), "load_seconds": round(took, 1)}))
        print(MARQUEZ, flush=True)
        command = [sys.executable, str(BENCH / "query.py"), str(server.port), jobs, "2,4,20", seconds]
        subprocess.run(command, check=True, cwd=BENCH)


if __name__ == "__main__":
    main(*sys.argv[1:])
