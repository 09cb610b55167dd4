"""The polars hook on real files: eager calls, and lazy plans once they ran; a scan alone is no read."""

from __future__ import annotations

import asyncio
import io

import polars as pl
import pyarrow.dataset
import pytest
from told import Told

import whence
from whence.hooks.polars import HOOK

pytestmark = pytest.mark.integration

FRAME = pl.DataFrame({"id": [1, 2, 3], "name": ["a", "b", "c"]})
FORMATS = ("csv", "parquet", "ipc", "ndjson")


@pytest.fixture
def files(tmp_path):
    """Make a folder with a CSV and two Parquet files, written before anybody watches."""
    whence.uninstall("polars")
    FRAME.write_csv(tmp_path / "a.csv")
    FRAME.write_parquet(tmp_path / "a.parquet")
    FRAME.write_parquet(tmp_path / "b.parquet")
    return tmp_path


@pytest.fixture
def watched(files, collected):
    """Collect, with the hook in place again."""
    whence.install()
    return collected


class TestEager:
    @pytest.mark.parametrize("kind", FORMATS)
    def test_written_and_read(self, collected, tmp_path, kind):
        path = tmp_path / f"f.{kind}"
        with whence.job("write"):
            getattr(FRAME, f"write_{kind}")(path)
        with whence.job("read"):
            getattr(pl, f"read_{kind}")(path)
        written, read = Told(collected, "write", tmp_path), Told(collected, "read", tmp_path)
        assert written.names == ([], [path.name])
        assert read.names == ([path.name], [])
        assert written.rows(path.name) == 3
        assert written.fields(path.name) == read.fields(path.name) == {"id": "Int64", "name": "String"}

    def test_json_avro_and_stream(self, collected, tmp_path):
        with whence.job("j"):
            for kind in ("json", "avro", "ipc_stream"):
                getattr(FRAME, f"write_{kind}")(tmp_path / kind)
                getattr(pl, f"read_{kind}")(tmp_path / kind)
        assert Told(collected, "j", tmp_path).names == (["avro", "ipc_stream", "json"],) * 2

    def test_partitioned_write_is_its_folder(self, collected, tmp_path):
        with whence.job("j"):
            FRAME.write_parquet(tmp_path / "out", partition_by="name")
        assert Told(collected, "j", tmp_path).names == ([], ["out"])

    def test_failed_calls_and_buffers_are_none(self, watched, files):
        with whence.job("j"):
            with pytest.raises(FileNotFoundError):
                pl.read_csv(files / "missing.csv")
            pl.read_csv(io.BytesIO(b"a\n1"))
            pl.read_csv(b"a\n1")
            FRAME.write_csv(io.BytesIO())
            assert FRAME.write_csv()
        assert Told(watched, "j", files).names == ([], [])


class TestLazy:
    def test_scan_alone_is_no_read(self, watched, files):
        with whence.job("j"):
            pl.scan_csv(files / "a.csv").filter(pl.col("id") > 1)
        assert Told(watched, "j", files).names == ([], [])

    @pytest.mark.parametrize("kind", FORMATS)
    def test_collect_tells_the_scan(self, collected, tmp_path, kind):
        getattr(FRAME, f"write_{kind}")(tmp_path / f"f.{kind}")
        with whence.job("j"):
            getattr(pl, f"scan_{kind}")(tmp_path / f"f.{kind}").group_by("name").len().collect()
        assert Told(collected, "j", tmp_path).names == ([f"f.{kind}"], [])

    def test_only_the_columns_that_were_read(self, watched, files):
        with whence.job("j"):
            pl.scan_parquet(files / "a.parquet").select("id").collect()
        assert Told(watched, "j", files).fields("a.parquet") == {"id": "Int64"}

    def test_all_scans_of_a_plan_with_frames_in_memory(self, watched, files):
        with whence.job("j"):
            lazy = pl.scan_parquet(files / "a.parquet").join(pl.scan_csv(files / "a.csv"), on="id")
            lazy.join(FRAME.lazy(), on="id", suffix="_c").collect(engine="streaming")
        assert Told(watched, "j", files).names == (["a.csv", "a.parquet"], [])

    def test_same_file_twice_in_a_plan_is_one(self, watched, files):
        lazy = pl.scan_parquet(files / "a.parquet")
        with whence.job("j"):
            lazy.select("id").join(lazy, on="id").collect()
        told = Told(watched, "j", files)
        assert told.names == (["a.parquet"], [])
        assert told.fields("a.parquet") == {"id": "Int64", "name": "String"}

    def test_sink_reads_and_writes(self, watched, files):
        with whence.job("j"):
            pl.scan_csv(files / "a.csv").select("id").sink_parquet(files / "o.parquet")
        told = Told(watched, "j", files)
        assert told.names == (["a.csv"], ["o.parquet"])
        assert told.fields("o.parquet") == {"id": "Int64"}

    def test_lazy_sinks_count_when_collected(self, watched, files):
        with whence.job("made"):
            lazy = pl.scan_csv(files / "a.csv")
            sinks = [lazy.sink_parquet(files / "o.parquet", lazy=True), lazy.sink_csv(files / "o.csv", lazy=True)]
        with whence.job("ran"):
            pl.collect_all(sinks)
        assert Told(watched, "made", files).names == ([], [])
        assert Told(watched, "ran", files).names == (["a.csv"], ["o.csv", "o.parquet"])

    def test_async_counts_when_it_succeeded(self, watched, files):
        async def good():
            with whence.job("good"):
                await pl.scan_parquet(files / "a.parquet").collect_async()

        async def bad():
            with whence.job("bad"):
                with pytest.raises(pl.exceptions.PolarsError):
                    await pl.scan_csv(files / "a.csv").select(pl.col("name").cast(pl.Int8)).collect_async()
                await asyncio.sleep(0)

        async def both():
            await asyncio.gather(good(), bad())

        asyncio.run(both())
        assert Told(watched, "good", files).names == (["a.parquet"], [])
        assert Told(watched, "bad", files).names == ([], [])

    def test_batches_count_when_the_first_has_come(self, watched, files):
        with whence.job("made"):
            batches = pl.scan_parquet(files / "a.parquet").collect_batches()
        with whence.job("ran"):
            for _ in pl.scan_parquet(files / "b.parquet").collect_batches():
                pass
        assert Told(watched, "made", files).names == ([], [])
        assert Told(watched, "ran", files).names == (["b.parquet"], [])
        del batches

    def test_background_counts_when_fetched(self, watched, files):
        with whence.job("j"):
            query = pl.scan_parquet(files / "a.parquet").collect(background=True)
            query.fetch_blocking()
        assert Told(watched, "j", files).names == (["a.parquet"], [])

    def test_failed_plans_are_none(self, watched, files):
        with whence.job("j"), pytest.raises(pl.exceptions.PolarsError):
            pl.scan_csv(files / "a.csv").select(pl.col("name").cast(pl.Int8)).sink_parquet(files / "o.parquet")
        assert Told(watched, "j", files).names == ([], [])

    def test_datasets_of_pyarrow(self, watched, files):
        dataset = pyarrow.dataset.dataset(files / "a.parquet")
        with whence.job("j"):
            pl.scan_pyarrow_dataset(dataset).filter(pl.col("id") > 1).collect()
        assert Told(watched, "j", files).names == (["a.parquet"], [])

    def test_glob_is_the_files_it_found(self, watched, files):
        with whence.job("j"):
            pl.scan_parquet(files / "*.parquet").collect()
        assert Told(watched, "j", files).names == (["a.parquet", "b.parquet"], [])

    def test_engine_is_asked_as_without_us(self, watched, files, monkeypatch):
        asked = []
        lazy = pl.scan_csv(files / "a.csv")
        engine = pl.lazyframe.engine._LocalEngine
        original = engine.collect

        def collect(*args, **kwargs):
            asked.append(kwargs["post_opt_callback"])
            return original(*args, **kwargs)

        monkeypatch.setattr(engine, "collect", collect)
        with whence.job("j"):
            lazy.collect(engine="streaming")
        assert asked == [None]
        assert Told(watched, "j", files).names == (["a.csv"], [])

    def test_reading_plans_has_a_budget(self, watched, files, monkeypatch):
        monkeypatch.setattr(HOOK, "_spent_s", 1e6)
        with whence.job("j"):
            pl.scan_csv(files / "a.csv").collect()
        assert Told(watched, "j", files).names == ([], [])

    def test_categories_are_values_and_stay_here(self, collected, tmp_path):
        frame = pl.DataFrame({"state": pl.Series(["secret-value"], dtype=pl.Enum(["secret-value"]))})
        with whence.job("j"):
            frame.write_parquet(tmp_path / "a.parquet")
            pl.scan_parquet(tmp_path / "a.parquet").collect()
        assert Told(collected, "j", tmp_path).fields("a.parquet") == {"state": "Enum"}
        assert "secret-value" not in collected.text()


def test_eager_steps_do_not_pay_for_plans(watched, files, monkeypatch):
    read = []
    monkeypatch.setattr("whence.hooks.polars.scans_of", lambda frame: read.append(frame) or [])
    with whence.job("j"):
        FRAME.filter(pl.col("id") > 1).select("name").sort("name")
    assert read == []


def test_uninstall_restores():
    before = pl.read_csv, pl.LazyFrame.collect, pl.DataFrame.write_csv, pl.collect_all
    whence.install("polars")
    assert pl.read_csv is not before[0]
    whence.uninstall("polars")
    assert (pl.read_csv, pl.LazyFrame.collect, pl.DataFrame.write_csv, pl.collect_all) == before
