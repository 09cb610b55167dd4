"""With the compiled parser of `whence[fast]` answers are the same. Runs where it is installed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from whence.sql import lineage

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
]  # fmt: skip

PURE = """
import sys, json
from importlib.machinery import FileFinder, SourceFileLoader
sources = FileFinder.path_hook((SourceFileLoader, [".py"]))
def only_sources(path):
    if "sqlglot" not in path.replace("\\\\", "/").rsplit("site-packages", 1)[-1]:
        raise ImportError(path)
    return sources(path)
sys.path_hooks.insert(0, only_sources)
from whence.sql import _parser, lineage
assert not _parser.IS_COMPILED
print(json.dumps([repr(lineage(text, dialect)) for dialect, text in json.load(sys.stdin)]))
"""


def test_answers_are_those_of_the_pure_parser():
    from whence.sql import _parser  # noqa: PLC0415  loads the parser

    if not _parser.IS_COMPILED:
        pytest.skip("whence[fast] is not installed")
    command = [sys.executable, "-c", PURE]
    done = subprocess.run(command, input=json.dumps(TEXTS), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [repr(lineage(text, dialect)) for dialect, text in TEXTS]
