"""Libraries of frames together: their files are the same datasets, and each task tells its own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from itertools import pairwise

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from told import Told

import whence

pytestmark = pytest.mark.integration

FRAME = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", "c"]})


def test_what_one_writes_another_reads(collected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with whence.job("pandas"):
        FRAME.to_csv("a.csv", index=False)
    with whence.job("polars"):
        pl.scan_csv("a.csv").filter(pl.col("id") > 1).sink_parquet("b.parquet")
    with whence.job("pyarrow"):
        pq.write_table(pq.read_table("b.parquet"), "c.parquet")
    with whence.job("duckdb"), duckdb.connect("shop.db") as shop:
        shop.execute("create table made as select * from 'c.parquet'")
    chain = [Told(collected, job, tmp_path) for job in ("pandas", "polars", "pyarrow", "duckdb")]
    for before, after in pairwise(chain):
        (written,), (read,) = before.outputs.values(), after.inputs.values()
        assert (written["namespace"], written["name"]) == (read["namespace"], read["name"])
    assert list(chain[-1].outputs) == [f"duckdb://{tmp_path}/shop.db shop.main.made"]


def test_tasks_and_their_threads_do_not_mix(collected, tmp_path):
    FRAME.to_csv(tmp_path / "warm.csv")

    def work(number):
        FRAME.to_csv(tmp_path / f"{number}.csv", index=False)
        pl.scan_csv(tmp_path / f"{number}.csv").sink_parquet(tmp_path / f"{number}.parquet")
        with duckdb.connect() as memory:
            memory.sql(f"select * from '{tmp_path}/{number}.parquet'").fetchall()
        pq.write_table(pa.table({"n": [number]}), tmp_path / f"{number}.out.parquet")

    async def task(number):
        with whence.job(f"j{number}"):
            await asyncio.to_thread(work, number)

    async def main():
        await asyncio.gather(*map(task, range(8)))

    asyncio.run(main())
    for number in range(8):
        assert Told(collected, f"j{number}", tmp_path).names == (
            [f"{number}.csv", f"{number}.parquet"],
            [f"{number}.csv", f"{number}.out.parquet", f"{number}.parquet"],
        )


def test_imported_after_install_and_before(tmp_path):
    code = f"""
        import pandas
        import whence
        whence.configure(sinks="file:{tmp_path}/events.jsonl", spool_dir="{tmp_path}/spool", namespace="test")
        whence.install()
        import polars
        with whence.job("j"):
            pandas.DataFrame({{"a": [1]}}).to_csv("{tmp_path}/before.csv")
            polars.read_csv("{tmp_path}/before.csv").write_csv("{tmp_path}/after.csv")
        whence.shutdown(10)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
    text = (tmp_path / "events.jsonl").read_text()
    assert "before.csv@sha256" in text
    assert "after.csv@sha256" in text


def test_errors_are_passed_on_untouched(collected, tmp_path):
    FRAME.to_csv(tmp_path / "a.csv")
    with whence.job("j"), pytest.raises(TypeError, match="unexpected keyword"):
        pd.read_csv(tmp_path / "a.csv", nonsense=1)
    assert Told(collected, "j", tmp_path).names == ([], [])
