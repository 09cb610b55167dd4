"""The demo, as a person sees it: real programs, a real server, true answers; on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

pytestmark = [pytest.mark.integration, pytest.mark.slow]

MODEL = "model:fraud/1.0.0"
LIMIT_S = 60


def start(folder, *words: object, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "whence.cli", "demo", "--data", folder, "--port", "0", "--no-browser", *words]
    return subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | environment,
    )


def test_it_answers_the_questions_and_stays_up(tmp_path):
    began = time.monotonic()
    process = start(tmp_path)
    lines: list[str] = []
    while not lines or "until Ctrl-C" not in lines[-1]:
        line = process.stdout.readline()
        assert line, "".join(lines) + process.stderr.read()
        lines.append(line)
    assert time.monotonic() - began < LIMIT_S
    text = "".join(lines)
    assert "load_shop, attempt 1: failed: orders.csv, line 1742: amount '129,OOO' is not a number" in text
    assert "load_shop, attempt 2: 3,400 rows loaded" in text
    tree = text.partition("What does the model come from?")[2].partition("What breaks")[0]
    assert [
        name for name in ("training.csv", "customer_features", "customers.csv", "orders.csv") if name not in tree
    ] == []
    breaks = text.partition("What breaks if customers.email goes?")[2].partition("Which run failed")[0]
    assert "customer_features.mail_domain" in breaks
    assert f"{MODEL}.fraud_probability" in breaks
    assert "city_sales" not in breaks
    url = lines[-1].split()[4].replace("localhost", "127.0.0.1")
    assert httpx.get(f"{url}/health").json()["status"] == "ok"
    check_graph(url)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "The server has ended" in out
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/health")


def check_graph(url: str) -> None:
    """Look at what the shop's programs told: two flows of two jobs, each job's runs children of its flow's."""
    jobs = {job["name"]: job for job in httpx.get(f"{url}/api/v1/namespaces/shop/jobs").json()["jobs"]}
    parents = {name: job["parentJobName"] for name, job in jobs.items()}
    assert parents == {
        "nightly": None,
        "fraud": None,
        "load_shop": "nightly",
        "aggregate_orders": "nightly",
        "write_training_file": "fraud",
        "train_model": "fraud",
    }
    runs = httpx.get(f"{url}/api/v1/namespaces/shop/jobs/load_shop/runs").json()["runs"]
    assert [run["state"] for run in runs] == ["COMPLETED", "FAILED"]
    assert "is not a number" in runs[1]["facets"]["errorMessage"]["message"]
    assert "129,OOO" not in json.dumps(runs)
    files = [h["name"] for h in httpx.get(f"{url}/api/v1/search", params={"q": "orders.csv"}).json()["results"]]
    assert len({name for name in files if "@sha256:" in name}) == 2, (
        "the broken export and the mended one are two files"
    )


def test_no_personal_data_leaves_the_programs(tmp_path):
    process = start(tmp_path, "--once")
    _, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, err
    rows = (tmp_path / "shop" / "customers.csv").read_text(encoding="utf-8").splitlines()[1:]
    private = {value for row in rows[:50] for value in row.split(",")[1:5]}
    command = [sys.executable, "-m", "whence.cli", "export", "--events", "--data", tmp_path / "server"]
    events = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert events.count("\n") == 14
    assert [value for value in private if value in events] == []


def test_on_postgres_as_json(tmp_path, postgres_url):
    process = start(tmp_path, "--once", "--json", WHENCE_DEMO_DATABASE_URL=postgres_url)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, err
    told = json.loads(out)
    assert "PostgreSQL" in told["database"]
    model, impact, failed, path = (each["answer"] for each in told["questions"])
    names = {node["name"].rpartition(".")[2] for node in model["nodes"]}
    assert {"customer_features", "customers", "orders", "train_model", "load_shop"} <= names
    assert any(each["dataset"] == MODEL and each["direct"] for each in impact["fields"])
    assert len(failed["failed"]) == 1
    assert path["length"] == 4


def test_a_database_that_cannot_be_used_is_said(tmp_path):
    url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    process = start(tmp_path, "--once", "--json", WHENCE_DEMO_DATABASE_URL=url)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, err
    assert json.loads(out)["database"].startswith("SQLite, because WHENCE_DEMO_DATABASE_URL cannot be used: ")
