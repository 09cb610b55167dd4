"""What the botocore hook costs the host's thread: CPU per call with and without it, in interleaved blocks of one run.

    python benchmarks/collector/boto_cost.py [--blocks 40] [--calls 200]

Two tables. First the wrapper alone, around a function that does nothing: what it adds, free of botocore's own noise
(and so what is judged). Then real clients whose calls are answered from memory before they are sent: the worst
ratio there can be. Situations: no run active; a call that tells nothing (a HEAD); an object the run knows; one it
sees for the first time; a copy. The goal is that of the collector study (C3): 10 us a call.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

import whence
from whence.hooks.botocore import HOOK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOAL_US = 10.0
ANSWER = {"ResponseMetadata": {"HTTPStatusCode": 200}, "ContentLength": 100}
SITUATIONS = ("no run", "nothing to tell", "known object", "new object", "copy")


class _Service:
    service_name = "s3"


class _Client:
    _service_model = _Service()


class _Answered:
    status_code = 200


def call_of(situation: str, number: int) -> tuple[str, dict[str, Any]]:
    """Return operation and parameters of one call."""
    if situation == "nothing to tell":
        return "HeadObject", {"Bucket": "lake", "Key": "a.csv"}
    if situation == "new object":
        return "PutObject", {"Bucket": "lake", "Key": f"t/dt={number}/part-0.parquet", "Body": b"12345"}
    if situation == "copy":
        return "CopyObject", {"Bucket": "lake", "Key": "b.csv", "CopySource": {"Bucket": "lake", "Key": "a.csv"}}
    return "GetObject", {"Bucket": "lake", "Key": "a.csv"}


def spend(call: Callable[[str, dict[str, Any]], Any], calls: list[tuple[str, dict[str, Any]]]) -> float:
    """Return microseconds of this thread's CPU per call."""
    start = time.thread_time()
    for operation, params in calls:
        call(operation, params)
    return (time.thread_time() - start) / len(calls) * 1e6


@contextlib.contextmanager
def run_of(situation: str) -> Iterator[None]:
    """Be in a run, unless the situation is to be in none."""
    if situation == "no run":
        yield
        return
    with whence.job("bench"):
        yield


def measure(
    pair: Callable[[bool], Callable[[str, dict[str, Any]], Any]], blocks: int, calls: int
) -> dict[str, list[tuple[float, float]]]:
    """Return pairs of (without, with) for each situation; `pair(on)` gives what to call."""
    numbers = itertools.count()
    pairs: dict[str, list[tuple[float, float]]] = {situation: [] for situation in SITUATIONS}
    for block in range(blocks):
        for situation, found in pairs.items():
            costs: dict[bool, float] = {}
            for on in (True, False) if block % 2 else (False, True):
                todo = [call_of(situation, next(numbers)) for _ in range(calls)]
                with run_of(situation):
                    call = pair(on)
                    spend(call, todo[:3])
                    costs[on] = spend(call, todo)
            found.append((costs[False], costs[True]))
    return pairs


def alone() -> Callable[[bool], Callable[[str, dict[str, Any]], Any]]:
    """Give a function that does nothing, bare and wrapped."""
    client = _Client()

    def original(self: Any, operation: str, params: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
        return ANSWER

    wrapped = HOOK._make_api_call(original)  # noqa: SLF001  the thing that is measured
    return lambda on: lambda operation, params: (wrapped if on else original)(client, operation, params)


def answered() -> Callable[[bool], Callable[[str, dict[str, Any]], Any]]:
    """Give a real client, as it is and watched, whose calls end before they are sent."""
    client = boto3.Session("a", "b", region_name="us-east-1").client("s3")
    client.meta.events.register("before-call.s3", lambda **_: (_Answered(), dict(ANSWER)))

    watched = type(client)._make_api_call  # noqa: SLF001  what every method of a client calls
    bare: Callable[..., Any] = watched.__wrapped__  # installing and uninstalling would cost Python its caches
    return lambda on: lambda operation, params: (watched if on else bare)(client, operation, params)


def report(title: str, pairs: dict[str, list[tuple[float, float]]]) -> bool:
    """Print the medians; return whether the goal is met."""
    print(f"{title:26}{'situation':18}{'call us':>10}{'added us':>10}{'ratio':>8}")
    is_met = True
    for situation, found in pairs.items():
        without = statistics.median(pair[0] for pair in found)
        added = statistics.median(pair[1] - pair[0] for pair in found)
        ratio = statistics.median(pair[1] / pair[0] for pair in found)
        is_met = is_met and added <= GOAL_US
        print(f"{'':26}{situation:18}{without:10.2f}{added:10.2f}{ratio:8.2f}")
    return is_met


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=40)
    parser.add_argument("--calls", type=int, default=200)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whence.configure(sinks=f"file:{Path(folder) / 'events.jsonl'}", spool_dir=str(Path(folder) / "spool"))
        whence.install("botocore")
        is_met = report("the wrapper alone", measure(alone(), args.blocks, args.calls))
        report("a call without a network", measure(answered(), args.blocks, args.calls))
        whence.uninstall()
        whence.shutdown()
    print(f"at most {GOAL_US:g} us a call: {'met' if is_met else 'MISSED'}")


if __name__ == "__main__":
    main()
