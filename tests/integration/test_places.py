"""What place a path-like thing is: text, URLs, open files, filesystems of pyarrow and fsspec; buffers are none."""

from __future__ import annotations

import gzip
import io
import tempfile
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.fs
import pytest
from fsspec.implementations.dirfs import DirFileSystem

from whence.hooks._frames.places import has_magic, is_remote_file, places_of, tell

pytestmark = pytest.mark.integration

S3 = pa.fs.S3FileSystem(anonymous=True, region="us-east-1")


class Told:
    """Stands for a run: notes what it is told."""

    def __init__(self):
        self.calls = []

    def add_input(self, path, **options):
        self.calls.append(("add_input", path, options))

    def add_output(self, path, **options):
        self.calls.append(("add_output", path, options))

    def touch(self, direction, namespace, name, **facts):
        self.calls.append((direction, namespace, name, facts))


class TestText:
    @pytest.mark.parametrize(
        ("thing", "place"),
        [
            ("/data/a.csv", ("file", "/data/a.csv")),
            (Path("/data/a.csv"), ("file", "/data/a.csv")),
            (b"x", None),
            ("file:///data/a.csv", ("file", "/data/a.csv")),
            ("s3://lake/raw/a.csv", ("s3://lake", "raw/a.csv")),
            ("s3a://lake/raw/", ("s3://lake", "raw/")),
            ("gs://lake/raw/a.csv", ("gs://lake", "raw/a.csv")),
            ("abfss://box@account.dfs.core.windows.net/a.csv", ("abfss://box@account.dfs.core.windows.net", "a.csv")),
            ("https://user:secret@host/a.csv?token=secret", ("https://host", "/a.csv")),
            ("simplecache::s3://lake/a.csv", ("s3://lake", "a.csv")),
            ("zip://inner.csv::s3://lake/a.zip", ("s3://lake", "a.zip")),
            ("memory://a.csv", None),
            ("a,b\n1,2", None),
            ("", None),
            (None, None),
            (3, None),
            ({"a": 1}, None),
        ],
    )
    def test_is(self, thing, place):
        assert places_of(thing) == ([] if place is None else [place])

    def test_home_and_relative(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", "/home/me")
        assert places_of("a.csv") == [("file", f"{Path.cwd()}/a.csv")]
        assert places_of("~/a.csv") == [("file", "/home/me/a.csv")]

    def test_lists_keep_their_order_and_each_place_once(self):
        assert places_of(["s3://b/2", Path("/a"), "s3://b/2", io.BytesIO()]) == [("s3://b", "2"), ("file", "/a")]

    def test_patterns(self):
        assert has_magic(("file", "/a/*.csv"))
        assert not has_magic(("file", "/a/b.csv"))


class TestOpenFiles:
    def test_files_of_the_system(self, tmp_path):
        path = tmp_path / "a.csv.gz"
        with gzip.open(path, "wt") as file:
            assert places_of(file) == [("file", str(path))]
        with path.open("rb") as file:
            assert places_of(file) == [("file", str(path))]
        with gzip.open(path) as file:
            assert places_of(file) == [("file", str(path))]
        with tempfile.TemporaryFile() as file:
            assert places_of(file) == []

    def test_files_that_are_gone_or_others(self, tmp_path):
        with (tmp_path / "a").open("w") as file:
            (tmp_path / "a").unlink()
            (tmp_path / "a").touch()
            assert places_of(file) == []

    def test_files_of_fsspec(self, tmp_path):
        (tmp_path / "a.csv").touch()
        with fsspec.filesystem("file").open(str(tmp_path / "a.csv")) as file:
            assert places_of(file) == [("file", str(tmp_path / "a.csv"))]
            assert is_remote_file(file)
        with fsspec.filesystem("memory").open("/a.csv", "wb") as file:
            assert places_of(file) == []


class TestFilesystems:
    @pytest.mark.parametrize(
        ("filesystem", "path", "place"),
        [
            (S3, "lake/raw/a", ("s3://lake", "raw/a")),
            (pa.fs.SubTreeFileSystem("lake/raw", S3), "a", ("s3://lake", "raw/a")),
            (pa.fs.SubTreeFileSystem("raw", pa.fs.SubTreeFileSystem("lake", S3)), "a", ("s3://lake", "raw/a")),
            (pa.fs.LocalFileSystem(), "/a", ("file", "/a")),
            (fsspec.filesystem("s3", anon=True), "lake/raw/a", ("s3://lake", "raw/a")),
            (fsspec.filesystem("s3", anon=True), "s3://lake/raw/a", ("s3://lake", "raw/a")),
            (fsspec.filesystem("file"), "/a", ("file", "/a")),
            (fsspec.filesystem("memory"), "/a", None),
            (pa.fs.PyFileSystem(pa.fs.FSSpecHandler(fsspec.filesystem("s3", anon=True))), "b/a", ("s3://b", "a")),
            (DirFileSystem("lake/raw", fsspec.filesystem("s3", anon=True)), "a", ("s3://lake", "raw/a")),
            (fsspec.filesystem("simplecache", target_protocol="s3"), "lake/a", ("s3://lake", "a")),
            ("s3://lake/raw", "a", ("s3://lake", "raw/a")),
            (object(), "a", None),
        ],
    )
    def test_path_on(self, filesystem, path, place):
        assert places_of(path, filesystem) == ([] if place is None else [place])


class TestTelling:
    def test_one_local_file_is_named_by_its_content(self, tmp_path):
        run, path = Told(), tmp_path / "a.csv"
        path.touch()
        tell(run, "input", [("file", str(path))], rows=0, fields=[("a", None)], size=3)
        tell(run, "output", [("file", str(path))])
        assert run.calls == [
            ("add_input", str(path), {"rows": 0, "fields": [("a", None)]}),
            ("add_output", str(path), {}),
        ]

    def test_folders_and_remote_places_are_touched(self, tmp_path):
        run = Told()
        tell(run, "output", [("file", str(tmp_path))], rows=3)
        tell(run, "input", [("s3://b", "k")], rows=3, size=9)
        assert run.calls == [
            ("output", "file", f"{tmp_path}/", {"rows": 3, "fields": None, "size": None}),
            ("input", "s3://b", "k", {"rows": 3, "fields": None, "size": 9}),
        ]

    def test_what_was_read_and_is_not_there_was_data(self):
        run = Told()
        tell(run, "input", [("file", '/work/{"a": 1}')])
        tell(run, "input", [("file", "/missing/*.csv")])
        tell(run, "output", [("file", "/missing/a.csv")])
        assert [call[2] for call in run.calls] == ["/missing/*.csv", "/missing/a.csv"]

    def test_rows_of_several_are_of_none(self):
        run = Told()
        tell(run, "input", [("s3://b", "1"), ("s3://b", "2")], rows=3, size=9, fields=[("a", None)])
        assert [call[3] for call in run.calls] == [{"rows": None, "fields": [("a", None)], "size": None}] * 2
