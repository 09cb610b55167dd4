"""Runs that begin and end with a piece of code: a block, or each call of a function of any kind.

A run is ended exactly once whatever the body does, with its exception if it raised one, which is passed on untouched.
With collection off, or after any trouble of ours, the body runs all the same.
"""

from __future__ import annotations

from functools import wraps

from whence import context
from whence._capture.active import active
from whence._jobs.callables import for_kind, unseen
from whence.context import Run
from whence.parents import inherited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterable
    from typing import Any

    from whence._jobs.spec import JobSpec


def begin_run(spec: JobSpec, inputs: Iterable[Any] = ()) -> Run:
    """Begin a run of the job inside the current one; with collection off, a run that swallows everything."""
    collector = active()
    if collector is None:
        return Run(spec, None, "default")
    run = Run(spec, collector, collector.namespace, context.current_run())
    run.parent = spec.parent or run.outer or inherited()  # else of nobody
    if run.outer is not None and not run.outer.is_told:
        collector.tell_begun(run.outer)
    collector.begin(run, datasets_of(inputs))
    return run


def datasets_of(given: Any) -> tuple[Any, ...]:
    """Return datasets that were given as a list; one alone is one: a text has letters, a dict keys."""
    if given is None:
        return ()
    many: Any = given
    is_one = isinstance(given, (str, dict)) or hasattr(given, "namespace") or not hasattr(given, "__iter__")
    return (many,) if is_one else tuple(many)


def enter(spec: JobSpec) -> Run:
    """Begin a run and make it the current one."""
    run = begin_run(spec)
    if run.collector is not None:
        context.enter(run)
    return run


def leave(run: Run, error: BaseException | None) -> None:
    """End a run and go back to the one around it."""
    context.leave(run)
    end(run, error)


def end(run: Run, error: BaseException | None) -> None:
    """End a run, with the exception that came out of it."""
    if run.collector is not None:
        run.collector.end(run, error)


def each_call_a_run(function: Callable[..., Any], spec: JobSpec) -> Callable[..., Any]:
    """Return a function of the same kind each call of which is a run of the job."""
    wrapper = for_kind(function, _plain, _coroutine, _generator, _async_generator)
    call: Any = wraps(function)(wrapper(function, spec))
    return call


def _plain(function: Callable[..., Any], spec: JobSpec) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        run = enter(spec)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            leave(run, error)
            raise
        leave(run, None)
        return result

    return call


def _coroutine(function: Callable[..., Any], spec: JobSpec) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        run = enter(spec)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            leave(run, error)
            raise
        leave(run, None)
        return result

    return call


def _generator(function: Callable[..., Any], spec: JobSpec) -> Callable[..., Any]:
    """Run the body step by step: the run is current while the body works, not while its reader does."""

    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        run = begin_run(spec)
        inside: Run | None = run  # what is current in the body: it may enter runs of its own between two steps
        body = function(*args, **kwargs)
        step, value = body.send, None
        while True:
            before = context.swap(inside)
            try:
                item = step(value)
            except StopIteration as stop:
                end(run, None)
                return stop.value
            except BaseException as error:
                end(run, error)
                raise
            finally:
                inside = context.swap(before)
            try:
                step, value = body.send, (yield item)
            except BaseException as thrown:  # noqa: BLE001  whatever the reader throws is the body's to handle
                step, value = body.throw, thrown

    return call


def _async_generator(function: Callable[..., Any], spec: JobSpec) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        run = begin_run(spec)
        inside: Run | None = run  # what is current in the body: it may enter runs of its own between two steps
        body = function(*args, **kwargs)
        step, value = unseen(body), None
        while True:
            before = context.swap(inside)
            try:
                item = await step(value)
            except StopAsyncIteration:
                end(run, None)
                return
            except BaseException as error:
                end(run, error)
                raise
            finally:
                inside = context.swap(before)
            try:
                step, value = body.asend, (yield item)
            except BaseException as thrown:  # noqa: BLE001  as above
                step, value = body.athrow, thrown

    return call
