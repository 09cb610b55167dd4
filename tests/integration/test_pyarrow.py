"""The pyarrow hook on real files: functions, readers and writers that stay open, datasets."""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap

import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.feather
import pyarrow.fs
import pyarrow.json
import pyarrow.orc
import pyarrow.parquet as pq
import pytest
from told import Told

import whence

pytestmark = pytest.mark.integration

TABLE = pa.table({"id": [1, 2, 3], "name": ["a", "b", "c"]})
TYPES = {"id": "int64", "name": "string"}
FORMATS = {  # where what writes and reads is found
    "parquet": (pq, "write_table", "read_table"),
    "csv": (pa.csv, "write_csv", "read_csv"),
    "feather": (pa.feather, "write_feather", "read_table"),
    "orc": (pa.orc, "write_table", "read_table"),
}


@pytest.fixture
def files(tmp_path):
    """Make a folder with two Parquet files and a partitioned table, written before anybody watches."""
    pq.write_table(TABLE, tmp_path / "a.parquet")
    pq.write_table(TABLE, tmp_path / "b.parquet")
    pa.dataset.write_dataset(TABLE, tmp_path / "table", format="parquet", partitioning=["name"])
    return tmp_path


class TestFunctions:
    @pytest.mark.parametrize("kind", FORMATS)
    def test_written_and_read(self, collected, tmp_path, kind):
        path, (module, write, read) = str(tmp_path / f"f.{kind}"), FORMATS[kind]
        with whence.job("write"):
            getattr(module, write)(TABLE, path)
        with whence.job("read"):
            getattr(module, read)(path)
        written, was_read = Told(collected, "write", tmp_path), Told(collected, "read", tmp_path)
        assert written.names == ([], [f"f.{kind}"])
        assert was_read.names == ([f"f.{kind}"], [])
        assert written.rows(f"f.{kind}") == 3
        assert written.fields(f"f.{kind}") == was_read.fields(f"f.{kind}") == TYPES

    def test_json_and_streaming_csv(self, collected, tmp_path):
        (tmp_path / "a.json").write_text('{"id": 1}\n')
        (tmp_path / "a.csv").write_text("id\n1\n")
        with whence.job("j"):
            pa.json.read_json(tmp_path / "a.json")
            pa.csv.open_csv(tmp_path / "a.csv").read_all()
        assert Told(collected, "j", tmp_path).names == (["a.csv", "a.json"], [])

    def test_columns_are_those_that_were_read(self, files, collected):
        with whence.job("j"):
            pq.read_table(files / "a.parquet", columns=["id"])
        assert Told(collected, "j", files).fields("a.parquet") == {"id": "int64"}

    def test_failed_calls_and_buffers_are_none(self, files, collected):
        with whence.job("j"):
            with pytest.raises(FileNotFoundError):
                pq.read_table(files / "missing.parquet")
            with pytest.raises(FileNotFoundError):
                pq.write_table(TABLE, files / "no" / "folder.parquet")
            sink = pa.BufferOutputStream()
            pq.write_table(TABLE, sink)
            pq.read_table(pa.BufferReader(sink.getvalue()))
            pq.read_metadata(files / "a.parquet")
        assert Told(collected, "j", files).names == ([], [])

    def test_path_on_a_filesystem(self, files, collected):
        local = pa.fs.SubTreeFileSystem(str(files), pa.fs.LocalFileSystem())
        with whence.job("j"):
            pq.read_table("a.parquet", filesystem=local)
            pq.write_table(TABLE, "o.parquet", filesystem=local)
        assert Told(collected, "j", files).names == (["a.parquet"], ["o.parquet"])


class TestDatasets:
    def test_dataset_is_its_folder(self, files, collected):
        with whence.job("j"):
            pa.dataset.dataset(files / "table", partitioning=["name"]).to_table()
        assert Told(collected, "j", files).names == (["table"], [])

    def test_written_dataset_is_one(self, files, collected):
        with whence.job("j"):
            pa.dataset.write_dataset(TABLE, files / "out", format="parquet", partitioning=["name"])
            pq.write_to_dataset(TABLE, files / "out2", partition_cols=["name"])
        told = Told(collected, "j", files)
        assert told.names == ([], ["out", "out2"])
        assert (told.rows("out"), told.fields("out")) == (3, TYPES)

    def test_parquet_dataset_counts_when_read(self, files, collected):
        with whence.job("opened"):
            dataset = pq.ParquetDataset(files / "table")
        with whence.job("read"):
            dataset = pq.ParquetDataset(files / "table")
            dataset.read()
        assert Told(collected, "opened", files).names == ([], [])
        assert Told(collected, "read", files).names == (["table"], [])

    def test_list_of_files(self, files, collected):
        with whence.job("j"):
            pa.dataset.dataset([str(files / "a.parquet"), str(files / "b.parquet")]).head(1)
        assert Told(collected, "j", files).names == (["a.parquet", "b.parquet"], [])


class TestOpen:
    def test_writer_tells_its_rows_when_closed(self, collected, tmp_path):
        with whence.job("j"):
            with pq.ParquetWriter(tmp_path / "a.parquet", TABLE.schema) as writer:
                writer.write_table(TABLE)
                writer.write_batch(TABLE.to_batches()[0])
            open_one = pq.ParquetWriter(tmp_path / "b.parquet", TABLE.schema)
            open_one.write_table(TABLE)
        told = Told(collected, "j", tmp_path)
        assert told.names == ([], ["a.parquet"])
        assert (told.rows("a.parquet"), told.fields("a.parquet")) == (6, TYPES)
        open_one.close()

    def test_writer_closed_by_the_collector_of_garbage_is_its_own_runs(self, collected, tmp_path):
        with whence.job("outer"):
            writer = pq.ParquetWriter(tmp_path / "a.parquet", TABLE.schema)
            writer.write_table(TABLE)
            with whence.job("inner"):
                del writer
                gc.collect()
        assert Told(collected, "inner", tmp_path).names == ([], [])
        assert Told(collected, "outer", tmp_path).names == ([], ["a.parquet"])

    def test_parquet_file(self, files, collected):
        with whence.job("opened"):
            opened = pq.ParquetFile(files / "a.parquet")
            assert opened.metadata.num_rows == 3
        with whence.job("read"):
            opened = pq.ParquetFile(files / "a.parquet")
            opened.read(columns=["id"])
        with whence.job("batches"):
            for _ in pq.ParquetFile(files / "a.parquet").iter_batches(batch_size=1):
                break
        assert Told(collected, "opened", files).names == ([], [])
        assert Told(collected, "read", files).fields("a.parquet") == {"id": "int64"}
        assert Told(collected, "batches", files).names == (["a.parquet"], [])

    def test_orc(self, collected, tmp_path):
        with whence.job("j"):
            with pa.orc.ORCWriter(str(tmp_path / "a.orc")) as writer:
                writer.write(TABLE)
            pa.orc.ORCFile(str(tmp_path / "a.orc")).read()
        told = Told(collected, "j", tmp_path)
        assert told.names == (["a.orc"], ["a.orc"])
        assert told.rows("a.orc") == 3

    def test_ipc(self, collected, tmp_path):
        path = str(tmp_path / "a.arrow")
        with whence.job("write"), pa.ipc.new_file(path, TABLE.schema) as writer:
            writer.write_table(TABLE)
        with whence.job("read"), pa.ipc.open_file(path) as reader:
            reader.read_all()
        assert Told(collected, "write", tmp_path).rows("a.arrow") == 3
        assert Told(collected, "read", tmp_path).names == (["a.arrow"], [])


class TestHook:
    def test_uninstall_restores(self):
        before = pq.read_table, pq.core.read_table, pq.ParquetFile.read, pq.ParquetWriter.__init__, pa.csv.read_csv
        whence.install("pyarrow")
        assert pq.read_table is not before[0]
        assert pq.core.read_table is pq.read_table
        whence.uninstall("pyarrow")
        after = pq.read_table, pq.core.read_table, pq.ParquetFile.read, pq.ParquetWriter.__init__, pa.csv.read_csv
        assert after == before
        assert "read_all" not in vars(pa.ipc.RecordBatchFileReader)

    def test_modules_imported_after_install(self, tmp_path):
        code = f"""
            import whence
            whence.configure(sinks="file:{tmp_path}/events.jsonl", spool_dir="{tmp_path}/spool", namespace="test")
            whence.install("pyarrow")
            import pyarrow as pa
            import sys
            assert "pyarrow.parquet" not in sys.modules
            import pyarrow.parquet as pq
            assert hasattr(pq.read_table, "__wrapped__")
            from pyarrow import csv
            with whence.job("j"):
                pq.write_table(pa.table({{"a": [1]}}), "{tmp_path}/a.parquet")
                csv.write_csv(pa.table({{"a": [1]}}), "{tmp_path}/a.csv")
            whence.shutdown(10)
            whence.uninstall()
            assert not hasattr(pq.read_table, "__wrapped__")
            from pyarrow import orc
            assert not hasattr(orc.read_table, "__wrapped__")
        """
        subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
        text = (tmp_path / "events.jsonl").read_text()
        assert "a.parquet@sha256" in text
        assert "a.csv@sha256" in text
