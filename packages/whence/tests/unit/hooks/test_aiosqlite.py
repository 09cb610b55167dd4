"""The aiosqlite hook: a statement belongs to the run of the task that asked for it."""

from __future__ import annotations

import asyncio

import aiosqlite
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

import whence

TABLES = "create table a (x integer primary key, y text); create table b (x integer primary key, y text)"


@pytest.fixture
async def path(tmp_path, collected):
    made = str(tmp_path / "shop.db")
    async with aiosqlite.connect(made) as connection:
        await connection.executescript(TABLES)
    return made


async def test_committed_and_rolled_back(path, collected):
    async with aiosqlite.connect(path) as connection:
        with whence.job("j"):
            await connection.executemany("insert into a values (?, ?)", [(1, "secret"), (2, "x")])
            await connection.commit()
            cursor = await connection.cursor()
            await cursor.execute("insert into b select * from a")
            await connection.commit()
            await connection.execute_fetchall("select x from b")
            await cursor.execute("update a set y = 'z'")
            await connection.rollback()
    assert collected.names("j") == ({"a", "b"}, {"a", "b"})
    assert collected.rows("j", "a") == 2
    assert collected.rows("j", "b") == 2
    assert collected.fields("j", "b") == {"x": {"a.x"}, "y": {"a.y"}}
    assert collected.end("j")["outputs"][0]["namespace"] == f"sqlite://{path}"
    assert "secret" not in collected.text()


async def test_closed_and_failed_are_nothing(path, collected):
    with whence.job("j"):
        async with aiosqlite.connect(path) as connection:
            with pytest.raises(aiosqlite.OperationalError):
                await connection.execute("insert into missing values (1)")
            async with connection.execute("insert into a values (1, 'x')"):
                pass
    assert collected.names("j") == (set(), set())


async def test_scripts(path, collected):
    async with aiosqlite.connect(path) as connection:
        with whence.job("j"):
            await connection.executescript("begin; delete from b; rollback; create table c as select * from a;")
    assert collected.names("j") == ({"a"}, {"c"})


async def test_interleaved_tasks_on_one_connection_are_never_mixed(path, collected):
    async with aiosqlite.connect(path) as connection:

        async def work(number):
            with whence.job(f"task{number}"):
                for _ in range(5):
                    await connection.execute_fetchall(f"select x from {'ab'[number % 2]}")

        await asyncio.gather(*(work(number) for number in range(20)))
    for number in range(20):
        assert collected.names(f"task{number}") == ({"ab"[number % 2]}, set())


async def test_below_sqlalchemy_each_is_counted_once(path, collected):
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    with whence.job("j"):
        async with engine.begin() as connection:
            await connection.execute(sa.text("insert into a values (:x, 'x')"), [{"x": 1}, {"x": 2}])
            await connection.execute(sa.text("insert into b values (1, 'x')"))
    await engine.dispose()
    assert collected.rows("j", "a") == 2
    assert collected.rows("j", "b") == 1


async def test_uninstall_restores(path, collected):
    wrapped = aiosqlite.connect
    whence.uninstall()
    assert aiosqlite.connect is aiosqlite.core.connect is not wrapped
    assert "whence" not in aiosqlite.core.Connection._execute.__code__.co_filename
    async with aiosqlite.connect(path) as connection:
        with whence.job("j"):
            await connection.execute_fetchall("select x from a")
    assert collected.names("j") == (set(), set())
