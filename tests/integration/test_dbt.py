"""openlineage-dbt, unmodified, on a small dbt project on DuckDB: its events make the graph that the project draws."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

pytestmark = [pytest.mark.integration, pytest.mark.slow]

PROJECT = Path(__file__).parent / "dbt_shop"


def run_dbt(project: Path, server: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    programs = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "OPENLINEAGE_URL": server,
        "OPENLINEAGE_NAMESPACE": "dbt-shop",
        "DBT_SHOP_DATABASE": str(project / "shop.duckdb"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    return subprocess.run(
        [programs / "dbt-ol", *arguments, "--project-dir", str(project), "--profiles-dir", str(project)],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.fixture(scope="module")
def dbt_server(tmp_path_factory, whence_server):
    project = tmp_path_factory.mktemp("dbt") / "dbt_shop"
    shutil.copytree(PROJECT, project)
    seeded = run_dbt(project, whence_server.url, "seed")
    assert seeded.returncode == 0, seeded.stdout + seeded.stderr
    ran = run_dbt(project, whence_server.url, "run")
    assert "no_such_column" in ran.stdout, ran.stdout + ran.stderr
    return whence_server.url


def dataset_names(graph: dict) -> dict[str, int]:
    return {node["name"].rsplit(".", 1)[-1]: node["distance"] for node in graph["nodes"] if node["type"] == "DATASET"}


def test_the_model_comes_from_the_seeds_through_the_staging_table(dbt_server):
    found = httpx.get(f"{dbt_server}/api/v1/search", params={"q": "revenue", "filter": "DATASET"}).json()
    (node,) = [r for r in found["results"] if r["name"].endswith("revenue")]
    graph = httpx.get(f"{dbt_server}/lineage/graph", params={"entity": node["nodeId"], "direction": "up"}).json()
    distances = dataset_names(graph)
    assert distances["revenue"] == 0
    assert distances["stg_orders"] == -1
    assert distances["customers"] == -1
    assert distances["orders"] == -2
    assert not graph["truncated"]


def test_the_failed_model_is_a_failed_run(dbt_server):
    jobs = httpx.get(f"{dbt_server}/api/v1/namespaces/dbt-shop/jobs").json()["jobs"]
    states = {job["name"].rsplit(".", 1)[-1]: (job["latestRun"] or {}).get("state") for job in jobs}
    broken = [state for name, state in states.items() if "broken" in name]
    revenue = [state for name, state in states.items() if "revenue" in name]
    assert broken == ["FAILED"]
    assert revenue == ["COMPLETED"]


def test_the_models_are_children_of_the_dbt_run_and_keep_their_names(dbt_server):
    jobs = httpx.get(f"{dbt_server}/api/v1/namespaces/dbt-shop/jobs").json()["jobs"]
    parents = {job["name"]: job["parentJobName"] for job in jobs}
    models = [name for name in parents if name.endswith(("revenue", "stg_orders"))]
    assert models
    assert all(parents[name] for name in models)


def test_the_schema_of_a_model_reads_back(dbt_server):
    found = httpx.get(f"{dbt_server}/api/v1/search", params={"q": "stg_orders", "filter": "DATASET"}).json()
    (node,) = [r for r in found["results"] if r["name"].endswith("stg_orders")]
    graph = httpx.get(
        f"{dbt_server}/lineage/graph", params={"entity": node["nodeId"], "depth": 1, "fields": "true"}
    ).json()
    (table,) = [n for n in graph["nodes"] if n["id"] == node["nodeId"]]
    assert {"order_id", "customer_id", "amount"} <= {field["name"] for field in table["fields"]}
