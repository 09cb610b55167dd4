"""The run of a piece of code, the ledger behind it, and the end that survives its process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import datetime

import pytest

import whence
from whence import context
from whence._capture import ends
from whence._runs.ledger import MAX_OPEN, Link
from whence.context import Run
from whence.job import JobSpec
from whence.model import check_event


class Told:
    """A collector that remembers what it was told."""

    def __init__(self):
        self.heard = []

    def statements(self, _run, _source, layer, *, settled):
        self.heard.extend((text, entry[0], entry[1], settled) for text, entry in layer.items())

    def dataset(self, _run, direction, given, _options):
        self.heard.append((direction, given))

    def end(self, run, _error):
        run.end_once()


class Place:
    dialect = "sqlite"


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def run(told):
    return Run(JobSpec("job", {}), told, "test")


@pytest.fixture
def link():
    return Link(Place(), None)


class TestRun:
    def test_ended_run_is_skipped_and_leaving_twice_is_harmless(self, told):
        outer = Run(JobSpec("outer", {}), told, "test")
        inner = Run(JobSpec("inner", {}), told, "test", outer)
        context.enter(outer)
        context.enter(inner)
        assert inner.end_once()
        assert not inner.end_once()
        assert whence.current_run() is outer
        context.leave(outer)
        context.leave(inner)
        context.leave(inner)
        assert whence.current_run() is outer
        context.leave(outer)
        assert whence.current_run() is None
        assert "ended" in repr(inner)

    def test_run_without_collector_swallows_everything(self):
        run = Run(JobSpec("job", {}), None, "test")
        run.add_input(object())
        run.add_output(object())
        run.hand_over(Place(), {"x": [1, 1, None, 0]})
        assert run.is_ended
        assert run.datasets == []


class TestLedger:
    def test_counts_are_summed_over_transactions(self, run, link, told):
        tally = link.tally_of(run)
        for _ in range(3):
            tally.open("insert", 2, None)
            tally.open("insert", -1, None)
            link.commit()
        tally.settle("select", 0, None)
        run.settle()
        assert told.heard == [("insert", 6, 6, True), ("select", 1, 0, True)]

    def test_layers_of_savepoints(self, run, link, told):
        tally = link.tally_of(run)
        tally.open("a", 1, None)
        link.savepoint("one")
        tally.open("b", 1, None)
        link.savepoint("two")
        tally.open("c", 1, None)
        link.release("two")
        link.savepoint("three")
        tally.open("d", 1, None)
        link.rollback_to("one")
        tally.open("e", 1, None)
        link.rollback_to("never heard of")
        link.commit()
        run.settle()
        assert [(text, settled) for text, _, _, settled in told.heard] == [
            ("a", True),
            ("e", True),
            ("b", False),
            ("c", False),
            ("d", False),
        ]

    def test_commit_can_be_taken_back_once(self, run, link, told):
        tally = link.tally_of(run)
        tally.open("a", 1, None)
        link.commit()
        tally.open("a", 1, None)
        tally.open("b", 1, None)
        link.commit()
        link.take_back()
        link.take_back()
        run.settle()
        assert told.heard == [("a", 1, 1, True), ("a", 1, 1, False), ("b", 1, 1, False)]

    def test_commit_after_the_end_is_handed_over_at_once(self, run, link, told):
        tally = link.tally_of(run)
        tally.open("insert", 1, None)
        run.end_once()
        run.settle()
        assert told.heard == [("insert", 1, 1, False)]
        link.commit()
        assert told.heard[1:] == [("insert", 1, 1, True)]

    def test_prepared_transaction_is_settled_elsewhere(self, run, link, told):
        link.tally_of(run).open("insert", 1, None)
        ((tally, layers),) = link.detach()
        link.rollback()
        tally.commit_layers(layers)
        run.settle()
        assert told.heard == [("insert", 1, 1, True)]

    def test_bounds(self, run, link, told):
        tally = link.tally_of(run)
        for number in range(MAX_OPEN + 5):
            tally.open(f"insert {number}", 1, None)
        assert tally.dropped == 5
        link.commit()
        assert told.heard == []  # the database may still refuse this commit
        tally.settle("x" * 300_000, 1, None)
        assert len(told.heard) == MAX_OPEN + 1

    def test_connections_that_are_gone_are_swept(self, run, told):
        for number in range(600):
            gone = Link(Place(), None)
            gone.tally_of(run).open(f"insert {number}", 1, None)
            gone.commit()
        assert len(run._tallies) < 600
        run.settle()
        assert sum(times for _, times, _, settled in told.heard if settled) == 600


class TestEnds:
    def test_what_waits_is_left_on_the_disk(self, tmp_path):
        mine = ends.Ends(str(tmp_path))
        mine.keep("1", {"a": 1})
        mine.keep("2", {"b": 2})
        mine.forget("1")
        (file,) = (tmp_path / "ends").iterdir()
        assert [json.loads(line) for line in file.read_text().splitlines()] == [
            {"run": "1", "event": {"a": 1}},
            {"run": "2", "event": {"b": 2}},
            {"run": "1"},
        ]
        emitted = []
        assert ends.recover(str(tmp_path), emitted.append) == 0
        mine.forget("2")
        assert ends._unfinished(file.read_bytes(), 0) == []
        mine.keep("3", {"c": "x" * ends._EMPTY_BYTES})
        mine.forget("3")
        assert file.read_text() == ""
        mine.close()
        assert list((tmp_path / "ends").iterdir()) == []

    def test_read_only_folder_is_borne(self, tmp_path):
        (tmp_path / "ends").write_text("a file where the folder should be")
        mine = ends.Ends(str(tmp_path))
        mine.keep("1", {})
        mine.forget("1")
        mine.close()
        assert ends.recover(str(tmp_path), [].append) == 0

    def test_torn_line_is_skipped(self, tmp_path):
        folder = tmp_path / "ends"
        folder.mkdir()
        (folder / "1-x.jsonl").write_text('{"run":"1","event":{"a":1}}\n{"run":"2","ev')
        (folder / "other.txt").write_text("")
        emitted = []
        assert ends.recover(str(tmp_path), emitted.append) == 1
        assert emitted == [{"a": 1}]
        assert [file.name for file in folder.iterdir()] == ["other.txt"]

    def test_run_that_never_ended_is_aborted_when_its_process_died(self, tmp_path):
        mine = ends.Ends(str(tmp_path))
        mine.begin("1", 'na"me', "s", 5)
        mine.begin("2", "n", "ended", 5)
        mine.end("2")
        mine.begin("3", "n", "waits", 5)
        mine.keep("3 77", {"run": {"runId": "3"}})
        mine.begin("4", "n", "from the future", 4_000_000_000_000_000)
        mine.after_fork()  # as good as dead: the lock is free
        emitted = []
        assert ends.recover(str(tmp_path), emitted.append) == 3
        aborted, waited, late = emitted
        assert waited == {"run": {"runId": "3"}}
        assert (aborted["eventType"], aborted["run"]["runId"], aborted["job"]["namespace"]) == ("ABORT", "1", 'na"me')
        assert abs(_seconds(aborted["eventTime"]) - time.time()) < 60
        assert late["eventTime"].startswith("2096-")
        assert "ended inside this run" in aborted["run"]["facets"]["errorMessage"]["message"]
        check_event(aborted)

    def test_file_is_written_anew_while_a_run_stays_open(self, tmp_path, monkeypatch):
        monkeypatch.setattr(ends, "_MAX_BYTES", 2000)
        mine = ends.Ends(str(tmp_path))
        mine.begin("open", "n", "always", 5)
        for number in range(200):
            mine.begin(str(number), "n", "short", 5)
            mine.end(str(number))
        (file,) = (tmp_path / "ends").iterdir()
        assert file.stat().st_size < 3000
        mine.after_fork()
        emitted = []
        assert ends.recover(str(tmp_path), emitted.append) == 1
        assert emitted[0]["job"]["name"] == "always"

    def test_closed_with_an_open_run_goes_when_that_ends(self, tmp_path):
        mine = ends.Ends(str(tmp_path))
        mine.begin("1", "n", "job", 5)
        mine.close()
        assert len(list((tmp_path / "ends").iterdir())) == 1
        mine.end("1")
        assert list((tmp_path / "ends").iterdir()) == []

    @pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGTERM)", "os._exit(3)", "os.kill(os.getpid(), 9)"])
    def test_process_that_dies_inside_a_run(self, tmp_path, end):
        code = f"""
import os, signal, whence
with whence.job("outer"), whence.job("inner"):
    {end}
"""
        events = _died_and_recovered(tmp_path, code)
        assert [(event["job"]["name"], event["eventType"]) for event in events] == [
            ("outer", "START"),
            ("inner", "START"),
            ("outer", "ABORT"),
            ("inner", "ABORT"),
        ]

    def test_process_that_ends_while_runs_are_open_tells_it_itself(self, tmp_path):
        code = """
import sys, threading, time, whence
def work():
    with whence.job("daemon"):
        whence.add_output("d", namespace="n")
        began.set()
        time.sleep(60)
began = threading.Event()
threading.Thread(target=work, daemon=True).start()
began.wait()
whence.start_run("forgotten")
with whence.job("left"):
    sys.exit(4)
"""
        events = _died_and_recovered(tmp_path, code)
        ends = {event["job"]["name"]: event for event in events if event["eventType"] != "START"}
        assert {job: end["eventType"] for job, end in ends.items()} == {
            "daemon": "ABORT",
            "forgotten": "ABORT",
            "left": "FAIL",
        }
        assert len(events) == 6
        assert [each["name"] for each in ends["daemon"]["outputs"]] == ["d"]

    @pytest.mark.parametrize(
        "then", [["-c", "import whence; whence.configure(); whence.flush(20)"], ["-m", "whence.cli", "drain"]]
    )
    def test_end_of_a_killed_process_is_told_by_the_next(self, tmp_path, then):
        """The process dies between the end of the run and the reading of its statements."""
        code = """
import os, signal, sqlalchemy as sa, whence
from whence._capture.background import Background
Background.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
whence.install()
with whence.job("killed"), sa.create_engine("sqlite://").begin() as connection:
    connection.exec_driver_sql("create table t as select 1 as a")
    whence.add_output("by hand", namespace="n")
import time; time.sleep(20)
"""
        environ = {
            "WHENCE_SINKS": f"file:{tmp_path}/events.jsonl",
            "WHENCE_SPOOL_DIR": f"{tmp_path}/spool",
            "HOME": str(tmp_path),
        }
        died = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environ)
        assert died.returncode == -signal.SIGKILL, died.stderr
        subprocess.run([sys.executable, *then], check=True, env=environ)
        events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
        assert [event["eventType"] for event in events] == ["START", "COMPLETE"]
        assert [each["name"] for each in events[1]["outputs"]] == ["by hand"]
        assert list((tmp_path / "spool" / "ends").iterdir()) == []


def _seconds(text):
    return datetime.fromisoformat(text).timestamp()


def _died_and_recovered(tmp_path, code):
    """Run a program, then another one that finds what it left; return the events."""
    environ = {
        "WHENCE_SINKS": f"file:{tmp_path}/events.jsonl",
        "WHENCE_SPOOL_DIR": f"{tmp_path}/spool",
        "HOME": str(tmp_path),
    }
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environ).returncode != 0
    subprocess.run(
        [sys.executable, "-c", "import whence; whence.configure(); whence.flush(20)"], check=True, env=environ
    )
    return [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]


def test_fork_while_the_reader_is_loaded(tmp_path):
    """A child must not find the import locks of a thread that it does not have."""
    code = """
import os, sqlalchemy as sa, whence
whence.install()
def work(name):
    with whence.job(name), sa.create_engine("sqlite://").begin() as connection:
        connection.exec_driver_sql(f"create table {name} as select 1 as a")
work("parent")
pid = os.fork()
if pid == 0:
    work("child")
    assert whence.flush(30).is_complete
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
assert whence.flush(30).is_complete
"""
    environ = {
        "WHENCE_SINKS": f"file:{tmp_path}/events.jsonl",
        "WHENCE_SPOOL_DIR": f"{tmp_path}/spool",
        "HOME": str(tmp_path),
    }
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 40
    text = (tmp_path / "events.jsonl").read_text()
    for name in ("parent", "child"):
        assert f'"outputs":[{{"namespace":"inmemory://","name":"{name}"' in text
    for file in (tmp_path / "spool" / "ends").iterdir():  # of the child that left by os._exit
        assert ends._unfinished(file.read_bytes(), 0) == []
