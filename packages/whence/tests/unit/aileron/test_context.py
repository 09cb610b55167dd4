"""Jobs under the old names are real runs: nested, asynchronous, by hand, failed, in pools, switched off."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import types
from concurrent.futures import ThreadPoolExecutor
from sqlite3 import connect

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

import whence
from whence.aileron import (
    add_input,
    add_output,
    clear_job,
    config,
    context,
    datahub_job,
    datahub_job_fn,
    get_job,
    install_all_hooks,
    install_boto3_hooks,
    install_s3fs_hooks,
    install_sqlalchemy_hooks,
    propagate_job,
    set_job,
)
from whence.hooks import installed


@pytest.fixture(autouse=True)
def _nothing_left_set():
    yield
    assert not context._set


def read(collected, job):
    return {each["name"] for each in collected.end(job)["inputs"]}


def kinds(collected, job):
    return [event["eventType"] for event in collected.events(job)]


def test_a_job_says_all_that_was_said_of_it(collected):
    @datahub_job_fn(
        "step2",
        flow="etl",
        platform="airflow",
        upstream_jobs=["step1", "v1.2", "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,other,PROD),x)"],
        description="Second.",
        flow_description="All.",
        patch=True,
    )
    def step2(x):
        """Say nothing that the original would not."""
        job = get_job()
        assert (job.job_id, job.flow, job.platform) == ("step2", "etl", "airflow")
        assert (job.description, job.flow_description) == ("Second.", "All.")
        assert job.upstream_job_ids[:2] == ["step1", "v1.2"]
        return x + 1

    assert step2(1) == 2
    assert step2.__name__ == "step2"
    start, end = collected.events("step2")
    assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
    flow = end["job"]["facets"]["whence_flow"]
    assert (flow["name"], flow["description"], flow["orchestrator"]) == ("etl", "All.", "airflow")
    assert end["job"]["facets"]["documentation"]["description"] == "Second."
    upstream = end["run"]["facets"]["jobDependencies"]["upstream"]
    assert [each["job"]["name"] for each in upstream][:2] == ["step1", "v1.2"]


def test_a_docstring_is_no_description(collected):
    @datahub_job_fn("j")
    def step():
        """Internal words."""

    step()
    assert "documentation" not in collected.end("j")["job"]["facets"]


def test_the_block_gives_the_job(collected):
    with datahub_job("j", flow="f") as job:
        assert job == get_job()
        assert job.run_id == whence.current_run().run_id
    assert get_job() is None
    assert kinds(collected, "j") == ["START", "COMPLETE"]


def test_the_block_decorates_and_can_be_entered_again(collected):
    block = datahub_job("j")
    block(int)("1")
    for _ in range(2):
        with block:
            pass
    assert kinds(collected, "j") == ["START", "COMPLETE"] * 3


@pytest.mark.parametrize("error", [ValueError("wrong"), SystemExit(3), KeyboardInterrupt()])
def test_any_exception_ends_the_run_and_goes_on(collected, error):
    @datahub_job_fn("risky-job", flow="daily-etl-pipeline")
    def risky_job():
        raise error

    with pytest.raises(type(error)) as raised:
        risky_job()
    assert raised.value is error
    assert collected.end("risky-job")["eventType"] in {"FAIL", "ABORT"}


async def test_coroutines_are_runs_with_their_data(collected):
    @datahub_job_fn("slow")
    async def slow(n):
        add_input(f"before{n}", platform="glue")
        await asyncio.sleep(0.01)
        add_input(f"after{n}", platform="glue")

    await asyncio.gather(*(slow(n) for n in range(3)))
    async with datahub_job("block") as job:
        assert job.job_id == "block"
    ends = [event for event in collected.events("slow") if event["eventType"] == "COMPLETE"]
    read = sorted(sorted(each["name"] for each in end["inputs"]) for end in ends)
    assert read == [[f"after{n}", f"before{n}"] for n in range(3)]


def test_generators_are_runs_with_their_data(collected):
    @datahub_job_fn("rows")
    def rows():
        add_input("first", platform="glue")
        yield 1
        add_input("second", platform="glue")
        yield 2

    assert list(rows()) == [1, 2]
    assert read(collected, "rows") == {"first", "second"}


def test_an_inner_job_leaves_the_outer_one_its_data(collected):
    with datahub_job("outer"):
        add_input("before", platform="glue")
        with datahub_job("inner"):
            add_input("inside", platform="glue")
        add_output("after", platform="glue")
    assert read(collected, "inner") == {"inside"}
    assert collected.names("outer") == ({"before"}, {"after"})
    assert collected.end("inner")["run"]["facets"]["parent"]["job"]["name"] == "outer"


def test_propagate_job_in_a_pool_and_in_the_same_thread(collected):
    @datahub_job_fn("pooled")
    def run():
        @propagate_job
        def task(n):
            add_input(f"t{n}", platform="glue")
            return n

        with ThreadPoolExecutor(2) as pool:
            assert [each.result() for each in [pool.submit(task, n) for n in range(3)]] == [0, 1, 2]
        task(3)
        add_output("after", platform="glue")

    run()
    assert collected.names("pooled") == ({"t0", "t1", "t2", "t3"}, {"after"})


def test_propagate_job_outside_of_a_job_changes_nothing(collected):
    @propagate_job
    def task():
        add_input("t", platform="glue")

    with datahub_job("later"):
        task()
    assert read(collected, "later") == {"t"}


# --- set_job and clear_job


def test_a_job_set_by_hand_is_a_run(collected):
    set_job("GET:/x", flow="service", description="d", flow_description="fd", upstream_jobs=["u"])
    assert (get_job().job_id, get_job().flow) == ("GET:/x", "service")
    add_input("t", platform="glue")
    clear_job()
    assert get_job() is None
    assert kinds(collected, "GET:/x") == ["START", "COMPLETE"]
    assert read(collected, "GET:/x") == {"t"}


def test_clearing_nothing_or_twice_has_no_effect(collected):
    clear_job()
    set_job("j")
    clear_job()
    clear_job()
    assert kinds(collected, "j") == ["START", "COMPLETE"]


def test_a_job_that_is_cleared_on_the_way_of_an_exception_failed(collected):
    def serve():
        set_job("j")
        try:
            raise RuntimeError("broken")
        finally:
            clear_job()

    with pytest.raises(RuntimeError):
        serve()
    assert kinds(collected, "j") == ["START", "FAIL"]
    assert "broken" in collected.end("j")["run"]["facets"]["errorMessage"]["message"]


def test_an_exception_of_before_the_job_is_not_its_own(collected):
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        set_job("fallback")
        clear_job()
    assert kinds(collected, "fallback") == ["START", "COMPLETE"]


def test_jobs_set_by_hand_nest(collected):
    set_job("a")
    set_job("b")
    add_input("inside", platform="glue")
    clear_job()
    add_input("outside", platform="glue")
    clear_job()
    assert (read(collected, "a"), read(collected, "b")) == ({"outside"}, {"inside"})


def test_the_same_job_set_again_ends_the_one_before(collected):
    for n in range(3):
        set_job("consumer", flow="f")
        add_input(f"t{n}", platform="glue")
    clear_job()
    assert get_job() is None
    ends = [event for event in collected.events("consumer") if event["eventType"] == "COMPLETE"]
    assert [each["inputs"][0]["name"] for each in ends] == ["t0", "t1", "t2"]
    assert all("parent" not in each["run"]["facets"] for each in ends)


def test_clear_job_does_not_end_a_block(collected):
    with datahub_job("block"):
        clear_job()
        add_input("after", platform="glue")
    assert read(collected, "block") == {"after"}


def test_a_block_that_was_left_open_does_not_keep_the_set_job(collected):
    set_job("set")
    leaked = datahub_job("leaked")
    leaked.__enter__()
    clear_job()
    assert get_job() is None
    assert kinds(collected, "set") == ["START", "COMPLETE"]
    leaked.__exit__(None, None, None)


async def test_jobs_of_concurrent_tasks_stay_apart(collected):
    async def serve(n):
        set_job(f"request{n}")
        try:
            await asyncio.sleep(0.01 * (3 - n))
            add_input(f"t{n}", platform="glue")
        finally:
            clear_job()

    await asyncio.gather(*(serve(n) for n in range(3)))
    assert [read(collected, f"request{n}") for n in range(3)] == [{"t0"}, {"t1"}, {"t2"}]


def test_more_open_jobs_than_can_be_are_ended_oldest_first(collected, monkeypatch):
    """Of contexts that are gone, such as those of tasks."""
    monkeypatch.setattr(context, "_MAX_SET", 2)
    for n in range(3):
        set_job(f"j{n}")
    assert [len(kinds(collected, f"j{n}")) for n in range(3)] == [2, 1, 1]
    clear_job()
    clear_job()


def test_jobs_that_nobody_clears_do_not_nest_for_ever(collected, monkeypatch):
    monkeypatch.setattr(context, "_MAX_DEPTH", 3)
    for n in range(20):
        set_job(f"request{n}")
    assert context._depth(whence.current_run()) == 3
    assert len(context._set) == 4
    for _ in range(4):
        clear_job()
    assert get_job() is None
    assert len([each for each in collected.events() if each["eventType"] == "COMPLETE"]) == 20


def test_a_failed_celery_task_is_a_failed_run(collected, monkeypatch):
    receivers = []

    def connect(receiver, *, weak):
        assert not weak
        receivers.append(receiver)

    signals = types.ModuleType("celery.signals")
    signals.task_failure = types.SimpleNamespace(connect=connect)
    monkeypatch.setitem(sys.modules, "celery.signals", signals)
    monkeypatch.setattr(context, "_celery", [])
    for name in ("tasks.add", "tasks.other", "tasks.add"):
        set_job("tasks.add")
        receivers[0](sender=types.SimpleNamespace(name=name), exception=ValueError("bad"))
        clear_job()
    assert len(receivers) == 1
    assert kinds(collected, "tasks.add") == ["START", "FAIL", "START", "COMPLETE", "START", "FAIL"]


# --- Airflow


class Task:
    def __init__(self, **sides):
        vars(self).update(sides)


def test_airflow_gets_inlets_and_outlets(collected):
    urn = "urn:li:dataset:(urn:li:dataPlatform:glue,{},PROD)"
    task = Task(_inlets=["mine"], _outlets=[urn.format("o")])
    with datahub_job("j", airflow_context={"task": task}):
        add_input("t", platform="glue")
        add_output("o", platform="glue")
    assert (task._inlets, task._outlets) == (["mine", urn.format("t")], [urn.format("o")])


def test_airflow_gets_what_the_hooks_saw(collected):
    task = Task(inlets=[], outlets=[])
    engine = create_engine("sqlite:////tmp/shop.db", poolclass=NullPool, creator=lambda: connect(":memory:"))
    with datahub_job("j", airflow_context={"task": task}), engine.begin() as connection:
        connection.execute(text("create table copied as select * from (select 1 as id)"))
        connection.execute(text("insert into copied select * from copied"))
    assert task.inlets == ["urn:li:dataset:(urn:li:dataPlatform:sqlite,shop.main.copied,PROD)"]
    assert task.outlets == task.inlets


@pytest.mark.parametrize("key", ["context", "ti_context"])
def test_airflows_context_is_found_in_the_arguments(collected, key):
    task = Task(inlets=[], outlets=[])

    @datahub_job_fn("j", airflow_context_kwarg=key)
    def etl(**context):
        add_input("t", platform="glue")

    etl(**({key: {"task": task}} if key != "context" else {"task": task, "run_id": 1}))
    assert len(task.inlets) == 1


async def test_airflow_with_a_coroutine_that_fails(collected):
    task = Task(inlets=[], outlets=[])

    @datahub_job_fn("j", airflow_context_kwarg="context")
    async def etl(context):
        add_input("t", platform="glue")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        await etl(context={"task": task})
    assert len(task.inlets) == 1


@pytest.mark.parametrize("airflow_context", [{}, {"task": None}, {"task": object()}, None])
def test_a_context_that_is_none_does_no_harm(collected, airflow_context):
    with datahub_job("j", airflow_context=airflow_context):
        add_input("t", platform="glue")
    assert read(collected, "j") == {"t"}


# --- hooks, ends, switched off


def test_hooks_installed_twice_are_installed_once(collected):
    whence.uninstall()
    install_sqlalchemy_hooks(env="QA")
    assert config.get_env() == "QA"
    install_sqlalchemy_hooks("PROD")
    assert config.get_env() == "PROD"
    assert installed() == ("sqlalchemy",)
    install_boto3_hooks()
    install_s3fs_hooks()
    install_all_hooks()
    install_all_hooks(env="PROD")
    assert {"sqlalchemy", "threads"} <= set(installed())


def run_program(code, tmp_path, **environ):
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **environ}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=False)


ALL_CALLS = """
import asyncio
from whence.aileron import *
from whence.hooks import installed
install_all_hooks(env="PROD"); install_sqlalchemy_hooks(); install_boto3_hooks(); install_s3fs_hooks()
assert installed() == ()
@datahub_job_fn("j", airflow_context_kwarg="context")
def f(**context):
    add_input(); add_output("t"); add_input("t", platform="glue"); assert get_job() is None
    return 1
assert f(task=object()) == 1
@datahub_job_fn("a")
async def a(): return 2
assert asyncio.run(a()) == 2
with datahub_job("j", flow="f") as job:
    job.inputs.append("urn:x"); job.outputs.append("urn:y"); assert job.inputs == ["urn:x"] and job.flow == "f"
    assert propagate_job(len)("ab") == 2
set_job("j"); clear_job(); clear_job()
emit_lineage(["t"], ["u"]); emit_lineage(["t"], ["u"], platform="glue", descriptions={"t": "d"})
assert build_dataset_urn("t", "glue", "DEV").endswith(",DEV)")
inject_to_airflow(job, {"task": None}); inject_to_airflow(job, {})
flush_emit(); flush_emit(timeout=0.1)
import threading; assert threading.active_count() == 1
"""


@pytest.mark.parametrize(
    "environ",
    [{"AIL_DATAHUB_ENABLED": "false"}, {"AIL_DATAHUB_GMS_URL": "http://127.0.0.1:9"}, {"WHENCE_DISABLED": "true"}],
)
def test_switched_off_every_call_does_nothing(tmp_path, environ):
    done = run_program(ALL_CALLS, tmp_path, **environ)
    assert done.returncode == 0, done.stderr
    assert not any(tmp_path.rglob("*.seg*"))


def test_switched_off_in_this_process_too(tmp_path):
    whence.configure(disabled=True)
    try:
        set_job("j", flow="f")
        clear_job()
        with datahub_job("j", flow="f", upstream_jobs=["u"], description="d") as job:
            job.inputs = ["urn:x"]
            job.outputs += ["urn:y"]
            add_input("t", platform="glue")
            assert get_job() is None
        assert (job.inputs, job.outputs, job.upstream_job_ids, job.description) == (["urn:x"], ["urn:y"], ["u"], "d")
    finally:
        whence.shutdown()


def test_switched_off_no_hook_is_installed():
    whence.uninstall()
    whence.configure(disabled=True)
    try:
        install_all_hooks()
        install_sqlalchemy_hooks()
        assert installed() == ()
        add_input()
    finally:
        whence.shutdown()


def test_a_job_that_was_never_cleared_ends_with_the_process(tmp_path):
    code = """
from whence.aileron import *
set_job("j", flow="f"); add_input("t", platform="glue")
"""
    done = run_program(code, tmp_path, WHENCE_SINKS=f"file:{tmp_path}/events.jsonl")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "events.jsonl").read_text()
    assert '"eventType":"COMPLETE"' in text
    assert '"name":"t"' in text


def test_a_forked_child_does_not_end_its_parents_job(collected):
    set_job("parent")
    child = os.fork()
    if child == 0:
        clear_job()
        context._finish_all()
        os._exit(0)
    os.waitpid(child, 0)
    assert kinds(collected, "parent") == ["START"]
    clear_job()
    assert kinds(collected, "parent") == ["START", "COMPLETE"]


def test_nothing_is_held_of_jobs_that_ended(collected):
    for n in range(20):
        set_job(f"j{n}")
        clear_job()
        with datahub_job(f"b{n}"):
            pass
    whence.flush(10)
    gc.collect()
    assert not context._set
    assert sum(type(each) is context.JobContext for each in gc.get_objects()) == 0  # isinstance would wake lazy objects
