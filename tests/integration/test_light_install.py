"""`pip install whence` alone, from its wheel, with the sources out of reach: what a service gets.

In the newest Python that is on this machine, and what has to do with the end of a process in 3.12 too, which starts no
threads then; all other tests run in the one of the development environment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
UV = ROOT / "tools" / "uv"
PYTHONS = ("3.14", "3.13", "3.12")
ENDS = ("aileron", "capture", "emit", "integrations", "test_context.py", "test_job.py", "test_parents.py")
"""The unit tests in which processes end."""


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("WHENCE_", "OPENLINEAGE_", "OL_"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )


def python(version: str) -> str | None:
    """Return the path of a Python that is on this machine already."""
    found = run(UV, "python", "find", "--no-python-downloads", "--no-project", version, cwd=ROOT)
    return found.stdout.strip() if found.returncode == 0 else None


@pytest.fixture(scope="module")
def light(tmp_path_factory):
    """Give the folder of a virtual environment that has the wheel of `whence`, its one dependency and pytest."""
    newest = next(filter(None, map(python, PYTHONS)), sys.executable)
    return environment(tmp_path_factory.mktemp("light"), newest)


def environment(folder: Path, interpreter: str) -> Path:
    """Make such an environment; return the folder."""
    built = run(UV, "build", "--wheel", "--package", "whence", "--out-dir", folder / "dist", cwd=ROOT)
    assert built.returncode == 0, built.stderr
    (wheel,) = (folder / "dist").glob("whence-*.whl")
    made = run(UV, "venv", "--python", interpreter, folder / "venv", cwd=folder)
    assert made.returncode == 0, made.stderr
    tools = ["pytest", "pytest-asyncio", "pytest-timeout", "hypothesis", "jsonschema[format-nongpl]"]
    watched_or_oracle = ["sqlalchemy[asyncio]", "aiosqlite", "openlineage-python==1.54.0"]
    installed = run(UV, "pip", "install", "--python", folder / "venv", wheel, *tools, *watched_or_oracle, cwd=folder)
    assert installed.returncode == 0, installed.stderr
    return folder


def test_the_library_needs_one_package_and_loads_none(light):
    script = (
        "import sys, whence, json; "
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules} - set(sys.stdlib_module_names))))"
    )
    loaded = run(light / "venv/bin/python", "-I", "-c", script, cwd=light)
    foreign = [name for name in json.loads(loaded.stdout) if not name.startswith(("_", "whence"))]
    assert foreign == [], loaded.stderr


@pytest.mark.timeout(600)
def test_the_unit_tests_pass_from_the_wheel(light):
    run_unit_tests(light, [""])


@pytest.mark.timeout(600)
def test_processes_end_well_in_python_3_12(tmp_path):
    run_unit_tests(environment(tmp_path, python("3.12") or sys.executable), ENDS)


def run_unit_tests(light, parts):
    """Run the unit tests, or those in some of its parts, in the environment."""
    tests = light / "packages/whence/tests/unit"
    shutil.copytree(ROOT / "packages/whence/tests/unit", tests)
    shutil.copytree(ROOT / "spec", light / "spec")
    (light / "tests").mkdir()
    shutil.copy(ROOT / "tests/collected.py", light / "tests")
    options = ["asyncio_mode=auto", "pythonpath=tests"]
    arguments = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "--rootdir", light]
    arguments += [part for option in options for part in ("-o", option)]
    ran = run(light / "venv/bin/python", "-m", "pytest", *arguments, *(tests / part for part in parts), cwd=light)
    assert ran.returncode == 0, ran.stdout[-6000:]
    print(run(light / "venv/bin/python", "--version", cwd=light).stdout, ran.stdout[-200:])
    assert " passed" in ran.stdout


@pytest.mark.parametrize(
    "command", [["doctor"], ["doctor", "--json"], ["drain"], ["config", "show"], ["sql", "SELECT x FROM b"]]
)
def test_the_commands_that_need_no_server_work(light, command):
    ran = run(light / "venv/bin/whence", *command, cwd=light, WHENCE_SPOOL_DIR=str(light / "spool"))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
    if "--json" in command:
        json.loads(ran.stdout)


def test_a_server_command_says_what_to_install(light):
    ran = run(light / "venv/bin/whence", "serve", cwd=light)
    assert ran.returncode != 0
    assert "whence-server" in ran.stderr
    assert "Traceback" not in ran.stderr
