"""The run goes with what is handed to threads and pools, and never stays behind in them."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import queue
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

import whence
from whence.hooks.threads import HOOK


def here():
    run = whence.current_run()
    return None if run is None else run.job_name


class TestPool:
    def test_submit_and_map_carry_the_run_and_the_worker_forgets_it(self, collected):
        with ThreadPoolExecutor(1) as pool:
            with whence.job("one"):
                assert pool.submit(here).result() == "one"
                with whence.job("two"):
                    assert list(pool.map(lambda _: here(), range(3))) == ["two"] * 3
                assert pool.submit(here).result() == "one"
            assert pool.submit(here).result() is None
        assert len(collected.events("one")) == 2

    def test_only_the_run_is_carried(self, collected):
        variable = contextvars.ContextVar("foreign", default="empty")
        variable.set("set")
        with ThreadPoolExecutor(1) as pool, whence.job("one"):
            assert pool.submit(variable.get).result() == "empty"
        assert collected.events("one")

    def test_worker_keeps_no_run_alive(self, collected):
        class Marker:
            pass

        marker = Marker()
        gone = weakref.ref(marker)
        with ThreadPoolExecutor(1) as pool:
            with whence.job("one") as run:
                run.facets = {"marker": marker}
                pool.submit(here).result()
                run.facets = None
                kept = weakref.ref(pool.submit(here))
                assert kept is not None
            collected.events()
            run.facets = {"marker": marker}
            del run, marker
            pool.submit(here).result()
            gc.collect()
            assert gone() is None

    def test_error_of_the_task_is_its_own(self, collected):
        with ThreadPoolExecutor(1) as pool, whence.job("one"):
            with pytest.raises(ZeroDivisionError):
                pool.submit(lambda: 1 / 0).result()
            assert pool.submit(here).result() == "one"
        assert collected.end("one")["eventType"] == "COMPLETE"

    def test_task_that_runs_after_the_end_tells_late_facts(self, collected, tmp_path):
        """They belong to its run: not to the run around it, not to the next one, not to nobody."""
        engine = sa.create_engine(f"sqlite:///{tmp_path}/shop.db")
        with engine.begin() as connection:
            connection.exec_driver_sql("create table source (a int)")
        gate = threading.Event()

        def write():
            gate.wait(5)
            with engine.begin() as connection:
                connection.exec_driver_sql("create table late as select a from source")
                whence.add_output("by hand", namespace="n")

        with ThreadPoolExecutor(1) as pool, whence.job("around"):
            with whence.job("inner") as inner:
                task = pool.submit(write)
            with whence.job("next"):
                gate.set()
                task.result()
        engine.dispose()
        for other in ("around", "next"):
            assert collected.names(other) == (set(), set())
        (late,) = (event for event in collected.events("inner") if event["eventType"] == "OTHER")
        assert late["run"]["runId"] == inner.run_id
        assert [each["name"].rpartition("/")[2].rpartition(".")[2] for each in late["inputs"]] == ["source"]
        assert {each["name"].rpartition(".")[2] for each in late["outputs"]} == {"late", "by hand"}

    def test_late_task_without_facts_says_nothing(self, collected):
        gate = threading.Event()

        def wait():
            gate.wait(5)
            return here()

        with ThreadPoolExecutor(1) as pool:
            with whence.job("one"):
                task = pool.submit(wait)
            gate.set()
            assert task.result() == "one"
        assert [event["eventType"] for event in collected.events("one")] == ["START", "COMPLETE"]

    async def test_thread_of_the_loop_that_runs_after_the_end(self, collected):
        gate = threading.Event()

        def late():
            gate.wait(5)
            whence.add_output("late", namespace="n")

        with whence.job("around"):
            with whence.job("inner"):
                task = asyncio.create_task(asyncio.to_thread(late))
                await asyncio.sleep(0.01)
            gate.set()
            await task
        (event,) = (event for event in collected.events("inner") if event["eventType"] == "OTHER")
        assert [each["name"] for each in event["outputs"]] == ["late"]
        assert collected.names("around") == (set(), set())

    async def test_executors_of_the_loop(self, collected):
        loop = asyncio.get_running_loop()
        with whence.job("one"):
            assert await loop.run_in_executor(None, here) == "one"
            assert await asyncio.to_thread(here) == "one"
        assert await loop.run_in_executor(None, here) is None
        assert collected.events("one")


class TestThread:
    def test_thread_and_subclass_inherit(self, collected):
        seen = queue.Queue()

        class Mine(threading.Thread):
            def run(self):
                seen.put(here())

        with whence.job("one"):
            for thread in (threading.Thread(target=lambda: seen.put(here())), Mine()):
                thread.start()
                thread.join()
                assert "run" not in vars(thread)
        assert [seen.get(), seen.get()] == ["one", "one"]
        thread = Mine()
        thread.start()
        thread.join()
        assert seen.get() is None
        with whence.job("one"), pytest.raises(RuntimeError):
            thread.start()
        assert collected.events("one")

    def test_thread_that_outlives_its_run_belongs_to_nobody(self, collected):
        ended, seen = threading.Event(), queue.Queue()

        def work():
            seen.put(here())
            ended.wait(5)
            seen.put(here())

        with whence.job("around"):
            with whence.job("inner"):
                thread = threading.Thread(target=work)
                thread.start()
                assert seen.get(timeout=5) == "inner"
            ended.set()
            assert seen.get(timeout=5) is None
            thread.join()
        assert len(collected.events()) == 4

    def test_thread_that_could_not_start_forgets_the_run(self, collected, monkeypatch):
        thread, seen = threading.Thread(target=lambda: seen.append(here())), []

        def refuse(*_, **__):
            raise RuntimeError("can't start new thread")

        with whence.job("one"), monkeypatch.context() as patched:
            for name in ("_start_new_thread", "_start_joinable_thread"):
                patched.setattr(threading, name, refuse, raising=False)
            with pytest.raises(RuntimeError):
                thread.start()
        with whence.job("two"):
            thread.start()
            thread.join()
        assert seen == ["two"]
        assert collected.events("two")

    def test_timer_is_a_task_of_its_run(self, collected):
        seen = queue.Queue()
        with whence.job("one"):
            timer = threading.Timer(0.02, lambda: seen.put(here()))
            timer.start()
        assert seen.get(timeout=5) == "one"
        timer.join()
        assert len(collected.events("one")) == 2

    def test_threads_that_libraries_start_for_themselves_inherit_nothing(self, collected):
        loop = asyncio.new_event_loop()
        with whence.job("one"):
            thread = threading.Thread(target=loop.run_forever)
            thread.start()
        seen = queue.Queue()

        async def look():
            seen.put(here())

        asyncio.run_coroutine_threadsafe(look(), loop).result(5)
        assert seen.get() is None
        with whence.job("two"):
            asyncio.run_coroutine_threadsafe(look(), loop).result(5)
        assert seen.get() == "two"
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        assert collected.events("two")


class TestPropagate:
    def test_function_and_method_from_any_thread(self, collected):
        whence.uninstall("threads")

        class Loader:
            def load(self, x, *, y):
                """Load it."""
                return here(), x, y

        with ThreadPoolExecutor(1) as pool:
            with whence.job("one"):
                load = whence.propagate(Loader().load)
                assert load.__name__ == "load"
                assert pool.submit(load, 1, y=2).result() == ("one", 1, 2)
                assert pool.submit(here).result() is None
                with whence.job("two"):
                    assert load(3, y=4) == ("one", 3, 4)
                    assert here() == "two"
            assert pool.submit(here).result() is None
        assert whence.propagate(here) is here
        assert collected.events("two")

    async def test_coroutine_and_generators(self, collected):
        async def wait():
            await asyncio.sleep(0)
            return here()

        def count():
            got = yield here()
            with whence.job("inside"):
                yield here(), got
            return "done"

        async def rows():
            try:
                yield here()
            except KeyError:
                yield "caught"

        with whence.job("one"):
            wait, count, rows = whence.propagate(wait), whence.propagate(count), whence.propagate(rows)
        assert await asyncio.create_task(wait()) == "one"
        steps = count()
        assert next(steps) == "one"
        assert here() is None
        assert steps.send("sent") == ("inside", "sent")
        assert here() is None
        with pytest.raises(StopIteration) as stop:
            next(steps)
        assert stop.value.value == "done"
        stream = rows()
        assert await anext(stream) == "one"
        assert await stream.athrow(KeyError()) == "caught"
        assert [row async for row in stream] == []
        assert here() is None
        assert collected.events("inside")


class TestInstall:
    def test_installing_twice_and_taking_out(self, collected):
        whence.uninstall()
        before = threading.Thread.start, ThreadPoolExecutor.submit
        HOOK.install()
        HOOK.install()
        assert threading.Thread.start is not before[0]
        HOOK.uninstall()
        HOOK.uninstall()
        assert (threading.Thread.start, ThreadPoolExecutor.submit) == before
        with ThreadPoolExecutor(1) as pool, whence.job("one"):
            assert pool.submit(here).result() is None
        assert collected.events("one")

    def test_somebody_who_wrapped_after_us_stays(self, collected, monkeypatch):
        ours = ThreadPoolExecutor.submit

        def theirs(*args, **kwargs):
            return ours(*args, **kwargs)

        monkeypatch.setattr(ThreadPoolExecutor, "submit", theirs)
        whence.uninstall("threads")
        assert ThreadPoolExecutor.submit is theirs
        with ThreadPoolExecutor(1) as pool, whence.job("one"):
            assert pool.submit(here).result() is None
        assert collected.events("one")
        monkeypatch.undo()
        HOOK.install()
        HOOK.uninstall()

    def test_trouble_of_ours_stays_ours(self, collected, monkeypatch):
        def broken(_):
            raise MemoryError

        monkeypatch.setattr("whence.hooks.threads.carried", broken)
        monkeypatch.setattr("whence.hooks.threads._hand_on", broken)
        with ThreadPoolExecutor(1) as pool, whence.job("one"):
            assert pool.submit(here).result() is None
            thread = threading.Thread(target=time.sleep, args=(0,))
            thread.start()
            thread.join()
        assert collected.events("one")
