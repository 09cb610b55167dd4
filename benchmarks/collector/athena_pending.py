"""What Athena's queries cost: bytes held for each that nobody polls, CPU of the host's thread, requests of ours.

    python benchmarks/collector/athena_pending.py [--queries 10000]

The client is one that answers from memory, so that only our own part is measured. The goal is C7 of the collector
study: less than 256 bytes a query (its id included), and 50 ids a request.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
import tracemalloc
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import whence
from whence.hooks._aws.athena import Athena

GOAL_BYTES = 256
TEXT = "INSERT INTO out SELECT id, amount FROM orders WHERE day = date '2026-01-01'"


class Client:
    """A client of Athena to which every query has succeeded."""

    def __init__(self) -> None:
        model = SimpleNamespace(service_name="athena")
        self.meta = SimpleNamespace(
            region_name="eu-west-1", partition="aws", service_model=model, endpoint_url="http://x"
        )
        self.requests = 0

    def _make_api_call(self) -> None:
        """Be synchronous."""

    def batch_get_query_execution(self, *, QueryExecutionIds: list[str]) -> dict[str, Any]:  # noqa: N803  AWS's name
        """Say that all of them have succeeded."""
        self.requests += 1
        return {"QueryExecutions": [told(each) for each in QueryExecutionIds]}


def told(query_id: str, state: str = "SUCCEEDED") -> dict[str, Any]:
    """Return what Athena says of a query."""
    return {"QueryExecutionId": query_id, "Query": TEXT, "Status": {"State": state}}


def spend(athena: Athena, client: Client, operation: str, answers: list[dict[str, Any]]) -> float:
    """Return microseconds of CPU per call."""
    start = time.thread_time()
    for answer in answers:
        athena.called(client, operation, {}, answer)
    return (time.thread_time() - start) / len(answers) * 1e6


def weigh(athena: Athena, client: Client, ids: list[str]) -> float:
    """Start queries, with nobody looking meanwhile; return the bytes that are held for each."""
    whence.flush(60)  # the background has loaded what it needs
    put, athena.looker.put = athena.looker.put, lambda _: True  # type: ignore[method-assign]
    gc.collect()
    tracemalloc.start()
    spend(athena, client, "StartQueryExecution", [{"QueryExecutionId": each} for each in ids])
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    athena.looker.put = put  # type: ignore[method-assign]
    return (held + sum(map(sys.getsizeof, ids))) / len(ids)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=10_000)
    queries: int = min(parser.parse_args().queries, 10_000)
    with tempfile.TemporaryDirectory() as folder:
        whence.configure(sinks=f"file:{Path(folder) / 'events.jsonl'}", spool_dir=str(Path(folder) / "spool"))
        athena, client = Athena(), Client()
        ids = [str(uuid.uuid4()) for _ in range(queries)]
        with whence.job("forgets"):
            held = weigh(athena, client, ids)
        started = time.monotonic()
        whence.flush(60)
        took = time.monotonic() - started
        print(f"held for a query        {held:8.0f} bytes   goal {GOAL_BYTES}")
        print(f"requests for {queries:6} ids {client.requests:8}         {took:.1f} s until all were told")
        with whence.job("polls"):
            ids = [str(uuid.uuid4()) for _ in range(min(queries, 1_000))]
            start = spend(athena, client, "StartQueryExecution", [{"QueryExecutionId": each} for each in ids])
            states = [[{"QueryExecution": told(each, state)} for each in ids] for state in ("RUNNING", "SUCCEEDED")]
            poll, success = (spend(athena, client, "GetQueryExecution", answers) for answers in states)
        print(
            f"CPU: start {start:.1f} us, poll while it runs {poll:.1f} us, poll that says it succeeded {success:.1f} us"
        )
        whence.shutdown()


if __name__ == "__main__":
    main()
