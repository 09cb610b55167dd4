"""What carrying runs costs the host's thread: handing work to a pool, a run from beginning to end, a request.

    python benchmarks/collector/context_cost.py [--blocks 30] [--times 300]

CPU of the calling thread in interleaved blocks: with and without, in turn, so that a noisy machine is noisy for both.
For a pool the executor's worker is kept out of the measure: what is submitted lands in a list. The median of the paired
differences counts. The goal of the collector study (C3): 6 us per submit. A run and a request have no "without"; they
stand beside an empty function call.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import whence
from whence.hooks.threads import HOOK
from whence.integrations._requests import Service

if TYPE_CHECKING:
    from collections.abc import Callable

GOAL_US = {"submit inside a run": 6.0, "submit outside of runs": 6.0}


class Idle(ThreadPoolExecutor):
    """A pool without workers: submitting costs what it costs, and nobody competes for the processor."""

    def _adjust_thread_count(self) -> None:
        self._work_queue.get_nowait()


def nothing() -> None:
    """Be the task."""


def spend(work: Callable[[], object], times: int) -> float:
    """Return microseconds of this thread's CPU per call."""
    start = time.thread_time()
    for _ in range(times):
        work()
    return (time.thread_time() - start) / times * 1e6


def paired(work: Callable[[], object], blocks: int, times: int) -> tuple[float, float]:
    """Return the cost without us and the median difference."""
    plain, added = [], []
    for block in range(blocks):
        costs = {}
        for on in (False, True) if block % 2 else (True, False):
            (HOOK.install if on else HOOK.uninstall)()
            costs[on] = spend(work, times)
        plain.append(costs[False])
        added.append(costs[True] - costs[False])
    HOOK.install()
    return statistics.median(plain), statistics.median(added)


def worker_cost(blocks: int, times: int) -> float:
    """Return what a carried task costs the worker more than the task itself."""
    with whence.job("bench"):
        inside = whence.propagate(nothing)
        return statistics.median(spend(inside, times) - spend(nothing, times) for _ in range(blocks))


def a_run() -> None:
    with whence.job("bench"):
        pass


def a_thread() -> None:
    thread = threading.Thread(target=nothing)
    thread.start()
    thread.join()


def a_request(service: Service, *, with_fact: bool) -> None:
    request = service.begin(partial(str, "GET /orders/{id}"))
    if with_fact:
        whence.current_run()
    request.suspend()
    request.end(None, 200)


def report(name: str, without: float | None, ours: float) -> bool:
    goal = GOAL_US.get(name)
    said = "" if goal is None else f"   goal {goal:g}: {'kept' if ours <= goal else 'MISSED'}"
    base = " " * 15 if without is None else f"{without:9.1f} us + "
    print(f"{name:32}{base}{ours:7.2f} us{said}")
    return goal is None or ours <= goal


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=30)
    parser.add_argument("--times", type=int, default=300)
    given = parser.parse_args()
    is_kept = True
    with tempfile.TemporaryDirectory() as folder:
        whence.configure(sinks=f"file:{Path(folder) / 'events.jsonl'}", spool_dir=f"{folder}/spool")
        pool = Idle(1)

        def submit() -> None:
            pool.submit(nothing)

        is_kept &= report("submit outside of runs", *paired(submit, given.blocks, given.times))
        with whence.job("bench"):
            is_kept &= report("submit inside a run", *paired(submit, given.blocks, given.times))
            report("a thread, started and joined", *paired(a_thread, given.blocks, given.times // 10 or 1))
        report("a carried task, in the worker", None, worker_cost(given.blocks, given.times))
        service = Service()
        quiet = partial(a_request, service, with_fact=False)
        telling = partial(a_request, service, with_fact=True)
        empty: list[float] = []
        rounds: dict[str, list[float]] = {"a run": [], "a request without data": [], "a request with data": []}
        for _ in range(given.blocks):
            empty.append(spend(nothing, given.times))
            for name, work in zip(rounds, (a_run, quiet, telling), strict=True):
                rounds[name].append(spend(work, given.times))
        for name, found in rounds.items():
            report(name, None, statistics.median(found) - statistics.median(empty))
        service.close()
        whence.shutdown()
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
