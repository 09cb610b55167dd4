"""What a run only started: its last event waits for one look, no end waits long, what is not told is counted."""

from __future__ import annotations

import threading
import time

import pytest

import whence
from whence._capture import active


class Settler:
    """Holds every run until somebody lets it go."""

    def __init__(self):
        self.waiting = []
        self.closed_after = None
        self.is_open = True
        self.looks = True

    def holds(self, _run):
        return self.is_open

    def settle(self, _run, then):
        if self.looks:
            self.waiting.append(then)
        return self.looks

    def let_go(self):
        waiting, self.waiting = self.waiting, []
        for then in waiting:
            then()

    def wait(self, timeout_s):
        end = time.monotonic() + timeout_s
        while self.waiting and time.monotonic() < end:
            time.sleep(0.005)
        return not self.waiting

    def close(self, timeout_s):
        self.closed_after = timeout_s
        self.let_go()


@pytest.fixture
def settler(collected):
    made = Settler()
    active.active().settlers.append(made)
    yield made
    made.let_go()


def types(collected):
    return [event["eventType"] for event in collected.events("j")]


def test_last_event_waits_for_the_look(settler, collected):
    with whence.job("j"):
        pass
    assert not whence.flush(0.1).is_complete
    threading.Timer(0.05, settler.let_go).start()
    assert types(collected) == ["START", "COMPLETE"]


def test_run_that_nobody_holds_ends_at_once(settler, collected):
    settler.is_open = False
    with whence.job("j"):
        pass
    assert not settler.waiting
    assert types(collected) == ["START", "COMPLETE"]


def test_run_whose_work_ended_meanwhile_ends_at_once(settler, collected):
    settler.looks = False
    with whence.job("j"):
        pass
    assert types(collected) == ["START", "COMPLETE"]


def test_close_asks_to_let_go_within_its_time_and_loses_no_event(settler, collected):
    with whence.job("j"):
        pass
    whence.shutdown(1.0)
    assert 0 < settler.closed_after < 1.0  # the rest is for reading and sending
    assert '"COMPLETE"' in collected._path.read_text()


def test_what_a_run_does_not_tell_is_said_with_its_last_event(settler, collected):
    with whence.job("j") as run:
        pass
    run.collector.untold(run, 2, "two were lost")
    settler.let_go()
    error = collected.end("j")["run"]["facets"]["extractionError"]
    assert (error["failedTasks"], error["errors"]) == (2, [{"errorMessage": "two were lost", "task": ""}])


def test_what_is_not_told_after_the_end_is_an_event_of_its_own(collected):
    with whence.job("j") as run:
        pass
    collected.events()
    run.collector.untold(run, 1, "one was lost")
    assert types(collected) == ["START", "COMPLETE", "OTHER"]


def test_places_that_somebody_describes_get_their_facets(collected):
    facet = {"_producer": "p:x", "_schemaURL": "u:x", "storageLayer": "iceberg"}
    asked = []

    def describe(namespace, name):
        asked.append((namespace, name))
        return {"storage": facet} if name == "t" else {}

    active.active().describers.append(describe)
    with whence.job("j") as run:
        run.touch("output", "s3://lake", "t/part-00000.parquet", size=1)
        run.touch("input", "s3://lake", "other.csv", size=1)
    assert collected.output("j", "t")["facets"]["storage"] == facet
    assert sorted(asked) == [("s3://lake", "other.csv"), ("s3://lake", "t")]


def test_what_is_ignored_is_no_dataset(collected):
    with whence.job("j") as run:
        run.ignored.append(lambda namespace, _name: namespace == "s3://results")
        run.touch("input", "s3://results", "a.csv", size=1)
        run.touch("output", "s3://results", "b.csv", size=1)
        run.touch("input", "s3://lake", "c.csv", size=1)
    assert collected.names("j") == ({"c.csv"}, set())
