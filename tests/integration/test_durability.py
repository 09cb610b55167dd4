"""Answered means kept: a server killed under load has, after its restart, every event that it had answered."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime

import httpx
import pytest
from servers import WhenceServer

pytestmark = pytest.mark.integration

PRODUCER = "https://example.com/durability-test"


def event(job: str, run_id: str) -> dict:
    return {
        "eventType": "COMPLETE",
        "eventTime": datetime.now(UTC).isoformat(),
        "producer": PRODUCER,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run_id},
        "job": {"namespace": "durability", "name": job},
        "inputs": [{"namespace": "durability", "name": f"{job}.in"}],
        "outputs": [{"namespace": "durability", "name": f"{job}.out"}],
    }


def post_until(stop: threading.Event, url: str, job: str, answered: list[str]) -> None:
    """Post events one after another; note the run ids of those the server answered with 201."""
    with httpx.Client(timeout=5) as client:
        while not stop.is_set():
            run_id = str(uuid.uuid4())
            try:
                response = client.post(f"{url}/api/v1/lineage", json=event(job, run_id))
            except httpx.TransportError:
                return
            if response.status_code == httpx.codes.CREATED:
                answered.append(run_id)


def run_ids(url: str, job: str) -> set[str]:
    found: set[str] = set()
    while True:
        page = httpx.get(
            f"{url}/api/v1/namespaces/durability/jobs/{job}/runs", params={"limit": 100, "offset": len(found)}
        ).json()
        found |= {run["id"] for run in page["runs"]}
        if len(found) >= page["totalCount"] or not page["runs"]:
            return found


@pytest.mark.parametrize("attempt", range(3))
def test_a_killed_server_has_every_answered_event(tmp_path, attempt):
    stop, answered = threading.Event(), {f"job_{attempt}_{n}": [] for n in range(6)}
    with WhenceServer(tmp_path) as server:
        writers = [threading.Thread(target=post_until, args=(stop, server.url, *item)) for item in answered.items()]
        for writer in writers:
            writer.start()
        stop.wait(0.4 + 0.3 * attempt)
        server.kill()
        stop.set()
        for writer in writers:
            writer.join()
        server.start()
        assert sum(len(ids) for ids in answered.values()) > 0
        for job, ids in answered.items():
            if ids:
                assert set(ids) <= run_ids(server.url, job)
                path = httpx.get(
                    f"{server.url}/lineage/path",
                    params={"frm": f"dataset:durability:{job}.in", "to": f"dataset:durability:{job}.out"},
                )
                assert path.json()["found"]
