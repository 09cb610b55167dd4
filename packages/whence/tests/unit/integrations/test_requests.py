"""Windows of requests: one run per route and time, opened by facts, counted, ended whatever happens."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

import whence
from whence import context
from whence.integrations._requests import Service
from whence.integrations._routes import job_name
from whence.parents import parent_of

RUN = "01890000-0000-7000-8000-000000000001"


def serve(service, name, *facts, error=None, status=200, headers=None):
    request = service.begin(lambda: name, headers)
    for fact in facts:
        whence.add_output(fact, namespace="n")
    request.suspend()
    request.end(error, status)
    assert whence.current_run() is None


def ends(collected, job):
    return [event for event in collected.events(job) if event["eventType"] == "COMPLETE"]


def counts(event):
    facet = event["run"]["facets"]["whence_requests"]
    return facet["requests"], facet["failed"]


class TestWindows:
    def test_requests_of_a_route_are_one_run_with_counts(self, collected):
        service = Service(flow="shop")
        serve(service, "GET /a")
        serve(service, "GET /a", "x")
        serve(service, "GET /a", "y", status=503)
        serve(service, "GET /a", error=ValueError())
        serve(service, "GET /a", error=asyncio.CancelledError())
        serve(service, "GET /b", "z")
        assert collected.events() == []
        service.close()
        assert [event["eventType"] for event in collected.events("GET /a")] == ["START", "COMPLETE"]
        (end,) = ends(collected, "GET /a")
        assert {each["name"] for each in end["outputs"]} == {"x", "y"}
        assert counts(end) == (5, 2)
        assert end["job"]["facets"]["whence_flow"]["name"] == "shop"
        assert counts(ends(collected, "GET /b")[0]) == (1, 0)

    def test_routes_without_data_are_not_told(self, collected):
        service = Service()
        for _ in range(3):
            serve(service, "GET /health")
        service.close()
        assert collected.events() == []

    def test_statements_without_tables_are_no_data(self, collected):
        service, engine = Service(), sa.create_engine("sqlite://")
        request = service.begin(lambda: "GET /health")
        with engine.connect() as connection:
            connection.execute(sa.text("select 1"))
        request.suspend()
        request.end(None, 200)
        service.close()
        engine.dispose()
        assert collected.events() == []

    def test_window_that_somebody_refers_to_is_told(self, collected):
        service = Service()
        request = service.begin(lambda: "GET /a")
        assert parent_of(whence.parent_headers()).run_id == whence.current_run().run_id
        request.suspend()
        request.end(None, 200)
        service.close()
        assert [event["eventType"] for event in collected.events("GET /a")] == ["START", "COMPLETE"]

    def test_window_ends_by_itself_and_the_next_one_is_a_new_run(self, collected):
        service = Service(window_s=0.1)
        serve(service, "GET /a", "x")
        deadline = time.monotonic() + 5
        while not ends(collected, "GET /a") and time.monotonic() < deadline:
            time.sleep(0.02)
        serve(service, "GET /a", "y")
        service.close()
        first, second = ends(collected, "GET /a")
        assert first["run"]["runId"] != second["run"]["runId"]
        assert [each["name"] for each in first["outputs"]] == ["x"]
        assert [each["name"] for each in second["outputs"]] == ["y"]
        assert counts(first) == counts(second) == (1, 0)

    def test_window_waits_for_its_requests_but_not_for_ever(self, collected):
        service = Service(window_s=0.1)
        request = service.begin(lambda: "GET /slow")
        whence.add_output("x", namespace="n")
        time.sleep(0.14)
        whence.add_output("y", namespace="n")
        run = whence.current_run()
        assert not run.is_ended
        time.sleep(0.4)
        assert run.is_ended
        whence.add_output("z", namespace="n")
        assert whence.current_run().run_id != run.run_id
        request.suspend()
        request.end(None, 200)
        service.close()
        first, second = ends(collected, "GET /slow")
        assert {each["name"] for each in first["outputs"]} == {"x", "y"}
        assert {each["name"] for each in second["outputs"]} == {"z"}

    def test_length_of_windows_is_a_setting(self, tmp_path):
        whence.configure(sinks=f"file:{tmp_path}/x", spool_dir=str(tmp_path / "s"), window_s=3)
        service = Service()
        serve(service, "GET /a", "x")
        (window,) = service.windows._current.values()
        assert window.length_s == 3
        whence.shutdown()

    def test_shutdown_ends_the_windows_and_forgets_nothing(self, tmp_path):
        path = tmp_path / "events.jsonl"
        whence.configure(sinks=f"file:{path}", spool_dir=str(tmp_path / "spool"))
        service = Service()
        serve(service, "GET /a", "x")
        assert whence.shutdown(10)
        assert path.read_text().count('"COMPLETE"') == 1
        assert not service.windows._current

    @pytest.mark.parametrize("end", ["", "raise SystemExit(3)", "1 / 0"])
    def test_end_of_the_process_completes_the_windows(self, tmp_path, end):
        code = f"""
import whence
from whence import context
from whence.integrations._requests import Service
service = Service()
request = service.begin(lambda: "GET /a")
whence.add_output("x", namespace="n")
request.suspend(); request.end(None, 200)
{end}
"""
        environ = {"WHENCE_SINKS": f"file:{tmp_path}/events.jsonl", "WHENCE_SPOOL_DIR": f"{tmp_path}/s", "HOME": "/"}
        subprocess.run([sys.executable, "-c", code], check=False, env=environ, capture_output=True)
        text = (tmp_path / "events.jsonl").read_text()
        assert text.count('"COMPLETE"') == 1
        assert '"requests":1,"failed":0' in text

    def test_forked_child_has_windows_of_its_own(self, collected):
        service = Service()
        serve(service, "GET /a", "parent")
        pid = os.fork()
        if pid == 0:
            serve(service, "GET /a", "child")
            service.close()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        service.close()
        names = [[each["name"] for each in end["outputs"]] for end in ends(collected, "GET /a")]
        assert sorted(names) == [["child"], ["parent"]]

    def test_collection_off_is_no_work_and_no_run(self):
        whence.configure(disabled=True)
        service = Service()
        serve(service, "GET /a", "x")
        assert not service.windows._current
        request = service.begin(lambda: "GET /a")
        assert context.get() is None
        request.step_out(request.step_in())
        request.suspend()
        request.end(ValueError())
        service.close()
        whence.shutdown()

    def test_counts_are_right_under_threads(self, collected):
        service = Service(window_s=60)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: serve(service, f"GET /{number % 3}", f"d{number % 3}"), range(600)))
        service.close()
        for route in range(3):
            (end,) = ends(collected, f"GET /{route}")
            assert counts(end) == (200, 0)
            assert {each["name"] for each in end["outputs"]} == {f"d{route}"}


class TestLeaving:
    def test_what_outlives_the_request_belongs_to_nobody(self, collected):
        service, seen, go = Service(), [], threading.Event()

        def live_on():
            seen.append(whence.current_run().job_name)
            go.wait(5)
            seen.append(whence.current_run())

        request = service.begin(lambda: "GET /a")
        thread = threading.Thread(target=live_on)
        thread.start()
        while not seen:
            time.sleep(0.01)
        request.suspend()
        request.end(None, 200)
        go.set()
        thread.join()
        assert seen == ["GET /a", None]
        service.close()
        assert collected.events() == []

    @pytest.mark.parametrize("run", ["window", "request"])
    def test_task_of_a_pool_stays_with_its_route(self, collected, run):
        service, go = Service(run=run), threading.Event()

        def task():
            go.wait(5)
            whence.add_output("late", namespace="n")

        with ThreadPoolExecutor(1) as pool:
            request = service.begin(lambda: "GET /a")
            future = pool.submit(task)
            bound = whence.propagate(lambda: whence.add_output("bound", namespace="n"))
            request.suspend()
            request.end(None, 200)
            go.set()
            future.result()
            bound()
            bound()
        service.close()
        names = {each["name"] for event in collected.events("GET /a") for each in event["outputs"]}
        assert names == {"late", "bound"}
        assert {event["job"]["name"] for event in collected.events()} == {"GET /a"}

    def test_pool_in_a_route_without_data_tells_nothing(self, collected):
        service = Service()
        with ThreadPoolExecutor(1) as pool:
            request = service.begin(lambda: "GET /health")
            pool.submit(time.sleep, 0).result()
            request.suspend()
            request.end(None, 200)
        service.close()
        assert collected.events() == []

    def test_job_inside_a_request_is_a_child_of_its_window(self, collected):
        service = Service()
        request = service.begin(lambda: "POST /load")
        with whence.job("load"):
            assert whence.current_run().job_name == "load"
        request.suspend()
        request.end(None, 200)
        service.close()
        (end,) = ends(collected, "POST /load")
        assert len(collected.events("POST /load")) == 2
        assert collected.end("load")["run"]["facets"]["parent"]["run"]["runId"] == end["run"]["runId"]


class TestRunPerRequest:
    def test_each_request_is_a_run_with_its_end_and_parent(self, collected):
        service = Service(run="request")
        serve(service, "GET /a", "x", headers={b"whence-parent": f"airflow/dag.task/{RUN}".encode()})
        serve(service, "GET /b", error=LookupError("gone"))
        serve(service, "GET /c", status=502)
        end = collected.end("GET /a")
        assert end["run"]["facets"]["parent"]["run"]["runId"] == RUN
        assert [each["name"] for each in end["outputs"]] == ["x"]
        assert [collected.end(f"GET /{job}")["eventType"] for job in "abc"] == ["COMPLETE", "FAIL", "FAIL"]
        assert "HTTP status 502" in collected.end("GET /c")["run"]["facets"]["errorMessage"]["message"]

    def test_route_that_is_known_only_later_names_the_run(self, collected):
        service, known = Service(run="request"), ["GET (no route)"]
        request = service.begin(lambda: known[-1])
        whence.add_output("x", namespace="n")
        known.append("GET /late")
        request.suspend()
        request.end(None, 200)
        assert [event["eventType"] for event in collected.events("GET /late")] == ["START", "COMPLETE"]
        assert len(collected.events()) == 2

    def test_request_inside_a_job_is_its_child(self, collected):
        service = Service(run="request")
        with whence.job("test client") as outer:
            request = service.begin(lambda: "GET /a")
            whence.add_output("x", namespace="n")
            request.suspend()
            request.end(None, 200)
            assert whence.current_run() is outer
        assert collected.end("GET /a")["run"]["facets"]["parent"]["run"]["runId"] == outer.run_id


def test_names():
    assert job_name("get", "/orders/{id}") == "GET /orders/{id}"
    assert job_name("GET", None) == "GET (no route)"
    assert job_name("X" * 100, "/a") == "OTHER /a"
    with pytest.raises(ValueError, match="known are"):
        Service(run="never")


def test_trouble_of_ours_stays_ours(collected, caplog):
    def broken():
        raise KeyError("route")

    service = Service()
    request = service.begin(broken)
    assert whence.current_run() is None
    request.suspend()
    request.end(None, 200)
    assert collected.events() == []
    assert caplog.text.count("KeyError") == 1
