"""The pandas hook on real files: each call is one dataset with its rows and columns, and what fails is none."""

from __future__ import annotations

import functools
import io
import pickle
import threading
import traceback
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest
from told import Told

import whence
from whence.hooks.pandas import HOOK

pytestmark = pytest.mark.integration

FRAME = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", "c"]})
FORMATS = {  # what writes, with which options, and what reads
    "csv": ("to_csv", {"index": False}, "read_csv"),
    "csv.gz": ("to_csv", {"index": False}, "read_csv"),
    "tsv": ("to_csv", {"index": False, "sep": "\t"}, "read_table"),
    "parquet": ("to_parquet", {}, "read_parquet"),
    "json": ("to_json", {}, "read_json"),
    "feather": ("to_feather", {}, "read_feather"),
    "orc": ("to_orc", {}, "read_orc"),
    "pkl": ("to_pickle", {}, "read_pickle"),
    "dta": ("to_stata", {"write_index": False}, "read_stata"),
}


@pytest.fixture
def files(tmp_path):
    """Make a folder with one CSV file, written before anybody watches."""
    FRAME.to_csv(tmp_path / "a.csv", index=False)
    return tmp_path


class TestFormats:
    @pytest.mark.parametrize("kind", FORMATS)
    def test_written_and_read_is_one_dataset_each(self, collected, tmp_path, kind):
        write, options, read = FORMATS[kind]
        with whence.job("write"):
            getattr(FRAME, write)(tmp_path / f"f.{kind}", **options)
        with whence.job("read"):
            getattr(pd, read)(str(tmp_path / f"f.{kind}"))
        written, was_read = Told(collected, "write", tmp_path), Told(collected, "read", tmp_path)
        assert written.names == ([], [f"f.{kind}"])
        assert was_read.names == ([f"f.{kind}"], [])
        assert written.rows(f"f.{kind}") == 3
        assert list(written.fields(f"f.{kind}")) == list(was_read.fields(f"f.{kind}")) == ["id", "name"]
        assert written.outputs[f"f.{kind}"]["name"] == was_read.inputs[f"f.{kind}"]["name"]

    def test_fixed_width_and_text_forms(self, collected, files):
        with whence.job("j"):
            pd.read_fwf(files / "a.csv")
            FRAME.to_string(files / "a.txt")
            FRAME.to_html(files / "a.html")
        assert Told(collected, "j", files).names == (["a.csv"], ["a.html", "a.txt"])

    def test_types_are_those_of_the_frame(self, collected, files):
        with whence.job("j"):
            pd.read_csv(files / "a.csv", dtype={"id": "int16"})
        assert Told(collected, "j", files).fields("a.csv") == {"id": "int16", "name": str(FRAME["name"].dtype)}

    def test_series(self, collected, tmp_path):
        with whence.job("j"):
            FRAME["id"].to_csv(tmp_path / "ids.csv")
        told = Told(collected, "j", tmp_path)
        assert (told.rows("ids.csv"), told.fields("ids.csv")) == (3, {"id": "int64"})

    def test_partitioned_parquet_is_one_dataset(self, collected, tmp_path):
        with whence.job("j"):
            FRAME.to_parquet(tmp_path / "out", partition_cols=["name"])
            pd.read_parquet(tmp_path / "out")
        told = Told(collected, "j", tmp_path)
        assert told.names == (["out"], ["out"])
        assert told.rows("out") == 3


class TestNotRead:
    def test_without_a_run_nothing_is_told(self, collected, files):
        pd.read_csv(files / "a.csv")
        assert collected.events() == []

    def test_failed_calls_are_none(self, collected, files):
        with whence.job("j"):
            with pytest.raises(FileNotFoundError):
                pd.read_csv(files / "missing.csv")
            with pytest.raises(ValueError, match="Usecols"):
                pd.read_csv(files / "a.csv", usecols=["nothing"])
            with pytest.raises(OSError, match="non-existent"):
                FRAME.to_csv(files / "no" / "folder.csv")
        assert Told(collected, "j", files).names == ([], [])

    def test_buffers_and_text_are_no_place(self, collected, tmp_path):
        with whence.job("j"):
            pd.read_csv(io.StringIO("a,b\n1,2"))
            FRAME.to_csv(io.BytesIO())
            assert FRAME.to_csv().startswith(",id,name")
            assert isinstance(FRAME.to_json(), str)
            pd.read_json(io.StringIO('{"a": {"0": 1}}'))
        assert Told(collected, "j", tmp_path).names == ([], [])
        assert '"a"' not in collected.text()

    def test_member_of_an_archive_is_not_taken_for_a_file_of_that_name(self, collected, files, monkeypatch):
        with zipfile.ZipFile(files / "z.zip", "w") as archive:
            archive.write(files / "a.csv", "a.csv")
        monkeypatch.chdir(files)
        with whence.job("j"), zipfile.ZipFile("z.zip") as archive, archive.open("a.csv") as member:
            pd.read_csv(member)
        assert Told(collected, "j", files).names == ([], [])


class TestPlaces:
    def test_open_files_are_what_they_opened(self, collected, files, monkeypatch):
        monkeypatch.chdir(files)
        with whence.job("j"):
            with open("a.csv") as file:  # noqa: PTH123  a file of that relative name
                pd.read_csv(file)
            with open("b.csv", "w") as file:  # noqa: PTH123
                FRAME.to_csv(file)
        assert Told(collected, "j", files).names == (["a.csv"], ["b.csv"])

    def test_relative_path_and_positional_or_named(self, collected, files, monkeypatch):
        monkeypatch.chdir(files)
        with whence.job("j"):
            pd.read_csv(filepath_or_buffer="a.csv")
            FRAME.to_csv(path_or_buf="b.csv")
        assert Told(collected, "j", files).names == (["a.csv"], ["b.csv"])

    def test_address_on_the_web_without_its_secrets(self, collected, files):
        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(files))) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            host = f"127.0.0.1:{server.server_port}"
            with whence.job("j"):
                pd.read_csv(f"http://{host}/a.csv?token=secret-value")
            server.shutdown()
        told = Told(collected, "j", files)
        assert told.names == ([f"http://{host} /a.csv"], [])
        assert told.rows(f"http://{host} /a.csv") == 3
        assert "secret-value" not in collected.text()


class TestChunks:
    def test_rows_are_those_that_were_read(self, collected, files):
        with whence.job("j"):
            assert sum(len(chunk) for chunk in pd.read_csv(files / "a.csv", chunksize=2)) == 3
        assert Told(collected, "j", files).rows("a.csv") == 3

    def test_rows_of_a_reader_closed_early(self, collected, files):
        with whence.job("j"), pd.read_csv(files / "a.csv", iterator=True) as reader:
            reader.get_chunk(2)
        assert Told(collected, "j", files).rows("a.csv") == 2

    def test_reader_never_read_to_its_end_counts_without_rows(self, collected, files):
        with whence.job("j"):
            reader = pd.read_csv(files / "a.csv", chunksize=1)
            next(reader)
        reader.close()
        told = Told(collected, "j", files)
        assert (told.names, told.rows("a.csv")) == ((["a.csv"], []), None)

    def test_lines_of_json(self, collected, tmp_path):
        FRAME.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
        with whence.job("j"):
            for _ in pd.read_json(tmp_path / "a.jsonl", lines=True, chunksize=2):
                pass
        assert Told(collected, "j", tmp_path).rows("a.jsonl") == 3


class PlainWriter(pd.ExcelWriter):
    """An engine for workbooks that needs no library: what is asked of one, and text in the file."""

    _engine = "plain"
    _supported_extensions = ("plain",)

    def __init__(self, path, **_):
        super().__init__(path, engine="plain")

    @property
    def book(self):
        return None

    @property
    def sheets(self):
        return {}

    def _write_cells(self, cells, *_, **__):
        self._handles.handle.write(str(len(list(cells))).encode())

    def _save(self):
        pass


class TestWorkbooks:
    def test_written_when_closed(self, collected, tmp_path):
        with whence.job("j"):
            with PlainWriter(tmp_path / "a.plain") as writer:
                FRAME.to_excel(writer, sheet_name="1")
                FRAME.to_excel(writer, sheet_name="2")
            with PlainWriter(tmp_path / "b.plain") as writer:
                FRAME.to_excel(writer, sheet_name="1")
            never = PlainWriter(tmp_path / "c.plain")
            FRAME.to_excel(never)
        told = Told(collected, "j", tmp_path)
        assert told.names == ([], ["a.plain", "b.plain"])
        assert (told.rows("a.plain"), told.rows("b.plain")) == (6, 3)
        assert list(told.fields("b.plain")) == ["id", "name"]
        never.close()


class TestHook:
    def test_uninstall_restores(self):
        before = pd.read_csv, pd.DataFrame.to_parquet, pd.DataFrame.to_csv, pd.io.parsers.readers.read_csv
        whence.install("pandas")
        whence.install("pandas")
        assert pd.read_csv is not before[0]
        assert pd.io.parsers.readers.read_csv is pd.read_csv
        assert pickle.loads(pickle.dumps(pd.read_csv)) is pd.read_csv
        whence.uninstall("pandas")
        assert (pd.read_csv, pd.DataFrame.to_parquet, pd.DataFrame.to_csv, pd.io.parsers.readers.read_csv) == before
        assert "to_csv" not in vars(pd.DataFrame)

    def test_a_wrapper_over_ours_stays_and_ours_falls_silent(self, collected, files):
        ours, original = pd.read_csv, pd.read_csv.__wrapped__
        pd.read_csv = functools.partial(ours)
        theirs = pd.read_csv
        try:
            whence.uninstall("pandas")
            with whence.job("off"):
                pd.read_csv(files / "a.csv")
            assert pd.read_csv is theirs
            whence.install("pandas")
            with whence.job("on"):
                pd.read_csv(files / "a.csv")
        finally:
            pd.read_csv = ours
            whence.uninstall("pandas")
        assert pd.read_csv is original
        assert Told(collected, "off", files).names == ([], [])
        assert Told(collected, "on", files).names == (["a.csv"], [])

    def test_threads_tell_their_own_run(self, collected, tmp_path):
        for name in "ab":
            FRAME.to_csv(tmp_path / f"{name}.csv")

        def work(name):
            with whence.job(name):
                for _ in range(20):
                    pd.read_csv(tmp_path / f"{name}.csv")

        threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name in "ab":
            assert Told(collected, name, tmp_path).names == ([f"{name}.csv"], [])

    def test_trouble_of_ours_stays_ours(self, collected, files, monkeypatch):
        def broken(*_):
            raise RuntimeError

        monkeypatch.setattr("whence.hooks._frames.moves.tell", broken)
        with whence.job("j"):
            for _ in range(30):
                assert len(pd.read_csv(files / "a.csv")) == 3
        assert not HOOK._patches.is_on
        assert Told(collected, "j", files).names == ([], [])

    def test_warnings_name_the_hosts_line(self, collected, files):
        with pytest.warns(pd.errors.ParserWarning) as outside:
            pd.read_csv(files / "a.csv", sep="::")
        with whence.job("j"), pytest.warns(pd.errors.ParserWarning) as inside:
            pd.read_csv(files / "a.csv", sep="::")
        assert [seen.filename for seen in (*outside, *inside)] == [__file__] * 2
        assert len(collected.end("j")["inputs"]) == 1

    def test_traceback_shows_no_line_of_others_for_ours(self, collected, files):
        with whence.job("j"), pytest.raises(FileNotFoundError) as caught:
            pd.read_csv(files / "missing.csv")
        assert collected.end("j")["inputs"] == []
        lines = traceback.format_tb(caught.tb)
        assert lines[1].count("\n") == 1

    def test_read_inside_a_read_is_one(self, collected, tmp_path):
        FRAME.to_parquet(tmp_path / "a.parquet")
        with whence.job("j"):
            pd.read_parquet(tmp_path / "a.parquet", columns=["id"])
        (event,) = (each for each in collected.events("j") if each["eventType"] == "COMPLETE")
        assert len(event["inputs"]) == 1
        assert Told(collected, "j", tmp_path).fields("a.parquet") == {"id": "int64"}

    def test_values_stay_here(self, collected, tmp_path):
        frame = pd.DataFrame({"state": pd.Categorical(["secret-value"])})
        with whence.job("j"):
            frame.to_csv(tmp_path / "a.csv")
        assert "secret-value" not in collected.text()
