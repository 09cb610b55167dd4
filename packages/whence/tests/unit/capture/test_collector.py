"""The collector at its limits: bad settings, a full queue, an end that comes too soon, what was said by hand."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy import pool, text

import whence
from whence._capture import active, worker
from whence.errors import ConfigError


@pytest.fixture
def engine(collected):
    made = sa.create_engine("sqlite://", poolclass=pool.StaticPool)
    with made.begin() as connection:
        for name in "abc":
            connection.execute(text(f"create table {name} (x integer)"))
    yield made
    made.dispose()


def test_settings_are_refused_when_they_are_given():
    with pytest.raises(ConfigError, match="sql_text"):
        whence.configure(sql_text="everything")
    with pytest.raises(ConfigError, match="spool_dir"):
        whence.configure(spool_dri="x")


def test_bad_settings_in_the_environment_only_turn_collection_off(tmp_path):
    code = "import whence\nwith whence.job('x'): pass\nassert whence.flush() is None"
    environ = {"WHENCE_SINKS": "no-such-kind:", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    assert "collection is off" in done.stderr


def test_full_queue_ends_the_run_without_its_statements(collected, engine, caplog):
    collector = active.active()
    begun, release = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        release.wait()

    collector.worker.put(hold)
    assert begun.wait(10)
    while collector.worker.put(int):
        continue
    with whence.job("j"), engine.begin() as connection:
        connection.execute(text("insert into a values (1)"))
        whence.add_output("by hand", namespace="n")
    release.set()
    assert collected.names("j") == (set(), {"by hand"})
    with whence.job("k"), engine.begin() as connection:
        connection.execute(text("insert into a values (1)"))
    assert collected.names("k") == (set(), {"a"})
    assert collector.failures
    assert collector.worker._unfinished <= worker.MAX_TASKS


def test_shutdown_that_cannot_wait_tells_the_ends_it_has(tmp_path):
    """The background hangs in a file on a dead network share; the process must still end, and its runs with it."""
    code = """
import threading, sqlalchemy as sa, whence
from whence._capture import active
whence.install()
whence.configure(exit_timeout_s=0.2)
active.active().worker.put(threading.Event().wait)
with whence.job("j"), sa.create_engine("sqlite://").begin() as connection:
    connection.exec_driver_sql("create table t as select 1 as a")
    whence.add_output("by hand", namespace="n")
"""
    environ = {
        "WHENCE_SINKS": f"file:{tmp_path}/events.jsonl",
        "WHENCE_SPOOL_DIR": f"{tmp_path}/spool",
        "HOME": str(tmp_path),
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=environ, timeout=60)
    subprocess.run([sys.executable, "-m", "whence.cli", "drain"], check=True, env=environ)
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    ends = [event for event in events if event["eventType"] == "COMPLETE"]
    assert ends
    assert {each["name"] for event in ends for each in event["outputs"]} == {"by hand"}


def test_run_of_a_collector_that_was_closed_still_ends(tmp_path):
    code = """
import whence
run = whence.start_run("old")
whence.shutdown()
whence.complete_run(run, outputs=[{"namespace": "n", "name": "d"}])
with whence.job("swallowed"):
    assert whence.current_run() is None
"""
    environ = {
        "WHENCE_SINKS": f"file:{tmp_path}/events.jsonl",
        "WHENCE_SPOOL_DIR": f"{tmp_path}/spool",
        "HOME": str(tmp_path),
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=environ)
    subprocess.run([sys.executable, "-m", "whence.cli", "drain"], check=True, env=environ)
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [(event["job"]["name"], event["eventType"]) for event in events] == [("old", "START"), ("old", "COMPLETE")]


def test_what_was_said_by_hand_is_not_outranked(collected, engine):
    """The hook infers that b comes from what the program read; the author said from which column exactly."""
    said = {"fields": {"x": {"inputFields": [{"namespace": "n", "name": "d", "field": "y"}]}}}
    facet = {"columnLineage": {"_producer": "https://example.org", "_schemaURL": "https://example.org", **said}}
    with whence.job("j"), engine.begin() as connection:
        connection.execute(text("insert into c select x from a"))
        connection.execute(text("select x from c")).all()
        connection.execute(text("insert into b values (1)"))
        whence.add_output({"namespace": "inmemory://", "name": "b"}, facets=facet)
    facets = collected.output("j", "b")["facets"]
    assert facets["columnLineage"]["fields"] == said["fields"]
    assert "lineage" not in facets


def test_file_named_by_hand_comes_from_what_the_program_read(collected, engine, tmp_path):
    (tmp_path / "out.csv").write_text("x\n")
    with whence.job("j"), engine.begin() as connection:
        connection.execute(text("insert into c select x from a"))
        connection.execute(text("select x from c")).all()
        whence.add_output(tmp_path / "out.csv")
    (file,) = (each for each in collected.end("j")["outputs"] if each["namespace"] == "file")
    (source,) = file["facets"]["lineage"]["inputs"]
    assert source["name"] == "c"
    assert source["transformations"][0]["subtype"] == "INFERRED"
