"""With the compiled parser of `whence[fast]` answers are the same as without: in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
UV = ROOT / "tools" / "uv"
LIBRARY = ROOT / "packages" / "whence"

TEXTS = [
    ("postgres", "with recursive r as (select i from t union all select r.i from r) select * from r"),
    ("postgres", "insert into a (x) select sum(b) over (partition by c) from d where e in (select f from g)"),
    ("snowflake", "merge into t using s on t.i = s.i when matched then update set a = s.a"),
    ("snowflake", "copy into t from @s/x file_format = (type = csv); select $1:a::int from @s"),
    ("bigquery", "select * except (a), s.b.c from `p.d.t`, unnest(x) as y"),
    ("tsql", "select top 5 a into #x from dbo.t with (nolock) update u set b = 1 from u join #x on u.i = #x.i"),
    ("mysql", "update t join s on t.i = s.i set t.a = s.b; frobnicate the 'x'; replace into t select * from s"),
    ("spark", "insert overwrite table t partition (d = '1') select a, explode(b) as c from {{ ref('s') }}"),
    ("oracle", "select a from t where b = :x connect by prior c = d"),
    ("duckdb", "from read_parquet('a.parquet') select sum(x) as y"),
    ("clickhouse", "select {x:Int32}, arrayMap(a -> a + b, c) from t final"),
    ("postgres", "select " + "(" * 300 + "a" + ")" * 300 + " as a from t where " + " and ".join(["b = 1"] * 3000)),
    ("postgres", "select from where"),
    ("postgres", "create table a as\nselect b frm c d"),
    ("mysql", "select a, 'never closed from t"),
]  # fmt: skip

ASK = """
import json, sys
from whence.sql import lineage
answers = [repr(lineage(text, dialect)) for dialect, text in json.load(sys.stdin)]
from whence.sql._parser import IS_COMPILED
print(json.dumps([IS_COMPILED, answers]))
"""


def run(*command, **more):
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False, **more
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def fast(tmp_path_factory):
    """Give the interpreter of an environment that has `whence[fast]` with the same sqlglot as this one."""
    folder = tmp_path_factory.mktemp("fast")
    run(UV, "venv", "--python", sys.executable, folder)
    python = folder / "bin" / "python"
    run(UV, "pip", "install", "--python", python, f"{LIBRARY}[fast]", f"sqlglot=={version('sqlglot')}")
    return python


def answers(python):
    return json.loads(run(python, "-c", ASK, input=json.dumps(TEXTS)))


def test_answers_are_those_of_the_pure_parser(fast):
    is_compiled, said = answers(fast)
    assert is_compiled
    assert [False, said] == answers(sys.executable)
