"""A Celery application as a service has it: tasks that move data, fail, are retried, call each other."""

from __future__ import annotations

import os
import time

import sqlalchemy as sa
from celery import Celery

import whence
from whence.integrations.celery import observe

app = Celery("shop", broker=os.environ["BROKER"], backend=os.environ["BROKER"])
app.conf.update(worker_hijack_root_logger=False, broker_connection_retry_on_startup=True, task_time_limit=60)
whence.install()
observe(flow="shop")
URL = os.environ["DATABASE"]


def write(table: str) -> None:
    """Make a table from another one."""
    engine = sa.create_engine(URL, connect_args={"timeout": 60})
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table {table} as select a from source")
    engine.dispose()


@app.task
def load(table: str) -> str:
    """Load one table."""
    write(table)
    return table


@app.task
def fail() -> None:
    raise LookupError("not there")


@app.task(bind=True, max_retries=2, default_retry_delay=0)
def flaky(self) -> None:
    if self.request.retries < 2:  # the third attempt succeeds
        raise self.retry(exc=OSError("again"))
    write("flaky")


@app.task
def sends() -> None:
    load.delay("sent")
    with whence.job("inside"):
        write("inside")


@app.task
def eager() -> None:
    load.apply(("eager",))


@app.task
def leaves() -> None:
    raise SystemExit(3)


@app.task
def hangs() -> None:
    time.sleep(60)
