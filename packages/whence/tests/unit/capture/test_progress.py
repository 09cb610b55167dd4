"""Long runs: what they did so far is told while they go on, once, and all of it again at their end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time

import pytest
import sqlalchemy as sa
from collected import collecting
from sqlalchemy import pool, text

import whence

LIMIT_S = 20


@pytest.fixture
def collected(tmp_path):
    with collecting(tmp_path, progress_s=0.1) as events:
        yield events


@pytest.fixture
def engine(collected):
    made = sa.create_engine("sqlite://", poolclass=pool.StaticPool)
    with made.begin() as connection:
        for name in "abcd":
            connection.execute(text(f"create table {name} (x integer)"))
    yield made
    made.dispose()


def told(collected, count=1):
    """Wait until so many RUNNING events have come; return all there are."""
    end = time.monotonic() + LIMIT_S
    while len(found := [event for event in collected.events("j") if event["eventType"] == "RUNNING"]) < count:
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def names(event):
    return tuple({each["name"] for each in event[key]} for key in ("inputs", "outputs"))


def test_a_run_that_goes_on_tells_what_it_did_so_far(collected, engine):
    with whence.job("j"):
        with engine.begin() as connection:
            connection.execute(text("insert into b (x) select x from a"))
        (first,) = told(collected)
        assert names(first) == ({"a"}, {"b"})
        assert first["outputs"][0]["facets"]["columnLineage"]["fields"]["x"]
        with engine.begin() as connection:
            connection.execute(text("insert into d (x) select x from c"))
        assert names(told(collected, 2)[1]) == ({"a", "c"}, {"b", "d"})
    assert collected.names("j") == ({"a", "c"}, {"b", "d"})


def test_the_same_datasets_are_told_once(collected, engine):
    with whence.job("j"):
        for _ in range(10):
            with engine.begin() as connection:
                connection.execute(text("insert into b (x) values (1)"))
            time.sleep(0.05)
        assert len(told(collected)) == 1
    assert collected.rows("j", "b") == 10


def test_what_is_not_committed_is_not_told(collected, engine):
    with whence.job("j"), engine.connect() as connection:
        connection.execute(text("insert into b (x) select x from a"))
        whence.add_output("by hand", namespace="n")
        assert names(told(collected)[0])[1] == {"by hand"}
        connection.rollback()
    assert collected.names("j")[1] == {"by hand"}


def test_commits_that_are_refused_are_never_told(collected, tmp_path):
    made = sa.create_engine(f"sqlite:///{tmp_path}/x.db")
    with made.begin() as connection:
        connection.execute(text("create table parents (x integer primary key)"))
        child = "create table children (x integer references parents deferrable initially deferred)"
        connection.execute(text(child))
        connection.execute(text("create table fine (x integer)"))

    def insert(table):
        with made.begin() as connection:
            connection.exec_driver_sql("pragma foreign_keys = on")
            connection.execute(text(f"insert into {table} values (1)"))

    with whence.job("j"):
        end = time.monotonic() + 0.6
        while time.monotonic() < end:
            with pytest.raises(sa.exc.IntegrityError):
                insert("children")
            insert("fine")
        told(collected)
    made.dispose()
    written = {each["name"].rpartition(".")[2] for event in collected.events("j") for each in event["outputs"]}
    assert written == {"fine"}


def test_files_are_told_and_counted_once(collected, tmp_path):
    with whence.job("j") as run:
        run.touch("input", "file", f"{tmp_path}/in/a.csv", size=7)
        (event,) = told(collected)
        run.touch("input", "file", f"{tmp_path}/in/a.csv", size=7)
    (end,) = (event for event in collected.events("j") if event["eventType"] == "COMPLETE")
    assert event["inputs"] == end["inputs"]


def test_rows_are_right_when_threads_write_while_it_is_told(collected, tmp_path):
    made = sa.create_engine(f"sqlite:///{tmp_path}/x.db", connect_args={"timeout": 60})
    with made.begin() as connection:
        connection.execute(text("create table t (x integer)"))

    def write():
        for _ in range(100):
            with made.begin() as connection:
                connection.execute(text("insert into t (x) values (1), (2)"))

    with whence.job("j"):
        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told(collected)
    made.dispose()
    (name,) = collected.names("j")[1]
    assert collected.rows("j", name) == 800


def test_a_run_whose_process_is_killed_is_known_as_far_as_it_was_told(tmp_path):
    code = """
import sqlite3, time, whence
whence.install()
with whence.job("j"):
    connection = sqlite3.connect(":memory:")
    connection.execute("create table a (x)")
    connection.execute("create table b as select x from a")
    connection.commit()
    print(flush=True)
    time.sleep(60)
"""
    path = tmp_path / "events.jsonl"
    environ = {
        "WHENCE_SINKS": f"file:{path}",
        "WHENCE_SPOOL_DIR": f"{tmp_path}/spool",
        "WHENCE_PROGRESS_S": "0.1",
        "HOME": str(tmp_path),
    }
    process = subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE)
    assert process.stdout.readline()
    end = time.monotonic() + LIMIT_S
    while "RUNNING" not in (path.read_text() if path.exists() else ""):
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    subprocess.run([sys.executable, "-m", "whence.cli", "drain"], check=True, env=environ)
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event["eventType"] for event in events] == ["START", "RUNNING", "ABORT"]
    assert names(events[1]) == ({"a"}, {"b"})
