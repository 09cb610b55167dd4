"""Threads for the background, also where Python gives none any more.

Python 3.12 refuses to start a thread once it has begun to end, in `atexit` already, where a short program's events are
sent; every other version allows it there. So in 3.12 the host's first event starts the threads that will be needed
then, and they wait for their work.
Source: CPython 3.12 `Py_FinalizeEx`, `thread_PyThread_start_new_thread`; python/cpython#113964.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED_AT_EXIT = sys.version_info[:2] == (3, 12)
_spares: deque[_Spare] = deque()


class _Spare(Thread):
    """A daemon thread that waits for what it is to do."""

    def __init__(self) -> None:
        from queue import SimpleQueue  # noqa: PLC0415  only one version of Python needs it

        super().__init__(name="whence-spare", daemon=True)
        self._given: SimpleQueue[Callable[[], object]] = SimpleQueue()

    def run(self) -> None:
        self._given.get()()

    def do(self, call: Callable[[], object], name: str) -> Thread:
        self.name = name
        self._given.put(call)
        return self


def keep_spares(count: int) -> None:
    """Have so many threads wait for work, where none can be started later. Raises `RuntimeError` when none can now."""
    while REFUSED_AT_EXIT and len(_spares) < count:
        spare = _Spare()
        spare.start()
        _spares.append(spare)


def start_thread(call: Callable[[], object], name: str) -> Thread:
    """Do a call on a daemon thread: on a spare one, else on a new one. Raises `RuntimeError` when there is none."""
    if _spares:
        return _spares.popleft().do(call, name)
    thread = Thread(target=call, name=name, daemon=True)
    thread.start()
    return thread


if REFUSED_AT_EXIT:
    os.register_at_fork(after_in_child=_spares.clear)
