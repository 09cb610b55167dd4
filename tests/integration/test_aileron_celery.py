"""The Celery recipe of aileron-meta-collector's README in a real worker, with Redis as its broker."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from gms_server import GmsServer
from servers import free_port, wait_until
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.integration

WORKER = """
import os
from celery import Celery, signals
from sqlalchemy import create_engine, text
from whence.aileron import install_all_hooks, datahub_job
from whence.aileron.context import set_job, clear_job

app = Celery("tasks", broker=os.environ["BROKER"], backend=os.environ["BROKER"])
engine = create_engine(os.environ["DATABASE"])
install_all_hooks()

@signals.task_prerun.connect
def on_task_start(task_id, task, **kwargs):
    set_job(job_id=task.name, flow="celery-workers")

@signals.task_postrun.connect
def on_task_end(**kwargs):
    clear_job()

@app.task(name="tasks.copy")
def copy(n):
    with engine.begin() as connection:
        connection.execute(text(f"insert into copied select * from t{n}"))
    return n

@app.task(name="tasks.read")
def read(n):
    with engine.connect() as connection:
        connection.execute(text(f"select * from t{n}")).all()
    with datahub_job("inner", flow="celery-workers"):
        pass

@app.task(name="tasks.fail")
def fail():
    with engine.begin() as connection:
        connection.execute(text("insert into copied select * from t0"))
        raise ValueError("bad")
"""


@pytest.fixture
def redis(tmp_path):
    """Give the URL of a Redis of our own."""
    program, port = shutil.which("redis-server"), free_port()
    if program is None:
        pytest.skip("redis-server is not on this machine (apt-get install redis-server)")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    import redis as client  # noqa: PLC0415  only here

    with client.Redis(port=port) as connection:

        def answers():
            try:
                return connection.ping()
            except client.ConnectionError:
                return False

        wait_until(answers, what="Redis answering")
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(30)


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_celery_recipe(redis, tmp_path, pool):
    import celery  # noqa: PLC0415  loaded late: its signals would be seen by the other tests

    database = f"sqlite:///{tmp_path}/shop.db"
    with create_engine(database).begin() as connection:
        for table in ("t0", "t1", "copied"):
            connection.execute(text(f"create table {table} (id integer)"))
    (tmp_path / "tasks.py").write_text(WORKER)
    with GmsServer() as gms:
        environ = {
            "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path), "BROKER": redis,
            "DATABASE": database, "DATAHUB_GMS_URL": gms.url, "WHENCE_POLL_S": "0.05",
            "WHENCE_EXIT_TIMEOUT_S": "20",  # this machine may be busy, and loading the reader takes what it takes
        }  # fmt: skip
        program = Path(sys.executable).with_name("celery")
        command = [program, "-A", "tasks", "worker", "--pool", pool, "--concurrency", "2", "--loglevel", "error"]
        worker = subprocess.Popen([str(part) for part in command], env=environ, cwd=tmp_path)
        try:
            app = celery.Celery(broker=redis, backend=redis)
            with app.connection_for_write() as connection:
                sent = [app.send_task(f"tasks.{name}", args, connection=connection) for name, args in TASKS]
            for each in sent:
                each.get(timeout=60, propagate=False)
        finally:
            worker.terminate()
            worker.wait(60)
            app.close()
        wait_until(lambda: len(ended(gms)) >= len(TASKS) + 1, what="all runs having arrived", limit_s=20)
        found = ended(gms)
    flow = "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,celery-workers,PROD),{})"
    table = "urn:li:dataset:(urn:li:dataPlatform:sqlite,shop.main.{},PROD)".format
    copies = [run for run in found if run.job == flow.format("tasks.copy")]
    assert {frozenset(run.inputs) for run in copies} == {frozenset([table("t0")]), frozenset([table("t1")])}
    assert {frozenset(run.outputs) for run in copies} == {frozenset([table("copied")])}
    (read,) = (run for run in found if run.job == flow.format("tasks.read"))
    assert (read.inputs, read.outputs, read.states[-1]) == ({table("t1")}, set(), "SUCCESS")
    (failed,) = (run for run in found if run.job == flow.format("tasks.fail"))
    assert (failed.outputs, failed.states[-1]) == (set(), "FAILURE")


TASKS = [("copy", (0,)), ("copy", (1,)), ("read", (1,)), ("fail", ())]


def ended(gms):
    return [run for run in gms.catalogue().runs() if len(run.states) == 2]
