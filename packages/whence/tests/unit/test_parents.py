"""A run is handed to another process, and found there: environment, headers, Spark, Airflow's text."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import whence
from whence import parents
from whence.context import Remote
from whence.parents import parent_of

RUN = "01890000-0000-7000-8000-000000000001"
ROOT = "01890000-0000-7000-8000-000000000002"


def parts(found):
    assert found is None or isinstance(found, Remote)
    return None if found is None else (found.job_namespace, found.job_name, found.run_id)


def tree(found):
    return parts(found), parts(found.parent)


@pytest.fixture
def runs(collected):
    """Be inside a run inside a run, whose names need quoting."""
    with whence.job("nightly, all", namespace="shop://x/y") as root, whence.job("GET /orders/{id} %2F ö") as run:
        yield root, run
    assert collected.events()


class TestHandingOn:
    @pytest.mark.parametrize("make", [whence.parent_environment, whence.parent_headers, parents.spark_conf])
    def test_what_is_handed_on_is_understood(self, runs, make):
        root, run = runs
        found = parent_of(make())
        assert tree(found) == (
            (run.job_namespace, run.job_name, run.run_id),
            (root.job_namespace, root.job_name, root.run_id),
        )

    def test_plain_names_are_written_for_others_too(self, collected):
        with whence.job("nightly") as run:
            plain = f"test/nightly/{run.run_id}"
            environment = whence.parent_environment()
            assert environment["OPENLINEAGE_PARENT_ID"] == environment["OPENLINEAGE_ROOT_PARENT_ID"] == plain
            assert whence.parent_headers() == {"whence-parent": f"{plain},{plain}", "openlineage-parent-id": plain}
        assert collected.events()

    def test_headers_are_ascii_and_names_with_slashes_are_not_written_plainly(self, runs):
        assert runs
        headers = whence.parent_headers()
        assert list(headers) == ["whence-parent"]
        assert headers["whence-parent"].isascii()
        assert list(whence.parent_environment()) == ["OPENLINEAGE_CONTEXT"]

    def test_outside_of_runs_there_is_nothing(self):
        assert whence.parent_environment() == whence.parent_headers() == parents.spark_conf() == {}

    def test_the_process_itself_is_left_alone(self, runs):
        before = dict(os.environ)
        assert runs
        whence.parent_environment()
        assert dict(os.environ) == before

    def test_dbt_understands_the_environment(self, runs, monkeypatch):
        utils = pytest.importorskip("openlineage.common.provider.dbt.utils")
        root, run = runs
        for name, value in whence.parent_environment().items():
            monkeypatch.setenv(name, value)
        found = utils.get_parent_run_metadata()
        assert (found.run_id, found.job_name, found.job_namespace) == (run.run_id, run.job_name, run.job_namespace)
        assert (found.root_parent_run_id, found.root_parent_job_name) == (root.run_id, root.job_name)


class TestUnderstanding:
    @pytest.mark.parametrize(
        ("given", "wanted"),
        [
            (f"airflow/dag.task/{RUN}", ("airflow", "dag.task", RUN)),
            (f"airflow/dag.task/{RUN.upper()}", ("airflow", "dag.task", RUN)),
            (f"airflow://host:8080/dag.task/{RUN}", ("airflow://host:8080", "dag.task", RUN)),
            (f"airflow://host/GET /orders/{{id}}/{RUN}", ("airflow://host", "GET /orders/{id}", RUN)),
            (f"a%2Fb/c%20d/{RUN}", ("a/b", "c d", RUN)),
            (f"a/b/c/{RUN}", None),  # where does the namespace end?
            (f"a/{RUN}", None),
            ("a/b/not-a-uuid", None),
            (f"/b/{RUN}", None),
            ("", None),
            ("x" * 10_000 + f"/b/{RUN}", None),
            ({}, None),
            ({"OPENLINEAGE_CONTEXT": "{broken"}, None),
            ({"OPENLINEAGE_CONTEXT": '{"parent": 5}'}, None),
            (5, None),
        ],
    )
    def test_texts(self, given, wanted):
        assert parts(parent_of(given)) == wanted

    def test_roots(self):
        plain = {"OPENLINEAGE_PARENT_ID": f"a/b/{RUN}", "OPENLINEAGE_ROOT_PARENT_ID": f"c/d/{ROOT}"}
        single = {"OPENLINEAGE_PARENT_RUN_ID": RUN, "OPENLINEAGE_PARENT_JOB_NAMESPACE": "a"}
        single |= {"OPENLINEAGE_PARENT_JOB_NAME": "b", "OPENLINEAGE_ROOT_PARENT_RUN_ID": ROOT}
        single |= {"OPENLINEAGE_ROOT_PARENT_JOB_NAMESPACE": "c", "OPENLINEAGE_ROOT_PARENT_JOB_NAME": "d"}
        for given in (plain, single):
            assert tree(parent_of(given)) == (("a", "b", RUN), ("c", "d", ROOT))

    def test_headers_in_any_case_and_as_bytes(self):
        assert parts(parent_of({b"Whence-Parent": f"a/b/{RUN}".encode()})) == ("a", "b", RUN)
        assert parts(parent_of({"OpenLineage-Parent-Id": f"a/b/{RUN}"})) == ("a", "b", RUN)

    def test_what_is_not_understood_is_said_once(self, collected, caplog):
        for _ in range(3):
            assert parent_of("nonsense") is None
        collected.events()
        assert caplog.text.count("nonsense") == 1


class TestRuns:
    def test_parent_given_to_a_job(self, collected):
        with whence.job("outer"), whence.job("child", parent=f"airflow/dag.task/{RUN}"):
            pass
        with whence.job("wrong", parent="nonsense"):
            pass
        facet = collected.end("child")["run"]["facets"]["parent"]
        assert (facet["run"], facet["job"]) == ({"runId": RUN}, {"namespace": "airflow", "name": "dag.task"})
        assert facet["root"]["run"] == {"runId": RUN}
        assert "parent" not in collected.end("wrong")["run"]["facets"]

    def test_outermost_runs_of_a_process_started_with_a_parent_are_its_children(self, collected, tmp_path):
        code = """
import whence
with whence.job("outermost"), whence.job("inner"):
    pass
whence.complete_run(whence.start_run("by hand"))
"""
        path = tmp_path / "child.jsonl"
        with whence.job("root") as root, whence.job("starter") as starter:
            environment = {"WHENCE_SINKS": f"file:{path}", "WHENCE_SPOOL_DIR": f"{tmp_path}/childspool"}
            environment |= {"HOME": str(tmp_path)} | whence.parent_environment()
            subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        assert collected.events()
        events = {event["job"]["name"]: event for event in map(json.loads, path.read_text().splitlines())}
        for job in ("outermost", "by hand"):
            facet = events[job]["run"]["facets"]["parent"]
            assert (facet["run"]["runId"], facet["job"]["name"]) == (starter.run_id, "starter")
            assert facet["root"] == {"run": {"runId": root.run_id}, "job": {"namespace": "test", "name": "root"}}
        facet = events["inner"]["run"]["facets"]["parent"]
        assert facet["job"]["name"] == "outermost"
        assert facet["root"]["job"]["name"] == "root"
