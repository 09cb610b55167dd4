"""Jobs become runs: once begun, once ended, whatever the body does, and the host never notices."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import os
import subprocess
import sys
import threading

import anyio
import pytest

import whence


def _types(events):
    return [event["eventType"] for event in events]


class TestDecorator:
    def test_function(self, collected):
        @whence.job(
            "add",
            flow="maths",
            owners=["team:data"],
            attempt=2,
            upstream_jobs=["count", "algebra.solve", ("a.b", "c.d")],
        )
        def add(a: int, b: int = 1) -> int:
            """Add two numbers.

            More than that is not in the documentation.
            """
            return a + b

        assert add(1, b=2) == 3
        assert add.__name__ == "add"
        assert list(inspect.signature(add).parameters) == ["a", "b"]
        start, end = collected.events("add")
        assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
        assert start["run"]["runId"] == end["run"]["runId"]
        assert start["eventTime"] <= end["eventTime"]
        assert start["inputs"] == start["outputs"] == []
        facets = end["job"]["facets"]
        assert facets["documentation"]["description"] == "Add two numbers."
        assert facets["whence_flow"]["name"] == "maths"
        assert facets["ownership"]["owners"] == [{"name": "team:data"}]
        assert end["run"]["facets"]["whence_attempt"]["attempt"] == 2
        upstream = [each["job"] for each in end["run"]["facets"]["jobDependencies"]["upstream"]]
        elsewhere = {"namespace": "test", "name": "solve"}
        assert upstream == [{"namespace": "test", "name": "count"}, elsewhere, {"namespace": "a.b", "name": "c.d"}]
        assert facets["whence_flow"]["upstream"] == [{**elsewhere, "flow": "algebra"}]

    def test_names_of_upstream_jobs_without_a_flow_and_urns_are_taken_as_they_are(self, collected):
        with whence.job("one", upstream_jobs=["dag.task"]):
            pass
        with whence.job("two", flow="f", upstream_jobs=["urn:li:dataJob:(x.y,z)", "f.own"]):
            pass
        names = [
            each["job"]["name"]
            for job in ("one", "two")
            for each in collected.end(job)["run"]["facets"]["jobDependencies"]["upstream"]
        ]
        assert names == ["dag.task", "urn:li:dataJob:(x.y,z)", "own"]
        assert "upstream" not in collected.end("two")["job"]["facets"]["whence_flow"]

    def test_bare_decorator_takes_the_name_of_the_function(self, collected):
        @whence.job
        def load():
            return whence.current_run().job_name

        assert load() == collected.events()[0]["job"]["name"]
        assert load().endswith("load")

    def test_each_call_is_a_run(self, collected):
        @whence.job("twice")
        def twice():
            return None

        twice()
        twice()
        assert len({event["run"]["runId"] for event in collected.events("twice")}) == 2

    def test_method_partial_and_callable_object(self, collected):
        class Loader:
            @whence.job("method")
            def load(self, x):
                return x

            async def __call__(self):
                return whence.current_run().job_name

        assert Loader().load(5) == 5
        assert whence.job("partial")(functools.partial(int, base=2))("101") == 5
        called = whence.job("object")(Loader())
        assert asyncio.run(called()) == "object"
        assert _types(collected.events("object")) == ["START", "COMPLETE"]

    async def test_coroutine_function(self, collected):
        @whence.job("wait")
        async def wait():
            await asyncio.sleep(0)
            return whence.current_run().run_id

        assert inspect.iscoroutinefunction(wait)
        run_id = await wait()
        assert whence.current_run() is None
        assert collected.end("wait")["run"]["runId"] == run_id

    def test_generator(self, collected):
        @whence.job("count")
        def count():
            got = yield whence.current_run().job_name
            try:
                yield got
            except ValueError:
                yield "caught"
            return "done"

        assert inspect.isgeneratorfunction(count)
        steps = count()
        assert collected.events() == []
        assert next(steps) == "count"
        assert whence.current_run() is None
        assert steps.send("sent") == "sent"
        assert steps.throw(ValueError) == "caught"
        with pytest.raises(StopIteration) as stop:
            next(steps)
        assert stop.value.value == "done"
        assert _types(collected.events("count")) == ["START", "COMPLETE"]

    def test_generator_left_early_and_generator_never_begun(self, collected):
        closed = []

        @whence.job("stream")
        def stream():
            try:
                yield from range(10)
            finally:
                closed.append(whence.current_run().job_name)

        for number in stream():
            if number == 3:
                break
        stream().close()
        assert closed == ["stream"]
        assert _types(collected.events("stream")) == ["START", "COMPLETE"]
        assert "errorMessage" not in collected.end("stream")["run"]["facets"]

    async def test_async_generator(self, collected):
        @whence.job("rows")
        async def rows():
            for number in range(3):
                await asyncio.sleep(0)
                yield number, whence.current_run().job_name

        assert inspect.isasyncgenfunction(rows)
        seen = []
        async for row in rows():
            seen.append(row)
            assert whence.current_run() is None
        assert seen == [(0, "rows"), (1, "rows"), (2, "rows")]
        half = rows()
        await half.asend(None)
        await half.aclose()
        assert sorted(_types(collected.events("rows"))) == ["COMPLETE", "COMPLETE", "START", "START"]

    async def test_async_generator_that_fails(self, collected):
        @whence.job("rows")
        async def rows():
            yield 1
            raise LookupError("none left")

        with pytest.raises(LookupError):
            [row async for row in rows()]
        assert collected.end("rows")["eventType"] == "FAIL"

    async def test_async_generators_read_in_turn_stay_apart(self, collected):
        async def rows(name):
            with whence.job(name):
                for _ in range(5):
                    await asyncio.sleep(0)
                    yield whence.current_run().job_name

        wrapped = [whence.job(f"g{i}")(rows)(f"inner{i}") for i in range(3)]
        for _ in range(5):
            for i, steps in enumerate(wrapped):
                assert await anext(steps) == f"inner{i}"
        for steps in wrapped:
            await steps.aclose()
        for i in range(3):
            parent = collected.end(f"inner{i}")["run"]["facets"]["parent"]
            assert parent["job"]["name"] == f"g{i}"


class TestContextManager:
    def test_nested_runs_name_parent_and_root(self, collected):
        with whence.job("flow") as outer, whence.job("task") as middle:
            with whence.job("step", namespace="elsewhere") as inner:
                assert whence.current_run() is inner
            assert whence.current_run() is middle
        parent = collected.end("step")["run"]["facets"]["parent"]
        assert parent["_schemaURL"].endswith("facets/1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet")
        assert parent["run"]["runId"] == middle.run_id
        assert parent["job"] == {"namespace": "test", "name": "task"}
        assert parent["root"]["run"]["runId"] == outer.run_id
        assert parent["root"]["job"]["name"] == "flow"
        assert collected.end("step")["job"]["namespace"] == "elsewhere"
        assert "parent" not in collected.end("flow")["run"]["facets"]

    async def test_async_with(self, collected):
        async with whence.job("block"):
            await asyncio.sleep(0)
        assert collected.end("block")["eventType"] == "COMPLETE"

    def test_one_job_object_entered_again_and_inside_itself(self, collected):
        again = whence.job("again")
        with again as first, again as second:
            assert whence.current_run() is second
        with again as third:
            pass
        assert len({run.run_id for run in (first, second, third)}) == 3
        assert _types(collected.events("again")).count("COMPLETE") == 3

    async def test_left_in_another_task(self, collected):
        job = whence.job("odd")
        await asyncio.create_task(job.__aenter__())
        await asyncio.create_task(job.__aexit__(None, None, None))
        assert collected.end("odd")["eventType"] == "COMPLETE"

    async def test_tasks_inherit_and_stay_apart(self, collected):
        async def work(number):
            with whence.job(f"task{number}"):
                for _ in range(3):
                    await asyncio.sleep(0)
                    assert whence.current_run().job_name == f"task{number}"
                whence.add_input(f"in{number}", namespace="n")

        with whence.job("all"):
            await asyncio.gather(*(work(number) for number in range(50)))
        for number in range(50):
            end = collected.end(f"task{number}")
            assert [each["name"] for each in end["inputs"]] == [f"in{number}"]
            assert end["run"]["facets"]["parent"]["job"]["name"] == "all"

    async def test_task_that_outlives_its_run_belongs_to_the_run_around(self, collected):
        go = asyncio.Event()

        async def late():
            await go.wait()
            return whence.current_run()

        with whence.job("outer") as outer:
            with whence.job("inner"):
                task = asyncio.create_task(late())
            go.set()
            assert await task is outer
        assert collected.end("inner")["eventType"] == "COMPLETE"

    @pytest.mark.usefixtures("collected")
    def test_threads_have_no_run_without_the_hook(self):
        whence.uninstall("threads")
        seen = []
        with whence.job("main"):
            thread = threading.Thread(target=lambda: seen.append(whence.current_run()))
            thread.start()
            thread.join()
        assert seen == [None]

    def test_wrong_option_fails_where_it_is_written(self):
        with pytest.raises(TypeError, match="no option 'flwo'"):
            whence.job("x", flwo="y")


class TestEnds:
    @pytest.mark.parametrize(
        ("error", "event_type"),
        [
            (ValueError("no"), "FAIL"),
            (SystemExit(3), "FAIL"),
            (SystemExit(0), "COMPLETE"),
            (SystemExit(), "COMPLETE"),
            (KeyboardInterrupt(), "ABORT"),
            (asyncio.CancelledError(), "ABORT"),
            (GeneratorExit(), "COMPLETE"),
        ],
        ids=repr,
    )
    def test_exception_passes_untouched_and_says_how_it_ended(self, collected, error, event_type):
        with pytest.raises(type(error)) as caught, whence.job("ends"):
            raise error
        assert caught.value is error
        assert error.__context__ is None
        end = collected.end("ends")
        assert end["eventType"] == event_type
        assert ("errorMessage" in end["run"]["facets"]) == (event_type != "COMPLETE")

    async def test_cancelled_task_aborts_its_run(self, collected):
        @whence.job("sleep")
        async def sleep():
            await asyncio.sleep(60)

        task = asyncio.create_task(sleep())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert collected.end("sleep")["eventType"] == "ABORT"

    def test_retry_is_a_new_run_of_the_same_job(self, collected, tmp_path):
        for attempt in (1, 2):
            with contextlib.suppress(OSError), whence.job("flaky", attempt=attempt):
                (tmp_path / "folder" / "file").write_text("x")
            (tmp_path / "folder").mkdir(exist_ok=True)
        events = [event for event in collected.events("flaky") if event["eventType"] != "START"]
        assert [(e["eventType"], e["run"]["facets"]["whence_attempt"]["attempt"]) for e in events] == [
            ("FAIL", 1),
            ("COMPLETE", 2),
        ]

    def test_exit_in_a_process_is_told(self, tmp_path):
        code = """
import sys, whence
with whence.job("script"):
    whence.add_output("out", namespace="n")
    sys.exit(4)
"""
        events = _run_script(tmp_path, code, returncode=4)
        assert [line.count('"eventType":"FAIL"') for line in events] == [0, 1]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    def test_forked_child_tells_what_it_did_and_does_not_end_the_run(self, tmp_path):
        code = """
import os, whence
with whence.job("parent"):
    pid = os.fork()
    whence.add_output("of_child" if pid == 0 else "of_parent", namespace="n")
    if pid:
        os.waitpid(pid, 0)
"""
        events = _run_script(tmp_path, code)
        kinds = sorted(kind for line in events for kind in ("START", "OTHER", "COMPLETE") if f'"{kind}"' in line)
        assert kinds == ["COMPLETE", "OTHER", "START"]
        assert [line for line in events if "of_child" in line] == [line for line in events if '"OTHER"' in line]


def _run_script(folder, code, returncode=0):
    environ = {
        "WHENCE_SINKS": f"file:{folder}/events.jsonl",
        "WHENCE_SPOOL_DIR": f"{folder}/spool",
        "HOME": str(folder),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=False, capture_output=True, text=True, env=environ
    )
    assert done.returncode == returncode, done.stderr
    return (folder / "events.jsonl").read_text().splitlines()


class TestByHand:
    def test_start_has_inputs_and_complete_has_outputs(self, collected, tmp_path):
        train = tmp_path / "train.csv"
        train.write_text("a,b\n1,2\n")
        run = whence.start_run("train_model_min", inputs=[train])
        assert whence.current_run() is None
        whence.complete_run(run, outputs=["model:fraud/1.0.0"])
        whence.complete_run(run)
        whence.fail_run(run, "too late")
        start, end = collected.events("train_model_min")
        assert start["inputs"][0]["name"].startswith(f"file::{train}@sha256:")
        assert end["outputs"] == [{"namespace": "ml-registry", "name": "model:fraud/1.0.0", "facets": {}}]
        assert end["eventType"] == "COMPLETE"

    def test_failed_with_a_reason(self, collected):
        whence.fail_run(whence.start_run("a"), "the disk is full")
        whence.fail_run(whence.start_run("b"), OSError("the disk is full"))
        whence.fail_run(whence.start_run("c"))
        for job in "abc":
            assert collected.end(job)["eventType"] == "FAIL"
        assert "the disk is full" in collected.end("a")["run"]["facets"]["errorMessage"]["message"]

    def test_child_of_the_current_run(self, collected):
        with whence.job("outer"):
            run = whence.start_run("hand")
        whence.complete_run(run)
        assert collected.end("hand")["run"]["facets"]["parent"]["job"]["name"] == "outer"

    def test_nominal_time(self, collected):
        whence.complete_run(whence.start_run("day", nominal_time=("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z")))
        facet = collected.end("day")["run"]["facets"]["nominalTime"]
        assert facet["nominalStartTime"] == "2026-11-20T00:00:00Z"
        assert facet["nominalEndTime"] == "2026-11-21T00:00:00Z"

    def test_ended_in_two_threads_at_once(self, collected):
        run = whence.start_run("race")
        threads = [threading.Thread(target=whence.complete_run, args=(run,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert collected.end("race")


class TestStopped:
    """However a run is stopped: it ends once, as what it is, and the host sees what it would have seen."""

    async def test_timeout_inside_and_around(self, collected):
        @whence.job("around")
        async def work():
            async with asyncio.timeout(0.01):
                with whence.job("inside"):
                    await asyncio.sleep(10)

        with pytest.raises(TimeoutError):
            await work()
        assert collected.end("inside")["eventType"] == "ABORT"
        assert collected.end("around")["eventType"] == "FAIL"
        assert whence.current_run() is None

    async def test_cancel_scope_of_anyio(self, collected):
        with whence.job("around"):
            with anyio.move_on_after(0.01):
                async with whence.job("inside"):
                    await anyio.sleep(10)
            assert whence.current_run().job_name == "around"
        assert collected.end("inside")["eventType"] == "ABORT"
        assert collected.end("around")["eventType"] == "COMPLETE"

    async def test_group_of_tasks_that_is_cancelled(self, collected):
        @whence.job("task")
        async def task():
            await asyncio.sleep(10)

        async def both():
            async with asyncio.TaskGroup() as group:
                group.create_task(task())
                await asyncio.sleep(0)
                group.create_task(asyncio.wait_for(asyncio.sleep(10), 0.01))

        with pytest.raises(ExceptionGroup):
            await both()
        assert collected.end("task")["eventType"] == "ABORT"

    def test_loop_that_is_closed_over_async_generators(self, collected, caplog):
        """A loop that ends closes all generators that it knows, in any order: it must know ours only."""
        closed = []

        @whence.job("rows")
        async def rows():
            try:
                yield 1
                yield 2
            finally:
                await asyncio.sleep(0)
                closed.append(whence.current_run().job_name)

        async def main():
            with whence.job("around"):
                bound = whence.propagate(rows.__wrapped__)
            streams = [make() for make in (rows, bound) for _ in range(10)]
            for stream in streams:
                await anext(stream)
            return streams

        asyncio.run(main())
        assert sorted(closed) == ["around"] * 10 + ["rows"] * 10
        assert [event["eventType"] for event in collected.events("rows")].count("COMPLETE") == 10
        assert "asynchronous generator" not in caplog.text


def test_one_upstream_job_or_owner_is_not_its_letters(collected):
    with whence.job("load", flow="f", upstream_jobs="extract", owners="team:data") as run:
        pass
    assert run.spec.upstream_jobs == ((None, "extract", None),)
    assert run.spec.owners == ("team:data",)


def test_upstream_jobs_of_a_generator_hold_for_every_run(collected):
    job = whence.job("load", upstream_jobs=(name for name in ("a", "b")))
    for _ in range(2):
        with job as run:
            pass
        assert [name for _, name, _ in run.spec.upstream_jobs] == ["a", "b"]


def test_what_is_no_list_of_jobs_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match="upstream_jobs is 3; a list is needed"):
        whence.job("load", upstream_jobs=3)


@pytest.mark.parametrize("given", ["orders", {"namespace": "default", "name": "orders"}, ["orders"]])
def test_one_dataset_of_a_run_by_hand_needs_no_list(collected, given):
    run = whence.start_run("by_hand", inputs=given)
    whence.complete_run(run, outputs=given)
    assert collected.names("by_hand") == ({"orders"}, {"orders"})


def test_a_dataset_of_a_run_by_hand_that_is_none_raises_nothing(collected, caplog):
    whence.complete_run(whence.start_run("by_hand", inputs=3), outputs=None)  # pyright: ignore[reportArgumentType]
    assert collected.names("by_hand") == (set(), set())
    assert "int is no kind of dataset" in caplog.text
