"""The OpenLineage corpus over HTTP: valid events are taken and read back equal, the others are answered clearly.

The corpus lies outside the project (../shared/corpus/openlineage) and is not copied into it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

pytestmark = pytest.mark.integration

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "openlineage" / "events.jsonl"

if not CORPUS.exists():
    pytest.skip(f"the corpus is not at {CORPUS}", allow_module_level=True)

LINES = [json.loads(line) for line in CORPUS.read_text().splitlines()]
VALID = [line["event"] for line in LINES if line["valid"]]
INVALID = [line for line in LINES if not line["valid"]]


@pytest.fixture(scope="module")
def client(whence_server):
    with httpx.Client(base_url=whence_server.url, timeout=30) as client:
        for number, event in enumerate(VALID):
            answer = client.post("/api/v1/lineage", json=event)
            assert answer.status_code == httpx.codes.CREATED, (number, answer.text)
        yield client


def latest(key: Any) -> dict[Any, dict[str, Any]]:
    """Collect, per owner that `key(event)` yields, the facet of each name with the latest event time."""
    found: dict[Any, dict[str, tuple[str, Any]]] = defaultdict(dict)
    for event in VALID:
        for owner, facets in key(event):
            for name, facet in (facets or {}).items():
                at = moment(event["eventTime"])
                if name not in found[owner] or at >= found[owner][name][0]:
                    found[owner][name] = (at, facet)
    return {
        owner: {n: f for n, (_, f) in facets.items() if not (isinstance(f, dict) and f.get("_deleted"))}
        for owner, facets in found.items()
    }


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def ties(key: Any) -> set[tuple[Any, str]]:
    """Name the (owner, facet) pairs that two events of one instant say differently: either may win."""
    seen: dict[tuple[Any, str, float], str] = {}
    tied: set[tuple[Any, str]] = set()
    for event in VALID:
        for owner, facets in key(event):
            for name, facet in (facets or {}).items():
                body = json.dumps(facet, sort_keys=True)
                if seen.setdefault((owner, name, moment(event["eventTime"])), body) != body:
                    tied.add((owner, name))
    return tied


def run_facets(event: dict[str, Any]):
    if "run" in event:
        yield (
            (event["run"]["runId"].lower(), event["job"]["namespace"], event["job"]["name"]),
            event["run"].get("facets"),
        )


def job_facets(event: dict[str, Any]):
    if "job" in event:
        yield (event["job"]["namespace"], event["job"]["name"]), event["job"].get("facets")


def dataset_facets(event: dict[str, Any]):
    for dataset in [
        *event.get("inputs", []),
        *event.get("outputs", []),
        *([event["dataset"]] if "dataset" in event else []),
    ]:
        yield (dataset["namespace"], dataset["name"]), dataset.get("facets")


def differences(wanted: dict[str, Any], got: dict[str, Any], owner: Any, tied: set[tuple[Any, str]]) -> list[str]:
    return [f"{owner} {name}" for name, facet in wanted.items() if (owner, name) not in tied and got.get(name) != facet]


def test_every_run_facet_reads_back_equal(client):
    tied, wrong = ties(run_facets), []
    by_id: dict[str, set[Any]] = defaultdict(set)
    for owner in latest(run_facets):
        by_id[owner[0]].add(owner)
    for owner, wanted in latest(run_facets).items():
        if len(by_id[owner[0]]) > 1:
            continue
        got = client.get(f"/api/v1/jobs/runs/{owner[0]}").raise_for_status().json()["facets"]
        wrong += differences(wanted, got, owner, tied)
    assert wrong == []


def test_every_job_facet_reads_back_equal_under_the_name_it_was_sent_with(client):
    tied, wrong = ties(job_facets), []
    for owner, wanted in latest(job_facets).items():
        namespace, name = (quote(part, safe="") for part in owner)
        got = client.get(f"/api/v1/namespaces/{namespace}/jobs/{name}").raise_for_status().json()["facets"]
        wrong += differences(wanted, got, owner, tied)
    assert wrong == []


def test_every_dataset_facet_reads_back_equal(client):
    tied, wrong = ties(dataset_facets), []
    for owner, wanted in latest(dataset_facets).items():
        namespace, name = (quote(part, safe="") for part in owner)
        got = client.get(f"/api/v1/namespaces/{namespace}/datasets/{name}").raise_for_status().json()["facets"]
        wrong += differences(wanted, got, owner, tied)
    assert wrong == []


@pytest.mark.parametrize("number", range(len(INVALID)))
def test_an_invalid_event_gets_a_clear_answer(client, number):
    line = INVALID[number]
    answer = client.post("/api/v1/lineage", json=line["event"])
    if answer.status_code == httpx.codes.CREATED:
        warnings = answer.json()["warnings"]
        assert warnings, line["error"]
        assert all({"code", "path", "message"} <= set(warning) for warning in warnings)
    else:
        assert 400 <= answer.status_code < 500, answer.text
        body = answer.json()
        assert body["code"] == answer.status_code
        assert body["message"]
        assert body["path"].startswith("$"), body
