"""The end of a process whose Athena queries nobody waited for: bounded, told as far as known, the rest said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from athena_queries import table

pytestmark = pytest.mark.integration
SCRIPT = """
import boto3, os, sys, time, urllib.request, whence
whence.install()
athena = boto3.client("athena")
with whence.job("forgets"):
    for n in range(int(sys.argv[1])):
        athena.start_query_execution(
            QueryString=f"INSERT INTO out_{n} SELECT id FROM orders",
            QueryExecutionContext={"Database": "sales"},
            ResultConfiguration={"OutputLocation": "s3://athena-results/"},
        )
print(time.monotonic())
"""


@pytest.fixture
def forget(aws, tmp_path):
    """Run a process that starts queries and ends; return its events, the seconds its end took, and what it said."""

    def run(queries=1):
        path = tmp_path / "events.jsonl"
        sinks = {"WHENCE_SINKS": f"file:{path}", "WHENCE_SPOOL_DIR": str(tmp_path / "spool"), "WHENCE_POLL_S": "0.02"}
        script = [sys.executable, "-c", SCRIPT, str(queries)]
        process = subprocess.run(
            script, env={**os.environ, **sinks}, capture_output=True, text=True, check=True, timeout=60
        )
        events = [json.loads(line) for line in path.read_text().splitlines()]
        return events, time.monotonic() - float(process.stdout), process.stderr

    return run


def outputs(events):
    return {each["name"] for event in events for each in event["outputs"]}


def test_queries_that_have_ended_are_told_with_the_run(forget):
    events, _, said = forget(3)
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"]
    assert outputs(events) == {table(f"sales.out_{n}") for n in range(3)}
    assert said == ""


def test_query_that_ends_within_the_time_is_told_after_the_run(aws, forget):
    aws.athena(states=["RUNNING", "SUCCEEDED"])
    events, _, said = forget()
    assert [event["eventType"] for event in events] == ["START", "COMPLETE", "OTHER"]
    assert outputs(events) == {table("sales.out_0")}
    assert said == ""


def test_queries_that_run_on_are_counted_and_said(aws, forget):
    aws.athena(states=["RUNNING"])
    events, took_s, said = forget(2)
    assert [event["eventType"] for event in events] == ["START", "COMPLETE", "OTHER"]
    assert outputs(events) == set()
    assert events[-1]["run"]["facets"]["extractionError"]["failedTasks"] == 2
    assert "2 Athena queries were still running" in said
    assert took_s < 10  # 2 s of waiting; the rest is a busy machine


def test_aws_that_does_not_answer_costs_the_end_its_time_and_no_event(aws, forget):
    aws.athena(delays={"BatchGetQueryExecution": 20})
    events, took_s, said = forget()
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"]
    assert events[-1]["run"]["facets"]["extractionError"]["failedTasks"] == 1
    assert "1 Athena queries were still running" in said
    assert took_s < 10  # 2 s of waiting; the rest is a busy machine


CHILDREN = """
import boto3, multiprocessing, whence
from concurrent.futures import ProcessPoolExecutor

def start(n):
    boto3.client("athena").start_query_execution(
        QueryString=f"INSERT INTO out_{n} SELECT id FROM orders", QueryExecutionContext={"Database": "sales"}
    )

if __name__ == "__main__":
    whence.install()
    with whence.job("starts"):
        child = multiprocessing.get_context("fork").Process(target=start, args=(0,))
        child.start()
        child.join()
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(start, range(1, 4)))
"""


def test_queries_that_child_processes_start_belong_to_the_run(aws, tmp_path):
    path, script = tmp_path / "events.jsonl", tmp_path / "children.py"
    script.write_text(CHILDREN)
    sinks = {"WHENCE_SINKS": f"file:{path}", "WHENCE_SPOOL_DIR": str(tmp_path / "spool"), "WHENCE_POLL_S": "0.02"}
    subprocess.run([sys.executable, script], env={**os.environ, **sinks}, check=True, timeout=60)
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert outputs(events) == {table(f"sales.out_{n}") for n in range(4)}
    assert len({event["run"]["runId"] for event in events}) == 1
