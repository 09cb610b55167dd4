"""One thread in the background for what the host must not wait for: reading SQL, hashing files, last events.

The thread starts with the first task, is a daemon, and starts anew in a forked child. A fork waits (bounded) while a
task imports modules: the child would inherit their import locks without the thread that holds them. It must not run
more than one task at a time. Between tasks it looks, as often as it is told, whether something else is due.
"""

from __future__ import annotations

import os
import time
from collections import deque
from threading import Condition, Lock, Thread
from weakref import WeakSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_TASKS = 10_000
_FORK_WAIT_S = 2.0


class Worker:
    """A queue of tasks and the thread that does them. A task that fails is counted; it must log for itself."""

    def __init__(
        self, warm_up: Callable[[], None], look: Callable[[], None] = lambda: None, look_every_s: float = 0.0
    ) -> None:
        self._warm_up = warm_up
        self._look = look
        self._look_every_s = look_every_s  # 0: never
        self._begin()
        _workers.add(self)

    def _begin(self) -> None:
        self._tasks: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._changed = Condition()
        self._unfinished = 0
        self._thread: Thread | None = None
        self.gate = Lock()  # held while modules are, or may be, imported: a fork waits for it
        self._is_shut = False
        self._is_closed = False
        self._next_look = time.monotonic() + self._look_every_s
        self.failed = 0

    def put(self, task: Callable[..., None], *args: Any) -> bool:
        """Queue a task; False when the queue is full or closed. Never blocks."""
        with self._changed:
            if self._is_closed or len(self._tasks) >= MAX_TASKS:
                return False
            self._tasks.append((task, args))
            self._unfinished += 1
            if self._thread is None:
                self._start()
            self._changed.notify_all()
        return True

    def _start(self) -> None:
        thread = Thread(target=self._run, name="whence-capture", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads, or the interpreter is ending: `finish` does the tasks itself
            return
        self._thread = thread

    def _run(self) -> None:
        with self.gate:
            self._warm_up()
        changed = self._changed
        while self._changed is changed:  # in a forked child it is another one
            with changed:
                while not self._tasks and not self._is_look_due():
                    if self._is_closed:
                        return
                    changed.wait(max(self._next_look - time.monotonic(), 0) if self._look_every_s else None)
            if self._is_look_due():
                self._look_now()
            if self._tasks:
                self._do_one()

    def _is_look_due(self) -> bool:
        return self._look_every_s > 0 and time.monotonic() >= self._next_look

    def _look_now(self) -> None:
        try:
            self._look()
        except Exception:  # noqa: BLE001  border: as with a task
            self.failed += 1
        self._next_look = time.monotonic() + self._look_every_s

    def _do_one(self) -> None:
        task, args = self._tasks.popleft()
        try:
            task(*args)
        except Exception:  # noqa: BLE001  border: one task must not cost the others
            self.failed += 1
        finally:
            with self._changed:
                self._unfinished -= 1
                self._changed.notify_all()

    def wait(self, timeout_s: float) -> bool:
        """Wait until all tasks are done, at most so long."""
        deadline = time.monotonic() + timeout_s
        if self._thread is None:
            while self._tasks and time.monotonic() < deadline:
                self._do_one()
        with self._changed:
            return self._changed.wait_for(lambda: not self._unfinished, max(deadline - time.monotonic(), 0))

    def close(self, timeout_s: float) -> bool:
        """Do what is queued, at most so long, and end the thread."""
        is_done = self.wait(timeout_s)
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        return is_done

    def before_fork(self) -> None:
        """Wait while the thread imports modules, and keep it from doing so until the fork is over."""
        self._is_shut = self.gate.acquire(timeout=_FORK_WAIT_S)

    def after_fork_in_parent(self) -> None:
        """Let the thread go on."""
        if self._is_shut:
            self.gate.release()

    def after_fork_in_child(self) -> None:
        """Leave the parent its tasks and its thread."""
        self._begin()


_workers: WeakSet[Worker] = WeakSet()


def _before_fork() -> None:
    for worker in list(_workers):
        worker.before_fork()


def _after_fork_in_parent() -> None:
    for worker in list(_workers):
        worker.after_fork_in_parent()


def _after_fork_in_child() -> None:
    for worker in list(_workers):
        worker.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
