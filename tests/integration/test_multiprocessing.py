"""Child processes and pools of them, really forked and spawned: what they do is told for the run that asked for it."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import time

import pytest

import whence
from whence.hooks.multiprocessing import HOOK

pytestmark = pytest.mark.integration

PROGRAM = """
import multiprocessing, multiprocessing.pool, os, sqlite3, sys, time
from concurrent.futures import ProcessPoolExecutor
import sqlalchemy as sa
import whence

URL = "sqlite:///shop.db"

def write(table):
    engine = sa.create_engine(URL, connect_args={"timeout": 60})
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table {table} as select 1 as a")
    engine.dispose()
    return os.getpid()

def job(table):
    with whence.job("job_" + table):
        write(table)

def nothing(_):
    run = whence.current_run()
    return run.job_name if run else None

class Mine(multiprocessing.Process):
    def run(self):
        write("subclass")

def main(method):
    context = multiprocessing.get_context(method)
    whence.configure(sinks=f"file:{os.getcwd()}/events.jsonl", spool_dir=os.getcwd() + "/spool", namespace="test")
    whence.install()
    multiprocessing.set_start_method(method)
    with whence.job("root"), whence.job("starter"):
        plain, jobs = context.Process(target=write, args=("plain",)), context.Process(target=job, args=("x",))
        for process in (plain, Mine(), jobs):
            process.start()
            assert "run" not in vars(process)
            process.join()
            assert process.exitcode == 0
    with whence.job("executor"):
        pool = ProcessPoolExecutor(1, mp_context=context)
        assert pool.submit(write, "submitted").result() != os.getpid()
        assert len(set(pool.map(write, ["mapped_1", "mapped_2"]))) == 1
    assert pool.submit(nothing, 0).result() is None
    with whence.job("other"):
        assert pool.submit(nothing, 0).result() == "other"
        pool.submit(write, "others").result()
        late = pool.submit(write, "late")
        pool.submit(time.sleep, 0.1)
    late.result()
    write("nobodys")
    pool.shutdown()
    with whence.job("pool"):
        with context.Pool(1) as pool:
            assert pool.map(write, ["pool_1"]) != [os.getpid()]
            pool.apply_async(func=write, args=("pool_2",)).get()
            list(pool.imap_unordered(write, ["pool_3"]))
        # and the pool is terminated at once
        with multiprocessing.pool.ThreadPool(1) as threads:
            assert threads.map(nothing, [0, 0]) == ["pool", "pool"]
            threads.apply(write, ("threaded",))
    assert whence.flush(20).is_complete

if __name__ == "__main__":
    main(sys.argv[1])
"""

WANTED = {
    "starter": {"plain", "subclass"},
    "job_x": {"x"},
    "executor": {"submitted", "mapped_1", "mapped_2"},
    "other": {"others", "late"},
    "pool": {"pool_1", "pool_2", "pool_3", "threaded"},
    "root": set(),
}


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_children_work_for_the_run_that_asked(tmp_path, method):
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "program.py", method]
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    written = {job: set() for job in WANTED}
    runs = {}
    for event in events:
        job = event["job"]["name"]
        runs.setdefault(job, set()).add(event["run"]["runId"])
        assert event["job"]["namespace"] == "test"
        written[job] |= {dataset["name"].rpartition(".")[2].rpartition("/")[2] for dataset in event["outputs"]}
    assert written == WANTED
    assert {job: len(ids) for job, ids in runs.items()} == dict.fromkeys(WANTED, 1)
    ends = [event["job"]["name"] for event in events if event["eventType"] in {"COMPLETE", "FAIL", "ABORT"}]
    assert sorted(ends) == sorted(WANTED)
    (parent,) = {json.dumps(event["run"]["facets"]["parent"]) for event in events if event["job"]["name"] == "job_x"}
    parent = json.loads(parent)
    assert (parent["job"]["name"], parent["root"]["job"]["name"]) == ("starter", "root")
    assert parent["run"]["runId"] in runs["starter"]


def test_installing_twice_and_taking_out(collected):
    whence.uninstall()
    before = multiprocessing.Process.start
    HOOK.install()
    HOOK.install()
    HOOK.uninstall()
    assert multiprocessing.Process.start is before
    assert collected.events() == []


def test_pool_with_work_left_is_terminated_at_once(collected):
    started = time.monotonic()
    with whence.job("one"), multiprocessing.get_context("fork").Pool(1) as pool:
        pool.apply_async(time.sleep, (30,))
    assert time.monotonic() - started < 10
    with whence.job("two"), multiprocessing.get_context("fork").Pool(1) as pool:
        pool.map(abs, [1])
        pool.terminate()
        pool.terminate()
    assert collected.end("two")["eventType"] == "COMPLETE"


def test_failing_child_fails_as_always(collected, capfd):
    def fail():
        raise LookupError("as always")

    with whence.job("one"):
        process = multiprocessing.get_context("fork").Process(target=fail)
        process.start()
        process.join()
    assert process.exitcode == 1
    assert "LookupError: as always" in capfd.readouterr().err
    assert collected.end("one")["eventType"] == "COMPLETE"
