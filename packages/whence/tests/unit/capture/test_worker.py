"""The one thread in the background."""

from __future__ import annotations

import threading
import time

from whence._capture.worker import MAX_TASKS, Worker


def test_tasks_are_done_in_order_and_a_failing_one_costs_no_other():
    done = []
    worker = Worker(lambda: done.append("warm"))

    def fail():
        raise RuntimeError

    for task in (lambda: done.append(1), fail, lambda: done.append(2)):
        assert worker.put(task)
    assert worker.wait(10)
    assert done == ["warm", 1, 2]
    assert worker.failed == 1
    assert worker.close(1)
    assert not worker.put(done.append, 3)


def test_nothing_starts_before_the_first_task():
    before = threading.active_count()
    worker = Worker(lambda: None)
    assert threading.active_count() == before
    assert worker.wait(0)
    worker.close(0)


def test_waiting_is_bounded():
    release = threading.Event()
    worker = Worker(lambda: None)
    worker.put(release.wait)
    started = time.monotonic()
    assert not worker.wait(0.05)
    assert time.monotonic() - started < 5
    release.set()
    assert worker.close(10)


def test_queue_is_bounded():
    release = threading.Event()
    worker = Worker(release.wait)
    accepted = sum(worker.put(int) for _ in range(MAX_TASKS + 10))
    assert accepted == MAX_TASKS
    release.set()
    assert worker.close(10)


def test_child_of_a_fork_begins_with_nothing():
    release = threading.Event()
    worker = Worker(lambda: None)
    worker.put(release.wait)
    worker.before_fork()
    worker.after_fork_in_child()
    done = []
    worker.put(done.append, 1)
    assert worker.wait(10)
    assert done == [1]
    release.set()
    worker.close(1)
