"""Ten thousand tasks at once, on a loop, in threads and pools, over shared connections: each fact in its run."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
import sqlalchemy as sa

import whence
from whence.integrations._requests import Service

pytestmark = pytest.mark.integration

TASKS = 10_000
TABLES = 499  # prime: neighbours in time never share one
AT_ONCE = 48


@pytest.fixture
def engine(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.executescript(";".join(["begin", *(f"create table t{n} (a int)" for n in range(TABLES)), "commit"]))
    made = sa.create_engine(f"sqlite:///{tmp_path}/shop.db", pool_size=AT_ONCE * 2, max_overflow=-1)
    yield made
    made.dispose()


class Work:
    """The ways a task can take: each reads its own table twice, with others in between."""

    def __init__(self, engine, pool):
        self.engine = engine
        self.pool = pool
        self.ways = [self.here, self.in_thread, self.in_executor, self.through_pools, self.bound, self.in_new_thread]

    def read(self, number):
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"select a from t{number % TABLES}").all()

    async def here(self, number):
        with self.engine.connect() as connection:
            for _ in range(2):
                connection.exec_driver_sql(f"select a from t{number % TABLES}").all()
                await asyncio.sleep(0)

    async def in_thread(self, number):
        await asyncio.to_thread(self.read, number)

    async def in_executor(self, number):
        await asyncio.get_running_loop().run_in_executor(self.pool, self.read, number)

    async def through_pools(self, number):
        def outer():
            return self.pool.submit(self.read, number)

        inner = await asyncio.wrap_future(self.pool.submit(outer))
        await asyncio.wrap_future(inner)

    async def bound(self, number):
        read = whence.propagate(self.read)
        await asyncio.create_task(asyncio.to_thread(read, number))

    async def in_new_thread(self, number):
        if number % 60 != 5:  # threads are dear
            return await self.here(number)
        thread = threading.Thread(target=self.read, args=(number,))
        thread.start()
        await asyncio.to_thread(thread.join)
        return None

    async def task(self, number, gate, late):
        async with gate:
            with whence.job(f"job {number}"):
                if number % 7 == 3:
                    with whence.job(f"inner {number}"):
                        await self.ways[number % 6](number)
                else:
                    await self.ways[number % 6](number)
                if number % 50 == 11:
                    late.append(self.pool.submit(self.write, number))

    def write(self, number):
        """Run perhaps after the task's run has ended."""
        whence.add_output(f"late {number}", namespace="n")


def tables_of(event):
    return {each["name"].rpartition("/")[2].rpartition(".")[2] for each in event["inputs"]}


def test_every_fact_is_in_the_run_of_its_task(engine, collected):
    late = []

    async def all_of_them(work):
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(work.task(number, gate, late) for number in range(TASKS)))

    with ThreadPoolExecutor(8) as pool:
        asyncio.run(all_of_them(Work(engine, pool)))
        wait(late)
    read, written = {}, {}
    for event in collected.events():
        job = event["job"]["name"]
        read.setdefault(job, set()).update(tables_of(event))
        written.setdefault(job, set()).update(each["name"] for each in event["outputs"])
    for number in range(TASKS):
        reader, other = (f"inner {number}", f"job {number}") if number % 7 == 3 else (f"job {number}", None)
        assert read[reader] == {f"t{number % TABLES}"}
        assert other is None or read[other] == set()
        assert written[f"job {number}"] == ({f"late {number}"} if number % 50 == 11 else set())
    assert len(late) == TASKS // 50


def test_ten_thousand_requests_are_in_the_windows_of_their_routes(engine, collected):
    service, routes = Service(), 37

    async def request(work, gate, number):
        async with gate:
            mine = service.begin(lambda: f"GET /{number % routes}")
            await work.ways[number % 5](number % routes)
            mine.suspend()
            mine.end(None, 200)
            assert whence.current_run() is None

    async def all_of_them(work):
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(asyncio.create_task(request(work, gate, number)) for number in range(TASKS)))

    with ThreadPoolExecutor(8) as pool:
        asyncio.run(all_of_them(Work(engine, pool)))
    service.close()
    ends = [event for event in collected.events() if event["eventType"] == "COMPLETE"]
    assert {event["job"]["name"]: tables_of(event) for event in ends} == {
        f"GET /{route}": {f"t{route}"} for route in range(routes)
    }
    assert len(ends) == routes
    assert sum(event["run"]["facets"]["whence_requests"]["requests"] for event in ends) == TASKS
