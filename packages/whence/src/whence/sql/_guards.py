"""Limits around the parser and the reader: CPU time, depth, size. Nothing here knows SQL.

A parser cannot be stopped from outside, so what it is given is measured before; readers ask their deadline now and
then. Deep texts are read in a thread with a stack of its own and a higher recursion limit. The limit of Python 3.11 is
one for all threads: it is raised while such a text is read (milliseconds), never lowered below what it was.
Source: CPython's `sys.setrecursionlimit`, `threading.stack_size`, `time.thread_time`.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

FRAMES_A_LEVEL = 25
"""Python frames that sqlglot and our reader use for one level of nesting; measured: at most 17."""
_MAX_FRAMES = 100_000
_STACK = 256 * 1024 * 1024  # address space; only pages that are touched become memory
_gate = threading.Lock()
_here = threading.local()


class OutOfTime(Exception):  # noqa: N818  it is no fault: the answer is partial
    """The CPU time for one statement is used up."""


class Deadline:
    """CPU time that one statement may still use in this thread. Calling it raises `OutOfTime` when that is over.

    CPU time is asked for, which costs ten times as much, only when half of the time has passed on the clock; a thread
    that had to wait until then gets less than the whole, never less than half.
    """

    __slots__ = ("_end", "_half", "_look")

    def __init__(self, seconds: float) -> None:
        self._half = seconds / 2
        self._look = time.monotonic() + self._half
        self._end: float | None = None

    def __call__(self) -> None:
        """Raise OutOfTime when the time is used up. Costs 0.1 us."""
        if time.monotonic() < self._look:
            return
        if self._end is None:
            self._end = time.thread_time() + self._half
        if time.thread_time() > self._end:
            raise OutOfTime


def run_deep(call: Callable[[], _T], depth: int) -> _T:
    """Return what a call returns, made in a thread whose stack takes `depth` levels of nesting.

    One at a time; within such a call the call is simply made.
    """
    if getattr(_here, "is_deep", False):
        return call()
    results: list[_T] = []
    failures: list[BaseException] = []

    def run() -> None:
        _here.is_deep = True
        try:
            results.append(call())
        except BaseException as failure:  # noqa: BLE001  carried over to the thread that waits
            failures.append(failure)

    frames = min(depth * FRAMES_A_LEVEL + 2000, _MAX_FRAMES)
    with _gate:
        before_limit, before_size = sys.getrecursionlimit(), threading.stack_size(_STACK)
        try:
            sys.setrecursionlimit(max(before_limit, frames))
            thread = threading.Thread(target=run, name="whence-sql-deep", daemon=True)
            thread.start()
        finally:
            threading.stack_size(before_size)
        thread.join()
        sys.setrecursionlimit(before_limit)
    if failures:
        raise failures[0]
    return results[0]
