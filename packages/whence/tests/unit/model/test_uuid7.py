import multiprocessing
import os
import threading
import time
import uuid

import pytest

from whence.model import is_uuid, new_run_id
from whence.model._uuid7 import RunIds, run_id_time_us


def test_is_a_uuid_of_version_7():
    value = uuid.UUID(new_run_id())
    assert value.version == 7
    assert value.variant == uuid.RFC_4122


def test_holds_the_time_it_was_made():
    before = time.time_ns() // 1_000_000
    made = run_id_time_us(new_run_id())
    assert before <= made // 1000 <= time.time_ns() // 1_000_000 + 1


@pytest.mark.parametrize("text", ["run_id", "cd613e30-d8f1-4adf-91b7-584a2265b1f5"])
def test_other_ids_hold_no_time(text):
    assert run_id_time_us(text) is None


def test_rises_strictly():
    ids = [new_run_id() for _ in range(20_000)]
    assert ids == sorted(set(ids))


def test_rises_when_the_clock_goes_back():
    source = RunIds()
    ids = [source.new(millis) for millis in (1000, 999, 1, 1000, 1001, 5)]
    assert ids == sorted(set(ids))


def test_a_full_counter_borrows_the_next_millisecond():
    source = RunIds()
    first = source.new(1000)
    source._counter = (1 << 42) - 2
    last, next_one = source.new(1000), source.new(1000)
    assert first < last < next_one
    assert run_id_time_us(last) == 1_000_000
    assert run_id_time_us(next_one) == 1_001_000


def test_threads_share_one_order():
    ids: list[list[str]] = []

    def draw():
        ids.append([new_run_id() for _ in range(2000)])

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drawn = [run_id for mine in ids for run_id in mine]
    assert len(set(drawn)) == 16_000
    assert all(mine == sorted(mine) for mine in ids)


def _draw(pipe):
    pipe.send([new_run_id() for _ in range(500)])
    pipe.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_forked_children_draw_other_ids():
    fork = multiprocessing.get_context("fork")
    drawn = [new_run_id()]
    for _ in range(4):
        ours, theirs = fork.Pipe(duplex=False)
        child = fork.Process(target=_draw, args=(theirs,))
        child.start()
        drawn += ours.recv()
        child.join()
    assert len(set(drawn)) == 2001
    assert all(map(is_uuid, drawn))
