"""What `import whence` offers, and what it costs."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest

import whence


def test_names_are_sorted_and_there():
    assert whence.__all__ == sorted(whence.__all__)
    for name in whence.__all__:
        assert getattr(whence, name).__doc__, name


def test_job_is_the_function_whatever_was_imported_first():
    code = "import whence.job; from whence.job import Job; import whence; assert isinstance(whence.job('x'), Job)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_signatures():
    assert str(inspect.signature(whence.flush)) == "(timeout_s: 'float' = 5.0) -> 'FlushResult | None'"
    assert list(inspect.signature(whence.start_run).parameters) == ["name", "inputs", "options"]
    assert list(inspect.signature(whence.complete_run).parameters) == ["run", "inputs", "outputs"]
    assert list(inspect.signature(whence.fail_run).parameters) == ["run", "error", "inputs", "outputs"]


def test_import_loads_only_the_standard_library_and_whence():
    code = "import sys, json; old = set(sys.modules); import whence; print(json.dumps(list(set(sys.modules) - old)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
    foreign = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"whence"}
    assert foreign == set()
    assert {"asyncio", "http", "uuid", "typing", "dataclasses", "logging", "inspect"}.isdisjoint(loaded)


def test_import_takes_at_most_40_ms():
    assert min(_import_ms() for _ in range(5)) <= 40


def _import_ms() -> float:
    command = [sys.executable, "-X", "importtime", "-c", "import whence"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stderr.splitlines()
    (cumulative,) = (line.split("|")[1] for line in lines if line.split("|")[-1].strip() == "whence")
    return int(cumulative) / 1000


@pytest.mark.parametrize("setup", ["import whence; whence.configure(disabled=True)", "import whence"])
def test_collection_off_every_call_does_nothing(setup, tmp_path):
    code = f"""
{setup}
import asyncio
@whence.job("f")
def f():
    whence.add_input(object()); whence.add_output("x", nonsense=1)
    assert whence.current_run() is None
    return 1
@whence.job
async def g():
    return 2
@whence.job
def h():
    yield 3
assert f() == 1 and asyncio.run(g()) == 2 and list(h()) == [3]
with whence.job("block") as run:
    run.add_input(None)
run = whence.start_run("hand", inputs=[object()])
whence.complete_run(run, outputs=["y"]); whence.fail_run(run, "no")
assert whence.flush() is None and whence.shutdown()
whence.install(); import sqlalchemy as sa
with whence.job("sql"), sa.create_engine("sqlite://").begin() as connection:
    connection.execute(sa.text("create table t (a int)"))
whence.uninstall()
"""
    environ = {"WHENCE_DISABLED": "1", "HOME": str(tmp_path)} if "configure" not in setup else {"HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=False, capture_output=True, text=True, env=environ
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
