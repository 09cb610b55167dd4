"""What a run costs the host's thread: entering and leaving a job, naming datasets; and what `import whence` costs.

    python benchmarks/capture/job_cost.py [--runs 2000]

CPU of the calling thread; the spool is real, the sink is a file. Import time is `-X importtime`, the least of seven,
above bare Python.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import whence

if TYPE_CHECKING:
    from collections.abc import Callable


def cpu_us(work: Callable[[], object], runs: int) -> float:
    """Return the median of five rounds."""
    rounds = []
    for _ in range(5):
        start = time.thread_time()
        for _ in range(runs):
            work()
        rounds.append((time.thread_time() - start) / runs * 1e6)
    return statistics.median(rounds)


def empty() -> None:
    with whence.job("bench"):
        pass


def nested() -> None:
    with whence.job("outer", flow="bench"), whence.job("inner"):
        pass


def named() -> None:
    with whence.job("bench"):
        whence.add_input("orders", namespace="postgres://db:5432")
        whence.add_output("totals", namespace="postgres://db:5432", rows=3)


@whence.job("decorated")
def decorated() -> None:
    return None


def import_ms() -> float:
    command = [sys.executable, "-X", "importtime", "-c", "import whence"]
    found = []
    for _ in range(7):
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stderr.splitlines()
        found.append(min(int(line.split("|")[1]) for line in lines if line.split("|")[-1].strip() == "whence") / 1000)
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    print(f"import whence, above bare Python{import_ms():10.1f} ms")
    with tempfile.TemporaryDirectory() as folder:
        for state, settings in (
            ("off", {"disabled": True}),
            ("on", {"sinks": f"file:{Path(folder) / 'events.jsonl'}", "spool_dir": f"{folder}/spool"}),
        ):
            whence.configure(**settings)
            decorated()
            for name, work in (("a run", empty), ("two nested", nested), ("datasets", named), ("decorated", decorated)):
                print(f"collection {state:4}{name:12}{cpu_us(work, runs):8.1f} us of CPU")
            whence.shutdown()


if __name__ == "__main__":
    main()
