"""Carrying the current run into work that another thread or task will do: `propagate`, and what the hooks use.

A context variable goes with tasks, not with threads. What is handed on here takes the run along and gives the worker
back as it was, so that no run stays in a pool's thread. Two kinds of work differ once the run has ended: a task that
was handed to a pool is known to be the run's, and what it does is told as late facts of that run; a thread that lives
on may serve anybody, and then belongs to nobody. Never to the run around, never to the next one.
"""

from __future__ import annotations

from _contextvars import Context
from functools import wraps

from whence import context
from whence._jobs.callables import for_kind, unseen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from typing import Any, TypeVar

    from whence.context import Run

    F = TypeVar("F", bound=Callable[..., Any])


class TaskStrand:
    """A task of a run. After the run's end a stand-in takes the facts and tells them when the task is over."""

    __slots__ = ("_late", "is_over", "origin")

    def __init__(self, origin: Run) -> None:
        self.origin = origin
        self.is_over = False
        self._late: dict[str, Run] = {}  # one at most: `setdefault` decides between threads, without a lock

    def find(self) -> Run | None:
        """Return the stand-in of the ended run; None once the task is over."""
        if self.is_over:
            return None
        return self._late.get("run") or self._late.setdefault("run", self.origin.stand_in())

    def close(self) -> None:
        """End the task: tell what came after the run's end."""
        self.is_over = True
        late = self._late.get("run")
        if late is not None and late.collector is not None:
            late.collector.end(late, None)


class ThreadStrand:
    """A thread that a run started: with the run's end it belongs to nobody."""

    __slots__ = ("origin",)

    def __init__(self, origin: Run) -> None:
        self.origin = origin

    def find(self) -> Run | None:
        """Return nothing: the run has ended."""
        return None


def _here() -> tuple[Any, Callable[[], Any] | None]:
    """Return the run to carry, and how a task's strand is made where a placeholder stands for it."""
    run, strand = context.handed_on()
    if run is None or not run.is_ended:
        return run, None
    hand_on = getattr(strand, "hand_on", None)
    if hand_on is not None and strand is not None and run is strand.origin:
        return run, hand_on
    return context.current_run(), None


def carried(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that runs in the run that is current now; the function itself when there is none."""
    run, make = _here()
    if run is None:
        return function
    take_up = context.take_up
    owner = getattr(getattr(function, "func", None), "__self__", None)
    if owner.__class__ is Context:
        return _in_context(function, owner, run, make)

    def call(*args: Any, **kwargs: Any) -> Any:
        strand = TaskStrand(run) if make is None else make()
        before = take_up(run, strand)
        try:
            return function(*args, **kwargs)
        finally:
            take_up(*before)
            strand.close()

    return call


def _in_context(function: Callable[..., Any], own: Any, run: Any, make: Callable[[], Any] | None) -> Callable[..., Any]:
    """Return a function that runs in a copy of the context here, which has the run: `asyncio.to_thread` does so."""

    def call(*args: Any, **kwargs: Any) -> Any:
        strand = TaskStrand(run) if make is None else make()
        own.run(context.take_up, run, strand)
        try:
            return function(*args, **kwargs)
        finally:
            strand.close()

    return call


def in_thread(function: Callable[[], None]) -> Callable[[], None]:
    """Return a thread's body that runs in the run that is current now, until that ends."""
    run, make = _here()
    if run is None:
        return function
    strand = ThreadStrand(run) if make is None else context.handed_on()[1]

    def body() -> None:
        before = context.take_up(run, strand)
        try:
            function()
        finally:
            context.take_up(*before)  # the thread may share its context

    return body


def propagate(function: F) -> F:
    """Return the function tied to the run that is current here: whoever calls it, wherever, works for this run.

    For functions, methods, coroutine functions and generators, called as often as you like. Called after the run's end,
    what it does is told as late facts of that run. Outside of every run the function comes back as it is.
    """
    run, make = _here()
    if run is None:
        return function
    wrapper = for_kind(function, _plain, _coroutine, _generator, _async_generator)
    call: Any = wraps(function)(wrapper(function, lambda: (run, TaskStrand(run) if make is None else make())))
    return call


def _plain(function: Callable[..., Any], begin: Callable[[], tuple[Any, Any]]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        run, strand = begin()
        before = context.take_up(run, strand)
        try:
            return function(*args, **kwargs)
        finally:
            context.take_up(*before)
            strand.close()

    return call


def _coroutine(function: Callable[..., Any], begin: Callable[[], tuple[Any, Any]]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        run, strand = begin()
        before = context.take_up(run, strand)
        try:
            return await function(*args, **kwargs)
        finally:
            context.take_up(*before)
            strand.close()

    return call


def _generator(function: Callable[..., Any], begin: Callable[[], tuple[Any, Any]]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        inside = begin()
        strand = inside[1]
        body = function(*args, **kwargs)
        step, value = body.send, None
        try:
            while True:
                before = context.take_up(*inside)
                try:
                    item = step(value)
                except StopIteration as stop:
                    return stop.value
                finally:
                    inside = context.take_up(*before)
                try:
                    step, value = body.send, (yield item)
                except BaseException as thrown:  # noqa: BLE001  whatever the reader throws is the body's to handle
                    step, value = body.throw, thrown
        finally:
            strand.close()

    return call


def _async_generator(function: Callable[..., Any], begin: Callable[[], tuple[Any, Any]]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        inside = begin()
        strand = inside[1]
        body = function(*args, **kwargs)
        step, value = unseen(body), None
        try:
            while True:
                before = context.take_up(*inside)
                try:
                    item = await step(value)
                except StopAsyncIteration:
                    return
                finally:
                    inside = context.take_up(*before)
                try:
                    step, value = body.asend, (yield item)
                except BaseException as thrown:  # noqa: BLE001  as above
                    step, value = body.athrow, thrown
        finally:
            strand.close()

    return call
