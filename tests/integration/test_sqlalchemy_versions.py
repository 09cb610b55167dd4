"""The SQLAlchemy hook under SQLAlchemy 1.4, 2.0 and the one that is installed: one program, one answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "integration" / "sqlalchemy_events.py"
EVERYWHERE = """\
autocommit  > other=1
begin source > target=3
forgotten  >
many  > other=50
orm other > other=5
outer_join other+target >
raw  > other
rollback source >
savepoint  > other"""
ON_A_SERVER = """\
returning  > counted=1500
two_phase  > target
update_from source > target=3"""
ASYNC = """\
async0  > source=1
async1  > target=1
async2  > other=1"""


def _python(version: str | None) -> list[str]:
    if version is None:
        return [sys.executable]
    libraries = (f"sqlalchemy{version}", "psycopg2-binary", "aiosqlite", "greenlet", "sqlglot")
    wanted = [part for library in libraries for part in ("--with", library)]
    options = ["--isolated", "--no-project", "--quiet", "--python", sys.executable]
    return [shutil.which("uv") or "uv", "run", *options, *wanted, "python"]


@pytest.mark.parametrize("version", [None, ">=2.0,<2.1", "==1.4.54"])
def test_same_answer_under_every_version(tmp_path, postgres_url, version):
    url = sa.make_url(postgres_url).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "packages" / "whence" / "src")}
    done = subprocess.run(
        [*_python(version), "-W", "ignore", str(PROGRAM), str(tmp_path), url],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    expected = [f"sqlite {line}" for line in EVERYWHERE.splitlines()]
    expected += sorted(f"postgresql {line}" for line in (EVERYWHERE + "\n" + ON_A_SERVER).splitlines())
    expected += ASYNC.splitlines()
    assert [line.rstrip() for line in done.stdout.splitlines()] == expected
