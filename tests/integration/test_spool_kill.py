"""Nothing that was acknowledged is lost: killed writers, forks, servers that fail, hang, refuse or ask for patience.

Each trial compares what writers noted with what the server answered with 2xx (see `spool_harness`). The last test is
the negative control: the same harness with a sink that skips what was not taken must see loss.
"""

from __future__ import annotations

import random
import signal
import threading
import time

import pytest
from spool_harness import (
    FINE,
    WRITERS,
    Receiver,
    Trial,
    kill,
    kill_trials,
    seconds_to_end,
    seldom,
    write_skipping_sink,
)

from whence.emit import spool_state

pytestmark = [pytest.mark.integration, pytest.mark.slow]

TRIALS = 50


def test_no_acknowledged_event_is_lost_in_fifty_kills(tmp_path):
    with Receiver(seldom(0.3, (503, {}))) as receiver:
        trial = Trial(tmp_path, receiver.url)
        kill_trials(trial, TRIALS, random.Random(50))
        assert trial.drain()
        noted = trial.noted()
        twice = sum(count > 1 for count in receiver.accepted.values())
        print(
            f"{TRIALS * WRITERS} processes killed, {len(noted)} events acknowledged, {len(trial.lost(receiver))} lost,"
        )
        print(f"{twice} accepted twice; answers by status: {dict(receiver.answers)}")
        assert len(noted) > 20 * TRIALS
        assert receiver.answers[503] > TRIALS
        assert trial.lost(receiver) == set()
        # Once more for the promise that a re-sent event is byte-equal:
        assert all(len(bodies) == 1 for bodies in receiver.bodies.values())
        assert spool_state(str(trial.spool)).events == 0


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((500, {}), id="500"),
        pytest.param((502, {}), id="502"),
        pytest.param((429, {"Retry-After": "0"}), id="429"),
        pytest.param((503, {"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}), id="503 with a date"),
    ],
)
def test_a_server_that_fails_now_and_then_gets_everything(tmp_path, answer):
    with Receiver(seldom(0.3, answer)) as receiver:
        trial = Trial(tmp_path, receiver.url)
        writers = [trial.start(count=150) for _ in range(2)]
        assert [writer.wait() for writer in writers] == [0, 0]
        assert trial.drain()
        assert receiver.answers[answer[0]] > 0
        assert len(trial.noted()) == 300
        assert trial.lost(receiver) == set()


def test_a_terminated_writer_loses_nothing(tmp_path):
    with Receiver() as receiver:
        trial = Trial(tmp_path, receiver.url)
        writers = [trial.start() for _ in range(2)]
        trial.wait_for_notes(50)
        kill(writers, signal.SIGTERM)
        assert trial.drain()
        assert trial.lost(receiver) == set()


@pytest.mark.parametrize("mode", ["fork", "spawn"])
def test_a_forked_child_emits_on_its_own(tmp_path, mode):
    with Receiver(seldom(0.3, (503, {}))) as receiver:
        trial = Trial(tmp_path, receiver.url)
        assert trial.start(mode, 50).wait() == 0
        assert trial.drain()
        noted = trial.noted()
        assert len({name.partition("-")[0] for name in noted}) == 2
        assert len(noted) == 150
        assert trial.lost(receiver) == set()


def test_the_next_process_sends_what_dead_ones_left(tmp_path):
    with Receiver() as receiver:
        port = receiver.port
    trial = Trial(tmp_path, f"http://127.0.0.1:{port}")  # nobody listens there now
    writers = [trial.start() for _ in range(2)]
    trial.wait_for_notes(100)
    kill(writers, signal.SIGKILL)
    with Receiver(port=port) as receiver:
        heir = trial.start("silent", 30)
        end = time.monotonic() + 20
        while trial.lost(receiver) and time.monotonic() < end:
            time.sleep(0.02)
        kill([heir], signal.SIGTERM)
        assert trial.lost(receiver) == set()


def test_an_outage_delays_and_loses_nothing(tmp_path):
    outage = threading.Event()
    outage.set()
    with Receiver(lambda: (503, {}) if outage.is_set() else FINE) as receiver:
        trial = Trial(tmp_path, receiver.url)
        writers = [trial.start() for _ in range(2)]
        trial.wait_for_notes(200)
        assert not receiver.accepted
        outage.clear()
        trial.wait_for_notes(400)
        kill(writers, signal.SIGKILL)
        assert trial.drain()
        assert trial.lost(receiver) == set()


def test_a_hung_server_holds_neither_the_writer_nor_its_end(tmp_path):
    with Receiver(lambda: None) as receiver:
        trial = Trial(tmp_path, receiver.url, WHENCE_TIMEOUT_S="20")
        assert 1.5 < seconds_to_end(trial, 100) < 6.0  # the two seconds of exit_timeout_s, and a busy machine
        receiver.decide = lambda: FINE
        assert trial.drain()
        assert trial.lost(receiver) == set()


def test_a_dead_server_costs_at_most_two_seconds_at_the_end(tmp_path):
    with Receiver() as receiver:
        port = receiver.port
    trial = Trial(tmp_path, f"http://127.0.0.1:{port}", WHENCE_BACKOFF_MIN_S="0.5", WHENCE_BACKOFF_MAX_S="30")
    assert seconds_to_end(trial, 20) < 6.0
    assert spool_state(str(trial.spool)).events == 20


def test_the_harness_sees_loss_where_there_is_some(tmp_path, monkeypatch):
    """The negative control: a third party's sink that skips what was refused, through the entry point for sinks."""
    plugin = tmp_path / "plugin"
    write_skipping_sink(plugin)
    monkeypatch.syspath_prepend(str(plugin))
    with Receiver(seldom(0.3, (503, {}))) as receiver:
        trial = Trial(tmp_path, f"skipping+{receiver.url}", PYTHONPATH=str(plugin))
        kill_trials(trial, 5, random.Random(5))
        assert trial.drain()
        assert len(trial.lost(receiver)) > 0
        assert spool_state(str(trial.spool)).events == 0
