"""What `emit` costs its caller beside a bare `os.write` of the same bytes, interleaved in one run; and how it drains.

bench_emit.py [ROUNDS]

Each round times a block of each kind, in a random order, so that a busy machine is busy for all: `write` appends the
event's bytes to a file opened with O_APPEND; `json` encodes the event and writes it so; `emit` is the whole. Medians
over the rounds, in microseconds an event: the calling thread's CPU time, which a busy machine leaves alone, and the
clock's for `emit`. `idle` has a sink that is down, so the background rests; `draining` sends to a file meanwhile.
The gate: emit costs at most 5 us of CPU beyond encoding and writing while the background rests.
"""

from __future__ import annotations

import json
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from whence.emit import Emitter, drain, settings_from

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 240
BLOCK = 50
LIMIT_US = 5.0


def event(size: int) -> dict[str, object]:
    """Make a run event of about so many bytes: small for a START, large for a COMPLETE with column lineage."""
    made: dict[str, object] = {
        "eventType": "COMPLETE",
        "eventTime": "2026-11-21T10:00:00.000000Z",
        "producer": "https://example.com/bench",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "0197d3c6-0000-7000-8000-000000000000", "facets": {}},
        "job": {"namespace": "shop", "name": "daily_revenue", "facets": {}},
        "inputs": [{"namespace": "postgres://db:5432", "name": "shop.public.orders"}],
        "outputs": [],
    }
    fields: list[dict[str, str]] = []
    while len(json.dumps(made)) < size:
        fields.append({"name": f"column_{len(fields)}", "type": "varchar"})
        made["outputs"] = [{"namespace": "file", "name": "/x", "facets": {"schema": {"fields": fields}}}]
    return made


def block(call: Callable[[], object]) -> tuple[float, float]:
    """Time a block of calls; gives the caller's CPU and the clock's microseconds a call."""
    cpu, clock = time.thread_time_ns(), time.perf_counter_ns()
    for _ in range(BLOCK):
        call()
    spent = time.thread_time_ns() - cpu, time.perf_counter_ns() - clock
    return spent[0] / BLOCK / 1000, spent[1] / BLOCK / 1000


def measure(made: dict[str, object], folder: Path, sink: str) -> dict[str, tuple[float, float]]:
    """Time the three kinds round by round; gives the medians of each: CPU and clock."""
    body = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")).encode
    fd = os.open(folder / "bare", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    emitter = Emitter(settings_from({"sinks": sink, "spool_dir": folder / "spool", "backoff_min_s": 30}))
    emitter.emit(made)
    time.sleep(0.5)  # the background has loaded, and given a dead sink its first try
    kinds: dict[str, Callable[[], object]] = {
        "write": lambda: os.write(fd, body),
        "json": lambda: os.write(fd, encode(made).encode()),
        "emit": lambda: emitter.emit(made),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name in random.sample(list(kinds), len(kinds)):
            times[name].append(block(kinds[name]))
    assert emitter.stats().dropped == {}
    emitter.close(10.0)
    os.close(fd)
    return {
        name: (statistics.median(cpu for cpu, _ in values), statistics.median(clock for _, clock in values))
        for name, values in times.items()
    }


def drain_rate(folder: Path, count: int = 20_000) -> float:
    """Give the events a second from the spool to a file, offsets and all written through to the disk."""
    settings = settings_from({"sinks": f"file:{folder}/out.jsonl", "spool_dir": folder / "spool"})
    waiting = Emitter(settings_from({"sinks": "http://127.0.0.1:9", "spool_dir": folder / "spool"}))
    made = event(3600)
    for _ in range(count):
        waiting.emit(made)
    waiting.close(2.0)
    started = time.perf_counter()
    assert drain(settings, 120.0).is_complete
    return count / (time.perf_counter() - started)


def main() -> int:
    """Print the table; give 1 when the gate is missed."""
    logging.disable()  # the dead sink is the point here
    missed = 0
    heads = ("event", "background", "write us", "json us", "emit us", "emit-json", "/ write", "emit clock")
    print(" ".join(f"{head:>11}" for head in heads))
    for size in (700, 3600):
        for background in ("idle", "draining"):
            with tempfile.TemporaryDirectory() as path:
                folder = Path(path)
                sink = "http://127.0.0.1:9" if background == "idle" else f"file:{folder}/events.jsonl"
                found = measure(event(size), folder, sink)
            cpu = {name: each for name, (each, _) in found.items()}
            extra = cpu["emit"] - cpu["json"]
            numbers = (*cpu.values(), extra, cpu["emit"] / cpu["write"], found["emit"][1])
            print(" ".join([f"{size:>11}", f"{background:>11}", *(f"{number:>11.2f}" for number in numbers)]))
            missed |= background == "idle" and extra > LIMIT_US
    with tempfile.TemporaryDirectory() as path:
        print(f"drained to a file: {drain_rate(Path(path)):,.0f} events/s of 3.6 KB")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
