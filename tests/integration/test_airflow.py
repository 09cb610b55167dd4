"""Tasks of a real Airflow: its listener manager, its provider's run ids, its collector of hook lineage.

Airflow does not share an environment with the rest, so it gets its own. A whole DAG with `airflow dags test` was run by
hand: it takes longer than all of these tests together.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
UV = ROOT / "tools" / "uv"
PACKAGES = ["apache-airflow-task-sdk>=1.3,<1.4", "apache-airflow-providers-openlineage>=2.20,<3", "sqlglot>=30.30,<31"]


@pytest.fixture(scope="module")
def airflow_python(tmp_path_factory):
    """Give a Python with Airflow 3; `WHENCE_TEST_AIRFLOW_PYTHON` names one that is there already."""
    given = os.environ.get("WHENCE_TEST_AIRFLOW_PYTHON")
    if given:
        return given
    folder = tmp_path_factory.mktemp("airflow")
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder / "venv"], check=True, cwd=folder)
    python = folder / "venv/bin/python"
    subprocess.run([UV, "pip", "install", "--quiet", "--python", python, *PACKAGES], check=True, cwd=folder)
    return str(python)


@pytest.fixture(scope="module")
def told(airflow_python, tmp_path_factory):
    """Play the tasks once: what the program printed, and the events by job."""
    folder = tmp_path_factory.mktemp("played")
    events = folder / "events.jsonl"
    environ = {
        **os.environ,
        "AIRFLOW_HOME": str(folder / "home"),
        "AIRFLOW__OPENLINEAGE__TRANSPORT": '{"type": "console"}',
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "PYTHONPATH": str(ROOT / "packages/whence/src"),
        "WHENCE_SINKS": f"file:{events}",
        "WHENCE_SPOOL_DIR": str(folder / "spool"),
    }
    program = Path(__file__).with_name("airflow_tasks.py")
    played = subprocess.run(
        [airflow_python, program, folder / "shop.db"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    by_job: dict[str, list[dict]] = {}
    for line in events.read_text().splitlines():
        event = json.loads(line)
        by_job.setdefault(event["job"]["name"], []).append(event)
    return json.loads(played.stdout.splitlines()[-1]), by_job, folder


def test_a_task_is_a_run_below_the_one_that_airflow_tells(told):
    printed, events, _ = told
    started, ended = events["shop.load.python"]
    parent = ended["run"]["facets"]["parent"]
    assert (started["eventType"], ended["eventType"]) == ("START", "COMPLETE")
    assert parent["run"]["runId"] == printed["run_id"]
    assert parent["job"]["name"] == "shop.load"
    assert parent["root"]["job"]["name"] == "shop"


def test_what_the_task_moved_is_its_runs(told):
    _, events, folder = told
    ended = events["shop.load.python"][-1]
    assert [each["name"] for each in ended["inputs"]] == ["orders"]
    assert sorted(each["name"] for each in ended["outputs"]) == ["orders", "report"]
    assert str(folder / "shop.db") in str(ended["inputs"])


def test_airflows_own_collector_has_it_too(told):
    printed, _, _ = told
    assert [uri.rpartition("/")[2] for uri in printed["inputs"]] == ["orders"]
    assert sorted(uri.rpartition("/")[2] for uri in printed["outputs"]) == ["orders", "report"]


def test_a_task_that_fails_fails_with_its_error(told):
    _, events, _ = told
    ended = events["shop.fail.python"][-1]
    assert ended["eventType"] == "FAIL"
    assert ended["run"]["facets"]["errorMessage"]["message"] == "ValueError: no"


def test_a_task_that_is_put_off_ends_with_its_process(told):
    _, events, _ = told
    assert [event["eventType"] for event in events["shop.wait.python"]] == ["START", "COMPLETE"]


def test_the_listener_goes_with_the_hook(told):
    printed, _, _ = told
    assert printed["listeners"] == 0  # the provider's own is taken out by the program
