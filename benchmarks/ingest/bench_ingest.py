"""Ingest: one server process, SQLite, answered = on disk.

Singles: the load script on which Marquez was measured (../shared/bench/openlineage/load.py), 16 keep-alive clients.
Batches: the same events, 100 a request, 4 clients, posted to /api/v1/lineage/batch; made before the clock runs.
Prints events a second, latencies, the server's CPU time an event (which a busy machine disturbs less than the rate)
and its memory after each window.

bench_ingest.py [SECONDS_PER_WINDOW=20] [WINDOWS=3]
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
BENCH = ROOT.parent / "shared" / "bench" / "openlineage"
sys.path[:0] = [str(ROOT / "tests"), str(BENCH)]

import events as ev  # noqa: E402 - of the shared benchmark
from servers import WhenceServer  # noqa: E402

CLIENTS, BATCH = 4, 100
PATH = "/api/v1/lineage/batch"
MARQUEZ = "Marquez 0.51.1 on this work: 27 events/s, p99 1,495 ms"


def resident_mib(pid: int) -> int:
    """Read how much memory a process has resident."""
    (line,) = [text for text in Path(f"/proc/{pid}/status").read_text().splitlines() if text.startswith("VmRSS")]
    return int(line.split()[1]) // 1024


def cpu_seconds(pid: int) -> float:
    """Read how much CPU time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def jobs() -> list[tuple[str, list[str], str]]:
    """Make the job pool of load.py: 1,000 jobs, two inputs and one output each."""
    draw = random.Random(7)
    tables = [f"db.public.t{number}" for number in range(1000)]
    return [(f"job_{i}", [draw.choice(tables), draw.choice(tables)], f"db.public.o{i}") for i in range(1000)]


def batch(draw: random.Random, pool: list[tuple[str, list[str], str]]) -> bytes:
    """Make the body of one batch: START and COMPLETE of 50 new runs."""
    events: list[object] = []
    for _ in range(BATCH // 2):
        name, inputs, output = draw.choice(pool)
        events += ev.pair("load", "postgres://db:5432", name, inputs, output, draw.randrange(10**6))
    return json.dumps(events, separators=(",", ":")).encode()


async def post_batches(port: int, bodies: list[bytes], latencies: list[float]) -> None:
    """Post bodies over one connection until none is left."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while bodies:
        body = bodies.pop()
        begin = time.perf_counter()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        top = (await reader.readuntil(b"\r\n\r\n")).lower()
        if int(top[9:12]) != 204:
            raise RuntimeError(top.decode())
        latencies.append(time.perf_counter() - begin)
    writer.close()


async def measure_batches(port: int, count: int) -> dict[str, object]:
    """Post `count` batches from all clients; give the rate and the latencies."""
    draw, pool = random.Random(11), jobs()
    bodies, latencies = [batch(draw, pool) for _ in range(count)], []
    begin = time.perf_counter()
    await asyncio.gather(*(post_batches(port, bodies, latencies) for _ in range(CLIENTS)))
    seconds = time.perf_counter() - begin
    latencies.sort()
    p99 = latencies[min(len(latencies) - 1, int(0.99 * len(latencies)))]
    return {"batches": count, "events_per_s": round(count * BATCH / seconds), "p99_ms_a_batch": round(p99 * 1000, 1)}


def main(window: str = "20", windows: str = "3") -> None:
    """Start a server on an empty folder, load it both ways, print what came out."""
    with tempfile.TemporaryDirectory(prefix="whence-ingest-") as name:
        folder = Path(name)
        with WhenceServer(folder) as server:
            pids = folder / "pids"
            pids.mkdir()
            (pids / "whence.pid").write_text(str(server.pid))
            print(f"singles, 16 clients ({MARQUEZ}); {resident_mib(server.pid)} MiB at the start")
            command = [sys.executable, BENCH / "load.py", server.port, 16, 5, window, windows, pids]
            subprocess.run([str(part) for part in command], check=True, cwd=BENCH)
            print("batches of 100, 4 clients (Marquez has no batch endpoint)")
            for _ in range(int(windows)):
                before = cpu_seconds(server.pid)
                told = asyncio.run(measure_batches(server.port, 400))
                told["server_cpu_us_an_event"] = round((cpu_seconds(server.pid) - before) / (400 * BATCH) * 1e6)
                print(json.dumps(told | {"rss_mib": resident_mib(server.pid)}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
