"""File systems of fsspec: local and over HTTP for real, an asynchronous one of our own, and none of them twice."""

from __future__ import annotations

import http.server
import io
import threading

import fsspec
import pytest
from fsspec.asyn import AsyncFileSystem
from fsspec.implementations.local import LocalFileOpener, LocalFileSystem

import whence

pytestmark = pytest.mark.integration


@pytest.fixture
def fs(collected):
    return fsspec.filesystem("file")


def local(collected, job):
    """Return the paths that a run read and wrote, without what they held."""
    return tuple({name.removeprefix("file::").partition("@")[0] for name in names} for names in collected.names(job))


def test_opened_file_is_read_at_once_and_written_when_closed(collected, fs, tmp_path):
    path = str(tmp_path / "x.csv")
    with whence.job("write"), fs.open(path, "w") as file:
        file.write("abc")
    with whence.job("read"):
        fs.open(path).read()
    with whence.job("open"):
        left = fs.open(str(tmp_path / "left.csv"), "wb")
    left.close()
    assert local(collected, "write") == (set(), {path})
    assert collected.names("write")[1] == collected.names("read")[0]
    assert collected.names("open") == (set(), set())


def test_compressed_and_binary_files(collected, tmp_path):
    with whence.job("j"):
        with fsspec.open(str(tmp_path / "x.csv.gz"), "wt", compression="infer") as file:
            file.write("abc")
        with fsspec.open(f"file://{tmp_path}/y.bin", "wb") as file:
            file.write(b"abc")
    assert local(collected, "j") == (set(), {f"{tmp_path}/x.csv.gz", f"{tmp_path}/y.bin"})


def test_whole_files_and_copies(collected, fs, tmp_path):
    a, b, c, d = (str(tmp_path / name) for name in "abcd")
    with whence.job("j"):
        fs.pipe(a, b"1")
        fs.cat(a)
        fs.cp(a, b)
        fs.put(a, c)
        fs.mv(b, d)
        fs.rm(c)
    reads, writes = local(collected, "j")
    assert reads == {a, b}
    assert writes == {a, d} | {b, c}


def test_failure_is_no_lineage(collected, fs, tmp_path):
    with whence.job("j"):
        for call in (
            lambda: fs.open(str(tmp_path / "nope")),
            lambda: fs.cat(str(tmp_path / "nope")),
            lambda: fs.cp(str(tmp_path / "nope"), str(tmp_path / "x")),
            lambda: fs.open(str(tmp_path / "no" / "folder"), "w"),
        ):
            with pytest.raises(FileNotFoundError):
                call()
    assert collected.names("j") == (set(), set())


def test_transaction_that_is_not_over_tells_nothing(collected, fs, tmp_path):
    def write_and_fail():
        with fs.transaction:
            with fs.open(str(tmp_path / "x"), "wb") as file:
                file.write(b"1")
            raise ValueError("no")

    with whence.job("j"), pytest.raises(ValueError, match="no"):
        write_and_fail()
    assert collected.names("j") == (set(), set())
    assert not (tmp_path / "x").exists()


def test_what_lives_in_memory_and_wrappers_are_no_datasets(collected, tmp_path):
    (tmp_path / "x.csv").write_text("1")
    with whence.job("j"):
        fsspec.filesystem("memory").pipe("/a", b"1")
        fsspec.filesystem("dir", path=str(tmp_path), fs=LocalFileSystem()).cat("x.csv")
    assert local(collected, "j") == ({f"{tmp_path}/x.csv"}, set())


@pytest.fixture
def web(tmp_path):
    (tmp_path / "x.csv").write_text("abc")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_http(collected, web, tmp_path):
    http = fsspec.filesystem("http", skip_instance_cache=True)
    with whence.job("cat"):
        http.cat(f"{web}/x.csv?token=hidden")
    with whence.job("open"):
        http.open(f"{web}/x.csv").read()
    with whence.job("get"):
        http.get(f"{web}/x.csv", str(tmp_path / "got.csv"))
    with whence.job("404"), pytest.raises(FileNotFoundError):
        http.cat(f"{web}/nope.csv")
    for name in ("cat", "open", "get"):
        assert collected.places(name)[0] == {f"{web}//x.csv"}
    assert collected.statistics("cat", "/x.csv") == {"size": 3, "fileCount": 1}
    assert collected.places("404") == (set(), set())
    assert "hidden" not in collected.text()


@pytest.fixture
def store(collected):
    """Give a file system of a class that is made after the hook, as one of a library imported later would be."""
    del collected

    class Store(AsyncFileSystem):
        protocol = "gs"
        cachable = False

        async def _cat_file(self, *_, **__):
            return b"123"

        async def _pipe_file(self, path, *_, **__):
            if "denied" in path:
                raise PermissionError(path)

        async def _cp_file(self, *_, **__):
            return None

        async def _rm_file(self, *_, **__):
            return None

    return Store()


def test_asynchronous_methods_keep_the_callers_run(collected, store):
    def work(number):
        with whence.job(f"j{number}"):
            for _ in range(20):
                store.cat_file(f"bucket/in{number}.csv")
                store.pipe_file(f"bucket/out{number}.csv", b"1234")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        assert collected.places(f"j{number}") == ({f"gs://bucket/in{number}.csv"}, {f"gs://bucket/out{number}.csv"})


def test_class_that_is_made_later_is_watched(collected, store):
    with whence.job("j"):
        store.cp_file("bucket/a.csv", "bucket/b.csv")
        store.rm_file("bucket/c.csv")
        with pytest.raises(PermissionError):
            store.pipe_file("bucket/denied", b"1")
    assert collected.places("j") == ({"gs://bucket/a.csv"}, {"gs://bucket/b.csv", "gs://bucket/c.csv"})


def test_place_in_azure_has_its_account(collected):
    class Azure(AsyncFileSystem):
        protocol = ("abfs", "az", "abfss")
        account_name = "acme"
        cachable = False

        async def _cat_file(self, *_, **__):
            return b"123"

        async def _get_file(self, *_, **__):
            return None

    with whence.job("j"):
        Azure().cat_file("lake/raw/x.csv")
        Azure().get_file("lake/raw", "/tmp")  # a folder: nothing was read
    assert collected.places("j") == ({"abfss://lake@acme.dfs.core.windows.net/raw/x.csv"}, set())


def test_uninstalling_restores_the_originals_and_open_files_still_close(fs, tmp_path):
    whence.uninstall()
    before = [vars(LocalFileSystem)["_open"], vars(LocalFileOpener)["close"], vars(LocalFileSystem)["cp_file"]]
    whence.install("fsspec")
    whence.install("fsspec")
    with whence.job("j"):
        file = fs.open(str(tmp_path / "x"), "wb")
        assert vars(LocalFileOpener)["close"] is not before[1]
        whence.uninstall()
        file.write(b"1")
        file.close()
    assert [vars(LocalFileSystem)["_open"], vars(LocalFileOpener)["close"], vars(LocalFileSystem)["cp_file"]] == before
    assert (tmp_path / "x").read_bytes() == b"1"
    assert isinstance(file, io.IOBase)
