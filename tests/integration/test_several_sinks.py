"""Several sinks at once: each has its own position, a broken one holds no other up, and nothing is lost over kills."""

from __future__ import annotations

import gzip
import json
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest
from servers import free_port, wait_until
from spool_harness import Receiver, Trial, kill, seldom

from whence.emit import spool_state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def names(lines: Iterable[bytes]) -> set[str]:
    return {json.loads(line)["job"]["name"] for line in lines}


def in_file(path: Path) -> set[str]:
    return names(path.read_bytes().splitlines()) if path.exists() else set()


def in_folder(path: Path) -> set[str]:
    return {
        name for each in path.rglob("*.jsonl.gz") for name in names(gzip.decompress(each.read_bytes()).splitlines())
    }


def test_one_of_four_is_down_writers_are_killed_and_each_sink_gets_everything(kafka, tmp_path):
    rng = random.Random(4)
    port = free_port()
    lines, folder = tmp_path / "events.jsonl", tmp_path / "folder"
    sinks = f"http://127.0.0.1:{port},kafka://{kafka.address},file:{lines},folder+file://{folder}"
    trial = Trial(tmp_path, sinks)
    for _ in range(5):  # nobody listens at the http sink
        before = len(trial.noted())
        writers = [trial.start() for _ in range(2)]
        trial.wait_for_notes(before + 100)
        time.sleep(rng.uniform(0.0, 0.3))
        kill(writers, signal.SIGKILL)
    heir = trial.start("silent", 60)
    noted = trial.noted()
    wait_until(lambda: in_file(lines) >= noted and in_folder(folder) >= noted, what="the living sinks' delivery")
    assert spool_state(str(trial.spool)).events >= len(noted)  # the dead one's still lie there
    with Receiver(seldom(0.3, (503, {})), port=port) as receiver:
        wait_until(lambda: not trial.lost(receiver), what="the dead sink's delivery")
        kill([heir], signal.SIGKILL)
        assert trial.drain()
    messages = kafka.messages("openlineage.events")
    assert len(noted) >= 500
    everything = in_file(lines)
    assert noted <= everything  # a writer may have been killed between the event and its note
    assert everything == in_folder(folder) == set(receiver.accepted)
    assert everything == names(message.value() for message in messages)
    assert spool_state(str(trial.spool)).events == 0


def test_a_sink_that_comes_later_begins_with_the_oldest_event_that_is_still_there(tmp_path):
    """The spool keeps what some sink lacks; what all had is gone when the new one comes."""
    first, later = tmp_path / "first.jsonl", tmp_path / "later.jsonl"
    port = free_port()
    gone = Trial(tmp_path, f"file:{first}")
    assert gone.start(count=20).wait() == 0
    assert gone.drain()
    kept = Trial(tmp_path, f"file:{first},http://127.0.0.1:{port}")
    assert kept.start(count=30).wait() == 0
    assert len(in_file(first)) == 50
    assert not kept.drain(0.5)
    assert not Trial(tmp_path, f"file:{first},http://127.0.0.1:{port},file:{later}").drain(5.0)
    assert len(in_file(later)) == 30
    assert in_file(later) < in_file(first)


def test_a_sink_that_is_taken_away_leaves_the_others_their_positions(tmp_path):
    first, port = tmp_path / "first.jsonl", free_port()
    both = Trial(tmp_path, f"file:{first},http://127.0.0.1:{port}")
    assert both.start(count=20).wait() == 0
    assert not both.drain(0.5)
    assert Trial(tmp_path, f"file:{first}").drain()
    assert spool_state(str(both.spool)).events == 0
    assert len(first.read_bytes().splitlines()) == 20  # none of them a second time


def test_a_forked_child_has_a_kafka_client_of_its_own(kafka, tmp_path):
    trial = Trial(tmp_path, f"kafka://{kafka.address}/forked")
    for mode in ("fork", "spawn"):
        assert trial.start(mode, 50).wait(30) == 0
    assert trial.drain()
    noted = trial.noted()
    assert len(noted) == 300
    assert noted == names(message.value() for message in kafka.messages("forked"))
