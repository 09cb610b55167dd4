"""Ten thousand async tasks on real PostgreSQL: no statement is ever put down to another task's run."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

import whence

pytestmark = [pytest.mark.integration, pytest.mark.slow]

TASKS = 10_000
TABLES = 7


async def test_interleaved_tasks_are_never_mixed(postgres_url, collected):
    engine = create_async_engine(postgres_url, pool_size=10, max_overflow=0, pool_timeout=240)
    async with engine.begin() as connection:
        for number in range(TABLES):
            await connection.execute(text(f"create table t{number} (a integer)"))

    async def work(number):
        with whence.job(f"task{number}"):
            async with engine.connect() as connection:
                await connection.execute(text(f"select a from t{number % TABLES}"))
                await connection.execute(text(f"insert into t{(number + 1) % TABLES} values (:n)"), {"n": number})
                if number % 2:
                    await connection.commit()
                else:
                    await connection.rollback()

    await asyncio.gather(*(work(number) for number in range(TASKS)))
    await engine.dispose()
    wrong = 0
    ends = [event for event in collected.events() if event["eventType"] == "COMPLETE"]
    assert len(ends) == TASKS
    for end in ends:
        number = int(end["job"]["name"].removeprefix("task"))
        read = [each["name"].rpartition(".")[2] for each in end["inputs"]]
        written = [each["name"].rpartition(".")[2] for each in end["outputs"]]
        expected = [f"t{(number + 1) % TABLES}"] if number % 2 else []
        wrong += (read, written) != ([f"t{number % TABLES}"], expected)
    assert wrong == 0
