"""The store alone: CPU time to check, keep and fold an event, without HTTP, in groups as the server makes them.

Reference in the same run: parsing the same bytes with orjson. Groups of 15 are what 16 clients make, groups of 100 what
batches make. The share of each step is measured on the same events. CPU time of this process, fsync included.

bench_fold.py [EVENTS=8000]
"""

from __future__ import annotations

import gc
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT.parent / "shared" / "bench" / "openlineage"))

import events as ev  # noqa: E402 - of the shared benchmark
import orjson  # noqa: E402

from whence.model import check_event  # noqa: E402
from whence_server.app import GC_THRESHOLDS  # noqa: E402
from whence_server.graph.event_id import event_id  # noqa: E402
from whence_server.graph.saying import read_event  # noqa: E402
from whence_server.ingest.events import decode_event  # noqa: E402
from whence_server.stores.sqlite import open_store  # noqa: E402

GROUPS = (1, 15, 100)


def bodies(count: int) -> list[bytes]:
    """Make START and COMPLETE of runs of 1,000 jobs, as load.py does."""
    draw = random.Random(7)
    tables = [f"db.public.t{number}" for number in range(1000)]
    pool = [(f"job_{i}", [draw.choice(tables), draw.choice(tables)], f"db.public.o{i}") for i in range(1000)]
    made: list[bytes] = []
    while len(made) < count:
        name, inputs, output = draw.choice(pool)
        pair = ev.pair("load", "postgres://db:5432", name, inputs, output, draw.randrange(10**6))
        made += [orjson.dumps(event) for event in pair]
    return made[:count]


def cpu() -> float:
    """Return the CPU time of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def steps(sent: list[bytes]) -> dict[str, float]:
    """Return microseconds an event of each step before the store."""
    told: dict[str, float] = {}

    def timed(name: str, function, values: list) -> list:
        begin = time.thread_time()
        made = [function(*value) for value in values]
        told[name] = (time.thread_time() - begin) / len(values) * 1e6
        return made

    events = timed("parse (orjson)", orjson.loads, [(body,) for body in sent])
    checked = timed("check", check_event, [(event,) for event in events])
    ids = timed("id", lambda event, seen: event_id(seen.event_time, event), list(zip(events, checked, strict=True)))
    timed("read facets", read_event, list(zip(ids, events, checked, strict=True)))
    return told


def main(count: str = "8000") -> None:
    """Print the steps, then the whole in groups of several sizes."""
    gc.set_threshold(*GC_THRESHOLDS)  # as the server does
    sent = bodies(int(count))
    size = sum(map(len, sent)) // len(sent)
    print(f"{len(sent):,} events of {size:,} bytes; microseconds of CPU an event")
    for name, spent in steps(sent).items():
        print(f"  {name:<16} {spent:6.1f}")
    for group in GROUPS:
        part = sent[: len(sent) // 4] if group == 1 else sent
        with tempfile.TemporaryDirectory(prefix="whence-fold-") as folder:
            store = open_store(Path(folder))
            begin, clock = cpu(), time.perf_counter()
            for start in range(0, len(part), group):
                store.commit([decode_event(body) for body in part[start : start + group]])
            spent, seconds = (cpu() - begin) / len(part) * 1e6, time.perf_counter() - clock
            store.close()
        print(f"  all, groups of {group:<3} {spent:6.1f}   {len(part) / seconds:,.0f} events/s here")


if __name__ == "__main__":
    main(*sys.argv[1:])
