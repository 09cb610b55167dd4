"""Celery for real: Redis as the broker, a prefork worker as a process, and what its tasks tell."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa
from servers import free_port, wait_until

import whence

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """Run a Redis server; give its URL."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("redis-server is not on this machine")
        pytest.skip("redis-server is not on this machine (apt-get install redis-server)")
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers():
        with contextlib.suppress(redis.exceptions.ConnectionError), redis.Redis(port=port) as client:
            return client.ping()
        return False

    wait_until(answers, what="Redis answering")
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(20)


@pytest.fixture(scope="module")
def shop(broker, tmp_path_factory):
    """Send one of each to a prefork worker; give what was told, job -> events."""
    return told(broker, tmp_path_factory.mktemp("shop"), "prefork", SENDER)


def told(broker, folder, pool, sender):
    """Run a worker, send it tasks, stop it; return what was told, job -> events."""
    environment = {
        "BROKER": broker,
        "DATABASE": f"sqlite:///{folder}/shop.db",
        "WHENCE_SINKS": f"file:{folder}/events.jsonl",
        "WHENCE_SPOOL_DIR": f"{folder}/spool",
        "WHENCE_NAMESPACE": "shop",
        "WHENCE_EXIT_TIMEOUT_S": "20",  # on a busy machine loading the reader takes what it takes
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    engine = sa.create_engine(environment["DATABASE"])
    with engine.begin() as connection:
        connection.exec_driver_sql("create table source (a int)")
    engine.dispose()
    command = [sys.executable, "-m", "celery", "-A", "celery_shop", "worker", "-c", "2", "--pool", pool]
    with (folder / "log").open("wb") as log:
        worker = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle", "--loglevel", "error"],
            env=environment,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            sent = subprocess.run(
                [sys.executable, "-c", sender], env=environment, cwd=folder, check=True, capture_output=True, timeout=60
            )
        except subprocess.SubprocessError as trouble:
            worker.kill()
            worker.wait()
            pytest.fail(f"{trouble}: {trouble.stderr}; the worker said: {(folder / 'log').read_text()[-2000:]}")
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(30)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            raise
    assert b"whence" not in (folder / "log").read_bytes()
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    found = {"sent": json.loads(sent.stdout)}
    for event in events:
        found.setdefault(event["job"]["name"].removeprefix("celery_shop."), []).append(event)
    return found


SENDER = """
import contextlib, json, os, signal, time
import celery_shop as shop, whence
from celery import chain
from celery.exceptions import WorkerLostError

with whence.job("sender") as run:
    found = {"run": run.run_id}
    results = [shop.load.delay("one"), shop.flaky.delay(), shop.sends.delay(), shop.eager.delay(), shop.fail.delay()]
    chained = chain(shop.load.si("chain_1"), shop.load.si("chain_2")).delay()
outside = shop.load.delay("outside")
for each in (*results[:4], chained, outside):
    each.get(timeout=30)
with contextlib.suppress(LookupError):
    results[4].get(timeout=30)
with contextlib.suppress(BaseException):
    shop.leaves.delay().get(timeout=1.5)
lost = shop.hangs.delay()
deadline = time.monotonic() + 20
started = 0
while not started and time.monotonic() < deadline:
    active = shop.app.control.inspect(timeout=0.5).active() or {}
    hanging = [task for tasks in active.values() for task in tasks if task["id"] == lost.id]
    started = next((task["worker_pid"] for task in hanging if task["worker_pid"]), 0)
assert started, active
os.kill(started, signal.SIGKILL)
with contextlib.suppress(WorkerLostError):
    lost.get(timeout=30)
assert whence.flush(20).is_complete
print(json.dumps(found))
"""


def ends(events):
    """Return the last events of runs by time; processes reach the sink in any order."""
    found = [event for event in events if event["eventType"] in ("COMPLETE", "FAIL", "ABORT")]
    return sorted(found, key=lambda event: event["eventTime"])


def written(events):
    """Return table -> the event that tells it was written."""
    return {each["name"].rpartition("/")[2].rpartition(".")[2]: event for event in events for each in event["outputs"]}


def parent(event):
    facet = event["run"]["facets"].get("parent")
    return facet and (facet["job"]["name"].removeprefix("celery_shop."), facet["run"]["runId"])


OF_ATTEMPTS = {None: "FAIL", 2: "FAIL", 3: "COMPLETE"}
TABLES = {"one", "sent", "eager", "chain_1", "chain_2", "outside"}


def test_each_task_is_one_run_that_ends_once(shop):
    loads = ends(shop["load"])
    assert len(loads) == len(TABLES) == len({event["run"]["runId"] for event in loads})
    assert {event["eventType"] for event in loads} == {"COMPLETE"}
    assert set(written(loads)) == TABLES
    for event in loads:
        assert [each["name"].rpartition("/")[2].rpartition(".")[2] for each in event["inputs"]] == ["source"]
        assert event["job"]["namespace"] == "shop"
        assert event["job"]["facets"]["documentation"]["description"] == "Load one table."
        assert event["job"]["facets"]["whence_flow"]["name"] == "shop"


def test_parent_is_the_run_that_sent_the_task(shop):
    loads = written(ends(shop["load"]))
    sender = ("sender", shop["sent"]["run"])
    assert parent(loads["one"]) == sender
    assert parent(loads["chain_1"]) == sender
    assert parent(loads["outside"]) is None
    assert parent(loads["sent"]) == ("sends", ends(shop["sends"])[0]["run"]["runId"])
    assert parent(loads["eager"]) == ("eager", ends(shop["eager"])[0]["run"]["runId"])
    assert parent(loads["chain_2"]) == ("load", loads["chain_1"]["run"]["runId"])
    assert parent(ends(shop["inside"])[0])[0] == "sends"
    assert loads["sent"]["run"]["facets"]["parent"]["root"]["job"]["name"] == "sender"


def test_retries_are_attempts_with_one_parent(shop):
    attempts = ends(shop["flaky"])
    by_number = {event["run"]["facets"].get("whence_attempt", {}).get("attempt"): event for event in attempts}
    assert {number: event["eventType"] for number, event in by_number.items()} == OF_ATTEMPTS
    assert len(attempts) == len(OF_ATTEMPTS)
    assert "OSError: again" in by_number[None]["run"]["facets"]["errorMessage"]["message"]
    assert {parent(event) for event in attempts} == {("sender", shop["sent"]["run"])}
    assert set(written(attempts)) == {"flaky"}


def test_failures_and_exits_are_told(shop):
    (failed,) = ends(shop["fail"])
    assert failed["eventType"] == "FAIL"
    assert "LookupError: not there" in failed["run"]["facets"]["errorMessage"]["message"]
    (left,) = ends(shop["leaves"])
    assert left["eventType"] == "FAIL"
    assert "SystemExit" in left["run"]["facets"]["errorMessage"]["message"]


def test_worker_that_is_killed_aborts_its_run(shop):
    (lost,) = ends(shop["hangs"])
    assert lost["eventType"] == "ABORT"


def test_attempts_that_overlap_in_a_pool_of_threads_keep_apart(broker, tmp_path):
    sender = "import celery_shop as shop; [task.get(timeout=20) for task in [shop.flaky.delay()]]; print('{}')"
    attempts = ends(told(broker, tmp_path, "threads", sender)["flaky"])
    numbers = [event["run"]["facets"].get("whence_attempt", {}).get("attempt") for event in attempts]
    types = [event["eventType"] for event in attempts]
    assert dict(zip(numbers, types, strict=True)) == OF_ATTEMPTS  # they end in any order
    assert set(written(attempts)) == {"flaky"}
    assert written(attempts)["flaky"]["run"]["facets"]["whence_attempt"]["attempt"] == 3


def test_observing_twice_and_no_more(collected, monkeypatch):
    from celery import Celery, signals  # noqa: PLC0415

    from whence.integrations import celery  # noqa: PLC0415

    monkeypatch.setattr(celery, "_observers", {})
    app = Celery("eager", set_as_current=False)
    other = Celery("other", set_as_current=False)
    for each in (app, other):
        each.conf.task_always_eager = True

    def work():
        return time.time()

    task, theirs = app.task(name="mine")(work), other.task(name="theirs")(work)
    celery.observe(app)
    celery.observe(app)
    with whence.job("around") as around:
        task.delay()
        theirs.delay()
    celery.forget()
    celery.forget()
    task.delay()
    assert not [uid for (uid, _), _ in signals.task_prerun.receivers or [] if str(uid).startswith("whence")]
    assert len(collected.events("mine")) == 2
    assert collected.events("theirs") == []
    assert collected.end("mine")["run"]["facets"]["parent"]["run"]["runId"] == around.run_id
