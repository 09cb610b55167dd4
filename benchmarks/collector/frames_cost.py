"""What the hooks of pandas, polars, pyarrow and DuckDB cost the host's thread: CPU per call, in interleaved blocks.

    python benchmarks/collector/frames_cost.py [--blocks 12] [--calls 20]

Each call is a real one on a small file (100 rows of 20 columns), so the ratios are the worst there can be: data of
any size makes them vanish. Three states take turns: hooks out; hooks in and no run; hooks in and a run. A call in a
run also has the collector look at the file (its stamp; its content once), as `whence.add_input(path)` does.
Goals: 1 us for the wrapper alone without a run; 600 us in a run, most of it the columns' names and types of a new frame
and the collector's look at the file. The column "no run" is the difference of two large numbers: noise, unless large.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq

import whence
from whence.hooks._frames.moves import telling
from whence.hooks._patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable

HOOKS = ("pandas", "polars", "pyarrow", "duckdb")
STATES = ("out", "no run", "run")
GOAL_ALONE_US, GOAL_RUN_US = 1.0, 600.0


def calls(connection: Any, frame: Any) -> dict[str, Callable[[], Any]]:
    """Give the calls that are measured; names are looked up anew each time, as a host does."""
    return {
        "pandas.read_csv": lambda: pd.read_csv("a.csv"),
        "pandas.read_parquet": lambda: pd.read_parquet("a.parquet"),
        "pyarrow read_table": lambda: pq.read_table("a.parquet"),
        "polars.read_parquet": lambda: pl.read_parquet("a.parquet"),
        "polars collect": lambda: pl.scan_parquet("a.parquet").filter(pl.col("c0") > 5).collect(),
        "polars eager step": lambda: frame.filter(pl.col("c0") > 5),
        "duckdb execute": lambda: connection.execute("select c0 from t limit 1").fetchall(),
        "duckdb sql": lambda: connection.sql("select c0 from t limit 1").fetchall(),
    }


def spend(call: Callable[[], Any], times: int) -> float:
    """Return microseconds of this thread's CPU per call."""
    start = time.thread_time()
    for _ in range(times):
        call()
    return (time.thread_time() - start) / times * 1e6


def in_state(state: str, call: Callable[[], Any], times: int) -> float:
    """Measure a call with the hooks out, or in, or in and in a run."""
    (whence.uninstall if state == "out" else whence.install)(*HOOKS)
    call()
    if state != "run":
        return spend(call, times)
    with whence.job("bench"):
        call()
        return spend(call, times)


def wrapper_alone(times: int = 200_000) -> float:
    """Return what the wrapper adds to a function that does nothing, outside of runs."""
    patches = Patches("bench")
    patches.switch_on()
    wrapped = telling(patches, "input", lambda *_: [], lambda *_: None)(len)
    rounds = [(spend(lambda: wrapped("a"), times), spend(lambda: len("a"), times)) for _ in range(5)]
    return min(on for on, _ in rounds) - min(off for _, off in rounds)


def main() -> int:
    """Measure, print, say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=12)
    parser.add_argument("--calls", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        whence.configure(sinks=f"file:{folder}/events.jsonl", spool_dir=f"{folder}/spool")
        small = pd.DataFrame({f"c{number}": range(100) for number in range(20)})
        small.to_csv("a.csv", index=False)
        small.to_parquet("a.parquet")
        connection = duckdb.connect("x.db")
        connection.execute("create table t as select * from 'a.parquet'").fetchall()
        is_met = report(calls(connection, pl.read_parquet("a.parquet")), given.blocks, given.calls)
        connection.close()
        whence.shutdown()
        os.chdir(Path(folder).parent)
    alone = wrapper_alone()
    print(f"the wrapper alone, no run: {alone:.2f} us")
    return 0 if is_met and alone < GOAL_ALONE_US else 1


def report(measured: dict[str, Callable[[], Any]], blocks: int, times: int) -> bool:
    """Print medians of what each state adds; return whether the goals are met."""
    print(f"{'call':22}{'plain us':>10}{'no run':>10}{'run':>10}")
    is_met = True
    for name, call in measured.items():
        found: dict[str, list[float]] = {state: [] for state in STATES}
        for block in range(blocks):
            for state in STATES if block % 2 else STATES[::-1]:
                found[state].append(in_state(state, call, times))
        plain = statistics.median(found["out"])
        added = {state: statistics.median(map(float.__sub__, found[state], found["out"])) for state in STATES[1:]}
        is_met = is_met and added["run"] <= GOAL_RUN_US
        print(f"{name:22}{plain:10.0f}{added['no run']:+10.1f}{added['run']:+10.1f}")
    return is_met


if __name__ == "__main__":
    raise SystemExit(main())
