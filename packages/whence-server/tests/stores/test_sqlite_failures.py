"""When the file cannot be written or read: said clearly, nothing acknowledged lost, and well again by itself."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from tellings import dataset_event, incoming, run_event, tell

from whence_server.errors import (
    StoreCorruptError,
    StoreError,
    StoreInUseError,
    StoreUnavailableError,
    StoreVersionError,
)
from whence_server.stores.sqlite import FILE_NAME, SqliteStore, open_store
from whence_server.stores.sqlite.connection import CORRUPT, UNAVAILABLE, translation
from whence_server.stores.sqlite.versions import VERSION, bring_up_to_date

NOBODY = 65534


@pytest.fixture
def store(tmp_path):
    opened = SqliteStore(tmp_path, busy_timeout_s=0.05)
    yield opened
    opened.close()


def events_in(store):
    with store.reading() as reader:
        return reader.counters()["events"]


def test_a_locked_database_refuses_and_recovers(store):
    tell(store, dataset_event(1, "a"))
    stranger = sqlite3.connect(store.path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="locked by another program"):
        store.commit([incoming(dataset_event(2, "b"))])
    with pytest.raises(StoreUnavailableError):
        store.probe()
    assert events_in(store) == 1  # reading goes on
    stranger.execute("ROLLBACK")
    stranger.close()
    tell(store, dataset_event(2, "b"))
    assert events_in(store) == 2


def test_what_a_stranger_writes_is_seen(store):
    tell(store, dataset_event(1, "a"))
    stranger = sqlite3.connect(store.path)
    stranger.execute("UPDATE dataset SET id = 77, canonical_id = 77 WHERE name = 'a'")
    stranger.commit()
    stranger.close()
    tell(store, run_event("START", 2, outputs=["a"]))
    with store.reading() as reader:
        assert reader.dataset_ids([("db", "a")]) == {("db", "a"): 77}


FULL_DISK = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from tellings import dataset_event, facet, incoming, dataset
from whence_server.errors import StoreUnavailableError
from whence_server.stores.sqlite import open_store
store = open_store(Path(sys.argv[1]))
kept = 0
resource.setrlimit(resource.RLIMIT_FSIZE, (1_200_000, resource.RLIM_INFINITY))
try:
    for i in range(500):
        store.commit([incoming(dataset_event(i, dataset(f"d{i}", documentation=facet(description="x" * 20_000))))])
        kept += 1
except StoreUnavailableError as error:
    print(type(error).__name__, kept, error)
try:
    store.probe()
except StoreUnavailableError:
    print("still full")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.commit([incoming(dataset_event(1000, "after"))])
with store.reading() as reader:
    print(kept + 1, reader.counters()["events"], len(list(store.export_events())))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit on file sizes here")
def test_a_full_disk_refuses_keeps_what_it_acknowledged_and_recovers(tmp_path):
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "data"), str(here)],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[0].startswith("StoreUnavailableError")
    assert int(lines[0].split()[1]) > 3
    assert lines[-1].split()[0] == lines[-1].split()[1] == lines[-1].split()[2]


def test_limits_of_this_process_are_untouched():
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


@pytest.fixture
def nobody():
    """Give up root's rights for a while: nothing is read-only to root."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(was)


@pytest.fixture
def closed_folder():
    """Give a folder that everybody may look into and nobody may write to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o700)


def test_a_folder_that_cannot_be_written_is_said(closed_folder, nobody):
    with pytest.raises(StoreError, match=r"rights|writable"):
        open_store(closed_folder)


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be made"):
        open_store(tmp_path / "file" / "data")


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreCorruptError, match="no SQLite database"):
        open_store(tmp_path)


def test_a_damaged_file_is_said(tmp_path):
    store = open_store(tmp_path)
    tell(store, *(dataset_event(i, f"d{i}") for i in range(200)))
    store.close()
    content = bytearray((tmp_path / FILE_NAME).read_bytes())
    for page in range(3, len(content) // 4096):
        content[page * 4096 : page * 4096 + 2_000] = b"\xff" * 2_000
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreCorruptError, match="damaged"):
        open_store(tmp_path).commit([incoming(dataset_event(999, "new"))])


def test_a_database_of_another_program_is_left_alone(tmp_path):
    foreign = sqlite3.connect(tmp_path / FILE_NAME)
    foreign.execute("CREATE TABLE theirs (a)")
    foreign.close()
    with pytest.raises(StoreCorruptError, match="another program"):
        open_store(tmp_path)


def test_a_newer_database_is_refused(tmp_path):
    open_store(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(StoreVersionError, match="at least as new") as caught:
        open_store(tmp_path)
    assert (caught.value.found, caught.value.known) == (VERSION + 1, VERSION)


def test_migrations_run_in_order_between_the_versions(tmp_path):
    """With a version 0 of a program of the future: files above it run, those beyond the known version do not."""
    for name, sql in {
        "0000_01_pre_never.sql": "CREATE TABLE never (a);",
        "0001_01_pre_one.sql": "CREATE TABLE one (a);\n-- a comment\nINSERT INTO one VALUES ('a;b');\n",
        "0001_02_post_two.sql": "INSERT INTO one VALUES ('two');",
        "9999_01_pre_beyond.sql": "CREATE TABLE beyond (a);",
        "README.md": "no step",
    }.items():
        (tmp_path / name).write_text(sql)
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    connection.execute("PRAGMA user_version = -1")
    bring_up_to_date(connection, tmp_path / "x.db", migrations=tmp_path)
    assert [row[0] for row in connection.execute("SELECT a FROM one")] == ["a;b", "two"]
    assert connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
    assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["never", "one"]
    connection.close()


def test_two_processes_do_not_write_to_one_folder(tmp_path, store):
    store.claim()
    store.claim()  # its own claim is no hindrance
    code = (
        "import sys; from pathlib import Path; from whence_server.stores.sqlite import open_store\n"
        "open_store(Path(sys.argv[1])).claim()"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert "StoreInUseError" in done.stderr
    assert f"process {os.getpid()} already writes" in done.stderr
    second = SqliteStore(tmp_path)
    with pytest.raises(StoreInUseError):
        second.commit([incoming(dataset_event(1, "a"))])
    assert events_in(second) == 0  # but it may read
    store.close()
    tell(second, dataset_event(1, "a"))
    second.close()


def test_a_closed_store_lends_nothing(tmp_path):
    store = open_store(tmp_path)
    with store.reading() as reader:
        store.close()
        assert reader.counters()["last_seq"] == 0
    with pytest.raises(StoreUnavailableError, match="closed"), store.reading():
        pass


def test_a_reader_survives_a_failed_question(store):
    with pytest.raises(KeyError), store.reading():
        raise KeyError
    with pytest.raises(StoreError, match="no such table"), store.reading() as reader:
        reader._connection.execute("SELECT * FROM nowhere")
    assert events_in(store) == 0


@pytest.mark.parametrize("code", [*UNAVAILABLE, *CORRUPT, sqlite3.SQLITE_MISMATCH])
def test_every_error_of_sqlite_has_a_meaning(code):
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code | 0x300
    meant = translation(error, Path("whence.db"))
    expected = StoreUnavailableError if code in UNAVAILABLE else StoreCorruptError if code in CORRUPT else StoreError
    assert type(meant) is expected
    assert "whence.db" in str(meant)
    assert "as SQLite says it" in str(meant)


def test_unknown_administrative_rows_are_refused(store):
    with pytest.raises(StoreError, match="no administrative row"):
        store.put_admin("tag", ("a", "b"), {})
    with pytest.raises(StoreError, match="cannot be hidden"):
        store.hide("run", ("a", "b"))
