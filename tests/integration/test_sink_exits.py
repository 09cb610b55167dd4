"""No sink holds the end of a process for over two seconds, whatever is wrong with its back end; nothing is lost."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import pytest
from moto_server import ENVIRONMENT
from spool_harness import Trial, seconds_to_end

from whence.emit import spool_state

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.integration, pytest.mark.slow]

EVENTS = 1000  # long enough for the background to have loaded its library and failed
LIMIT_S = 6.0
"""Beyond the 2 s of `exit_timeout_s` is the interpreter's own end, up to 1 s where s3fs and aiobotocore are loaded, on
a machine that may be busy; what it was is printed (`pytest -s`)."""
SINKS = {
    "openlineage": "http://{place}",
    "datahub": "datahub+http://{place}",
    "kafka": "kafka://{place}",
    "s3": "s3://bucket/x?endpoint_url=http://{place}",
    "fsspec": "folder+s3://bucket/x?endpoint_url=http://{place}",
}


@contextlib.contextmanager
def broken(how: str) -> Iterator[str]:
    """Give the place of a back end: nobody listens, somebody accepts and never answers, or nobody knows its name."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if how == "hung":
            server.listen(64)
        yield "no-such-host.invalid:8080" if how == "unknown" else f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("how", ["dead", "hung", "unknown"])
@pytest.mark.parametrize("kind", SINKS)
def test_a_broken_back_end_costs_at_most_two_seconds_at_the_end(tmp_path, kind, how):
    with broken(how) as place:
        trial = Trial(tmp_path, SINKS[kind].format(place=place), WHENCE_BACKOFF_MIN_S="0.5", **ENVIRONMENT)
        seconds = seconds_to_end(trial, EVENTS)
    print(f"{kind}, {how}: the process ended {seconds:.2f} s after its last event")
    assert seconds < LIMIT_S
    assert spool_state(str(trial.spool)).events == EVENTS
